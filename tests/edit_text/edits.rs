//! Random edits, as the commands make them.

use serde_json::{Value, json};

use render::edit::Kustomization;

use super::Tape;

const PATHS: [&str; 8] = ["a.yaml", "b.yaml", "new.yaml", "../c", "x y.yaml", "k8s/", "https://x.y/z?ref=v1", "6"];
const NAMES: [&str; 5] = ["nginx", "redis", "gcr.io/x/y", "memcached", "a"];
const KEYS: [&str; 5] = ["app", "new", "yes", "a.b/c", "team"];
const WORDS: [&str; 7] = ["web", "1.3", "true", "6", "a: b", "it's", "v2"];

/// Makes one edit; returns what it is.
pub fn apply(tape: &mut Tape, k: &mut Kustomization) -> String {
    let lists = ["resources", "components", "transformers", "generators"];
    match tape.below(20) {
        0 | 1 => {
            let field = *tape.one(&lists);
            let mut texts = k.texts(field);
            for _ in 0..=tape.below(2) {
                let path = (*tape.one(&PATHS)).to_owned();
                if !texts.contains(&path) {
                    texts.push(path);
                }
            }
            k.set_texts(field, texts);
            format!("add {field}")
        }
        2 | 3 => {
            let field =
                *tape.one(&["resources", "components", "transformers", "generators", "buildMetadata", "patchesStrategicMerge"]);
            let mut texts = k.texts(field);
            for _ in 0..=tape.below(2) {
                if !texts.is_empty() {
                    texts.remove(tape.below(texts.len()));
                }
            }
            if k.has(field) {
                k.set_texts(field, texts);
            }
            format!("remove {field}")
        }
        4 => {
            let field = *tape.one(&["namespace", "namePrefix", "nameSuffix"]);
            k.set_text(field, tape.one(&["", "web", "x-", "6", "-y"]));
            format!("set {field}")
        }
        5..=7 => image(tape, k),
        8 => {
            let (name, count) = (*tape.one(&NAMES), tape.below(5));
            match k.list_mut("replicas").iter_mut().find(|item| item["name"] == name) {
                Some(item) => item["count"] = json!(count),
                None => k.list_mut("replicas").push(json!({"name": name, "count": count})),
            }
            if tape.chance(50) {
                k.list_mut("replicas").sort_by_key(|item| item["name"].as_str().unwrap_or_default().to_owned());
            }
            "set replicas".to_owned()
        }
        9 | 10 => {
            let field = *tape.one(&["commonLabels", "commonAnnotations"]);
            k.map_mut(field).insert((*tape.one(&KEYS)).to_owned(), json!(*tape.one(&WORDS)));
            format!("set {field}")
        }
        11 => {
            let field = *tape.one(&["commonLabels", "commonAnnotations"]);
            if k.has(field) {
                let keys: Vec<String> = k.map_mut(field).keys().cloned().collect();
                if !keys.is_empty() {
                    let key = tape.one(&keys).clone();
                    k.map_mut(field).remove(&key);
                }
            }
            format!("remove {field}")
        }
        12 => labels(tape, k),
        13 => {
            let patch = match tape.below(3) {
                0 => json!({"path": *tape.one(&PATHS)}),
                1 => json!({"path": *tape.one(&PATHS), "target": {"kind": "Deployment"}}),
                _ => {
                    json!({"patch": "- op: remove\n  path: /spec\n", "target": {"name": "web"}, "options": {"allowKindChange": true}})
                }
            };
            k.list_mut("patches").push(patch);
            "add patch".to_owned()
        }
        14 => {
            let field = *tape.one(&["patches", "configMapGenerator", "secretGenerator", "images", "labels"]);
            if k.has(field) && !k.list(field).is_empty() {
                let at = tape.below(k.list(field).len());
                k.list_mut(field).remove(at);
            }
            format!("remove {field}")
        }
        15..=17 => generator(tape, k),
        18 => {
            let all = ["originAnnotations", "transformerAnnotations", "managedByLabel"];
            let options: Vec<String> = all.iter().filter(|_| tape.chance(50)).map(|option| (*option).to_owned()).collect();
            k.set_texts("buildMetadata", options);
            "set buildMetadata".to_owned()
        }
        _ => {
            let options = json!({"disableNameSuffixHash": tape.chance(50), "immutable": true});
            k.set("generatorOptions", options);
            "set generatorOptions".to_owned()
        }
    }
}

