//! Rules for `spec.conversion` of a definition: how objects are converted between versions.
//!
//! Behavior: `validateCustomResourceConversion`. In its errors the server uses an older name for `webhook.clientConfig`.

use rustc_hash::FxHashSet;

use super::super::look::{self, items, set, text};
use super::super::names;
use super::super::{Findings, Path};
use crate::yaml::Node;

/// Checks the conversion, if it is set.
pub fn check(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(conversion) = set(spec, "conversion") else { return };
    let strategy = text(conversion, "strategy").map(|(strategy, _)| strategy);
    match strategy {
        None => out.required(conversion, &path.field("strategy"), "`strategy` is required"),
        Some(_) => look::one_of(conversion, "strategy", &["None", "Webhook"], path, out),
    }
    let webhook = set(conversion, "webhook");
    let config = webhook.and_then(|webhook| set(webhook, "clientConfig"));
    let config_path = path.field("webhookClientConfig");
    let versions_path = path.field("conversionReviewVersions");
    if strategy == Some("Webhook") {
        match config {
            None => {
                out.required(webhook.unwrap_or(conversion), &config_path, "`strategy: Webhook` requires `webhook.clientConfig`")
            }
            Some(config) => client(config, &config_path, out),
        }
        review_versions(webhook.unwrap_or(conversion), &versions_path, out);
        return;
    }
    if let Some(config) = config {
        out.forbidden(config, &config_path, "`clientConfig` requires `strategy: Webhook`");
    }
    if let Some((_, first)) = webhook.and_then(|webhook| items(webhook, "conversionReviewVersions").next()) {
        out.forbidden(first, &versions_path, "`conversionReviewVersions` requires `strategy: Webhook`");
    }
}

fn client(config: &Node, path: &Path<'_>, out: &mut Findings) {
    match (set(config, "url"), set(config, "service")) {
        (Some(url), None) => {
            let found = look::as_text(url).unwrap_or_default();
            let rest = found.strip_prefix("https://");
            let wrong = match rest {
                None => Some("must start with `https://`"),
                Some(rest) if rest.is_empty() || rest.starts_with('/') => Some("must have a host"),
                Some(rest) if rest.split('/').next().is_some_and(|host| host.contains('@')) => {
                    Some("must not have a user or password")
                }
                Some(rest) if rest.contains('#') => Some("must not have a fragment"),
                Some(rest) if rest.contains('?') => Some("must not have a query"),
                Some(_) => None,
            };
            if let Some(wrong) = wrong {
                out.invalid(url, &path.field("url"), format!("the URL {wrong}"));
            }
        }
        (None, Some(service)) => self::service(service, &path.field("service"), out),
        _ => out.required(config, path, "exactly one of `url` or `service` is required"),
    }
}

fn service(service: &Node, path: &Path<'_>, out: &mut Findings) {
    for field in ["name", "namespace"] {
        look::required_text(service, field, path, out);
    }
    look::in_range(service, "port", 1..=65535, path, out);
    if let Some((found, node)) = text(service, "path") {
        if !found.starts_with('/') {
            out.invalid(node, &path.field("path"), format!("the path `{found}` must start with `/`"));
        } else if found != "/" && found.trim_matches('/').is_empty() || found.contains("//") {
            out.invalid(node, &path.field("path"), format!("the path `{found}` must not have empty parts"));
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
            out.invalid(node, &path.index(at), format!("`{found}` appears twice"));
        } else if let Err(cause) = names::dns_1035_label(found) {
            out.invalid(node, &path.index(at), format!("`{found}` {cause}"));
        }
    }
    if seen.is_empty() {
        out.required(webhook, path, "`conversionReviewVersions` is required");
    } else if !known {
        let place = webhook.get("conversionReviewVersions").unwrap_or(webhook);
        out.invalid(place, path, "must include at least one of `v1` or `v1beta1`");
    }
}
