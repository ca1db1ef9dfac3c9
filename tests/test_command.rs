//! `render test`: the files that it writes, those that it does not overwrite, and its reports; and the tests of this
//! repository's own stacks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A repository with one overlay: a Deployment, a generated ConfigMap and a generated Secret.
struct World(TempDir);

/// The result of a run.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

const KUSTOMIZATION: &str = "\
resources: [web.yaml]
namespace: shop
configMapGenerator:
- name: settings
  literals: [LEVEL=debug]
secretGenerator:
- name: login
  literals: [password=hunter2]
";
const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {example.com/built: monday}
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: web
        image: example.com/web:1.0
        args: ['--config=settings']
        envFrom:
        - configMapRef: {name: settings}
        - secretRef: {name: login}
";
const KEPT: &str = "app/__snapshots__";
const OF_CONFIG: &str = "app/__snapshots__/configmap-shop-settings.yaml";
const OF_WEB: &str = "app/__snapshots__/deployment-shop-web.yaml";
const OF_SECRET: &str = "app/__snapshots__/secret-shop-login.yaml";

impl World {
    fn new() -> World {
        let world = World(tempfile::tempdir().expect("a directory"));
        fs::create_dir(world.path(".git")).expect("a directory");
        world.write("app/kustomization.yaml", KUSTOMIZATION);
        world.write("app/web.yaml", WEB);
        world
    }

    /// A repository with up-to-date snapshots.
    fn kept() -> World {
        let world = World::new();
        assert_eq!(world.run(&["--update", "app"]).code, Some(0));
        world
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect(path)
    }

    fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{old} is not in {path}");
        self.write(path, &text.replace(old, new));
    }

    /// All files with their content, sorted by name.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut directories = vec![self.0.path().to_owned()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).expect("a directory") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    directories.push(path);
                } else {
                    files.push((path.clone(), fs::read(path).expect("a file")));
                }
            }
        }
        files.sort();
        files
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, None)
    }

    fn run_with(&self, arguments: &[&str], ci: Option<&str>) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
        command.arg("test").args(arguments).current_dir(self.0.path()).env_remove("CI");
        ci.map(|ci| command.env("CI", ci));
        let output = command.output().expect("the program starts");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

