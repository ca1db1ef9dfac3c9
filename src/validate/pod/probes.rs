//! Rules for probes and lifecycle hooks: each has one handler.

use crate::validate::look::{self, count, items, not_negative, one_of, port, set, text};
use crate::validate::{Findings, Path};
use crate::yaml::Node;

/// Checks a probe; `name` is that of its field.
pub fn check(probe: &Node, name: &str, path: &Path<'_>, out: &mut Findings) {
    handler(probe, &["exec", "httpGet", "tcpSocket", "grpc"], 0, path, out);
    for field in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
        not_negative(probe, field, path, out);
    }
    let once = look::int(probe, "successThreshold").filter(|(found, _)| name != "readinessProbe" && !matches!(found, 0 | 1));
    if let Some((found, node)) = once {
        out.invalid(node, &path.field("successThreshold"), format!("`successThreshold` must be 1 for a {name}, found {found}"));
    }
    let Some(node) = set(probe, "terminationGracePeriodSeconds") else { return };
    let path = path.field("terminationGracePeriodSeconds");
    if look::as_int(node).is_some_and(|seconds| seconds < 1) {
        out.invalid(node, &path, "`terminationGracePeriodSeconds` must be at least 1");
    }
    if name == "readinessProbe" {
        out.invalid(node, &path, "`terminationGracePeriodSeconds` is not allowed in a readinessProbe");
    }
}

/// Checks the hooks of a container in a pod with a grace period of `grace` seconds.
pub fn lifecycle(node: &Node, grace: i64, path: &Path<'_>, out: &mut Findings) {
    // Kubernetes before 1.30 drops `sleep`, so a hook with only `sleep` has no handler.
    let kinds: &[&str] =
        if out.since(30) { &["exec", "httpGet", "tcpSocket", "sleep"] } else { &["exec", "httpGet", "tcpSocket"] };
    for hook in ["postStart", "preStop"] {
        if let Some(found) = set(node, hook) {
            handler(found, kinds, grace, &path.field(hook), out);
        }
    }
}

fn handler(node: &Node, kinds: &[&str], grace: i64, path: &Path<'_>, out: &mut Findings) {
    let given: Vec<(&str, &Node)> = kinds.iter().filter_map(|kind| Some((*kind, set(node, kind)?))).collect();
    let Some(((kind, found), more)) = given.split_first() else {
        return out.required(node, path, format!("a handler is required; expected one of `{}`", kinds.join("`, `")));
    };
    for (second, place) in more {
        out.forbidden(place, &path.field(second), format!("only one handler is allowed, and `{kind}` is already set"));
    }
    let path = path.field(kind);
    match *kind {
        "exec" if count(found, "command") == 0 => {
            let place = set(found, "command").unwrap_or(found);
            out.required(place, &path.field("command"), "`command` is required");
        }
        "httpGet" => http_get(found, &path, out),
        "tcpSocket" => port(found, "port", &path, out),
        "grpc" => grpc(found, &path, out),
        "sleep" => sleep(found, grace, &path, out),
        _ => {}
    }
}

fn http_get(http: &Node, path: &Path<'_>, out: &mut Findings) {
    port(http, "port", path, out);
    one_of(http, "scheme", &["HTTP", "HTTPS"], path, out);
    let path = path.field("httpHeaders");
    for (_, header) in items(http, "httpHeaders") {
        let (name, place) = text(header, "name").unwrap_or(("", header));
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            out.invalid(place, &path, format!("the header name `{name}` must consist of letters, digits, and `-`"));
        }
    }
}

/// Checks a gRPC probe, whose port must be a number.
fn grpc(grpc: &Node, path: &Path<'_>, out: &mut Findings) {
    let found = look::int(grpc, "port");
    if let Err(cause) = crate::validate::names::port_number(found.map_or(0, |(port, _)| port)) {
        let place = found.map_or(grpc, |(_, place)| place);
        out.invalid(place, &path.field("port"), format!("the port {cause}"));
    }
}

fn sleep(sleep: &Node, grace: i64, path: &Path<'_>, out: &mut Findings) {
    let found = look::int(sleep, "seconds").map_or(0, |(seconds, _)| seconds);
    let least = if out.since(33) { 0 } else { 1 };
    // The server replaces a negative grace period with 1.
    if found < least || found > grace.max(1) {
        let message = format!("`seconds` must be between {least} and `terminationGracePeriodSeconds` ({grace}), found {found}");
        out.invalid(set(sleep, "seconds").unwrap_or(sleep), path, message);
    }
}
