//! Rules for APIServices. Behavior: `pkg/apis/apiregistration/validation` of kube-aggregator.

use super::look::{in_range, int, is_true, required_text, set, text};
use super::{Findings, Path, Rule, names};
use crate::yaml::Node;

/// Rules for APIServices.
pub const RULES: &[Rule] = &[Rule { group: "apiregistration.k8s.io", kinds: &["APIService"], check: api_service }];

fn api_service(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let spec = set(node, "spec").unwrap_or(node);
    let field = |name: &str| text(spec, name).map_or("", |(found, _)| found);
    let (group, version) = (field("group"), field("version"));
    name(node, &format!("{version}.{group}"), out);
    if group.is_empty() && version != "v1" {
        out.required(spec, &path.field("group"), "`group` is required");
    }
    let form = |name: &str, rule: fn(&str) -> Result<(), String>, out: &mut Findings| {
        if let Err(cause) = rule(field(name)) {
            let place = set(spec, name).unwrap_or(spec);
            out.invalid(place, &path.field(name), format!("`{}` {cause}", field(name)));
        }
    };
    if !group.is_empty() {
        form("group", names::dns_subdomain, out);
    }
    form("version", names::dns_1035_label, out);
    for (name, most) in [("groupPriorityMinimum", 20_000), ("versionPriority", 1000)] {
        match int(spec, name) {
            None => out.invalid(spec, &path.field(name), format!("`{name}` is required and must be between 1 and {most}")),
            Some(_) => in_range(spec, name, 1..=most, &path, out),
        }
    }
    backend(spec, &path, out);
}

fn name(node: &Node, expected: &str, out: &mut Findings) {
    let Some((name, place)) = node.get("metadata").and_then(|metadata| text(metadata, "name")) else { return };
    if name != expected {
        let message = format!("the name must be `{expected}` (the version and the group), found `{name}`");
        out.invalid(place, &Path::ROOT.field("metadata").field("name"), message);
    }
}

fn backend(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let bundle = text(spec, "caBundle");
    let skips = is_true(spec, "insecureSkipTLSVerify");
    let skip_place = set(spec, "insecureSkipTLSVerify").unwrap_or(spec);
    let Some(service) = set(spec, "service") else {
        if let Some((_, place)) = bundle {
            out.invalid(place, &path.field("caBundle"), "`caBundle` requires `service`");
        }
        if skips {
            out.invalid(skip_place, &path.field("insecureSkipTLSVerify"), "`insecureSkipTLSVerify` requires `service`");
        }
        return;
    };
    let path_of_service = path.field("service");
    required_text(service, "namespace", &path_of_service, out);
    required_text(service, "name", &path_of_service, out);
    in_range(service, "port", 1..=65535, &path_of_service, out);
    if skips && bundle.is_some() {
        let message = "`insecureSkipTLSVerify` and `caBundle` are mutually exclusive";
        out.invalid(skip_place, &path.field("insecureSkipTLSVerify"), message);
    }
}
