//! The interface to the shell: exit codes, streams, files. 0: success, 1: the input is wrong, 2: the command line is wrong or
//! something outside the input failed.

use std::fs;
use std::path::Path;
use std::process::{Command as Process, Stdio};

use assert_cmd::Command;
use tempfile::TempDir;

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - port: 80\n";
const BASE: &str = "resources: [service.yaml]\n";

/// A directory with files.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for (path, content) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, content).expect("a file");
    }
    directory
}

fn web() -> TempDir {
    tree(&[("kustomization.yaml", BASE), ("service.yaml", SERVICE)])
}

fn render(directory: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    command.current_dir(directory.path()).args(arguments);
    command
}

/// The standard error of a command that must fail with `code` and print nothing.
fn failure(directory: &TempDir, arguments: &[&str], code: i32) -> String {
    let output = render(directory, arguments).assert().code(code).stdout("").get_output().stderr.clone();
    String::from_utf8(output).expect("UTF-8")
}

/// The names of the files in a directory, without the list that `-o DIR` writes.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory");
    let mut names: Vec<String> = entries.map(|entry| entry.expect("an entry").file_name().display().to_string()).collect();
    names.retain(|name| name != ".render-manifest");
    names.sort();
    names
}

#[test]
fn a_directory_is_built_and_printed() {
    render(&web(), &["."]).assert().code(0).stdout(SERVICE).stderr("");
    render(&web(), &["build", "."]).assert().code(0).stdout(SERVICE).stderr("");
    render(&web(), &["build"]).assert().code(0).stdout(SERVICE).stderr("");
}

#[test]
fn several_directories_give_one_stream() {
    let directory = tree(&[
        ("a/kustomization.yaml", BASE),
        ("a/service.yaml", SERVICE),
        ("nothing/kustomization.yaml", "resources: []\nnamePrefix: x-\n"),
        ("b/kustomization.yaml", "resources: [../a]\nnamePrefix: b-\n"),
    ]);
    let both = format!("{SERVICE}---\n{}", SERVICE.replace("web", "b-web"));
    render(&directory, &["a", "nothing", "b"]).assert().code(0).stdout(both);
}

#[test]
fn one_invalid_directory_prevents_output_and_all_errors_are_reported() {
    let directory = tree(&[
        ("good/kustomization.yaml", BASE),
        ("good/service.yaml", SERVICE),
        ("one/kustomization.yaml", "resorces: []\n"),
        ("two/kustomization.yaml", "resources: [missing.yaml]\n"),
    ]);
    let report = failure(&directory, &["good", "one", "two"], 1);
    assert!(report.contains("one/kustomization.yaml:1:1") && report.contains("two/kustomization.yaml:1:13"), "{report}");
}

#[test]
fn the_trace_of_an_error_has_paths_as_the_user_would_write_them() {
    let directory = tree(&[
        ("base/kustomization.yaml", "resources: [missing.yaml]\n"),
        ("overlays/dev/kustomization.yaml", "resources: [../../base]\n"),
    ]);
    let report = failure(&directory, &["overlays/dev"], 1);
    assert!(report.contains(" --> base/kustomization.yaml:1:13\n"), "{report}");
    assert!(report.contains("from: overlays/dev/kustomization.yaml:1:13: resources[0] `../../base`"), "{report}");
    assert!(!report.contains(&directory.path().display().to_string()), "{report}");
}

#[test]
fn a_missing_directory_is_not_an_error_in_the_input() {
    let report = failure(&web(), &["nowhere"], 2);
    assert_eq!(report, "error[not-found]: can't open `nowhere`: no such file or directory\n");
    failure(&web(), &["build", "nowhere"], 1);
}

#[test]
fn a_file_is_not_a_directory() {
    let report = failure(&web(), &["kustomization.yaml"], 2);
    assert!(
        report.contains("`kustomization.yaml` is not a directory\n") && report.contains("help: specify the directory"),
        "{report}"
    );
}

