//! Properties of `render diff` for any two collections of objects: nothing differs from itself, both directions report the
//! same differences, and the forms for programs, applied to the old objects, yield the new ones. Tested with random objects, and with
//! all pairs of the environments.

#[allow(dead_code)]
#[path = "support/kubectl.rs"]
mod kubectl;
#[path = "support/objects.rs"]
mod objects;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use objects::Input;
use render::diff::format::{self, Style};
use render::diff::{Change, Class, Diff, Object, ObjectDiff, ObjectKind, Options, OverlayDiff, apply, compare};
use render::load::Disk;
use render::options::BuildOptions;
use render::pipeline::build;
use render::records::Records;
use render::yaml::provenance::Edit;
use render::yaml::{Node, json as json_text};

impl Input {
    /// Documents that are not objects.
    fn documents(values: &[Value]) -> Input {
        let mut input = Input::of(values);
        for (at, object) in input.objects.iter_mut().enumerate() {
            *object = Object::document(object.node.clone(), &format!("values.yaml#{at}"));
        }
        input
    }

    fn overlay(name: &str) -> Input {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("overlays").join(name);
        let mut records = Records::default();
        let resources = build(&directory, Arc::new(Disk), &BuildOptions::default(), &mut records).expect("a build");
        Input { objects: resources.iter().map(Object::built).collect(), records }
    }

    fn nodes(&self) -> Vec<Node> {
        self.objects.iter().map(|object| object.node.clone()).collect()
    }
}

fn options() -> Options {
    Options { show_secrets: true, ..Options::default() }
}

fn differences(old: &Input, new: &Input) -> OverlayDiff {
    compare("test", &old.side(), &new.side(), &options())
}

/// Objects as strings, sorted.
fn texts(nodes: &[Node]) -> Vec<String> {
    let mut texts: Vec<String> = nodes.iter().map(|node| json_text::print(node, false).expect("JSON")).collect();
    texts.sort();
    texts
}

/// The result of applying the JSON form to the old objects.
fn applied(found: &OverlayDiff, old: &Input) -> Vec<String> {
    let diff = Diff { overlays: vec![found.clone()], ..Diff::default() };
    let text = (format::format("json").expect("a format").write)(&diff, Style::default());
    let mut records = Records::default();
    let source = records.sources.add("", "");
    let step = records.provenance.step("", "test");
    let span = records.sources.whole(source);
    let mut edit = Edit::new(&mut records.provenance, step, span);
    let read = format::json::read(&text, &mut edit).expect("a diff");
    texts(&apply(&read.overlays[0], &old.nodes(), &mut edit).expect("objects"))
}

type Reported = BTreeSet<(ObjectKind, Option<usize>, Option<usize>, Vec<String>)>;

/// The entries of the format `json-patch`.
fn entries(found: &OverlayDiff) -> Vec<Value> {
    let diff = Diff { overlays: vec![found.clone()], ..Diff::default() };
    let text = (format::format("json-patch").expect("a format").write)(&diff, Style::default());
    let entries: Vec<Value> = serde_json::from_str(&text).expect("a list in JSON");
    assert_eq!(entries.len(), found.objects.len());
    entries
}

fn as_json(node: &Node) -> Value {
    serde_json::from_str(&json_text::print(node, false).expect("JSON")).expect("JSON")
}

/// The old objects after the crate `json-patch` has applied the patches.
fn patched(found: &OverlayDiff, old: &Input) -> Vec<String> {
    let mut objects: Vec<Option<Value>> = old.nodes().iter().map(as_json).map(Some).collect();
    let mut added = Vec::new();
    for (entry, object) in entries(found).into_iter().zip(&found.objects) {
        let Some(side) = &object.old else {
            added.push(entry["new"]["object"].clone());
            continue;
        };
        let mut before = objects[side.position].take().expect("one entry per object");
        if object.new.is_some() {
            let patch: json_patch::Patch = serde_json::from_value(entry["patch"].clone()).expect("a patch");
            json_patch::patch(&mut before, &patch).unwrap_or_else(|error| panic!("{error}\n{entry:#}\n{before:#}"));
            objects[side.position] = Some(before);
        } else {
            assert_eq!(entry["old"]["object"], before);
        }
    }
    let mut texts: Vec<String> = objects.into_iter().flatten().chain(added).map(|object| object.to_string()).collect();
    texts.sort();
    texts
}

