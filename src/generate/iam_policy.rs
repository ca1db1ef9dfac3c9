//! `IAMPolicyGenerator`, for objects under `generators` only: a ServiceAccount that is linked to a Google Cloud service account.
//!
//! Behavior: kustomize's `IAMPolicyGenerator`; `gke` is the only cloud that it supports.

use serde::Deserialize;

use super::{Configured, Form, GeneratorKind};
use crate::diagnostic::{Diagnostic, Result};
use crate::resource::Resource;
use crate::source::Span;
use crate::stage::{Context, Generator};
use crate::yaml::provenance::Edit;
use crate::yaml::{Key, Located, Mapping, Node, Scalar, Unknown, Value, decode};

/// The table row of this generator.
pub const KIND: GeneratorKind = GeneratorKind { field: "", kind: "IAMPolicyGenerator", decode: configure };

const ANNOTATION: &str = "iam.gke.io/gcp-service-account";

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    cloud: Located<String>,
    kubernetes_service: KubernetesService,
    service_account: ServiceAccount,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct KubernetesService {
    name: Located<String>,
    namespace: Located<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ServiceAccount {
    name: Located<String>,
    project_id: Located<String>,
}

struct IamPolicy {
    config: Config,
    span: Span,
}

fn configure(form: Form<'_>, _: &mut Context<'_>) -> Result<Vec<Configured>> {
    let Form::Object(object) = form else { return Ok(Vec::new()) };
    let config: Config = decode(object, Unknown::Ignore)?;
    let span = object.span();
    if config.cloud.as_str() != "gke" {
        let message = format!("the cloud `{}` is not supported", config.cloud.value);
        let error = Diagnostic::error("unknown-cloud", message).at(config.cloud.span.unwrap_or(span.at_start()));
        let words = format!("cloud provider {} not supported yet", config.cloud.value);
        return Err(error.running_words(words).help("set `cloud: gke`").into());
    }
    Ok(vec![Configured { field: KIND.kind.to_owned(), run: Box::new(IamPolicy { config, span }) }])
}

impl Generator for IamPolicy {
    fn generate(&self, context: &mut Context<'_>) -> Result<Vec<Resource>> {
        let Config { kubernetes_service: KubernetesService { name, namespace }, service_account, .. } = &self.config;
        let edit = &mut context.edit(self.span);
        let account = format!("{}@{}.iam.gserviceaccount.com", *service_account.name, *service_account.project_id);
        let mut annotations = Mapping::default();
        put(&mut annotations, ANNOTATION, Scalar::plain(account), service_account.name.span, edit);
        let mut metadata = Mapping::default();
        metadata.push(Key::new("annotations", edit.span()), Node::new(Value::Mapping(annotations), edit));
        put(&mut metadata, "name", Scalar::plain(name.as_str()), name.span, edit);
        if !namespace.is_empty() {
            put(&mut metadata, "namespace", Scalar::plain(namespace.as_str()), namespace.span, edit);
        }
        let mut document = Mapping::default();
        put(&mut document, "apiVersion", Scalar::string("v1"), None, edit);
        put(&mut document, "kind", Scalar::string("ServiceAccount"), None, edit);
        document.push(Key::new("metadata", edit.span()), Node::new(Value::Mapping(metadata), edit));
        Ok(vec![Resource::new(Node::new(Value::Mapping(document), edit))])
    }
}

fn put(mapping: &mut Mapping, key: &str, scalar: Scalar, span: Option<Span>, edit: &mut Edit<'_>) {
    let span = span.unwrap_or(edit.span());
    let node = Node::new(Value::Scalar(scalar), &mut edit.at(span));
    mapping.push(Key::new(key, span), node);
}
