//! The printer: the tree of a document to text, with its comments and styles. Behavior: go-yaml v3's `emitterc.go` with an
//! indentation of two spaces, as kyaml uses it.

use super::analysis::{Allowed, analyze};
use super::encode::events;
use super::events::{Event, EventKind};
use super::node::Node;
use super::token::ScalarStyle;

/// What is printed next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    FlowItem { first: bool, trail: bool },
    FlowKey { first: bool, trail: bool },
    FlowValue { simple: bool },
    BlockItem { first: bool },
    BlockKey { first: bool },
    BlockValue { simple: bool },
}

/// Prints documents one after the other, separated by `---`.
#[derive(Debug)]
pub struct Printer {
    pub(super) out: String,
    /// Whether lists are not indented below their key.
    pub(super) compact: bool,
    pub(super) first_document: bool,
    pub(super) state: State,
    pub(super) states: Vec<State>,
    pub(super) indent: isize,
    pub(super) indents: Vec<isize>,
    pub(super) column: isize,
    /// Whether the last character is whitespace.
    pub(super) whitespace: bool,
    /// Whether the line has nothing but indentation and `-`, `?` or `:`.
    pub(super) indention: bool,
    /// The indentation of the comment that was just written below something; -1 if there is none.
    pub(super) foot_indent: isize,
    pub(super) flow_level: usize,
    pub(super) in_mapping: bool,
    /// Whether the scalar is a key that must fit in its line.
    pub(super) simple_key: bool,
    pub(super) anchor: String,
    pub(super) is_alias: bool,
    /// The handle and the rest of the tag.
    pub(super) tag: (String, String),
    pub(super) value: String,
    pub(super) allowed: Allowed,
    pub(super) head_comment: String,
    pub(super) line_comment: String,
    pub(super) foot_comment: String,
    pub(super) tail_comment: String,
    pub(super) key_line_comment: String,
}

impl Default for Printer {
    fn default() -> Self {
        Printer {
            out: String::new(),
            compact: true,
            first_document: true,
            state: State::DocumentStart,
            states: Vec::new(),
            indent: -1,
            indents: Vec::new(),
            column: 0,
            whitespace: true,
            indention: true,
            foot_indent: -1,
            flow_level: 0,
            in_mapping: false,
            simple_key: false,
            anchor: String::new(),
            is_alias: false,
            tag: Default::default(),
            value: String::new(),
            allowed: Allowed::default(),
            head_comment: String::new(),
            line_comment: String::new(),
            foot_comment: String::new(),
            tail_comment: String::new(),
            key_line_comment: String::new(),
        }
    }
}

impl Printer {
    /// Whether lists are not indented below their key, from the next document on.
    pub fn set_compact(&mut self, compact: bool) {
        self.compact = compact;
    }

    /// Prints a document, or a node as one.
    pub fn print(&mut self, node: &Node) {
        let events = events(node);
        for at in 0..events.len() {
            self.analyze(&events[at]);
            let next = events.get(at + 1).map(|event| event.kind);
            self.emit(&events[at], next);
        }
    }

    /// The text so far.
    pub fn finish(self) -> String {
        self.out
    }

    /// The text of one document.
    pub fn text_of(node: &Node) -> String {
        let mut printer = Printer::default();
        printer.print(node);
        printer.finish()
    }

    /// Takes over what the event says about the node and its comments.
    pub(super) fn analyze(&mut self, event: &Event) {
        self.anchor.clear();
        self.tag = Default::default();
        self.value.clear();
        for (comment, of_event) in [
            (&mut self.head_comment, &event.head_comment),
            (&mut self.line_comment, &event.line_comment),
            (&mut self.foot_comment, &event.foot_comment),
            (&mut self.tail_comment, &event.tail_comment),
        ] {
            if !of_event.is_empty() {
                comment.clone_from(of_event);
            }
        }
        self.is_alias = event.kind == EventKind::Alias;
        self.anchor.clone_from(&event.anchor);
        if !event.tag.is_empty() && !event.implicit {
            self.tag = match event.tag.strip_prefix('!').map(|rest| ("!", rest)) {
                Some((handle, rest)) => (handle.to_owned(), rest.to_owned()),
                None => match event.tag.strip_prefix("tag:yaml.org,2002:") {
                    Some(rest) => ("!!".to_owned(), rest.to_owned()),
                    None => (String::new(), event.tag.clone()),
                },
            };
        }
        if event.kind == EventKind::Scalar {
            self.allowed = analyze(&event.value);
            self.value.clone_from(&event.value);
        }
    }