#[test]
fn the_command_line_must_be_valid() {
    assert!(failure(&web(), &["--no-such-flag", "."], 2).contains("--no-such-flag"));
    assert!(failure(&web(), &["--load-restrictor", "all", "."], 2).contains("LoadRestrictionsNone"));
    assert!(failure(&web(), &[], 2).contains("Usage: render"));
}

#[test]
fn help_and_version_go_to_standard_output() {
    let help = render(&web(), &["--help"]).assert().code(0).stderr("").get_output().stdout.clone();
    let help = String::from_utf8(help).expect("UTF-8");
    assert!(help.contains("Usage: render") && help.contains("--output"), "{help}");
    assert!(help.lines().all(|line| line.chars().count() <= 110), "{help}");
    render(&web(), &["--version"]).assert().code(0).stdout(format!("render {}\n", env!("CARGO_PKG_VERSION"))).stderr("");
}

#[test]
fn warnings_are_comments_and_change_nothing() {
    let directory = tree(&[
        ("kustomization.yaml", "bases: [base]\ncommonLabels: {team: shop}\n"),
        ("base/kustomization.yaml", BASE),
        ("base/service.yaml", SERVICE),
    ]);
    let output = render(&directory, &["--no-validate", "."]).assert().code(0).get_output().clone();
    let report = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(
        report,
        "# warning[deprecated-field]: kustomization.yaml:1:8: `bases` is deprecated; use `resources`\n\
         # warning[deprecated-field]: kustomization.yaml:2:15: `commonLabels` is deprecated; use `labels`\n"
    );
    render(&directory, &["build"]).assert().code(0).stdout(output.stdout).stderr("");
}

#[test]
fn unused_entries_are_reported_once_and_are_errors_with_strict() {
    let directory = tree(&[
        ("a/kustomization.yaml", "resources: [../base]\n"),
        ("b/kustomization.yaml", "resources: [../base]\nnamePrefix: b-\n"),
        ("base/kustomization.yaml", "resources: [service.yaml]\nimages: [{name: nginx, newTag: '1'}]\n"),
        ("base/service.yaml", SERVICE),
    ]);
    let output = render(&directory, &["a", "b"]).assert().code(0).get_output().clone();
    let report = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(
        report.starts_with("# warning[unmatched-image]: base/kustomization.yaml:2:17: no container")
            && report.lines().count() == 1
    );
    let report = failure(&directory, &["--strict", "a", "b"], 1);
    assert!(report.contains("error[unmatched-image]") && report.contains("--> base/kustomization.yaml:2:17"), "{report}");
    render(&directory, &["build", "a"]).assert().code(0).stdout(SERVICE).stderr("");
}

#[test]
fn vars_that_have_no_effect_or_cause_damage_are_reported() {
    let directory = tree(&[
        (
            "kustomization.yaml",
            "resources: [all.yaml]\nvars:\n- &web\n  name: UNUSED\n  objref: {apiVersion: v1, kind: Service, name: web}\n\
             - <<: *web\n  name: LIST\n  fieldref: {fieldpath: spec.ports}\n",
        ),
        (
            "all.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, args: [a$(LIST), $\u{e9}]}]}\n",
        ),
    ]);
    let output = render(&directory, &["--no-validate", "."]).assert().code(0).get_output().clone();
    let report = String::from_utf8(output.stderr).expect("UTF-8");
    for code in ["[var-not-single]: all.yaml:9", "[broken-text]: all.yaml:9", "[unused-var]: kustomization.yaml:4"] {
        assert!(report.contains(code), "{report}");
    }
    assert!(report.lines().all(|line| line.starts_with("# ")), "{report}");
}

#[test]
fn output_can_be_written_to_a_file() {
    let directory = web();
    render(&directory, &[".", "-o", "all.yaml"]).assert().code(0).stdout("").stderr("");
    assert_eq!(fs::read_to_string(directory.path().join("all.yaml")).expect("a file"), SERVICE);
    assert_eq!(names(directory.path()), ["all.yaml", "kustomization.yaml", "service.yaml"]);
}

