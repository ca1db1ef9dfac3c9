//! `images`: new names, tags, and digests for container images.
//!
//! Applies first to every `containers` and `initContainers` list anywhere in an object, then to the field specs: a
//! `tagSuffix` is added twice where both apply. The name is a regular expression that must match at the start of the image.
//! CustomResourceDefinitions are not changed. Behavior: kustomize's `ImageTagTransformer`.

use std::cell::RefCell;
use std::rc::Rc;

use ecow::EcoString;
use regex::Regex;
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::{Configured, Form, TransformerKind};
use crate::diagnostic::{Diagnostic, Result, did_you_mean};
use crate::fields::field_specs::{FieldSpec, FieldSpecConfig, from_config};
use crate::fields::visit::{self, Create};
use crate::go_regexp::compile;
use crate::limits::PATTERN_BYTES;
use crate::resource::ResMap;
use crate::source::Span;
use crate::stage::{Context, Transformer};
use crate::yaml::provenance::Edit;
use crate::yaml::{Located, Node, Scalar, Unknown, Value, decode_object};

/// The table row of this transformer.
pub const KIND: TransformerKind =
    TransformerKind { fields: &["images", "imageTags"], kind: "ImageTagTransformer", decode: configure };

struct Image {
    name: Name,
    entry: Entry,
    span: Span,
    specs: Vec<FieldSpec>,
    /// Shared by all entries of a list.
    seen: Rc<Seen>,
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
            let mut entries: Vec<Located<Entry>> = kustomization.decode("images")?;
            entries.extend(kustomization.decode::<Vec<Located<Entry>>>("imageTags")?);
            (entries, context.field_specs.images.0.clone())
        }
        Form::Object(object) => {
            let config: Config = decode_object(object, Unknown::Ignore)?;
            (vec![config.image_tag], from_config(config.field_specs).0)
        }
    };
    let seen: Rc<Seen> = Rc::default();
    let configured = entries.into_iter().enumerate().filter_map(|(index, entry)| {
        let span = entry.main_span().or(entry.name.span).or(entry.span)?;
        Some(Name::new(&entry.name).map(|name| {
            let image = Image { name, entry: entry.value, span, specs: specs.clone(), seen: Rc::clone(&seen) };
            Configured::new(format!("images[{index}]"), image)
        }))
    });
    Ok(configured.collect::<Result<_, Diagnostic>>()?)
}

/// The pattern of an image name: `^NAME(:tag)?(@sha256:digest)?$`.
enum Name {
    /// Dots match any character, other characters match themselves.
    Dotted(String),
    Regex(Box<Regex>),
}

impl Name {
    fn new(name: &Located<String>) -> Result<Self, Diagnostic> {
        if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/' | b':' | b'.')) {
            return Ok(Name::Dotted(name.value.clone()));
        }
        let pattern = format!("^{}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$", name.value);
        compile(&pattern, PATTERN_BYTES).map(|regex| Name::Regex(Box::new(regex))).map_err(|fault| {
            // What follows the name can hide what is wrong with it.
            let fault = compile(name, PATTERN_BYTES).err().unwrap_or(fault);
            let message = format!("the image name `{}` is not a valid regular expression: {fault}", name.value);
            let error = Diagnostic::error("selector", message);
            name.span.map_or(error.clone(), |span| error.at(span))
        })
    }

    fn matches(&self, image: &str) -> bool {
        match self {
            Name::Regex(regex) => regex.is_match(image),
            Name::Dotted(name) => starts_with(image, name).is_some_and(is_version),
        }
    }
}

/// The rest of `image` after `name`, in which a dot matches any character.
fn starts_with<'i>(image: &'i str, name: &str) -> Option<&'i str> {
    let mut rest = image.chars();
    for expected in name.chars() {
        let found = rest.next()?;
        if found != expected && (expected != '.' || found == '\n') {
            return None;
        }
    }
    Some(rest.as_str())
}

/// Whether a text is an optional tag and an optional digest.
fn is_version(text: &str) -> bool {
    let is_tag =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'{' | b'}' | b'-'));
    let (tag, digest) = text.split_once('@').map_or((text, None), |(tag, digest)| (tag, Some(digest)));
    let tag_ok = tag.is_empty() || tag.strip_prefix(':').is_some_and(is_tag);
    tag_ok && digest.is_none_or(|digest| digest.strip_prefix("sha256:").is_some_and(is_tag))
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

/// The images of each object, as far as the entries of one list have seen them: an entry skips objects without its image.
#[derive(Default)]
struct Seen {
    of: RefCell<FxHashMap<usize, Vec<EcoString>>>,
    current: RefCell<Vec<EcoString>>,
}

impl Seen {
    /// Whether the object at a position was seen, and has no image with this name.
    fn lacks(&self, at: usize, name: &Name) -> bool {
        self.of.borrow().get(&at).is_some_and(|images| !images.iter().any(|image| name.matches(image)))
    }

