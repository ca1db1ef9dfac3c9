//! Updates references to objects that were renamed: a Deployment's ConfigMap, an HPA's target, a binding's role.
//!
//! A field of the table that contains a former name gets the current one if it refers to exactly one object. The object is
//! chosen by kind, by namespace, and finally by the prefixes and suffixes that both objects received. Behavior: kustomize's
//! `nameReferenceTransformer` and `nameref.Filter`, with an index by former name instead of its scans.

use std::hash::BuildHasher;

use ecow::EcoString;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::mentions::{Row, Rows};
use crate::diagnostic::{Diagnostic, Result};
use crate::fields::field_specs::{FieldSpec, FieldSpecs};
use crate::fields::visit::{self, Create};
use crate::kustomization::config_words;
use crate::kustomize_words::quote;
use crate::resource::{CLUSTER, Gvk, ResMap, Resource, effective};
use crate::yaml::provenance::{Edit, NAME_REFERENCE, Provenance};
use crate::yaml::{Key, Node, Scalar, Value};

/// The name of the step.
pub const STEP: &str = NAME_REFERENCE;

/// Candidates that are cheaper to compare than to look up.
const FEW: usize = 8;

/// In place of a kind in the index of candidates: no kind has this name.
const PREFIX: &str = "/prefix";
/// In place of a kind in the index of candidates: no kind has this name.
const SUFFIX: &str = "/suffix";

/// Rewrites all references.
///
/// # Errors
/// A reference may refer to several objects, or a field contains something other than a name.
pub fn run(resources: &mut ResMap, specs: &FieldSpecs, provenance: &mut Provenance) -> Result<()> {
    check(resources)?;
    let candidates = Candidates::new(resources);
    let table = table(specs, candidates.by_former_name.is_empty());
    if table.is_empty() {
        return Ok(());
    }
    let step = provenance.step("", STEP);
    let mut of_kinds: FxHashMap<Gvk, Rows<'_>> = FxHashMap::default();
    for at in resources.positions() {
        let Some(referrer) = resources.get(at) else { continue };
        let rows = of_kinds.entry(referrer.original_id().gvk).or_insert_with_key(|gvk| Rows::of(gvk, &table));
        let mentioned = rows.mentioned(referrer.node(), &|name| candidates.by_former_name.contains_key(name));
        let mut node: Option<Node> = None;
        for (&(spec, target), mentioned) in rows.list.iter().zip(mentioned) {
            // What an earlier row has changed can contain another name.
            if !node.as_ref().map_or(mentioned, |node| candidates.mentioned(node, &spec.parts)) {
                continue;
            }
            let reference = Reference { referrer, target, path: &spec.path, candidates: &candidates, resources };
            let node = node.get_or_insert_with(|| referrer.node().clone());
            let mut edit = Edit::new(provenance, step, node.span());
            let any = FieldSpec { gvk: Gvk::default(), ..(*spec).clone() };
            let done = visit::visit(node, &any, Create::Nothing, &mut edit, &mut |field, edit| reference.update(field, edit));
            done.map_err(|mut error| {
                let id = referrer.id().words();
                error.words.surround(format!("updating name reference in '{}' field of '{id}': ", spec.path), "");
                error
            })?;
        }
        if let Some(node) = node {
            resources.edit_body(at, |resource| resource.edit_body(|old| *old = node));
        }
    }
    Ok(())
}

