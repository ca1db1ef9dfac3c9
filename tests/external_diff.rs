//! `KUBECTL_EXTERNAL_DIFF="render diff ..."`: the arguments, and the directories, that `kubectl diff` passes to the program.

use std::path::Path;
use std::process::Command;

const OLD: &str =
    "apiVersion: v1\ndata:\n  level: info\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: shop\n  uid: \"1\"\n";

/// Writes the objects of both sides as kubectl does. An object that does not exist has an empty file.
fn write(directory: &Path, objects: &[(&str, &str, &str)]) {
    for (name, live, merged) in objects {
        for (side, text) in [("LIVE-1", live), ("MERGED-2", merged)] {
            std::fs::create_dir_all(directory.join(side)).expect("a directory");
            std::fs::write(directory.join(side).join(name), text).expect("a file");
        }
    }
}

/// Runs the program as kubectl does: the words of the variable follow the directories.
fn run(directory: &Path, variable: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    command.args(["LIVE-1", "MERGED-2"]).args(variable.split(' ').skip(1)).current_dir(directory);
    let output = command.env("KUBECTL_EXTERNAL_DIFF", variable).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn an_object_that_changed_and_one_that_is_new_are_shown() {
    let directory = tempfile::tempdir().expect("a directory");
    let new = OLD.replace("info", "debug");
    write(directory.path(), &[("v1.ConfigMap.shop.web", OLD, &new), ("v1.Namespace..shop", "", "")]);
    let (code, out, err) = run(directory.path(), "render diff");
    assert_eq!((code, err.as_str()), (Some(1), ""));
    let place = "v1.ConfigMap.shop.web:3:10";
    let change = format!("~ ConfigMap shop/web\n  ~ data.level: info -> debug  # LIVE-1/{place} -> MERGED-2/{place}\n");
    assert!(out.contains(&change), "{out}");
    let (code, out, _) = run(directory.path(), "render diff --exit-zero --format=summary");
    assert_eq!((code, out.as_str()), (Some(0), "LIVE-1 -> MERGED-2: 1 changed, 0 unchanged\n  ~ ConfigMap shop/web: 1 change\n"));
}

#[test]
fn nothing_exists_in_the_cluster() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), &[("v1.ConfigMap.shop.web", "", OLD)]);
    let (code, out, _) = run(directory.path(), "render diff --allow-empty");
    assert!(code == Some(1) && out.contains("+ ConfigMap shop/web"), "{out}");
    let (code, out, err) = run(directory.path(), "render diff");
    assert!(code == Some(2) && out.is_empty() && err.contains("`LIVE-1` contains no objects"), "{err}");
}
