//! Charts with a real helm: pulled from a repository on this machine, compared with kubectl, and the messages about them.
//!
//! Skipped if there is no helm (see `spec_runner/helm.rs`); the comparison also if there is no `kubectl` with kustomize 5.8,
//! which `RENDER_KUBECTL` can name. The rules for charts are in `tests/spec/helmCharts.md`.

#![cfg(unix)]

#[path = "spec_runner/helm.rs"]
mod find;
#[allow(dead_code)]
#[path = "support/kubectl.rs"]
mod kubectl;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use find::Helm;
use tempfile::TempDir;

/// A directory with files, and the helm program for its builds.
struct Tree {
    directory: TempDir,
    helm: Helm,
}

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.2.3\n";

const TEMPLATE: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  labels: {ns: {{ .Release.Namespace }}}
data:
  values: |
{{ toYaml .Values | indent 4 }}
---
# nothing
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-service
";

impl Tree {
    /// A tree with these files; `None` if there is no helm.
    fn new(files: &[(&str, &str)]) -> Option<Tree> {
        let Some(helm) = Helm::find() else {
            eprintln!("skipped: helm not found; set RENDER_HELM, or run tests/fetch-helm.sh");
            return None;
        };
        let tree = Tree { directory: tempfile::tempdir().expect("a directory"), helm };
        files.iter().for_each(|(path, content)| tree.write(path, content));
        Some(tree)
    }

