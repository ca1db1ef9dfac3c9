//! The CI templates: `action.yml`, `ci/gitlab-template.yml`, `.pre-commit-hooks.yaml` and the files in `examples/ci`. Their
//! commands are run unchanged, in a repository that is created from the example and contains a change.
//!
//! Programs that need the network (`gh`, `curl`, `cargo`) are replaced by scripts that record their arguments.
#![cfg(unix)]

#[allow(dead_code)]
#[path = "support/git.rs"]
mod git;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use serde_yaml::Value;
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const MARKER: &str = "<!-- render-diff -->\n";

/// A repository created from the example; `base` is the commit before the change, which is on a branch of its own.
struct World {
    directory: TempDir,
    base: String,
}

/// The result of a script.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

type Variables = BTreeMap<String, String>;

/// Answers the first page of notes with a file, the others with an empty list, and rejects changes of note 40.
const CURL: &str = "case \"$*\" in *PUT*/notes/40) exit 22 ;; *page=1) cat \"$CALLS.notes\" 2>/dev/null || echo '[]' ;; *page=*) echo '[]' ;; esac";

impl World {
    /// With a new image in production.
    fn changed() -> Option<World> {
        World::new("overlays/production/kustomization.yaml", "newTag: 1.0.0", "newTag: 1.1.0")
    }