/// The reported differences of each object: its positions, and the values by their indices, ignoring the names of items.
fn reported(found: &OverlayDiff, swapped: bool) -> Reported {
    let kind = |kind| match kind {
        ObjectKind::Added if swapped => ObjectKind::Removed,
        ObjectKind::Removed if swapped => ObjectKind::Added,
        kind => kind,
    };
    let value = |side: &Option<render::diff::Sided>| side.as_ref().map(|side| json_text::print(&side.node, false));
    let change = |change: &Change| {
        let path = if swapped { change.path.swapped() } else { change.path.clone() };
        let steps = path.0.into_iter().map(|step| match step {
            render::diff::Step::Item { old, new, .. } => format!("{old:?}/{new:?}"),
            field => field.text(),
        });
        let (old, new) = if swapped { (&change.new, &change.old) } else { (&change.old, &change.new) };
        format!("{:?}: {:?} -> {:?}, {}", steps.collect::<Vec<_>>(), value(old), value(new), change.order.is_some())
    };
    let object = |object: &render::diff::ObjectDiff| {
        let mut changes: Vec<String> = object.all_changes().map(change).collect();
        changes.sort();
        let position = |side: &Option<render::diff::ObjectSide>| side.as_ref().map(|side| side.position);
        let (old, new) = (position(&object.old), position(&object.new));
        let (old, new) = if swapped { (new, old) } else { (old, new) };
        (kind(object.kind), old, new, changes)
    };
    found.objects.iter().map(object).collect()
}

fn check_properties(old: &Input, new: &Input) {
    let forth = differences(old, new);
    assert_eq!(applied(&forth, old), texts(&new.nodes()));
    let mut wanted: Vec<String> = new.nodes().iter().map(|node| as_json(node).to_string()).collect();
    wanted.sort();
    assert_eq!(patched(&forth, old), wanted);
    assert_eq!(reported(&forth, false), reported(&differences(new, old), true));
    for format in format::FORMATS {
        let text = (format.write)(&Diff { overlays: vec![forth.clone()], ..Diff::default() }, Style::default());
        assert!(!text.contains('\x1b'), "{} is colored", format.name);
    }
}

#[test]
fn all_pairs_of_environments_satisfy_the_properties() {
    let names = ["dev", "staging", "production"];
    let inputs = names.map(Input::overlay);
    for (at, old) in inputs.iter().enumerate() {
        for (to, new) in inputs.iter().enumerate() {
            let found = differences(old, new);
            assert_eq!(found.objects.is_empty(), at == to, "{} and {}", names[at], names[to]);
            check_properties(old, new);
        }
    }
}

