//! Prints lists and mappings, by indentation and in brackets.

use super::events::{Event, EventKind};
use super::print::{Printer, State};

impl Printer {
    pub(super) fn increase_indent(&mut self, flow: bool, compact: bool) {
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

    pub(super) fn decrease_indent(&mut self) {
        self.indent = self.indents.pop().unwrap_or(-1);
    }

    pub(super) fn pop(&mut self) {
        self.state = self.states.pop().unwrap_or(State::DocumentEnd);
    }

    pub(super) fn has_comment_after(&self) -> bool {
        !(self.line_comment.is_empty() && self.foot_comment.is_empty() && self.tail_comment.is_empty())
    }

    pub(super) fn flow_item(&mut self, event: &Event, next: Option<EventKind>, first: bool, trail: bool) {
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
    pub(super) fn after_flow_value(&mut self) {
        if self.has_comment_after() {
            self.write_indicator(",", false, false, false);
        }
        self.write_line_comment(false);
        self.write_foot_comment();
    }

    pub(super) fn flow_key(&mut self, event: &Event, next: Option<EventKind>, first: bool, trail: bool) {
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

    pub(super) fn flow_value(&mut self, event: &Event, next: Option<EventKind>, simple: bool) {
        self.write_indicator(":", !simple, false, false);
        let trail = self.has_comment_after();
        self.states.push(State::FlowKey { first: false, trail });
        self.node(event, next, true, false);
        self.after_flow_value();
    }

    pub(super) fn block_item(&mut self, event: &Event, next: Option<EventKind>, first: bool) {
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

    pub(super) fn block_key(&mut self, event: &Event, next: Option<EventKind>, first: bool) {
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

    pub(super) fn block_value(&mut self, event: &Event, next: Option<EventKind>, simple: bool) {
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
}
