//! The references of an object, according to the table.

use super::path::visit;
use super::pods::{is_custom, templates};
use super::table::{Group, Row, Table};
use crate::yaml::Node;

/// A reference of an object to another one, or a selector.
#[derive(Debug)]
pub struct Reference<'n> {
    /// The row of the table.
    pub row: &'static Row,
    /// The name; empty for a selector.
    pub name: &'n str,
    /// Where the name starts in the value.
    pub start: usize,
    /// The value that contains the name, or the selector.
    pub node: &'n Node,
    /// Its path.
    pub path: String,
    /// The kinds that it may refer to.
    pub kinds: Vec<Kind<'n>>,
    /// Where the target is.
    pub place: Place<'n>,
    /// The key of the target that is used.
    pub key: Option<&'n str>,
    /// Whether the target may be missing, according to the object itself.
    pub is_optional: bool,
    /// Whether the target is usually provided by the platform.
    pub is_platform: bool,
    /// Whether cert-manager creates the target because of an annotation.
    pub is_issued: bool,
    /// Whether it is a reference of a pod.
    pub in_pod: bool,
}

/// A kind that a reference may refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind<'n> {
    /// Its group; empty for those of Kubernetes, `None` if it is not known.
    pub group: Option<&'n str>,
    /// The kind.
    pub kind: &'n str,
}

impl Kind<'_> {
    /// Whether an object has this kind.
    pub fn matches(&self, group: &str, kind: &str) -> bool {
        let is_group = match self.group {
            None => true,
            Some("") => !is_custom(group),
            Some(wanted) => wanted == group || (!is_custom(wanted) && !is_custom(group)),
        };
        self.kind == kind && is_group
    }
}

/// Where the target of a reference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'n> {
    /// In the namespace of the object.
    Same,
    /// In this namespace.
    Named(&'n str),
    /// In no namespace.
    Global,
    /// In any namespace.
    Unknown,
}

impl Reference<'_> {
    /// Whether the object, or its controller, creates the target.
    pub fn is_created(&self) -> bool {
        self.row.relation == "creates" || self.is_issued
    }
}

/// All references of an object.
pub fn references<'n>(node: &'n Node, group: &str, kind: &str) -> Vec<Reference<'n>> {
    let table = Table::get();
    let mut found = own_references(node, group, kind);
    for template in templates(node, group, kind) {
        let finder = Finder { object: node, group: "", is_global: false, in_pod: true };
        for row in table.pods() {
            finder.row(row, template.spec, &template.path, &mut found);
        }
    }
    found
}

/// The references of an object, except those of its pods.
pub fn own_references<'n>(node: &'n Node, group: &str, kind: &str) -> Vec<Reference<'n>> {
    own_references_of(node, group, kind, |_| true)
}

/// The references of an object that selected rows describe, except those of its pods.
pub fn own_references_of<'n>(node: &'n Node, group: &str, kind: &str, is_selected: impl Fn(&Row) -> bool) -> Vec<Reference<'n>> {
    let mut found = Vec::new();
    let finder = Finder { object: node, group, is_global: is_global(kind), in_pod: false };
    for row in Table::get().rows(group, kind).filter(|row| is_selected(row)) {
        finder.row(row, node, "", &mut found);
    }
    found
}

/// Whether the objects of a kind are cluster-scoped, according to its name.
pub fn is_global(kind: &str) -> bool {
    let stem = kind.strip_prefix("Cluster").and_then(|rest| rest.chars().next());
    stem.is_some_and(char::is_uppercase) && !["ClusterResourceSet", "ClusterClass"].contains(&kind)
        || ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService"].contains(&kind)
}

/// Finds the references of one object.
struct Finder<'a, 'n> {
    object: &'n Node,
    group: &'a str,
    is_global: bool,
    in_pod: bool,
}

