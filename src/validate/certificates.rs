//! Rules for CertificateSigningRequests and ClusterTrustBundles. Behavior: `pkg/apis/certificates/validation`.

use base64::Engine;
use rustc_hash::FxHashSet;

use super::look::{as_text, count, int, required_text, set, text, texts};
use super::{Findings, Path, Rule, names};
use crate::yaml::Node;

/// Rules for certificates.
pub const RULES: &[Rule] = &[
    Rule { group: "certificates.k8s.io", kinds: &["CertificateSigningRequest"], check: signing_request },
    Rule { group: "certificates.k8s.io", kinds: &["ClusterTrustBundle"], check: trust_bundle },
];

const USAGES: &[&str] = &[
    "any",
    "cert sign",
    "client auth",
    "code signing",
    "content commitment",
    "crl sign",
    "data encipherment",
    "decipher only",
    "digital signature",
    "email protection",
    "encipher only",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "key agreement",
    "key encipherment",
    "microsoft sgc",
    "netscape sgc",
    "ocsp signing",
    "s/mime",
    "server auth",
    "signing",
    "timestamping",
];

fn signing_request(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let spec = set(node, "spec").unwrap_or(node);
    if !contains_request(text(spec, "request").map_or("", |(request, _)| request)) {
        let place = set(spec, "request").unwrap_or(spec);
        out.invalid(place, &path.field("request"), "expected a PEM block of type `CERTIFICATE REQUEST` in base64");
    }
    let list = path.field("usages");
    if count(spec, "usages") == 0 {
        out.required(set(spec, "usages").unwrap_or(spec), &list, "at least one usage is required");
    }
    let mut seen = FxHashSet::default();
    for (at, usage, place) in texts(spec, "usages") {
        if !USAGES.contains(&usage) {
            out.unsupported(place, &list.index(at), USAGES);
        }
        if !seen.insert(usage) {
            out.duplicate(place, &list.index(at), format!("`{usage}` appears twice"));
        }
    }
    if let Some((name, place)) = required_text(spec, "signerName", &path, out) {
        let wrong = match name {
            "kubernetes.io/legacy-unknown" => Err("is not allowed in this API version".to_owned()),
            name => signer_name(name),
        };
        if let Err(cause) = wrong {
            out.invalid(place, &path.field("signerName"), format!("`{name}` {cause}"));
        }
    }
    if let Some((seconds, place)) = int(spec, "expirationSeconds").filter(|(seconds, _)| *seconds < 600) {
        out.invalid(
            place,
            &path.field("expirationSeconds"),
            format!("`expirationSeconds` must be at least 600, found {seconds}"),
        );
    }
}

/// Whether a base64 string starts with the PEM block of a request.
fn contains_request(encoded: &str) -> bool {
    let compact: String = encoded.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    let decoded = base64::engine::general_purpose::STANDARD.decode(compact).unwrap_or_default();
    let pem = String::from_utf8_lossy(&decoded);
    let first = pem.lines().find(|line| line.starts_with("-----BEGIN "));
    first.is_some_and(|line| line.trim_end() == "-----BEGIN CERTIFICATE REQUEST-----") && pem.contains("-----END ")
}

/// Checks the name of a signer, such as `example.com/signer`.
fn signer_name(name: &str) -> Result<(), String> {
    let Some((domain, path)) = name.split_once('/').filter(|(_, path)| !path.contains('/')) else {
        return Err("must consist of a domain and a name, such as `example.com/signer`".into());
    };
    domain.split('.').try_for_each(names::dns_label)?;
    if !domain.contains('.') {
        return Err("must have a domain with at least two parts".into());
    }
    path.split('.').try_for_each(names::dns_subdomain)
}

fn trust_bundle(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let spec = set(node, "spec").unwrap_or(node);
    if let Some((name, place)) = text(spec, "signerName")
        && let Err(cause) = signer_name(name)
    {
        out.invalid(place, &path.field("signerName"), format!("`{name}` {cause}"));
    }
    let bundle = set(spec, "trustBundle");
    if !bundle.and_then(as_text).is_some_and(|bundle| bundle.contains("-----BEGIN CERTIFICATE-----")) {
        out.invalid(bundle.unwrap_or(spec), &path.field("trustBundle"), "at least one certificate in PEM format is required");
    }
}
