//! Rules for ResourceClaims, ResourceClaimTemplates, and DeviceClasses.
//!
//! Behavior: `pkg/apis/resource/validation`. Versions before `v1beta2` have the fields of `exactly` in the request itself.

use rustc_hash::{FxHashMap, FxHashSet};

use super::look::{count, form, int, items, one_of, required_form, set, text, texts};
use super::metadata;
use super::{Findings, Path, Rule, device_selectors, names};
use crate::yaml::Node;

const GROUP: &str = "resource.k8s.io";

/// Rules for device requests.
pub const RULES: &[Rule] = &[
    Rule { group: GROUP, kinds: &["ResourceClaim"], check: claim },
    Rule { group: GROUP, kinds: &["ResourceClaimTemplate"], check: template },
    Rule { group: GROUP, kinds: &["DeviceClass"], check: device_class },
];

const MAX_ENTRIES: usize = 32;

fn claim(node: &Node, out: &mut Findings) {
    if let Some(spec) = set(node, "spec") {
        claim_spec(spec, &Path::ROOT.field("spec"), out);
    }
}

fn template(node: &Node, out: &mut Findings) {
    let Some(spec) = set(node, "spec") else { return };
    let path = Path::ROOT.field("spec");
    if let Some(found) = set(spec, "metadata") {
        let path = path.field("metadata");
        if let Some(labels) = set(found, "labels") {
            metadata::labels(labels, &path.field("labels"), out);
        }
        if let Some(annotations) = set(found, "annotations") {
            metadata::annotations(annotations, &path.field("annotations"), out);
        }
    }
    if let Some(found) = set(spec, "spec") {
        claim_spec(found, &path.field("spec"), out);
    }
}

fn device_class(node: &Node, out: &mut Findings) {
    let Some(spec) = set(node, "spec") else { return };
    let path = Path::ROOT.field("spec");
    selectors(spec, &path, out);
    let list = path.field("config");
    for (at, config) in items(spec, "config") {
        configuration(config, &list.index(at), out);
    }
}

/// Names of requests, each with the names of its subrequests.
type Requests<'n> = FxHashMap<&'n str, FxHashSet<&'n str>>;

fn claim_spec(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    // The first alpha version has a different structure.
    let Some(devices) = set(spec, "devices").filter(|_| out.object().gvk.version != "v1alpha2") else { return };
    let path = path.field("devices");
    let list = path.field("requests");
    too_many(devices, "requests", &path, out);
    let mut known: Requests<'_> = FxHashMap::default();
    for (at, found) in items(devices, "requests") {
        let path = list.index(at);
        let name = text(found, "name").map_or("", |(name, _)| name);
        let parts = items(found, "firstAvailable").filter_map(|(_, part)| Some(text(part, "name")?.0)).collect();
        if known.insert(name, parts).is_some() {
            out.duplicate(found, &path, format!("the request `{name}` appears twice"));
        }
        request(found, &path, out);
    }
    let list = path.field("constraints");
    too_many(devices, "constraints", &path, out);
    for (at, constraint) in items(devices, "constraints") {
        let path = list.index(at);
        references(constraint, &known, &path, out);
        if set(constraint, "matchAttribute").is_none() && set(constraint, "distinctAttribute").is_none() {
            out.required(constraint, &path.field("matchAttribute"), "`matchAttribute` is required");
        }
        for field in ["matchAttribute", "distinctAttribute"] {
            form(constraint, field, attribute, &path, out);
        }
    }
    let list = path.field("config");
    too_many(devices, "config", &path, out);
    for (at, config) in items(devices, "config") {
        let path = list.index(at);
        references(config, &known, &path, out);
        configuration(config, &path, out);
    }
}

fn too_many(node: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    if let Some(place) = set(node, field).filter(|_| count(node, field) > MAX_ENTRIES) {
        out.too_long(place, &path.field(field), format!("`{field}` must have at most {MAX_ENTRIES} items"));
    }
}

