//! The tree of a document.

/// What a node is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A document; its content is one node.
    Document,
    /// A list.
    Sequence,
    /// A mapping: keys and values alternate in its content.
    Mapping,
    /// A scalar.
    #[default]
    Scalar,
    /// `*name`
    Alias,
}

/// How a node is written: any of several properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style(pub u8);

impl Style {
    /// With its tag.
    pub const TAGGED: Style = Style(1);
    /// `"..."`
    pub const DOUBLE_QUOTED: Style = Style(2);
    /// `'...'`
    pub const SINGLE_QUOTED: Style = Style(4);
    /// `|`
    pub const LITERAL: Style = Style(8);
    /// `>`
    pub const FOLDED: Style = Style(16);
    /// `[...]` or `{...}`
    pub const FLOW: Style = Style(32);
    /// Any style of a scalar that makes it a string.
    pub(super) const QUOTED: Style = Style(2 | 4 | 8 | 16);

    /// Whether it has one of the properties.
    pub fn has(self, any: Style) -> bool {
        self.0 & any.0 != 0
    }

    /// Both together.
    pub fn with(self, other: Style) -> Style {
        Style(self.0 | other.0)
    }
}

/// A node with everything that is printed again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// How it is written.
    pub style: Style,
    /// The short tag (`!!str`); empty for nodes that were not read.
    pub tag: String,
    /// The text of a scalar, or the name that an alias refers to.
    pub value: String,
    /// `&name`, or empty.
    pub anchor: String,
    /// The content of a collection.
    pub content: Vec<Node>,
    /// The comment lines above.
    pub head_comment: String,
    /// The comment behind it in its line.
    pub line_comment: String,
    /// The comment lines below, before an empty line.
    pub foot_comment: String,
}

impl Node {
    /// A scalar without a tag: its type is that of its text.
    pub fn scalar(value: impl Into<String>) -> Self {
        Node { value: value.into(), ..Node::default() }
    }

    /// An empty mapping.
    pub fn mapping() -> Self {
        Node { kind: Kind::Mapping, ..Node::default() }
    }

    /// An empty list.
    pub fn sequence() -> Self {
        Node { kind: Kind::Sequence, ..Node::default() }
    }

    /// Whether it has the tag of null.
    pub fn is_null(&self) -> bool {
        self.tag == "!!null"
    }

    /// The node, or the content of a document.
    pub fn root(&self) -> &Node {
        match self.kind {
            Kind::Document => self.content.first().unwrap_or(self),
            _ => self,
        }
    }

    /// The node, or the content of a document, to change it.
    pub fn root_mut(&mut self) -> &mut Node {
        if self.kind == Kind::Document && !self.content.is_empty() { &mut self.content[0] } else { self }
    }

    /// The keys and values of a mapping.
    pub fn pairs(&self) -> impl Iterator<Item = (&Node, &Node)> {
        self.content.chunks_exact(2).map(|pair| (&pair[0], &pair[1]))
    }

    /// The index of the value of a key in the content.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.pairs().position(|(found, _)| found.value == key).map(|pair| 2 * pair + 1)
    }
}