/// Rejects what kustomize's internal state can't represent: a subject with a blank `namespace`, and a renamed object with
/// a comma in its kind or name.
fn check(resources: &ResMap) -> Result<()> {
    let mut errors = Vec::new();
    for resource in resources.iter() {
        let subjects = resource.node().get("subjects").and_then(Node::as_sequence).unwrap_or_default();
        let blank = |subject: &&Node| {
            subject.get("kind").and_then(Node::as_str) == Some("ServiceAccount")
                && subject.get("namespace").is_some_and(|namespace| namespace.as_str().is_none())
        };
        if let Some(subject) = subjects.iter().find(blank).filter(|_| resource.kind() == "RoleBinding") {
            let error =
                subject.error("blank-namespace", format!("the namespace of a subject of {} is not a valid name", resource.id()));
            let words = format!("Invalid Input: namespace is blank for resource {}\n", quote(&resource.id().words()));
            errors.push(error.words(words).help("set the namespace of the ServiceAccount, or remove the field"));
        }
        let commas = |text: &str| text.contains(',');
        if resource.former().iter().any(|former| commas(&former.name) || commas(&former.kind)) {
            let error =
                resource.error("comma-in-name", format!("{} was renamed, but its kind or name contains a comma", resource.id()));
            errors.push(error.help("names of Kubernetes objects can't contain commas; is the file encrypted?"));
        }
    }
    crate::diagnostic::Diagnostics::check(errors)
}

/// The rows of the table by the kind of the referrer, in the order of the table; if nothing was renamed, only those that have
/// an effect of their own: a path that may be refused, or that makes a list of a null. No row of kustomize has.
fn table(specs: &FieldSpecs, nothing_renamed: bool) -> FxHashMap<&str, Vec<Row<'_>>> {
    let mut table: FxHashMap<&str, Vec<Row<'_>>> = FxHashMap::default();
    if nothing_renamed && specs.name_reference.is_known() {
        return table;
    }
    for reference in specs.name_reference.iter() {
        let acts = |part: &EcoString| visit::is_refused(part) || part.ends_with("[]");
        for spec in reference.referrers.iter().filter(|spec| !nothing_renamed || spec.parts.iter().any(acts)) {
            table.entry(spec.gvk.kind.as_str()).or_default().push((spec, &reference.target));
        }
    }
    table
}

/// Objects by their former names.
#[derive(Default)]
struct Candidates {
    by_former_name: FxHashMap<EcoString, Vec<usize>>,
    /// Those whose former name more than a few have: by the name, a former kind, and a namespace that the object has or had; or by
    /// the name, and the last prefix or suffix; by the hash of these.
    by_parts: FxHashMap<u64, Vec<usize>>,
    /// One object for each combination of a first namespace and current ones.
    by_first_namespace: FxHashMap<EcoString, Vec<usize>>,
}

impl Candidates {
    fn new(resources: &ResMap) -> Self {
        let mut all = Candidates::default();
        let mut moves = FxHashSet::default();
        let objects = resources.positions().filter_map(|at| Some((at, resources.get(at)?)));
        for (at, resource) in objects {
            if let Some(first) = first_namespace(resource)
                && moves.insert((first.clone(), resource.effective_namespace(), resource.id().namespace.clone()))
            {
                all.by_first_namespace.entry(first).or_default().push(at);
            }
            for former in resource.former() {
                let positions = all.by_former_name.entry(former.name.clone()).or_insert_with(|| Vec::with_capacity(1));
                push(positions, at);
            }
        }
        for (name, positions) in all.by_former_name.iter().filter(|(_, positions)| positions.len() > FEW) {
            for (at, resource) in positions.iter().filter_map(|&at| Some((at, resources.get(at)?))) {
                parts(name, resource).for_each(|part| push(all.by_parts.entry(part).or_default(), at));
            }
        }
        all
    }