impl<'n> Finder<'_, 'n> {
    fn row(&self, row: &'static Row, root: &'n Node, above: &str, found: &mut Vec<Reference<'n>>) {
        if !row.unless.is_empty() && root.at_path(&row.unless).is_some() {
            return;
        }
        let Some((parent, last)) = row.split else {
            visit(root, row.path, &mut |value, path| self.value(row, None, value, &join(above, path), found));
            return;
        };
        visit(root, parent, &mut |parent, path| {
            if let Some(value) = parent.get(last) {
                self.value(row, Some(parent), value, &join(&join(above, path), last), found);
            }
        });
    }

    fn value(&self, row: &'static Row, parent: Option<&'n Node>, value: &'n Node, path: &str, found: &mut Vec<Reference<'n>>) {
        if row.relation == "selects" {
            if value.as_mapping().is_some() {
                found.push(self.reference(row, parent, value, path, ("", 0), Place::Same));
            }
            return;
        }
        let Some(text) = value.as_str() else { return };
        let names: Vec<&str> = if row.has("list") { text.split(',').collect() } else { vec![text] };
        let mut start = 0;
        for part in names {
            let name = part.trim_start();
            let at = start + part.len() - name.len();
            start += part.len() + 1;
            let name = name.trim_end();
            if let Some((short, place)) = Some(name).filter(|name| is_name(name)).and_then(|name| self.place(row, parent, name)) {
                let at = if row.has("slash") { at + name.len() - short.len() } else { at };
                found.push(self.reference(row, parent, value, path, (short, at), place));
            }
        }
    }

    /// The name without its namespace, and the place of the target; `None` if it is outside the cluster.
    fn place(&self, row: &Row, parent: Option<&'n Node>, name: &'n str) -> Option<(&'n str, Place<'n>)> {
        let sibling = |field| parent.and_then(|parent| parent.get(field)).and_then(Node::as_str).filter(|text| !text.is_empty());
        let own = if self.is_global { Place::Unknown } else { Place::Same };
        if row.has("host") {
            return host(name);
        }
        if let Some((namespace, name)) = name.split_once('/') {
            return row.has("slash").then_some((name, Place::Named(namespace)));
        }
        let name = if row.has("tag") { name.split(':').next().unwrap_or(name) } else { name };
        let namespace = row.has("ns").then(|| sibling(row.value("ns").unwrap_or("namespace"))).flatten();
        let place = match namespace {
            _ if row.has("global") => Place::Global,
            _ if row.has("elsewhere") => Place::Unknown,
            Some(namespace) => Place::Named(namespace),
            None => own,
        };
        Some((name, place))
    }

    fn reference(
        &self,
        row: &'static Row,
        parent: Option<&'n Node>,
        node: &'n Node,
        path: &str,
        (name, start): (&'n str, usize),
        mut place: Place<'n>,
    ) -> Reference<'n> {
        let sibling = |field: &str| parent.and_then(|parent| parent.get(field)).and_then(Node::as_str);
        let own = self.own_group();
        let mut kinds: Vec<Kind<'n>> =
            row.targets.iter().map(|target| Kind { group: group(target.group, own), kind: target.kind }).collect();
        let mut is_platform = row.has("platform");
        if let Some(kind) = sibling("kind").filter(|kind| row.is_open && !kind.is_empty()) {
            // An image stream is named by a tag of it.
            let kind = if kind == "ImageStreamTag" { "ImageStream" } else { kind };
            let known = kinds.iter().copied().find(|known| known.kind == kind);
            let version = || sibling("apiVersion").map(|version| version.split_once('/').map_or("", |(group, _)| group));
            let given = sibling("group").or_else(|| sibling("apiGroup")).or_else(version);
            is_platform |= (known.is_none() && !row.has("any") && !row.targets.is_empty()) || is_global(kind);
            kinds = vec![Kind { group: given.or(known.and_then(|known| known.group)), kind }];
            if is_global(kind) && !row.has("ns") {
                place = Place::Global;
            }
        }
        let is_optional =
            parent.and_then(|parent| parent.get("optional")).and_then(Node::as_text).is_some_and(|text| text == "true");
        let key = row.value("key").and_then(sibling);
        Reference {
            row,
            name,
            start,
            node,
            path: path.to_owned(),
            kinds,
            place,
            key,
            is_optional: is_optional || row.has("weak"),
            is_platform,
            is_issued: row.has("issued") && has_issuer(self.object),
            in_pod: self.in_pod,
        }
    }

    fn own_group(&self) -> Option<&'n str> {
        if self.group.is_empty() || self.in_pod {
            return None;
        }
        self.object.get("apiVersion").and_then(Node::as_str)?.split_once('/').map(|(group, _)| group)
    }
}

/// Whether annotations make cert-manager issue certificates for the Secrets that an object names.
fn has_issuer(object: &Node) -> bool {
    let annotations = object.at_path(&["metadata", "annotations"]).and_then(Node::as_mapping).into_iter().flatten();
    let prefixes = ["cert-manager.io/", "kubernetes.io/tls-acme", "certmanager.k8s.io/", "cert.gardener.cloud/"];
    annotations.into_iter().any(|entry| prefixes.iter().any(|prefix| entry.key.text.starts_with(prefix)))
}

fn group(group: Group, own: Option<&str>) -> Option<&str> {
    match group {
        Group::Core => Some(""),
        Group::Named(name) => Some(name),
        Group::Own => own,
    }
}

/// Whether a text can be a name: it contains no placeholder, pattern, or name of another system.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._:/".contains(c))
}

/// The Service that a DNS name refers to.
fn host(name: &str) -> Option<(&str, Place<'_>)> {
    let short = name.strip_suffix(".svc.cluster.local").or_else(|| name.strip_suffix(".svc"));
    match (short.unwrap_or(name).split_once('.'), short) {
        (None, _) => Some((name, Place::Same)),
        (Some((service, namespace)), Some(_)) if !namespace.contains('.') => Some((service, Place::Named(namespace))),
        _ => None,
    }
}

fn join(above: &str, path: &str) -> String {
    match (above, path) {
        ("", path) => path.to_owned(),
        (above, "") => above.to_owned(),
        _ => format!("{above}.{path}"),
    }
}
