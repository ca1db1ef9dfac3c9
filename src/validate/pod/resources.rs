//! Requests and limits: names, quantities, and requests that are no more than limits; of containers and of whole pods.

use rustc_hash::FxHashSet;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::schema::quantity::Quantity;
use crate::validate::look::{Unique, entries, items, set, text};
use crate::validate::{Findings, Path, names};
use crate::yaml::{Entry, Node};

/// Who needs the resources, and what they may be called without a domain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needer {
    Container,
    Pod,
}

impl Needer {
    fn knows(self) -> &'static [&'static str] {
        match self {
            Needer::Container => &["cpu", "memory", "ephemeral-storage"],
            Needer::Pod => &["cpu", "memory"],
        }
    }

    fn may_have(self, name: &str) -> bool {
        let with_domain = name.contains('/') && (is_native(name) || !name.starts_with("requests."));
        self.knows().contains(&name) || is_huge_page(name) || (self == Needer::Container && with_domain)
    }
}

/// Checks `resources` of a container. `claims` are the pod's `resourceClaims`.
pub fn check(container: &Node, claims: &FxHashSet<&str>, path: &Path<'_>, out: &mut Findings) {
    let Some(resources) = set(container, "resources") else { return };
    let path = path.field("resources");
    requirements(resources, Needer::Container, &path, out);
    if out.since(34) {
        self::claims(resources, claims, &path, out);
    }
}

/// Checks `overhead` and `resources` of a pod spec.
pub fn pod(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    if set(spec, "overhead").is_some() {
        let path = path.field("overhead");
        let limits = path.field("limits");
        entries(spec, "overhead").for_each(|entry| amount(entry, Needer::Container, &limits, out));
    }
    let Some(resources) = set(spec, "resources").filter(|_| out.since(34)) else { return };
    let path = path.field("resources");
    if let Some(claims) = set(resources, "claims") {
        out.forbidden(claims, &path.field("claims"), "claims belong to containers");
    }
    requirements(resources, Needer::Pod, &path, out);
    containers_fit(spec, resources, &path, out);
}

fn requirements(resources: &Node, needer: Needer, path: &Path<'_>, out: &mut Findings) {
    let (limits, requests) = (path.field("limits"), path.field("requests"));
    let (mut computes, mut huge) = (false, None);
    for (field, path) in [("limits", &limits), ("requests", &requests)] {
        for entry in entries(resources, field) {
            amount(entry, needer, path, out);
            let name = entry.key.text.as_str();
            computes |= matches!(name, "cpu" | "memory");
            huge = huge.or(is_huge_page(name).then_some(&entry.value));
        }
    }
    for entry in entries(resources, "requests") {
        request(entry, resources, &limits, &requests, out);
    }
    if let Some(place) = huge.filter(|_| !computes) {
        out.forbidden(place, path, "huge pages need `cpu` or `memory` beside them");
    }
}

/// A request and its limit.
fn request(entry: &Entry, resources: &Node, limits: &Path<'_>, requests: &Path<'_>, out: &mut Findings) {
    let name = entry.key.text.as_str();
    let value = |node: &Node| if node.is_null() { Some(0) } else { Quantity::of(node).map(Quantity::millis) };
    let Some(request) = value(&entry.value) else { return };
    let limit = resources.at_path(&["limits", name]);
    let overcommits = is_native(name) && !is_huge_page(name);
    match limit.map(value) {
        Some(Some(limit)) if !overcommits && request != limit => {
            out.invalid(&entry.value, requests, format!("the request of `{name}` must equal its limit"));
        }
        Some(Some(limit)) if request > limit => {
            out.invalid(&entry.value, requests, format!("the request of `{name}` is more than its limit"));
        }
        None if !overcommits => {
            out.required(&entry.value, limits, format!("the limit of `{name}` must be set beside its request"));
        }
        _ => {}
    }
}

/// The name and the amount of a resource.
fn amount(entry: &Entry, needer: Needer, path: &Path<'_>, out: &mut Findings) {
    let name = entry.key.text.as_str();
    let path = path.key(name);
    let wrong = |message: String| Diagnostic::error("invalid-value", message).at(entry.key.span);
    if let Err(cause) = names::qualified_name(name) {
        out.push(wrong(format!("the resource `{name}`: {cause}")), path.to_string());
    } else if !needer.may_have(name) {
        let help = match did_you_mean(name, needer.knows().iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "other resources have the domain of who offers them in front, such as `nvidia.com/gpu`".to_owned(),
        };
        out.push(wrong(format!("there is no resource `{name}` here")).help(help), path.to_string());
    }
    let Some(value) = Quantity::of(&entry.value) else { return };
    if value.nanos() < 0 {
        out.invalid(&entry.value, &path, "the amount is negative");
    }
    if !is_native(name) && !value.is_whole() {
        out.invalid(&entry.value, &path, "the amount must be a whole number");
    }
    if let Some(size) = name.strip_prefix("hugepages-") {
        let size = Quantity::parse(size).map_or(0, Quantity::ones);
        if size <= 0 || value.ones() % size != 0 {
            out.invalid(&entry.value, &path, "the amount must be a whole number of pages");
        }
    }
}

/// `resources.claims` of a container: names of the pod's claims, each once.
fn claims(resources: &Node, known: &FxHashSet<&str>, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("claims");
    let mut whole = Unique::default();
    let mut parts: FxHashSet<(&str, &str)> = FxHashSet::default();
    for (at, claim) in items(resources, "claims") {
        let path = list.index(at);
        let Some((name, place)) = text(claim, "name") else {
            out.required(claim, &path, "`name` is missing");
            continue;
        };
        let request = text(claim, "request").map_or("", |(request, _)| request);
        let twice = if request.is_empty() { !whole.insert(name) } else { whole.has(name) };
        if twice || !parts.insert((name, request)) {
            out.duplicate(place, &path, format!("the claim `{name}` stands twice"));
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

/// The pod's requests cover those of its containers, its limits each of theirs.
fn containers_fit(spec: &Node, resources: &Node, path: &Path<'_>, out: &mut Findings) {
    let millis = |node: Option<&Node>| node.and_then(Quantity::of).map(Quantity::millis);
    let requests = path.field("requests");
    for entry in entries(resources, "requests") {
        let name = entry.key.text.as_str();
        let of = |container: &Node| millis(container.at_path(&["resources", "requests", name])).unwrap_or(0);
        let sum: i128 = items(spec, "containers").map(|(_, container)| of(container)).sum();
        if millis(Some(&entry.value)).is_some_and(|request| request < sum) {
            out.invalid(&entry.value, &requests.key(name), format!("the containers request more `{name}` than the pod"));
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
                out.invalid(&entry.value, &path.field("limits"), format!("the limit of `{name}` is more than the pod's"));
            }
        }
    }
}

fn is_huge_page(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// Whether Kubernetes itself knows what the resource is; others are counted in whole units and can't be overcommitted.
fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}