    /// The positions of objects that had this name and kind, and have or had one of these namespaces, and of others, in order.
    fn within<'n>(&self, name: &str, kind: &str, namespaces: impl Iterator<Item = &'n str>) -> Vec<usize> {
        let found = namespaces.filter_map(|namespace| self.by_parts.get(&key(name, kind, namespace)));
        let mut positions: Vec<usize> = found.flatten().copied().collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// Whether a field that the path leads to contains a former name, or is not a scalar, or the path is refused.
    fn mentioned(&self, node: &Node, parts: &[EcoString]) -> bool {
        match (node.value(), parts.split_first()) {
            (Value::Sequence(items), _) => items.iter().any(|item| self.mentioned(item, parts)),
            (Value::Mapping(_), Some((part, rest))) => {
                let null_list = |field: &Node| field.is_null() && part.ends_with("[]");
                visit::is_refused(part)
                    || visit::next(node, part).is_some_and(|field| null_list(field) || self.mentioned(field, rest))
            }
            (Value::Mapping(_), None) => true,
            (Value::Scalar(scalar), None) => self.by_former_name.contains_key(&scalar.text),
            (Value::Scalar(_), Some(_)) => !node.is_null(),
        }
    }
}

/// Adds a position, unless it was added last.
fn push(positions: &mut Vec<usize>, at: usize) {
    if positions.last() != Some(&at) {
        positions.push(at);
    }
}

/// What an object with a former name is found by.
fn parts(name: &str, resource: &Resource) -> impl Iterator<Item = u64> {
    let mut namespaces = vec![resource.effective_namespace(), resource.id().namespace.clone()];
    namespaces.extend(first_namespace(resource));
    let sides = [(PREFIX, &resource.prefixes), (SUFFIX, &resource.suffixes)];
    let sides = sides.map(|(side, affixes)| key(name, side, affixes.last().map_or("", EcoString::as_str)));
    let kinds = resource.former().iter().map(|former| &former.kind);
    let kinds = kinds.flat_map(move |kind| namespaces.clone().into_iter().map(move |namespace| key(name, kind, &namespace)));
    sides.into_iter().chain(kinds)
}

fn key(name: &str, kind: &str, namespace: &str) -> u64 {
    FxBuildHasher.hash_one((name, kind, namespace))
}

/// One field of one object that may refer to another one.
struct Reference<'a> {
    referrer: &'a Resource,
    target: &'a Gvk,
    path: &'a str,
    candidates: &'a Candidates,
    resources: &'a ResMap,
}

impl<'a> Reference<'a> {
    fn update(&self, field: &mut Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        match field.value() {
            _ if field.is_null() => Ok(()),
            Value::Scalar(_) => self.update_scalar(field, edit),
            Value::Mapping(_) => self.update_mapping(field, edit),
            Value::Sequence(_) => field.items_mut().unwrap_or_default().iter_mut().try_for_each(|item| match item.value() {
                _ if item.is_null() => Ok(()),
                Value::Scalar(_) => self.update_scalar(item, edit),
                Value::Mapping(_) => self.update_mapping(item, edit),
                Value::Sequence(_) => Err(item.error("wrong-type", "expected a name, found a list")),
            }),
        }
    }

    fn update_scalar(&self, field: &mut Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        let Some(old) = field.as_scalar() else { return Ok(()) };
        let Some(meant) = self.select(field, &old.text, None)? else { return Ok(()) };
        if meant.id().name != old.text {
            let scalar = Scalar::rewritten(old, meant.id().name.clone());
            let asked = field.span();
            field.set_copy(Value::Scalar(scalar), meant.name_span(), &mut edit.at(asked));
        }
        Ok(())
    }

