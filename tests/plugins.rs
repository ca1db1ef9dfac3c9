//! Functions in containers and exec plugins: parts that depend on the environment, with programs of the tests in place of real
//! ones.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n";

/// A directory with files; those that begin with `#!` are made executable.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for (path, content) in files {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(&path, content).expect("a file");
        if content.starts_with("#!") {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a program");
        }
    }
    directory
}

/// `render build --enable-alpha-plugins ARGUMENTS .` in a directory, with an empty `HOME`.
fn build(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    command.current_dir(directory).args(["build", "--enable-alpha-plugins"]).args(arguments).arg(".");
    for name in ["KUSTOMIZE_PLUGIN_HOME", "XDG_CONFIG_HOME"] {
        command.env_remove(name);
    }
    command.env("HOME", directory.join("home"));
    command
}

/// The standard error of a build, which must fail with code 1 and print nothing.
fn failure(mut command: Command) -> String {
    let output = command.output().expect("it runs");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), b"".as_slice()));
    String::from_utf8(output.stderr).expect("text")
}

fn container(image: &str) -> String {
    format!(
        "apiVersion: example.com/v1\nkind: Any\nmetadata:\n  name: any\n  annotations:\n    \
         config.kubernetes.io/function: |\n      container:\n        image: {image}\n        network: true\n        \
         envs: [SIZE=small]\n        mounts: [{{type: bind, src: data, dst: /data}}]\n"
    )
}

#[test]
fn a_container_is_started_by_docker() {
    let engine = "#!/bin/sh\necho \"$@\" > \"$ARGUMENTS\"\ncat\n";
    let directory = tree(&[
        ("kustomization.yaml", "resources: [web.yaml]\ntransformers: [any.yaml]\n"),
        ("web.yaml", SERVICE),
        ("any.yaml", &container("example.com/any:v1")),
        ("bin/docker", engine),
    ]);
    let root = directory.path().canonicalize().expect("a directory");
    let mut command = build(&root, &["--network", "--env", "COLOR=red", "--mount", "type=volume,src=/v,dst=/v,rw=true"]);
    let path = format!("{}:/usr/bin:/bin", root.join("bin").display());
    command.env("PATH", path).env("ARGUMENTS", root.join("arguments"));
    command.assert().success().stdout(SERVICE);
    let expected = format!(
        "run --rm -i -a STDIN -a STDOUT -a STDERR --network host --user nobody --security-opt=no-new-privileges \
         --mount type=bind,source={}/data,target=/data,readonly --mount type=volume,source=/v,target=/v \
         -e COLOR=red -e LOG_TO_STDERR=true -e SIZE=small -e STRUCTURED_RESULTS=true example.com/any:v1\n",
        root.display()
    );
    assert_eq!(std::fs::read_to_string(root.join("arguments")).expect("it ran"), expected);
}

#[test]
fn containers_require_docker_or_podman() {
    let directory = tree(&[
        ("kustomization.yaml", "resources: [web.yaml]\ntransformers: [any.yaml]\n"),
        ("web.yaml", SERVICE),
        ("any.yaml", &container("example.com/any:v1")),
    ]);
    let mut command = build(directory.path(), &["--network"]);
    command.env("PATH", directory.path());
    assert!(failure(command).starts_with("error[container-engine]: starting a container requires docker or podman"));
}

#[test]
fn an_empty_function_gets_a_warning() {
    let any = "kind: Any\nmetadata:\n  name: any\n  annotations:\n    config.kubernetes.io/function: '{}'\n";
    let files =
        [("kustomization.yaml", "resources: [web.yaml]\ntransformers: [any.yaml]\n"), ("web.yaml", SERVICE), ("any.yaml", any)];
    let directory = tree(&files);
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    let output =
        command.current_dir(directory.path()).args([".", "--no-validate", "--enable-alpha-plugins"]).output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), SERVICE);
    let warning =
        "# warning[empty-function]: any.yaml:1:1: the function specifies neither an image nor a program: it has no effect\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), warning);
}

#[test]
fn the_standard_error_of_a_function_is_passed_on() {
    let directory = tree(&[
        ("kustomization.yaml", "resources: [web.yaml]\ntransformers: [any.yaml]\n"),
        ("web.yaml", SERVICE),
        (
            "any.yaml",
            "kind: Any\nmetadata:\n  name: any\n  annotations:\n    config.kubernetes.io/function: 'exec: {path: ./any}'\n",
        ),
        ("any", "#!/bin/sh\necho working >&2\ncat\n"),
    ]);
    build(directory.path(), &["--enable-exec"]).assert().success().stdout(SERVICE).stderr("working\n");
}