#[test]
fn secrets_are_masked_in_every_format() {
    let secret = |value: &str| {
        let applied = format!("{{\"stringData\":{{\"password\":\"{value}\"}}}}");
        let annotations = json!({ "kubectl.kubernetes.io/last-applied-configuration": applied });
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "annotations": annotations},
            "stringData": {"password": value, "file": format!("a\n{value}\n")}, "data": {"k": value}})
    };
    let (old, new, none) = (Input::of(&[secret("hunter1")]), Input::of(&[secret("hunter2")]), Input::of(&[]));
    for (old, new) in [(&old, &new), (&none, &new), (&old, &none)] {
        let hidden = compare("test", &old.side(), &new.side(), &Options::default());
        let shown = differences(old, new);
        for format in format::FORMATS {
            let write = |found: &OverlayDiff| {
                (format.write)(&Diff { overlays: vec![found.clone()], ..Diff::default() }, Style::default())
            };
            assert!(!write(&hidden).contains("hunter"), "{}:\n{}", format.name, write(&hidden));
            if format.name == "json" {
                assert!(write(&shown).contains("hunter"));
            }
        }
    }
    let both = compare("test", &old.side(), &new.side(), &Options::default());
    let entry = &entries(&both)[0];
    assert_eq!((&entry["masked"], &entry["patchable"]), (&json!(true), &json!(false)));
    let patch: json_patch::Patch = serde_json::from_value(entry["patch"].clone()).expect("a patch");
    json_patch::patch(&mut as_json(&old.nodes()[0]), &patch).expect_err("masks are never written into a Secret");
    assert_eq!(entries(&compare("test", &none.side(), &new.side(), &Options::default()))[0]["new"]["object"], Value::Null);
    assert!(
        (format::format("human").unwrap().write)(&Diff { overlays: vec![both], ..Diff::default() }, Style::default())
            .contains("*** (changed)")
    );
}

#[test]
fn long_lists_without_common_items_are_compared_quickly() {
    let list = |start: u32| {
        let items: Vec<u32> = (start..start + 100_000).collect();
        json!({"apiVersion": "example.com/v1", "kind": "Long", "metadata": {"name": "a"}, "spec": {"items": items}})
    };
    let (old, new) = (Input::of(&[list(0)]), Input::of(&[list(1_000_000)]));
    let found = differences(&old, &new);
    assert_eq!(found.objects[0].changes.len(), 100_000);
    assert_eq!(applied(&found, &old), texts(&new.nodes()));
}

#[test]
fn a_patch_for_another_list_is_refused() {
    let object = |containers: Value| {
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
            "spec": {"template": {"spec": {"containers": containers}}}})
    };
    let (a, b, c) = (json!({"name": "a", "image": "a:1"}), json!({"name": "b", "args": ["x", "y"]}), json!({"name": "c"}));
    let old = Input::of(&[object(json!([a, b, c]))]);
    for new in [
        json!([a, {"name": "b", "args": ["x", "z"]}, c]),
        json!([a, {"name": "b", "args": ["x"]}, c]),
        json!([a, c]),
        json!([b, a, c]),
        json!([c, a, b]),
    ] {
        let new = Input::of(&[object(new)]);
        let entry = &entries(&differences(&old, &new))[0];
        assert_eq!(entry["patchable"], json!(true), "{entry:#}");
        let patch: json_patch::Patch = serde_json::from_value(entry["patch"].clone()).expect("a patch");
        let live = object(json!([{"name": "proxy"}, a, b, c]));
        json_patch::patch(&mut live.clone(), &patch).expect_err(&format!("{entry:#}"));
    }
}

/// The items that refer to a generated object are matched in both directions, even if the object moves to another namespace.
#[test]
fn references_to_an_object_that_moved_are_compared_alike_in_both_directions() {
    let settings = |hash: &str, namespace: &str| {
        let name = format!("settings-{hash}");
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": {"a": hash}})
    };
    let thing = |hash: &str| {
        json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "web", "namespace": "one"},
            "spec": {"list": [{"name": format!("settings-{hash}"), "value": 1}, {"name": "other"}]}})
    };
    let (before, after) = ("7b4f8m2k6t", "bcdfghkmt2");
    let old = Input::of(&[settings(before, "one"), thing(before)]);
    for namespace in ["one", "two"] {
        check_properties(&old, &Input::of(&[settings(after, namespace), thing(after)]));
    }
}

