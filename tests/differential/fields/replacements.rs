//! Replacements: a value from a field of an object, or a given one, to other fields.

use super::selection::{field_path, object, place};
use crate::document::{Yaml, map};
use crate::objects::Object;
use crate::tree::Layer;
use crate::values::Values;

pub fn replacements(values: &mut Values, layer: &mut Layer) {
    for _ in 0..values.random.between(1, 2) {
        let Some(entry) = replacement(values, layer) else { return };
        if values.random.one_in(6) {
            let content = if values.random.chance(50) { vec![vec![entry].into()] } else { vec![entry] };
            let path = layer.add_file("replacement", content);
            layer.push("replacements", map! { "path" => path });
        } else {
            layer.push("replacements", entry);
        }
    }
}

fn replacement(values: &mut Values, layer: &Layer) -> Option<Yaml> {
    let mut entry = map! {};
    if values.random.one_in(6) {
        entry.set("sourceValue", values.random.pick(&["given", "8080", "true", "a.b.c"]));
    } else {
        let from = object(values, &layer.objects)?;
        let mut source = selector(values, &from, true);
        if values.random.chance(80) {
            let place = place(values, &from)?;
            let is_scalar = place.value.text().is_some();
            if !is_scalar && values.random.chance(60) {
                return None;
            }
            let path = field_path(values, &from, &place.steps);
            source.set("fieldPath", path);
        }
        if values.random.one_in(5) {
            let options = options(values, false);
            source.set("options", options);
        }
        entry.set("source", source);
    }
    let targets: Vec<Yaml> = (0..values.random.between(1, 2)).filter_map(|_| target(values, layer)).collect();
    if targets.is_empty() {
        return None;
    }
    entry.set("targets", targets);
    Some(entry)
}

fn target(values: &mut Values, layer: &Layer) -> Option<Yaml> {
    let to = object(values, &layer.objects)?;
    let mut target = map! { "select" => selector(values, &to, false) };
    if values.random.one_in(6) {
        let other = object(values, &layer.objects)?;
        target.set("reject", vec![selector(values, &other, false)]);
    }
    let mut paths = Vec::new();
    for _ in 0..values.random.between(1, 2) {
        let place = place(values, &to)?;
        let mut path = field_path(values, &to, &place.steps);
        if values.random.one_in(10) {
            path = values.random.pick(&["spec.new", "metadata.annotations.new", "metadata.labels.[a.b/c]", "spec.a.b.c"]).into();
        }
        if values.random.one_in(20) {
            path.push_str(values.random.pick(&[".a", ".0", ".*", ".-", ".[name=new]", ".[name=new].value"]));
        }
        paths.push(path);
    }
    target.set_if(!values.random.one_in(8), "fieldPaths", || paths.into());
    if values.random.chance(45) {
        let options = options(values, true);
        target.set("options", options);
    }
    Some(target)
}

/// A selector for an object: one that only matches this object, or a weaker one.
fn selector(values: &mut Values, object: &Object, alone: bool) -> Yaml {
    let mut selector = map! { "kind" => object.kind.as_str() };
    let name = object.some_name(values);
    selector.set_if(alone || values.random.chance(70), "name", || name.into());
    selector.set_if(values.random.one_in(6), "version", || object.version().into());
    selector.set_if(values.random.one_in(6), "group", || object.group().into());
    if let Some(namespace) = object.namespace.as_ref().filter(|_| values.random.chance(if alone { 80 } else { 20 })) {
        selector.set("namespace", namespace.as_str());
    }
    selector
}

fn options(values: &mut Values, target: bool) -> Yaml {
    let mut options = map! {};
    if values.random.chance(60) {
        options.set("delimiter", values.random.pick(&[".", "/", ":", "-", " ", "web"]));
        options.set("index", Yaml::plain(values.random.pick(&["0", "1", "2", "-1", "7"])));
    }
    options.set_if(target && values.random.chance(50), "create", || true.into());
    options
}
