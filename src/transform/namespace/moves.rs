//! Findings about a move to another namespace: objects that were written for several namespaces end up in one, and a Namespace
//! is renamed although none of the moved objects was in it.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::finding::Finding;
use crate::resource::{ResMap, Resource};
use crate::source::Span;
use crate::stage::Context;

/// Where objects move.
pub struct Target<'t> {
    /// The namespace.
    pub name: &'t str,
    /// Where it is set.
    pub span: Span,
    /// Whether an object moves there.
    pub takes: &'t dyn Fn(&Resource) -> bool,
}

/// Checks the objects before they are moved.
pub fn remark(target: &Target<'_>, resources: &ResMap, context: &mut Context<'_>) {
    let left = left_by_objects(target, resources);
    let home = left.iter().rev().max_by_key(|group| group.count).map(|group| group.name.clone());
    for group in left.iter().filter(|group| Some(&group.name) != home.as_ref()) {
        context.find(joined(target, group, home.as_deref().unwrap_or_default()));
    }
    for resource in resources.iter().filter(|resource| is_renamed(target, resource)) {
        if !left.is_empty() && left.iter().all(|group| group.name != resource.id().name) {
            context.find(renamed(target, resource));
        }
    }
}

/// The objects that leave one namespace.
struct Group<'r> {
    name: EcoString,
    first: &'r Resource,
    count: usize,
}

fn left_by_objects<'r>(target: &Target<'_>, resources: &'r ResMap) -> Vec<Group<'r>> {
    let mut groups: Vec<Group<'r>> = Vec::new();
    let mut known: FxHashMap<EcoString, usize> = FxHashMap::default();
    for resource in resources.iter().filter(|resource| (target.takes)(resource)) {
        let name = &resource.id().namespace;
        if name.is_empty() || *name == target.name {
            continue;
        }
        let at = *known.entry(name.clone()).or_insert_with(|| {
            groups.push(Group { name: name.clone(), first: resource, count: 0 });
            groups.len() - 1
        });
        groups[at].count += 1;
    }
    groups
}

fn is_renamed(target: &Target<'_>, resource: &Resource) -> bool {
    let id = resource.id();
    id.gvk.kind == "Namespace" && id.gvk.api_version() == "v1" && id.name != target.name && !resource.from_helm
}

fn joined(target: &Target<'_>, group: &Group<'_>, home: &str) -> Finding {
    let Group { name, first, count } = group;
    let objects = if *count == 1 { format!("{}/{}", first.kind(), first.id().name) } else { format!("{count} objects") };
    let message = format!("{objects} of the namespace `{name}` and those of `{home}` are both moved to `{}`", target.name);
    let written = first.node().at_path(&["metadata", "namespace"]).map_or(first.name_span(), |node| node.span());
    let finding = Diagnostic::warning("namespaces-joined", message)
        .at(written)
        .label(target.span, "moved here")
        .help("set `namespace` in a separate kustomization for each, or use a NamespaceTransformer with `unsetOnly: true`");
    Finding::about(first.id(), "metadata.namespace", finding)
}

fn renamed(target: &Target<'_>, resource: &Resource) -> Finding {
    let id = resource.id();
    let message = format!("the Namespace `{}` is renamed to `{}`, but none of the moved objects was in it", id.name, target.name);
    let finding = Diagnostic::warning("namespace-renamed", message).at(resource.name_span()).label(target.span, "renamed here");
    Finding::about(id, "metadata.name", finding.help("list it in a kustomization that does not set `namespace`"))
}
