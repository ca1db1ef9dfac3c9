//! `render deps`: lists exactly the files that a build needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assert_cmd::Command;
use render::load::Disk;
use render::options::BuildOptions;
use render::pipeline::{build, emit};
use render::records::Records;
use tempfile::TempDir;

fn render(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    let output = command.current_dir(directory).args(arguments).assert().code(0).get_output().stdout.clone();
    String::from_utf8(output).expect("UTF-8")
}

/// The output of a directory; `None` if it does not build.
fn built(directory: &Path) -> Option<String> {
    let mut records = Records::default();
    let resources = build(directory, Arc::new(Disk), &BuildOptions::default(), &mut records).ok()?;
    Some(emit(&resources, &records).expect("text"))
}

fn write(directory: &Path, path: &str, text: &str) {
    let path = directory.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    fs::write(path, text).expect("a file");
}

/// A directory with copies of the listed files, and their paths.
fn copy(listing: &str) -> (TempDir, Vec<PathBuf>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let directory = tempfile::tempdir().expect("a directory");
    let paths: Vec<PathBuf> = listing.lines().map(|path| directory.path().join(path)).collect();
    for (path, copied) in listing.lines().zip(&paths) {
        fs::create_dir_all(copied.parent().expect("a parent")).expect("a directory");
        fs::copy(root.join(path), copied).expect("a listed file can be copied");
    }
    (directory, paths)
}

#[test]
fn the_listed_files_are_enough_for_each_environment() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for environment in ["dev", "staging", "production"] {
        let overlay = format!("overlays/{environment}");
        let listing = render(root, &["deps", "--no-validate", &overlay]);
        let (copied, paths) = copy(&listing);
        assert!(paths.len() > 150, "{environment}: {}", paths.len());
        let expected = built(&root.join(&overlay));
        assert!(expected.is_some() && built(&copied.path().join(&overlay)) == expected, "{environment}");
    }
}

#[test]
fn each_listed_file_is_needed() {
    for overlay in ["overlays/dev/dashflow", "overlays/staging/signal-harvester", "overlays/production/chat4all"] {
        let listing = render(Path::new(env!("CARGO_MANIFEST_DIR")), &["deps", "--no-validate", overlay]);
        let (copied, paths) = copy(&listing);
        let directory = copied.path().join(overlay);
        let whole = built(&directory);
        assert!(whole.is_some());
        for path in paths {
            let content = fs::read(&path).expect("a copy");
            fs::remove_file(&path).expect("a copy");
            assert_ne!(built(&directory), whole, "{overlay} builds without {}", path.display());
            fs::write(&path, content).expect("a copy");
        }
        assert_eq!(built(&directory), whole);
    }
}

#[cfg(unix)]
#[test]
fn links_and_their_targets_are_listed() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path();
    write(root, "overlay/kustomization.yaml", "resources: [../bases/web]\nconfigMapGenerator:\n- name: a\n  files: [a.txt]\n");
    write(root, "overlay/files/a.txt", "a");
    write(root, "shared/bases/web/kustomization.yaml", "resources: [web.yaml]\n");
    write(root, "shared/bases/web/web.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n");
    std::os::unix::fs::symlink("shared/bases", root.join("bases")).expect("a link");
    std::os::unix::fs::symlink("files/a.txt", root.join("overlay/a.txt")).expect("a link");
    let expected = "bases\noverlay/a.txt\noverlay/files/a.txt\noverlay/kustomization.yaml\n\
                    shared/bases/web/kustomization.yaml\nshared/bases/web/web.yaml\n";
    assert_eq!(render(root, &["deps", "overlay"]), expected);
    let inside = render(&root.join("overlay"), &["deps", "."]);
    assert_eq!(
        inside.lines().collect::<Vec<_>>(),
        [
            "../bases",
            "../shared/bases/web/kustomization.yaml",
            "../shared/bases/web/web.yaml",
            "a.txt",
            "files/a.txt",
            "kustomization.yaml",
        ]
    );
    std::os::unix::fs::symlink("overlay", root.join("named")).expect("a link");
    let named = render(root, &["deps", "named"]);
    assert_eq!(named, expected.replace("overlay/a.txt", "named\noverlay/a.txt"));
    let absolute = render(root, &["deps", &root.join("overlay").display().to_string()]);
    assert!(absolute.lines().any(|line| Path::new(line) == root.join("overlay/kustomization.yaml")), "{absolute}");
    let graph = render(root, &["deps", "--format", "dot", "overlay"]);
    for edge in [
        "\"overlay/kustomization.yaml\" -> \"bases\" [label=\"resources[0]\"]",
        "\"bases\" -> \"shared/bases/web/kustomization.yaml\";",
        "\"overlay/a.txt\" -> \"overlay/files/a.txt\";",
    ] {
        assert!(graph.contains(edge), "{edge} is not in\n{graph}");
    }
}

