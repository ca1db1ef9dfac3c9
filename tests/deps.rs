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