    /// Notes an image of the current object.
    fn add(&self, image: &str) {
        self.current.borrow_mut().push(image.into());
    }

    /// Keeps the images of the current object, which has this position.
    fn keep(&self, at: usize) {
        let mut images = self.current.take();
        images.sort_unstable();
        images.dedup();
        self.of.borrow_mut().insert(at, images);
    }
}

impl Transformer for Image {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        let mut found = false;
        for at in resources.positions() {
            let Some(resource) = resources.get(at).filter(|resource| resource.kind() != "CustomResourceDefinition") else {
                continue;
            };
            if self.seen.lacks(at, &self.name) {
                continue;
            }
            let gvk = resource.gvk().clone();
            let in_lists = self.has_container(resource.node())?;
            found |= in_lists;
            let mut edit = context.edit(self.span);
            resources.edit_body(at, |resource| {
                resource.edit_body(|node| {
                    if in_lists {
                        self.walk(node, &mut edit)?;
                    }
                    for spec in self.specs.iter().filter(|spec| spec.applies_to(&gvk)) {
                        visit::visit(node, spec, Create::Nothing, &mut edit, &mut |field, edit| {
                            found |= self.update(field, edit)?;
                            Ok(())
                        })?;
                    }
                    Ok::<_, Diagnostic>(())
                })
            })?;
            self.seen.keep(at);
        }
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
        match node.value() {
            Value::Scalar(_) => Ok(false),
            Value::Sequence(items) => items.iter().try_fold(false, |found, item| Ok(found | self.has_container(item)?)),
            Value::Mapping(mapping) => mapping.iter().try_fold(false, |found, entry| {
                let here = is_container_list(&entry.key.text) && self.lists_image(&entry.value)?;
                Ok(found | here | self.has_container(&entry.value)?)
            }),
        }
    }

    fn lists_image(&self, list: &Node) -> Result<bool, Diagnostic> {
        let mut found = false;
        for container in list.as_sequence().unwrap_or_default() {
            if container.as_mapping().is_none() && !container.is_null() {
                let message = format!("expected a mapping in a list of containers, found {}", container.type_name());
                return Err(container.error("wrong-type", message));
            }
            if let Some(image) = container.get("image") {
                found |= self.new_image(image)?.is_some();
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
        self.seen.add(&image);
        let scalar = Scalar { shared: old.shared, ..Scalar::rewritten(old, image) };
        if is_new {
            field.set(Value::Scalar(scalar), edit);
        } else {
            field.respell(scalar);
        }
        Ok(true)
    }

    /// The finding about an image that does not occur; the help comes from the objects.
    fn unmatched(&self, resources: Option<&ResMap>) -> Diagnostic {
        let message = format!("no container has the image `{}`, so this item has no effect", self.entry.name.value);
        let finding = Diagnostic::warning("unmatched-image", message).at(self.entry.name.span.unwrap_or(self.span));
        let Some(resources) = resources else { return finding };
        let mut names = Vec::new();
        resources.iter().for_each(|resource| collect_images(resource.node(), &mut names));
        names.sort_unstable();
        names.dedup();
        let help = match did_you_mean(&self.entry.name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if names.is_empty() => "there are no objects with containers".into(),
            None => format!("known images: {}", listed(&names)),
        };
        finding.help(help)
    }

    /// The image that replaces this one.
    fn new_image(&self, field: &Node) -> Result<Option<String>, Diagnostic> {
        let Some(old) = field.as_scalar() else {
            return Err(field.error("wrong-type", format!("expected an image, found {}", field.type_name())));
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

/// The first few names.
fn listed(names: &[&str]) -> String {
    const MANY: usize = 8;
    let first: Vec<String> = names.iter().take(MANY).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > MANY { format!(" and {} more", names.len() - MANY) } else { String::new() };
    first.join(", ") + &more
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
    fn names_match_with_any_tag_and_digest() {
        let name = |text: &str| Name::new(&Located { value: text.to_owned(), span: None }).unwrap();
        for image in ["gcr.io/x", "gcr.io/x:1", "gcr.io/x@sha256:ab", "gcr.io/x:1@sha256:ab", "gcr-io/x"] {
            assert!(name("gcr.io/x").matches(image), "{image}");
            assert!(name("(gcr.io/x)").matches(image), "{image}");
        }
        for image in ["gcr.io/xy", "gcr.io/x/y", "gcr.io/x@md5:ab", "a/gcr.io/x"] {
            assert!(!name("gcr.io/x").matches(image), "{image}");
            assert!(!name("(gcr.io/x)").matches(image), "{image}");
        }
        assert!(name("gcr.io/.*").matches("gcr.io/any/thing:1"));
    }
}
