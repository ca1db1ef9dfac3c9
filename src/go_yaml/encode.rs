//! The tree of a document to events. Behavior: `encoder.node` in go-yaml v3's `encode.go`.

use super::events::{Event, EventKind};
use super::node::{Kind, Node, Style};
use super::tags;
use super::token::ScalarStyle;

/// The events of a document, or of a node as one.
pub(super) fn events(node: &Node) -> Vec<Event> {
    let mut events = Vec::new();
    if node.kind == Kind::Document {
        push(&mut events, node, "");
    } else {
        events.push(Event::new(EventKind::DocumentStart));
        push(&mut events, node, "");
        events.push(Event::new(EventKind::DocumentEnd));
    }
    events
}

/// Adds the events of a node; `tail` is the comment below the entry before it.
fn push(events: &mut Vec<Event>, node: &Node, tail: &str) {
    let (tag, quoted) = printed_tag(node);
    let start = |kind| Event {
        anchor: node.anchor.clone(),
        implicit: tag.is_empty(),
        tag: tags::long(&tag),
        flow: node.style.has(Style::FLOW),
        head_comment: node.head_comment.clone(),
        ..Event::new(kind)
    };
    let after =
        |kind| Event { line_comment: node.line_comment.clone(), foot_comment: node.foot_comment.clone(), ..Event::new(kind) };
    match node.kind {
        Kind::Document => {
            events.push(Event { head_comment: node.head_comment.clone(), ..Event::new(EventKind::DocumentStart) });
            node.content.iter().for_each(|child| push(events, child, ""));
            events.push(Event { foot_comment: node.foot_comment.clone(), ..Event::new(EventKind::DocumentEnd) });
        }
        Kind::Sequence => {
            events.push(start(EventKind::SequenceStart));
            node.content.iter().for_each(|child| push(events, child, ""));
            events.push(after(EventKind::SequenceEnd));
        }
        Kind::Mapping => {
            events.push(Event { tail_comment: tail.to_owned(), ..start(EventKind::MappingStart) });
            // The comment below an entry is written before the next one.
            let mut below = "";
            for (key, value) in node.pairs() {
                match key.foot_comment.is_empty() {
                    true => push(events, key, below),
                    false => push(events, &Node { foot_comment: String::new(), ..key.clone() }, below),
                }
                below = &key.foot_comment;
                push(events, value, "");
            }
            events.push(Event { tail_comment: below.to_owned(), ..after(EventKind::MappingEnd) });
        }
        Kind::Alias => {
            let head_comment = node.head_comment.clone();
            events.push(Event { anchor: node.value.clone(), head_comment, ..after(EventKind::Alias) });
        }
        Kind::Scalar => {
            let value = node.value.clone();
            let style = scalar_style(node, quoted);
            let Event { line_comment, foot_comment, .. } = after(EventKind::Scalar);
            let tail_comment = tail.to_owned();
            let event = start(EventKind::Scalar);
            events.push(Event { value, style, line_comment, foot_comment, tail_comment, flow: false, ..event });
        }
    }
}

/// The tag that must be written, and whether a string needs quotes.
fn printed_tag(node: &Node) -> (String, bool) {
    if node.tag.is_empty() || node.style.has(Style::TAGGED) {
        return (node.tag.clone(), false);
    }
    let short = tags::short(&node.tag);
    let is_string = short == "!!str";
    let implicit = match node.kind {
        Kind::Scalar if is_string && node.style.has(Style::QUOTED) => return (String::new(), false),
        Kind::Scalar => tags::implicit_tag(&node.value),
        Kind::Mapping => "!!map",
        Kind::Sequence => "!!seq",
        Kind::Document | Kind::Alias => "",
    };
    match () {
        () if implicit == short => (String::new(), false),
        () if is_string && node.kind == Kind::Scalar => (String::new(), true),
        () => (node.tag.clone(), false),
    }
}

fn scalar_style(node: &Node, quoted: bool) -> ScalarStyle {
    match node.style {
        style if style.has(Style::DOUBLE_QUOTED) => ScalarStyle::DoubleQuoted,
        style if style.has(Style::SINGLE_QUOTED) => ScalarStyle::SingleQuoted,
        style if style.has(Style::LITERAL) => ScalarStyle::Literal,
        style if style.has(Style::FOLDED) => ScalarStyle::Folded,
        _ if node.value.contains('\n') => ScalarStyle::Literal,
        _ if quoted => ScalarStyle::DoubleQuoted,
        _ => ScalarStyle::Plain,
    }
}