fn image(tape: &mut Tape, k: &mut Kustomization) -> String {
    for _ in 0..=tape.below(2) {
        let name = *tape.one(&NAMES);
        let mut image = json!({"name": name});
        if let Some(at) = k.list("images").iter().position(|item| item["name"] == name) {
            image = k.list_mut("images").remove(at);
        }
        match tape.below(4) {
            0 | 1 => {
                image["newTag"] = json!(*tape.one(&WORDS));
                image.as_object_mut().map(|image| image.remove("digest"));
            }
            2 => image["newName"] = json!(*tape.one(&["other", "redis", "r.io/x:5000/y"])),
            _ => {
                image["digest"] = json!("sha256:25a0d4");
                image.as_object_mut().map(|image| image.remove("newTag"));
            }
        }
        k.list_mut("images").push(image);
    }
    k.list_mut("images").sort_by_key(|image| image["name"].as_str().unwrap_or_default().to_owned());
    "set image".to_owned()
}

fn labels(tape: &mut Tape, k: &mut Kustomization) -> String {
    let (key, value) = (*tape.one(&KEYS), json!(*tape.one(&WORDS)));
    let count = k.list("labels").len();
    match tape.below(3) {
        0 if count > 0 => {
            let at = tape.below(count);
            k.list_mut("labels")[at]["pairs"][key] = value;
        }
        1 if count > 0 => {
            let at = tape.below(count);
            if let Some(Value::Object(pairs)) = k.list_mut("labels")[at].get_mut("pairs") {
                let first = pairs.keys().next().cloned().unwrap_or_default();
                pairs.remove(&first);
            }
        }
        _ => k.list_mut("labels").push(json!({"pairs": {key: value}, "includeTemplates": true})),
    }
    "labels".to_owned()
}

fn generator(tape: &mut Tape, k: &mut Kustomization) -> String {
    let field = *tape.one(&["configMapGenerator", "secretGenerator"]);
    let count = k.list(field).len();
    if count == 0 || tape.chance(30) {
        let mut item = json!({"name": *tape.one(&["new", "a b", "web-2"]), "literals": ["x=1", "y=a b"]});
        if field == "secretGenerator" {
            item["type"] = json!("Opaque");
        }
        if tape.chance(30) {
            item["options"] = json!({"disableNameSuffixHash": true});
        }
        k.list_mut(field).push(item);
        return format!("add {field}");
    }
    let at = tape.below(count);
    let item = &mut k.list_mut(field)[at];
    match tape.below(5) {
        0 => item["namespace"] = json!("other"),
        1 => item["behavior"] = json!("merge"),
        2 => push(item, "envs", "new.env"),
        3 => push(item, "files", "z=new.txt"),
        _ => {
            let changed = item.get_mut("literals").and_then(Value::as_array_mut).filter(|list| !list.is_empty());
            match changed {
                Some(list) => {
                    let text = list[0].as_str().unwrap_or_default();
                    list[0] = json!(format!("{}=changed", text.split('=').next().unwrap_or_default()));
                }
                None => push(item, "literals", "x=1"),
            }
        }
    }
    format!("set {field}")
}

fn push(item: &mut Value, key: &str, text: &str) {
    match item.get_mut(key) {
        Some(Value::Array(list)) => list.push(json!(text)),
        _ => item[key] = json!([text]),
    }
}
