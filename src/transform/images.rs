//! `images`: new names, tags, and digests for container images.
//!
//! Applies first to every `containers` and `initContainers` list anywhere in an object, then to the field specs: a
//! `tagSuffix` is added twice where both apply. The name is a regular expression that must match at the start of the image.
//! CustomResourceDefinitions are not changed. Behavior: kustomize's `ImageTagTransformer`.

use std::cell::RefCell;
use std::sync::Arc;

use ecow::EcoString;
use serde::Deserialize;

use super::image_names::{Name, Seen};
use super::{Configured, Form, TransformerKind};
use crate::diagnostic::{Diagnostic, Result, did_you_mean};
use crate::fields::field_specs::{ByKind, FieldSpec, FieldSpecConfig, from_config};
use crate::fields::visit::{self, Create};
use crate::finding::Finding;
use crate::resource::{ResMap, Resource};
use crate::source::Span;
use crate::stage::{Context, Transformer};
use crate::yaml::provenance::Edit;
use crate::yaml::{Expected, Located, Node, Scalar, Unknown, Value, decode_object, wrong_kind};

/// The table row of this transformer.
pub const KIND: TransformerKind =
    TransformerKind { fields: &["images", "imageTags"], kind: "ImageTagTransformer", decode: configure };

struct Image {
    name: Name,
    entry: Entry,
    span: Span,
    specs: Arc<[FieldSpec]>,
    /// Shared by all entries of a list.
    seen: Arc<Seen>,
    /// The images of the current object that this entry changes.
    changed: RefCell<Vec<Node>>,
}

impl Entry {
    /// The location of the part that determines most of the new image.
    fn main_span(&self) -> Option<Span> {
        let parts = [&self.new_tag, &self.digest, &self.tag_suffix, &self.new_name];
        parts.into_iter().find(|part| !part.is_empty()).and_then(|part| part.span)
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry {
    name: Located<String>,
    new_name: Located<String>,
    tag_suffix: Located<String>,
    new_tag: Located<String>,
    digest: Located<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    image_tag: Located<Entry>,
    field_specs: Vec<FieldSpecConfig>,
}

fn configure(form: Form<'_>, context: &mut Context<'_>) -> Result<Vec<Configured>> {
    let (entries, specs) = match form {
        Form::Fields(kustomization) => {
            let mut entries: Vec<Located<Entry>> = kustomization.valid("images");
            entries.extend(kustomization.valid::<Vec<Located<Entry>>>("imageTags"));
            (entries, context.field_specs.images.clone())
        }
        Form::Object(object) => {
            let config: Config = decode_object(object, Unknown::Ignore)?;
            (vec![config.image_tag], from_config(config.field_specs))
        }
    };
    let specs: Arc<[FieldSpec]> = specs.iter().cloned().collect();
    let seen: Arc<Seen> = Arc::default();
    let configured = entries.into_iter().enumerate().filter_map(|(index, entry)| {
        let span = entry.main_span().or(entry.name.span).or(entry.span)?;
        Some(Name::new(&entry.name).map(|name| {
            let (specs, seen) = (Arc::clone(&specs), Arc::clone(&seen));
            let image = Image { name, entry: entry.value, span, specs, seen, changed: RefCell::default() };
            Configured::new(format!("images[{index}]"), image)
        }))
    });
    Ok(configured.collect::<Result<_, Diagnostic>>()?)
}

/// Name, tag, and digest of an image; a colon before the first slash belongs to the registry.
fn split(image: &str) -> (&str, &str, &str) {
    let path = image.find('/').filter(|&at| at > 0).unwrap_or(0);
    let (named, digest) = match image[path..].find('@') {
        Some(at) if image[path..].find(':').is_none_or(|colon| at < colon) => {
            return (&image[..path + at], "", &image[path + at + 1..]);
        }
        Some(at) => (&image[..path + at], &image[path + at + 1..]),
        None => (image, ""),
    };
    match named[path..].find(':') {
        Some(at) => (&named[..path + at], &named[path + at + 1..], digest),
        None => (named, "", digest),
    }
}

impl Transformer for Image {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        let mut found = false;
        let mut specs = ByKind::new(&self.specs);
        for at in self.seen.positions(&self.name).unwrap_or_else(|| resources.positions().collect()) {
            let Some(resource) = resources.get(at).filter(|resource| resource.kind() != "CustomResourceDefinition") else {
                continue;
            };
            let reaches = |spec: &&&FieldSpec| visit::reaches(resource.node(), &spec.parts);
            let reached: Vec<&FieldSpec> = specs.of(resource.gvk()).iter().filter(reaches).copied().collect();
            let in_lists = self.has_container(resource.node())?;
            let joined = self.joined(resource);
            found |= in_lists;
            if !in_lists && reached.is_empty() {
                self.seen.keep(at);
                continue;
            }
            let mut edit = context.edit(self.span);
            resources.edit_body(at, |resource| {
                resource.edit_body(|node| {
                    if in_lists {
                        self.walk(node, &mut edit)?;
                    }
                    for spec in reached {
                        visit::visit(node, spec, Create::Nothing, &mut edit, &mut |field, edit| {
                            found |= self.update(field, edit)?;
                            Ok(())
                        })?;
                    }
                    Ok::<_, Diagnostic>(())
                })
            })?;
            self.seen.keep(at);
            joined.into_iter().for_each(|finding| context.find(finding));
        }
        self.seen.complete();
        if !found {
            let may_suggest = context.records.reads.usage.may_suggest();
            context.find(self.unmatched(may_suggest.then_some(&*resources)));
        }
        Ok(())
    }
}

impl Image {
    /// Whether a list of containers has this image; this avoids copying the others.
    fn has_container(&self, node: &Node) -> Result<bool, Diagnostic> {
        let mut lists = Vec::new();
        container_lists(node, &mut lists);
        lists.into_iter().try_fold(false, |found, list| Ok(found | self.lists_image(list)?))
    }

