//! Patches: strategic merge patches from parts of objects, JSON patches from places in them.

use super::selection::{Place, Step, object, place, pointer, target};
use crate::document::{Embedding, Quotes, Yaml, map};
use crate::objects::Object;
use crate::tree::Layer;
use crate::values::Values;

/// Fields that identify items of lists.
const MERGE_KEYS: &[&str] = &["name", "containerPort", "port", "protocol", "mountPath", "topologyKey", "ip", "key", "devicePath"];

pub fn patches(values: &mut Values, layer: &mut Layer) {
    for _ in 0..values.random.between(1, 3) {
        let Some(object) = object(values, &layer.objects) else { return };
        let with_target = values.random.chance(60);
        let json = with_target && values.random.chance(45);
        let documents = match (json, with_target) {
            (true, _) => operations(values, &object).into_iter().collect(),
            (false, true) => vec![strategic_merge_patch(values, &object)],
            (false, false) => several(values, layer, &object),
        };
        let mut entry = map! {};
        source(values, layer, &mut entry, documents);
        if with_target {
            let target = target(values, &object);
            entry.set("target", target);
        }
        for option in ["allowNameChange", "allowKindChange"] {
            // The hash of objects other than ConfigMaps and Secrets depends on line numbers internal to kustomize.
            let generated = layer.objects.iter().any(|object| object.generated);
            entry.set_if(!generated && values.random.one_in(12), "options", || map! { option => true });
        }
        layer.push("patches", entry);
    }
}

/// A patch, sometimes several for different objects.
fn several(values: &mut Values, layer: &Layer, first: &Object) -> Vec<Yaml> {
    let mut documents = vec![strategic_merge_patch(values, first)];
    if values.random.one_in(10)
        && let Some(second) = object(values, &layer.objects)
    {
        documents.push(strategic_merge_patch(values, &second));
    }
    documents
}

/// Adds documents inline or as a file.
fn source(values: &mut Values, layer: &mut Layer, entry: &mut Yaml, documents: Vec<Yaml>) {
    if values.random.chance(65) {
        let embedding = if values.random.one_in(8) { Embedding::Json } else { Embedding::Yaml };
        entry.set("patch", Yaml::Embedded(documents, embedding));
    } else {
        let path = layer.add_file("patch", documents);
        entry.set("path", path);
    }
}

pub fn strategic_merge(values: &mut Values, layer: &mut Layer) {
    let Some(object) = object(values, &layer.objects) else { return };
    let patch = strategic_merge_patch(values, &object);
    if values.random.chance(50) {
        layer.push("patchesStrategicMerge", Yaml::Embedded(vec![patch], Embedding::Yaml));
    } else {
        let path = layer.add_file("merge", vec![patch]);
        layer.push("patchesStrategicMerge", path.into());
    }
}

pub fn json6902(values: &mut Values, layer: &mut Layer) {
    let Some(object) = object(values, &layer.objects) else { return };
    let Some(operations) = operations(values, &object) else { return };
    let mut target = map! { "kind" => object.kind.as_str(), "name" => object.some_name(values) };
    target.set("version", object.version());
    target.set_if(!object.group().is_empty(), "group", || object.group().into());
    if let Some(namespace) = &object.namespace {
        target.set("namespace", namespace.as_str());
    }
    let mut entry = map! { "target" => target };
    source(values, layer, &mut entry, vec![operations]);
    layer.push("patchesJson6902", entry);
}

/// A patch that names the object and changes parts of it.
pub fn strategic_merge_patch(values: &mut Values, object: &Object) -> Yaml {
    let mut patch = map! { "apiVersion" => object.api_version.as_str(), "kind" => object.kind.as_str() };
    let mut metadata = map! { "name" => object.some_name(values) };
    if let Some(namespace) = &object.namespace {
        metadata.set("namespace", namespace.as_str());
    }
    patch.set("metadata", metadata);
    if values.random.one_in(25) {
        patch.set("$patch", values.random.pick(&["delete", "delete", "replace", "merge"]));
        return patch;
    }
    for entry in object.content.entries() {
        match entry.key.as_str() {
            "apiVersion" | "kind" => {}
            "metadata" => {
                for key in ["labels", "annotations"] {
                    let old = entry.value.get(key).cloned().unwrap_or_else(|| map! {});
                    let new = if values.random.one_in(4) { changed(values, &old, 2) } else { None };
                    if let (Some(new), Some(metadata)) = (new, patch.get_mut("metadata")) {
                        metadata.set(key, new);
                    }
                }
            }
            key if values.random.chance(80) => {
                if let Some(new) = changed(values, &entry.value, 8) {
                    patch.set(key, new);
                }
            }
            _ => {}
        }
    }
    patch
}

