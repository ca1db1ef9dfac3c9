//! Probes and lifecycle hooks: one handler each, and its fields.

use crate::validate::look::{self, items, not_negative, one_of, port, required_text, set, text};
use crate::validate::{Findings, Path};
use crate::yaml::Node;

/// Checks a probe. `name` is its field.
pub fn check(probe: &Node, name: &str, path: &Path<'_>, out: &mut Findings) {
    handler(probe, &["exec", "httpGet", "tcpSocket", "grpc"], path, out);
    for field in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
        not_negative(probe, field, path, out);
    }
    let once = look::int(probe, "successThreshold").filter(|(found, _)| name != "readinessProbe" && !matches!(found, 0 | 1));
    if let Some((found, node)) = once {
        out.invalid(node, &path.field("successThreshold"), format!("must be 1 for a {name}, found {found}"));
    }
    match set(probe, "terminationGracePeriodSeconds") {
        Some(node) if name == "readinessProbe" => {
            out.invalid(node, &path.field("terminationGracePeriodSeconds"), "a readiness probe stops no container");
        }
        Some(node) if look::as_int(node).is_some_and(|seconds| seconds < 1) => {
            out.invalid(node, &path.field("terminationGracePeriodSeconds"), "must be at least 1");
        }
        _ => {}
    }
}

/// Checks the hooks of a container.
pub fn lifecycle(node: &Node, path: &Path<'_>, out: &mut Findings) {
    for hook in ["postStart", "preStop"] {
        if let Some(found) = set(node, hook) {
            handler(found, &["exec", "httpGet", "tcpSocket", "sleep"], &path.field(hook), out);
        }
    }
}

fn handler(node: &Node, kinds: &[&str], path: &Path<'_>, out: &mut Findings) {
    let given: Vec<&str> = kinds.iter().copied().filter(|kind| set(node, kind).is_some()).collect();
    match given.as_slice() {
        [] => out.required(node, path, format!("a handler is missing: one of {}", kinds.join(", "))),
        [_] => {}
        [_, more @ ..] => {
            for kind in more {
                let place = set(node, kind).unwrap_or(node);
                out.forbidden(place, &path.field(kind), "only one kind of handler may be set");
            }
        }
    }
    if let Some(exec) = set(node, "exec").filter(|exec| items(exec, "command").next().is_none()) {
        out.required(exec, &path.field("exec").field("command"), "`command` is missing");
    }
    if let Some(http) = set(node, "httpGet") {
        http_get(http, &path.field("httpGet"), out);
    }
    if let Some(tcp) = set(node, "tcpSocket") {
        port(tcp, "port", &path.field("tcpSocket"), out);
    }
    if let Some(grpc) = set(node, "grpc") {
        port(grpc, "port", &path.field("grpc"), out);
    }
    if let Some(sleep) = set(node, "sleep") {
        not_negative(sleep, "seconds", &path.field("sleep"), out);
    }
}

fn http_get(http: &Node, path: &Path<'_>, out: &mut Findings) {
    port(http, "port", path, out);
    one_of(http, "scheme", &["HTTP", "HTTPS"], path, out);
    for (_, header) in items(http, "httpHeaders") {
        let path = path.field("httpHeaders");
        match text(header, "name") {
            Some((name, node)) if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') => {
                out.invalid(node, &path, format!("the header `{name}` must consist of letters, digits and `-`"));
            }
            Some(_) => {}
            None => {
                required_text(header, "name", &path, out);
            }
        }
    }
}