    /// A tree with a chart in `charts/shop` and this kustomization.
    fn with_chart(values: &str, kustomization: &str) -> Option<Tree> {
        Tree::new(&[
            ("charts/shop/Chart.yaml", CHART),
            ("charts/shop/values.yaml", values),
            ("charts/shop/templates/all.yaml", TEMPLATE),
            ("kustomization.yaml", kustomization),
        ])
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, content).expect("a file");
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).env("PATH", self.helm.path()).env("RENDER_CACHE_DIR", self.path().join(".cache"));
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("NO_PROXY", "127.0.0.1");
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        self.command(program).args(arguments).output().expect("the program starts")
    }

    fn render(&self, arguments: &[&str]) -> Output {
        self.run(env!("CARGO_BIN_EXE_render"), arguments)
    }

    fn build(&self) -> Output {
        self.render(&["build", "--enable-helm", "."])
    }

    /// The paths of all files and empty directories, sorted.
    fn list(&self) -> Vec<String> {
        let output = self.run("find", &[".", "-type", "f", "-o", "-empty"]);
        let mut paths: Vec<String> = text(&output.stdout).lines().map(str::to_owned).collect();
        paths.sort();
        paths
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// The output of a build that must succeed.
fn printed(output: &Output) -> &str {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// The standard error of a build that must fail.
fn failure(output: &Output) -> &str {
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    assert_eq!(text(&output.stdout), "");
    text(&output.stderr)
}

/// A web server on the loopback interface that serves the files of a directory and counts requests for archives.
struct Server {
    address: String,
    archives: Arc<AtomicUsize>,
}

impl Server {
    fn start(directory: &Path) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let archives = Arc::new(AtomicUsize::new(0));
        let (directory, counter) = (directory.to_owned(), Arc::clone(&archives));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (directory, counter) = (directory.clone(), Arc::clone(&counter));
                std::thread::spawn(move || serve(stream, &directory, &counter));
            }
        });
        Server { address, archives }
    }

    fn archives(&self) -> usize {
        self.archives.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, directory: &Path, archives: &AtomicUsize) {
    let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    let path = request.split(' ').nth(1).unwrap_or("/").trim_start_matches('/').to_owned();
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    if path.ends_with(".tgz") {
        archives.fetch_add(1, Ordering::SeqCst);
        // Long enough for other processes to request the same chart.
        std::thread::sleep(Duration::from_millis(300));
    }
    let (status, body) = match std::fs::read(directory.join(path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

/// A repository with version 1.2.3 of the chart `shop`, and a tree whose kustomization uses it.
fn repository(entry: &str) -> Option<(Tree, Server, Tree)> {
    let charts = Tree::with_chart("color: blue\n", "")?;
    printed(&charts.run("helm", &["package", "charts/shop"]));
    let server = Server::start(charts.path());
    printed(&charts.run("helm", &["repo", "index", ".", "--url", &server.address]));
    let kustomization = entry.replace("REPO", &server.address);
    let tree = Tree::new(&[("kustomization.yaml", &format!("helmCharts:\n- {kustomization}\n"))])?;
    Some((charts, server, tree))
}

const PULLED: [&str; 4] = [
    "./charts/shop-1.2.3/shop/Chart.yaml",
    "./charts/shop-1.2.3/shop/templates/all.yaml",
    "./charts/shop-1.2.3/shop/values.yaml",
    "./kustomization.yaml",
];

#[test]
fn a_chart_is_pulled_once() {
    let Some((_charts, server, tree)) = repository("{name: shop, repo: REPO, version: 1.2.3, releaseName: my}") else { return };
    let first = tree.build();
    assert!(printed(&first).contains("color: blue"));
    assert_eq!(tree.list(), PULLED);
    let again = tree.render(&["build", "--enable-helm", "--offline", "."]);
    assert_eq!(printed(&first), printed(&again));
    assert_eq!(server.archives(), 1);
}

#[test]
fn without_a_version_the_directory_has_none() {
    let Some((_charts, _server, tree)) = repository("{name: shop, repo: REPO, releaseName: my}") else { return };
    printed(&tree.build());
    assert_eq!(tree.list()[0], "./charts/shop/Chart.yaml");
}

#[test]
fn processes_that_need_the_same_chart_pull_it_once() {
    let Some((_charts, server, tree)) = repository("{name: shop, repo: REPO, version: 1.2.3, releaseName: my}") else { return };
    tree.write("charts/.render-pull-stopped/shop/Chart.yaml", "half a chart");
    let start = || {
        let mut command = tree.command(env!("CARGO_BIN_EXE_render"));
        command.args(["build", "--enable-helm", "."]).stdout(std::process::Stdio::piped()).spawn().expect("the program starts")
    };
    let processes: Vec<_> = (0..4).map(|_| start()).collect();
    for process in processes {
        let output = process.wait_with_output().expect("it ends");
        assert!(printed(&output).contains("color: blue"));
    }
    assert_eq!(server.archives(), 1);
    assert_eq!(tree.list(), PULLED);
}

#[test]
fn a_failed_pull_leaves_no_files_behind() {
    let Some((_charts, server, tree)) = repository("{name: shop, repo: REPO, version: 9.9.9}") else { return };
    assert!(failure(&tree.build()).contains("error[helm]: helm can't pull the chart `shop` from `http://127.0.0.1:"));
    assert_eq!(tree.list(), ["./kustomization.yaml"]);
    tree.write("kustomization.yaml", &format!("helmCharts:\n- {{name: none, repo: {}}}\n", server.address));
    assert!(failure(&tree.build()).contains("help: check `repo`, `name`, and `version`"));
    assert_eq!(tree.list(), ["./kustomization.yaml"]);
}

/// Turns a directory into a git repository.
fn commit(tree: &Tree, directory: &str) -> String {
    let url = format!("file://{}", tree.path().join(directory).display());
    let identity = ["-c", "user.name=n", "-c", "user.email=n@example.com"];
    for arguments in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "--message", "charts"]] {
        printed(&tree.run("git", &[&["-C", directory], &identity[..], arguments].concat()));
    }
    url
}

#[test]
fn charts_of_a_remote_kustomization_stay_in_its_repository() {
    let Some((_charts, server, tree)) = repository("unused") else { return };
    tree.write(
        "srv/pulled/kustomization.yaml",
        &format!("helmCharts:\n- {{name: shop, repo: {}, version: 1.2.3}}\n", server.address),
    );
    for (path, content) in [("Chart.yaml", CHART), ("values.yaml", "color: green\n"), ("templates/all.yaml", TEMPLATE)] {
        tree.write(&format!("srv/charts/shop/{path}"), content);
        tree.write(&format!("outside/shop/{path}"), content);
    }
    tree.write("srv/vendored/values.yaml", "color: red\n");
    let charts = |globals: &str| {
        format!("helmGlobals: {{{globals}}}\nhelmCharts:\n- {{name: shop, releaseName: my, valuesFile: values.yaml}}\n")
    };
    tree.write("srv/vendored/kustomization.yaml", &charts("chartHome: ../charts"));
    let outside = tree.path().join("outside");
    tree.write("srv/outside/kustomization.yaml", &charts(&format!("chartHome: {}", outside.display())));
    tree.write("srv/linked/kustomization.yaml", &charts("chartHome: ."));
    tree.write("srv/linked/shop/Chart.yaml", CHART);
    std::os::unix::fs::symlink(outside.join("shop/templates"), tree.path().join("srv/linked/shop/templates")).expect("a link");
    tree.write("srv/home/kustomization.yaml", &charts("chartHome: ../charts, configHome: /tmp"));
    let url = commit(&tree, "srv");
    let build = |directory: &str| {
        tree.write("kustomization.yaml", &format!("namespace: market\nresources: ['{url}//{directory}']\n"));
        tree.build()
    };

    let (vendored, first, second) = (build("vendored"), build("pulled"), build("pulled"));
    assert!(printed(&vendored).contains("color: red") && printed(&vendored).contains("ns: market"), "{}", printed(&vendored));
    assert!(printed(&first).contains("color: blue") && printed(&first).contains("ns: market"), "{}", printed(&first));
    assert_eq!(printed(&first), printed(&second));
    // Fetched repositories are shared by all builds: nothing may be written to them.
    assert_eq!(server.archives(), 2);
    assert!(!tree.list().iter().any(|path| path.contains("shop-1.2.3")), "{:?}", tree.list());

    for (directory, message) in [
        ("outside", format!("error[outside-root]: `{}/shop` is outside its repository", outside.display())),
        ("linked", "//linked/shop/templates` links to a path outside its repository".to_owned()),
        ("home", "error[outside-root]: a kustomization of a remote repository can't set helm's home".to_owned()),
    ] {
        let output = build(directory);
        assert!(failure(&output).contains(&message), "{}", failure(&output));
    }
}

#[test]
fn an_existing_chart_is_used_regardless_of_its_version() {
    let Some(tree) = Tree::with_chart("", "helmCharts:\n- {name: shop, version: 2.0.0, releaseName: my}\n") else { return };
    let output = tree.render(&["--no-validate", "--enable-helm", "."]);
    assert!(printed(&output).contains("name: my"));
    assert_eq!(
        text(&output.stderr),
        "# warning[chart-version]: kustomization.yaml:2:25: expected version 2.0.0, found version 1.2.3 in `charts/shop`; \
         an existing chart is used regardless of its version\n"
    );
}

#[test]
fn fields_without_effect_and_lost_aliases_are_reported() {
    let kustomization = "helmChartInflationGenerator:\n- chartName: shop\n  helmBin: /bin/evil\n  extraArgs: [--debug]\n  \
                         valuesLocal: {b: 2}\n";
    let Some(tree) = Tree::with_chart("a: &a 1\nb: *a\n", kustomization) else { return };
    let output = tree.render(&["--no-validate", "--enable-helm", "."]);
    assert!(printed(&output).contains("b: 1\n"));
    let warnings = text(&output.stderr);
    for warning in [
        "# warning[deprecated-field]: kustomization.yaml:2:1: `helmChartInflationGenerator` is deprecated; use `helmCharts`",
        "# warning[ignored-field]: kustomization.yaml:4:14: `extraArgs` has no effect, as in kustomize",
        "# warning[ignored-field]: kustomization.yaml:3:12: `helmBin` has no effect, as in kustomize",
        "# warning[values-alias]: charts/shop/values.yaml:2:4: `b` is an alias, which is lost when `valuesInline` is merged, \
         as in kustomize, together with the inline value",
    ] {
        assert!(warnings.contains(warning), "{warning}\n{warnings}");
    }
    let lost = tree.render(&["build", "--enable-helm", "."]);
    assert_eq!(text(&lost.stderr), "", "`build` prints no warnings");
}

#[test]
fn warnings_of_helm_are_reported_without_values() {
    let kustomization = "helmCharts:\n- {name: shop, releaseName: my, additionalValuesFiles: [values.yaml]}\n";
    let Some(tree) = Tree::with_chart("password: text\n", kustomization) else { return };
    tree.write("values.yaml", "password: {is: hunter2}\n");
    let output = tree.render(&["--no-validate", "--enable-helm", "."]);
    printed(&output);
    let warnings = text(&output.stderr);
    assert!(
        warnings.starts_with("# warning[helm-warning]: kustomization.yaml:2:3: helm warned about `charts/shop`: "),
        "{warnings}"
    );
    assert!(!warnings.contains("hunter2"), "{warnings}");
}

#[test]
fn values_are_never_reported() {
    let Some(tree) = Tree::with_chart("password: hunter1\nother: [\n", "helmCharts:\n- {name: shop, valuesInline: {a: 1}}\n")
    else {
        return;
    };
    let syntax = tree.build();
    tree.write("charts/shop/values.yaml", "password: hunter1\n");
    tree.write("kustomization.yaml", "helmCharts:\n- name: shop\n  valuesInline:\n    password: {is: secret}\n");
    let types = tree.build();
    tree.write("kustomization.yaml", "helmCharts:\n- {repo: 'http://me:hunter1@127.0.0.1:1', name: other}\n");
    for output in [syntax, types, tree.build()] {
        assert!(!failure(&output).contains("hunter1"), "{}", failure(&output));
    }
}

#[test]
fn output_that_is_not_text_is_an_error() {
    let Some(tree) = Tree::with_chart("", "helmCharts:\n- {name: shop, includeCRDs: true}\n") else { return };
    tree.write("charts/shop/crds/a.yaml", "");
    std::fs::write(tree.path().join("charts/shop/crds/a.yaml"), b"apiVersion: v1\nkind: A\nmetadata: {name: \"\xff\"}\n")
        .unwrap();
    assert!(failure(&tree.build()).starts_with("error[helm-output]: the output of helm is not valid UTF-8 from byte "));
}

/// Kustomizations, each with the values of its chart and further values in `values.yaml`.
const SAME_AS_KUBECTL: &[(&str, &str, &str)] = &[
    ("{name: shop}", "a: yes\nb: 0777\nc: 2020-01-01\nd: 1000000\n", ""),
    ("{name: shop, valuesInline: {}}", "a: yes\n", ""),
    ("{name: shop, valuesInline: {n: 1, 2: x, 1.5: y}}", "a: yes\nb: 0777\nc: 2020-01-01\nd: 1e3\ne: 12345678901234567890\n", ""),
    ("{name: shop, valuesInline: {a: 9007199254740993, b: 1e21, c: 1.0, d: 0x1F, e: 2020-01-01, f: on}}", "{}", ""),
    ("{name: shop, valuesInline: {a: null, b: {c: null, d: {}}, e: [], f: {g: 1}}}", "a: 1\nb: {c: ~, x: }\ne: null\nf:\n", ""),
    ("{name: shop, valuesMerge: merge, valuesInline: {a: null, b: {c: null, d: {}}}}", "a: 1\nb: {c: ~, x: }\nh: ~\n", ""),
    ("{name: shop, valuesMerge: replace, valuesInline: {a: yes, b: null}}", "a: 1\nb: 2\n", ""),
    ("{name: shop, valuesInline: {q: 1}}", "a: >\n  folded\n   more\n  x\n\nb: {x: , y: 2020-01-01 1:2:3}\n", ""),
    ("{name: shop, valuesInline: {a: {$patch: replace, q: 1}, b: {$patch: delete}}}", "a: {x: 1}\nb: {y: 1}\n", ""),
    (
        "{name: shop, valuesFile: values.yaml, valuesInline: {y: {c: 2}, z: {c: 1}}}",
        "",
        "x: &x {a: 1}\ny: *x\nz: {<<: *x, b: 2, l: [*x, {q: *x}]}\ns: &s str\nt: *s\n",
    ),
    ("{name: shop, additionalValuesFiles: [values.yaml], valuesInline: {a: 1, b: 1}}", "b: 2\n", "b: 3\n"),
    ("{name: shop, valuesInline: {q: 1}}", "# nothing\n", ""),
    ("{name: shop, valuesInline: {q: 1}}", "[1]\n", ""),
    ("{name: shop, valuesInline: {q: 1}}", "null\n", ""),
    ("{name: shop, valuesInline: {q: 1}}", "a: 1\n---\nb: 2\n", ""),
    ("{name: shop, valuesInline: {q: 1}}", "a: {1: 1}\n", ""),
    ("{name: shop, valuesInline: {a: {b: 1}}}", "a: [1]\n", ""),
    ("{name: shop, valuesInline: {a: {b: 1}}}", "a: 1\na: 2\n", ""),
    ("{name: shop, valuesInline: {q: 1}}", "a: !!binary aGVsbG8=\nb: !!str 1\nc: !own x\n", ""),
    ("{name: shop, nameTemplate: 'x-{{ lower \"A\" }}', namespace: own, kubeVersion: '1.28', debug: true, devel: true}", "", ""),
    ("{name: shop, releaseName: twice}\n- {name: shop, releaseName: twice}", "", ""),
];

#[test]
fn kubectl_prints_the_same() {
    let Some(kubectl) = kubectl::find(kubectl::NAMES) else {
        eprintln!("skipped: no kubectl with kustomize 5.8; set RENDER_KUBECTL to use one");
        return;
    };
    for (entry, values, more) in SAME_AS_KUBECTL {
        let Some(tree) = Tree::with_chart(values, &format!("helmCharts:\n- {entry}\nnamespace: market\n")) else { return };
        tree.write("values.yaml", more);
        let theirs = tree.run(&kubectl, &["kustomize", "--enable-helm", "."]);
        let ours = tree.build();
        assert_eq!(text(&ours.stdout), text(&theirs.stdout), "{entry}\n{values}{more}{}", text(&ours.stderr));
        assert_eq!(ours.status.success(), theirs.status.success(), "{entry}\n{values}{more}{}", text(&theirs.stderr));
    }
}
