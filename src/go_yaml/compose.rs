//! Events to the tree of a document. Behavior: the parser in go-yaml v3's `decode.go`.

use std::collections::HashSet;

use super::events::{Event, EventKind};
use super::node::{Kind, Node, Style};
use super::parse::Parser;
use super::tags;
use super::token::{Failure, ScalarStyle};

/// Reads the first document of a text; `None` if there is none.
///
/// # Errors
/// The message of go-yaml if it is not YAML.
pub fn parse(bytes: &[u8]) -> Result<Option<Node>, String> {
    let (text, fault) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let (valid, rest) = bytes.split_at(error.valid_up_to());
            (std::str::from_utf8(valid).unwrap_or_default(), Some(invalid(rest)))
        }
    };
    parse_valid(text, fault)
}

/// Reads the first document of a text; `None` if there is none.
///
/// # Errors
/// The message of go-yaml if it is not YAML.
pub fn parse_text(text: &str) -> Result<Option<Node>, String> {
    parse_valid(text, None)
}

/// Reads a text that goes on with something that is not allowed, if there is a `fault`.
fn parse_valid(text: &str, fault: Option<&'static str>) -> Result<Option<Node>, String> {
    let forbidden = text.find(is_forbidden);
    let end = forbidden.unwrap_or(text.len());
    let fault = forbidden.map(|_| "control characters are not allowed").or(fault);
    // go-yaml reads blocks of bytes: a fault is noticed with the first byte of its block.
    let block = end - end % BLOCK;
    let known = if fault.is_some() { (0..=block).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0) } else { end };
    let mut composer = Composer { parser: Parser::new(&text[..known], fault), next: None, anchors: HashSet::new() };
    match composer.peek()? {
        EventKind::DocumentStart => composer.document().map(Some),
        _ => Ok(None),
    }
}

/// What is wrong with bytes that are not UTF-8.
fn invalid(bytes: &[u8]) -> &'static str {
    let width = match bytes.first() {
        Some(0..=0x7f) | None => 1,
        Some(0xc0..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf7) => 4,
        Some(_) => return "invalid leading UTF-8 octet",
    };
    match bytes.get(1..width) {
        None => "incomplete UTF-8 octet sequence",
        Some(rest) if rest.iter().any(|byte| byte & 0xc0 != 0x80) => "invalid trailing UTF-8 octet",
        Some(_) if matches!(bytes, [0xed, 0xa0..=0xbf, ..] | [0xf4, 0x90..=0xbf, ..] | [0xf5..=0xf7, ..]) => {
            "invalid Unicode character"
        }
        Some(_) => "invalid length of a UTF-8 sequence",
    }
}

fn is_forbidden(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' => false,
        '\u{0}'..'\u{a0}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => false,
    }
}

/// How many bytes go-yaml reads at a time.
const BLOCK: usize = 512;

struct Composer {
    parser: Parser,
    next: Option<Event>,
    anchors: HashSet<String>,
}

impl Composer {
    fn peek(&mut self) -> Result<EventKind, String> {
        Ok(match &self.next {
            Some(event) => event.kind,
            None => {
                let event = self.parser.next().map_err(|failure: Box<Failure>| failure.message())?;
                self.next.insert(event).kind
            }
        })
    }

    fn take(&mut self) -> Result<Event, String> {
        self.peek()?;
        Ok(self.next.take().unwrap_or_default())
    }

    fn document(&mut self) -> Result<Node, String> {
        let start = self.take()?;
        let content = vec![self.node()?];
        let end = self.take()?;
        let (head_comment, foot_comment) = (start.head_comment, end.foot_comment);
        Ok(Node { kind: Kind::Document, content, head_comment, foot_comment, ..Node::default() })
    }

    fn node(&mut self) -> Result<Node, String> {
        let event = self.take()?;
        match event.kind {
            EventKind::Alias => self.alias(event),
            EventKind::SequenceStart => self.sequence(event),
            EventKind::MappingStart => self.mapping(event),
            _ => Ok(self.scalar(event)),
        }
    }

    /// A node with the comments, the anchor and the tag of its event.
    fn started(&mut self, event: Event, kind: Kind, default_tag: &str) -> Node {
        let explicit = !event.tag.is_empty() && event.tag != "!";
        if !event.anchor.is_empty() {
            self.anchors.insert(event.anchor.clone());
        }
        Node {
            kind,
            style: if explicit { Style::TAGGED } else { Style::default() },
            tag: if explicit { tags::short(&event.tag) } else { default_tag.to_owned() },
            value: event.value,
            anchor: event.anchor,
            content: Vec::new(),
            head_comment: event.head_comment,
            line_comment: event.line_comment,
            foot_comment: event.foot_comment,
        }
    }

    fn alias(&mut self, event: Event) -> Result<Node, String> {
        if !self.anchors.contains(&event.anchor) {
            return Err(format!("yaml: unknown anchor '{}' referenced", event.anchor));
        }
        let name = event.anchor;
        let event = Event { anchor: String::new(), tag: String::new(), ..event };
        Ok(Node { value: name, ..self.started(event, Kind::Alias, "") })
    }

    fn scalar(&mut self, event: Event) -> Node {
        let (style, default_tag) = match event.style {
            ScalarStyle::Plain if event.value == "<<" => (Style::default(), "!!merge"),
            ScalarStyle::Plain => (Style::default(), tags::implicit_tag(&event.value)),
            ScalarStyle::SingleQuoted => (Style::SINGLE_QUOTED, "!!str"),
            ScalarStyle::DoubleQuoted => (Style::DOUBLE_QUOTED, "!!str"),
            ScalarStyle::Literal => (Style::LITERAL, "!!str"),
            ScalarStyle::Folded => (Style::FOLDED, "!!str"),
        };
        let node = self.started(event, Kind::Scalar, default_tag);
        Node { style: node.style.with(style), ..node }
    }

    fn sequence(&mut self, event: Event) -> Result<Node, String> {
        let flow = if event.flow { Style::FLOW } else { Style::default() };
        let mut node = self.started(event, Kind::Sequence, "!!seq");
        node.style = node.style.with(flow);
        while self.peek()? != EventKind::SequenceEnd {
            node.content.push(self.node()?);
        }
        let end = self.take()?;
        node.line_comment = end.line_comment;
        node.foot_comment = end.foot_comment;
        Ok(node)
    }

    fn mapping(&mut self, event: Event) -> Result<Node, String> {
        let block = !event.flow;
        let mut node = self.started(event, Kind::Mapping, "!!map");
        if !block {
            node.style = node.style.with(Style::FLOW);
        }
        while self.peek()? != EventKind::MappingEnd {
            let mut key = self.node()?;
            // A comment below the entry before this one that is less indented than its value.
            if let Some(before) = node.content.len().checked_sub(2).filter(|_| block && !key.foot_comment.is_empty()) {
                node.content[before].foot_comment = std::mem::take(&mut key.foot_comment);
            }
            let mut value = self.node()?;
            if key.foot_comment.is_empty() {
                key.foot_comment = std::mem::take(&mut value.foot_comment);
            }
            node.content.push(key);
            node.content.push(value);
        }
        let end = self.take()?;
        node.line_comment = end.line_comment;
        node.foot_comment = end.foot_comment;
        if let Some(last) = node.content.len().checked_sub(2).filter(|_| block && !node.foot_comment.is_empty()) {
            node.content[last].foot_comment = std::mem::take(&mut node.foot_comment);
        }
        Ok(node)
    }
}
