//! `edit add label`: adds pairs to the field `commonLabels`, or to an item of `labels` that leaves selectors alone.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::change::{self, Changed};
use super::metadata::{self, Pairs};
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// The arguments are wrong, a key is already in the file, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    metadata::require(call.args(), "label")?;
    let (apart, templates) = (call.on("without-selector"), call.on("include-templates"));
    if templates && !apart {
        bail!("--without-selector flag must be specified for --include-templates to work");
    }
    let pairs = metadata::pairs(call.args(), "label")?;
    change::kustomization(call, |kustomization| {
        let force = call.on("force");
        match apart {
            true => add_apart(kustomization.list_mut("labels"), templates, pairs, force)?,
            false => metadata::insert(kustomization.map_mut("commonLabels"), pairs, "label", force)?,
        }
        Ok(Changed::Yes)
    })
}

/// Adds pairs to the first item that leaves selectors alone and includes templates or not, as requested, or to a new item.
fn add_apart(labels: &mut Vec<Value>, templates: bool, pairs: Pairs, force: bool) -> Result<()> {
    let is_set = |item: &Value, field: &str| item.get(field).and_then(Value::as_bool).unwrap_or_default();
    let fits = |item: &Value| !is_set(item, "includeSelectors") && is_set(item, "includeTemplates") == templates;
    let Some(item) = labels.iter_mut().find(|item| fits(item)) else {
        let mut item = json!({ "pairs": pairs });
        if templates {
            item["includeTemplates"] = Value::Bool(true);
        }
        labels.push(item);
        return Ok(());
    };
    let mut into = item.get("pairs").and_then(Value::as_object).cloned().unwrap_or_default();
    metadata::insert(&mut into, pairs, "label", force)?;
    item["pairs"] = Value::Object(into);
    Ok(())
}
