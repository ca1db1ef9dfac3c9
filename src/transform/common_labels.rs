//! `labels` and `commonLabels`: labels on every object, and on request in its selectors and templates.
//!
//! Each item of `labels` runs in order, then `commonLabels`. Behavior: kustomize's `LabelTransformer`.

use std::collections::{BTreeMap, BTreeSet};

use ecow::EcoString;
use serde::Deserialize;

use super::{Configured, Form, TransformerKind};
use crate::diagnostic::{Diagnostic, Result};
use crate::fields::field_specs::{ByKind, Conflict, FieldSpec, FieldSpecConfig, SpecList, from_config};
use crate::fields::suggestion;
use crate::fields::visit::{self, Create};
use crate::resource::{Gvk, ResMap, Resource};
use crate::schema::{Judged, Notation};
use crate::source::Span;
use crate::stage::{Context, Transformer};
use crate::yaml::{Located, Scalar, Unknown, decode_object};

/// The table row of this transformer.
pub const KIND: TransformerKind =
    TransformerKind { fields: &["labels", "commonLabels"], kind: "LabelTransformer", decode: configure };

/// Sets entries of mappings (labels, annotations, selectors).
pub struct SetEntries {
    entries: Vec<Pair>,
    specs: SpecList,
    /// The specs that the item itself lists, and their locations.
    own: Vec<(FieldSpec, Span)>,
}

/// A key and its value, as they are written.
struct Pair {
    key: EcoString,
    value: Scalar,
    span: Option<Span>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry {
    pairs: BTreeMap<String, Located<String>>,
    include_selectors: bool,
    include_templates: bool,
    fields: Vec<FieldSpecConfig>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    labels: BTreeMap<String, Located<String>>,
    field_specs: Vec<FieldSpecConfig>,
}

fn configure(form: Form<'_>, context: &mut Context<'_>) -> Result<Vec<Configured>> {
    let kustomization = match form {
        Form::Fields(kustomization) => kustomization,
        Form::Object(object) => {
            let config: Config = decode_object(object, Unknown::Ignore)?;
            let run = SetEntries::new(config.labels, from_config(config.field_specs));
            return Ok(run.map(|run| Configured::new("labels", run)).into_iter().collect());
        }
    };
    let mut configured = Vec::new();
    let entries: Vec<Located<Entry>> = kustomization.valid("labels");
    for (index, entry) in entries.into_iter().enumerate() {
        let specs = entry_specs(&entry, context).map_err(|Conflict(path)| {
            let message = format!("the field `{path}` is already defined with a different `create`");
            let error = Diagnostic::error("conflicting-field-specs", message);
            entry.span.map_or(error.clone(), |span| error.at(span))
        })?;
        let own = entry.value.fields.into_iter().filter_map(|config| config.span().map(|span| (config.into(), span)));
        let run = SetEntries::new(entry.value.pairs, specs).map(|run| SetEntries { own: own.collect(), ..run });
        configured.extend(run.map(|run| Configured::new(format!("labels[{index}]"), run)));
    }
    let common = SetEntries::new(kustomization.valid("commonLabels"), context.field_specs.common_labels.clone());
    configured.extend(common.map(|run| Configured::new("commonLabels", run)));
    Ok(configured)
}

fn entry_specs(entry: &Entry, context: &Context<'_>) -> Result<SpecList, Conflict> {
    let known = &context.field_specs;
    let mut specs = from_config(entry.fields.clone());
    specs.add_all(known.labels.iter())?;
    if entry.include_selectors {
        specs.add_all(known.common_labels.iter())?;
    } else {
        if entry.include_templates {
            specs.add_all(known.template_labels.iter())?;
        }
        specs.add(FieldSpec::new(Gvk::default(), "metadata/labels", true))?;
    }
    Ok(specs)
}

impl SetEntries {
    /// A transformer that sets `entries` in the fields of `specs`; `None` if there is nothing to set.
    pub fn new(entries: BTreeMap<String, Located<String>>, specs: SpecList) -> Option<Self> {
        let pair = |(key, value): (String, Located<String>)| Pair {
            key: key.into(),
            value: Scalar::string(value.as_str()),
            span: value.span,
        };
        let entries: Vec<Pair> = entries.into_iter().map(pair).collect();
        (!entries.is_empty()).then_some(SetEntries { entries, specs, own: Vec::new() })
    }
}

/// What to do about a field spec that no object has: `create` is advised only if the objects can have the field.
fn advice(spec: &FieldSpec, resources: &ResMap) -> String {
    let steps: Vec<&str> = spec.parts.iter().map(|part| part.as_str()).collect();
    let kinds: BTreeSet<&Gvk> = resources.iter().map(Resource::gvk).filter(|gvk| spec.applies_to(gvk)).collect();
    let judged: Vec<Option<Judged>> =
        kinds.into_iter().map(|gvk| suggestion::judged(gvk, &steps, Notation::Slashed, resources)).collect();
    let is_possible = |judged: &Option<Judged>| matches!(judged, None | Some(Judged::Possible));
    match judged.iter().flatten().find_map(Judged::help) {
        _ if judged.is_empty() || judged.iter().any(is_possible) => "correct the path and the kind, or set `create: true`".into(),
        Some(near) => near,
        None => "correct the path and the kind".into(),
    }
}

impl Transformer for SetEntries {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        let mut specs = ByKind::new(&self.specs);
        for at in resources.positions() {
            let Some(resource) = resources.get(at) else { continue };
            let specs = specs.of(resource.gvk());
            resources.edit_body(at, |resource| self.set(resource, specs, context))?;
        }
        for (spec, span) in &self.own {
            let is_reached =
                |resource: &Resource| spec.applies_to(resource.gvk()) && visit::reaches(resource.node(), &spec.parts);
            if !resources.iter().any(is_reached) {
                let message = format!("no object has the field `{}`, so no labels are set there", spec.path);
                let help = advice(spec, resources);
                context.find(Diagnostic::warning("unmatched-field", message).at(*span).help(help));
            }
        }
        Ok(())
    }
}

impl SetEntries {
    /// Sets the entries in all fields of an object. kustomize uses one node for all fields that it creates for an entry.
    fn set(&self, resource: &mut Resource, specs: &[&FieldSpec], context: &mut Context<'_>) -> Result<(), Diagnostic> {
        let mut groups: Vec<(u32, usize)> = self.entries.iter().map(|_| (context.records.provenance.number(), 0)).collect();
        resource.edit_body(|node| {
            let first = self.entries.iter().find_map(|pair| pair.span);
            let mut edit = context.edit(first.unwrap_or(node.span()));
            for spec in specs {
                visit::visit(node, spec, Create::Mapping, &mut edit, &mut |field, edit| {
                    for (Pair { key, value, span }, (group, count)) in self.entries.iter().zip(&mut groups) {
                        let edit = &mut edit.at(span.unwrap_or(edit.span()));
                        *count += usize::from(visit::set_entry(field, key, value, *group, edit)?);
                    }
                    Ok(())
                })?;
            }
            Ok::<_, Diagnostic>(())
        })?;
        for (pair, (group, _)) in self.entries.iter().zip(groups).filter(|(_, (_, count))| *count > 1) {
            resource.share(group, pair.value.clone());
        }
        Ok(())
    }
}