/// Runs a build engine in a directory and returns what it prints; `None` if it is not installed.
fn engine(directory: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let output = std::process::Command::new(program).args(arguments).current_dir(directory).output();
    let Ok(output) = output else {
        eprintln!("skipped: {program} is not installed");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {text}");
    Some(text)
}

/// A base with files whose names are special in rules, and an overlay that is rendered to `out/x.yaml`.
fn rendered_by_an_engine() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path();
    write(root, "base/kustomization.yaml", "resources: ['a b#c$d:e=f%g.yaml', plain.yaml]\n");
    write(root, "base/a b#c$d:e=f%g.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n");
    write(root, "base/plain.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: b\n");
    write(root, "x/kustomization.yaml", "resources: [../base]\n");
    fs::create_dir(root.join("out")).expect("a directory");
    directory
}

/// Changes files one after the other; the engine must run the build exactly for those that it depends on.
fn engine_follows(directory: &Path, mut run: impl FnMut() -> bool) {
    // The clock of the file system may be coarse.
    let pause = || std::thread::sleep(std::time::Duration::from_millis(1100));
    assert!(run(), "the first build");
    assert!(!run(), "nothing changed");
    pause();
    write(directory, "base/a b#c$d:e=f%g.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: c\n");
    assert!(run() && !run(), "a file changed");
    assert!(fs::read_to_string(directory.join("out/x.yaml")).is_ok_and(|text| text.contains("name: c")));
    pause();
    write(directory, "base/kustomization.yaml", "resources: ['a b#c$d:e=f%g.yaml']\n");
    fs::remove_file(directory.join("base/plain.yaml")).expect("a file");
    assert!(run() && !run(), "a file was removed");
    assert!(fs::read_to_string(directory.join("out/x.yaml")).is_ok_and(|text| !text.contains("name: b")));
    pause();
    write(directory, "x/.render.yaml", "strict: false\n");
    assert!(run() && !run(), "a settings file appeared");
    pause();
    fs::rename(directory.join("base/kustomization.yaml"), directory.join("base/moved")).expect("a file");
    write(directory, "base/kustomization.yml", "resources: ['a b#c$d:e=f%g.yaml']\nnamePrefix: p-\n");
    assert!(run() && !run(), "a kustomization appeared under another name");
    assert!(fs::read_to_string(directory.join("out/x.yaml")).is_ok_and(|text| text.contains("name: p-c")));
}

#[test]
fn make_runs_a_build_when_a_file_changes_that_it_depends_on() {
    let directory = rendered_by_an_engine();
    let render = env!("CARGO_BIN_EXE_render");
    let rule = format!("out/x.yaml:\n\t'{render}' x -o $@ --depfile out/x.d\n-include out/x.d\n");
    write(directory.path(), "Makefile", &rule);
    if engine(directory.path(), "make", &["--version"]).is_none_or(|version| !version.contains("GNU Make")) {
        return;
    }
    engine_follows(directory.path(), || {
        engine(directory.path(), "make", &["out/x.yaml"]).is_some_and(|text| !text.contains("up to date"))
    });
}

#[test]
fn ninja_runs_a_build_when_a_file_changes_that_it_depends_on() {
    let directory = rendered_by_an_engine();
    let render = env!("CARGO_BIN_EXE_render");
    for deps in ["", "  deps = gcc\n"] {
        let rule = format!(
            "rule render\n  command = '{render}' x -o $out --depfile out/x.d --depfile-format ninja\n  depfile = out/x.d\n{deps}\
             build out/x.yaml: render\n"
        );
        let directory = if deps.is_empty() { &directory } else { &rendered_by_an_engine() };
        write(directory.path(), "build.ninja", &rule);
        if engine(directory.path(), "ninja", &["--version"]).is_none() {
            return;
        }
        engine_follows(directory.path(), || {
            engine(directory.path(), "ninja", &[]).is_some_and(|text| !text.contains("no work to do"))
        });
    }
}

#[test]
fn a_depfile_belongs_to_an_output_file() {
    let directory = rendered_by_an_engine();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
        let output = command.current_dir(directory.path()).args(arguments).output().expect("it starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for arguments in [&["build", "x", "-o", "out/", "--depfile", "x.d"][..], &["x", "-o", "out/", "--depfile", "x.d"]] {
        let (_, error) = run(arguments);
        assert_eq!(error, "error: --depfile requires a file as the output\n");
    }
    assert_eq!(run(&["build", "x", "--depfile", "x.d"]).0, Some(2));
    write(directory.path(), "base/kustomization.yaml", "resources: ['a;b.yaml']\n");
    write(directory.path(), "base/a;b.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n");
    let (code, error) = run(&["x", "-o", "out/x.yaml", "--depfile", "x.d"]);
    assert!(code == Some(1) && error.contains("make can't read the path `base/a;b.yaml`"), "{error}");
    write(directory.path(), "base/kustomization.yaml", "resources: [a.yaml]\n");
    write(directory.path(), "base/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: .nan\n");
    let (code, error) = run(&["x", "-o", "out/x.yaml", "--depfile", "x.d", "--no-validate"]);
    assert!(code == Some(1) && error.contains("`.nan` cannot be printed"), "{error}");
    assert!(!directory.path().join("x.d").exists() && !directory.path().join("out/x.yaml").exists());
}
