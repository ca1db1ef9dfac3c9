//! `create`: writes a kustomization file in the working directory.
//!
//! Behavior: kustomize's `create`. It creates an empty file before it reads the labels and annotations, so a fault in them leaves
//! an empty file behind; `render create` checks them first.

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use serde_json::{Map, Value};

use super::{detect, loader};
use crate::edit::{KustomizationFile, Style, go_error};
use crate::go_cli::Call;
use crate::write;

/// The file that is created.
const FILE: &str = "kustomization.yaml";

/// Runs the command.
///
/// # Errors
/// There is a kustomization file already, a resource does not exist, or the file can't be written.
pub fn run(call: &Call) -> Result<()> {
    let mut resources = match call.text("resources") {
        "" => Vec::new(),
        names => loader::existing(&names.split(',').map(str::to_owned).collect::<Vec<_>>())?,
    };
    match (KustomizationFile::find(), call.style()) {
        (Ok(_), _) => bail!("kustomization file already exists"),
        // There are several.
        (Err(error), Style::Surgical) if Path::new(FILE).exists() => return Err(error),
        _ => {}
    }
    if call.on("autodetect") {
        for path in detect::manifests(call.on("recursive"))? {
            if !resources.contains(&path) {
                resources.push(path);
            }
        }
    }
    if call.style() == Style::Surgical {
        pairs(call.text("annotations"), "annotation")?;
        pairs(call.text("labels"), "label")?;
    }
    create_empty()?;
    let mut file = KustomizationFile::find()?;
    let mut kustomization = file.read()?;
    kustomization.set_texts("resources", resources);
    for (field, flag) in [("namespace", "namespace"), ("namePrefix", "nameprefix"), ("nameSuffix", "namesuffix")] {
        kustomization.set_text(field, call.text(flag));
    }
    *kustomization.map_mut("commonAnnotations") = pairs(call.text("annotations"), "annotation")?;
    *kustomization.map_mut("commonLabels") = pairs(call.text("labels"), "label")?;
    let text = file.printed(&kustomization)?;
    // So that `render edit sync` does again what found the resources.
    let is_kept = call.style() == Style::Surgical && call.on("autodetect") && call.on("recursive");
    let comment: &[u8] = if is_kept { b"# render: sync recursive\n" } else { b"" };
    go_error::write(file.path(), &[comment, &text].concat())
}

fn create_empty() -> Result<()> {
    if Path::new(FILE).is_dir() {
        bail!("open {FILE}: is a directory");
    }
    write::file(Path::new(FILE), "", false).map(drop).map_err(|cause| match cause.downcast_ref::<std::io::Error>() {
        Some(error) => anyhow!(go_error::path("open", FILE, error)),
        None => cause,
    })
}

/// The pairs of `key:value,key:value`; the value may be in double quotes. Behavior: kustomize's `ConvertToMap`.
fn pairs(text: &str, kind: &str) -> Result<Map<String, Value>> {
    let mut pairs = Map::new();
    for pair in text.split(',').filter(|_| !text.is_empty()) {
        let (key, value) = pair.split_once(':').unwrap_or((pair, ""));
        if key.is_empty() && pair.starts_with(':') {
            bail!("invalid {kind}: '{pair}' (need k:v pair where v may be quoted)");
        }
        let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        pairs.insert(key.to_owned(), unquoted.unwrap_or(value).into());
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_may_have_quotes() {
        let read = |text| Value::Object(pairs(text, "label").expect("pairs"));
        assert_eq!(read("a:b,c,d:\"e:f\""), serde_json::json!({"a": "b", "c": "", "d": "e:f"}));
        assert_eq!(read("a:\",b:\"\""), serde_json::json!({"a": "\"", "b": ""}));
        assert_eq!(read(""), serde_json::json!({}));
        assert_eq!(read("a,"), serde_json::json!({"a": "", "": ""}));
        assert_eq!(
            pairs("a:b,:c", "label").unwrap_err().to_string(),
            "invalid label: ':c' (need k:v pair where v may be quoted)"
        );
    }
}
