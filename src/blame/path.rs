//! Paths to fields as users write them: `spec.containers[0].image`, `containers[name=web].image`, `metadata.labels[a.b/c]`.
//!
//! Paths are printed as findings print them: keys with dots or similar characters are in brackets. The reader accepts more:
//! quotes around keys, `\.`, items selected by the value of a field, indices without brackets, dots that are part of a key,
//! and a path that does not begin at the top, as long as it matches one field only.

use super::marks::Marks;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::yaml::{Node, Part};

/// One part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A key; one without brackets and quotes may continue after a dot.
    Key { text: String, is_plain: bool },
    /// An item by its index.
    Index(usize),
    /// An item by the value of a field.
    Item { field: String, value: String },
}

/// A path in printed form.
pub fn print(parts: &[Part<'_>]) -> String {
    let mut path = String::new();
    for part in parts {
        match part {
            Part::Index(index) => path += &format!("[{index}]"),
            Part::Key(key) if is_simple(&key.text) => {
                let dot = if path.is_empty() { "" } else { "." };
                path += &format!("{dot}{}", key.text);
            }
            Part::Key(key) if key.text.contains(['[', ']', '=', '"', '\'', '\\', '\n']) || is_number(&key.text) => {
                path += &format!("[{}]", quoted(&key.text));
            }
            Part::Key(key) => path += &format!("[{}]", key.text),
        }
    }
    path
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn is_simple(key: &str) -> bool {
    !key.is_empty()
        && !is_number(key)
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'$'))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The value at a path.
///
/// # Errors
/// The path is not valid, does not exist, or matches several values. `object` is the name of the object, for messages.
pub fn find(path: &str, marks: &Marks<'_>, object: &str) -> Result<usize, Diagnostic> {
    let tokens = parse(path)?;
    let failure = match resolve(0, &tokens, marks) {
        Ok(found) => return Ok(found),
        Err(failure) => failure,
    };
    let mut elsewhere: Vec<usize> = Vec::new();
    if failure.at == 0 {
        elsewhere.extend((1..marks.list().len()).filter_map(|from| resolve(from, &tokens, marks).ok()));
        elsewhere.sort_unstable();
        elsewhere.dedup();
    }
    match elsewhere.as_slice() {
        [] => Err(unknown(path, &failure, marks, object)),
        [one] => Ok(*one),
        several => {
            let message = format!("`{path}` matches {} fields of {object}", several.len());
            let shown: Vec<String> = several.iter().take(5).map(|&at| format!("`{}`", print(&marks.parts(at)))).collect();
            let more = if several.len() > 5 { ", ..." } else { "" };
            Err(Diagnostic::error("ambiguous-path", message).help(format!("use one of {}{more}", shown.join(", "))))
        }
    }
}

/// The point up to which a path could be followed.
struct Failure {
    at: usize,
    token: Token,
}

fn resolve(from: usize, tokens: &[Token], marks: &Marks<'_>) -> Result<usize, Failure> {
    let Some((token, rest)) = tokens.split_first() else { return Ok(from) };
    let mut failure = Failure { at: from, token: token.clone() };
    for (child, rest) in matches(from, token, rest, marks) {
        match resolve(child, rest, marks) {
            Ok(found) => return Ok(found),
            Err(deeper) if deeper.at > failure.at => failure = deeper,
            Err(_) => {}
        }
    }
    Err(failure)
}

/// The children that a token may refer to, each with the remaining tokens.
fn matches<'t>(from: usize, token: &Token, rest: &'t [Token], marks: &Marks<'_>) -> Vec<(usize, &'t [Token])> {
    let by_key =
        |text: &str| marks.children(from).find(|&at| matches!(marks.list()[at].part, Some(Part::Key(key)) if key.text == text));
    let by_index =
        |index: usize| marks.children(from).find(|&at| matches!(marks.list()[at].part, Some(Part::Index(own)) if own == index));
    match token {
        Token::Index(index) => by_index(*index).or_else(|| by_key(&index.to_string())).map(|at| (at, rest)).into_iter().collect(),
        Token::Item { field, value } => {
            let has_value = |node: &Node| {
                let field = if field.is_empty() { Some(node) } else { node.get(field) };
                field.and_then(Node::as_scalar).is_some_and(|scalar| scalar.text == *value)
            };
            let found = marks.children(from).find(|&at| has_value(marks.list()[at].node));
            found.map(|at| (at, rest)).into_iter().collect()
        }
        Token::Key { text, is_plain } => {
            let mut text = text.clone();
            let mut found = Vec::new();
            found.extend(by_key(&text).or_else(|| by_index(text.parse().ok()?)).map(|at| (at, rest)));
            // A dot may be part of the key: `data.app.properties`.
            for (count, token) in rest.iter().enumerate() {
                let Token::Key { text: next, is_plain: true } = token else { break };
                if !is_plain {
                    break;
                }
                text += &format!(".{next}");
                found.extend(by_key(&text).map(|at| (at, &rest[count + 1..])));
            }
            found
        }
    }
}