#[test]
fn kubectl_applies_the_patches() {
    let Some(kubectl) = kubectl::any() else {
        eprintln!("skipped: no kubectl; RENDER_KUBECTL can name one");
        return;
    };
    let (old, new) = (Input::overlay("staging/chat4all"), Input::overlay("production/chat4all"));
    let found = compare("test", &old.side(), &new.side(), &Options { across: true, ..options() });
    let directory = tempfile::tempdir().expect("a directory");
    let mut kinds = BTreeSet::new();
    for (entry, object) in entries(&found).iter().zip(&found.objects) {
        let (Some(before), Some(after)) = (&object.old, &object.new) else { continue };
        if !kinds.insert(after.id.gvk.kind.clone()) {
            continue;
        }
        let write = |name: &str, value: &Value| std::fs::write(directory.path().join(name), value.to_string()).expect("a file");
        write("object.json", &as_json(&before.node));
        write("patch.json", &entry["patch"]);
        let arguments = "patch --local --type=json -f object.json --patch-file patch.json -o json";
        let output = Command::new(&kubectl).args(arguments.split(' ')).current_dir(directory.path()).output().expect("it starts");
        assert!(output.status.success(), "{}\n{entry:#}", String::from_utf8_lossy(&output.stderr));
        let patched: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(patched, as_json(&after.node), "{entry:#}");
    }
    assert!(kinds.len() > 8, "few kinds were patched: {kinds:?}");
}

#[test]
fn what_a_filter_hides_is_not_patched() {
    let object = |replicas: u32, image: &str, labels: Value| {
        let mut object = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
            "spec": {"replicas": replicas, "template": {"spec": {"containers": [{"name": "web", "image": image}]}}}});
        if labels.is_object() {
            object["metadata"]["labels"] = labels;
        }
        object
    };
    let (old, new) =
        (Input::of(&[object(1, "web:1", Value::Null)]), Input::of(&[object(2, "web:2", json!({"a": "1", "b": "2"}))]));
    let mut filters = render::diff::Filters::default();
    for path in ["spec.replicas", "metadata.labels.a"] {
        filters.add_path(path).expect("a path");
    }
    let found = compare("test", &old.side(), &new.side(), &Options { filters, ..options() });
    let mut patched = as_json(&old.nodes()[0]);
    let patch: json_patch::Patch = serde_json::from_value(entries(&found)[0]["patch"].clone()).expect("a patch");
    json_patch::patch(&mut patched, &patch).expect("a patch of this object");
    assert_eq!(patched, object(1, "web:2", json!({"b": "2"})));
}

const KINDS: &[(&str, &str)] = &[("v1", "ConfigMap"), ("apps/v1", "Deployment"), ("example.com/v1", "Thing"), ("v1", "Service")];
const NAMES: &[&str] = &["web", "api", "settings-7b4f8m2k6t", "settings-bcdfghkmt2", "web-2"];
const KEYS: &[&str] = &["name", "id", "a.b/c", "spec", "containers", "é", "0", "containerPort"];
const STRINGS: &[&str] = &["", "a", "1", "yes", "two\nlines\n", "settings-7b4f8m2k6t", "settings-bcdfghkmt2", "web", "é☃"];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2i64..3).prop_map(Value::from),
        any::<i32>().prop_map(|number| json!(f64::from(number) + 0.5)),
        prop::sample::select(STRINGS).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let mapping = btree_map(prop::sample::select(KEYS).prop_map(str::to_owned), inner.clone(), 0..4);
        let named = vec((prop::sample::select(STRINGS), inner.clone()), 0..5)
            .prop_map(|items| items.into_iter().map(|(name, value)| json!({"name": name, "value": value})).collect::<Vec<_>>());
        prop_oneof![
            vec(inner, 0..6).prop_map(Value::from),
            mapping.prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
            named.prop_map(Value::from),
        ]
    })
}

fn object() -> impl Strategy<Value = Value> {
    let namespace = prop::option::of(prop::sample::select(&["one", "two"][..]));
    let containers = vec((prop::sample::select(NAMES), value()), 0..4);
    (prop::sample::select(KINDS), prop::sample::select(NAMES), namespace, value(), containers).prop_map(
        |((api_version, kind), name, namespace, value, containers)| {
            let mut metadata = json!({ "name": name });
            if let Some(namespace) = namespace {
                metadata["namespace"] = namespace.into();
            }
            let containers: Vec<Value> = containers.iter().map(|(name, value)| json!({"name": name, "env": value})).collect();
            json!({"apiVersion": api_version, "kind": kind, "metadata": metadata, "data": {"a": value.clone(), "b.yaml": "x: 1\n"},
                "spec": {"template": {"spec": {"containers": containers}}, "x": value}})
        },
    )
}

