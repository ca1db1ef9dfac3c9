//! `render schema`: for every command on the pages of the specification, the output in JSON is valid, and the schemas list all its
//! properties.

#[path = "support/json_schema.rs"]
mod json_schema;
#[allow(dead_code)]
mod spec_runner;

use std::path::Path;
use std::process::Command;

use json_schema::Schema;
use serde_json::{Value, json};
use spec_runner::case::{Case, all_cases};

fn render(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_render")).args(arguments).current_dir(directory).output();
    String::from_utf8(output.expect("the program starts").stdout).expect("UTF-8")
}

fn schema(name: &str) -> Schema {
    Schema(serde_json::from_str(&render(Path::new("."), &["schema", name])).expect("JSON"))
}

/// The output of a case in JSON; `None` if the command line is invalid.
fn output(case: &Case) -> Option<Value> {
    let directory = tempfile::tempdir().expect("a directory");
    for (path, content) in &case.files {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(&path, content).expect("a file");
    }
    let mut arguments: Vec<&str> = case.arguments.iter().map(String::as_str).collect();
    if let Some(at) = arguments.iter().position(|argument| *argument == "--format") {
        arguments.drain(at..at + 2);
    }
    let text = render(directory.path(), &[&arguments[..], &["--format", "json"]].concat());
    (!text.is_empty()).then(|| serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", case.title())))
}

#[test]
fn all_differences_are_valid() {
    let schema = schema("diff");
    let cases = all_cases();
    let cases = cases.iter().filter(|case| case.arguments.first().is_some_and(|command| command == "diff"));
    let mut count = 0;
    for case in cases {
        let Some(value) = output(case) else { continue };
        count += 1;
        assert_eq!(schema.errors(&value), [""; 0], "{}", case.title());
    }
    assert!(count > 50, "{count}");
}

#[test]
fn what_is_wrong_is_found() {
    let schema = schema("diff");
    let cases = all_cases();
    let case = cases.iter().find(|case| case.title().contains("JSON contains the location")).expect("a case");
    let valid = output(case).expect("differences");
    let errors = |pointer: &str, value: Value| {
        let mut changed = valid.clone();
        *changed.pointer_mut(pointer).expect("a value") = value;
        schema.errors(&changed)
    };
    assert_eq!(errors("/version", 1.into()), [""; 0]);
    assert_eq!(errors("/version", 2.into()), ["$.version: expected 1, found 2"]);
    assert_eq!(errors("/sides", json!(["a"])).len(), 1);
    let errors = errors("/overlays/0/objects/0/changes/0/document/changes/0/newPlace", json!({"line": 0, "more": 1}));
    assert_eq!(errors.len(), 5, "{errors:?}");
}

#[test]
fn the_schemas_are_listed() {
    assert!(render(Path::new("."), &["schema"]).starts_with("diff  the output of `render diff --format json`\n"));
    assert_eq!(schema("diff").0["$schema"], "https://json-schema.org/draft/2020-12/schema");
}
