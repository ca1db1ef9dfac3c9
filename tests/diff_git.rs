//! `render diff --base`: revisions and the working tree, in repositories created by the tests, including a bare one.
//!
//! Skipped if git is not available.

#[path = "support/git.rs"]
mod git;

use std::path::Path;
use std::process::Command;

use git::{World, isolated};

/// Exit code, standard output, standard error.
type Run = (Option<i32>, String, String);

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  template:\n    spec:\n      \
                   containers:\n      - {name: web, envFrom: [{configMapRef: {name: settings}}]}\n";

impl World {
    fn new() -> Option<World> {
        World::of(&[
            ("base/kustomization.yaml", "resources: [web.yaml]\nconfigMapGenerator: [{name: settings, files: [app.yaml]}]\n"),
            ("base/web.yaml", WEB),
            ("base/app.yaml", "port: 80\nlevel: info\n"),
            ("overlays/dev/kustomization.yaml", "resources: [../../base]\nnamespace: dev\n"),
            ("overlays/prod/kustomization.yaml", "resources: [../../base]\nnamespace: prod\n"),
            ("overlays/other/kustomization.yaml", "configMapGenerator: [{name: other, literals: [a=1]}]\n"),
        ])
    }

    fn diff(&self, directory: &str, arguments: &[&str]) -> Run {
        render(&self.path(directory), arguments)
    }
}