#[test]
fn output_to_a_directory_has_one_file_per_object() {
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web:1\n";
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: web\n";
    let directory =
        tree(&[("kustomization.yaml", "resources: [all.yaml]\n"), ("all.yaml", &[SERVICE, deployment, role].join("---\n"))]);
    render(&directory, &["build", "-o", "new/"]).assert().code(0).stdout("");
    let new = directory.path().join("new");
    let expected = ["apps_v1_deployment_web:1.yaml", "rbac.authorization.k8s.io_v1_clusterrole_web.yaml", "v1_service_web.yaml"];
    assert_eq!(names(&new), expected);
    assert_eq!(fs::read_to_string(new.join("v1_service_web.yaml")).expect("a file"), SERVICE);
}

#[test]
fn with_several_namespaces_their_names_come_first() {
    let other = SERVICE.replace("name: web", "name: web\n  namespace: dev");
    let directory = tree(&[("kustomization.yaml", "resources: [all.yaml]\n"), ("all.yaml", &[SERVICE, &other].join("---\n"))]);
    fs::create_dir(directory.path().join("out")).expect("a directory");
    render(&directory, &[".", "-o", "out"]).assert().code(0);
    assert_eq!(names(&directory.path().join("out")), ["default_v1_service_web.yaml", "dev_v1_service_web.yaml"]);
}

#[test]
fn two_objects_with_the_same_file_are_an_error() {
    let directory = tree(&[
        ("kustomization.yaml", "resources: [all.yaml]\n"),
        ("all.yaml", &[SERVICE, &SERVICE.replace("web", "Web")].join("---\n")),
    ]);
    let report = failure(&directory, &["--no-validate", ".", "-o", "out/"], 1);
    assert!(report.starts_with("error[file-collision]: two objects would be written to `v1_service_web.yaml`\n"), "{report}");
    assert!(!directory.path().join("out").exists());
}

#[test]
fn nothing_is_left_behind_on_an_error() {
    let directory = web();
    let old = directory.path().join("all.yaml");
    fs::write(&old, "old\n").expect("a file");
    fs::write(directory.path().join("kustomization.yaml"), "resources: [missing.yaml]\n").expect("a file");
    failure(&directory, &[".", "-o", "all.yaml"], 1);
    failure(&directory, &[".", "-o", "out/"], 1);
    assert_eq!(fs::read_to_string(&old).expect("a file"), "old\n");
    assert_eq!(names(directory.path()), ["all.yaml", "kustomization.yaml", "service.yaml"]);
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let directory = web();
    let report = failure(&directory, &[".", "-o", "no/such/file.yaml"], 2);
    assert!(report.starts_with("error: can't write `no/such/file.yaml`"), "{report}");
    assert_eq!(names(directory.path()), ["kustomization.yaml", "service.yaml"]);
}