/// Objects, some of which contain a part of another one.
fn sides() -> impl Strategy<Value = (Vec<Value>, Vec<Value>)> {
    (vec(object(), 0..6), vec(object(), 0..6), vec(any::<prop::sample::Index>(), 0..6), any::<bool>()).prop_map(
        |(old, new, kept, reverse)| {
            let mut new = new;
            for index in kept.iter().filter(|_| !old.is_empty()) {
                let mut object = index.get(&old).clone();
                let other = new.first().map_or(Value::Null, |other| other["spec"]["x"].clone());
                match index.index(4) {
                    0 => object["spec"]["x"] = other,
                    1 => object["metadata"]["name"] = "renamed".into(),
                    2 => object["data"]["a"] = other,
                    _ => {}
                }
                new.push(object);
            }
            if reverse {
                new.reverse();
            }
            (old, new)
        },
    )
}

/// A list, and the same items in another order, some of them changed, removed, or added.
fn moved() -> impl Strategy<Value = (Value, Value)> {
    (vec(value(), 0..8), vec(value(), 0..3), vec(any::<prop::sample::Index>(), 0..3)).prop_flat_map(|(old, added, changed)| {
        let mut new = old.clone();
        for (index, value) in changed.iter().zip(&added).filter(|_| !old.is_empty()) {
            match &mut new[index.index(old.len())] {
                Value::Object(entries) => _ = entries.insert("a".into(), value.clone()),
                item => *item = value.clone(),
            }
        }
        new.extend(added.into_iter().skip(1));
        (Just(Value::from(old)), Just(new).prop_shuffle().prop_map(Value::from))
    })
}

#[test]
fn the_order_of_a_list_is_one_change() {
    let object = |items: Value| json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"x": items, "y": [{"z": items}]}});
    let items: Vec<Value> = (0..3000).map(|at| json!({"x": at, "y": "z"})).collect();
    let mut turned = items.clone();
    turned.rotate_left(1234);
    turned.reverse();
    let (old, new) = (Input::of(&[object(items.into())]), Input::of(&[object(turned.into())]));
    let found = differences(&old, &new);
    assert_eq!(found.objects[0].changes.len(), 2);
    assert!(found.objects[0].changes.iter().all(|change| change.order.is_some()));
    check_properties(&old, &new);
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn documents_satisfy_the_properties(old in vec(value(), 0..3), new in vec(value(), 0..3)) {
        check_properties(&Input::documents(&old), &Input::documents(&new));
    }

    #[test]
    fn lists_in_another_order_satisfy_the_properties((old, new) in moved()) {
        check_properties(&Input::documents(std::slice::from_ref(&old)), &Input::documents(std::slice::from_ref(&new)));
        let sorted = |list: &Value| {
            let mut items: Vec<String> = list.as_array().expect("a list").iter().map(Value::to_string).collect();
            items.sort();
            items
        };
        let found = differences(&Input::documents(std::slice::from_ref(&old)), &Input::documents(std::slice::from_ref(&new)));
        if sorted(&old) == sorted(&new) && old != new {
            let changes: Vec<_> = found.objects.iter().flat_map(|object| &object.changes).collect();
            prop_assert!(changes.len() == 1 && changes[0].order.is_some(), "{:?}", changes);
        }
    }

    #[test]
    fn nothing_differs_from_itself((old, _) in sides()) {
        let found = differences(&Input::of(&old), &Input::of(&old));
        prop_assert!(found.objects.is_empty(), "{:?}", found.objects);
        prop_assert_eq!(found.unchanged, old.len());
    }

    #[test]
    fn random_objects_satisfy_the_properties((old, new) in sides()) {
        check_properties(&Input::of(&old), &Input::of(&new));
    }
}

