//! Reading: nothing outside the tree, nothing that is not a regular file; and settings that a change can't use for itself.
#![cfg(unix)]

use std::io::Write;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::tree::{Run, Tree, run};

const TOKEN: &str = "made-up-token-4711";
const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n";
const WRONG: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {prts: [{port: 80}]}\n";
const OVERLAY: [(&str, &str); 2] = [("kustomization.yaml", "resources: [web.yaml]\n"), ("web.yaml", SERVICE)];
const CRD: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
";

/// A tree in a repository, with a file outside that must not be shown.
fn tree() -> Tree {
    let tree = Tree::new(&OVERLAY);
    tree.write("../outside.yaml", format!("{TOKEN}: [\n"));
    std::fs::create_dir(tree.path("../outside")).unwrap();
    tree.write("../outside/x.yaml", format!("{TOKEN}: [\n"));
    git(&tree, &["init", "-q"]);
    commit(&tree);
    tree
}

fn git(tree: &Tree, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]).args(arguments).current_dir(tree.path(""));
    let done = command.env("GIT_CONFIG_GLOBAL", "/dev/null").output().expect("git");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn commit(tree: &Tree) {
    git(tree, &["add", "-A"]);
    git(tree, &["commit", "-q", "--allow-empty", "-m", "x"]);
}

fn fifo(tree: &Tree, path: &str) {
    std::fs::create_dir_all(tree.path(path).parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(tree.path(path)).status().expect("mkfifo").success());
}

