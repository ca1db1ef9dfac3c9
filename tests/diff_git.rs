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
        "~ data[app.yaml].port: 80 -> 81  # main:base/app.yaml:1:7 -> base/app.yaml:1:7\n",
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
        "      in Deployment web, in 2 overlays: overlays/dev, overlays/prod\n",
        "== overlays/dev: 1 changed, 0 unchanged, 1 new error (listed above)\n",
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

const STAND_IN: &str = "revisions:\n  missing: {\"*.env\": \"*.env.example\"}\n";

/// A repository whose base reads a file that git ignores, and an example next to it.
fn with_ignored_secret(settings: &str) -> Option<World> {
    let world = World::of(&[
        (".gitignore", "*.env\n"),
        (".render.yaml", settings),
        ("base/kustomization.yaml", "secretGenerator: [{name: db, envs: [secrets/.env]}]\n"),
        ("base/secrets/.env.example", "password=change-me\n"),
        ("overlays/dev/kustomization.yaml", "resources: [../../base]\nnamespace: dev\n"),
    ])?;
    world.write("base/secrets/.env", "password=hunter2\n");
    Some(world)
}

#[test]
fn stand_ins_take_the_place_of_files_that_git_ignores() {
    let Some(world) = with_ignored_secret(STAND_IN) else { return };
    let note = "note: `base/secrets/.env` is not in git: `base/secrets/.env.example` is used\n";
    let (code, out, err) = world.diff("", &["--base", "main", "--all"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("overlays/dev: 1 unchanged") && out.matches(note).count() == 1, "{out}");
    world.write("base/secrets/.env.example", "password=changed\n");
    let (code, out, err) = world.diff("", &["--base", "main"]);
    assert_eq!((code, err.as_str()), (Some(1), ""), "{out}");
    assert!(out.contains("data.password: *** -> *** (changed)") && out.contains(note) && !out.contains("hunter"), "{out}");
    for format in ["summary", "markdown", "html", "json"] {
        let (_, out, _) = world.diff("", &["--base", "main", "--format", format]);
        assert!(out.contains("is not in git"), "{format}: {out}");
    }
    let mut affected = Command::new(env!("CARGO_BIN_EXE_render"));
    let output =
        isolated(affected.args(["affected", "--since", "main"]).current_dir(world.path(""))).output().expect("it starts");
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"overlays/dev\n"[..], &b""[..]));
    let (code, _, err) = world.diff("", &["--base", "main", "--all", "--settings", "none"]);
    assert!(code == Some(2) && err.contains("base/secrets/.env") && err.contains("if git ignores the file"), "{err}");
}

#[test]
fn stand_ins_are_those_of_both_sides_unless_one_is_chosen() {
    let Some(world) = with_ignored_secret("strict: false\n") else { return };
    world.write(".render.yaml", STAND_IN);
    let (code, out, err) = world.diff("", &["--base", "main", "--all"]);
    assert!(code == Some(0) && out.contains("is not in git"), "{out}{err}");
    let (code, _, err) = world.diff("", &["--base", "main", "--all", "--settings-from", "base"]);
    assert!(code == Some(2) && err.contains("base/secrets/.env"), "{err}");
}

#[test]
fn a_stand_in_is_a_file_of_the_same_directory() {
    for other in ["../../x", "/etc/passwd", "a/b"] {
        let Some(world) = with_ignored_secret(&STAND_IN.replace("*.env.example", other)) else { return };
        let (code, out, err) = world.diff("", &["--base", "main", "--all"]);
        assert!(code == Some(2) && out.is_empty() && err.contains("is not the name of a file in the same directory"), "{err}");
    }
}

#[cfg(unix)]
#[test]
fn a_stand_in_does_not_lead_out_of_the_repository() {
    let Some(world) = with_ignored_secret(&STAND_IN.replace("*.env.example", "link")) else { return };
    std::os::unix::fs::symlink("/etc/hostname", world.path("base/secrets/link")).expect("a link");
    for arguments in [&["--base", "main", "--all"][..], &["--base", "HEAD", "--head", "HEAD", "--all"]] {
        let (code, out, err) = world.diff("", arguments);
        assert!(code == Some(2) && out.is_empty(), "{out}{err}");
        world.commit();
    }
}

/// The annotations of GitHub for a change of some files: file and line.
fn annotated(before: &[(&str, &str)], change: &[(&str, Option<&str>)], arguments: &[&str]) -> Option<Vec<String>> {
    let world = World::of(before)?;
    for (path, text) in change {
        match text {
            Some(text) => world.write(path, text),
            None => std::fs::remove_file(world.path(path)).expect("a file"),
        }
    }
    let (code, out, err) = world.diff("", &[&["--base", "main", "--format", "github"], arguments].concat());
    assert_eq!((code, err.as_str()), (Some(1), ""), "{out}");
    let place = |line: &str| {
        let (file, rest) = line.split_once("file=")?.1.split_once(",line=")?;
        Some(format!("{file}:{}", rest.split(',').next()?))
    };
    Some(out.lines().map(|line| place(line).unwrap_or_else(|| panic!("no file or line: {line}"))).collect())
}

