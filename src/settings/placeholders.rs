//! `placeholders` in `.render.yaml`: how `${NAME}` in values is treated when objects are checked.
//!
//! `unknown`, or `flux` with the sources of values: env files, YAML files, and ConfigMaps and Secrets among the objects. The files
//! are read with the settings; values of Secrets are not kept.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use crate::check::{Flux, Placeholders, Values, Variables, data, readable};
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::load::{Guard, Input};
use crate::records::Records;
use crate::yaml::{Dialect, Located, Node, Unknown, decode_object};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    flux: Option<FluxForm>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FluxForm {
    values: Vec<Located<String>>,
}

/// Reads the field of a settings file.
///
/// # Errors
/// It has a different structure, or a file can't be read.
pub fn read(settings: &Node, directory: &Path, guard: &Guard, records: &mut Records) -> Result<Option<Placeholders>> {
    let Some(node) = settings.get("placeholders").filter(|node| !node.is_null()) else { return Ok(None) };
    if let Some(mode) = node.as_text() {
        return match mode.as_str() {
            "unknown" => Ok(Some(Placeholders::Unknown)),
            _ => {
                let error = node.error("wrong-value", format!("expected `unknown` or a mapping with `flux`, found `{mode}`"));
                Err(error.help("write `placeholders: unknown`, or `placeholders: {flux: {values: [vars.env]}}`").into())
            }
        };
    }
    let form: Form = decode_object(node, Unknown::Refuse)?;
    let Some(flux) = form.flux else {
        return Err(node
            .error("missing-field", "`placeholders` requires `flux`")
            .help("write `flux: {values: [vars.env]}`")
            .into());
    };
    let (mut sources, mut errors) = (Vec::new(), Vec::new());
    for entry in &flux.values {
        match source(entry, directory, guard, records) {
            Ok(source) => sources.push(source),
            Err(found) => errors.extend(found.into_vec().into_iter().map(|error| error.at_if(entry.span))),
        }
    }
    Diagnostics::check(errors)?;
    Ok(Some(Placeholders::Flux(Arc::new(Flux { sources }))))
}

/// A source: `ConfigMap/namespace/name`, `Secret/namespace/name`, or the path of a file.
fn source(entry: &Located<String>, directory: &Path, guard: &Guard, records: &mut Records) -> Result<Values> {
    let parts: Vec<&str> = entry.split('/').collect();
    if let [kind @ ("ConfigMap" | "Secret"), rest @ .., name] = parts.as_slice() {
        return match rest {
            [] => Ok(object(kind, "", name)),
            [namespace] => Ok(object(kind, namespace, name)),
            _ => {
                let message = format!("expected `{kind}/namespace/name`, found `{}`", entry.value);
                Err(Diagnostic::error("wrong-value", message).into())
            }
        };
    }
    let full = directory.join(entry.as_str());
    guard.admits(&full)?;
    let content = Input::within(guard, &full).read()?;
    let is_yaml = full.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known));
    if is_yaml { of_yaml(&full, content, records) } else { of_lines(&String::from_utf8_lossy(&content)) }
}

fn object(kind: &str, namespace: &str, name: &str) -> Values {
    Values::Object { kind: kind.into(), namespace: namespace.into(), name: name.into() }
}

/// The values of ConfigMaps and Secrets in a file, or of a mapping.
fn of_yaml(path: &Path, content: Vec<u8>, records: &mut Records) -> Result<Values> {
    let source = records.add_text(path, content)?;
    let step = records.provenance.step("", "placeholders");
    let mut known = Variables::new();
    for document in records.documents(source, step, Dialect::Manifest)? {
        match document.get("kind").and_then(Node::as_str) {
            Some("ConfigMap" | "Secret") => known.extend(data(&document)),
            Some(_) => {}
            None => {
                let entries = document.as_mapping().into_iter().flatten();
                let value = |node: &Node| node.as_scalar().and_then(|scalar| readable(&scalar.text));
                known.extend(entries.map(|entry| (entry.key.text.to_string(), value(&entry.value))));
            }
        }
    }
    Ok(Values::Known(known))
}

/// The values of lines `NAME=value`.
fn of_lines(text: &str) -> Result<Values> {
    let mut known = Variables::new();
    for line in text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        let is_name = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
        if !is_name || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Err(Diagnostic::error("wrong-value", "expected lines `NAME=value` in the file with values").into());
        }
        known.insert(name.to_owned(), readable(unquoted(value.trim_end())));
    }
    Ok(Values::Known(known))
}

/// A value without the quotes around it.
fn unquoted(value: &str) -> &str {
    let without = |quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    without('"').or_else(|| without('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_names_and_values() {
        let Ok(Values::Known(known)) = of_lines("# a comment\n\n A=1=2\nC") else { panic!("lines") };
        assert_eq!(known.get("A").and_then(|value| value.as_deref()), Some("1=2"));
        assert_eq!(known.get("C").and_then(|value| value.as_deref()), Some(""));
        assert!(of_lines("B = 2").is_err() && of_lines("1=2").is_err());
    }

    #[test]
    fn encrypted_values_are_not_known() {
        let Ok(Values::Known(known)) = of_lines("A=\"x y\"\nS=ENC[AES256_GCM,data:x]\nE=") else { panic!("lines") };
        assert_eq!(known.get("A").and_then(|value| value.as_deref()), Some("x y"));
        assert_eq!(known.get("S"), Some(&None));
        assert_eq!(known.get("E").and_then(|value| value.as_deref()), Some(""));
    }
}
