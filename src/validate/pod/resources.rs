//! Rules for requests and limits of containers and pods: names, quantities, and requests that do not exceed limits.

use rustc_hash::FxHashSet;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::schema::quantity::Quantity;
use crate::validate::look::{Unique, entries, items, set, text};
use crate::validate::{Findings, Path, names};
use crate::yaml::{Entry, Node};

/// What the requirements belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Container,
    Pod,
}

impl Subject {
    /// The names of resources without a domain.
    fn known(self) -> &'static [&'static str] {
        match self {
            Subject::Container => &["cpu", "memory", "ephemeral-storage"],
            Subject::Pod => &["cpu", "memory"],
        }
    }

    fn can_have(self, name: &str) -> bool {
        let with_domain = name.contains('/') && (is_native(name) || !name.starts_with("requests."));
        self.known().contains(&name) || is_huge_page(name) || (self == Subject::Container && with_domain)
    }
}

/// Checks `resources` of a container; `claims` are the names in `resourceClaims` of the pod.
pub fn check(container: &Node, claims: &FxHashSet<&str>, path: &Path<'_>, out: &mut Findings) {
    let Some(resources) = set(container, "resources") else { return };
    let path = path.field("resources");
    requirements(resources, Subject::Container, &path, out);
    if out.since(34) {
        self::claims(resources, claims, &path, out);
    }
}

/// Checks `overhead` and `resources` of a pod spec.
pub fn pod(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    if set(spec, "overhead").is_some() {
        let path = path.field("overhead");
        let limits = path.field("limits");
        entries(spec, "overhead").for_each(|entry| amount(entry, Subject::Container, &limits, out));
    }
    let Some(resources) = set(spec, "resources").filter(|_| out.since(34)) else { return };
    let path = path.field("resources");
    if let Some(claims) = set(resources, "claims") {
        out.forbidden(claims, &path.field("claims"), "`claims` is allowed only in containers");
    }
    requirements(resources, Subject::Pod, &path, out);
    containers_fit(spec, resources, &path, out);
}

fn requirements(resources: &Node, subject: Subject, path: &Path<'_>, out: &mut Findings) {
    let (limits, requests) = (path.field("limits"), path.field("requests"));
    let (mut computes, mut huge) = (false, None);
    for (field, path) in [("limits", &limits), ("requests", &requests)] {
        for entry in entries(resources, field) {
            amount(entry, subject, path, out);
            let name = entry.key.text.as_str();
            computes |= matches!(name, "cpu" | "memory");
            huge = huge.or(is_huge_page(name).then_some(&entry.value));
        }
    }
    for entry in entries(resources, "requests") {
        request(entry, resources, &limits, &requests, out);
    }
    if let Some(place) = huge.filter(|_| !computes) {
        out.forbidden(place, path, "huge pages require `cpu` or `memory`");
    }
}

/// Checks a request against its limit.
fn request(entry: &Entry, resources: &Node, limits: &Path<'_>, requests: &Path<'_>, out: &mut Findings) {
    let name = entry.key.text.as_str();
    let value = |node: &Node| if node.is_null() { Some(0) } else { Quantity::of(node).map(Quantity::millis) };
    let Some(request) = value(&entry.value) else { return };
    let limit = resources.at_path(&["limits", name]);
    let overcommits = is_native(name) && !is_huge_page(name);
    match limit.map(value) {
        Some(Some(limit)) if !overcommits && request != limit => {
            out.invalid(&entry.value, requests, format!("the request of `{name}` must be equal to its limit"));
        }
        Some(Some(limit)) if request > limit => {
            out.invalid(&entry.value, requests, format!("the request of `{name}` must be less than or equal to its limit"));
        }
        None if !overcommits => {
            out.required(&entry.value, limits, format!("a limit of `{name}` is required, because it can't be overcommitted"));
        }
        _ => {}
    }
}

