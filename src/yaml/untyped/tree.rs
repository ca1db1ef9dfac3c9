//! Events to a tree of nodes: aliases are kept, and resolved when the values are made.
//!
//! Behavior: go-yaml v2's `parser`. Only the first document is read.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::words::go_words;
use crate::yaml::event::{Event, Style};
use crate::yaml::parser::Parser;

/// The number of a node in its [`Tree`].
pub(super) type Id = usize;

/// A node.
pub(super) enum Node<'a> {
    /// A scalar; `implicit` if it may be of any type because of its style and tag.
    Scalar { tag: Cow<'a, str>, text: Cow<'a, str>, implicit: bool },
    /// A list.
    Sequence(Vec<Id>),
    /// A mapping.
    Mapping(Vec<(Id, Id)>),
    /// An alias, with its name.
    Alias(&'a str, Id),
}

/// The nodes of a document.
#[derive(Default)]
pub(super) struct Tree<'a> {
    pub nodes: Vec<Node<'a>>,
    /// The outermost node; none in an empty text.
    pub root: Option<Id>,
}

/// A collection that is not complete yet.
struct Open {
    id: Id,
    children: Vec<Id>,
}

impl<'a> Tree<'a> {
    /// Reads the first document, and how far the text had to be read for it.
    ///
    /// # Errors
    /// What is wrong, in go-yaml's words, and how far the text had been read.
    pub fn read(text: &'a str) -> Result<(Self, usize), (String, usize)> {
        let mut parser = Parser::v2(text);
        let mut tree = Tree::default();
        match tree.fill(&mut parser, text) {
            Ok(()) => Ok((tree, parser.reached())),
            Err(message) => Err((message, parser.reached())),
        }
    }

    fn fill(&mut self, parser: &mut Parser<'a>, text: &str) -> Result<(), String> {
        let mut anchors: FxHashMap<&'a str, Id> = FxHashMap::default();
        let mut open: Vec<Open> = Vec::new();
        while let Some((event, _)) = parser.next().map_err(|error| go_words(text, &error))? {
            let id = self.nodes.len();
            let (node, anchor) = match event {
                Event::DocumentStart { .. } => continue,
                Event::DocumentEnd => break,
                Event::Alias(name) => {
                    let to = anchors.get(name).ok_or_else(|| format!("yaml: unknown anchor '{name}' referenced"))?;
                    (Node::Alias(name, *to), None)
                }
                Event::Scalar { anchor, tag, text, style } => (scalar(tag, text, style), anchor),
                Event::SequenceStart { anchor, .. } => (Node::Sequence(Vec::new()), anchor),
                Event::MappingStart { anchor, .. } => (Node::Mapping(Vec::new()), anchor),
                Event::SequenceEnd | Event::MappingEnd => {
                    self.close(&mut open);
                    continue;
                }
            };
            let is_open = matches!(node, Node::Sequence(_) | Node::Mapping(_));
            self.nodes.push(node);
            if let Some(anchor) = anchor {
                anchors.insert(anchor, id);
            }
            match open.last_mut() {
                Some(outer) => outer.children.push(id),
                None => self.root = Some(id),
            }
            if is_open {
                open.push(Open { id, children: Vec::new() });
            }
        }
        Ok(())
    }

    fn close(&mut self, open: &mut Vec<Open>) {
        let Some(Open { id, children }) = open.pop() else { return };
        match self.nodes.get_mut(id) {
            Some(Node::Sequence(items)) => *items = children,
            Some(Node::Mapping(entries)) => {
                let pairs = children.chunks_exact(2);
                entries.extend(pairs.filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))));
            }
            _ => {}
        }
    }
}

fn scalar<'a>(tag: Option<Cow<'a, str>>, text: Cow<'a, str>, style: Style) -> Node<'a> {
    let tag = tag.unwrap_or_default();
    let implicit = tag.is_empty() && style == Style::Plain || tag == "!";
    Node::Scalar { tag, text, implicit }
}