/// The patch of a value; `None` if there is none.
fn changed(values: &mut Values, value: &Yaml, depth: usize) -> Option<Yaml> {
    if values.random.one_in(25) {
        let is_single = value.text().is_some();
        return Some(Yaml::plain(values.random.pick(if is_single {
            &["null", "~"]
        } else {
            &["null", "~", "null", "{}", "[]"]
        })));
    }
    match value {
        Yaml::Map(..) => Some(changed_map(values, value, depth)),
        Yaml::Seq(items, _) if items.iter().any(|item| matches!(item, Yaml::Map(..))) => Some(changed_list(values, items, depth)),
        Yaml::Seq(items, _) => {
            let mut items = values.random.some(items, 50);
            items.push(values.scalar());
            Some(items.into())
        }
        _ if values.odd(2) => Some(values.value(2)),
        _ => Some(values.scalar()),
    }
}

fn changed_map(values: &mut Values, value: &Yaml, depth: usize) -> Yaml {
    let mut patch = map! {};
    for entry in value.entries() {
        let is_way = matches!(entry.value, Yaml::Map(..) | Yaml::Seq(..));
        if values.random.chance(if is_way { 60 } else { 30 })
            && let Some(new) = changed(values, &entry.value, depth.saturating_sub(1))
        {
            patch.set(&entry.key, new);
        }
    }
    if values.random.one_in(6) || patch.is_empty() {
        let (key, new) = (values.key(), if values.odd(5) { values.value(2) } else { values.string() });
        patch.set(&key, new);
    }
    if values.random.one_in(30) {
        patch.set("$patch", values.random.pick(&["replace", "delete", "merge"]));
    }
    patch
}

fn changed_list(values: &mut Values, items: &[Yaml], depth: usize) -> Yaml {
    let mut patch = Vec::new();
    for item in values.random.some(items, 60) {
        let mut element = changed_map(values, &item, depth.saturating_sub(1));
        for key in MERGE_KEYS {
            if let Some(old) = item.get(key).filter(|_| !values.random.one_in(20)) {
                element.set(key, old.clone());
            }
        }
        if values.random.one_in(10) {
            element.set("$patch", values.random.pick(&["delete", "delete", "replace", "merge"]));
        }
        patch.push(element);
    }
    if values.random.one_in(3)
        && let Some(model) = values.random.choose(items).cloned()
    {
        patch.push(another(values, model));
    }
    if values.random.one_in(20) {
        patch.push(map! { "$patch" => values.random.pick(&["replace", "merge", "delete"]) });
    }
    if values.random.one_in(4) {
        values.random.shuffle(&mut patch);
    }
    patch.into()
}

/// An item similar to this one that is not in the list yet.
fn another(values: &mut Values, mut model: Yaml) -> Yaml {
    if model.get("name").is_some() {
        model.set("name", values.random.pick(&["new", "extra", "sidecar", "http"]));
    }
    for key in ["containerPort", "port"] {
        if model.get(key).is_some() {
            let port = values.port();
            model.set(key, port);
        }
    }
    if let Yaml::Map(entries, _) = &mut model
        && entries.len() > 2
        && values.random.chance(50)
    {
        entries.truncate(2);
    }
    model
}

/// A JSON patch of one to three operations.
pub fn operations(values: &mut Values, object: &Object) -> Option<Yaml> {
    let mut operations = Vec::new();
    for _ in 0..values.random.between(1, 3) {
        let place = place(values, object)?;
        operations.push(operation(values, object, place));
    }
    Some(operations.into())
}

fn operation(values: &mut Values, object: &Object, found: Place) -> Yaml {
    let Place { mut steps, value } = found;
    let mut name = values.random.pick(&["replace", "replace", "add", "add", "add", "remove", "test", "copy", "move"]);
    let is_element = matches!(steps.last(), Some(Step::Index(_)));
    if name == "remove" && steps.len() < 3 && !values.odd(3) {
        name = "replace";
    }
    if name == "add" && !is_element && values.random.chance(60) {
        steps.pop();
        let key = values.key();
        steps.push(Step::Key(key));
    }
    let mut path = pointer(&steps);
    if name == "test" && path.starts_with("/metadata/annotations") && steps.len() == 2
        || name == "move" && path == "/metadata/name"
    {
        // kustomize keeps information in annotations; an object without a name is an error in one or the other.
        name = "replace";
    }
    if is_element && name == "add" && values.random.chance(60) {
        let parent = path.rfind('/').unwrap_or_default();
        path.replace_range(parent.., if values.odd(4) { "/-1" } else { "/-" });
    }
    if values.odd(1) {
        path = values
            .random
            .pick(&["/spec/missing", "", "/", "spec/x", "/metadata/labels/a~1b", "/spec/missing/x", "/data/-"])
            .into();
    }
    let path = if values.random.one_in(6) { Yaml::Text(path, Quotes::Double) } else { path.into() };
    let mut operation = map! { "op" => name, "path" => path };
    match name {
        "remove" => {}
        "test" => operation.set("value", value),
        "copy" | "move" => {
            let from = place(values, object).map(|place| pointer(&place.steps)).filter(|from| from != "/metadata/name");
            let from = from.unwrap_or_else(|| "/spec".into());
            operation.set("from", from);
        }
        _ => {
            let same_shape = !values.odd(4) && !matches!(value, Yaml::Text(..) | Yaml::Plain(_));
            let depth = if values.random.one_in(4) { 2 } else { 0 };
            let new = if same_shape { value } else { values.value(depth) };
            operation.set("value", new);
        }
    }
    operation
}
