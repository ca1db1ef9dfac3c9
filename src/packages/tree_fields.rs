//! Fields of objects in a tree, grouped by container. Behavior: `getFields` of kyaml's `TreeWriter`.

use std::collections::BTreeMap;

use super::format::strip;
use super::matcher::find;
use super::order::field_order;
use crate::go_yaml::{Node, Printer, Style};

/// Lists of containers, whose fields are grouped by item. The longest comes first.
const CONTAINERS: [&str; 3] =
    ["spec.template.spec.containers", "spec.jobTemplate.spec.template.spec.containers", "spec.containers"];

/// A field that is shown.
#[derive(Clone, Debug)]
pub struct Field {
    path: Vec<String>,
    /// The name of the group, or of the field itself.
    name: String,
    /// The name in its group; `None` if it is not in one.
    sub_name: Option<String>,
}

/// What is shown of a field: its value, or the items of a list, each with fields.
#[derive(Clone, Debug)]
pub(super) enum Shown {
    Value(String),
    Items(Vec<Vec<(String, String)>>),
}

impl Field {
    /// The field at a path.
    pub fn at(path: Vec<String>) -> Field {
        let whole = path.join(".");
        match CONTAINERS.into_iter().find(|containers| whole.starts_with(containers)) {
            Some(name) => Field { name: name.to_owned(), sub_name: path.last().cloned(), path },
            None => Field { name: whole, sub_name: None, path },
        }
    }

    /// A field of the containers of all kinds.
    pub fn of_containers(name: &str) -> Vec<Field> {
        let paths = ["spec.containers", "spec.template.spec.containers", "spec.jobTemplate.spec.template.spec.containers"];
        let path = |path: &str| path.split('.').chain(["[name=.*]", name]).map(str::to_owned).collect();
        paths.into_iter().map(|containers| Field::at(path(containers))).collect()
    }
}

/// What is shown of an object, in order.
///
/// # Errors
/// A node on a path is of another kind.
pub(super) fn shown(node: &Node, fields: &[Field]) -> anyhow::Result<Vec<(String, Shown)>> {
    let mut found: BTreeMap<String, Shown> = BTreeMap::new();
    let mut groups: BTreeMap<String, BTreeMap<String, Vec<(String, String)>>> = BTreeMap::new();
    for field in fields {
        let Some(matches) = find(node.root(), &field.path)? else { continue };
        let mut values = matches.into_iter().map(|found| (found.items.join("/"), flow_text(found.node)));
        match &field.sub_name {
            None => {
                let value = values.next().map(|(_, text)| text).unwrap_or_default();
                found.insert(field.name.clone(), Shown::Value(value));
            }
            Some(name) => {
                let group = groups.entry(field.name.clone()).or_default();
                for (item, text) in values {
                    group.entry(item).or_default().push((name.clone(), text));
                }
            }
        }
    }
    for (name, items) in groups {
        let mut items: Vec<_> = items.into_iter().collect();
        items.sort_by(|(a, _), (b, _)| field_order(a, b));
        let mut fields: Vec<Vec<(String, String)>> = items.into_iter().map(|(_, fields)| fields).collect();
        for fields in &mut fields {
            fields.sort_by(|(a, _), (b, _)| field_order(a, b));
        }
        let shown = if fields.is_empty() { Shown::Value(String::new()) } else { Shown::Items(fields) };
        found.insert(name, shown);
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by(|(a, _), (b, _)| field_order(a, b));
    Ok(found)
}

/// A node in one line, without comments.
fn flow_text(mut node: Node) -> String {
    strip(&mut node);
    Printer::text_of(&Node { style: Style::FLOW, ..node }).trim().to_owned()
}
