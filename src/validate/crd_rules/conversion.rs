//! `spec.conversion` of a definition: how objects of one version become objects of another.
//!
//! Behaviour: `validateCustomResourceConversion`. The server calls `webhook.clientConfig` by an older name.

use rustc_hash::FxHashSet;

use super::super::look::{self, items, set, text};
use super::super::names;
use super::super::{Findings, Path};
use crate::yaml::Node;

/// Checks the conversion, if there is one.
pub fn check(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(conversion) = set(spec, "conversion") else { return };
    let strategy = text(conversion, "strategy").map(|(strategy, _)| strategy);
    match strategy {
        None => out.required(conversion, &path.field("strategy"), "`strategy` is missing"),
        Some(_) => look::one_of(conversion, "strategy", &["None", "Webhook"], path, out),
    }
    let webhook = set(conversion, "webhook");
    let config = webhook.and_then(|webhook| set(webhook, "clientConfig"));
    let config_path = path.field("webhookClientConfig");
    let versions_path = path.field("conversionReviewVersions");
    if strategy == Some("Webhook") {
        match config {
            None => {
                out.required(webhook.unwrap_or(conversion), &config_path, "the strategy `Webhook` needs `webhook.clientConfig`")
            }
            Some(config) => client(config, &config_path, out),
        }
        review_versions(webhook.unwrap_or(conversion), &versions_path, out);
        return;
    }
    if let Some(config) = config {
        out.forbidden(config, &config_path, "only the strategy `Webhook` has a `clientConfig`");
    }
    if let Some((_, first)) = webhook.and_then(|webhook| items(webhook, "conversionReviewVersions").next()) {
        out.forbidden(first, &versions_path, "only the strategy `Webhook` has `conversionReviewVersions`");
    }
}

fn client(config: &Node, path: &Path<'_>, out: &mut Findings) {
    match (set(config, "url"), set(config, "service")) {
        (Some(url), None) => {
            let found = look::as_text(url).unwrap_or_default();
            let rest = found.strip_prefix("https://");
            let wrong = match rest {
                None => Some("it must begin with `https://`"),
                Some(rest) if rest.is_empty() || rest.starts_with('/') => Some("it has no host"),
                Some(rest) if rest.split('/').next().is_some_and(|host| host.contains('@')) => Some("it must hold no user"),
                Some(rest) if rest.contains('#') => Some("it must have no fragment"),
                Some(rest) if rest.contains('?') => Some("it must have no query"),
                Some(_) => None,
            };
            if let Some(wrong) = wrong {
                out.invalid(url, &path.field("url"), format!("the URL is no webhook's: {wrong}"));
            }
        }
        (None, Some(service)) => self::service(service, &path.field("service"), out),
        _ => out.required(config, path, "exactly one of `url` and `service` is wanted"),
    }
}

fn service(service: &Node, path: &Path<'_>, out: &mut Findings) {
    for field in ["name", "namespace"] {
        look::required_text(service, field, path, out);
    }
    look::in_range(service, "port", 1..=65535, path, out);
    if let Some((found, node)) = text(service, "path") {
        if !found.starts_with('/') {
            out.invalid(node, &path.field("path"), format!("the path `{found}` does not begin with `/`"));
        } else if found != "/" && found.trim_matches('/').is_empty() || found.contains("//") {
            out.invalid(node, &path.field("path"), format!("the path `{found}` has an empty part"));
        }
    }
}

fn review_versions(webhook: &Node, path: &Path<'_>, out: &mut Findings) {
    let mut seen = FxHashSet::default();
    let mut known = false;
    for (at, node) in items(webhook, "conversionReviewVersions") {
        let found = look::as_text(node).unwrap_or_default();
        known |= matches!(found, "v1" | "v1beta1");
        if !seen.insert(found) {
            out.invalid(node, &path.index(at), format!("`{found}` stands twice"));
        } else if let Err(cause) = names::dns_1035_label(found) {
            out.invalid(node, &path.index(at), format!("`{found}` {cause}"));
        }
    }
    if seen.is_empty() {
        out.required(webhook, path, "`conversionReviewVersions` is missing");
    } else if !known {
        let place = webhook.get("conversionReviewVersions").unwrap_or(webhook);
        out.invalid(place, path, "neither `v1` nor `v1beta1` is among the versions");
    }
}
