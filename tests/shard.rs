//! `--shard`: each overlay and each directory of manifests is in exactly one part, whatever is named and in which order.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use assert_cmd::Command;

/// Runs `render` in a directory; returns the exit code and all output.
fn run(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    let output = command.current_dir(directory).env_remove("CI").args(arguments).output().expect("it starts");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8")).concat();
    (output.status.code(), text)
}

fn write(directory: &Path, path: &str, text: &str) {
    let path = directory.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    fs::write(path, text).expect("a file");
}

/// Nine overlays of a base and two directories of manifests, each with an error of its own.
fn repository() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path();
    let account = |name: &str| format!("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n  wrong-{name}: 1\n");
    write(root, "base/kustomization.yaml", "resources: [base.yaml]\n");
    write(root, "base/base.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: base\n");
    for at in 0..9 {
        let name = format!("overlay-{at}");
        write(root, &format!("{name}/kustomization.yaml"), "resources: [../base, own.yaml]\n");
        write(root, &format!("{name}/own.yaml"), &(account(&name) + &"#".repeat(at * 1000)));
    }
    for name in ["plain-0", "plain-1"] {
        write(root, &format!("{name}/one.yaml"), &account(name));
    }
    directory
}

/// The names of the fields that are reported.
fn reported(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words.filter(|word| word.starts_with("wrong-")).map(str::to_owned).collect()
}

#[test]
fn everything_is_validated_in_exactly_one_part() {
    let directory = repository();
    let (code, text) = run(directory.path(), &["validate"]);
    let all = reported(&text);
    assert_eq!((code, all.len()), (Some(1), 11), "{text}");
    for count in [1, 2, 4, 16] {
        let mut seen = BTreeSet::new();
        for number in 1..=count {
            let (code, text) = run(directory.path(), &["validate", "--shard", &format!("{number}/{count}")]);
            let part = reported(&text);
            assert_eq!(code, Some(i32::from(!part.is_empty())), "{text}");
            assert!(count != 4 || (2..=4).contains(&part.len()), "{part:?}");
            part.into_iter().for_each(|field| assert!(seen.insert(field.clone()), "{field} is in two parts"));
        }
        assert_eq!(seen, all, "{count} parts");
    }
    let named: Vec<String> = (0..9).map(|at| format!("overlay-{at}")).collect();
    let of = |names: Vec<&str>| reported(&run(directory.path(), &[&["validate", "--shard=2/3"], &names[..]].concat()).1);
    let forward = of(named.iter().map(String::as_str).collect());
    assert_eq!(forward, of(named.iter().rev().map(String::as_str).collect()));
    assert!((2..=4).contains(&forward.len()), "{forward:?}");
}

#[test]
fn nothing_to_validate_in_any_part_is_an_error() {
    let directory = tempfile::tempdir().expect("a directory");
    let (code, text) = run(directory.path(), &["validate", "--shard", "1/2"]);
    assert!(code == Some(1) && text.contains("contains no objects to check"), "{text}");
}

#[test]
fn each_overlay_is_tested_in_exactly_one_part() {
    let directory = repository();
    let overlays: Vec<String> = (0..9).map(|at| format!("overlay-{at}")).collect();
    let update: Vec<&str> = ["test", "--update"].into_iter().chain(overlays.iter().map(String::as_str)).collect();
    assert_eq!(run(directory.path(), &update).0, Some(0));
    let tested = |text: &str| overlays.iter().filter(|name| text.contains(name.as_str())).cloned().collect::<Vec<_>>();
    let mut seen = BTreeSet::new();
    for shard in ["1/4", "2/4", "3/4", "4/4"] {
        let (code, text) = run(directory.path(), &["test", "--format", "junit", "--shard", shard]);
        assert_eq!(code, Some(0), "{text}");
        let part = tested(&text);
        assert!((2..=3).contains(&part.len()), "{text}");
        part.into_iter().for_each(|name| assert!(seen.insert(name)));
    }
    assert_eq!(seen.len(), overlays.len());
}

#[test]
fn a_shard_has_a_number_within_the_count() {
    let directory = repository();
    for (shard, expected) in [
        ("0/4", "expected a shard from 1/4 to 4/4"),
        ("5/4", "expected a shard from 1/4 to 4/4"),
        ("1/0", "expected from 1 to 65536 shards"),
        ("x", "expected the number of a shard and how many there are, such as `3/16`"),
    ] {
        for command in ["validate", "test"] {
            let (code, text) = run(directory.path(), &[command, "--shard", shard]);
            assert!(code == Some(2) && text.contains(expected), "{text}");
        }
    }
}
