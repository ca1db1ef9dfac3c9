//! Prints a document as kustomize does: the last step of a build, and the only place where keys are sorted.
//!
//! kustomize writes an object with go-yaml v3, reads it again, writes it as JSON, and prints that with go-yaml v2. This has
//! the following effects: keys are sorted, numbers have the form of JSON, dates are strings, and some values would get lost,
//! which is an error here: duplicate keys, keys that are not strings, control characters, infinities.

use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::source::Span;

use super::key_order::sort;
use super::observe::{Observer, Part};
use super::scalar::{bool_value, print_number, timestamp};
use super::style::{Refused, SIMPLE_KEY, Traits, Writer};
use super::unprintable::{
    LONGEST_KEY, check_duplicate_keys, control_character, impossible_date, impossible_number, is_wrong_key, long_key, wrong_key,
};
use super::{Entry, Key, Mapping, Node, Scalar, Tag, Value};

/// Prints one document, without `---`, at the end of `out`. After an error, the text after the old end of `out` is invalid.
pub fn emit(node: &Node, out: &mut String) -> Result<()> {
    emit_as(node, out, true, &mut ())
}

/// Prints one document like [`emit`], and reports all positions to `observer`.
pub fn emit_observed<'n>(node: &'n Node, out: &mut String, observer: &mut impl Observer<'n>) -> Result<()> {
    emit_as(node, out, true, observer)
}

/// Prints one document like [`emit`], but does not fold long lines.
pub fn emit_unfolded(node: &Node, out: &mut String) -> Result<()> {
    emit_as(node, out, false, &mut ())
}

fn emit_as<'n, O: Observer<'n>>(node: &'n Node, out: &mut String, folds: bool, observer: &mut O) -> Result<()> {
    let line_start = out.len();
    let writer = Writer { out, line_start };
    let mut emitter = Emitter { writer, folds, brackets: 0, observer, order: Vec::new(), errors: Vec::new() };
    match node.value() {
        Value::Mapping(mapping) if !mapping.is_empty() => emitter.mapping(node, mapping, 0, true),
        Value::Sequence(items) if !items.is_empty() => emitter.sequence(node, items, 0),
        _ => emitter.item(node, 2),
    }
    emitter.errors.sort_by_key(|error| error.span.map(|span| (span.start, span.end)));
    Diagnostics::check(emitter.errors)
}

/// A string as the value of a key on one line, quoted if necessary.
pub fn inline_string(text: &str) -> String {
    let mut out = String::new();
    Writer { out: &mut out, line_start: 0 }.string(text, Traits::of(text), 2, false);
    out
}

struct Emitter<'w, 'n, O> {
    writer: Writer<'w>,
    /// Whether long lines are folded.
    folds: bool,
    /// The number of open lists and mappings that were written in brackets.
    brackets: usize,
    observer: &'w mut O,
    /// The entries of all open mappings, in order for each mapping.
    order: Vec<&'n Entry>,
    errors: Vec<Diagnostic>,
}

impl<'n, O: Observer<'n>> Emitter<'_, 'n, O> {
    /// The entries of a mapping; the first line's indentation is already written.
    fn mapping(&mut self, node: &'n Node, mapping: &'n Mapping, indent: usize, top: bool) {
        self.observer.begins(node, self.writer.out.len());
        let own = usize::from(node.in_brackets());
        self.brackets += own;
        let start = self.order.len();
        self.order.extend(mapping);
        sort(&mut self.order[start..]);
        let end = self.order.len();
        let mut has_digit = false;
        for at in start..end {
            let entry = self.order[at];
            if at > start {
                self.writer.spaces(indent);
            }
            let traits = entry.key.text.traits();
            has_digit |= traits.has_digit();
            self.entry(entry, traits, indent, top);
        }
        self.check_unique(mapping, start, has_digit);
        self.order.truncate(start);
        self.brackets -= own;
        self.observer.ends(self.writer.out.len());
    }

    fn entry(&mut self, Entry { key, value }: &'n Entry, traits: Traits, indent: usize, top: bool) {
        self.observer.enters(Part::Key(key), self.writer.out.len());
        if is_wrong_key(key, top) {
            self.errors.push(wrong_key(key));
        }
        if key.text.is_simple() {
            self.writer.out.push_str(key.text.as_str());
            self.writer.out.push(':');
            return self.value(value, indent);
        }
        if traits.has_next_line(&key.text) {
            self.errors.push(control_character('\u{85}').at(key.span()));
        }
        if key.text.len() <= SIMPLE_KEY && !traits.has_break(&key.text) {
            self.string(&key.text, traits, key.span(), indent, false);
            self.writer.out.push(':');
            return self.value(value, indent);
        }
        self.check_length(key);
        self.writer.out.push_str("? ");
        let open = self.string(&key.text, traits, key.span(), indent + 2, true);
        self.close_line(open);
        self.writer.spaces(indent);
        self.writer.out.push_str(": ");
        self.item(value, indent + 2);
    }

