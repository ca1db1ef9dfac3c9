//! Rules for LimitRanges: minimums, maximums, defaults, and ratios must be consistent.
//!
//! Behavior: `ValidateLimitRange` in `pkg/apis/core/validation`, after the defaults of containers are filled in: `default` from
//! `max`, then `defaultRequest` from `default` and `min`.

use std::collections::{BTreeMap, BTreeSet};

use super::look::{amount, entries, items, set, text};
use super::{Findings, Path, Rule, names};
use crate::yaml::Node;

/// Rules for LimitRanges.
pub const RULES: &[Rule] = &[Rule { group: "", kinds: &["LimitRange"], check: limit_range }];

const LISTS: [&str; 5] = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];

/// Amounts by resource, each with the value that it comes from.
type Amounts<'n> = BTreeMap<&'n str, (f64, &'n Node)>;

fn limit_range(node: &Node, out: &mut Findings) {
    let Some(spec) = set(node, "spec") else { return };
    let path = Path::ROOT.field("spec");
    let list = path.field("limits");
    let mut types = BTreeSet::new();
    for (at, limit) in items(spec, "limits") {
        let path = list.index(at);
        let found = text(limit, "type").map_or("", |(found, _)| found);
        let place = set(limit, "type").unwrap_or(limit);
        if let Err(cause) = limit_type(found) {
            out.invalid(place, &path.field("type"), format!("the type `{found}` {cause}"));
        }
        if !types.insert(found) {
            out.duplicate(place, &path.field("type"), format!("the type `{found}` appears twice"));
        }
        limit_item(limit, found, &path, out);
    }
}

fn limit_type(found: &str) -> Result<(), String> {
    names::qualified(found)?;
    if found.contains('/') || matches!(found, "Container" | "PersistentVolumeClaim" | "Pod") {
        return Ok(());
    }
    Err("must be `Container`, `Pod`, or `PersistentVolumeClaim`, or a name with a domain, such as `example.com/type`".into())
}

fn limit_item(limit: &Node, of_type: &str, path: &Path<'_>, out: &mut Findings) {
    for field in LISTS {
        resource_names(limit, field, of_type, &path.field(field), out);
    }
    if of_type == "Pod" {
        for field in ["default", "defaultRequest"] {
            if let Some(place) = set(limit, field).filter(|_| entries(limit, field).next().is_some()) {
                out.forbidden(place, &path.field(field), format!("`{field}` is not allowed with `type: Pod`"));
            }
        }
    }
    let [max, min, mut default, mut request, ratio] = LISTS.map(|field| amounts(limit, field));
    if of_type == "PersistentVolumeClaim" && !min.contains_key("storage") && !max.contains_key("storage") {
        out.required(limit, &path.field("limits"), "one of `min.storage` or `max.storage` is required");
    }
    match of_type {
        "Container" => {
            fill(&mut default, &max);
            fill(&mut request, &default);
            fill(&mut request, &min);
        }
        "Pod" => (default, request) = Default::default(),
        _ => {}
    }
    let orders = [
        (&min, "min", &max, "max", "min"),
        (&min, "min", &request, "defaultRequest", "defaultRequest"),
        (&request, "defaultRequest", &max, "max", "defaultRequest"),
        (&request, "defaultRequest", &default, "default", "defaultRequest"),
        (&min, "min", &default, "default", "default"),
        (&default, "default", &max, "max", "default"),
    ];
    for (less, less_name, more, more_name, reported_at) in orders {
        for (resource, (value, place)) in less {
            if more.get(resource).is_some_and(|(most, _)| value > most) {
                let message = format!("`{less_name}` of `{resource}` must not be greater than `{more_name}`");
                out.invalid(place, &path.field(reported_at).key(resource), message);
            }
        }
    }
    ratios(&ratio, &min, &max, path, out);
    for (resource, (value, place)) in request.iter().filter(|(resource, _)| is_extended(resource)) {
        if default.get(resource).is_some_and(|(limit, _)| limit != value) {
            let message = format!("`defaultRequest` must be equal to `default`, because `{resource}` can't be overcommitted");
            out.invalid(place, &path.field("defaultRequest").key(resource), message);
        }
    }
}

/// Fills in the missing amounts from others.
fn fill<'n>(amounts: &mut Amounts<'n>, from: &Amounts<'n>) {
    for (name, value) in from {
        amounts.entry(name).or_insert(*value);
    }
}

fn ratios(ratio: &Amounts<'_>, min: &Amounts<'_>, max: &Amounts<'_>, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("maxLimitRequestRatio");
    for (resource, (value, place)) in ratio {
        if *value < 1000.0 {
            out.invalid(place, &path.key(resource), format!("the ratio of `{resource}` must be at least 1"));
        }
        if let (Some((least, _)), Some((most, _))) = (min.get(resource), max.get(resource))
            && *least > 0.0
            && *value > most / least * 1000.0 * (1.0 + 1e-9)
        {
            let message = format!("the ratio of `{resource}` must not be greater than that of `max` to `min`");
            out.invalid(place, &path.key(resource), message);
        }
    }
}

fn amounts<'n>(limit: &'n Node, field: &str) -> Amounts<'n> {
    let amount_of = |node| Some((amount(node)?, node));
    entries(limit, field).filter_map(|entry| Some((entry.key.text.as_str(), amount_of(&entry.value)?))).collect()
}

fn resource_names(limit: &Node, field: &str, of_type: &str, path: &Path<'_>, out: &mut Findings) {
    for entry in entries(limit, field) {
        let name = entry.key.text.as_str();
        let standard = matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-");
        let message = match names::qualified_name(name) {
            Err(cause) => format!("`{name}` is not a valid resource name: {cause}"),
            Ok(()) if matches!(of_type, "Pod" | "Container") && !name.contains('/') && !standard => {
                format!(
                    "the resource `{name}` must be a standard container resource or have a domain, as in `example.com/{name}`"
                )
            }
            Ok(()) => continue,
        };
        out.at(entry.key.span(), "invalid-value", message, path.key(name).to_string());
    }
}

fn is_extended(name: &str) -> bool {
    name.starts_with("hugepages-") || (name.contains('/') && !name.contains("kubernetes.io/"))
}
