//! Rules for FlowSchemas and PriorityLevelConfigurations.
//!
//! Behavior: `pkg/apis/flowcontrol/validation`. Numbers such as `queues` have defaults when they are 0 or not set.

use super::look::{
    count, in_range, int, is_true, items, not_negative, required_choice, required_form, required_text, set, text, texts,
};
use super::{Findings, Path, Rule, names};
use crate::yaml::Node;

const GROUP: &str = "flowcontrol.apiserver.k8s.io";

/// Rules for flow control.
pub const RULES: &[Rule] = &[
    Rule { group: GROUP, kinds: &["FlowSchema"], check: flow_schema },
    Rule { group: GROUP, kinds: &["PriorityLevelConfiguration"], check: priority_level },
];

const VERBS: &[&str] = &["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];

fn flow_schema(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let spec = set(node, "spec").unwrap_or(node);
    let name = node.get("metadata").and_then(|metadata| text(metadata, "name")).map_or("", |(name, _)| name);
    if let Some((precedence, place)) = int(spec, "matchingPrecedence").filter(|(precedence, _)| *precedence != 0) {
        let path = path.field("matchingPrecedence");
        if !(1..=10_000).contains(&precedence) {
            out.invalid(place, &path, format!("`matchingPrecedence` must be between 1 and 10000, found {precedence}"));
        } else if precedence == 1 && name != "exempt" {
            out.invalid(place, &path, "only the FlowSchema `exempt` can have the precedence 1");
        }
    }
    if let Some(method) = set(spec, "distinguisherMethod") {
        required_choice(method, "type", &["ByNamespace", "ByUser"], &path.field("distinguisherMethod"), out);
    }
    let level = set(spec, "priorityLevelConfiguration").unwrap_or(spec);
    if level.get("name").is_some() || set(spec, "priorityLevelConfiguration").is_some() {
        required_form(level, "name", names::dns_subdomain, &path.field("priorityLevelConfiguration"), out);
    } else {
        out.required(spec, &path.field("priorityLevelConfiguration").field("name"), "`priorityLevelConfiguration` is required");
    }
    let list = path.field("rules");
    for (at, found) in items(spec, "rules") {
        policy_rules(found, &list.index(at), out);
    }
}

fn policy_rules(rules: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("subjects");
    if count(rules, "subjects") == 0 {
        out.required(set(rules, "subjects").unwrap_or(rules), &list, "at least one subject is required");
    }
    for (at, found) in items(rules, "subjects") {
        subject(found, &list.index(at), out);
    }
    if count(rules, "resourceRules") + count(rules, "nonResourceRules") == 0 {
        out.required(rules, path, "at least one item of `resourceRules` or `nonResourceRules` is required");
    }
    let list = path.field("resourceRules");
    for (at, rule) in items(rules, "resourceRules") {
        resource_rule(rule, &list.index(at), out);
    }
    let list = path.field("nonResourceRules");
    for (at, rule) in items(rules, "nonResourceRules") {
        let path = list.index(at);
        verbs(rule, &path, out);
        at_least_one(rule, "nonResourceURLs", &path, out);
        let urls = path.field("nonResourceURLs");
        let star = texts(rule, "nonResourceURLs").any(|(_, url, _)| url == "*");
        for (at, url, place) in texts(rule, "nonResourceURLs").filter(|_| !star) {
            if let Err(cause) = url_path(url) {
                out.invalid(place, &urls.index(at), format!("`{url}` {cause}"));
            }
        }
    }
}

fn subject(subject: &Node, path: &Path<'_>, out: &mut Findings) {
    required_choice(subject, "kind", &["Group", "ServiceAccount", "User"], path, out);
    let fields = [("User", "user"), ("Group", "group"), ("ServiceAccount", "serviceAccount")];
    let kind = text(subject, "kind").map_or("", |(kind, _)| kind);
    if !fields.iter().any(|(known, _)| *known == kind) {
        return;
    }
    for (of_kind, field) in fields {
        match set(subject, field) {
            Some(place) if of_kind != kind => {
                out.forbidden(place, &path.field(field), format!("`{field}` is not allowed with `kind: {kind}`"));
            }
            None if of_kind == kind => out.required(subject, &path.field(field), format!("`kind: {kind}` requires `{field}`")),
            Some(found) if field == "serviceAccount" => account(found, &path.field(field), out),
            Some(found) => drop(required_text(found, "name", &path.field(field), out)),
            None => {}
        }
    }
}

fn account(account: &Node, path: &Path<'_>, out: &mut Findings) {
    if required_text(account, "name", path, out).is_some_and(|(name, _)| name != "*") {
        super::look::form(account, "name", names::dns_subdomain, path, out);
    }
    required_form(account, "namespace", names::dns_label, path, out);
}

fn at_least_one(rule: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    let place = set(rule, field).unwrap_or(rule);
    if count(rule, field) == 0 {
        out.required(place, &path.field(field), format!("`{field}` requires at least one item"));
    } else if count(rule, field) > 1 && texts(rule, field).any(|(_, value, _)| value == "*") {
        out.invalid(place, &path.field(field), "no other items are allowed together with `*`");
    }
}

fn verbs(rule: &Node, path: &Path<'_>, out: &mut Findings) {
    at_least_one(rule, "verbs", path, out);
    let star = texts(rule, "verbs").any(|(_, verb, _)| verb == "*");
    let unknown = texts(rule, "verbs").find(|(_, verb, _)| !VERBS.contains(verb));
    if let Some((_, _, place)) = unknown.filter(|_| !star) {
        out.unsupported(place, &path.field("verbs"), VERBS);
    }
}

fn resource_rule(rule: &Node, path: &Path<'_>, out: &mut Findings) {
    verbs(rule, path, out);
    at_least_one(rule, "apiGroups", path, out);
    at_least_one(rule, "resources", path, out);
    if count(rule, "namespaces") == 0 {
        if !is_true(rule, "clusterScope") {
            let message = "`namespaces` requires at least one item unless `clusterScope` is true";
            out.required(set(rule, "namespaces").unwrap_or(rule), &path.field("namespaces"), message);
        }
        return;
    }
    at_least_one(rule, "namespaces", path, out);
    let list = path.field("namespaces");
    for (at, namespace, place) in texts(rule, "namespaces").filter(|(_, namespace, _)| *namespace != "*") {
        if let Err(cause) = names::dns_label(namespace) {
            out.invalid(place, &list.index(at), format!("the namespace `{namespace}` {cause}"));
        }
    }
}

fn url_path(path: &str) -> Result<(), &'static str> {
    let stars = path.matches('*').count();
    match () {
        () if path == "/" => Ok(()),
        () if !path.starts_with('/') => Err("must start with `/`"),
        () if path.contains(' ') => Err("must not contain a space"),
        () if path.contains("//") => Err("must not contain `//`"),
        () if stars > 1 || (stars == 1 && !path.ends_with("/*")) => Err("must not contain `*` except at the end, as in `/*`"),
        () => Ok(()),
    }
}