fn unknown(path: &str, Failure { at, token }: &Failure, marks: &Marks<'_>, object: &str) -> Diagnostic {
    let mark = &marks.list()[*at];
    let parent = if *at == 0 { object.to_owned() } else { format!("`{}` of {object}", print(&marks.parts(*at))) };
    let missing = match token {
        Token::Key { text, .. } => format!("no field `{text}`"),
        Token::Index(index) => format!("no item {index}"),
        Token::Item { field, value } => format!("no item with `{field}: {value}`"),
    };
    let error = Diagnostic::error("unknown-path", format!("`{path}` not found: {parent} has {missing}"));
    let keys: Vec<&str> = mark.node.as_mapping().into_iter().flatten().map(|entry| entry.key.text.as_str()).collect();
    let near = match token {
        Token::Key { text, .. } => did_you_mean(text, keys.iter().copied()),
        _ => None,
    };
    match (near, mark.node.as_sequence()) {
        (Some(near), _) => error.help(format!("did you mean `{near}`?")),
        (None, Some(items)) => error.help(available_items(items)),
        (None, None) if keys.is_empty() => error.help(format!("the value is {}", mark.node.type_name())),
        (None, None) => error.help(format!("available fields: {}", keys.join(", "))),
    }
}

fn available_items(items: &[Node]) -> String {
    let names: Vec<String> = items.iter().filter_map(|item| Some(format!("`[name={}]`", item.get("name")?.as_text()?))).collect();
    match (names.is_empty(), items.len()) {
        (false, _) => format!("available items: {}", names.join(", ")),
        (true, 1) => "the only available item is `[0]`".into(),
        (true, count) => format!("available items: `[0]` to `[{}]`", count - 1),
    }
}

fn parse(path: &str) -> Result<Vec<Token>, Diagnostic> {
    let wrong = |message: String| {
        Diagnostic::error("path-syntax", format!("`{path}` is not a valid path: {message}"))
            .help("write it as `spec.template.spec.containers[0].image`, and put keys with dots in brackets")
    };
    let mut tokens = Vec::new();
    let mut rest = path;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '.' => &rest[1..],
            '[' => {
                let (token, after) = bracket(&rest[1..]).ok_or_else(|| wrong("a bracket is not closed".into()))?;
                tokens.push(token);
                after
            }
            '"' | '\'' => {
                let (text, after) = quote(rest).ok_or_else(|| wrong("a quote is not closed".into()))?;
                tokens.push(Token::Key { text, is_plain: false });
                after
            }
            _ => {
                let (text, after) = plain(rest);
                tokens.push(Token::Key { text, is_plain: true });
                after
            }
        };
    }
    if tokens.is_empty() { Err(wrong("it is empty".into())) } else { Ok(tokens) }
}

/// A key up to the next dot or bracket that is not escaped by a backslash, and the rest.
fn plain(text: &str) -> (String, &str) {
    let mut key = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '.' | '[' => return (key, &text[at..]),
            '\\' => key.extend(chars.next().map(|(_, c)| c)),
            c => key.push(c),
        }
    }
    (key, "")
}

/// A key in quotes and the rest; `None` if the quotes are not closed.
fn quote(text: &str) -> Option<(String, &str)> {
    let mut chars = text.char_indices();
    let (_, mark) = chars.next()?;
    let mut key = String::new();
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == mark => return Some((key, &text[at + 1..])),
            '\\' => key.push(chars.next()?.1),
            c => key.push(c),
        }
    }
    None
}

/// The content of a bracket, and the rest; `None` if it is not closed.
fn bracket(text: &str) -> Option<(Token, &str)> {
    if text.starts_with(['"', '\'']) {
        let (text, after) = quote(text)?;
        return Some((Token::Key { text, is_plain: false }, after.strip_prefix(']')?));
    }
    let (inside, after) = match text.split_once('=') {
        Some((field, value)) if value.starts_with(['"', '\'']) && !field.contains(']') => {
            let (value, after) = quote(value)?;
            return Some((Token::Item { field: field.to_owned(), value }, after.strip_prefix(']')?));
        }
        _ => text.split_once(']')?,
    };
    let token = match inside.split_once('=') {
        Some((field, value)) => Token::Item { field: field.to_owned(), value: value.to_owned() },
        None => inside.parse().map_or_else(|_| Token::Key { text: inside.to_owned(), is_plain: false }, Token::Index),
    };
    Some((token, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str, is_plain: bool) -> Token {
        Token::Key { text: text.into(), is_plain }
    }

    #[test]
    fn paths_are_read_in_many_forms() {
        let element = Token::Item { field: "name".into(), value: "a.b".into() };
        let table: [(&str, Vec<Token>); 8] = [
            ("spec.ports[0]", vec![key("spec", true), key("ports", true), Token::Index(0)]),
            (".c.[name=a.b].image", vec![key("c", true), element.clone(), key("image", true)]),
            ("c[name=\"a.b\"]", vec![key("c", true), element]),
            ("m[a.b/c]", vec![key("m", true), key("a.b/c", false)]),
            ("m.\"a.b/c\".x", vec![key("m", true), key("a.b/c", false), key("x", true)]),
            ("m['a]b']", vec![key("m", true), key("a]b", false)]),
            ("m.a\\.b", vec![key("m", true), key("a.b", true)]),
            ("m[\"a\\\"\\\\b\"]", vec![key("m", true), key("a\"\\b", false)]),
        ];
        for (path, tokens) in table {
            assert_eq!(parse(path).ok(), Some(tokens), "{path}");
        }
    }

    #[test]
    fn unclosed_brackets_and_quotes_are_errors() {
        for path in ["", ".", "a[0", "a[\"b]", "a.\"b", "a['b'x]", "a[n='b'x]", "\\"] {
            let parsed = parse(path);
            assert!(path == "\\" || parsed.is_err_and(|error| error.code == "path-syntax"), "{path}");
        }
    }
}