    fn lists_image(&self, list: &Node) -> Result<bool, Diagnostic> {
        let mut found = false;
        for container in list.as_sequence().unwrap_or_default() {
            if container.as_mapping().is_none() && !container.is_null() {
                let message = format!("expected a mapping in a list of containers, found {}", container.type_name());
                return Err(container.error("wrong-type", message).words(wrong_kind(Expected::Mapping, container)));
            }
            if let Some(image) = container.get("image")
                && self.new_image(image)?.is_some()
            {
                found = true;
                self.changed.borrow_mut().push(image.clone());
            }
        }
        Ok(found)
    }

    fn walk(&self, node: &mut Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        if let Some(items) = node.items_mut() {
            return items.iter_mut().try_for_each(|item| self.walk(item, edit));
        }
        for entry in node.as_mapping_mut().into_iter().flat_map(|mapping| mapping.iter_mut()) {
            self.walk(&mut entry.value, edit)?;
            if is_container_list(&entry.key.text) {
                for container in entry.value.items_mut().unwrap_or_default() {
                    container.get_mut("image").map_or(Ok(false), |image| self.update(image, edit))?;
                }
            }
        }
        Ok(())
    }

    /// Writes the new image; returns whether the field contained this one.
    fn update(&self, field: &mut Node, edit: &mut Edit<'_>) -> Result<bool, Diagnostic> {
        let (Some(image), Some(old)) = (self.new_image(field)?, field.as_scalar()) else { return Ok(false) };
        let is_new = old.text != image.as_str();
        self.seen.change(&old.text, &image);
        let scalar = Scalar { shared: old.shared, ..Scalar::rewritten(old, image) };
        if is_new {
            field.set(Value::Scalar(scalar), edit);
        } else {
            field.respell(scalar);
        }
        Ok(true)
    }

    /// The finding about an object in which the same image has several tags that become one.
    fn joined(&self, resource: &Resource) -> Option<Finding> {
        let images = self.changed.take();
        let new = [&self.entry.new_tag, &self.entry.digest].into_iter().find(|part| !part.is_empty())?;
        let version = |image: &Node| {
            let text = image.as_text()?;
            let (name, tag, digest) = split(text);
            let version = if tag.is_empty() { digest } else { tag };
            (!version.is_empty()).then(|| (EcoString::from(name), EcoString::from(version)))
        };
        let mut versions = images.iter().filter_map(|image| Some((version(image)?, image)));
        let (first, image) = versions.next()?;
        let (other, another) = versions.find(|((name, version), _)| *name == first.0 && *version != first.1)?;
        let (name, tag, other) = (&first.0, &first.1, &other.1);
        let message = format!("the image `{name}` has the tags `{tag}` and `{other}` here, and both become `{}`", new.value);
        let warning = Diagnostic::warning("tags-joined", message).at(new.span.unwrap_or(self.span));
        let warning = warning.label(image.span(), "one of them").label(another.span(), "another one");
        let help = "if the containers need different tags, patch one of them, or use names of their own for the images";
        Some(Finding::about(resource.id(), "", warning.help(help)))
    }

    /// The finding about an image that does not occur; the help comes from the objects.
    fn unmatched(&self, resources: Option<&ResMap>) -> Diagnostic {
        let message = format!("no container has the image `{}`, so this item has no effect", self.entry.name.value);
        let finding = Diagnostic::warning("unmatched-image", message).at(self.entry.name.span.unwrap_or(self.span));
        let Some(resources) = resources else { return finding };
        let known = self.seen.names(|| {
            let mut names = Vec::new();
            resources.iter().for_each(|resource| collect_images(resource.node(), &mut names));
            names.sort_unstable();
            names.dedup();
            names.into_iter().map(EcoString::from).collect()
        });
        let names: Vec<&str> = known.iter().map(EcoString::as_str).collect();
        let help = match nearest(&self.entry.name, &names).as_slice() {
            [] if names.is_empty() => "there are no objects with containers".into(),
            [] => format!("known images: {}", listed(&names)),
            [near] => format!("did you mean `{near}`?"),
            several => format!("did you mean one of {}?", listed(several)),
        };
        finding.help(help)
    }

