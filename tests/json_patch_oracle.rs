//! Random documents and patches, applied step by step by render and by the crate `json-patch`.
//!
//! Operations that RFC 6902 allows must have the same result in both, and operations that it forbids must fail in both. Cases
//! in which kustomize is deliberately more lenient than the RFC are left out; they are listed in `src/patch/json_patch.rs`.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use render::patch::json_patch;
use render::records::Records;
use render::yaml::provenance::Edit;
use render::yaml::{self, Dialect, Node, json as json_text};

/// Keys with all characters that a pointer must escape or could misinterpret.
const KEYS: &[&str] = &["a", "b", "name", "a/b", "m~n", "~1", "", "0", "1", "-", "é", "x y", "yes", "# no"];
/// Strings that would have another type without quotes, or that need escapes.
const STRINGS: &[&str] =
    &["", "a", "yes", "1", "0x1f", "1.0", "null", "~", "a: b", "- x", "two\nlines\n", " x ", "'", "\"", "é☃", "<<"];

fn key() -> impl Strategy<Value = String> {
    prop::sample::select(KEYS).prop_map(str::to_owned)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<i32>().prop_map(|number| json!(f64::from(number) + 0.5)),
        prop::sample::select(STRINGS).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![vec(inner.clone(), 0..4).prop_map(Value::from), mapping(inner).prop_map(Value::Object)]
    })
}

fn mapping(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    btree_map(key(), inner, 0..4).prop_map(|entries| entries.into_iter().collect())
}

fn document() -> impl Strategy<Value = Value> {
    mapping(value()).prop_map(Value::Object)
}

/// An operation before its places in the document are chosen.
#[derive(Clone, Debug)]
struct Draft {
    op: &'static str,
    path: (prop::sample::Index, Option<String>),
    from: prop::sample::Index,
    value: Value,
}

fn draft() -> impl Strategy<Value = Draft> {
    let op = prop::sample::select(&["add", "remove", "replace", "move", "copy", "test", "test"][..]);
    let last = prop_oneof![2 => Just(None), 1 => key().prop_map(Some), 1 => (0..4u8).prop_map(|at| Some(at.to_string()))];
    (op, (any::<prop::sample::Index>(), last), any::<prop::sample::Index>(), value()).prop_map(|(op, path, from, value)| Draft {
        op,
        path,
        from,
        value,
    })
}

impl Draft {
    /// The operation, with a path that exists in the document or, with another last part, may not exist.
    fn settle(&self, document: &Value) -> Option<Value> {
        let mut places = Vec::new();
        pointers(document, String::new(), &mut places);
        let (index, last) = &self.path;
        let path = match last {
            None if places.is_empty() => return None,
            None => index.get(&places).clone(),
            Some(last) => {
                places.push(String::new());
                format!("{}/{}", index.get(&places), escaped(last))
            }
        };
        // The root cannot be tested, copied or moved.
        places.retain(|place| !place.is_empty());
        let from = (!places.is_empty()).then(|| self.from.get(&places));
        Some(match self.op {
            "remove" => json!({"op": self.op, "path": path}),
            "move" | "copy" => json!({"op": self.op, "from": from?, "path": path}),
            // A test that sometimes succeeds.
            "test" if self.value.is_boolean() => json!({"op": "test", "path": path, "value": document.pointer(&path)}),
            _ => json!({"op": self.op, "path": path, "value": self.value}),
        })
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The paths below the root.
fn pointers(value: &Value, path: String, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect(),
        Value::Object(entries) => entries.iter().map(|(key, value)| (escaped(key), value)).collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let path = format!("{path}/{key}");
        found.push(path.clone());
        pointers(child, path, found);
    }
}

/// Whether kustomize deliberately accepts what the RFC forbids.
fn is_lenient(document: &Value, operation: &Value) -> bool {
    let text = |field: &str| operation[field].as_str().unwrap_or_default();
    let missing_key = |path: &str| {
        let parent = path.rsplit_once('/').and_then(|(parent, _)| document.pointer(parent));
        parent.is_some_and(Value::is_object) && document.pointer(path).is_none()
    };
    match text("op") {
        "replace" | "test" => missing_key(text("path")),
        "move" => format!("{}/", text("path")).starts_with(&format!("{}/", text("from"))),
        _ => false,
    }
}

fn read(value: &Value, dialect: Dialect, records: &mut Records) -> Node {
    let step = records.provenance.step("", "test");
    let source = records.sources.add("test.json", value.to_string());
    records.first_document(source, step, dialect).expect("JSON is YAML").expect("a document")
}

/// Applies a patch as `patches` does; returns the result as JSON.
fn apply(document: &Value, patch: &Value) -> Option<Value> {
    let mut records = Records::default();
    let mut node = read(document, Dialect::Manifest, &mut records);
    let patch = read(patch, Dialect::Yaml11, &mut records);
    let step = records.provenance.step("", "patches[0]");
    let operations = json_patch::operations(&patch).expect("operations");
    json_patch::apply(&mut node, &operations, &mut Edit::new(&mut records.provenance, step, patch.span())).ok()?;
    Some(as_json(&node))
}

/// A document as JSON: printed as JSON, and printed as YAML and parsed by another parser; both must be equal.
fn as_json(node: &Node) -> Value {
    let direct: Value = serde_json::from_str(&json_text::print(node, false).expect("JSON")).expect("JSON");
    let mut text = String::new();
    yaml::emit(node, &mut text).expect("YAML");
    let other: Value = serde_yaml::from_str(&text).expect("YAML");
    assert_eq!(direct, other, "printed as\n{text}");
    direct
}

proptest! {
    #[test]
    fn operations_follow_the_rfc(start in document(), drafts in vec(draft(), 1..8)) {
        let mut document = start;
        for draft in drafts {
            let Some(operation) = draft.settle(&document) else { continue };
            if is_lenient(&document, &operation) {
                continue;
            }
            let patch: ::json_patch::Patch = serde_json::from_value(json!([operation])).expect("a patch");
            let mut theirs = document.clone();
            let theirs = ::json_patch::patch(&mut theirs, &patch).ok().map(|()| theirs);
            let ours = apply(&document, &json!([operation]));
            prop_assert_eq!(&ours, &theirs, "{} on {}", operation, document);
            document = theirs.unwrap_or(document);
        }
    }

    #[test]
    fn a_difference_converts_one_document_to_the_other(from in document(), to in document()) {
        let patch = serde_json::to_value(::json_patch::diff(&from, &to)).expect("JSON");
        prop_assert_eq!(apply(&from, &patch), Some(to), "{} on {}", patch, from);
    }
}

#[test]
fn some_operations_are_more_lenient_than_the_rfc() {
    let document = json!({"a": [1, 2], "b": null});
    for (operation, result) in [
        (json!({"op": "replace", "path": "/new", "value": 1}), Some(json!({"a": [1, 2], "b": null, "new": 1}))),
        (json!({"op": "test", "path": "/new", "value": null}), Some(document.clone())),
        (json!({"op": "replace", "path": "/a/-1", "value": 3}), Some(json!({"a": [1, 3], "b": null}))),
        (json!({"op": "remove", "path": "before/a/0"}), Some(json!({"a": [2], "b": null}))),
        (json!({"op": "remove", "path": "/new"}), None),
        (json!({"op": "remove", "path": "/a/2"}), None),
    ] {
        assert_eq!(apply(&document, &json!([operation])), result, "{operation}");
    }
}