/// A plugin that prints its arguments and input as an object.
const PLUGIN: &str = "#!/bin/sh\nfile=$1\nshift\necho 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: called\ndata:'\n\
    echo \"  arguments: $*\"\necho \"  root: $(basename \"$KUSTOMIZE_PLUGIN_CONFIG_ROOT\")\"\necho '  file: |'\n\
    sed 's/^/    /' \"$file\"\necho '  text: |'\necho \"$KUSTOMIZE_PLUGIN_CONFIG_STRING\" | sed 's/^/    /'\n\
    echo '  input: |2'\nsed 's/^/    /'\n";

const CALL: &str = "apiVersion: team.example.com/v1\nkind: Call\nmetadata:\n  name: call\nargsOneLiner: one 'two three'\n\
    argsFromFile: more.txt\n";

#[test]
fn an_exec_plugin_is_found_by_its_kind() {
    let directory = tree(&[
        ("work/kustomization.yaml", "resources: [web.yaml]\ntransformers: [call.yaml]\n"),
        ("work/web.yaml", SERVICE),
        ("work/call.yaml", CALL),
        ("work/more.txt", "four\n  five\n\n"),
        ("home/.config/kustomize/plugin/team.example.com/v1/call/Call", PLUGIN),
    ]);
    let mut command = build(&directory.path().join("work"), &[]);
    command.env("HOME", directory.path().join("home"));
    let config = "    apiVersion: team.example.com/v1\n    argsFromFile: more.txt\n    argsOneLiner: one 'two three'\n    \
                  kind: Call\n    metadata:\n      name: call\n";
    let input = "    apiVersion: v1\n    kind: Service\n    metadata:\n      annotations:\n        \
                 kustomize.config.k8s.io/id: |\n          kind: Service\n          name: web\n          version: v1\n      \
                 name: web\n";
    let data =
        format!("  arguments: one two three four five\n  file: |\n{config}  input: |\n{input}  root: work\n  text: |\n{config}");
    let expected = format!("apiVersion: v1\ndata:\n{data}kind: ConfigMap\nmetadata:\n  name: called\n");
    command.assert().success().stdout(expected);
}

#[test]
fn an_exec_plugin_can_generate_and_fail() {
    let plugin = |script: &str| {
        tree(&[
            ("kustomization.yaml", "generators: [call.yaml]\n"),
            ("call.yaml", "apiVersion: v1\nkind: Call\nmetadata:\n  name: call\n"),
            ("plugins/v1/call/Call", script),
        ])
    };
    let directory = plugin(&format!("#!/bin/sh\ncat <<END\n{SERVICE}END\n"));
    let mut command = build(directory.path(), &[]);
    command.env("KUSTOMIZE_PLUGIN_HOME", directory.path().join("plugins"));
    command.assert().success().stdout(SERVICE);

    let directory = plugin("#!/bin/sh\nexit 7\n");
    let mut command = build(directory.path(), &[]);
    command.env("KUSTOMIZE_PLUGIN_HOME", "plugins");
    let error = failure(command);
    assert!(error.starts_with("error[plugin-failed]: the plugin `") && error.contains("failed: exit status: 7"), "{error}");
}

#[test]
fn errors_explain_why_a_plugin_cannot_be_run() {
    let call = "apiVersion: v1\nkind: Call\nmetadata:\n  name: call\n";
    let quoted = "apiVersion: v1\nkind: Call\nmetadata:\n  name: call\nargsOneLiner: \"'open\"\n";
    for (file, content, config, expected) in [
        ("home/nothing", "", call, "error[plugin-not-found]: `Call` does not specify a function, and there is no plugin home"),
        ("plugins/other", "", call, "error[plugin-not-found]: there is no plugin for `Call`"),
        ("plugins/v1/call/Call", "echo", call, "call/Call` is not executable"),
        ("plugins/v1/call/Call.so", "", call, "call/Call.so` is a Go plugin: only kustomize itself can load it"),
        ("plugins/v1/call/Call", "#!/bin/sh\n", quoted, "error[plugin-arguments]: a quote in `argsOneLiner` is not closed"),
    ] {
        let directory = tree(&[("kustomization.yaml", "generators: [call.yaml]\n"), ("call.yaml", config), (file, content)]);
        let mut command = build(directory.path(), &[]);
        let home = directory.path().join("plugins");
        if home.exists() {
            command.env("KUSTOMIZE_PLUGIN_HOME", home);
        }
        let error = failure(command);
        assert!(error.contains(expected), "{error}");
    }
}
