//! `edit fix`: moves deprecated fields of the kustomization file to those that replaced them.
//!
//! kustomize writes the file, builds before and after, and warns if the output differs. `render edit fix` compares first, and
//! refuses to write anything if the output would differ. Behavior: kustomize's `RunFix` and `FixKustomizationPreMarshalling`.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::built::{self, first_difference, text};
use super::edited_tree::EditedTree;
use super::printed::Printed;
use super::vars_to_replacements;
use crate::commands::output;
use crate::edit::{Kustomization, KustomizationFile, Style, decode};
use crate::go_cli::Call;
use crate::records::Records;

const WITH_VARS: &str = "
Fixed fields:
  patchesJson6902 -> patches
  patchesStrategicMerge -> patches
  commonLabels -> labels
  vars -> replacements
";

const WITHOUT_VARS: &str = "
Fixed fields:
  patchesJson6902 -> patches
  patchesStrategicMerge -> patches
  commonLabels -> labels

To convert vars -> replacements, run the command `kustomize edit fix --vars`

WARNING: Converting vars to replacements will potentially overwrite many resource files 
and the resulting files may not produce the same output when `kustomize build` is run. 
We recommend doing this in a clean git repository where the change is easy to undo.
";

/// Runs the command.
///
/// # Errors
/// The kustomization can't be read, fixed, or written; for `render edit fix`, also if it can't be built or the output would
/// differ.
pub fn run(call: &Call) -> Result<()> {
    match call.style() {
        Style::Compat => compat(call),
        Style::Surgical => surgical(call),
    }
}

fn compat(call: &Call) -> Result<()> {
    let before = text().unwrap_or_default();
    let mut file = KustomizationFile::find()?;
    let mut kustomization = file.read()?;
    fix(&mut kustomization)?;
    if call.on("vars") {
        let mut tree = EditedTree::default();
        let converted = vars_to_replacements::convert(&mut kustomization, &mut tree, Style::Compat);
        // What was changed before an error stays changed.
        tree.write()?;
        converted?;
    }
    output::print(if call.on("vars") { WITH_VARS } else { WITHOUT_VARS });
    let written = file.write(&kustomization, Style::Compat);
    match text() {
        Err(error) => {
            let error = earlier(&error, &file, kustomization).unwrap_or(error);
            output::print(&format!(
                "Warning: 'Fixed' kustomization now produces the error when running `kustomize build`: {error}\n"
            ));
        }
        Ok(after) if after != before => {
            output::print(&format!(
                "Warning: 'Fixed' kustomization now produces different output when running `kustomize build`:\n...{after}...\n"
            ));
        }
        Ok(_) => {}
    }
    written
}

/// The error that kustomize reports before that of a replacement without targets, such as that of an unused var. kustomize only
/// looks at a replacement when it is its turn.
fn earlier(error: &str, file: &KustomizationFile, mut kustomization: Kustomization) -> Option<String> {
    if error != "replacements must specify a source and at least one target" {
        return None;
    }
    let replacements = kustomization.list_mut("replacements");
    let incomplete = replacements.iter().position(|one| one.get("targets").is_none() && one.get("path").is_none())?;
    replacements.truncate(incomplete);
    let mut tree = EditedTree::default();
    tree.replace(file.path(), String::from_utf8(file.printed(&kustomization).ok()?).ok()?);
    built::failure(tree)
}

fn surgical(call: &Call) -> Result<()> {
    let mut file = KustomizationFile::find()?;
    let mut kustomization = file.read()?;
    let fields = deprecated(file.content(), call.on("vars"))?;
    if fields.is_empty() {
        return Ok(());
    }
    let before = build(EditedTree::default(), "the kustomization can't be built, so the output can't be compared")?;
    fix(&mut kustomization)?;
    let mut tree = EditedTree::default();
    if call.on("vars") {
        vars_to_replacements::convert(&mut kustomization, &mut tree, Style::Surgical).map_err(|error| refused(&error))?;
    }
    tree.replace(file.path(), file.modernized(&kustomization)?);
    let after = build(tree.clone(), "the result can't be built")?;
    if let Some(difference) = first_difference(&before, &after) {
        return Err(refused(&format!("the output would differ: {difference}")));
    }
    tree.write()?;
    let lines = fields.into_iter().map(|(old, new)| format!("{old} -> {new}\n"));
    output::print(&lines.collect::<String>());
    Ok(())
}

/// The output of a build with the given files. If it fails, its errors are printed first.
fn build(tree: EditedTree, refusal: &str) -> Result<String> {
    let mut records = Records::default();
    built::build(tree, &mut records).map_err(|errors| {
        output::failed(&errors.into_vec(), &records);
        refused(&refusal)
    })
}

/// Prints why nothing is written.
fn refused(reason: &impl std::fmt::Display) -> anyhow::Error {
    output::eprint(&format!("error: nothing was changed: {reason}\n"));
    Printed.into()
}

/// The deprecated fields that a file has, and those that replace them.
fn deprecated(content: &[u8], vars: bool) -> Result<Vec<(&'static str, &'static str)>> {
    const FIELDS: [(&str, &str); 7] = [
        ("bases", "resources"),
        ("imageTags", "images"),
        ("helmChartInflationGenerator", "helmCharts"),
        ("patchesJson6902", "patches"),
        ("patchesStrategicMerge", "patches"),
        ("commonLabels", "labels"),
        ("vars", "replacements"),
    ];
    let kustomization = decode(content).map_err(anyhow::Error::msg)?;
    Ok(FIELDS.into_iter().filter(|(old, _)| kustomization.has(old) && (vars || *old != "vars")).collect())
}

/// Moves the deprecated fields except `vars`.
fn fix(kustomization: &mut Kustomization) -> Result<()> {
    if let Some(Value::Array(patches)) = kustomization.remove("patchesJson6902") {
        kustomization.list_mut("patches").extend(patches);
    }
    if kustomization.has("patchesStrategicMerge") {
        for patch in kustomization.texts("patchesStrategicMerge") {
            let field = if std::fs::read(&patch).is_ok() { "path" } else { "patch" };
            kustomization.list_mut("patches").push(json!({ field: patch }));
        }
        kustomization.remove("patchesStrategicMerge");
    }
    let labels = kustomization.map("commonLabels").filter(|labels| !labels.is_empty()).cloned();
    if let Some(common) = labels {
        let own = kustomization.list("labels").iter().filter_map(|labels| labels.get("pairs")?.as_object());
        if let Some(key) = own.flat_map(|pairs| pairs.keys()).find(|key| common.contains_key(*key)) {
            bail!("label name '{key}' exists in both commonLabels and labels");
        }
        kustomization.list_mut("labels").push(json!({"includeSelectors": true, "pairs": common}));
        kustomization.remove("commonLabels");
    }
    Ok(())
}
