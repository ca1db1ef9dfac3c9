//! Folding a diff loses nothing: unfolding it yields the diff again, and the output for people mentions every object and every
//! change. Tested with random overlays, and with typical changes to the stacks.

#[allow(dead_code)]
#[path = "support/git.rs"]
mod git;
#[path = "support/objects.rs"]
mod objects;

use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

use git::{World, isolated};
use objects::Input;
use render::diff::format::{self, Style};
use render::diff::{Diff, Options, OverlayDiff, compare, fold, single, unfold};

fn write(diff: &Diff, name: &str, style: Style) -> String {
    (format::format(name).expect("a format").write)(diff, style)
}

const ALL: &[&str] = &["Deployment", "ConfigMap", "Secret", "Role"];

/// An object whose parts come from a few values, so that several objects have the same ones.
fn object(name: usize, kinds: &[&'static str]) -> impl Strategy<Value = Value> + use<> {
    let labels = || btree_map(prop::sample::select(vec!["tier", "owner"]), prop::sample::select(vec!["x", "y"]), 0..3);
    let image = prop::sample::select(vec!["shop/api:1", "shop/api:2", "shop/web:1", "shop/web:2", "other:1"]);
    let data = btree_map(
        prop::sample::select(vec!["a", "b"]),
        prop::sample::select(vec!["1", "2", "x: 1\ny: 2\n", "x: 2\ny: 2\n"]),
        0..3,
    );
    (prop::sample::select(kinds.to_vec()), labels(), labels(), vec(image, 0..3), data).prop_map(
        move |(kind, labels, annotations, images, data)| {
            let version = match kind {
                "Deployment" => "apps/v1",
                "Role" => "rbac.authorization.k8s.io/v1",
                _ => "v1",
            };
            let mut metadata = json!({"name": format!("object-{name}"), "namespace": "shop", "labels": labels});
            if !annotations.is_empty() {
                metadata["annotations"] = json!(annotations);
            }
            let containers: Vec<Value> =
                images.iter().enumerate().map(|(at, image)| json!({"name": format!("c{at}"), "image": image})).collect();
            let spec = json!({"template": {"metadata": {"annotations": annotations}, "spec": {"containers": containers}}});
            json!({"apiVersion": version, "kind": kind, "metadata": metadata, "data": data, "spec": spec})
        },
    )
}

/// The objects of a side, each at most once.
fn side(kinds: &[&'static str]) -> impl Strategy<Value = Vec<Value>> + use<> {
    (object(0, kinds), object(1, kinds), object(2, kinds), object(3, kinds), vec(any::<bool>(), 4)).prop_map(
        |(a, b, c, d, kept)| {
            [a, b, c, d].into_iter().zip(kept).filter(|(_, is_kept)| *is_kept).map(|(object, _)| object).collect()
        },
    )
}

prop_compose! {
    fn diffs(kinds: &'static [&'static str])(sides in vec((side(kinds), side(kinds), prop::sample::select(vec![None, None, Some("error[a]: x\n = from: ")])), 1..4)) -> Diff {
        let overlays = sides.iter().enumerate().map(|(at, (old, new, error))| {
            let name = format!("overlays/{at}");
            let (old, new) = (Input::of(old), Input::of(new));
            match error {
                Some(error) => OverlayDiff { error: Some(format!("{error}{name}\n")), name, ..OverlayDiff::default() },
                None => compare(&name, &old.side(), &new.side(), &Options::default()),
            }
        });
        Diff { sides: ["old".into(), "new".into()], overlays: overlays.collect(), ..Diff::default() }
    }
}

proptest! {
    #[test]
    fn unfolding_a_folded_diff_yields_the_diff(diff in diffs(ALL)) {
        let expected = format!("{diff:?}");
        prop_assert_eq!(&format!("{:?}", unfold(&fold(&diff))), &expected);
        prop_assert_eq!(&format!("{:?}", unfold(&single(&diff))), &expected);
    }

    #[test]
    fn each_change_is_shown_once_and_nothing_is_missing(diff in diffs(ALL)) {
        let folded = fold(&diff);
        let mut shown = 0;
        for group in &folded.groups {
            prop_assert!(group.members.len() > 1);
            shown += group.members.iter().map(|member| member.parts.len()).sum::<usize>();
        }
        shown += folded.rest.iter().flatten().map(|member| member.parts.len()).sum::<usize>();
        let expected: usize = single(&diff).rest.iter().flatten().map(|member| member.parts.len()).sum();
        prop_assert_eq!(shown, expected);
        for style in [Style::default(), Style { no_fold: true, ..Style::default() }] {
            for name in ["human", "markdown", "html"] {
                let text = write(&diff, name, Style { max_size: Some(usize::MAX), ..style });
                for overlay in &diff.overlays {
                    prop_assert!(overlay.objects.is_empty() || text.contains(&overlay.name) , "{}\n{text}", overlay.name);
                    for object in &overlay.objects {
                        prop_assert!(text.contains(object.id().name.as_str()), "{}\n{text}", object.id().name);
                        for step in object.changes.iter().filter_map(|change| change.path.last_field()) {
                            prop_assert!(text.contains(step) || step == "image", "{step}\n{text}");
                        }
                    }
                }
            }
        }
        if !folded.has_groups() {
            let plain = Style { no_fold: true, ..Style::default() };
            prop_assert_eq!(write(&diff, "human", Style::default()), write(&diff, "human", plain));
        }
    }

    #[test]
    fn folding_does_not_show_secrets(diff in diffs(&["Secret"])) {
        for name in ["human", "markdown", "html"] {
            let text = write(&diff, name, Style { full: true, ..Style::default() });
            prop_assert!(!text.contains("y: 2") && !text.contains("shop/api"), "{text}");
        }
    }
}

/// The files of the stacks, without secrets.
fn stacks() -> Vec<(String, String)> {
    fn walk(directory: &Path, files: &mut Vec<PathBuf>) {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() { walk(&path, files) } else { files.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    walk(&root.join("bases"), &mut files);
    walk(&root.join("overlays"), &mut files);
    files.retain(|path| path.extension().is_none_or(|ending| ending != "env"));
    let name = |path: &Path| path.strip_prefix(root).expect("a path below the root").to_str().expect("UTF-8").replace('\\', "/");
    files.iter().filter_map(|path| Some((name(path), std::fs::read_to_string(path).ok()?))).collect()
}

/// The output about a change to files of the stacks: for each file, what is replaced.
fn about(change: &dyn Fn(&str, &str) -> String, arguments: &[&str]) -> Option<String> {
    let files = stacks();
    let world = World::of(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>())?;
    for (path, text) in &files {
        let changed = change(path, text);
        if changed != *text {
            world.write(path, &changed);
        }
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    let output = isolated(command.args(["diff", "--base", "main"]).args(arguments).current_dir(world.path(""))).output();
    Some(String::from_utf8(output.expect("the program starts").stdout).expect("UTF-8"))
}

/// The lines at the start of an entry.
fn entries(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with(['~', '+', '-', '>', '!']) && !line.starts_with("---")).collect()
}

#[test]
fn a_new_tag_in_three_environments_is_one_entry() {
    let change = |path: &str, text: &str| match path {
        "bases/dashflow/kustomization.yaml" => text.replace("newTag: 1.11.3", "newTag: 1.11.4"),
        _ => text.to_owned(),
    };
    let Some(text) = about(&change, &[]) else { return };
    assert_eq!(entries(&text).len(), 1, "{text}");
    for part in
        ["~ 9 Deployments in 3 overlays: dashflow/", "image tag: 1.11.3 -> 1.11.4 of ghcr.io/dashflow/", "! pods restart\n"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let whole = about(&change, &["--no-fold"]).unwrap_or_default();
    assert_eq!(entries(&whole).len(), 9, "{whole}");
}

#[test]
fn an_annotation_on_all_objects_is_one_entry() {
    let change = |path: &str, text: &str| {
        let is_base = path.starts_with("bases/") && path.matches('/').count() == 2 && path.ends_with("/kustomization.yaml");
        let is_component = text.contains("kind: Component");
        if is_base && !is_component {
            format!("{text}\ncommonAnnotations:\n  example.com/owner: shop\n")
        } else {
            text.to_owned()
        }
    };
    let Some(text) = about(&change, &[]) else { return };
    assert_eq!(entries(&text).len(), 1, "{text}");
    assert!(text.contains("metadata.annotations[example.com/owner]: shop"), "{text}");
    let comment = about(&change, &["--format", "markdown"]).unwrap_or_default();
    assert!(comment.len() < 8192 && !comment.contains("Truncated"), "{}", comment.len());
}

#[test]
fn an_error_in_three_environments_is_one_entry() {
    let change = |path: &str, text: &str| match path {
        "bases/disney-ai-plus/kustomization.yaml" => format!("{text}\nreplicas: 3\n"),
        _ => text.to_owned(),
    };
    for name in ["human", "markdown", "html"] {
        let Some(text) = about(&change, &["--keep-going", "--format", name]) else { return };
        assert_eq!(text.matches("error[").count(), 1, "{text}");
        assert!(text.contains("3 overlays could not be compared"), "{text}");
    }
}