fn request(request: &Node, path: &Path<'_>, out: &mut Findings) {
    name_of_request(request, path, out);
    if matches!(out.object().gvk.version.as_str(), "v1alpha3" | "v1beta1") {
        if count(request, "firstAvailable") == 0 {
            exact(request, path, out);
        }
        return;
    }
    let exactly = set(request, "exactly");
    let list = path.field("firstAvailable");
    match (exactly, count(request, "firstAvailable")) {
        (None, 0) => out.required(request, path, "exactly one of `exactly` or `firstAvailable` is required"),
        (Some(exactly), 0) => exact(exactly, &path.field("exactly"), out),
        (Some(_), _) => out.invalid(request, path, "`exactly` and `firstAvailable` are mutually exclusive"),
        (None, 9..) => out.too_long(request, &list, "`firstAvailable` must have at most 8 items"),
        (None, _) => {
            let mut seen = FxHashSet::default();
            for (at, part) in items(request, "firstAvailable") {
                let path = list.index(at);
                let name = text(part, "name").map_or("", |(name, _)| name);
                if !seen.insert(name) {
                    out.duplicate(part, &path, format!("the request `{name}` appears twice"));
                }
                name_of_request(part, &path, out);
                exact(part, &path, out);
            }
        }
    }
}

fn name_of_request(request: &Node, path: &Path<'_>, out: &mut Findings) {
    let name = text(request, "name").map_or("", |(name, _)| name);
    if let Err(cause) = names::dns_label(name) {
        let place = set(request, "name").unwrap_or(request);
        out.invalid(place, &path.field("name"), format!("the name `{name}` {cause}"));
    }
}

fn exact(exact: &Node, path: &Path<'_>, out: &mut Findings) {
    required_form(exact, "deviceClassName", names::dns_subdomain, path, out);
    selectors(exact, path, out);
    one_of(exact, "allocationMode", &["All", "ExactCount"], path, out);
    let number = int(exact, "count").filter(|(number, _)| *number != 0);
    match (text(exact, "allocationMode").map_or("ExactCount", |(mode, _)| mode), number) {
        ("All", Some((_, place))) => {
            out.invalid(place, &path.field("count"), "`count` is not allowed with `allocationMode: All`");
        }
        ("ExactCount", Some((number, place))) if number < 1 => {
            out.invalid(place, &path.field("count"), format!("`count` must be at least 1, found {number}"));
        }
        _ => {}
    }
    let list = path.field("tolerations");
    for (at, toleration) in items(exact, "tolerations") {
        let path = list.index(at);
        form(toleration, "key", names::qualified, &path, out);
        one_of(toleration, "operator", &["Equal", "Exists"], &path, out);
        one_of(toleration, "effect", &["None", "NoExecute", "NoSchedule"], &path, out);
    }
}

fn selectors(node: &Node, path: &Path<'_>, out: &mut Findings) {
    too_many(node, "selectors", path, out);
    let list = path.field("selectors");
    for (at, selector) in items(node, "selectors") {
        let path = list.index(at);
        let path = path.field("cel");
        match set(selector, "cel") {
            None => out.required(selector, &path, "`cel` is required"),
            Some(cel) => {
                // The compiler rejects an empty expression.
                let expression = text(cel, "expression").map_or("", |(expression, _)| expression);
                if let Err(cause) = device_selectors::check(expression, out.version()) {
                    out.invalid(set(cel, "expression").unwrap_or(cel), &path.field("expression"), cause);
                }
            }
        }
    }
}

/// Checks the requests that a constraint or a configuration refers to.
fn references(node: &Node, known: &Requests<'_>, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("requests");
    let mut seen = FxHashSet::default();
    for (at, name, place) in texts(node, "requests") {
        if !seen.insert(name) {
            out.duplicate(place, &list.index(at), format!("`{name}` appears twice"));
        }
        let is_known = match name.split_once('/') {
            None => known.contains_key(name),
            Some((request, part)) => known.get(request).is_some_and(|parts| parts.contains(part)),
        };
        if !is_known {
            out.invalid(place, &list.index(at), format!("the claim has no request `{name}`"));
        }
    }
}

fn configuration(config: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("opaque");
    let Some(opaque) = set(config, "opaque") else { return out.required(config, &path, "`opaque` is required") };
    required_form(opaque, "driver", names::driver_name, &path, out);
    let parameters = set(opaque, "parameters");
    if parameters.is_none_or(|parameters| parameters.as_mapping().is_none()) {
        out.required(parameters.unwrap_or(opaque), &path.field("parameters"), "`parameters` is required");
    }
}

/// Checks the name of an attribute, `domain/name`.
fn attribute(text: &str) -> Result<(), String> {
    match text.split_once('/') {
        Some((domain, name)) if !domain.is_empty() && !name.is_empty() && !name.contains('/') => names::dns_subdomain(domain),
        _ => Err("must consist of a domain and a name, such as `example.com/model`".into()),
    }
}
