//! The graph in four formats: a list of paths, JSON, and the languages of Graphviz and Mermaid.

use std::collections::BTreeMap;

use serde::Serialize;

use super::graph::Graph;

/// The paths, one per line.
pub fn text(graph: &Graph) -> String {
    graph.nodes.keys().map(|path| format!("{}\n", path.display())).collect()
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
    serde_json::to_string_pretty(&form).unwrap_or_default() + "\n"
}

/// A digraph for Graphviz.
pub fn dot(graph: &Graph) -> String {
    let mut out = String::from("digraph render {\n  rankdir=LR;\n  node [shape=box];\n");
    for (path, kind) in &graph.nodes {
        let style = if is_round(kind) { " [style=rounded]" } else { "" };
        out += &format!("  {}{style};\n", quoted(&path.display().to_string()));
    }
    for edge in &graph.edges {
        let label = edge.field.as_ref().map(|field| format!(" [label={}]", quoted(field))).unwrap_or_default();
        let (from, to) = (edge.from.display().to_string(), edge.to.display().to_string());
        out += &format!("  {} -> {}{label};\n", quoted(&from), quoted(&to));
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
        out += &format!("  n{at}{open}\"{}\"{close}\n", entities(&path.display().to_string()));
    }
    for edge in &graph.edges {
        let label = edge.field.as_ref().map(|field| format!("|\"{}\"|", entities(field))).unwrap_or_default();
        out += &format!("  n{} -->{label} n{}\n", number(&edge.from), number(&edge.to));
    }
    out
}

/// Nodes that read other files are round.
fn is_round(kind: &str) -> bool {
    matches!(kind, "kustomization" | "repository")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// Escapes the characters that have a meaning in Mermaid.
fn entities(text: &str) -> String {
    let escape = |c: char| if "\"#<>&\n".contains(c) { format!("#{};", u32::from(c)) } else { c.to_string() };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusual_names_are_escaped() {
        assert_eq!(quoted("a\"b\\c"), r#""a\"b\\c""#);
        assert_eq!(entities("a\"b<c>#"), "a#34;b#60;c#62;#35;");
    }
}