    fn update_mapping(&self, field: &mut Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        let Some(name) = field.get("name") else {
            let message = format!("the mapping at `{}` of {} has no `name`", self.path, self.referrer.id());
            let error = field.error("name-reference", message).words("path config error; no 'name' field in node");
            return Err(error.help("a reference must be a name, or a mapping with a `name`"));
        };
        let old = name.as_scalar().map(|scalar| scalar.text.clone()).unwrap_or_default();
        let namespace = field.get("namespace").map(|node| node.as_scalar().map(|scalar| scalar.text.clone()).unwrap_or_default());
        let Some(meant) = self.select(name, &old, Some(namespace))? else { return Ok(()) };
        let id = meant.id();
        if id.name == old && id.namespace.is_empty() {
            return Ok(());
        }
        let asked = name.span();
        let edit = &mut edit.at(asked);
        if let Some(name) = field.get_mut("name").filter(|_| id.name != old) {
            name.set_copy(Value::Scalar(Scalar::untagged(id.name.clone())), meant.name_span(), edit);
        }
        let unchanged = field.get("namespace").and_then(Node::as_str) == Some(&id.namespace);
        if id.namespace.is_empty() || unchanged {
            return Ok(());
        }
        let namespace = Value::Scalar(Scalar::untagged(id.namespace.clone()));
        let from = meant.node().at_path(&["metadata", "namespace"]).map_or(meant.name_span(), Node::span);
        match field.get_mut("namespace") {
            Some(old) => {
                let asked = old.span();
                old.set_copy(namespace, from, &mut edit.at(asked));
            }
            None => {
                let new = Node::copy(namespace, from, edit);
                field.as_mapping_mut().into_iter().for_each(|mapping| mapping.push(Key::new("namespace", asked), new.clone()));
            }
        }
        Ok(())
    }

