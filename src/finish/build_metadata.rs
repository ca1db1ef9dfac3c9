//! `buildMetadata`: annotations that record where an object comes from and what changed it, and a label that names kustomize.
//!
//! Only the setting of the root kustomization counts. Origins are tracked while objects are collected; here they are written.
//! Behavior: kustomize's `originAnnotations`, `transformerAnnotations`, and `managedByLabel`.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Result};
use crate::fields::field_specs::FieldSpec;
use crate::fields::visit::{self, Create};
use crate::kustomization::Kustomization;
use crate::records::Records;
use crate::resource::origin::{self, ORIGIN, Origin, TRANSFORMATIONS};
use crate::resource::{Gvk, ResMap, Resource};
use crate::source::Span;
use crate::yaml::provenance::Edit;
use crate::yaml::{self, Dialect, Node, Scalar, Unknown};

const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The version whose behavior this program matches.
const KUSTOMIZE: &str = "kustomize-v5.8.1";

/// The build metadata that the root kustomization requests.
#[derive(Clone, Debug, Default)]
pub struct BuildMetadata {
    /// Whether anything is requested, known or not: if so, origins are tracked.
    pub is_tracked: bool,
    /// Whether the origin of each object is written.
    pub origins: bool,
    /// Whether the transformers of each object are written.
    pub transformations: bool,
    managed_by: bool,
    span: Option<Span>,
}

impl BuildMetadata {
    /// The build metadata that a kustomization requests.
    ///
    /// # Errors
    /// The field is not a list of strings.
    pub fn of(kustomization: &Kustomization) -> Result<Self> {
        let options: Vec<String> = kustomization.decode("buildMetadata")?;
        let has = |name: &str| options.iter().any(|option| option == name);
        Ok(BuildMetadata {
            is_tracked: !options.is_empty(),
            origins: has("originAnnotations"),
            transformations: has("transformerAnnotations"),
            managed_by: has("managedByLabel"),
            span: kustomization.field("buildMetadata").map(Node::span),
        })
    }

    /// Whether one of kustomize's own annotations stays in the output.
    pub fn keeps(&self, annotation: &str) -> bool {
        (annotation == ORIGIN && self.origins) || (annotation == TRANSFORMATIONS && self.transformations)
    }
}

/// Writes what is requested; `managed_by` also requests the label.
///
/// # Errors
/// Labels are not a mapping, or the transformations that an object already lists are not valid.
pub fn run(resources: &mut ResMap, asked: &BuildMetadata, managed_by: bool, records: &mut Records) -> Result<()> {
    let step = records.provenance.step("", "buildMetadata");
    let has_label = asked.managed_by || managed_by;
    if !(has_label || asked.origins || asked.transformations) {
        return Ok(());
    }
    for at in resources.positions() {
        let Some(resource) = resources.get(at) else { continue };
        let mut written: Vec<(&str, String)> = Vec::new();
        if let Some(origin) = resource.origin.as_ref().filter(|_| asked.origins) {
            written.push((ORIGIN, origin.to_string()));
        }
        if asked.transformations && !resource.transformations.is_empty() {
            let mut all = brought_along(resource, records, step)?;
            all.extend(resource.transformations.iter().map(Arc::clone));
            written.push((TRANSFORMATIONS, origin::print_list(all.iter().map(Arc::as_ref))));
        }
        let span = asked.span.unwrap_or(resource.node().span());
        let mut edit = Edit::new(&mut records.provenance, step, span);
        resources.edit_body(at, |resource| {
            resource.edit_body(|node| {
                if has_label {
                    set(node, "metadata/labels", MANAGED_BY, KUSTOMIZE, &mut edit)?;
                }
                written.iter().try_for_each(|(key, text)| set(node, "metadata/annotations", key, text, &mut edit))
            })
        })?;
    }
    Ok(())
}

fn set(node: &mut Node, path: &str, key: &str, value: &str, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
    let spec = FieldSpec::new(Gvk::default(), path, true);
    visit::visit(node, &spec, Create::Mapping, edit, &mut |field, edit| {
        visit::set_entry(field, &key.into(), &Scalar::string(value), visit::ALONE, edit).map(|_| ())
    })
}

/// The transformations that an object already lists because an earlier build printed it.
fn brought_along(resource: &Resource, records: &mut Records, step: crate::yaml::provenance::StepId) -> Result<Vec<Arc<Origin>>> {
    let Some(annotation) = resource.node().at_path(&["metadata", "annotations", TRANSFORMATIONS]) else { return Ok(Vec::new()) };
    let text = annotation.as_scalar().map(|scalar| scalar.text.clone()).unwrap_or_default();
    let source = records.inline_text(&text, annotation.span());
    let Some(document) = records.first_document(source, step, Dialect::Yaml11)? else { return Ok(Vec::new()) };
    let origins: Vec<Origin> = yaml::decode(&document, Unknown::Ignore)
        .map_err(|error| error.help(&format!("`{TRANSFORMATIONS}` is written by kustomize; remove it from the input")))?;
    Ok(origins.into_iter().map(Arc::new).collect())
}

/// How many transformers kustomize creates from the fields of a kustomization that `entries` items were read from.
pub fn transformer_count(kind: &str, kustomization: &Kustomization, entries: usize) -> usize {
    let length = |field| {
        kustomization.field(field).map_or(0, |node| match (node.as_sequence(), node.as_mapping()) {
            (Some(items), _) => items.len(),
            (_, Some(mapping)) => mapping.len(),
            _ => 0,
        })
    };
    match kind {
        // One for all items.
        "PatchStrategicMergeTransformer" | "ReplacementTransformer" => entries.min(1),
        // One per item of `labels`, and one for `commonLabels`, even if that is empty.
        "LabelTransformer" => match (length("labels"), length("commonLabels")) {
            (0, 0) => 0,
            (labels, _) => labels + 1,
        },
        _ => entries,
    }
}