#[test]
fn a_reader_that_stops_early_is_not_an_error() {
    let objects: Vec<String> = (0..20_000).map(|at| SERVICE.replace("web", &format!("web-{at}"))).collect();
    let directory = tree(&[("kustomization.yaml", "resources: [all.yaml]\n"), ("all.yaml", &objects.join("---\n"))]);
    let mut process = Process::new(env!("CARGO_BIN_EXE_render"));
    let mut child =
        process.arg(directory.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_directory_is_followed_and_rejected() {
    let directory = tree(&[("in/kustomization.yaml", BASE), ("out.yaml", SERVICE)]);
    std::os::unix::fs::symlink("../out.yaml", directory.path().join("in/service.yaml")).expect("a link");
    let report = failure(&directory, &["in"], 1);
    assert!(report.starts_with("error[outside-root]: `in/service.yaml` is not in or below `in`\n"), "{report}");
    render(&directory, &["in", "--load-restrictor", "LoadRestrictionsNone"]).assert().code(0).stdout(SERVICE);
}

/// Runs a command with a text on standard input; returns its exit code and standard output.
fn run_with_input(directory: &TempDir, arguments: &[&str], input: &str) -> (Option<i32>, String) {
    let output = render(directory, arguments).write_stdin(input).output().expect("the program starts");
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn standard_input_is_validated() {
    let refused = SERVICE.replace("port: 80", "port: http");
    assert_eq!(run_with_input(&web(), &["validate", "-"], SERVICE), (Some(0), "1 object checked: 0 errors, 0 warnings\n".into()));
    let (code, report) = run_with_input(&web(), &["validate", "-"], &refused);
    assert_eq!(code, Some(1));
    assert!(report.starts_with("error[wrong-type]") && report.contains(" --> <stdin>:7:11\n"), "{report}");
}

#[test]
fn files_directories_and_kustomizations_can_be_validated() {
    let directory = tree(&[
        ("built/kustomization.yaml", BASE),
        ("built/service.yaml", SERVICE),
        ("plain/service.yaml", SERVICE),
        ("plain/deeper/service.json", "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}}"),
        ("plain/README.md", "not a manifest"),
    ]);
    let (code, report) = run_with_input(&directory, &["validate", "built", "plain", "plain/service.yaml", "-"], SERVICE);
    assert_eq!(code, Some(0));
    assert!(report.ends_with("5 objects checked: 0 errors, 0 warnings\n"), "{report}");
}

#[test]
fn an_unsupported_version_is_an_error_in_the_command_line() {
    for version in ["1.99", "1.20", "1.30..1.99", "1.33..1.30", "latest"] {
        let report = failure(&web(), &["validate", "--kubernetes-version", version, "."], 2);
        assert!(report.contains("1.25") || report.contains("the older version first"), "{report}");
    }
    assert!(failure(&web(), &["validate", "nowhere.yaml"], 2).starts_with("error[not-found]: can't read `nowhere.yaml`"));
}

#[test]
fn objects_with_errors_are_not_printed() {
    let directory = tree(&[
        ("good/kustomization.yaml", BASE),
        ("good/service.yaml", SERVICE),
        ("bad/kustomization.yaml", BASE),
        ("bad/service.yaml", &SERVICE.replace("port: 80", "prot: 80")),
    ]);
    let report = failure(&directory, &["good", "bad"], 1);
    assert!(report.contains("bad/service.yaml:7:5") && report.ends_with("2 objects checked: 1 error, 0 warnings\n"), "{report}");
    render(&directory, &["--no-validate", "good", "bad"]).assert().code(0).stderr("");
    render(&directory, &["build", "bad"]).assert().code(0).stderr("");
}

#[test]
fn blame_prints_the_lines_of_the_output() {
    let directory = tree(&[
        ("kustomization.yaml", "resources: [base, secret.yaml]\nnamePrefix: x-\nnamespace: shop\n"),
        ("base/kustomization.yaml", "resources: [service.yaml]\nconfigMapGenerator:\n- name: c\n  literals: [a=b]\n"),
        ("base/service.yaml", SERVICE),
        ("secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  a: |\n    b\n    c\n"),
    ]);
    let printed = render(&directory, &["build", "."]).assert().code(0).get_output().stdout.clone();
    let blamed = render(&directory, &["blame", ".", "--show-secrets"]).assert().code(0).stderr("").get_output().stdout.clone();
    let blamed = String::from_utf8(blamed).expect("UTF-8");
    let lines = blamed.lines().map(|line| line.split_once(" |").map_or(line, |(_, line)| line.strip_prefix(' ').unwrap_or(line)));
    assert_eq!(lines.map(|line| format!("{line}\n")).collect::<String>(), String::from_utf8(printed).expect("UTF-8"));
    assert!(!blamed.contains('\x1b'), "a pipe gets no colors");
}

#[test]
fn blame_maps_the_output_to_its_sources() {
    let directory = tree(&[
        ("kustomization.yaml", "resources: [service.yaml, secret.yaml]\nnamePrefix: ü-\n"),
        ("service.yaml", SERVICE),
        ("secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  a: hunter2\n  b: |\n    x\n    y\n"),
    ]);
    let printed = render(&directory, &["build", "."]).assert().code(0).get_output().stdout.clone();
    let printed: Vec<String> = String::from_utf8(printed).expect("UTF-8").lines().map(str::to_owned).collect();
    let map = render(&directory, &["blame", ".", "--format", "json"]).assert().code(0).get_output().stdout.clone();
    assert!(!String::from_utf8_lossy(&map).contains("hunter2"));
    let map: serde_json::Value = serde_json::from_slice(&map).expect("JSON");
    let objects = map["objects"].as_array().expect("objects");
    let at = |point: &serde_json::Value| {
        let number = |key: &str| point[key].as_u64().expect("a number") as usize - 1;
        (number("line"), number("column"))
    };
    let mut count = 0;
    for object in objects {
        for value in object["values"].as_array().expect("values") {
            let ((line, start), (last, end)) = (at(&value["range"]["start"]), at(&value["range"]["end"]));
            let text: String =
                printed[line].chars().skip(start).take(if line == last { end - start } else { usize::MAX }).collect();
            let written = value["history"].as_array().and_then(|history| history.last()?["value"].as_str()).expect("a value");
            assert!(text == written || written == "***" || text.starts_with('|'), "{value}: {text}");
            count += 1;
        }
        assert_eq!(object["lines"]["last"].as_u64().map(|last| last as usize <= printed.len()), Some(true));
    }
    assert_eq!((objects.len(), count), (2, 9));
    assert_eq!(objects[1]["originalName"], "web");
}

#[test]
fn codes_are_explained() {
    let (code, list) = run_with_input(&web(), &["explain"], "");
    assert!(code == Some(0) && list.contains("unknown-field"), "{list}");
    let (code, page) = run_with_input(&web(), &["explain", "unknown-field"], "");
    assert!(code == Some(0) && page.starts_with("# unknown-field\n\nThis version of the kind"), "{page}");
    assert!(failure(&web(), &["explain", "unknown-feild"], 2).contains("did you mean `unknown-field`?"));
}

#[test]
fn sarif_has_the_fields_that_the_standard_requires() {
    let (_, text) = run_with_input(&web(), &["validate", "--format", "sarif", "-"], &SERVICE.replace("port: 80", "prot: 80"));
    let log: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "render");
    let results = run["results"].as_array().expect("results");
    assert!(!results.is_empty());
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("an index") as usize];
        assert!(rule["id"] == result["ruleId"] && rule["help"]["text"].is_string(), "{result}");
        assert!(result["message"]["text"].is_string(), "{result}");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().expect("a level")), "{result}");
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["artifactLocation"]["uri"].is_string(), "{result}");
        let region = &place["region"];
        assert!(["startLine", "startColumn", "endLine", "endColumn"].iter().all(|at| region[at].as_u64() >= Some(1)), "{result}");
    }
}

