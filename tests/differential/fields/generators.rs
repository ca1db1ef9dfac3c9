//! Generators of ConfigMaps and Secrets: literals, files, environment files, behaviors across layers.

use crate::document::{Yaml, map};
use crate::objects::Object;
use crate::tree::{File, Layer};
use crate::values::Values;

pub fn config_map(values: &mut Values, layer: &mut Layer) {
    for _ in 0..values.random.between(1, 2) {
        generator(values, layer, "ConfigMap", "configMapGenerator");
    }
}

pub fn secret(values: &mut Values, layer: &mut Layer) {
    generator(values, layer, "Secret", "secretGenerator");
}

fn generator(values: &mut Values, layer: &mut Layer, kind: &str, field: &str) {
    let below: Vec<Object> = layer.objects.iter().filter(|object| object.kind == kind).cloned().collect();
    let mut entry = map! {};
    match values.random.choose(&below).cloned() {
        Some(object) if values.random.chance(60) => {
            entry.set("name", object.some_name(values));
            if let Some(namespace) = &object.namespace {
                entry.set("namespace", namespace.as_str());
            }
            entry.set("behavior", values.random.pick(&["merge", "merge", "replace"]));
        }
        _ => {
            let name = format!("{}{}", values.name(), values.random.pick(&["", "", "-config", "-2"]));
            entry.set("name", name.clone());
            let namespace = values.random.one_in(6).then(|| values.namespace().to_owned());
            if let Some(namespace) = &namespace {
                entry.set("namespace", namespace.as_str());
            }
            entry.set_if(values.random.one_in(8), "behavior", || "create".into());
            let taken = |object: &&Object| object.name == name && object.namespace == namespace;
            if below.iter().any(|object| taken(&object)) && !values.odd(2) {
                return;
            }
            layer.objects.push(Object {
                api_version: "v1".into(),
                kind: kind.into(),
                current: name.clone(),
                name: name.clone(),
                content: map! { "apiVersion" => "v1", "kind" => kind, "metadata" => map! { "name" => name }, "data" => map! {} },
                namespace,
                generated: true,
            });
        }
    }
    sources(values, layer, &mut entry);
    if kind == "Secret" && values.random.one_in(4) {
        entry.set("type", "kubernetes.io/tls");
    }
    if values.random.one_in(4) {
        let options = option_map(values);
        entry.set("options", options);
    }
    layer.push(field, entry);
}

fn sources(values: &mut Values, layer: &mut Layer, entry: &mut Yaml) {
    if values.random.chance(75) {
        let count = values.random.between(1, 3);
        let literals: Vec<Yaml> = ["a", "key", "b.c"][..count].iter().map(|key| literal(values, key)).collect();
        entry.set("literals", literals);
    }
    if values.random.one_in(4) {
        let path = file(values, layer);
        let path = if values.random.chance(50) { format!("config.json={path}") } else { path };
        entry.set("files", vec![path]);
    }
    if values.random.one_in(5) {
        let path = env_file(values, layer);
        if values.odd(5) {
            entry.set("env", path);
        } else {
            entry.set("envs", vec![path]);
        }
    }
}

fn literal(values: &mut Values, key: &str) -> Yaml {
    let value = match values.string() {
        Yaml::Text(text, _) => text,
        _ => String::new(),
    };
    let value = if values.odd(4) { format!("\"{value}\"") } else { value };
    format!("{key}={value}").into()
}

fn file(values: &mut Values, layer: &mut Layer) -> String {
    let path = format!("{}{}.txt", values.random.pick(&["file", "data.x", "settings"]), layer.files.len());
    let text =
        values.random.pieces(&["line\n", "a: b\n", "é", "😀", "\t", " \n", "\r\n", "x=y\n", "<&>", "\u{1}", "\n", "long "], 6);
    let mut file = File::text(path.clone(), text);
    file.crlf = values.odd(2);
    layer.files.push(file);
    path
}

fn env_file(values: &mut Values, layer: &mut Layer) -> String {
    let path = format!("vars{}.env", layer.files.len());
    let lines = [
        "HOST=example.com\n",
        "EMPTY=\n",
        "# comment\n",
        "\n",
        "  INDENTED=1\n",
        "QUOTED=\"a b\"\n",
        "EQUALS=a=b=c\n",
        "SPACE=a b \n",
        "LAST=x",
    ];
    let count = values.random.between(1, lines.len());
    let mut chosen = lines;
    values.random.shuffle(&mut chosen);
    let text: String = chosen[..count].concat();
    let mut file = File::text(path.clone(), text);
    file.crlf = values.odd(2);
    layer.files.push(file);
    path
}

pub fn options(values: &mut Values, layer: &mut Layer) {
    let options = option_map(values);
    layer.kustomization.set("generatorOptions", options);
}

fn option_map(values: &mut Values) -> Yaml {
    let mut options = map! {};
    let flag = values.random.chance(80);
    options.set_if(values.random.chance(50), "disableNameSuffixHash", || flag.into());
    options.set_if(values.random.one_in(4), "immutable", || flag.into());
    options.set_if(values.random.one_in(3), "labels", || map! { values.random_key() => "x" });
    options.set_if(values.random.one_in(3), "annotations", || map! { "note" => values.random_text() });
    if options.is_empty() {
        options.set("disableNameSuffixHash", true);
    }
    options
}
