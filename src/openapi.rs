//! The field `openapi` of a kustomization: which OpenAPI document patches merge by.
//!
//! `path` names a document of the user, `version` a built-in one. The first kustomization of a run that sets the field decides
//! for the whole run. Behavior: kustomize's `openapi.SetSchema`.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Result};
use crate::kustomization::Kustomization;
use crate::load::Loader;
use crate::records::Records;
use crate::schema::openapi::Swagger;
use crate::yaml::provenance::StepId;
use crate::yaml::{Located, Node, Unknown, decode};

/// The only document that is built into kustomize.
const BUILT_IN: &str = "v1.21.2";

/// Applies the field `openapi`, unless an earlier kustomization did.
///
/// # Errors
/// The document can't be read, the version is not built in, or both fields are set.
pub fn choose(kustomization: &Kustomization, loader: &Loader, step: StepId, records: &mut Records) -> Result<()> {
    let Some(node) = kustomization.field("openapi") else { return Ok(()) };
    let fields: BTreeMap<String, Option<Located<String>>> = decode(node, Unknown::Refuse)?;
    // The document is read even if it comes too late to have an effect.
    let content = match fields.get("path") {
        None => None,
        Some(path) => Some(read(node, path.as_ref(), loader, step)?),
    };
    if records.schema.is_chosen() {
        return Ok(());
    }
    match (content, fields.get("version")) {
        (Some(_), Some(version)) => {
            let span = version.as_ref().and_then(|version| version.span).unwrap_or(node.span());
            let error = Diagnostic::error("two-schemas", "`path` and `version` are mutually exclusive")
                .words("builtin version and custom schema provided, cannot use both");
            Err(error.at(span).help("remove one of them: `path` names your own document, `version` a built-in one").into())
        }
        (Some((shown, content)), None) => {
            let source = records.add_text(shown, content)?;
            let swagger: Option<Swagger> = records.decode_json_or_yaml(source, step)?;
            records.schema.choose(swagger.unwrap_or_default().into());
            Ok(())
        }
        (None, Some(Some(version))) if !version.is_empty() => {
            if version.as_str() != BUILT_IN {
                let message = format!("the OpenAPI version `{}` is not built in", version.value);
                let error = Diagnostic::error("unknown-version", message).at(version.span.unwrap_or(node.span()));
                let error = error.words("the specified OpenAPI version is not built in");
                return Err(error.help(format!("use `{BUILT_IN}`, or name a document of your own: `path: openapi.json`")).into());
            }
            records.schema.choose_built_in();
            Ok(())
        }
        _ => Ok(()),
    }
}

fn read(
    node: &Node,
    path: Option<&Located<String>>,
    loader: &Loader,
    step: StepId,
) -> Result<(std::path::PathBuf, Vec<u8>), Diagnostic> {
    match path.filter(|path| !path.is_empty()) {
        Some(path) => loader.read(path, step).map_err(|error| error.at(path.span.unwrap_or(node.span()))),
        None => Err(node.error("empty-path", "`path` of `openapi` is empty")),
    }
}