    /// With a text replaced by another one; `None` if git is not available.
    fn new(file: &str, old: &str, new: &str) -> Option<World> {
        if !git::is_available() {
            return None;
        }
        let mut world = World { directory: tempfile::tempdir().expect("a directory"), base: String::new() };
        copy(&Path::new(ROOT).join("examples/ci"), &world.path("repository"));
        fs::create_dir_all(world.path("bin")).expect("a directory");
        fs::create_dir_all(world.path("temp")).expect("a directory");
        symlink(env!("CARGO_BIN_EXE_render"), world.path("bin/render")).expect("a link");
        world.program("gh", "case \" $* \" in *' --paginate '*) cat \"$CALLS.comments\" 2>/dev/null || : ;; esac");
        world.program("curl", CURL);
        world.base = git::init(&world.path("repository"));
        world.git(&["checkout", "--quiet", "-b", "change"]);
        let path = world.path("repository").join(file);
        let text = fs::read_to_string(&path).expect("a file of the example");
        assert!(text.contains(old), "{text}");
        fs::write(&path, text.replace(old, new)).expect("a file");
        world.commit();
        Some(world)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// Creates a script that records its arguments, one per line, and then runs the given commands.
    fn program(&self, name: &str, then: &str) {
        let path = self.path("bin").join(name);
        let text = format!("#!/bin/sh\nprintf '%s\\n' {name} \"$@\" >> \"$CALLS\"\n{then}\n");
        fs::write(&path, text).expect("a script");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a script");
    }

    fn git(&self, arguments: &[&str]) -> String {
        git::git(&self.path("repository"), arguments)
    }

    fn commit(&self) -> String {
        git::commit(&self.path("repository"))
    }

    /// Runs a script in the repository like a CI runner: with this shell, and stopping at the first failure.
    fn run(&self, shell: &[&str], script: &str, variables: &Variables) -> Run {
        let file = self.path("script");
        fs::write(&file, script).expect("a script");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).arg(&file).current_dir(self.path("repository"));
        command.env("PATH", format!("{}:{path}", self.path("bin").display())).env("CALLS", self.path("calls"));
        for name in ["RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"] {
            command.env(name, self.path(if name == "RUNNER_TEMP" { "temp" } else { name }));
        }
        command.env("GITHUB_REPOSITORY", "shop/deploy").env_remove("RENDER_TOKEN").envs(variables);
        let output = command.output().expect("the shell starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let code = output.status.code().expect("an exit code");
        Run { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// The content of a file, or nothing if it does not exist.
    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_default()
    }

    /// Runs the steps of the action with these inputs, and returns its outputs, which GitHub also sets if a step fails. The returned
    /// run is the one that failed, or the last one.
    fn action(&self, inputs: &[(&str, &str)]) -> (Run, Variables) {
        let action = yaml("action.yml");
        let mut known = Variables::from([
            ("github.event.pull_request.base.sha".into(), self.base.clone()),
            ("github.action_path".into(), ROOT.into()),
        ]);
        for (name, input) in mapping(&action["inputs"]) {
            let default = substituted(text(&input["default"]), &known);
            let given = inputs.iter().find(|(input, _)| *input == name).map(|(_, value)| (*value).to_owned());
            known.insert(format!("inputs.{name}"), given.unwrap_or(default));
        }
        assert!(inputs.iter().all(|(name, _)| known.contains_key(&format!("inputs.{name}"))), "the action has no such input");
        let mut last = None;
        for step in list(&action["runs"]["steps"]) {
            let _ = fs::remove_file(self.path("GITHUB_OUTPUT"));
            assert_eq!(text(&step["shell"]), "bash");
            let run = self.step(step, &["bash", "--noprofile", "--norc", "-eo", "pipefail"], &known);
            for line in self.text("GITHUB_OUTPUT").lines() {
                let (name, value) = line.split_once('=').expect("an output");
                known.insert(format!("steps.{}.outputs.{name}", text(&step["id"])), value.to_owned());
            }
            let failed = run.code != 0;
            last = Some(run);
            if failed {
                break;
            }
        }
        let outputs = mapping(&action["outputs"]).into_iter();
        let outputs = outputs.map(|(name, output)| (name, substituted(text(&output["value"]), &known))).collect();
        (last.expect("a step"), outputs)
    }

    /// Runs a step of a workflow.
    fn step(&self, step: &Value, shell: &[&str], known: &Variables) -> Run {
        let script = text(&step["run"]);
        assert!(!script.contains("${{"), "an expression in a script runs untrusted values as code: {script}");
        let variables = mapping(&step["env"]).into_iter().map(|(name, value)| (name, substituted(text(value), known))).collect();
        self.run(shell, script, &variables)
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

fn yaml(path: &str) -> Value {
    let text = fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("expected a string, found {value:?}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_sequence().unwrap_or_else(|| panic!("expected a list, found {value:?}"))
}

/// The entries of a mapping; none for other values.
fn mapping(value: &Value) -> Vec<(String, &Value)> {
    let entries = value.as_mapping().into_iter().flatten();
    entries.map(|(name, value)| (text(name).to_owned(), value)).collect()
}

/// A text in which expressions are replaced by their values.
fn substituted(text: &str, known: &Variables) -> String {
    let expression = Regex::new(r"\$\{\{ *([^} ]+) *\}\}").expect("a pattern");
    let value = |found: &regex::Captures<'_>| match known.get(&found[1]) {
        Some(value) => value.clone(),
        None if found[1].starts_with("steps.") => String::new(),
        None => panic!("`{}` is not set", &found[1]),
    };
    expression.replace_all(text, value).into_owned()
}

#[test]
fn the_action_reports_what_changes() {
    let Some(world) = World::changed() else { return };
    let (run, outputs) = world.action(&[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(outputs["changed"], "true");
    let body = fs::read_to_string(&outputs["body-path"]).expect("the comment");
    assert!(body.starts_with(MARKER) && body.contains("-        image: registry.example.com/web:1.0.0\n"), "{body}");
    assert!(!body.contains("overlays/dev"), "only affected overlays are reported: {body}");
    assert_eq!(world.text("GITHUB_STEP_SUMMARY"), body);
    assert!(run.stdout.starts_with("::notice file=overlays/production/kustomization.yaml,line="), "{}", run.stdout);
}

#[test]
fn the_action_compares_with_the_commit_where_the_branch_started() {
    let Some(mut world) = World::changed() else { return };
    world.git(&["checkout", "--quiet", "main"]);
    fs::write(world.path("repository/overlays/dev/kustomization.yaml"), "namespace: else\nresources: [../../base]\n")
        .expect("a file");
    world.base = world.commit();
    world.git(&["checkout", "--quiet", "change"]);
    let (run, outputs) = world.action(&[("annotations", "false")]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let body = fs::read_to_string(&outputs["body-path"]).expect("the comment");
    assert!(body.contains("overlays/production") && !body.contains("overlays/dev"), "{body}");
}

#[test]
fn the_action_reports_that_nothing_differs() {
    let Some(world) = World::new("README.md", "# A repository", "# The repository") else { return };
    let (run, outputs) = world.action(&[]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    assert_eq!(outputs["changed"], "false");
    assert!(world.text("GITHUB_STEP_SUMMARY").contains("No differences"));
}

#[test]
fn the_action_accepts_paths_arguments_and_a_size() {
    let Some(world) = World::new("base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=debug") else { return };
    let inputs = [
        ("paths", "overlays/dev overlays/production"),
        ("arguments", "--ignore-kind ConfigMap --ignore-kind Deployment"),
        ("max-size", "2048"),
    ];
    let (run, outputs) = world.action(&inputs);
    assert_eq!((run.code, outputs["changed"].as_str()), (0, "false"), "{}", run.stderr);
    let (run, outputs) = world.action(&[("max-size", "many")]);
    assert_eq!((run.code, outputs["body-path"].as_str()), (2, ""));
    assert!(run.stderr.contains("'many'"), "{}", run.stderr);
}

#[test]
fn paths_are_patterns_and_never_commands() {
    let Some(world) = World::new("base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=debug") else { return };
    for paths in ["overlays/*", "overlays/d* \n overlays/production\n", "overlays/[dp]*  overlays/dev"] {
        let (run, outputs) = world.action(&[("paths", paths)]);
        assert_eq!((run.code, outputs["changed"].as_str()), (0, "true"), "{paths}: {}", run.stderr);
        let body = fs::read_to_string(&outputs["body-path"]).expect("the comment");
        assert!(body.contains("2 overlays compared, 2 with differences"), "{paths}: {body}");
        let run = gitlab(&world, "render:diff", &[("RENDER_OVERLAYS", paths)]);
        assert_eq!((run.code, world.text("repository/render-diff.md").as_str()), (0, body.as_str()), "{paths}: {}", run.stderr);
    }
    for paths in ["$(touch pwned)", "`touch pwned`", "x; touch pwned", "\" && touch pwned #", "--output=pwned"] {
        assert_eq!(world.action(&[("paths", paths)]).0.code, 2, "{paths}");
        assert_eq!(world.action(&[("title", paths), ("paths", "overlays/dev")]).0.code, 0, "{paths}");
        assert_eq!(gitlab(&world, "render:diff", &[("RENDER_OVERLAYS", paths), ("RENDER_TITLE", paths)]).code, 2, "{paths}");
        assert!(!world.path("repository/pwned").exists(), "{paths}");
    }
}

#[test]
fn a_gate_decides_after_everything_is_reported() {
    let Some(world) = World::changed() else { return };
    for (gate, code) in [("", 0), ("--fail-on restart", 1), ("--fail-on data-loss,recreate", 0), ("--fail-on nothing", 2)] {
        let _ = fs::remove_file(world.path("GITHUB_STEP_SUMMARY"));
        let (run, outputs) = world.action(&[("gate", gate)]);
        assert_eq!((run.code, outputs["changed"].as_str()), (code, "true"), "{gate}: {}", run.stderr);
        assert!(!world.text("GITHUB_STEP_SUMMARY").is_empty() && run.stdout.contains("::notice file="), "{gate}");
        assert_eq!(run.stdout.contains("::error "), code != 0, "{gate}: {}", run.stdout);
        assert_eq!(gitlab(&world, "render:diff", &[("RENDER_GATE", gate)]).code, code, "{gate}");
    }
    let (run, outputs) = world.action(&[("arguments", "--fail-on data-loss")]);
    assert_eq!((run.code, outputs["changed"].as_str()), (0, "true"), "differences count even if they do not fail");
}

#[test]
fn comments_with_titles_have_files_and_markers_of_their_own() {
    let Some(world) = World::changed() else { return };
    let outputs = ["Production", "Others"].map(|title| world.action(&[("title", title)]).1);
    assert_ne!(outputs[0]["body-path"], outputs[1]["body-path"]);
    let body = fs::read_to_string(&outputs[0]["body-path"]).expect("the comment");
    assert!(body.starts_with("<!-- render-diff: Production -->\n### Production: "), "{body}");
}

#[test]
fn the_action_fails_if_nothing_can_be_compared() {
    let Some(world) = World::new("overlays/dev/kustomization.yaml", "../../base", "../../bases") else { return };
    let (run, outputs) = world.action(&[]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("overlays/dev/kustomization.yaml:3:"), "{}", run.stderr);
    assert_eq!(outputs["changed"], "unknown");
    let body = fs::read_to_string(&outputs["body-path"]).expect("the comment");
    assert!(body.starts_with(MARKER) && body.contains("overlays/dev/kustomization.yaml:3:"), "{body}");
    assert_eq!(world.text("GITHUB_STEP_SUMMARY"), body);
    assert!(run.stdout.starts_with("::error file=overlays/dev/kustomization.yaml,line=3,"), "{}", run.stdout);
    let (run, outputs) = world.action(&[("base", "nothing")]);
    let body = fs::read_to_string(&outputs["body-path"]).expect("the comment");
    assert!(run.code == 2 && body.starts_with(MARKER) && body.contains("nothing"), "{body}");
    let (run, outputs) = world.action(&[("base", "")]);
    assert_eq!((run.code, outputs["body-path"].as_str()), (2, ""));
    assert!(run.stdout.starts_with("::error title=render diff::there is no commit"), "{}", run.stdout);
}

#[test]
fn the_action_builds_render_if_it_is_not_installed() {
    let Some(world) = World::changed() else { return };
    fs::remove_file(world.path("bin/render")).expect("the link");
    if Command::new("sh").args(["-c", "command -v render"]).output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: render is already on the PATH");
        return;
    }
    let install = format!(
        "mkdir -p \"$RUNNER_TEMP/render/bin\"; ln -s '{}' \"$RUNNER_TEMP/render/bin/render\"",
        env!("CARGO_BIN_EXE_render")
    );
    world.program("cargo", &install);
    let (run, outputs) = world.action(&[]);
    assert_eq!((run.code, outputs["changed"].as_str()), (0, "true"), "{}", run.stderr);
    let root = world.path("temp/render");
    let call = ["cargo", "install", "--locked", "--path", ROOT, "--root", &root.display().to_string()];
    assert_eq!(world.text("calls").lines().collect::<Vec<_>>(), call);
    let (run, outputs) = world.action(&[("render", env!("CARGO_BIN_EXE_render"))]);
    assert_eq!((run.code, outputs["changed"].as_str()), (0, "true"), "{}", run.stderr);
}

const WORKFLOW: &str = "examples/ci/.github/workflows/render.yml";
const SH: [&str; 2] = ["bash", "-e"];

#[test]
fn the_workflow_validates_and_tests() {
    let Some(world) = World::changed() else { return };
    world.program("cargo", "");
    let workflow = yaml(WORKFLOW);
    let known = |world: &World| Variables::from([("github.event.pull_request.base.sha".into(), world.base.clone())]);
    let steps = || list(&workflow["jobs"]["validate"]["steps"]).iter().filter(|step| step.get("run").is_some());
    assert_eq!(steps().count(), 3);
    for step in steps() {
        let run = world.step(step, &SH, &known(&world));
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    }
    assert!(world.text("calls").starts_with("cargo\ninstall\n--locked\n--git\n"));
    let Some(world) = World::new("overlays/production/kustomization.yaml", "count: 3", "count: 1") else { return };
    let test = steps().find(|step| text(&step["name"]) == "Test").expect("a step");
    let run = world.step(test, &SH, &known(&world));
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("production has more than one pod"), "{}", run.stdout);
    let Some(world) = World::new("base/service.yaml", "port: 80", "port: 80000") else { return };
    let validate = steps().find(|step| text(&step["name"]) == "Validate").expect("a step");
    let run = world.step(validate, &SH, &known(&world));
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("::error file=base/service.yaml,line=10,"), "{}", run.stdout);
}

#[test]
fn the_workflow_matches_the_inputs_and_outputs_of_the_action() {
    let (workflow, action) = (yaml(WORKFLOW), yaml("action.yml"));
    let steps = list(&workflow["jobs"]["diff"]["steps"]);
    let uses: Vec<&Value> = steps.iter().filter(|step| step.get("uses").is_some()).collect();
    assert!(uses.iter().all(|step| ["actions/checkout@v4", "OWNER/render@main"].contains(&text(&step["uses"]))));
    let ours = uses.iter().find(|step| text(&step["uses"]).starts_with("OWNER/render")).expect("the action");
    for (name, _) in mapping(&ours["with"]) {
        assert!(action["inputs"].get(&name).is_some(), "the action has no input `{name}`");
    }
    let source = fs::read_to_string(Path::new(ROOT).join(WORKFLOW)).expect("the workflow");
    let output = Regex::new(r"steps\.diff\.outputs\.([a-z-]+)").expect("a pattern");
    for found in output.captures_iter(&source) {
        assert!(action["outputs"].get(&found[1]).is_some(), "the action has no output `{}`", &found[1]);
    }
}

#[test]
fn the_workflow_writes_one_comment() {
    let Some(world) = World::changed() else { return };
    let (_, outputs) = world.action(&[]);
    let workflow = yaml(WORKFLOW);
    let comment = list(&workflow["jobs"]["diff"]["steps"]).last().expect("a step");
    let body = &outputs["body-path"];
    let mut known = Variables::from([
        ("github.token".into(), "T".into()),
        ("github.event.pull_request.number".into(), "7".into()),
        ("steps.diff.outputs.body-path".into(), body.clone()),
        ("steps.diff.outputs.changed".into(), "true".into()),
    ]);
    let mut calls = |changed: &str, comments: &str| {
        known.insert("steps.diff.outputs.changed".into(), changed.into());
        fs::write(world.path("calls.comments"), comments).expect("a file");
        let _ = fs::remove_file(world.path("calls"));
        let run = world.step(comment, &SH, &known);
        assert_eq!(run.code, 0, "{}", run.stderr);
        world.text("calls").lines().map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    let posted = format!("gh api --silent --method POST repos/shop/deploy/issues/7/comments --field body=@{body}");
    let patched = format!("gh api --silent --method PATCH repos/shop/deploy/issues/comments/41 --field body=@{body}");
    assert!(calls("true", "").ends_with(&posted));
    assert!(calls("true", "41\n42\n").ends_with(&patched));
    assert!(calls("false", "41\n").ends_with(&patched), "an old comment must be updated when nothing differs any longer");
    let listed = calls("false", "");
    assert!(listed.contains("startswith(env.MARKER)") && !listed.contains("--method"), "{listed}");
    assert!(calls("unknown", "").ends_with(&posted), "the errors of a side that does not build are posted");
    assert!(calls("unknown", "41\n").ends_with(&patched), "and replace an old comment");
}

/// Runs a job of the GitLab template with the variables of the example.
fn gitlab(world: &World, job: &str, variables: &[(&str, &str)]) -> Run {
    let (template, example) = (yaml("ci/gitlab-template.yml"), yaml("examples/ci/.gitlab-ci.yml"));
    assert!(text(&list(&example["include"])[0]["remote"]).ends_with("/ci/gitlab-template.yml"));
    let defaults = mapping(&template["variables"]);
    let set = mapping(&example["variables"]);
    assert!(set.iter().all(|(name, _)| template["variables"].get(name).is_some()), "the template has no such variable");
    let mut all: Variables = defaults.into_iter().chain(set).map(|(name, value)| (name, text(value).to_owned())).collect();
    all.insert("CI_MERGE_REQUEST_DIFF_BASE_SHA".into(), world.base.clone());
    all.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let job = &template[job];
    assert_eq!(text(&job["extends"]), ".render");
    let lines = list(&template[".render"]["before_script"]).iter().chain(list(&job["script"]));
    let run = world.run(&["sh", "-e"], &lines.map(text).collect::<Vec<_>>().join("\n"), &all);
    for file in mapping(&job["artifacts"]["reports"]).into_iter().map(|(_, file)| text(file)) {
        assert!(world.path("repository").join(file).is_file(), "the report `{file}` does not exist: {}", run.stderr);
    }
    run
}

#[test]
fn the_gitlab_template_reports_what_changes() {
    let Some(world) = World::changed() else { return };
    let run = gitlab(&world, "render:diff", &[]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let report: serde_json::Value =
        serde_json::from_str(&world.text("repository/gl-code-quality-report.json")).expect("a report");
    let [image, restart] = report.as_array().expect("a list").as_slice() else { panic!("{report}") };
    assert_eq!((image["check_name"].as_str(), restart["check_name"].as_str()), (Some("changed"), Some("pods-restart")));
    assert_eq!(image["location"]["path"], "overlays/production/kustomization.yaml");
    assert!(world.text("repository/render-diff.md").starts_with(MARKER));
    assert_eq!(world.text("calls"), "", "without a token no note is posted");
}

#[test]
fn the_gitlab_template_keeps_one_note() {
    let Some(world) = World::changed() else { return };
    let marker = r#"\u003c!-- render-diff --\u003e"#;
    let note = |id: u32, body: &str| {
        format!(r#"{{"id":{id},"type":null,"body":"{body}\n### x","author":{{"id":5,"username":"u"}},"system":false}}"#)
    };
    let run = |notes: &[String], title: &str| {
        let _ = fs::remove_file(world.path("calls"));
        fs::write(world.path("calls.notes"), format!("[{}]", notes.join(","))).expect("a file");
        let variables = [
            ("RENDER_TOKEN", "T"),
            ("RENDER_TITLE", title),
            ("CI_API_V4_URL", "https://g/api/v4"),
            ("CI_PROJECT_ID", "3"),
            ("CI_MERGE_REQUEST_IID", "7"),
        ];
        let run = gitlab(&world, "render:diff", &variables);
        let calls = world.text("calls").lines().map(str::to_owned).collect::<Vec<_>>().join(" ");
        // The calls that write.
        let written = calls.split("curl ").filter(|call| call.contains("body@")).map(|call| {
            let method = if call.contains("--request PUT") { "PUT" } else { "POST" };
            format!("{method} {}", call.trim().rsplit("merge_requests/7/").next().unwrap_or_default())
        });
        (run.code, written.collect::<Vec<_>>().join(", "))
    };
    let others = [note(41, "a note"), note(42, r#"> {\"id\":7,\"body\":\"\u003c!-- render-diff --\u003e"#)];
    assert_eq!(run(&[], ""), (0, "POST notes".into()));
    assert_eq!(run(&others, ""), (0, "POST notes".into()));
    let ours = [&others[..], &[note(43, marker), note(44, marker)]].concat();
    assert_eq!(run(&ours, ""), (0, "PUT notes/43".into()));
    assert_eq!(run(&[note(40, marker), note(43, marker)], ""), (0, "PUT notes/40, PUT notes/43".into()));
    assert_eq!(run(&[note(40, marker)], ""), (0, "PUT notes/40, POST notes".into()), "a note of someone else");
    assert_eq!(run(&ours, "Production"), (0, "POST notes".into()), "another title");
    assert_eq!(run(&[note(9, r#"\u003c!-- render-diff: Production --\u003e"#)], "Production"), (0, "PUT notes/9".into()));
    let path = "repository/overlays/production/kustomization.yaml";
    let changed = world.text(path);
    fs::write(world.path(path), changed.replace("newTag: 1.1.0", "newTag: 1.0.0")).expect("a file");
    assert_eq!(run(&[], ""), (0, String::new()), "nothing differs, so there is no note");
    assert_eq!(run(&ours, ""), (0, "PUT notes/43".into()), "but an old one is updated");
    assert!(world.text("repository/render-diff.md").contains("No differences"));
    fs::write(world.path(path), "resources: [nothing]\n").expect("a file");
    assert_eq!(run(&ours, ""), (2, "PUT notes/43".into()));
    assert_eq!(run(&[], ""), (2, "POST notes".into()));
    assert!(world.text("repository/render-diff.md").contains("overlays/production/kustomization.yaml:1:"));
    assert!(world.text("repository/gl-code-quality-report.json").contains("not-compared"));
}

#[test]
fn the_gitlab_template_validates_and_tests() {
    let Some(world) = World::changed() else { return };
    for (job, report) in [("render:validate", "render-validate.xml"), ("render:test", "render-test.xml")] {
        let run = gitlab(&world, job, &[]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert!(world.text(&format!("repository/{report}")).contains("<testsuite"));
    }
    let Some(world) = World::new("overlays/production/kustomization.yaml", "count: 3", "count: 1") else { return };
    assert_eq!(gitlab(&world, "render:test", &[]).code, 1);
    let Some(world) = World::new("base/service.yaml", "port: 80", "port: 80000") else { return };
    assert_eq!(gitlab(&world, "render:validate", &[]).code, 1);
}

#[test]
fn the_pre_commit_hooks_run() {
    let Some(world) = World::changed() else { return };
    let (hooks, example) = (yaml(".pre-commit-hooks.yaml"), yaml("examples/ci/.pre-commit-config.yaml"));
    let wanted = list(&list(&example["repos"])[0]["hooks"]);
    assert_eq!(wanted.len(), list(&hooks).len());
    let run = |world: &World, wanted: &Value| {
        let hook = list(&hooks).iter().find(|hook| hook["id"] == wanted["id"]).expect("a hook with this id");
        assert_eq!((text(&hook["language"]), hook["pass_filenames"].as_bool()), ("rust", Some(false)));
        let arguments = wanted.get("args").map(list).unwrap_or_default().iter().map(text);
        let command: Vec<&str> = std::iter::once(text(&hook["entry"])).chain(arguments).collect();
        world.run(&["sh", "-e"], &command.join(" "), &Variables::new())
    };
    for wanted in wanted {
        let run = run(&world, wanted);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    }
    let Some(world) = World::new("base/service.yaml", "port: 80", "port: 80000") else { return };
    assert_eq!(run(&world, &wanted[0]).code, 1);
}