    /// The one object that the name refers to. `within` is set for a mapping: the namespace that it specifies, if any.
    fn select(&self, field: &Node, name: &str, within: Option<Option<EcoString>>) -> Result<Option<&'a Resource>, Diagnostic> {
        let Some(all) = self.candidates.by_former_name.get(name) else { return Ok(None) };
        let role = self.role_ref();
        let few = (all.len() > FEW).then(|| self.few(name, within.as_ref().and_then(Option::as_ref))).flatten();
        let positions = few.as_ref().unwrap_or(all);
        let was = |resource: &Resource, gvk: &Gvk| resource.former_ids().any(|id| id.gvk.is_selected_by(gvk));
        let namespace = within.as_ref().and_then(Option::as_ref);
        let at_first = namespace.is_some_and(|namespace| {
            let mut first = self.candidates.by_first_namespace.get(namespace).into_iter().flatten();
            first.any(|&at| self.resources.get(at).is_some_and(|resource| self.sees(resource)))
        });
        let can_be_meant = |resource: &&Resource| {
            self.sees(resource)
                && namespace.is_none_or(|namespace| in_namespace(resource, namespace, at_first))
                && was(resource, self.target)
                && role.as_ref().is_none_or(|role| was(resource, role))
                && self.shares_namespace(resource)
        };
        let meant = |positions: &[usize], most: usize| -> Vec<&'a Resource> {
            positions.iter().filter_map(|&at| self.resources.get(at)).filter(can_be_meant).take(most).collect()
        };
        let near = if positions.len() > FEW { self.with_affixes(name) } else { None };
        let mut found = meant(positions, if near.is_some() { 2 } else { usize::MAX });
        let several = found.len() > 1;
        if let Some(near) = near.filter(|_| several) {
            found = meant(&near, usize::MAX);
        }
        if several {
            found.retain(|resource| resource.same_affixes(self.referrer, true));
        }
        if found.len() > 1 {
            found.retain(|resource| resource.same_affixes(self.referrer, false));
        }
        let Some(first) = found.first() else { return Ok(None) };
        let same = |other: &&Resource| {
            other.id().name == first.id().name && (within.is_none() || other.id().namespace == first.id().namespace)
        };
        if found.iter().all(same) {
            return Ok(Some(first));
        }
        let mut error = field.error("ambiguous-reference", format!("`{name}` may refer to {} objects", found.len()));
        for resource in &found {
            error = error.label(resource.name_span(), format!("{} ({})", resource.id(), resource.gvk().api_version()));
        }
        let error = error.words(self.too_many(&found));
        Err(error.help("give the objects different names, or different prefixes in separate kustomizations"))
    }

    /// Several objects that can be meant, in kustomize's words. Behavior: `failureDetails` of its name reference filter.
    fn too_many(&self, found: &[&Resource]) -> String {
        let ids: Vec<String> = found.iter().map(|resource| resource.id().words()).collect();
        let printed = |resource: &Resource| config_words::printed(&resource.with_records(), false);
        let mut words = format!("found multiple possible referrals: {}\n", ids.join(", "));
        let referrer = printed(self.referrer);
        words.push_str(&format!("\n**** Too many possible referral targets to referrer:\n{referrer}\n"));
        for (index, resource) in found.iter().enumerate() {
            words.push_str(&format!("--- possible referral {index}:\n{}\n", printed(resource)));
        }
        words
    }

    /// The objects with a former name that can be meant, if they are easily told from the others.
    fn few(&self, name: &str, within: Option<&EcoString>) -> Option<Vec<usize>> {
        let kind = self.target.kind.as_str();
        if kind.is_empty() {
            return None;
        }
        if let Some(namespace) = within {
            return Some(self.candidates.within(name, kind, [namespace.as_str()].into_iter()));
        }
        if self.referrer.is_cluster_scoped() {
            return None;
        }
        let own = self.referrer.effective_namespace();
        let subjects = (self.referrer.kind() == "RoleBinding").then(|| self.subject_namespaces());
        let namespaces = [own.as_str(), CLUSTER].into_iter().chain(subjects.into_iter().flatten());
        Some(self.candidates.within(name, kind, namespaces))
    }

    /// The objects with a former name whose last prefix, or else suffix, does not rule them out.
    fn with_affixes(&self, name: &str) -> Option<Vec<usize>> {
        let prefix = self.referrer.prefixes.last().map(|prefix| (PREFIX, prefix));
        let (side, affix) = prefix.or_else(|| self.referrer.suffixes.last().map(|suffix| (SUFFIX, suffix)))?;
        Some(self.candidates.within(name, side, [affix.as_str(), ""].into_iter()))
    }

    /// Whether the referrer may refer to an object at all.
    fn sees(&self, resource: &Resource) -> bool {
        let namespace = resource.id().namespace.as_str();
        self.referrer.is_cluster_scoped()
            || resource.is_cluster_scoped()
            || self.referrer.same_namespace(resource)
            || (self.referrer.kind() == "RoleBinding" && self.subject_namespaces().any(|subject| subject == namespace))
    }

    fn subject_namespaces(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let subjects = self.referrer.node().get("subjects").and_then(Node::as_sequence).unwrap_or_default();
        let accounts = subjects.iter().filter(|subject| subject.get("kind").and_then(Node::as_str) == Some("ServiceAccount"));
        accounts.filter_map(|subject| subject.get("namespace").and_then(Node::as_str))
    }

    fn shares_namespace(&self, resource: &Resource) -> bool {
        self.referrer.is_cluster_scoped()
            || resource.is_cluster_scoped()
            || resource.kind() == "ServiceAccount"
            || self.referrer.same_namespace(resource)
    }

    /// The group and kind that a `roleRef` names.
    fn role_ref(&self) -> Option<Gvk> {
        if !self.path.ends_with("roleRef/name") {
            return None;
        }
        let text =
            |key| self.referrer.node().at_path(&["roleRef", key]).and_then(Node::as_scalar).map(|scalar| scalar.text.clone());
        Some(Gvk { group: text("apiGroup")?, kind: text("kind")?, version: EcoString::new() })
    }
}

/// The namespace that a namespaced object had when it was read or generated.
fn first_namespace(resource: &Resource) -> Option<EcoString> {
    let former = resource.former().first().map(|former| former.namespace.clone());
    (!resource.is_cluster_scoped()).then(|| former.unwrap_or_else(|| effective(&resource.id().namespace)))
}

/// Whether an object was in a namespace originally (`at_first`), or is in it now.
fn in_namespace(resource: &Resource, namespace: &EcoString, at_first: bool) -> bool {
    if at_first {
        return first_namespace(resource).as_ref() == Some(namespace);
    }
    !resource.is_cluster_scoped() && resource.namespace() == *namespace
}
