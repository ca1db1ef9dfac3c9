//! The graph of objects in four formats: lines of text, JSON, and the languages of Graphviz and Mermaid.

use std::collections::BTreeMap;

use serde::Serialize;

use super::objects::{ObjectEdge, ObjectGraph, ObjectSource};
use crate::escape::{self, graphviz, own_line};
use crate::references::verb;

/// Each object on a line, followed by an indented line for each of its relations.
pub fn text(graph: &ObjectGraph) -> String {
    let mut edges: BTreeMap<&str, Vec<&ObjectEdge>> = BTreeMap::new();
    for edge in &graph.edges {
        edges.entry(&edge.from).or_default().push(edge);
    }
    let mut out = String::new();
    for (id, _) in graph.nodes.iter().filter(|(_, node)| node.source == ObjectSource::Build) {
        out += &format!("{}\n", own_line(id));
        for edge in edges.get(id.as_str()).into_iter().flatten() {
            let is_elsewhere = graph.nodes.get(&edge.to).is_some_and(|node| node.source == ObjectSource::Elsewhere);
            let note = if is_elsewhere { ", not part of the build" } else { "" };
            let line = format!("{} {} ({}{note})", verb(edge.relation), edge.to, edge.field);
            out += &format!("  {}\n", own_line(&line));
        }
    }
    out
}

#[derive(Serialize)]
struct Form<'g> {
    nodes: Vec<NodeForm<'g>>,
    edges: Vec<EdgeForm<'g>>,
}

#[derive(Serialize)]
struct NodeForm<'g> {
    id: &'g str,
    #[serde(rename = "apiVersion", skip_serializing_if = "str::is_empty")]
    api_version: &'g str,
    kind: &'g str,
    #[serde(skip_serializing_if = "str::is_empty")]
    namespace: &'g str,
    name: &'g str,
    source: &'static str,
}

#[derive(Serialize)]
struct EdgeForm<'g> {
    from: &'g str,
    relation: &'g str,
    to: &'g str,
    field: &'g str,
}

/// A JSON object with `nodes` and `edges`.
pub fn json(graph: &ObjectGraph) -> String {
    let nodes = graph.nodes.iter().map(|(id, node)| NodeForm {
        id,
        api_version: if node.source == ObjectSource::Build { &node.api_version } else { "" },
        kind: &node.kind,
        namespace: &node.namespace,
        name: &node.name,
        source: source(node.source),
    });
    let edges =
        graph.edges.iter().map(|edge| EdgeForm { from: &edge.from, relation: edge.relation, to: &edge.to, field: &edge.field });
    let form = Form { nodes: nodes.collect(), edges: edges.collect() };
    // Strings and lists of strings can always be printed.
    escape::json(&serde_json::to_string_pretty(&form).unwrap_or_default()).into_owned() + "\n"
}

/// A digraph for Graphviz. Objects that are not part of the build are dashed.
pub fn dot(graph: &ObjectGraph) -> String {
    let mut out = String::from("digraph render {\n  rankdir=LR;\n  node [shape=box];\n");
    for (id, node) in &graph.nodes {
        let style = if node.source == ObjectSource::Build { "" } else { " [style=dashed]" };
        out += &format!("  {}{style};\n", graphviz(id));
    }
    for (from, relation, to) in lines(graph) {
        out += &format!("  {} -> {} [label={}];\n", graphviz(from), graphviz(to), graphviz(relation));
    }
    out + "}\n"
}

/// A flowchart for Mermaid. Objects that are not part of the build are round.
pub fn mermaid(graph: &ObjectGraph) -> String {
    let mut out = String::from("flowchart LR\n");
    let numbers: BTreeMap<_, _> = graph.nodes.keys().map(String::as_str).zip(0..).collect();
    let number = |id: &str| numbers.get(id).copied().unwrap_or(0);
    for (at, (id, node)) in graph.nodes.iter().enumerate() {
        let (open, close) = if node.source == ObjectSource::Build { ("[", "]") } else { ("([", "])") };
        out += &format!("  n{at}{open}\"{}\"{close}\n", escape::mermaid(id));
    }
    for (from, relation, to) in lines(graph) {
        out += &format!("  n{} -->|\"{}\"| n{}\n", number(from), escape::mermaid(relation), number(to));
    }
    out
}

/// The relations without their fields, each once.
fn lines(graph: &ObjectGraph) -> Vec<(&str, &str, &str)> {
    let mut all: Vec<_> = graph.edges.iter().map(|edge| (edge.from.as_str(), verb(edge.relation), edge.to.as_str())).collect();
    all.dedup();
    all
}

fn source(source: ObjectSource) -> &'static str {
    match source {
        ObjectSource::Build => "build",
        ObjectSource::Controller => "controller",
        ObjectSource::Elsewhere => "elsewhere",
    }
}