fn priority_level(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let spec = set(node, "spec").unwrap_or(node);
    let name = node.get("metadata").and_then(|metadata| text(metadata, "name")).map_or("", |(name, _)| name);
    required_choice(spec, "type", &["Exempt", "Limited"], &path, out);
    let of_type = text(spec, "type").map_or("", |(of_type, _)| of_type);
    if matches!(of_type, "Exempt" | "Limited") && (of_type == "Exempt") != (name == "exempt") {
        let place = set(spec, "type").unwrap_or(spec);
        out.invalid(place, &path.field("type"), "the priority level `exempt`, and no other, must have `type: Exempt`");
    }
    let (limited, exempt) = (set(spec, "limited"), set(spec, "exempt"));
    match (of_type, limited, exempt) {
        ("Exempt", Some(place), _) => out.forbidden(place, &path.field("limited"), "`limited` requires `type: Limited`"),
        ("Limited", _, Some(place)) => out.forbidden(place, &path.field("exempt"), "`exempt` requires `type: Exempt`"),
        ("Limited", None, None) => out.required(spec, &path.field("limited"), "`type: Limited` requires `limited`"),
        _ => {}
    }
    for (field, found) in [("limited", limited), ("exempt", exempt)] {
        let Some(found) = found else { continue };
        let path = path.field(field);
        not_negative(found, "nominalConcurrencyShares", &path, out);
        not_negative(found, "assuredConcurrencyShares", &path, out);
        in_range(found, "lendablePercent", 0..=100, &path, out);
        not_negative(found, "borrowingLimitPercent", &path, out);
    }
    if let Some(limited) = limited.filter(|_| of_type == "Limited") {
        limit_response(limited, &path.field("limited"), out);
    }
}

fn limit_response(limited: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("limitResponse");
    let response = set(limited, "limitResponse").unwrap_or(limited);
    if set(limited, "limitResponse").is_none() {
        return out.unsupported(limited, &path.field("type"), &["Queue", "Reject"]);
    }
    required_choice(response, "type", &["Queue", "Reject"], &path, out);
    let queuing = set(response, "queuing");
    let path = path.field("queuing");
    match (text(response, "type").map(|(of_type, _)| of_type), queuing) {
        (Some("Reject"), Some(place)) => out.forbidden(place, &path, "`queuing` requires `type: Queue`"),
        (Some("Queue"), None) => out.required(response, &path, "`type: Queue` requires `queuing`"),
        (Some("Queue"), Some(queuing)) => queues(queuing, &path, out),
        _ => {}
    }
}

fn queues(queuing: &Node, path: &Path<'_>, out: &mut Findings) {
    let number = |field: &str, default: i64| match int(queuing, field) {
        Some((number, place)) if number != 0 => (number, place),
        _ => (default, queuing),
    };
    let (queues, (hand, hand_place)) = (number("queues", 64), number("handSize", 8));
    for (field, (number, place)) in
        [("queueLengthLimit", number("queueLengthLimit", 50)), ("queues", queues), ("handSize", (hand, hand_place))]
    {
        if number < 1 {
            out.invalid(place, &path.field(field), format!("`{field}` must be at least 1, found {number}"));
        }
    }
    let queues = queues.0;
    if queues > 10_000_000 {
        out.invalid(set(queuing, "queues").unwrap_or(queuing), &path.field("queues"), "`queues` must be at most 10000000");
    } else if hand > 0 && hand > queues {
        out.invalid(hand_place, &path.field("handSize"), format!("`handSize` must be at most `queues` ({queues}), found {hand}"));
    } else if hand > 0 && ((queues as f64).log2() * hand as f64).ceil() > 60.0 {
        let message = format!("`handSize` ({hand}) and `queues` ({queues}) require more than 60 bits of entropy");
        out.invalid(hand_place, &path.field("handSize"), message);
    }
}
