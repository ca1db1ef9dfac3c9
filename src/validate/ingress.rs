//! Rules for Ingresses and IngressClasses: hosts, paths, backends, and parameters.
//!
//! Behavior: `pkg/apis/networking/validation`.

use super::look::{as_text, choice, count, form, int, items, required_text, set, text, texts};
use super::{Findings, Path, Rule, addresses, names};
use crate::yaml::Node;

/// Rules for Ingresses and IngressClasses.
pub const RULES: &[Rule] = &[
    Rule { group: "networking.k8s.io", kinds: &["Ingress"], check: ingress },
    Rule { group: "networking.k8s.io", kinds: &["IngressClass"], check: ingress_class },
];

const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";
const PATH_TYPES: &[&str] = &["Exact", "ImplementationSpecific", "Prefix"];

fn ingress(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let spec = set(node, "spec");
    let empty = |spec: &Node| count(spec, "rules") == 0 && set(spec, "defaultBackend").is_none();
    if spec.is_none_or(empty) {
        out.invalid(spec.unwrap_or(node), &path, "one of `defaultBackend` or `rules` is required");
    }
    let Some(spec) = spec else { return };
    if let Some(found) = set(spec, "defaultBackend") {
        backend(found, &path.field("defaultBackend"), out);
    }
    let list = path.field("rules");
    for (at, found) in items(spec, "rules") {
        rule(found, &list.index(at), out);
    }
    let list = path.field("tls");
    for (at, found) in items(spec, "tls") {
        let path = list.index(at);
        let hosts = path.field("hosts");
        for (at, host, place) in texts(found, "hosts") {
            if let Err(cause) = names::host(host) {
                out.invalid(place, &hosts.index(at), format!("the host `{host}` {cause}"));
            }
        }
        form(found, "secretName", names::dns_subdomain, &path, out);
    }
    class_name(node, spec, &path, out);
}

fn class_name(node: &Node, spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(place) = set(spec, "ingressClassName") else { return };
    let class = as_text(place).unwrap_or("");
    if let Err(cause) = names::dns_subdomain(class) {
        out.invalid(place, &path.field("ingressClassName"), format!("`{class}` {cause}"));
    }
    let annotation = node.at_path(&["metadata", "annotations", CLASS_ANNOTATION]).filter(|value| !value.is_null());
    if let Some(place) = annotation.filter(|value| as_text(value).is_some_and(|value| value != class)) {
        let annotations = Path::ROOT.field("annotations");
        out.invalid(place, &annotations.field(CLASS_ANNOTATION), "the annotation must be equal to `ingressClassName`");
    }
}

fn rule(rule: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some((host, place)) = text(rule, "host") {
        let wrong = match addresses::ip(host) {
            Some(_) => Err("must be a DNS name, not an IP address".to_owned()),
            None => names::host(host),
        };
        if let Err(cause) = wrong {
            out.invalid(place, &path.field("host"), format!("the host `{host}` {cause}"));
        }
    }
    let Some(http) = set(rule, "http") else { return };
    let path = path.field("http");
    let list = path.field("paths");
    if count(http, "paths") == 0 {
        out.required(http, &list, "at least one path is required");
    }
    for (at, found) in items(http, "paths") {
        http_path(found, &list.index(at), out);
    }
}

fn http_path(found: &Node, path: &Path<'_>, out: &mut Findings) {
    let value = text(found, "path").map_or("", |(value, _)| value);
    let path_type = set(found, "pathType").map(|value| as_text(value).unwrap_or(""));
    let wrong = match path_type {
        Some("Exact" | "Prefix") if !value.starts_with('/') => Some("must start with `/`".to_owned()),
        Some("ImplementationSpecific") if !value.is_empty() && !value.starts_with('/') => Some("must start with `/`".to_owned()),
        Some("Exact" | "Prefix") => forbidden_part(value),
        _ => None,
    };
    if let Some(cause) = wrong {
        out.invalid(set(found, "path").unwrap_or(found), &path.field("path"), format!("the path `{value}` {cause}"));
    }
    match path_type {
        None => out.required(found, &path.field("pathType"), "`pathType` is required"),
        Some(_) => choice(found, "pathType", PATH_TYPES, path, out),
    }
    match set(found, "backend") {
        Some(found) => backend(found, &path.field("backend"), out),
        None => out.invalid(found, &path.field("backend"), "one of `service` or `resource` is required"),
    }
}

