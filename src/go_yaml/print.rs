//! The printer: the tree of a document to text, with its comments and styles. Behavior: go-yaml v3's `emitterc.go` with an
//! indentation of two spaces, as kyaml uses it.

use super::analysis::{Allowed, analyze};
use super::encode::events;
use super::events::{Event, EventKind};
use super::node::Node;
use super::scan::is_break;
use super::token::ScalarStyle;

/// What is printed next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
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
    compact: bool,
    first_document: bool,
    state: State,
    states: Vec<State>,
    indent: isize,
    indents: Vec<isize>,
    pub(super) column: isize,
    /// Whether the last character is whitespace.
    pub(super) whitespace: bool,
    /// Whether the line has nothing but indentation and `-`, `?` or `:`.
    pub(super) indention: bool,
    /// The indentation of the comment that was just written below something; -1 if there is none.
    foot_indent: isize,
    flow_level: usize,
    in_mapping: bool,
    /// Whether the scalar is a key that must fit in its line.
    simple_key: bool,
    anchor: String,
    is_alias: bool,
    /// The handle and the rest of the tag.
    tag: (String, String),
    value: String,
    allowed: Allowed,
    head_comment: String,
    pub(super) line_comment: String,
    foot_comment: String,
    tail_comment: String,
    key_line_comment: String,
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
    fn analyze(&mut self, event: &Event) {
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

    fn emit(&mut self, event: &Event, next: Option<EventKind>) {
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

    fn document_start(&mut self) {
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

    fn increase_indent(&mut self, flow: bool, compact: bool) {
        self.indents.push(self.indent);
        if self.indent < 0 {
            self.indent = if flow { 2 } else { 0 };
        } else if matches!(self.states.last(), Some(State::BlockItem { .. })) {
            self.indent += 2;
        } else {
            self.indent = 2 * ((self.indent + 2) / 2);
            if compact {
                self.indent -= 2;
            }
        }
    }

    fn decrease_indent(&mut self) {
        self.indent = self.indents.pop().unwrap_or(-1);
    }

    fn pop(&mut self) {
        self.state = self.states.pop().unwrap_or(State::DocumentEnd);
    }

    fn has_comment_after(&self) -> bool {
        !(self.line_comment.is_empty() && self.foot_comment.is_empty() && self.tail_comment.is_empty())
    }

    fn flow_item(&mut self, event: &Event, next: Option<EventKind>, first: bool, trail: bool) {
        if first {
            self.write_indicator("[", true, true, false);
            self.increase_indent(true, false);
            self.flow_level += 1;
        }
        if event.kind == EventKind::SequenceEnd {
            self.flow_level -= 1;
            self.decrease_indent();
            if self.column == 0 {
                self.write_indent();
            }
            self.write_indicator("]", false, false, false);
            self.write_line_comment(false);
            self.write_foot_comment();
            return self.pop();
        }
        if !first && !trail {
            self.write_indicator(",", false, false, false);
        }
        self.write_head_comment();
        if self.column == 0 {
            self.write_indent();
        }
        let trail = self.has_comment_after();
        self.states.push(State::FlowItem { first: false, trail });
        self.node(event, next, false, false);
        self.after_flow_value();
    }

    /// The `,` before a comment behind a value in brackets, and the comments.
    fn after_flow_value(&mut self) {
        if self.has_comment_after() {
            self.write_indicator(",", false, false, false);
        }
        self.write_line_comment(false);
        self.write_foot_comment();
    }

    fn flow_key(&mut self, event: &Event, next: Option<EventKind>, first: bool, trail: bool) {
        if first {
            self.write_indicator("{", true, true, false);
            self.increase_indent(true, false);
            self.flow_level += 1;
        }
        let has_comment = !(self.head_comment.is_empty() && self.foot_comment.is_empty() && self.tail_comment.is_empty());
        if event.kind == EventKind::MappingEnd {
            if has_comment && !first && !trail {
                self.write_indicator(",", false, false, false);
            }
            self.write_head_comment();
            self.flow_level -= 1;
            self.decrease_indent();
            self.write_indicator("}", false, false, false);
            self.write_line_comment(false);
            self.write_foot_comment();
            return self.pop();
        }
        if !first && !trail {
            self.write_indicator(",", false, false, false);
        }
        self.write_head_comment();
        if self.column == 0 {
            self.write_indent();
        }
        let simple = self.is_simple_key(event, next);
        if !simple {
            self.write_indicator("?", true, false, false);
        }
        self.states.push(State::FlowValue { simple });
        self.node(event, next, true, simple);
    }

    fn flow_value(&mut self, event: &Event, next: Option<EventKind>, simple: bool) {
        self.write_indicator(":", !simple, false, false);
        let trail = self.has_comment_after();
        self.states.push(State::FlowKey { first: false, trail });
        self.node(event, next, true, false);
        self.after_flow_value();
    }

    fn block_item(&mut self, event: &Event, next: Option<EventKind>, first: bool) {
        if first {
            let compact = self.in_mapping && (self.column == 0 || !self.indention) && self.compact;
            self.increase_indent(false, compact);
        }
        if event.kind == EventKind::SequenceEnd {
            self.decrease_indent();
            return self.pop();
        }
        self.write_head_comment();
        self.write_indent();
        self.write_indicator("-", true, false, true);
        self.states.push(State::BlockItem { first: false });
        self.node(event, next, false, false);
        self.write_line_comment(false);
        self.write_foot_comment();
    }

    fn block_key(&mut self, event: &Event, next: Option<EventKind>, first: bool) {
        if first {
            self.increase_indent(false, false);
        }
        self.write_head_comment();
        if event.kind == EventKind::MappingEnd {
            self.decrease_indent();
            return self.pop();
        }
        self.write_indent();
        if !self.line_comment.is_empty() {
            self.key_line_comment = std::mem::take(&mut self.line_comment);
        }
        let simple = self.is_simple_key(event, next);
        if !simple {
            self.write_indicator("?", true, false, true);
        }
        self.states.push(State::BlockValue { simple });
        self.node(event, next, true, simple);
    }

    fn block_value(&mut self, event: &Event, next: Option<EventKind>, simple: bool) {
        if !simple {
            self.write_indent();
        }
        self.write_indicator(":", !simple, false, !simple);
        if !self.key_line_comment.is_empty() {
            let is_collection = matches!(event.kind, EventKind::MappingStart | EventKind::SequenceStart);
            if event.kind == EventKind::Scalar {
                if self.line_comment.is_empty() {
                    self.line_comment = std::mem::take(&mut self.key_line_comment);
                }
            } else if is_collection && !event.flow {
                std::mem::swap(&mut self.line_comment, &mut self.key_line_comment);
                self.write_line_comment(false);
                std::mem::swap(&mut self.line_comment, &mut self.key_line_comment);
            }
        }
        self.states.push(State::BlockKey { first: false });
        self.node(event, next, true, false);
        self.write_line_comment(false);
        self.write_foot_comment();
    }

    /// Writes a scalar or an alias, or begins a collection.
    fn node(&mut self, event: &Event, next: Option<EventKind>, in_mapping: bool, simple_key: bool) {
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

    fn is_simple_key(&self, event: &Event, next: Option<EventKind>) -> bool {
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

    fn select_style(&mut self, event: &Event) -> ScalarStyle {
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

    fn write_tag(&mut self) {
        let (handle, rest) = std::mem::take(&mut self.tag);
        if handle.is_empty() && rest.is_empty() {
            return;
        }
        if !handle.is_empty() {
            if !self.whitespace {
                self.put(' ');
            }
            self.write_all(&handle);
            self.write_tag_content(&rest);
        } else {
            self.write_indicator("!<", true, false, false);
            self.write_tag_content(&rest);
            self.write_indicator(">", false, false, false);
        }
        self.whitespace = false;
        self.indention = false;
    }

    fn write_tag_content(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_ascii_alphanumeric() || "_-;/?:@&=+$,.~*'()[]".contains(c) {
                self.put(c);
            } else {
                let mut buffer = [0; 4];
                for byte in c.encode_utf8(&mut buffer).bytes() {
                    self.write_all(&format!("%{byte:02X}"));
                }
            }
        }
    }

    pub(super) fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
    }

    pub(super) fn put_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
        self.indention = true;
    }

    /// Writes a line break of a text.
    pub(super) fn write_break(&mut self, c: char) {
        self.out.push(c);
        self.column = 0;
        self.indention = true;
    }

    pub(super) fn write_all(&mut self, text: &str) {
        text.chars().for_each(|c| self.put(c));
    }

    pub(super) fn write_indent(&mut self) {
        let indent = self.indent.max(0);
        if !self.indention || self.column > indent || self.column == indent && !self.whitespace {
            self.put_break();
        }
        if self.foot_indent == indent {
            self.put_break();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        self.foot_indent = -1;
    }

    pub(super) fn write_indicator(&mut self, indicator: &str, need_whitespace: bool, is_whitespace: bool, is_indention: bool) {
        if need_whitespace && !self.whitespace {
            self.put(' ');
        }
        self.write_all(indicator);
        self.whitespace = is_whitespace;
        self.indention = self.indention && is_indention;
    }

    fn write_head_comment(&mut self) {
        if !self.tail_comment.is_empty() {
            self.write_indent();
            let comment = std::mem::take(&mut self.tail_comment);
            self.write_comment(&comment);
            self.foot_indent = self.indent.max(0);
        }
        if !self.head_comment.is_empty() {
            self.write_indent();
            let comment = std::mem::take(&mut self.head_comment);
            self.write_comment(&comment);
        }
    }

    /// Writes the comment behind a value; with `line_break`, at least the end of the line.
    pub(super) fn write_line_comment(&mut self, line_break: bool) {
        if self.line_comment.is_empty() {
            if line_break {
                self.put_break();
            }
            return;
        }
        if !self.whitespace {
            self.put(' ');
        }
        let comment = std::mem::take(&mut self.line_comment);
        self.write_comment(&comment);
    }

    fn write_foot_comment(&mut self) {
        if !self.foot_comment.is_empty() {
            self.write_indent();
            let comment = std::mem::take(&mut self.foot_comment);
            self.write_comment(&comment);
            self.foot_indent = self.indent.max(0);
        }
    }

    fn write_comment(&mut self, comment: &str) {
        let (mut breaks, mut pound) = (false, false);
        for c in comment.chars() {
            if is_break(c) {
                self.write_break(c);
                (breaks, pound) = (true, false);
                continue;
            }
            if breaks {
                self.write_indent();
            }
            if !pound && c != '#' {
                self.write_all("# ");
            }
            pound = true;
            self.put(c);
            self.indention = false;
            breaks = false;
        }
        if !breaks {
            self.put_break();
        }
        self.whitespace = true;
    }
}