    /// The value after `key:`.
    fn value(&mut self, value: &'n Node, indent: usize) {
        match value.value() {
            Value::Mapping(mapping) if !mapping.is_empty() => {
                self.writer.new_line(indent + 2);
                self.mapping(value, mapping, indent + 2, false);
            }
            Value::Sequence(items) if !items.is_empty() => {
                self.writer.new_line(indent);
                self.sequence(value, items, indent);
            }
            _ => {
                self.writer.out.push(' ');
                self.item(value, indent + 2);
            }
        }
    }

    /// The items of a list; the first line's indentation is already written.
    fn sequence(&mut self, node: &'n Node, items: &'n [Node], indent: usize) {
        self.observer.begins(node, self.writer.out.len());
        let own = usize::from(node.in_brackets());
        self.brackets += own;
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.writer.spaces(indent);
            }
            self.observer.enters(Part::Index(at), self.writer.out.len());
            self.writer.out.push_str("- ");
            self.item(item, indent + 2);
        }
        self.brackets -= own;
        self.observer.ends(self.writer.out.len());
    }

    /// A value that begins on the current line; its further lines are indented by `indent` spaces.
    fn item(&mut self, node: &'n Node, indent: usize) {
        match node.value() {
            Value::Mapping(mapping) if !mapping.is_empty() => self.mapping(node, mapping, indent, false),
            Value::Sequence(items) if !items.is_empty() => self.sequence(node, items, indent),
            _ => {
                self.observer.begins(node, self.writer.out.len());
                self.single(node, indent);
                self.observer.ends(self.writer.out.len());
            }
        }
    }

    /// A scalar, or an empty collection.
    fn single(&mut self, node: &'n Node, indent: usize) {
        match node.value() {
            Value::Mapping(_) => self.word("{}"),
            Value::Sequence(_) => self.word("[]"),
            Value::Scalar(scalar) if scalar.settled_tag(self.brackets > 0) == Tag::Str => {
                let text = scalar.settled_text(self.brackets > 0);
                let open = self.string(&text, Traits::of(&text), node.span(), indent, true);
                self.close_line(open);
            }
            Value::Scalar(scalar) => self.scalar(scalar, node.span()),
        }
    }

    fn word(&mut self, word: &str) {
        self.writer.out.push_str(word);
        self.close_line(true);
    }

    fn close_line(&mut self, open: bool) {
        if open {
            self.writer.new_line(0);
        }
    }

    /// Writes a string as it comes out of JSON; returns whether the line is still open.
    fn string(&mut self, text: &str, traits: Traits, span: Span, indent: usize, folds: bool) -> bool {
        let folds = folds && self.folds;
        match traits.through_json(text) {
            Ok(read) if read.len() == text.len() => self.writer.string(text, traits, indent, folds),
            Ok(read) => self.writer.string(&read, Traits::of(&read), indent, folds),
            Err(Refused(c)) => {
                self.errors.push(control_character(c).at(span));
                true
            }
        }
    }

    /// A scalar that is not a string.
    fn scalar(&mut self, scalar: &Scalar, span: Span) {
        match scalar.tag {
            Tag::Null => return self.word("null"),
            Tag::Bool if bool_value(&scalar.text) => return self.word("true"),
            Tag::Bool => return self.word("false"),
            Tag::Int if is_decimal(&scalar.text) => return self.word(&scalar.text),
            Tag::Timestamp => match timestamp(&scalar.text) {
                Some(text) => _ = self.writer.string(&text, Traits::of(&text), 0, false),
                None => self.errors.push(impossible_date(&scalar.text).at(span)),
            },
            Tag::Int | Tag::Float | Tag::Str => match scalar.number() {
                Some(number) if number.is_finite() => print_number(number, self.writer.out),
                number => self.errors.push(impossible_number(&scalar.text, number).at(span)),
            },
        }
        self.close_line(true);
    }

    /// Reports every key that appears twice. Equal keys are adjacent after sorting, unless the order has a cycle, which
    /// requires digits.
    fn check_unique(&mut self, mapping: &'n Mapping, start: usize, has_digit: bool) {
        let sorted = &self.order[start..];
        if sorted.windows(2).any(|pair| pair[0].key.text == pair[1].key.text) || has_digit && sorted.len() > 3 {
            check_duplicate_keys(mapping, &mut self.errors);
        }
    }

    /// The length is counted in characters of JSON, including the quotes.
    fn check_length(&mut self, key: &Key) {
        let length = 2 + key.text.chars().map(json_width).sum::<usize>();
        if length > LONGEST_KEY {
            self.errors.push(long_key(key, length));
        }
    }
}