const BASE: [(&str, &str); 5] = [
    ("base/kustomization.yaml", "resources:\n- web.yaml\n- more.yaml\n"),
    ("base/web.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: base\n  b: base\n  c: base\n"),
    ("base/more.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: more\n"),
    ("o/kustomization.yaml", "resources:\n- ../base\npatches:\n- path: patch.yaml\n"),
    ("o/patch.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: patched\n  b: patched\n"),
];

#[test]
fn annotations_are_next_to_lines_that_the_change_touches() {
    let patch = BASE[4].1;
    type Edit<'e> = (&'e str, Option<&'e str>);
    let cases: &[(&str, &[Edit<'_>], &[&str])] = &[
        ("the line was changed", &[("o/patch.yaml", Some(&patch.replace("b: patched", "b: new")))], &["o/patch.yaml:7"]),
        ("a line of the patch was removed", &[("o/patch.yaml", Some(&patch.replace("  a: patched\n", "")))], &["o/patch.yaml:6"]),
        ("the last line was removed", &[("o/patch.yaml", Some(&patch.replace("  b: patched\n", "")))], &["o/patch.yaml:6"]),
        (
            "the file of the patch was removed",
            &[("o/patch.yaml", None), ("o/kustomization.yaml", Some("resources:\n- ../base\n"))],
            &["o/kustomization.yaml:2"],
        ),
        (
            "the patch is no longer listed",
            &[("o/kustomization.yaml", Some("resources:\n- ../base\npatches: []\n"))],
            &["o/kustomization.yaml:3"],
        ),
        (
            "a resource is no longer listed",
            &[("base/kustomization.yaml", Some("resources:\n- web.yaml\n"))],
            &["base/kustomization.yaml:2"],
        ),
        (
            "a file that existed is listed",
            &[("o/kustomization.yaml", Some("resources:\n- ../base\n- extra.yaml\npatches:\n- path: patch.yaml\n"))],
            &["o/kustomization.yaml:3"],
        ),
        (
            "a file was added",
            &[
                ("base/kustomization.yaml", Some("resources:\n- web.yaml\n- more.yaml\n- new.yaml\n")),
                ("base/new.yaml", Some("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: new\n")),
            ],
            &["base/new.yaml:4"],
        ),
        (
            "another line of the file was changed, too",
            &[
                ("base/web.yaml", Some(&BASE[1].1.replace("c: base", "c: new"))),
                ("o/patch.yaml", Some(&patch.replace("  b: patched\n", ""))),
            ],
            &["base/web.yaml:8", "o/patch.yaml:6"],
        ),
        (
            "the namespace was added",
            &[("o/kustomization.yaml", Some("namespace: shop\nresources:\n- ../base\npatches:\n- path: patch.yaml\n"))],
            &["o/kustomization.yaml:1"],
        ),
    ];
    for (name, change, expected) in cases {
        let extra = ("o/extra.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n");
        let Some(found) = annotated(&[&BASE[..], &[extra]].concat(), change, &[]) else { return };
        assert_eq!(found, *expected, "{name}");
    }
}

#[test]
fn annotations_of_revisions_name_the_files_without_the_revision() {
    let Some(world) = World::of(&BASE) else { return };
    world.git(&["checkout", "--quiet", "-b", "change"]);
    world.write("o/kustomization.yaml", "resources:\n- ../base\n");
    world.commit();
    for format in ["github", "gitlab"] {
        let (_, out, _) = world.diff("", &["--base", "main", "--head", "change", "--format", format]);
        let expected = if format == "github" { "file=o/kustomization.yaml,line=2," } else { "\"begin\": 2" };
        assert!(out.contains(expected) && !out.contains("change:"), "{out}");
    }
}

#[test]
fn formats_for_jobs_contain_the_errors_of_a_side_that_does_not_build() {
    let Some(world) = World::new() else { return };
    world.write("overlays/dev/kustomization.yaml", "resources: [../../nothing]\n");
    world.write("overlays/other/kustomization.yaml", "configMapGenerator: [{name: other, literals: [a=2]}]\n");
    for format in ["markdown", "html", "json", "github"] {
        let (code, out, err) = world.diff("", &["--base", "main", "--format", format]);
        assert_eq!(code, Some(2), "{format}");
        assert!(err.contains("../../nothing"), "{format}: {err}");
        assert!(out.contains("nothing`: no such file") || out.contains("nothing&#96;: no such file"), "{format}: {out}");
        assert!(out.contains("overlays/other"), "{format}: {out}");
    }
    for format in ["human", "unified", "json-patch", "summary"] {
        let (code, out, _) = world.diff("", &["--base", "main", "--format", format]);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{format}");
    }
}
