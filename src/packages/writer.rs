//! Writes objects as a stream. Behavior: kyaml's `ByteWriter`.

use super::annotations;
use super::fields;
use super::file_annotations::{INDEX, LEGACY_INDEX, SEQUENCE_INDENT, path_of};
use super::json;
use super::object::Object;
use crate::go_yaml::{Kind, Node, Printer, Style};

/// The key of a list that stands for a whole document.
const BARE_SEQUENCE: &str = "bareSeqNodeWrappingKey";

/// How objects are written.
#[derive(Default)]
pub struct Writer {
    /// Whether the annotations about files remain.
    pub keep_annotations: bool,
    /// Further annotations that are left out.
    pub clear: Vec<&'static str>,
    /// The style of each object; the one it has if it is 0.
    pub style: Style,
    /// The kind of the list around the objects; empty if there is none.
    pub wrap_kind: String,
    /// The version of that list.
    pub wrap_version: String,
    /// The configuration of a function, in that list.
    pub function_config: Option<Node>,
}

/// The style with these names; others have no effect.
pub fn style(names: &[String]) -> Style {
    names.iter().fold(Style::default(), |style, name| {
        style.with(match name.as_str() {
            "TaggedStyle" => Style::TAGGED,
            "DoubleQuotedStyle" => Style::DOUBLE_QUOTED,
            "SingleQuotedStyle" => Style::SINGLE_QUOTED,
            "LiteralStyle" => Style::LITERAL,
            "FoldedStyle" => Style::FOLDED,
            "FlowStyle" => Style::FLOW,
            _ => Style::default(),
        })
    })
}

impl Writer {
    /// The text of objects.
    ///
    /// # Errors
    /// `metadata` or `annotations` of an object is not a mapping.
    pub fn print(&self, objects: &[Object]) -> anyhow::Result<String> {
        let mut nodes: Vec<Node> = objects.iter().map(|object| object.borrow().clone()).collect();
        let is_json = self.wrap_kind.is_empty() && matches!(nodes.as_slice(), [node] if path_of(node).ends_with(".json"));
        let wide: Vec<bool> = nodes.iter().map(|node| sequence_indent(node) == "wide").collect();
        for node in &mut nodes {
            self.prepare(node)?;
        }
        if let Some(node) = nodes.first().filter(|_| is_json) {
            return json::print(node);
        }
        let mut printer = Printer::default();
        if !self.wrap_kind.is_empty() {
            printer.print(&self.wrapped(nodes));
            return Ok(printer.finish());
        }
        for (node, wide) in nodes.iter().zip(wide) {
            printer.set_compact(!wide);
            printer.print(bare_sequence(node).unwrap_or(node));
        }
        Ok(printer.finish())
    }

    fn prepare(&self, node: &mut Node) -> anyhow::Result<()> {
        if !self.keep_annotations {
            for key in [INDEX, LEGACY_INDEX, SEQUENCE_INDENT] {
                annotations::clear(node, key)?;
            }
        }
        for key in &self.clear {
            annotations::clear(node, key)?;
        }
        annotations::clear_empty(node)?;
        if self.style != Style::default() {
            node.root_mut().style = self.style;
        }
        Ok(())
    }

    fn wrapped(&self, nodes: Vec<Node>) -> Node {
        let root = |node: Node| match node.kind {
            Kind::Document => node.content.into_iter().next().unwrap_or_default(),
            _ => node,
        };
        let items = Node { content: nodes.into_iter().map(root).collect(), ..Node::sequence() };
        let mut content = vec![
            Node::scalar("apiVersion"),
            Node::scalar(self.wrap_version.as_str()),
            Node::scalar("kind"),
            Node::scalar(self.wrap_kind.as_str()),
            Node::scalar("items"),
            items,
        ];
        if let Some(config) = &self.function_config {
            content.extend([Node::scalar("functionConfig"), root(config.clone())]);
        }
        let list = Node { style: self.style, content, ..Node::mapping() };
        Node { kind: Kind::Document, content: vec![list], ..Node::default() }
    }
}

/// The value of the annotation about the indentation of lists.
fn sequence_indent(node: &Node) -> &str {
    let annotations = fields::filled(node.root(), "metadata").and_then(|metadata| fields::filled(metadata, "annotations"));
    let found = annotations.and_then(|annotations| fields::filled(annotations, SEQUENCE_INDENT));
    found.map_or("", |value| value.value.as_str())
}

fn bare_sequence(node: &Node) -> Option<&Node> {
    fields::filled(node.root(), BARE_SEQUENCE)
}