/// Checks the name and the amount of a resource.
fn amount(entry: &Entry, subject: Subject, path: &Path<'_>, out: &mut Findings) {
    let name = entry.key.text.as_str();
    let path = path.key(name);
    let wrong = |message: String| Diagnostic::error("invalid-value", message).at(entry.key.span());
    if let Err(cause) = names::qualified_name(name) {
        out.push(wrong(format!("`{name}` is not a valid resource name: {cause}")), path.to_string());
    } else if !subject.can_have(name) {
        let help = match did_you_mean(name, subject.known().iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "use a standard resource, or an extended resource with its domain, such as `nvidia.com/gpu`".to_owned(),
        };
        out.push(wrong(format!("the resource `{name}` is not supported")).help(help), path.to_string());
    }
    let Some(value) = Quantity::of(&entry.value) else { return };
    if value.nanos() < 0 {
        out.invalid(&entry.value, &path, "the amount must not be negative");
    }
    if !is_native(name) && !value.is_whole() {
        out.invalid(&entry.value, &path, "the amount must be an integer");
    }
    if let Some(size) = name.strip_prefix("hugepages-") {
        let size = Quantity::parse(size).map_or(0, Quantity::ones);
        if size <= 0 || value.ones() % size != 0 {
            out.invalid(&entry.value, &path, "the amount must be a multiple of the page size");
        }
    }
}

/// Checks `resources.claims` of a container: unique names of the pod's claims.
fn claims(resources: &Node, known: &FxHashSet<&str>, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("claims");
    let mut whole = Unique::default();
    let mut parts: FxHashSet<(&str, &str)> = FxHashSet::default();
    for (at, claim) in items(resources, "claims") {
        let path = list.index(at);
        let Some((name, place)) = text(claim, "name") else {
            out.required(claim, &path, "`name` is required");
            continue;
        };
        let request = text(claim, "request").map_or("", |(request, _)| request);
        let twice = if request.is_empty() { !whole.insert(name) } else { whole.has(name) };
        if twice || !parts.insert((name, request)) {
            out.duplicate(place, &path, format!("the claim `{name}` appears twice"));
        }
        if let (false, Err(cause)) = (request.is_empty(), names::dns_label(request)) {
            out.invalid(place, &path.field("request"), format!("`{request}` {cause}"));
        }
        if !known.contains(name) {
            let error = place.error("unknown-claim", format!("the pod has no claim `{name}` in `resourceClaims`"));
            out.push(
                error.help_if(did_you_mean(name, known.iter().copied().take(100)).map(|near| format!("did you mean `{near}`?"))),
                path.to_string(),
            );
        }
    }
}

/// Checks that the pod's requests cover the sum of its containers' requests, and its limits each of their limits.
fn containers_fit(spec: &Node, resources: &Node, path: &Path<'_>, out: &mut Findings) {
    let millis = |node: Option<&Node>| node.and_then(Quantity::of).map(Quantity::millis);
    let requests = path.field("requests");
    for entry in entries(resources, "requests") {
        let name = entry.key.text.as_str();
        let of = |container: &Node| millis(container.at_path(&["resources", "requests", name])).unwrap_or(0);
        let sum: i128 = items(spec, "containers").map(|(_, container)| of(container)).sum();
        if millis(Some(&entry.value)).is_some_and(|request| request < sum) {
            out.invalid(
                &entry.value,
                &requests.key(name),
                format!("the request of `{name}` must be at least the sum of the requests of all containers"),
            );
        }
    }
    let list = path.field("containers");
    for (at, container) in items(spec, "containers") {
        let path = list.index(at);
        for entry in container.get("resources").into_iter().flat_map(|resources| entries(resources, "limits")) {
            let name = entry.key.text.as_str();
            let most = millis(resources.at_path(&["limits", name]));
            if most.zip(millis(Some(&entry.value))).is_some_and(|(most, limit)| limit > most) {
                let path = path.key(name);
                out.invalid(
                    &entry.value,
                    &path.field("limits"),
                    format!("the limit of `{name}` must be less than or equal to that of the pod"),
                );
            }
        }
    }
}

fn is_huge_page(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// Whether a resource is native to Kubernetes; others are counted in whole units and can't be overcommitted.
fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}