/// One of several objects whose changes have effects on each other; `None` for variant 0.
fn part(at: usize, variant: usize) -> Option<Value> {
    let choice = variant.checked_sub(1)?;
    let meta = |name: &str| json!({"name": name, "namespace": "shop"});
    let pod = |source: Value| {
        let container = json!({"name": "c", "image": "example.com/c:1", "envFrom": [{"secretRef": {"name": "db"}}]});
        json!({"spec": {"containers": [container], "volumes": [source]}})
    };
    let volume =
        [json!({"name": "data", "emptyDir": {}}), json!({"name": "data", "persistentVolumeClaim": {"claimName": "data"}})];
    let size = ["1Gi", "2Gi"][choice];
    let claim = json!({"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": size}}}});
    let policy = json!({"whenDeleted": if choice == 0 { "Retain" } else { "Delete" }});
    let target = if choice == 0 { "web" } else { "api" };
    Some(match at {
        0 => json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"a": size}}}),
        1 => json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta("data"), "spec": claim["spec"]}),
        2 => json!({"apiVersion": "v1", "kind": "Secret", "metadata": meta("db"), "stringData": {"pw": size}}),
        3 => json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("web"),
            "spec": {"replicas": choice, "template": pod(volume[choice].clone())}}),
        4 => {
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("api"), "spec": {"template": pod(volume[1].clone())}})
        }
        5 => json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": meta("db"), "spec": {
            "persistentVolumeClaimRetentionPolicy": policy, "template": pod(volume[0].clone()), "volumeClaimTemplates": [claim]}}),
        _ => json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": meta("web"), "spec": {
            "maxReplicas": 5 + choice, "scaleTargetRef": {"kind": "Deployment", "name": target}}}),
    })
}

const PARTS: usize = 7;

fn parts(variants: &[usize]) -> Vec<Value> {
    variants.iter().enumerate().filter_map(|(at, variant)| part(at, *variant)).collect()
}

/// The objects with their notes.
fn noted(found: &OverlayDiff) -> Vec<(String, Vec<String>)> {
    let name = |object: &ObjectDiff| format!("{} {}", object.id().gvk.kind, object.id().name);
    found.objects.iter().map(|object| (name(object), object.notes.iter().map(ToString::to_string).collect())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    /// Notes do not depend on the order of the input, those about lost data come first, and an object that stays the same has none.
    #[test]
    fn notes_are_independent_of_order(old in vec(0..3usize, PARTS), new in vec(0..3usize, PARTS)) {
        let (before, mut after) = (parts(&old), parts(&new));
        let found = differences(&Input::of(&before), &Input::of(&after));
        after.reverse();
        let again = differences(&Input::of(&before.iter().rev().cloned().collect::<Vec<_>>()), &Input::of(&after));
        prop_assert_eq!(noted(&found), noted(&again));
        prop_assert!(found.objects.is_sorted_by_key(|object| !object.has(Class::DataLoss)));
        for object in &found.objects {
            prop_assert!(object.notes.is_sorted_by_key(|note| note.class() != Class::DataLoss), "{:?}", object.notes);
        }
        let is_gone = |at: usize| old[at] > 0 && new[at] == 0;
        prop_assert_eq!(found.noted(Class::DataLoss) > 0, (0..PARTS).any(|at| match at {
            0 | 1 | 5 => is_gone(at) || (at != 0 && old[at] > 0 && old[at] != new[at] && (new[at] < old[at] || at == 5)),
            2 => is_gone(at) && (3..6).any(|user| new[user] > 0),
            3 => old[at] == 2 && new[at] == 1,
            // It is similar to the other Deployment, so it counts as renamed.
            4 => is_gone(at) && old[3] == 0 && new[3] == 1,
            _ => false,
        }), "{:?}", noted(&found));
    }
}
