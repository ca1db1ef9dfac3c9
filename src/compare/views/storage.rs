//! Storage: volume claims, and the resource quota of a namespace.

use super::look::{entries, items, text};
use super::workloads::quantity;
use super::{Fact, Surroundings};
use crate::resource::Resource;
use crate::yaml::Node;

/// Facts about sizes.
pub fn facts(object: &Resource, _: &Surroundings) -> Vec<Fact> {
    let node = object.node();
    let templates = items(node, &["spec", "volumeClaimTemplates"]).iter().flat_map(|claim| {
        let name = text(claim, &["metadata", "name"]).unwrap_or("?").to_owned();
        claimed(claim).into_iter().map(move |fact| Fact { field: format!("{} ({name})", fact.field), ..fact })
    });
    match object.kind() {
        "PersistentVolumeClaim" => claimed(node),
        "PersistentVolume" => amount("storage", node, &["spec", "capacity", "storage"]).into_iter().collect(),
        "ResourceQuota" => {
            let hard = entries(node, &["spec", "hard"]);
            hard.filter_map(|(resource, node)| Some(quantity(format!("hard.{resource}"), text(node, &[])?))).collect()
        }
        _ => templates.collect(),
    }
}

/// The size and storage class of a claim.
fn claimed(claim: &Node) -> Vec<Fact> {
    let size = amount("storage", claim, &["spec", "resources", "requests", "storage"]);
    let class = text(claim, &["spec", "storageClassName"]).map(|class| Fact::new("storage class", class));
    size.into_iter().chain(class).collect()
}

fn amount(field: &str, node: &Node, path: &[&str]) -> Option<Fact> {
    text(node, path).map(|amount| quantity(field.to_owned(), amount))
}