fn forbidden_part(path: &str) -> Option<String> {
    let part = ["//", "/./", "/../", "%2f", "%2F"].into_iter().find(|part| path.contains(part));
    let end = ["/..", "/."].into_iter().find(|end| path.ends_with(end));
    part.map(|part| format!("must not contain `{part}`")).or_else(|| end.map(|end| format!("must not end with `{end}`")))
}

fn backend(backend: &Node, path: &Path<'_>, out: &mut Findings) {
    match (set(backend, "service"), set(backend, "resource")) {
        (Some(_), Some(_)) => out.invalid(backend, path, "`service` and `resource` are mutually exclusive"),
        (None, None) => out.invalid(backend, path, "one of `service` or `resource` is required"),
        (None, Some(resource)) => typed_reference(resource, &path.field("resource"), out),
        (Some(service), None) => service_backend(service, path, out),
    }
}

fn service_backend(service: &Node, path: &Path<'_>, out: &mut Findings) {
    let path_of_service = path.field("service");
    if required_text(service, "name", &path_of_service, out).is_some() {
        form(service, "name", names::service_name(out.since(35)), &path_of_service, out);
    }
    let port = set(service, "port");
    let name = port.and_then(|port| text(port, "name"));
    let number = port.and_then(|port| int(port, "number")).filter(|(number, _)| *number != 0);
    let path_of_port = path_of_service.field("port");
    match (name, number) {
        (Some((_, place)), Some(_)) => out.invalid(place, path, "`name` and `number` of a port are mutually exclusive"),
        (None, None) => out.required(port.unwrap_or(service), path, "a port name or number is required"),
        (Some((name, place)), None) => {
            if let Err(cause) = names::port_name(name) {
                out.invalid(place, &path_of_port.field("name"), format!("the port name `{name}` {cause}"));
            }
        }
        (None, Some((number, place))) => {
            if let Err(cause) = names::port_number(number) {
                out.invalid(place, &path_of_port.field("number"), format!("the port {cause}"));
            }
        }
    }
}

/// Checks a reference by group, kind, and name.
fn typed_reference(reference: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(place) = set(reference, "apiGroup") {
        let group = as_text(place).unwrap_or("");
        if let Err(cause) = names::dns_subdomain(group) {
            out.invalid(place, &path.field("apiGroup"), format!("`{group}` {cause}"));
        }
    }
    for field in ["kind", "name"] {
        if required_text(reference, field, path, out).is_some() {
            form(reference, field, names::path_segment, path, out);
        }
    }
}

fn ingress_class(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = set(node, "spec") else { return out.required(node, &path.field("controller"), "`controller` is required") };
    if let Some((controller, place)) = required_text(spec, "controller", &path, out) {
        if controller.len() > 250 {
            out.too_long(place, &path.field("controller"), "`controller` must be no more than 250 characters");
        }
        if let Err(cause) = names::domain_prefixed_path(controller) {
            out.invalid(place, &path.field("controller"), format!("`{controller}` {cause}"));
        }
    }
    let Some(parameters) = set(spec, "parameters") else { return };
    let path = path.field("parameters");
    typed_reference(parameters, &path, out);
    choice(parameters, "scope", &["Cluster", "Namespace"], &path, out);
    let namespace = set(parameters, "namespace");
    let is_namespaced = text(parameters, "scope").is_some_and(|(scope, _)| scope == "Namespace");
    match (is_namespaced, namespace.map(|value| as_text(value).unwrap_or(""))) {
        (true, None | Some("")) => {
            out.required(parameters, &path.field("namespace"), "`scope: Namespace` requires `namespace`");
        }
        (true, Some(_)) => form(parameters, "namespace", names::dns_label, &path, out),
        (false, Some(_)) if set(parameters, "scope").is_none_or(|scope| as_text(scope) == Some("Cluster")) => {
            let place = namespace.unwrap_or(parameters);
            out.forbidden(place, &path.field("namespace"), "`namespace` requires `scope: Namespace`");
        }
        _ => {}
    }
}