/// Whether a number is printed as it is written: at most 18 digits, and no leading zero.
fn is_decimal(text: &str) -> bool {
    let digits = text.as_bytes();
    matches!(digits, [b'0'] | [b'1'..=b'9', ..]) && digits.len() <= 18 && digits.iter().all(u8::is_ascii_digit)
}

/// The number of characters that Go's JSON encoder writes for a character.
fn json_width(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\x08' | '\x0c' => 2,
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\x1f' => 6,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::yaml::provenance::Provenance;

    /// Creates nodes; each key and value gets its own span.
    struct Maker {
        provenance: Provenance,
        sources: Sources,
        place: u32,
    }

    impl Maker {
        fn new() -> Self {
            Maker { provenance: Provenance::default(), sources: Sources::default(), place: 0 }
        }

        fn span(&mut self) -> Span {
            self.place += 1;
            let source = self.sources.add("test.yaml", "");
            Span { source, start: self.place, end: self.place }
        }

        fn node(&mut self, value: Value) -> Node {
            let span = self.span();
            let step = self.provenance.step("", "test");
            let origin = self.provenance.read(step, span);
            Node::read(value, span, origin)
        }

        fn string(&mut self, text: &str) -> Node {
            self.node(Value::Scalar(Scalar::string(text)))
        }

        fn plain(&mut self, text: &str) -> Node {
            self.node(Value::Scalar(Scalar::plain(text)))
        }

        fn list<const N: usize>(&mut self, items: [Node; N]) -> Node {
            self.node(Value::Sequence(items.into_iter().collect()))
        }

        fn map<const N: usize>(&mut self, entries: [(&str, Node); N]) -> Node {
            let entries = entries.map(|(text, value)| Entry { key: Key::new(text, self.span()), value });
            self.node(Value::Mapping(entries.into_iter().collect()))
        }
    }

    fn printed(node: &Node) -> String {
        let mut out = String::new();
        emit(node, &mut out).expect("the document can be printed");
        out
    }

    /// The text after `k: ` for a string.
    fn printed_string(text: &str) -> String {
        let mut maker = Maker::new();
        let value = maker.string(text);
        let node = maker.map([("k", value)]);
        printed(&node).strip_prefix("k: ").and_then(|rest| rest.strip_suffix('\n')).map(String::from).expect("one entry")
    }

    fn errors(node: &Node) -> Vec<Diagnostic> {
        emit(node, &mut String::new()).expect_err("the document cannot be printed").into_vec()
    }

    #[test]
    fn lists_are_not_indented_below_their_key() {
        let mut m = Maker::new();
        let inner = [m.plain("1"), m.string("two")];
        let inner = m.list(inner);
        let nothing = [m.list([]), m.map([]), m.plain("~")];
        let nothing = m.list(nothing);
        let one = m.plain("true");
        let two = m.plain("0x10");
        let entry = m.map([("b", two), ("a", one)]);
        let list = m.list([inner, nothing, entry]);
        let root = m.map([("list", list)]);
        assert_eq!(printed(&root), "list:\n- - 1\n  - two\n- - []\n  - {}\n  - null\n- a: true\n  b: 16\n");
    }

    #[test]
    fn strings_are_plain_where_possible() {
        let table = "a|foo bar|=|<<|-a|--|.|..|?a|:a|a:b|a :b|a#b|a  b|a'b|a\"b|\\|http://x:80/y?z=1|é|中文|\
                     \u{fffd}|\u{a0}|0b2|$(VAR)|~a|\
                     100m|1.5Gi|8080:80|sha256:abc|1.2.3|oN|2020-01|tRUE";
        for text in table.split('|') {
            assert_eq!(printed_string(text), text);
        }
    }

    #[test]
    fn strings_that_cannot_be_plain_get_single_quotes() {
        let table =
            "-|- a|---|--- a|---a|...|...a|?|? a|:|: a|a:|a: b|#|#a|a #b| a|a |  |{|}|[|]|,a|&a|*a|!a|%a|@a|`a|>|\"|{{ x }}";
        for text in table.split('|') {
            assert_eq!(printed_string(text), format!("'{text}'"));
        }
        assert_eq!(printed_string("'a'"), "\'\'\'a\'\'\'");
        assert_eq!(printed_string("a\u{2028}b"), "'a\u{2028}    b'".replace("    ", "  "));
    }

    #[test]
    fn strings_like_other_types_and_unusual_characters_get_double_quotes() {
        for (text, expected) in [
            ("", r#""""#),
            ("null", r#""null""#),
            ("0644", r#""0644""#),
            ("2001-01-01", r#""2001-01-01""#),
            ("\t", r#""\t""#),
            (" \na", r#"" \na""#),
            ("a \nb", r#""a \nb""#),
            ("a\nb ", r#""a\nb ""#),
            ("a\r\nb", r#""a\r\nb""#),
            ("😀 \"é\\", r#""\U0001F600 \"é\\""#),
            ("\u{feff}a", r#""\uFEFF\x61""#),
            ("a\u{feff}b", r#""a\uFEFFb""#),
            ("\0\x01\x07\x08\x0b\x0c\x1b", r#""\0\x01\a\b\v\f\e""#),
            ("\u{2028} b", r#""\L b""#),
        ] {
            assert_eq!(printed_string(text), expected, "{text:?}");
        }
    }

    #[test]
    fn strings_of_several_lines_become_blocks() {
        for (text, expected) in [
            ("a\n", "|\n  a"),
            ("a\nb", "|-\n  a\n  b"),
            ("a\n\nb", "|-\n  a\n\n  b"),
            ("a\n\n", "|+\n  a\n"),
            ("\n", "|2+\n"),
            ("\n\n", "|2+\n\n"),
            ("\n a", "|2-\n\n   a"),
            (" a\nb", "|2-\n   a\n  b"),
            ("a\n b\n  c\n", "|\n  a\n   b\n    c"),
        ] {
            assert_eq!(printed_string(text), expected, "{text:?}");
        }
    }

    #[test]
    fn long_lines_fold_at_spaces_after_column_80() {
        let words = ["word"; 40].join(" ");
        let folded = printed_string(&words);
        let lines: Vec<&str> = folded.lines().collect();
        assert_eq!(lines.iter().map(|line| line.len()).collect::<Vec<_>>(), [79, 81, 41]);
        assert_eq!(lines.join(" ").replace("   word", " word"), words);
        assert!(printed_string(&format!("{words}:")).starts_with("'word"));
    }

    #[test]
    fn control_characters_are_errors_and_next_line_becomes_a_space() {
        assert_eq!(printed_string("a \u{85} b\u{85}\u{85} c\u{85}"), r#""a b\nc ""#);
        let mut m = Maker::new();
        let value = m.string("a\x7f");
        let span = value.span();
        let root = m.map([("k", value)]);
        let errors = errors(&root);
        assert_eq!((errors.len(), errors[0].code, errors[0].span), (1, "control-character", Some(span)));
    }

    #[test]
    fn long_keys_and_keys_of_several_lines_are_on_their_own_line() {
        let mut m = Maker::new();
        let long = "k".repeat(129);
        let (inner, list) = (m.plain("1"), m.plain("2"));
        let inner = m.map([("a", inner)]);
        let list = m.list([list]);
        let root = m.map([(&long[..128], m_null(&mut Maker::new())), (&long, inner), ("x\ny", list)]);
        assert_eq!(printed(&root), format!("{}: null\n? {long}\n: a: 1\n? |-\n  x\n  y\n: - 2\n", &long[..128]));
    }

    fn m_null(maker: &mut Maker) -> Node {
        maker.plain("")
    }

    #[test]
    fn values_that_cannot_be_printed_are_errors_at_their_location() {
        let mut m = Maker::new();
        let values = [m.plain(".inf"), m.plain("2020-01-01T00:00:00+24:00"), m.plain("1")];
        let places: Vec<_> = values.iter().map(|value| Some(value.span())).collect();
        let list = m.list(values);
        let key = Key::of_type("12", Tag::Int, m.span());
        let inner = m.node(Value::Mapping([Entry { key, value: list }].into_iter().collect()));
        let (one, two) = (m.plain("1"), m.plain("2"));
        let root = m.map([("a", one), ("b", inner), ("a", two)]);
        let second = root.as_mapping().and_then(|map| map.iter().last()).map(|entry| entry.key.span());
        let found: Vec<_> = errors(&root).into_iter().map(|error| (error.code, error.span)).collect();
        let expected = [
            ("impossible-number", places[0]),
            ("impossible-date", places[1]),
            ("key-type", Some(key.span())),
            ("duplicate-key", second),
        ];
        assert_eq!(found, expected);
    }
}