#[cfg(unix)]
#[test]
fn under_the_name_kustomize_it_behaves_as_kustomize() {
    let directory = web();
    let link = directory.path().join("kustomize");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_render"), &link).expect("a link");
    let kustomize = |arguments: &[&str]| {
        let mut command = Command::new(&link);
        command.current_dir(directory.path()).args(arguments);
        command.assert()
    };
    kustomize(&["build"]).code(0).stdout(SERVICE).stderr("");
    kustomize(&["build", ".", "-o", "all.yaml"]).code(0).stdout("");
    assert_eq!(fs::read_to_string(directory.path().join("all.yaml")).expect("the file"), SERVICE);
    kustomize(&["version"]).code(0).stdout("v5.8.1\n").stderr("");
    kustomize(&["version", "--short"]).code(0).stdout("{kustomize/v5.8.1  2026-02-09T00:00:00Z   }\n");
    for (format, first) in [("json", "{\n  \"version\": \"kustomize/v5.8.1\",\n"), ("yaml", "version: kustomize/v5.8.1\n")] {
        let printed = kustomize(&["version", "-o", format]).code(0).get_output().stdout.clone();
        assert!(printed.starts_with(first.as_bytes()), "{format}");
    }
    for help in [&["build", "--help"][..], &["edit"], &[]] {
        kustomize(help).code(0);
    }
    for wrong in [&["."][..], &["build", "--no-such-flag"], &["build", "not-there"]] {
        kustomize(wrong).code(1).stdout("");
    }
}
