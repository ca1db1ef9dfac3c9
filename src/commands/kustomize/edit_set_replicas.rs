//! `edit set replicas`: sets counts of the field `replicas`, which is then sorted by name.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::change::{self, Changed};
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// An argument is not a name with a count, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    if call.args().is_empty() {
        bail!("no replicas specified");
    }
    let mut replicas = BTreeMap::new();
    for argument in call.args() {
        let (name, count) = parse(argument)?;
        replicas.insert(name.to_owned(), json!({ "name": name, "count": count }));
    }
    change::kustomization(call, |kustomization| {
        for item in kustomization.list("replicas") {
            let name = item.get("name").and_then(Value::as_str).unwrap_or_default();
            // Of several items with a name, the first stays.
            replicas.entry(name.to_owned()).or_insert_with(|| item.clone());
        }
        *kustomization.list_mut("replicas") = replicas.into_values().collect();
        Ok(Changed::Yes)
    })
}

/// The name and the count of an argument `NAME=COUNT`.
fn parse(argument: &str) -> Result<(&str, i64)> {
    let parsed = argument.split_once('=').and_then(|(name, count)| Some((name, count.parse().ok()?)));
    parsed.context("invalid format of replica, use the following format: <name>=<count>")
}