fn render(directory: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    let output = isolated(command.arg("diff").args(arguments).current_dir(directory)).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn affected_overlays_are_compared_with_the_working_tree() {
    let Some(world) = World::new() else { return };
    assert_eq!(world.diff("", &["--base", "main"]), (Some(0), String::new(), String::new()));
    world.write("base/app.yaml", "port: 81\nlevel: info\n");
    let (code, out, err) = world.diff("", &["--base", "main"]);
    assert_eq!((code, err.as_str()), (Some(1), ""));
    for expected in [
        "== overlays/dev: 2 changed",
        "== overlays/prod: 2 changed",
        "~ data[app.yaml].port: 80 -> 81  # main:base/app.yaml:1:1 -> base/app.yaml:1:1\n",
        "! pods restart: new content of ConfigMap/settings\n",
        "2 overlays compared, 2 with differences: 4 changed",
    ] {
        assert!(out.contains(expected), "{expected}\n{out}");
    }
    assert!(!out.contains("other") && !out.contains("configMapRef"), "{out}");
    let (code, out, _) = world.diff("overlays/dev", &["--base", "main", "--format", "summary", "--exit-zero"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with(".: 2 changed, 0 unchanged\n") && !out.contains("prod"), "{out}");
    let (_, out, _) = world.diff("", &["--base", "main", "--format", "summary", "--all"]);
    assert!(out.contains("overlays/other: 1 unchanged\n") && !out.contains("base:"), "{out}");
    let (_, out, _) = world.diff("", &["--base", "main", "--color", "always", "overlays/prod"]);
    assert!(out.contains("\x1b[33m~ Deployment prod/web\x1b[0m"), "{out}");
    let (_, out, _) = world.diff("", &["--base", "main", "--format", "summary", "overlays/prod"]);
    assert!(out.contains("overlays/prod: ") && !out.contains("dev"), "{out}");
}

#[test]
fn overlays_are_added_and_removed() {
    let Some(world) = World::new() else { return };
    std::fs::remove_file(world.path("overlays/other/kustomization.yaml")).expect("a file");
    world.write("overlays/new/kustomization.yaml", "configMapGenerator: [{name: new, literals: [a=1]}]\n");
    let (code, out, _) = world.diff("", &["--base", "main", "--format", "summary"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("overlays/new: 1 added") && out.contains("overlays/other: 1 removed"), "{out}");
}

#[test]
fn two_revisions_need_no_working_tree() {
    let Some(world) = World::new() else { return };
    world.git(&["checkout", "--quiet", "-b", "change"]);
    world.write("base/web.yaml", &WEB.replace("replicas: 1", "replicas: 2"));
    world.commit();
    let bare = world.directory.path().join("bare.git");
    world.git(&["clone", "--quiet", "--bare", ".", bare.to_str().expect("UTF-8")]);
    let (code, out, err) = render(&bare, &["--base", "main", "--head", "change"]);
    assert_eq!((code, err.as_str()), (Some(1), ""));
    assert!(out.contains("~ spec.replicas: 1 -> 2  # main:base/web.yaml:5:13 -> change:base/web.yaml:5:13\n"), "{out}");
    let (code, out, err) = render(&bare, &["--base", "main"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("`--base A --head B`"), "{err}");
    let (code, out, _) = render(&bare, &["--base", "main", "--head", "change", "overlays/dev"]);
    assert!(code == Some(1) && out.contains("Deployment dev/web") && !out.contains("prod"), "{out}");
}

#[test]
fn with_merge_base_only_the_changes_of_the_branch_are_reported() {
    let Some(world) = World::new() else { return };
    world.git(&["checkout", "--quiet", "-b", "change"]);
    world.write("overlays/other/kustomization.yaml", "configMapGenerator: [{name: other, literals: [a=2]}]\n");
    world.commit();
    world.git(&["checkout", "--quiet", "main"]);
    world.write("base/app.yaml", "port: 82\nlevel: info\n");
    world.commit();
    world.git(&["checkout", "--quiet", "change"]);
    let arguments = ["--base", "main", "--format", "summary"];
    assert!(world.diff("", &arguments).1.contains("overlays/dev"));
    let (_, out, _) = world.diff("", &[&arguments[..], &["--merge-base"]].concat());
    assert!(out.contains("overlays/other: ") && !out.contains("overlays/dev"), "{out}");
}

#[test]
fn an_overlay_that_does_not_build_is_an_error_and_nothing_is_printed() {
    let Some(world) = World::new() else { return };
    world.write("overlays/dev/kustomization.yaml", "resources: [../../nothing]\n");
    world.write("overlays/other/kustomization.yaml", "configMapGenerator: [{name: other, literals: [a=2]}]\n");
    let (code, out, err) = world.diff("", &["--base", "main"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("overlays/dev/kustomization.yaml:1:13"), "{err}");
    let (code, out, _) = world.diff("", &["--base", "main", "--keep-going"]);
    assert_eq!(code, Some(2));
    assert!(out.contains("data.a") && out.contains("error[not-found]"), "{out}");
    for wrong in [&["--base", "nothing"][..], &["--base", "main", "nowhere"], &["--base", "main", "--head", "a..b"], &["a"], &[]]
    {
        let (code, out, err) = world.diff("", wrong);
        assert!(code == Some(2) && out.is_empty() && !err.is_empty(), "{wrong:?}: {code:?} {out} {err}");
    }
}

const VALID: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  selector: {matchLabels: \
                     {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      \
                     - {name: web, image: example.com/web:1.0}\n";

/// A repository whose settings silence a finding of the builds, and a change that could silence its own.
fn with_settings() -> Option<World> {
    World::of(&[
        (".render.yaml", "silence:\n- {code: unmatched-image, file: overlays/dev/*, reason: later}\n"),
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", VALID),
        ("overlays/dev/kustomization.yaml", "resources: [../../base]\nimages: [{name: old, newTag: a}]\n"),
        ("overlays/prod/kustomization.yaml", "resources: [../../base]\n"),
    ])
}

#[test]
fn a_change_cannot_silence_the_findings_that_it_introduces() {
    let Some(world) = with_settings() else { return };
    let misspelled = "resources: [../../base]\nimages: [{name: misspelled, newTag: a}]\n";
    let silent =
        "silence:\n- {code: unmatched-image, reason: none}\n- {code: unknown-field, object: Deployment/web, reason: none}\n";
    world.write("overlays/dev/kustomization.yaml", misspelled);
    world.write("overlays/prod/kustomization.yaml", misspelled);
    world.write("base/web.yaml", &VALID.replace("replicas: 1", "replica: 1"));
    world.write(".render.yaml", silent);
    let (code, out, err) = world.diff("", &["--base", "main"]);
    assert_eq!((code, err.as_str()), (Some(1), ""), "{out}");
    for expected in [
        "! new warning[unmatched-image]: no container has the image `misspelled`",
        "  # overlays/prod/kustomization.yaml:2:17\n",
        "! new error[unknown-field]: spec.replica: unknown field `replica`; did you mean `replicas`?  # base/web.yaml:5:3\n",
        "== overlays/dev: 1 changed, 0 unchanged, 1 new error\n",
        "== overlays/prod: 1 changed, 0 unchanged, 1 new error, 1 new warning\n",
    ] {
        assert!(out.contains(expected), "{expected}\n{out}");
    }
    assert!(!out.contains("fixed"), "{out}");
    let from = |side: &str| world.diff("", &["--base", "main", "--settings-from", side, "--format", "summary"]).1;
    assert!(from("base").contains("overlays/dev: 1 changed, 0 unchanged, 1 new error\n"), "{}", from("base"));
    assert!(!from("head").contains("new "), "{}", from("head"));
    let (_, out, _) = world.diff("overlays", &["--base", "main", "--settings", "none", "--format", "summary", "dev"]);
    assert!(out.contains("dev: 1 changed, 0 unchanged, 1 new error, 1 new warning, 1 finding fixed\n"), "{out}");
    let commit = world.commit();
    let (_, out, _) = world.diff("overlays", &["--base", "main~", "--head", &commit, "--format", "summary"]);
    assert!(out.contains("dev: 1 changed, 0 unchanged, 1 new error\n"), "{out}");
    assert!(out.contains("prod: 1 changed, 0 unchanged, 1 new error, 1 new warning\n"), "{out}");
}

#[test]
fn with_check_only_errors_that_a_change_introduces_fail() {
    let Some(world) = World::new() else { return };
    let invalid = WEB.replace("replicas: 1", "replicas: one");
    let code = |arguments: &[&str]| world.diff("", &[&["--base", "main", "--format", "summary"], arguments].concat()).0;
    world.write("base/app.yaml", "port: 81\nlevel: info\n");
    world.write(
        "base/kustomization.yaml",
        "resources: [web.yaml]\nconfigMapGenerator: [{name: settings, files: [app.yaml]}]\n\
                 images: [{name: misspelled, newTag: a}]\n",
    );
    assert_eq!(code(&["--exit-zero", "--check"]), Some(0), "a warning");
    assert_eq!(code(&["--check"]), Some(1), "a difference");
    world.write("base/web.yaml", &invalid);
    assert_eq!(code(&["--exit-zero", "--check"]), Some(1), "an error");
    assert_eq!(code(&["--exit-zero"]), Some(0));
    assert_eq!(code(&["--exit-zero", "--check", "--no-validate"]), Some(0));
    world.commit();
    assert_eq!(code(&["--check"]), Some(0), "nothing differs");
    world.write("base/app.yaml", "port: 82\nlevel: info\n");
    assert_eq!(code(&["--exit-zero", "--check"]), Some(0), "an old error");
}
