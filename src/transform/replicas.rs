//! `replicas`: sets the replica count of workloads by name.
//!
//! Applies to Deployments, StatefulSets, ReplicaSets, and ReplicationControllers of any group; an item that matches no object
//! is an error. Behavior: kustomize's `ReplicaCountTransformer`.

use ecow::eco_format;
use serde::Deserialize;

use super::{Configured, Form, TransformerKind};
use crate::diagnostic::{Diagnostic, Result, did_you_mean};
use crate::fields::field_specs::{FieldSpecConfig, SpecList, from_config};
use crate::fields::visit::{self, Create};
use crate::resource::{Gvk, Part, ResId, ResMap};
use crate::source::Span;
use crate::stage::{Context, Transformer};
use crate::yaml::{Located, Scalar, Tag, Unknown, decode_object};

/// The table row of this transformer.
pub const KIND: TransformerKind = TransformerKind { fields: &["replicas"], kind: "ReplicaCountTransformer", decode: configure };

/// The order in which kustomize names the kinds that it knows.
const KINDS: [&str; 4] = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];

struct Replicas {
    name: Located<String>,
    count: Located<i64>,
    span: Span,
    specs: SpecList,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    name: Located<String>,
    count: Located<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    replica: Located<Entry>,
    field_specs: Vec<FieldSpecConfig>,
}

fn configure(form: Form<'_>, context: &mut Context<'_>) -> Result<Vec<Configured>> {
    let (entries, specs): (Vec<Located<Entry>>, _) = match form {
        Form::Fields(kustomization) => (kustomization.decode("replicas")?, context.field_specs.replicas.clone()),
        Form::Object(object) => {
            let config: Config = decode_object(object, Unknown::Ignore)?;
            (vec![config.replica], from_config(config.field_specs))
        }
    };
    let configured = entries.into_iter().enumerate().filter_map(|(index, entry)| {
        let span = entry.span?;
        let Entry { name, count } = entry.value;
        Some(Configured::new(format!("replicas[{index}]"), Replicas { name, count, span, specs: specs.clone() }))
    });
    Ok(configured.collect())
}

impl Transformer for Replicas {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        let mut found = false;
        for spec in self.specs.iter() {
            let spec_id = ResId { gvk: spec.gvk.clone(), ..ResId::default() };
            for at in resources.candidates(&[vec![Part::Name(&self.name)]]) {
                let Some(resource) = resources.get(at) else { continue };
                // A former name counts as well as the current one; the kind must be the current one.
                let named = resource.id().name == self.name.value.as_str()
                    || resource.former().iter().any(|former| former.name == self.name.value.as_str());
                if !named || !resource.is_or_was(&spec_id) {
                    continue;
                }
                found = true;
                let mut edit = context.edit(self.count.span.unwrap_or(self.span));
                resources.edit_body(at, |resource| {
                    if !spec.applies_to(resource.gvk()) {
                        return Ok(());
                    }
                    resource.edit_body(|node| {
                        visit::visit(node, spec, Create::Scalar, &mut edit, &mut |field, edit| {
                            let text = eco_format!("{}", self.count.value);
                            // A quoted count stays quoted.
                            let count = Scalar::new(Tag::Int, text);
                            let scalar = field.as_scalar().map_or(count.clone(), |old| count.in_place_of(old));
                            visit::set_scalar(field, scalar, edit)
                        })
                    })
                })?;
            }
        }
        if found { Ok(()) } else { Err(self.nothing_found(resources).into()) }
    }
}

impl Replicas {
    fn nothing_found(&self, resources: &ResMap) -> Diagnostic {
        let scalable = |kind: &str| self.specs.iter().any(|spec| spec.gvk.kind == kind);
        let names: Vec<&str> = resources.iter().filter(|r| scalable(r.kind())).map(|r| r.id().name.as_str()).collect();
        let kinds: Vec<&str> = self.specs.iter().map(|spec| spec.gvk.kind.as_str()).collect();
        let message = format!("no {} is named `{}`", kinds.join(" or "), self.name.value);
        let help = match did_you_mean(&self.name.value, names.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None if names.is_empty() => "there are no objects with replicas".into(),
            None => format!("known names: {}", names.join(", ")),
        };
        let mut gvks: Vec<&Gvk> = self.specs.iter().map(|spec| &spec.gvk).collect();
        gvks.sort_by_key(|gvk| KINDS.iter().position(|kind| *kind == gvk.kind));
        let gvks: Vec<String> = gvks.into_iter().map(Gvk::words).collect();
        let words =
            format!("resource with name {} does not match a config with the following GVK [{}]", self.name.value, gvks.join(" "));
        Diagnostic::error("no-match", message).at(self.name.span.unwrap_or(self.span)).words(words).help(help)
    }
}
