//! `namePrefix` and `nameSuffix`: a string before or after the name of every object.
//!
//! Namespaces, CustomResourceDefinitions, and APIServices keep their names. References to a renamed object are
//! updated at the end of the build. Behavior: kustomize's `PrefixTransformer`, `SuffixTransformer`, and
//! `PrefixSuffixTransformer`.

use ecow::eco_format;
use serde::Deserialize;

use super::{Configured, Form, TransformerKind};
use crate::diagnostic::Result;
use crate::fields::field_specs::{FieldSpec, FieldSpecConfig, SpecList, from_config};
use crate::fields::visit::{self, Create};
use crate::resource::{Gvk, ResMap};
use crate::source::Span;
use crate::stage::{Context, Transformer};
use crate::yaml::{Located, Scalar, Unknown, decode_object};

/// The table row of the prefix.
pub const PREFIX: TransformerKind = TransformerKind {
    fields: &["namePrefix"],
    kind: "PrefixTransformer",
    decode: |form, context| configure(form, End::Front, context),
};

/// The table row of the suffix.
pub const SUFFIX: TransformerKind = TransformerKind {
    fields: &["nameSuffix"],
    kind: "SuffixTransformer",
    decode: |form, context| configure(form, End::Back, context),
};

/// The table row of both in one object.
pub const BOTH: TransformerKind = TransformerKind {
    fields: &[],
    kind: "PrefixSuffixTransformer",
    decode: |form, context| match form {
        Form::Fields(_) => Ok(Vec::new()),
        Form::Object(_) => {
            let mut configured = configure(form, End::Front, context)?;
            configured.extend(configure(form, End::Back, context)?);
            Ok(configured)
        }
    },
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Front,
    Back,
}

struct NameAffix {
    end: End,
    text: String,
    span: Span,
    specs: SpecList,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    prefix: Located<String>,
    suffix: Located<String>,
    field_specs: Option<Vec<FieldSpecConfig>>,
}

fn configure(form: Form<'_>, end: End, context: &mut Context<'_>) -> Result<Vec<Configured>> {
    let field = if end == End::Front { "namePrefix" } else { "nameSuffix" };
    let (text, span, specs) = match form {
        Form::Fields(kustomization) => {
            let text: Located<String> = kustomization.decode(field)?;
            let Some(span) = text.span.filter(|_| !text.is_empty()) else { return Ok(Vec::new()) };
            let specs = if end == End::Front { &context.field_specs.name_prefix } else { &context.field_specs.name_suffix };
            (text.value, span, specs.clone())
        }
        Form::Object(object) => {
            let config: Config = decode_object(object, Unknown::Ignore)?;
            let text = if end == End::Front { config.prefix } else { config.suffix };
            let Some(specs) = config.field_specs else {
                return Err(object
                    .error("missing-field", "`fieldSpecs` is required")
                    .words("fieldSpecs is not expected to be nil")
                    .help("list the fields, such as `- path: metadata/name`")
                    .into());
            };
            (text.value, text.span.unwrap_or(object.span()), from_config(specs))
        }
    };
    Ok(vec![Configured::new(field, NameAffix { end, text, span, specs })])
}

impl Transformer for NameAffix {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        for at in resources.positions() {
            let Some(resource) = resources.get(at) else { continue };
            let original = resource.original_id().gvk;
            if keeps_name(&original) {
                continue;
            }
            let specs: Vec<&FieldSpec> = self.specs.iter().filter(|spec| spec.applies_to(&original)).collect();
            if !specs.is_empty() {
                resources.edit(at, |resource| specs.into_iter().try_for_each(|spec| self.apply(spec, resource, context)))?;
            }
        }
        Ok(())
    }
}

impl NameAffix {
    fn apply(&self, spec: &FieldSpec, resource: &mut crate::resource::Resource, context: &mut Context<'_>) -> Result<()> {
        if spec.path == "metadata/name" && !self.text.is_empty() {
            match self.end {
                End::Front => resource.prefixes.push(self.text.as_str().into()),
                End::Back => resource.suffixes.push(self.text.as_str().into()),
            }
            resource.remember_id();
        }
        if !spec.applies_to(resource.gvk()) {
            return Ok(());
        }
        let mut edit = context.edit(self.span);
        resource.edit(|node| {
            visit::visit(node, spec, Create::Scalar, &mut edit, &mut |field, edit| {
                let Some(old) = field.as_scalar() else {
                    return Err(field.error("wrong-type", format!("expected a scalar, found {}", field.type_name())));
                };
                let text = match self.end {
                    End::Front => eco_format!("{}{}", self.text, old.text),
                    End::Back => eco_format!("{}{}", old.text, self.text),
                };
                let scalar = Scalar::rewritten(old, text);
                visit::set_scalar(field, scalar, edit)
            })
        })?;
        Ok(())
    }
}

/// Whether objects of a kind keep their name because it has a fixed meaning.
fn keeps_name(gvk: &Gvk) -> bool {
    matches!(gvk.kind.as_str(), "CustomResourceDefinition" | "Namespace")
        || (gvk.kind == "APIService" && gvk.group == "apiregistration.k8s.io")
}
