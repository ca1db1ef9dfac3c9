//! `namespace`: moves every object that is not known to be cluster-scoped, renames Namespace objects, and updates the
//! default ServiceAccount in the subjects of role bindings.
//!
//! Behavior: kustomize's `NamespaceTransformer` and its filter. Objects from helm charts are not changed.

use std::sync::Arc;

use serde::Deserialize;

mod moves;
mod subjects;

use subjects::{Subjects, is_binding};

use super::{Configured, Form, TransformerKind};
use crate::diagnostic::{Diagnostic, Result};
use crate::fields::field_specs::{FieldSpec, FieldSpecConfig, SpecList, from_config};
use crate::fields::visit::{self, Create};
use crate::resource::{Gvk, PassedOver, ResMap, Resource};
use crate::source::Span;
use crate::stage::{Context, Transformer};
use crate::yaml::provenance::Edit;
use crate::yaml::{Located, Node, Scalar, Unknown, decode_object};

/// The table row of this transformer.
pub const KIND: TransformerKind = TransformerKind { fields: &["namespace"], kind: "NamespaceTransformer", decode: configure };

/// Moves objects to a namespace.
pub struct Namespace {
    name: String,
    span: Span,
    specs: SpecList,
    /// The namespace of an object.
    home: FieldSpec,
    unset_only: bool,
    subjects: Subjects,
    /// The namespaces that items of `helmCharts` in the same kustomization name.
    chart_namespaces: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    metadata: Metadata,
    field_specs: Vec<FieldSpecConfig>,
    unset_only: bool,
    set_role_binding_subjects: Located<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    namespace: Located<String>,
}

fn configure(form: Form<'_>, context: &mut Context<'_>) -> Result<Vec<Configured>> {
    let mut chart_namespaces = Vec::new();
    let (name, specs, unset_only, subjects) = match form {
        Form::Fields(kustomization) => {
            let name: Located<String> = kustomization.decode("namespace")?;
            let charts = kustomization.field("helmCharts").and_then(Node::as_sequence).unwrap_or_default();
            chart_namespaces.extend(charts.iter().filter_map(|chart| Some(chart.get("namespace")?.as_str()?.to_owned())));
            (name, context.field_specs.namespace.clone(), false, Subjects::default())
        }
        Form::Object(object) => {
            let config: Config = decode_object(object, Unknown::Ignore)?;
            let specs = from_config(config.field_specs);
            let subjects = Subjects::named(&config.set_role_binding_subjects, object.span())?;
            (config.metadata.namespace, specs, config.unset_only, subjects)
        }
    };
    let Some(span) = name.span.filter(|_| !name.is_empty()) else { return Ok(Vec::new()) };
    let namespace = Namespace { specs, unset_only, subjects, chart_namespaces, ..Namespace::bare(&name.value, span) };
    Ok(vec![Configured::new("namespace", namespace)])
}

impl Transformer for Namespace {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        let target = moves::Target { name: &self.name, span: self.span, takes: &|resource| self.moves(resource) };
        moves::remark(&target, resources, context);
        subjects::remark(&target, self.subjects, resources, context);
        let passed_over = Arc::new(PassedOver { name: self.name.clone(), span: self.span, step: context.step });
        for at in resources.positions() {
            if resources.get(at).is_some_and(|resource| resource.from_helm) {
                self.pass_over(at, &passed_over, resources);
                continue;
            }
            resources.edit(at, |resource| {
                resource.remember_id();
                self.apply(resource, &mut context.edit(self.span)).map_err(failing)
            })?;
            let Some(resource) = resources.get(at) else { continue };
            if let Some(other) = resources.find_same(resource).iter().find(|&&other| other != at) {
                let both = if *other < at { [*other, at] } else { [at, *other] };
                let both: Vec<String> = both.iter().filter_map(|at| Some(resources.get(*at)?.json_words())).collect();
                let words = format!("namespace transformation produces ID conflict: [{}]", both.join(" "));
                return Err(self.conflict(resource, resources.get(*other)).words(words).into());
            }
        }
        Ok(())
    }
}

impl Namespace {
    /// A transformer without field specs.
    pub fn bare(name: &str, span: Span) -> Self {
        Namespace {
            name: name.to_owned(),
            span,
            specs: SpecList::default(),
            home: FieldSpec::new(Gvk::default(), "metadata/namespace", true),
            unset_only: false,
            subjects: Subjects::default(),
            chart_namespaces: Vec::new(),
        }
    }

