//! The graph in four formats: a list of paths, JSON, and the languages of Graphviz and Mermaid.

use std::collections::BTreeMap;

use serde::Serialize;

use super::graph::Graph;
use crate::escape::{self, graphviz, own_line};

/// The paths, one per line.
pub fn text(graph: &Graph) -> String {
    graph.nodes.keys().map(|path| format!("{}\n", own_line(&path.to_string_lossy()))).collect()
}

#[derive(Serialize)]
struct Form {
    nodes: Vec<NodeForm>,
    edges: Vec<EdgeForm>,
}

#[derive(Serialize)]
struct NodeForm {
    path: String,
    kind: &'static str,
}

#[derive(Serialize)]
struct EdgeForm {
    from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    to: String,
}

/// A JSON object with `nodes` and `edges`.
pub fn json(graph: &Graph) -> String {
    let nodes = graph.nodes.iter().map(|(path, kind)| NodeForm { path: path.display().to_string(), kind });
    let edges = graph.edges.iter().map(|edge| EdgeForm {
        from: edge.from.display().to_string(),
        field: edge.field.clone(),
        to: edge.to.display().to_string(),
    });
    let form = Form { nodes: nodes.collect(), edges: edges.collect() };
    // Strings and lists of strings can always be printed.
    escape::json(&serde_json::to_string_pretty(&form).unwrap_or_default()).into_owned() + "\n"
}

/// A digraph for Graphviz.
pub fn dot(graph: &Graph) -> String {
    let mut out = String::from("digraph render {\n  rankdir=LR;\n  node [shape=box];\n");
    for (path, kind) in &graph.nodes {
        let style = if is_round(kind) { " [style=rounded]" } else { "" };
        out += &format!("  {}{style};\n", graphviz(&path.display().to_string()));
    }
    for edge in &graph.edges {
        let label = edge.field.as_ref().map(|field| format!(" [label={}]", graphviz(field))).unwrap_or_default();
        let (from, to) = (edge.from.display().to_string(), edge.to.display().to_string());
        out += &format!("  {} -> {}{label};\n", graphviz(&from), graphviz(&to));
    }
    out + "}\n"
}

/// A flowchart for Mermaid.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = String::from("flowchart LR\n");
    let numbers: BTreeMap<_, _> = graph.nodes.keys().zip(0..).collect();
    let number = |path| numbers.get(path).copied().unwrap_or(0);
    for (at, (path, kind)) in graph.nodes.iter().enumerate() {
        let (open, close) = if is_round(kind) { ("([", "])") } else { ("[", "]") };
        out += &format!("  n{at}{open}\"{}\"{close}\n", escape::mermaid(&path.display().to_string()));
    }
    for edge in &graph.edges {
        let label = edge.field.as_ref().map(|field| format!("|\"{}\"|", escape::mermaid(field))).unwrap_or_default();
        out += &format!("  n{} -->{label} n{}\n", number(&edge.from), number(&edge.to));
    }
    out
}

/// Nodes that read other files are round.
fn is_round(kind: &str) -> bool {
    matches!(kind, "kustomization" | "repository")
}