    pub(super) fn emit(&mut self, event: &Event, next: Option<EventKind>) {
        match self.state {
            State::DocumentStart => self.document_start(),
            State::DocumentContent => {
                self.states.push(State::DocumentEnd);
                self.write_head_comment();
                self.node(event, next, false, false);
                self.write_line_comment(false);
                self.write_foot_comment();
            }
            State::DocumentEnd => {
                self.foot_indent = 0;
                self.write_foot_comment();
                self.foot_indent = -1;
                self.write_indent();
                self.state = State::DocumentStart;
            }
            State::FlowItem { first, trail } => self.flow_item(event, next, first, trail),
            State::FlowKey { first, trail } => self.flow_key(event, next, first, trail),
            State::FlowValue { simple } => self.flow_value(event, next, simple),
            State::BlockItem { first } => self.block_item(event, next, first),
            State::BlockKey { first } => self.block_key(event, next, first),
            State::BlockValue { simple } => self.block_value(event, next, simple),
        }
    }

    pub(super) fn document_start(&mut self) {
        if !std::mem::take(&mut self.first_document) {
            self.write_indent();
            self.write_indicator("---", true, false, false);
            self.write_indent();
        }
        if !self.head_comment.is_empty() {
            self.write_head_comment();
            self.put_break();
        }
        self.state = State::DocumentContent;
    }

    /// Writes a scalar or an alias, or begins a collection.
    pub(super) fn node(&mut self, event: &Event, next: Option<EventKind>, in_mapping: bool, simple_key: bool) {
        self.in_mapping = in_mapping;
        self.simple_key = simple_key;
        let style = if event.kind == EventKind::Scalar { self.select_style(event) } else { ScalarStyle::Plain };
        if !self.anchor.is_empty() {
            self.write_indicator(if self.is_alias { "*" } else { "&" }, true, false, false);
            let anchor = std::mem::take(&mut self.anchor);
            self.write_all(&anchor);
            self.whitespace = false;
            self.indention = false;
        }
        if event.kind != EventKind::Alias {
            self.write_tag();
        }
        let flow = event.flow || self.flow_level > 0;
        match event.kind {
            EventKind::SequenceStart if flow || next == Some(EventKind::SequenceEnd) => {
                self.state = State::FlowItem { first: true, trail: false };
            }
            EventKind::SequenceStart => self.state = State::BlockItem { first: true },
            EventKind::MappingStart if flow || next == Some(EventKind::MappingEnd) => {
                self.state = State::FlowKey { first: true, trail: false };
            }
            EventKind::MappingStart => self.state = State::BlockKey { first: true },
            EventKind::Scalar => {
                self.increase_indent(true, false);
                let value = std::mem::take(&mut self.value);
                self.write_scalar(&value, style);
                self.decrease_indent();
                self.pop();
            }
            _ => self.pop(),
        }
    }

    pub(super) fn is_simple_key(&self, event: &Event, next: Option<EventKind>) -> bool {
        let tag = self.tag.0.len() + self.tag.1.len();
        let length = match event.kind {
            EventKind::Alias => self.anchor.len(),
            EventKind::Scalar if self.allowed.multiline => return false,
            EventKind::Scalar => self.anchor.len() + tag + self.value.len(),
            EventKind::SequenceStart if next == Some(EventKind::SequenceEnd) => self.anchor.len() + tag,
            EventKind::MappingStart if next == Some(EventKind::MappingEnd) => self.anchor.len() + tag,
            _ => return false,
        };
        length <= 128
    }

    pub(super) fn select_style(&mut self, event: &Event) -> ScalarStyle {
        let no_tag = self.tag.0.is_empty() && self.tag.1.is_empty();
        let in_flow = self.flow_level > 0;
        let mut style = event.style;
        if self.simple_key && self.allowed.multiline {
            style = ScalarStyle::DoubleQuoted;
        }
        if style == ScalarStyle::Plain {
            let allowed = if in_flow { self.allowed.flow_plain } else { self.allowed.block_plain };
            let is_empty = self.value.is_empty() && (in_flow || self.simple_key);
            if !allowed || is_empty || no_tag && !event.implicit {
                style = ScalarStyle::SingleQuoted;
            }
        }
        if style == ScalarStyle::SingleQuoted && !self.allowed.single_quoted {
            style = ScalarStyle::DoubleQuoted;
        }
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        if is_block && (!self.allowed.block || in_flow || self.simple_key) {
            style = ScalarStyle::DoubleQuoted;
        }
        style
    }
}
