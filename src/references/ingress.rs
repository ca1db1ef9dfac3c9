//! Conventions of Ingress controllers that name something else where an Ingress names a Service.

use serde_json::Value;

use crate::yaml::{Entry, Node};

/// A port name that makes the name of the Service refer to an annotation.
struct Convention {
    port: &'static str,
    annotation: &'static str,
}

/// The AWS Load Balancer Controller describes redirects, fixed responses, and weighted forwards in annotations.
const CONVENTIONS: &[Convention] = &[Convention { port: "use-annotation", annotation: "alb.ingress.kubernetes.io/actions." }];

/// Annotations that answer all requests with a redirect, so the backend is never used.
const REDIRECTS: &[&str] = &[
    "nginx.ingress.kubernetes.io/permanent-redirect",
    "nginx.ingress.kubernetes.io/temporal-redirect",
    "haproxy.org/request-redirect",
    "haproxy-ingress.github.io/redirect-to",
    "zalando.org/skipper-ingress-redirect",
];

/// The prefix of the annotation that the backend of an Ingress refers to; `None` if it refers to a Service.
pub fn annotation_prefix(backend: &Node) -> Option<&'static str> {
    let port = backend.at_path(&["port", "name"]).and_then(Node::as_str)?;
    CONVENTIONS.iter().find(|convention| convention.port == port).map(|convention| convention.annotation)
}

/// Whether an Ingress redirects all requests.
pub fn redirects(ingress: &Node) -> bool {
    annotations(ingress).any(|entry| REDIRECTS.contains(&entry.key.text.as_str()))
}

/// The annotations of an object.
pub fn annotations(object: &Node) -> impl Iterator<Item = &Entry> {
    object.at_path(&["metadata", "annotations"]).and_then(Node::as_mapping).into_iter().flatten()
}

/// The Services that an annotation of the AWS Load Balancer Controller forwards requests to.
pub fn forwarded(action: &str) -> Vec<String> {
    let Ok(action) = serde_json::from_str::<Value>(action) else { return Vec::new() };
    let name = |value: &Value| value.get("serviceName").and_then(Value::as_str).map(str::to_owned);
    let groups = action.pointer("/forwardConfig/targetGroups").and_then(Value::as_array);
    name(&action).into_iter().chain(groups.into_iter().flatten().filter_map(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_name_services() {
        assert_eq!(forwarded(r#"{"type":"forward","serviceName":"web","servicePort":80}"#), ["web"]);
        let groups = r#"{"forwardConfig":{"targetGroups":[{"serviceName":"a"},{"targetGroupARN":"x"},{"serviceName":"b"}]}}"#;
        assert_eq!(forwarded(groups), ["a", "b"]);
        assert!(forwarded("{").is_empty() && forwarded(r#"{"type":"redirect"}"#).is_empty());
    }
}