/// Runs a command that must end soon.
fn soon(tree: &Tree, arguments: &[&str]) -> Run {
    let mut command = tree.command(arguments);
    command.env("PROBE_TOKEN", TOKEN).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("{arguments:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The commands that read settings.
const COMMANDS: [&[&str]; 8] = [
    &["."],
    &["validate", "."],
    &["validate", "--format", "json", "."],
    &["test", "."],
    &["diff", "--base", "HEAD", "."],
    &["affected", "--since", "HEAD"],
    &["blame", "."],
    &["deps", "."],
];

/// Fails, and shows nothing from outside.
fn refused(tree: &Tree, arguments: &[&str]) -> String {
    let run = soon(tree, arguments);
    let all = run.all();
    assert!(!all.contains(TOKEN), "{arguments:?}: {all}");
    assert!(arguments[0] == "affected" || run.code.is_some_and(|code| code == 1 || code == 2), "{arguments:?}: {run:?}");
    all
}

#[test]
fn settings_are_regular_files_of_the_repository() {
    let tree = tree();
    for target in ["/proc/self/environ", "../outside.yaml", "/dev/zero", "up/outside.yaml"] {
        symlink("..", tree.path("up")).unwrap();
        symlink(target, tree.path(".render.yaml")).unwrap();
        for command in COMMANDS {
            let all = refused(&tree, command);
            assert!(all.contains("`.render.yaml` is outside the repository: it is a symbolic link"), "{command:?}: {all}");
        }
        std::fs::remove_file(tree.path(".render.yaml")).unwrap();
        std::fs::remove_file(tree.path("up")).unwrap();
    }
    fifo(&tree, ".render.yaml");
    for command in COMMANDS {
        assert!(refused(&tree, command).contains("it is not a regular file"), "{command:?}");
    }
}

#[test]
fn settings_have_a_limit() {
    let tree = tree();
    for size in [5 << 20, 600 << 20] {
        std::fs::File::create(tree.path(".render.yaml")).unwrap().set_len(size).unwrap();
        assert!(refused(&tree, &["validate", "."]).contains("error[file-too-large]"));
    }
}

#[test]
fn a_link_inside_the_repository_is_followed() {
    let tree = tree();
    tree.write("ci/settings.yaml", "silence: [{code: unknown-code}]\n");
    symlink("ci/settings.yaml", tree.path(".render.yaml")).unwrap();
    assert!(tree.run(&["validate", "."]).stdout.contains("silence"));
}

#[test]
fn definitions_of_settings_are_files_of_the_repository() {
    let tree = tree();
    symlink("../outside.yaml", tree.path("link.yaml")).unwrap();
    symlink("..", tree.path("up")).unwrap();
    std::fs::create_dir(tree.path("crds")).unwrap();
    symlink("../../outside.yaml", tree.path("crds/crd.yaml")).unwrap();
    fifo(&tree, "fifo");
    fifo(&tree, "fifos/x.yaml");
    let outside = tree.path("../outside").display().to_string();
    for path in ["/proc/self/environ", "../outside.yaml", "../outside", &outside, "/", "/dev/zero", "link.yaml", "up", "crds"] {
        tree.write(".render.yaml", format!("mergeCustomLists: true\ncrds: ['{path}']\n"));
        for command in [&["validate", "."][..], &["."], &["diff", "--base", "HEAD", "."], &["blame", "."], &["deps", "."]] {
            let is_only_listed = path == "crds" && command[0] == "deps";
            let run = soon(&tree, command);
            assert!(!run.all().contains(TOKEN), "{command:?} {path}: {run:?}");
            assert!(is_only_listed || run.all().contains("outside"), "{command:?} {path}: {run:?}");
        }
    }
    for path in ["fifo", "fifos"] {
        tree.write(".render.yaml", format!("crds: ['{path}']\n"));
        assert!(refused(&tree, &["validate", "."]).contains("not a regular file"), "{path}");
    }
}

#[test]
fn inputs_of_a_build_are_regular_files_below_its_root() {
    let tree = tree();
    for name in ["fifo.yaml", "d/kustomization.yaml"] {
        fifo(&tree, name);
    }
    for (name, target) in [("zero.yaml", "/dev/zero"), ("environ.yaml", "/proc/self/environ"), ("out.yaml", "../outside.yaml")] {
        symlink(target, tree.path(name)).unwrap();
    }
    for field in [
        "resources: [X]",
        "patches: [{path: X}]",
        "openapi: {path: X}",
        "configurations: [X]",
        "crds: [X]",
        "transformers: [X]",
        "generators: [X]",
        "configMapGenerator: [{name: a, files: [X]}]",
        "configMapGenerator: [{name: a, envs: [X]}]",
        "replacements: [{path: X}]",
        "components: [X]",
    ] {
        for file in ["fifo.yaml", "zero.yaml", "environ.yaml", "out.yaml", "d"] {
            tree.write("kustomization.yaml", field.replace('X', file) + "\n");
            refused(&tree, &["build", "."]);
            refused(&tree, &["validate", "."]);
        }
    }
    for target in ["/proc/self/environ", "/dev/zero", "../outside.yaml"] {
        std::fs::remove_file(tree.path("kustomization.yaml")).unwrap();
        symlink(target, tree.path("kustomization.yaml")).unwrap();
        refused(&tree, &["build", "."]);
        refused(&tree, &["validate", "."]);
    }
    refused(&tree, &["build", "d"]);
    refused(&tree, &["validate", "d"]);
}

#[test]
fn files_of_a_chart_are_regular_files_of_its_repository() {
    let tree = tree();
    let helm = "#!/bin/sh\ncase $1 in version) echo v3.19.0 ;; *) cat */web/templates/* charts/web/templates/* ;; esac\n";
    tree.write("../helm", helm);
    Command::new("chmod").arg("+x").arg(tree.path("../helm")).status().unwrap();
    tree.write("kustomization.yaml", "helmCharts: [{name: web}]\n");
    for file in ["templates/x.yaml", "values.yaml", "Chart.yaml"] {
        for target in ["/proc/self/environ", "../../../outside.yaml", "/dev/zero", ""] {
            let _ = std::fs::remove_dir_all(tree.path("charts"));
            tree.write("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
            tree.write("charts/web/values.yaml", "");
            tree.write("charts/web/templates/y.yaml", SERVICE);
            let _ = std::fs::remove_file(tree.path("charts/web").join(file));
            match target {
                "" => fifo(&tree, &format!("charts/web/{file}")),
                target => symlink(target, tree.path("charts/web").join(file)).unwrap(),
            }
            refused(&tree, &["build", "--enable-helm", "--helm-command", "../helm", "."]);
        }
    }
}

#[test]
fn manifests_of_a_directory_are_regular_files_of_its_tree() {
    for target in ["/proc/self/environ", "../../outside.yaml", "/dev/zero", ""] {
        let tree = tree();
        tree.write("m/web.yaml", SERVICE);
        match target {
            "" => fifo(&tree, "m/x.yaml"),
            target => symlink(target, tree.path("m/x.yaml")).unwrap(),
        }
        refused(&tree, &["validate", "m"]);
        refused(&tree, &["diff", "m", "m"]);
    }
}

#[test]
fn a_search_stays_in_its_tree() {
    for target in ["/proc/self/environ", "../../../outside.yaml", "/dev/zero", ""] {
        let tree = tree();
        let place = |name: &str| match target {
            "" => fifo(&tree, name),
            target => symlink(target, tree.path(name)).unwrap(),
        };
        tree.write("m/k/web.yaml", SERVICE);
        symlink("../../../outside", tree.path("m/k/up")).unwrap();
        place("m/k/.gitignore");
        let run = soon(&tree, &["validate", "m"]);
        assert!(run.code == Some(0) && !run.all().contains(TOKEN), "{target}: {run:?}");
        place("m/k/kustomization.yaml");
        refused(&tree, &["validate", "m"]);
    }
}

#[test]
fn test_files_and_snapshots_are_regular_files_of_the_repository() {
    for name in ["web.render-test.yaml", "__snapshots__/service-web.yaml"] {
        for target in ["/proc/self/environ", "../outside.yaml", "../../outside.yaml", "/dev/zero", ""] {
            let tree = tree();
            std::fs::create_dir(tree.path("__snapshots__")).unwrap();
            match target {
                "" => fifo(&tree, name),
                target => symlink(target, tree.path(name)).unwrap(),
            }
            for command in [&["test"][..], &["test", "."], &["test", "--update", "."]] {
                let run = soon(&tree, command);
                assert!(!run.all().contains(TOKEN), "{name} {target} {command:?}: {run:?}");
            }
        }
    }
}

#[test]
fn snapshots_are_written_and_removed_only_inside_the_repository() {
    const KEPT: &str = "# Snapshot of Service/kept, written by `render test --update`.\nkept: true\n";
    let absolute = tree().path("../outside").display().to_string();
    for settings in ["../outside", "/tmp/../tmp/render-outside", &absolute, "link", "new/../../outside", ""] {
        let tree = tree();
        tree.write("../outside/service-kept.yaml", KEPT);
        match settings {
            "" => symlink("../outside", tree.path("__snapshots__")).unwrap(),
            settings => tree.write(".render.yaml", format!("test: {{snapshots: '{settings}'}}\n")),
        }
        symlink("../outside", tree.path("link")).unwrap();
        for command in [&["test", "--update", "."][..], &["test", "."], &["test"]] {
            let run = soon(&tree, command);
            assert!(run.code != Some(0) && run.all().contains("outside"), "{settings} {command:?}: {run:?}");
        }
        let names: Vec<_> = std::fs::read_dir(tree.path("../outside")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "{settings}: {names:?}");
        assert_eq!(std::fs::read_to_string(tree.path("../outside/service-kept.yaml")).unwrap(), KEPT);
    }
    // A link to nothing does not become a directory elsewhere.
    let tree = tree();
    symlink("../new", tree.path("__snapshots__")).unwrap();
    assert_ne!(soon(&tree, &["test", "--update", "."]).code, Some(0));
    assert!(!tree.path("../new").exists());
}

#[test]
fn paths_of_the_command_line_are_free() {
    let tree = tree();
    tree.write("../own.yaml", "kubernetesVersion: 1.24\n");
    let run = tree.run(&["validate", "--settings", "../own.yaml", "."]);
    assert!(run.stdout.contains("../own.yaml:1:20"), "{run:?}");
    tree.write("../crds/crd.yaml", CRD);
    tree.write("widget.yaml", "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: web, namespace: shop}\n");
    let run = tree.run(&["validate", "--require-schemas", "--crds", "../crds", "widget.yaml"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = tree.run(&["test", "--update", "--snapshots", "../snapshots", "."]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(tree.path("../snapshots/service-web.yaml").exists(), "{run:?}");
    fifo(&tree, "../pipe");
    let path = tree.path("../pipe");
    let writer =
        std::thread::spawn(move || std::fs::File::options().write(true).open(path).unwrap().write_all(SERVICE.as_bytes()));
    let run = tree.run(&["validate", "../pipe"]);
    writer.join().unwrap().unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn revisions_contain_nothing_from_outside() {
    let tree = tree();
    symlink("/proc/self/environ", tree.path("environ.yaml")).unwrap();
    symlink("../outside.yaml", tree.path("out.yaml")).unwrap();
    for file in ["environ.yaml", "out.yaml"] {
        tree.write("kustomization.yaml", format!("resources: [{file}]\n"));
        commit(&tree);
        refused(&tree, &["diff", "--base", "HEAD", "--head", "HEAD", "."]);
        tree.write("kustomization.yaml", "resources: [web.yaml]\n");
        tree.write(".render.yaml", format!("mergeCustomLists: true\ncrds: [{file}]\n"));
        commit(&tree);
        refused(&tree, &["diff", "--base", "HEAD", "--head", "HEAD", "."]);
        refused(&tree, &["validate", "--settings-from", "base", "--base", "HEAD", "."]);
        std::fs::remove_file(tree.path(".render.yaml")).unwrap();
    }
}

#[test]
fn settings_can_come_from_the_base() {
    let tree = tree();
    tree.write(
        ".render.yaml",
        "kubernetesVersion: '1.30'\ntest: {masks: [{object: Service/web, field: spec.ports, reason: x}]}\n",
    );
    commit(&tree);
    // The change breaks an object, silences the error, names another version, and removes the mask.
    tree.write("web.yaml", WRONG);
    tree.write(".render.yaml", "kubernetesVersion: 1.24\nsilence: [{code: unknown-field, object: Service/web, reason: x}]\n");
    tree.write("new/kustomization.yaml", "resources: [web.yaml]\n");
    tree.write("new/.render.yaml", "silence: [{code: unknown-field, object: Service/web, reason: x}]\n");
    tree.write("new/web.yaml", WRONG);
    let base = ["--settings-from", "base", "--base", "HEAD"];
    for directory in [".", "new"] {
        let run = tree.run(&[&["validate"], &base[..], &[directory]].concat());
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stdout.contains("error[unknown-field]") && !run.stdout.contains("silenced"), "{run:?}");
        assert_eq!(tree.run(&[&base[..], &[directory]].concat()).code, Some(1));
    }
    assert_eq!(tree.run(&["validate", "--settings", "none", "new"]).code, Some(1));
    assert!(tree.run(&["validate", "--settings-from", "head", "."]).all().contains("1.24"));
    tree.write("web.yaml", SERVICE);
    assert_eq!(tree.run(&[&["test", "--update"], &base[..], &["."]].concat()).code, Some(0));
    assert!(std::fs::read_to_string(tree.path("__snapshots__/service-web.yaml")).unwrap().contains("<masked>"));
    // The settings of the change are not even read.
    tree.write(".render.yaml", "{");
    for command in
        [&["diff", "--base", "HEAD", "--settings-from", "base"][..], &["affected", "--since", "HEAD", "--settings-from", "base"]]
    {
        let run = tree.run(command);
        assert!(run.code.is_some_and(|code| code < 2) && run.stderr.is_empty(), "{command:?}: {run:?}");
    }
    assert_eq!(tree.run(&[&["blame"], &base[..], &["."]].concat()).code, Some(0));
    assert_eq!(tree.run(&[&["compare"], &base[..], &[".", "new"]].concat()).code, Some(0));
    assert_eq!(tree.run(&["deps", "--settings", "none", "."]).code, Some(0));
}

#[test]
fn the_ready_made_ci_uses_the_settings_of_the_base() {
    let read = |path: &str| std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let action = read("action.yml");
    assert!(action.contains("  settings-from:\n") && action.contains("    default: base\n"));
    assert_eq!(action.matches("\"$RENDER\" diff").count(), action.matches("--settings-from \"$RENDER_SETTINGS_FROM\"").count());
    let gitlab = read("ci/gitlab-template.yml");
    assert!(gitlab.contains("  RENDER_SETTINGS_FROM: base\n"));
    let commands = ["validate", "test", "diff"]
        .map(|name| gitlab.matches(&format!(" render {name} -")).count() + gitlab.matches(&format!(" render {name} $")).count());
    assert_eq!(commands.iter().sum::<usize>(), gitlab.matches("--settings-from \"$RENDER_SETTINGS_FROM\"").count());
    assert_eq!(read("examples/ci/.github/workflows/render.yml").matches("--settings-from base --base \"$BASE\"").count(), 2);
}

#[test]
fn an_error_is_silenced_only_for_a_named_object() {
    let tree = Tree::new(&OVERLAY);
    tree.write("web.yaml", WRONG);
    tree.write("web.yaml", WRONG.replace("name: web", "name: web, annotations: {ignore-check.render.dev/unknown-field: x}"));
    assert_eq!(tree.run(&["validate", "."]).code, Some(1));
    tree.write("web.yaml", WRONG);
    for object in
        ["", "object: '*', ", "object: '*/*', ", "object: Service/*, ", "object: '*/web', ", "file: web.yaml, ", "field: spec, "]
    {
        tree.write(".render.yaml", format!("silence: [{{code: unknown-field, {object}reason: x}}]\n"));
        let run = tree.run(&["validate", "."]);
        assert_eq!(run.code, Some(1), "{object}: {run:?}");
        assert!(run.stdout.contains("warning[broad-silence]"), "{object}: {run:?}");
        assert_eq!(tree.run(&["."]).code, Some(1), "{object}");
    }
}

#[test]
fn every_format_counts_silenced_errors() {
    let tree = Tree::new(&OVERLAY);
    tree.write("web.yaml", WRONG);
    tree.write(".render.yaml", "silence: [{code: unknown-field, object: Service/web, reason: x}]\n");
    for (format, text) in [
        ("human", "1 object checked: 0 errors, 0 warnings, 1 silenced (1 error)"),
        ("github", "1 silenced (1 error)"),
        ("json", "\"silencedErrors\":1"),
        ("yaml", "silencedErrors: 1"),
        ("sarif", "\"silencedErrors\": 1"),
        ("junit", "<property name=\"silencedErrors\" value=\"1\"/>"),
        ("tap", "# 1 silenced (1 error)"),
    ] {
        let run = run(&mut tree.command(&["validate", "--format", format, "."]));
        assert!(run.code == Some(0) && run.stdout.contains(text), "{format}: {run:?}");
    }
    assert!(tree.run(&["."]).stderr.contains("1 silenced (1 error)"));
}