#[test]
fn update_writes_one_file_per_object_and_only_when_needed() {
    let world = World::new();
    let run = world.run(&["--update", "app"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(run.stdout.starts_with("app: 3 snapshots written, 0 removed, 0 unchanged\n"), "{}", run.stdout);
    let names: Vec<String> =
        fs::read_dir(world.path(KEPT)).expect(KEPT).map(|e| e.expect("e").file_name().display().to_string()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    let expected = "# Snapshot of ConfigMap/settings in namespace shop, written by `render test --update`.\napiVersion: v1\ndata:\n  \
                    LEVEL: debug\nkind: ConfigMap\nmetadata:\n  name: settings-HASH\n  namespace: shop\n";
    assert_eq!(world.read(OF_CONFIG), expected);
    assert!(world.read(OF_WEB).contains("name: settings-HASH") && world.read(OF_WEB).contains("name: login-HASH"));
    let before = world.files();
    assert!(world.run(&["--update"]).stdout.starts_with("app: 0 snapshots written, 0 removed, 3 unchanged\n"));
    assert_eq!(world.files(), before);
    for arguments in [&[] as &[&str], &["app"], &["--ci"]] {
        let run = world.run(arguments);
        assert_eq!(run.stdout, "1 overlay tested: 3 snapshots, 0 assertions: 0 failed\n", "{arguments:?}");
        assert_eq!(run.code, Some(0));
    }
}

#[test]
fn a_change_of_generated_content_changes_only_its_own_snapshot() {
    let world = World::kept();
    world.replace("app/kustomization.yaml", "LEVEL=debug", "LEVEL=info");
    let run = world.run(&[]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("data.LEVEL: debug -> info"), "{}", run.stdout);
    assert!(run.stdout.contains(&format!("{OF_CONFIG}:4:10 -> app/kustomization.yaml:5:14")), "{}", run.stdout);
    assert!(run.stdout.contains("help: `render test --update app` accepts the current output"));
    assert!(run.stdout.ends_with("1 overlay tested: 3 snapshots, 0 assertions: 1 failed\n"), "{}", run.stdout);
    let others = [world.read(OF_WEB), world.read(OF_SECRET)];
    assert!(world.run(&["--update"]).stdout.starts_with("app: 1 snapshot written, 0 removed, 2 unchanged\n"));
    assert_eq!([world.read(OF_WEB), world.read(OF_SECRET)], others);
}

#[test]
fn secrets_are_not_written_to_snapshots() {
    let world = World::kept();
    let all =
        |world: &World| world.files().into_iter().filter(|(path, _)| path.starts_with(world.path(KEPT))).collect::<Vec<_>>();
    let hides = |text: &str| !text.contains("hunter2") && !text.contains("aHVudGVyMg");
    assert!(all(&world).iter().all(|(_, content)| hides(&String::from_utf8_lossy(content))));
    assert!(world.read(OF_SECRET).contains("password: <secret sha256:b073aefd>"));
    world.replace("app/kustomization.yaml", "hunter2", "hunter3");
    for format in ["human", "json", "junit"] {
        let run = world.run(&["--format", format]);
        assert_eq!(run.code, Some(1));
        assert!(run.stdout.contains("sha256:f0c09a34") && run.stdout.contains("sha256:b073aefd"), "{}", run.stdout);
        assert!(!run.stdout.contains("hunter") && !run.stdout.contains("aHVudGVy"), "{}", run.stdout);
    }
    world.write(".render.yaml", "test:\n  showSecrets: {reason: these are placeholders}\n");
    assert_eq!(world.run(&["--update"]).code, Some(0));
    assert!(world.read(OF_SECRET).contains("password: aHVudGVyMw=="));
    world.write(".render.yaml", "test:\n  showSecrets: {}\n");
    let run = world.run(&[]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("error[missing-field]: `showSecrets` requires `reason`"), "{}", run.stderr);
}

#[test]
fn missing_and_obsolete_snapshots_fail_only_in_ci_and_nothing_is_written() {
    let world = World::kept();
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n";
    world.write("app/account.yaml", account);
    world.replace("app/kustomization.yaml", "[web.yaml]", "[web.yaml, account.yaml]");
    world.replace(
        "app/kustomization.yaml",
        "- name: settings\n  literals: [LEVEL=debug]",
        "- name: options\n  literals: [LEVEL=debug]",
    );
    world.replace("app/web.yaml", "{name: settings}", "{name: options}");
    let before = world.files();
    let report = |run: &Run, severity: &str| {
        assert!(
            run.stdout.contains(&format!("{severity}[missing-snapshot]: app: 2 objects have no snapshot\n")),
            "{}",
            run.stdout
        );
        assert!(run.stdout.contains("  + ServiceAccount/web in namespace shop\n"));
        let obsolete = format!(
            "{severity}[obsolete-snapshot]: app: 1 snapshot belongs to an object that no longer exists\n  - {OF_CONFIG}\n"
        );
        assert!(run.stdout.contains(&obsolete), "{}", run.stdout);
    };
    world.replace(OF_WEB, "name: settings-HASH", "name: options-HASH");
    let run = world.run(&[]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    report(&run, "warning");
    for run in [world.run(&["--ci"]), world.run_with(&[], Some("true"))] {
        assert_eq!(run.code, Some(1));
        report(&run, "error");
    }
    assert_eq!(world.run_with(&[], Some("false")).code, Some(0));
    world.replace(OF_WEB, "name: options-HASH", "name: settings-HASH");
    assert_eq!(world.files(), before, "files are written only with --update");
    let run = world.run_with(&["--update"], Some("true"));
    assert!(run.stdout.starts_with("app: 3 snapshots written, 1 removed, 1 unchanged\n"), "{}", run.stdout);
    assert_eq!(world.run(&["--ci"]).code, Some(0));
    assert!(!world.path(OF_CONFIG).exists());
    assert_eq!(world.run(&["--ci", "--update"]).code, Some(2));
}

#[test]
fn other_files_are_neither_overwritten_nor_removed() {
    let world = World::kept();
    world.write("app/__snapshots__/mine.yaml", "a: 1\n");
    world.write("app/__snapshots__/README.md", "hello\n");
    let run = world.run(&["--ci"]);
    assert!(run.stdout.contains("error[foreign-file]: `app/__snapshots__/mine.yaml` is not a snapshot"), "{}", run.stdout);
    assert_eq!((run.code, world.run(&[]).code), (Some(1), Some(0)));
    assert_eq!(world.run(&["--update"]).code, Some(0));
    assert_eq!(world.read("app/__snapshots__/mine.yaml"), "a: 1\n");
    world.write(OF_WEB, "kind: mine\n");
    world.replace("app/kustomization.yaml", "LEVEL=debug", "LEVEL=info");
    let before = world.files();
    let run = world.run(&["--update"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("error[foreign-file]"), "{}", run.stderr);
    assert_eq!(world.files(), before);
}

#[test]
fn masks_must_have_a_reason_and_an_effect() {
    let world = World::new();
    let mask = |object: &str, field: &str, reason: &str| {
        format!("test:\n  masks:\n  - object: {object}\n    field: {field}\n    reason: {reason}\n")
    };
    world.write(".render.yaml", &mask("Deployment/*", "metadata.annotations[example.com/built]", "the day of the build"));
    assert_eq!(world.run(&["--update", "app"]).code, Some(0));
    assert!(world.read(OF_WEB).contains("example.com/built: <masked>"));
    world.replace("app/web.yaml", "monday", "tuesday");
    assert_eq!(world.run(&[]).stdout, "1 overlay tested: 3 snapshots, 0 assertions: 0 failed\n");
    world.write(".render.yaml", &mask("ConfigMap/settings", "data.LEVEL", "it is tuned by hand"));
    world.replace("app/kustomization.yaml", "LEVEL=debug", "LEVEL=info");
    assert_eq!(world.run(&["--update"]).code, Some(0));
    assert!(world.read(OF_CONFIG).contains("LEVEL: <masked>"), "generated objects are named without their hash");
    world.write(".render.yaml", &mask("Secret/*", "data.password", "it is weak"));
    assert_eq!(world.run(&["--update"]).code, Some(0));
    assert!(world.read(OF_SECRET).contains("password: <masked>"), "{}", world.read(OF_SECRET));
    for (object, field, note) in [
        ("Deployment/web", "spec.template.spec.containers[name=wbe].image", "none of its objects has this field"),
        ("Deployment/wbe", "spec.replicas", "there is no such object"),
    ] {
        world.write(".render.yaml", &mask(object, field, "x"));
        let run = world.run(&[]);
        assert!(run.stdout.contains("note[unused-mask]") && run.stdout.contains(note), "{}", run.stdout);
        assert!(run.stdout.contains(" --> .render.yaml:3:5\n"), "{}", run.stdout);
    }
    for (object, field, reason, error) in [
        ("Deployment/web", "spec.replicas", "''", "a mask requires `reason`"),
        ("''", "spec.replicas", "x", "a mask requires `object`"),
        ("Deployment/web", "''", "x", "a mask requires `field`"),
        ("Deployment/web", "spec..replicas", "x", "`spec..replicas` is not a valid field path"),
    ] {
        world.write(".render.yaml", &mask(object, field, reason));
        let run = world.run(&["--update", "app"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
        assert!(run.stderr.contains(error), "{}", run.stderr);
    }
}

#[test]
fn snapshots_can_be_in_a_separate_directory() {
    let world = World::new();
    assert_eq!(world.run(&["--update", "--snapshots", "golden", "app"]).code, Some(0));
    assert!(world.path("golden/app/deployment-shop-web.yaml").is_file() && !world.path(KEPT).exists());
    assert_eq!(world.run(&["--ci", "--snapshots", "golden"]).code, Some(0));
    world.write(".render.yaml", "test: {snapshots: golden}\n");
    assert_eq!(world.run(&["--ci"]).stdout, "1 overlay tested: 3 snapshots, 0 assertions: 0 failed\n");
    fs::rename(world.path("golden/app"), world.path("golden/old")).expect("a directory");
    let run = world.run(&["--ci"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("error[no-overlay]: `golden/old` is not next to a kustomization"), "{}", run.stderr);
}

#[test]
fn overlays_are_found_by_their_tests() {
    let world = World::new();
    let run = world.run(&[]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("error[no-tests]: no overlay below the working directory has snapshots"), "{}", run.stderr);
    let run = world.run(&["app"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("help: run `render test --update app` to create snapshots"), "{}", run.stdout);
    assert!(!world.path(KEPT).exists());

    world.write("app/one.render-test.yaml", "name: two\ntarget: {kind: Deployment}\ncontains: {spec: {replicas: 2}}\n");
    world.write("app/two.render-test.yaml", "name: none\ntarget: {kind: Service}\nabsent: true\n");
    assert_eq!(world.run(&[]).stdout, "1 overlay tested: 0 snapshots, 2 assertions: 0 failed\n");
    assert_eq!(world.run(&["--update"]).stdout, world.run(&[]).stdout, "snapshots of this overlay were not requested");
    assert_eq!(world.run(&["app/two.render-test.yaml"]).stdout, "1 overlay tested: 0 snapshots, 1 assertion: 0 failed\n");
    assert_eq!(world.run(&["app/web.yaml"]).code, Some(2));
    assert_eq!(world.run(&["nowhere"]).code, Some(2));

    world.write("gone/__snapshots__/x.yaml", "# Snapshot of x\n");
    world.write("lost/x.render-test.yaml", "name: x\n");
    let run = world.run(&[]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    assert!(run.stdout.contains("`gone/__snapshots__` is not next to a kustomization"), "{}", run.stdout);
    assert!(run.stdout.contains("`lost/x.render-test.yaml` is not next to a kustomization"), "{}", run.stdout);
    assert!(run.stdout.ends_with("1 overlay tested: 0 snapshots, 2 assertions: 2 failed\n"), "{}", run.stdout);
    let junit = world.run(&["--format", "junit"]).stdout;
    assert!(junit.starts_with("<?xml") && junit.contains("tests=\"4\" failures=\"2\""), "{junit}");
    assert!(junit.contains("<testcase classname=\"\" name=\"no-overlay\">"), "{junit}");
}

#[test]
fn an_overlay_that_does_not_build_fails_and_nothing_is_written() {
    let world = World::kept();
    world.write("bad/kustomization.yaml", "resources: [nothing.yaml]\n");
    world.write("bad/x.render-test.yaml", "name: x\ntarget: {kind: Deployment}\ncontains: {}\n");
    world.replace("app/web.yaml", "replicas: 2", "replicas: 3");
    let before = world.files();
    let run = world.run(&[]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("error[not-found]") && run.stdout.contains("spec.replicas: 2 -> 3"), "{}", run.stdout);
    let run = world.run(&["--update"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("nothing.yaml") && world.files() == before, "{}", run.stderr);
}

#[test]
fn a_filter_that_matches_nothing_is_an_error() {
    let world = World::kept();
    world.write("app/x.render-test.yaml", "name: two replicas\ntarget: {kind: Deployment}\nassert: object.spec.replicas == 2\n");
    let run = world.run(&["--filter", "Depolyment"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("error[no-tests]: no test matches `Depolyment`; 4 filtered out\n"), "{}", run.stderr);
    for (filter, summary) in [
        ("Deployment/*", "1 overlay tested: 1 snapshot, 0 assertions: 0 failed, 3 filtered out\n"),
        ("two repl", "1 overlay tested: 0 snapshots, 1 assertion: 0 failed, 3 filtered out\n"),
        ("app", "1 overlay tested: 3 snapshots, 1 assertion: 0 failed, 0 filtered out\n"),
    ] {
        assert_eq!(world.run(&["--ci", "--filter", filter]).stdout, summary, "{filter}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&world.run(&["--filter", "two", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(json["summary"]["filtered"], 3);
    assert_eq!(world.run(&["--update", "--filter", "two"]).code, Some(2));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_does_not_hide_other_results() {
    let world = World::kept();
    world.write("other/kustomization.yaml", "resources: []\n");
    world.write("other/a.render-test.yaml", "name: no objects\nassert: objects.size() == 0\n");
    world.write("other/b.render-test.yaml", "name: an object\nassert: objects.size() == 1\n");
    std::os::unix::fs::symlink("/dev/null/x", world.path("other/c.render-test.yaml")).expect("a link");
    let run = world.run(&[]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(2), ""), "{}", run.stdout);
    assert!(run.stdout.contains("c.render-test.yaml") && run.stdout.contains("error[assert-false]: an object"), "{}", run.stdout);
    assert!(run.stdout.ends_with("2 overlays tested: 3 snapshots, 3 assertions: 2 failed\n"), "{}", run.stdout);
}

#[test]
fn the_settings_of_the_base_decide_what_is_asserted() {
    let world = World::new();
    fs::remove_dir(world.path(".git")).expect("a directory");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=x", "-c", "user.email=x@example.com"]).args(arguments).current_dir(world.0.path());
        command.output().is_ok_and(|output| output.status.success())
    };
    world.write(".render.yaml", "assert:\n- {name: two, target: {kind: Deployment}, assert: object.spec.replicas == 3}\n");
    if !(git(&["init", "-q"]) && git(&["add", "."]) && git(&["commit", "-qm", "x"])) {
        eprintln!("skipped: git is not available");
        return;
    }
    world.write(".render.yaml", "assert: []\n");
    assert_eq!(world.run(&[]).code, Some(2), "there are no tests");
    let run = world.run(&["--settings-from", "base", "--base", "HEAD"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""), "{}", run.stdout);
    assert!(run.stdout.contains("error[assert-false]: app: two: `object.spec.replicas == 3` is false"), "{}", run.stdout);
}

#[test]
fn results_are_available_in_machine_readable_formats() {
    let world = World::kept();
    world.replace("app/web.yaml", "replicas: 2", "replicas: 3");
    world.write("app/x.render-test.yaml", "name: \"it <holds>\"\ntarget: {kind: Deployment}\nassert: object.spec.replicas < 3\n");
    let run = world.run(&["--format", "junit"]);
    assert_eq!(run.code, Some(1));
    for part in [
        "<testsuites name=\"render\" tests=\"4\" failures=\"2\" errors=\"0\">",
        "<testsuite name=\"app\" tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"0\">",
        "<testcase classname=\"app/__snapshots__/configmap-shop-settings.yaml\" name=\"ConfigMap/settings in namespace shop\"/>",
        "<failure type=\"changed-snapshot\"",
        "spec.replicas: 2 -&gt; 3",
        "name=\"it &lt;holds&gt;\"",
        "<failure type=\"assert-false\"",
    ] {
        assert!(run.stdout.contains(part), "{part} is not in\n{}", run.stdout);
    }
    let run = world.run(&["--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(document["summary"], serde_json::json!({"overlays": 1, "snapshots": 3, "assertions": 1, "failed": 2}));
    let tests = document["overlays"][0]["tests"].as_array().expect("tests");
    let web = tests.iter().find(|test| test["name"] == "Deployment/web in namespace shop").expect("the test");
    assert_eq!(web["changes"][0]["field"], "spec.replicas");
    assert_eq!(web["changes"][0]["old"]["value"], 2);
    assert_eq!(web["changes"][0]["new"]["place"], "app/web.yaml:7:13");
    let assertion = tests.iter().find(|test| test["subject"] == "assertion").expect("the test");
    assert_eq!((assertion["passed"].as_bool(), assertion["findings"][0]["line"].as_u64()), (Some(false), Some(3)));
    let yaml: serde_json::Value = serde_yaml::from_str(&world.run(&["--format", "yaml"]).stdout).expect("YAML");
    assert_eq!(yaml, document);
}

#[test]
fn windows_line_breaks_are_not_a_change_but_corrupt_snapshots_are() {
    let world = World::kept();
    world.write(OF_WEB, &world.read(OF_WEB).replace('\n', "\r\n"));
    assert_eq!(world.run(&["--ci"]).code, Some(0));
    world.replace(OF_CONFIG, "data:\n  LEVEL: debug\n", "data: {LEVEL: debug}\n");
    let run = world.run(&[]);
    assert!(
        run.stdout.contains("error[changed-snapshot]: the snapshot contains the same values in a different format"),
        "{}",
        run.stdout
    );
    fs::write(world.path(OF_SECRET), b"# Snapshot of x\na: [\n").expect("a file");
    let run = world.run(&[]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    assert!(run.stdout.contains(&format!("{OF_SECRET}:")), "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn files_that_cannot_be_written_are_errors() {
    let world = World::new();
    world.write("file", "");
    let run = world.run(&["--update", "--snapshots", "file", "app"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
    assert!(run.stderr.contains("error[not-found]") || run.stderr.contains("error[not-written]"), "{}", run.stderr);
}

#[test]
fn the_stacks_pass_their_tests() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    let output =
        command.args(["test", "--ci", "overlays"]).current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("the program");
    let report = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{report}{}", String::from_utf8_lossy(&output.stderr));
    assert!(report.starts_with("9 overlays tested: 25 snapshots, 45 assertions: 0 failed\n"), "{report}");
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("overlays/dev/disney-ai-plus/__snapshots__").is_dir());
}