    /// The image that replaces this one.
    fn new_image(&self, field: &Node) -> Result<Option<String>, Diagnostic> {
        let Some(old) = field.as_scalar() else {
            let error = field.error("wrong-type", format!("expected an image, found {}", field.type_name()));
            return Err(error.words(wrong_kind(Expected::Scalar, field)));
        };
        self.seen.add(&old.text);
        if !self.name.matches(&old.text) {
            return Ok(None);
        }
        let Entry { new_name, tag_suffix, new_tag, digest, .. } = &self.entry;
        let (name, tag, old_digest) = split(&old.text);
        let (tag, digest) = match (new_tag.is_empty(), digest.is_empty()) {
            (false, _) => (new_tag.value.clone(), digest.as_str()),
            (true, false) => (String::new(), digest.as_str()),
            (true, true) if !tag_suffix.is_empty() => (format!("{tag}{}", tag_suffix.value), ""),
            (true, true) => (tag.to_owned(), old_digest),
        };
        let mut image = if new_name.is_empty() { name.to_owned() } else { new_name.value.clone() };
        for (mark, part) in [(':', tag.as_str()), ('@', digest)] {
            if !part.is_empty() {
                image.push(mark);
                image.push_str(part);
            }
        }
        Ok(Some(image))
    }
}

/// The names of the images in all lists of containers.
fn collect_images<'n>(node: &'n Node, names: &mut Vec<&'n str>) {
    for entry in node.as_mapping().into_iter().flatten() {
        let containers = entry.value.as_sequence().filter(|_| is_container_list(&entry.key.text)).unwrap_or_default();
        names.extend(containers.iter().filter_map(|container| Some(split(container.get("image")?.as_str()?).0)));
        collect_images(&entry.value, names);
    }
    node.as_sequence().unwrap_or_default().iter().for_each(|item| collect_images(item, names));
}

/// The images of which one was probably meant: one with a similar name, or those with the same or a similar last part. Of these,
/// those count that have the most parts before it in common.
fn nearest<'n>(name: &str, names: &[&'n str]) -> Vec<&'n str> {
    // A tag or digest does not belong to the name.
    let name = split(name).0;
    if let Some(near) = names.iter().find(|known| **known == name).copied().or_else(|| did_you_mean(name, names.iter().copied()))
    {
        return vec![near];
    }
    let (above, own) = halves(name);
    let Some(last) = did_you_mean(own, names.iter().map(|known| halves(known).1)) else { return Vec::new() };
    let common = |known: &str| {
        let parts = halves(known).0.rsplit('/').zip(above.rsplit('/'));
        parts.take_while(|(one, other)| one == other).count()
    };
    let similar: Vec<&str> = names.iter().copied().filter(|known| halves(known).1 == last).collect();
    let most = similar.iter().map(|known| common(known)).max().unwrap_or_default();
    similar.into_iter().filter(|known| common(known) == most).collect()
}

/// What is before the last part of a name, and the last part.
fn halves(name: &str) -> (&str, &str) {
    name.rsplit_once('/').unwrap_or(("", name))
}

/// The first few names.
fn listed(names: &[&str]) -> String {
    const MANY: usize = 8;
    let first: Vec<String> = names.iter().take(MANY).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > MANY { format!(" and {} more", names.len() - MANY) } else { String::new() };
    first.join(", ") + &more
}

/// Adds the lists of containers in a node.
fn container_lists<'n>(node: &'n Node, lists: &mut Vec<&'n Node>) {
    match node.value() {
        Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter().for_each(|item| container_lists(item, lists)),
        Value::Mapping(mapping) => {
            for entry in mapping.iter().filter(|entry| entry.value.as_scalar().is_none()) {
                if is_container_list(&entry.key.text) {
                    lists.push(&entry.value);
                }
                container_lists(&entry.value, lists);
            }
        }
    }
}

fn is_container_list(key: &str) -> bool {
    matches!(key, "containers" | "initContainers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_split_after_the_registry() {
        assert_eq!(split("nginx"), ("nginx", "", ""));
        assert_eq!(split("localhost:5000/nginx:1.2"), ("localhost:5000/nginx", "1.2", ""));
        assert_eq!(split("r/nginx@sha256:ab"), ("r/nginx", "", "sha256:ab"));
        assert_eq!(split("r/nginx:1@sha256:ab"), ("r/nginx", "1", "sha256:ab"));
    }

    #[test]
    fn images_with_the_same_or_a_similar_last_part_are_suggested() {
        let known = ["example.com/one/agent", "example.com/two/agent", "ghcr.io/x/websocket-server", "nginx"];
        for name in
            ["x/websocket-server", "websocket-server", "websocket-servr", "x/websocket-sever:1", "quay.io/y/websocket-server"]
        {
            assert_eq!(nearest(name, &known), ["ghcr.io/x/websocket-server"], "{name}");
        }
        assert_eq!(nearest("docker.io/library/nginx", &known), ["nginx"]);
        assert_eq!(nearest("two/agent", &known), ["example.com/two/agent"]);
        assert_eq!(nearest("agent", &known), ["example.com/one/agent", "example.com/two/agent"]);
        assert_eq!(nearest("registry/database", &known), [""; 0]);
    }
}
