//! Rules for MutatingWebhookConfigurations and ValidatingWebhookConfigurations.
//!
//! Behavior: `pkg/apis/admissionregistration/validation`, and `util/webhook` of apiserver for the address of the webhook.

use rustc_hash::FxHashSet;

use super::admission_rules::{match_conditions, rule};
use super::admission_types::{environment, with_authorizer};
use super::look::{Unique, as_text, choice, count, in_range, int, items, required_text, set, text, texts};
use super::selectors::label_selector;
use super::{Findings, Path, Rule, names};
use crate::yaml::Node;

/// Rules for webhooks.
pub const RULES: &[Rule] = &[Rule {
    group: "admissionregistration.k8s.io",
    kinds: &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
    check: configuration,
}];

const SIDE_EFFECTS: &[&str] = &["None", "NoneOnDryRun"];

fn configuration(node: &Node, out: &mut Findings) {
    let list = Path::ROOT.field("webhooks");
    let mut seen = FxHashSet::default();
    for (at, hook) in items(node, "webhooks") {
        let path = list.index(at);
        webhook(hook, &path, out);
        review_versions(hook, &path, out);
        if let Some((name, place)) = text(hook, "name").filter(|(name, _)| !seen.insert(*name)) {
            out.duplicate(place, &path.field("name"), format!("the webhook `{name}` appears twice"));
        }
    }
}

fn webhook(hook: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some((name, place)) = required_text(hook, "name", path, out)
        && let Err(cause) = qualified(name)
    {
        out.invalid(place, &path.field("name"), format!("the name `{name}` {cause}"));
    }
    let list = path.field("rules");
    for (at, found) in items(hook, "rules") {
        rule(found, &list.index(at), out);
    }
    choice(hook, "failurePolicy", &["Fail", "Ignore"], path, out);
    choice(hook, "matchPolicy", &["Equivalent", "Exact"], path, out);
    choice(hook, "reinvocationPolicy", &["IfNeeded", "Never"], path, out);
    match set(hook, "sideEffects") {
        None => out.required(hook, &path.field("sideEffects"), "`sideEffects` is required; expected `None` or `NoneOnDryRun`"),
        Some(_) => choice(hook, "sideEffects", SIDE_EFFECTS, path, out),
    }
    in_range(hook, "timeoutSeconds", 1..=30, path, out);
    for field in ["namespaceSelector", "objectSelector"] {
        if let Some(selector) = set(hook, field) {
            label_selector(selector, &path.field(field), out);
        }
    }
    client(hook, &path.field("clientConfig"), out);
    match_conditions(hook, &with_authorizer(environment(out.version(), false)), path, out);
}

/// Checks that a name is a domain with at least three parts.
fn qualified(name: &str) -> Result<(), String> {
    names::dns_subdomain(name)?;
    if name.split('.').count() < 3 {
        return Err("must be a domain with at least three parts, such as `check.example.com`".into());
    }
    Ok(())
}

fn review_versions(hook: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("admissionReviewVersions");
    let place = set(hook, "admissionReviewVersions").unwrap_or(hook);
    if count(hook, "admissionReviewVersions") == 0 {
        return out.required(place, &path, "must include at least one of `v1` or `v1beta1`");
    }
    let mut seen = Unique::default();
    for (at, version, place) in texts(hook, "admissionReviewVersions") {
        if !seen.insert(version) {
            out.invalid(place, &path.index(at), format!("`{version}` appears twice"));
        } else if let Err(cause) = names::dns_1035_label(version) {
            out.invalid(place, &path.index(at), format!("`{version}` {cause}"));
        }
    }
    if !seen.has("v1") && !seen.has("v1beta1") {
        out.invalid(place, &path, "must include at least one of `v1` or `v1beta1`");
    }
}

fn client(hook: &Node, path: &Path<'_>, out: &mut Findings) {
    let found = set(hook, "clientConfig");
    let (url, service) = match found {
        Some(config) => (set(config, "url"), set(config, "service")),
        None => (None, None),
    };
    match (url, service) {
        (Some(url), None) => {
            if let Err(cause) = https_url(as_text(url).unwrap_or("")) {
                out.invalid(url, &path.field("url"), cause);
            }
        }
        (None, Some(service)) => webhook_service(service, &path.field("service"), out),
        _ => out.required(found.unwrap_or(hook), path, "exactly one of `url` or `service` is required"),
    }
}

/// Checks a URL of the form `https://host[:port][/path]`.
pub fn https_url(url: &str) -> Result<(), String> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    if !scheme.eq_ignore_ascii_case("https") {
        return Err("the URL must start with `https://`".into());
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host.is_empty() {
        return Err("the URL must have a host".into());
    }
    for (character, what) in [('#', "a fragment"), ('?', "a query")] {
        if rest.contains(character) {
            return Err(format!("the URL must not have {what}"));
        }
    }
    if authority.contains('@') {
        return Err("the URL must not have a user or password".into());
    }
    if url.contains([' ', '\t', '\n']) {
        return Err("the URL must not contain spaces".into());
    }
    Ok(())
}

/// Checks a reference to the Service of a webhook.
pub fn webhook_service(service: &Node, path: &Path<'_>, out: &mut Findings) {
    required_text(service, "name", path, out);
    required_text(service, "namespace", path, out);
    if let Some((port, place)) = int(service, "port")
        && let Err(cause) = names::port_number(port)
    {
        out.invalid(place, &path.field("port"), format!("the port {cause}"));
    }
    if let Some((found, place)) = text(service, "path")
        && let Err(cause) = url_path(found)
    {
        out.invalid(place, &path.field("path"), format!("the path `{found}` {cause}"));
    }
}

fn url_path(path: &str) -> Result<(), String> {
    let Some(rest) = path.strip_prefix('/') else { return Err("must start with `/`".into()) };
    if rest.is_empty() {
        return Ok(());
    }
    for part in rest.strip_suffix('/').unwrap_or(rest).split('/') {
        if part.is_empty() {
            return Err("must not contain `//`".into());
        }
        names::dns_subdomain(part).map_err(|cause| format!("is not valid: the part `{part}` {cause}"))?;
    }
    Ok(())
}