    /// Remembers that an object of a chart keeps its namespace, unless the item that lists the chart names that one.
    fn pass_over(&self, at: usize, passed_over: &Arc<PassedOver>, resources: &mut ResMap) {
        resources.edit_body(at, |resource| {
            let own = &resource.id().namespace;
            let is_chosen = *own == self.name || self.chart_namespaces.iter().any(|name| own == name);
            resource.passed_over = (!is_chosen && !resource.is_cluster_scoped()).then(|| Arc::clone(passed_over));
        });
    }

    /// Moves one object.
    ///
    /// # Errors
    /// A field that should contain a namespace is a list or mapping.
    pub fn apply(&self, resource: &mut Resource, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        let gvk = resource.gvk().clone();
        let is_cluster_scoped = resource.is_cluster_scoped();
        resource.edit(|node| {
            if !is_cluster_scoped {
                visit::visit(node, &self.home, Create::Scalar, edit, &mut |field, edit| self.set(field, edit))?;
            }
            let binding = matches!(gvk.kind.as_str(), "RoleBinding" | "ClusterRoleBinding");
            if binding {
                self.set_subjects(node, edit)?;
            }
            for spec in self.specs.iter().filter(|spec| spec.applies_to(&gvk)) {
                let name_of_other_group = spec.path == "metadata/name" && gvk.api_version() != "v1";
                let subjects = binding && spec.path == "subjects/namespace" && is_binding(&spec.gvk.kind);
                if spec.path != "metadata/namespace" && !name_of_other_group && !subjects {
                    visit::visit(node, spec, Create::Scalar, edit, &mut |field, edit| self.set(field, edit))?;
                }
            }
            Ok(())
        })
    }

    /// Whether an object gets the namespace.
    fn moves(&self, resource: &Resource) -> bool {
        (!self.unset_only || resource.id().namespace.is_empty()) && !resource.is_cluster_scoped() && !resource.from_helm
    }

    fn set(&self, field: &mut Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        if self.unset_only && field.as_text().is_some_and(|text| !text.is_empty()) {
            return Ok(());
        }
        visit::set_scalar(field, Scalar::string(self.name.as_str()), edit)
    }

    fn set_subjects(&self, node: &mut Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        let Some((key, value)) = self.subjects.sign() else { return Ok(()) };
        let Some(subjects) = node.get_mut("subjects").filter(|subjects| !subjects.is_null()) else { return Ok(()) };
        if subjects.as_sequence().is_none() {
            return Err(subjects.error("wrong-type", format!("expected a list of subjects, found {}", subjects.type_name())));
        }
        for subject in subjects.items_mut().unwrap_or_default() {
            if subject.as_mapping().is_none() && !subject.is_null() {
                return Err(subject.error("wrong-type", format!("expected a mapping as subject, found {}", subject.type_name())));
            }
            if let Some(field) = subject.get(key).filter(|field| field.as_scalar().is_none()) {
                return Err(
                    field.error("wrong-type", format!("expected a string as `{key}` of a subject, found {}", field.type_name()))
                );
            }
            if subject.get(key).and_then(Node::as_text).is_some_and(|text| text == value) {
                let spec = FieldSpec::new(Gvk::default(), "namespace", true);
                visit::visit(subject, &spec, Create::Scalar, edit, &mut |field, edit| self.set(field, edit))?;
            }
        }
        Ok(())
    }

    fn conflict(&self, resource: &Resource, other: Option<&Resource>) -> Diagnostic {
        let message = format!("the namespace `{}` gives two objects the same id: {}", self.name, resource.id());
        let mut diagnostic = Diagnostic::error("namespace-collision", message).at(self.span);
        for resource in [Some(resource), other].into_iter().flatten() {
            if let Some(name) = resource.node().at_path(&["metadata", "name"]) {
                diagnostic = diagnostic.label(name.span(), "one of the objects");
            }
        }
        diagnostic.help("rename one of them, or set the namespace in separate kustomizations")
    }
}

/// A failure to set a namespace, in kustomize's words.
fn failing(mut error: Diagnostic) -> Diagnostic {
    let is_kind = error.words.text().is_some_and(|text| text.starts_with("wrong node kind"));
    let why = if is_kind { "namespace field specs must target scalar nodes" } else { "namespace transformation failed" };
    error.words.surround(format!("{why}: "), "");
    error
}
