//! Parses protocol buffers in text format, as far as the suite of cel-spec uses it.

/// A message: its fields in order; a repeated field appears several times.
#[derive(Clone, Debug, Default)]
pub struct Message(pub Vec<(String, Field)>);

/// The value of a field.
#[derive(Clone, Debug)]
pub enum Field {
    /// A string in quotes.
    Text(Vec<u8>),
    /// A number or a name.
    Word(String),
    /// A message.
    Message(Message),
}

impl Message {
    /// Reads a file.
    pub fn read(text: &str) -> Message {
        let mut reader = Reader { rest: text };
        reader.message()
    }

    /// The values of a field.
    pub fn all<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m Field> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, field)| field)
    }

    /// The messages of a field.
    pub fn messages<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m Message> {
        self.all(name).filter_map(|field| match field {
            Field::Message(message) => Some(message),
            _ => None,
        })
    }

    /// The message of a field.
    pub fn message<'m>(&'m self, name: &'m str) -> Option<&'m Message> {
        self.messages(name).next()
    }

    /// The text of a field; empty if it is not set.
    pub fn text(&self, name: &str) -> String {
        match self.all(name).next() {
            Some(Field::Text(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
            Some(Field::Word(word)) => word.clone(),
            _ => String::new(),
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n', ',', ';']);
            match self.rest.strip_prefix('#') {
                Some(comment) => self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest),
                None => return,
            }
        }
    }

    fn take(&mut self, sign: char) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self) -> String {
        self.skip();
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && !"_.+-/".contains(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    fn message(&mut self) -> Message {
        let mut message = Message::default();
        loop {
            if self.take('}') || self.take('>') || self.rest.is_empty() {
                return message;
            }
            let name = if self.take('[') {
                let name = self.word();
                assert!(self.take(']'), "a bracket is not closed: {}", self.near());
                name
            } else {
                self.word()
            };
            assert!(!name.is_empty(), "no field: {}", self.near());
            self.take(':');
            if self.take('[') {
                while !self.take(']') {
                    let field = self.field();
                    message.0.push((name.clone(), field));
                }
            } else {
                let field = self.field();
                message.0.push((name, field));
            }
        }
    }

    fn near(&self) -> &str {
        self.rest.lines().next().unwrap_or_default()
    }

    fn field(&mut self) -> Field {
        if self.take('{') || self.take('<') {
            return Field::Message(self.message());
        }
        if !self.rest.starts_with(['"', '\'']) {
            return Field::Word(self.word());
        }
        let mut bytes = Vec::new();
        while self.rest.starts_with(['"', '\'']) {
            self.string(&mut bytes);
            self.skip();
        }
        Field::Text(bytes)
    }

    fn string(&mut self, bytes: &mut Vec<u8>) {
        let mut chars = self.rest.chars();
        let quote = chars.next();
        loop {
            match chars.next() {
                None => break,
                c if c == quote => break,
                Some('\\') => {
                    let digits = |chars: &mut std::str::Chars<'_>, most: usize, radix: u32| {
                        let text: String = chars.as_str().chars().take(most).take_while(|c| c.is_digit(radix)).collect();
                        *chars = chars.as_str().get(text.len()..).unwrap_or_default().chars();
                        u32::from_str_radix(&text, radix).unwrap_or(0)
                    };
                    let mut push = |code: u32| bytes.extend(char::from_u32(code).unwrap_or('?').to_string().bytes());
                    match chars.clone().next() {
                        Some('0'..='7') => bytes.push(digits(&mut chars, 3, 8) as u8),
                        Some(kind) => {
                            chars.next();
                            match kind {
                                'x' | 'X' => bytes.push(digits(&mut chars, 2, 16) as u8),
                                'u' => push(digits(&mut chars, 4, 16)),
                                'U' => push(digits(&mut chars, 8, 16)),
                                'a' => bytes.push(7),
                                'b' => bytes.push(8),
                                'f' => bytes.push(12),
                                'n' => bytes.push(b'\n'),
                                'r' => bytes.push(b'\r'),
                                't' => bytes.push(b'\t'),
                                'v' => bytes.push(11),
                                other => push(other as u32),
                            }
                        }
                        None => {}
                    }
                }
                Some(c) => bytes.extend(c.to_string().bytes()),
            }
        }
        self.rest = chars.as_str();
    }
}
