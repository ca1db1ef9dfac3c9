//! `render localize`: what it reads and writes, and what a run that fails or is killed leaves behind.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::tree::Tree;

const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n";

/// All paths below a directory.
fn paths(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name().into_string().unwrap();
        let inner = if entry.file_type().unwrap().is_dir() { paths(&entry.path()) } else { Vec::new() };
        found.extend(inner.into_iter().map(|path| format!("{name}/{path}")));
        found.push(name);
    }
    found.sort();
    found
}

#[test]
fn links_are_followed_only_inside() {
    let tree = Tree::new(&[
        ("app/kustomization.yaml", "resources: [link.yaml, base]\n"),
        ("app/real/map.yaml", MAP),
        ("base/kustomization.yaml", "{}\n"),
        ("../secret.yaml", MAP),
        ("out-file/kustomization.yaml", "configMapGenerator: [{name: a, files: [secret]}]\n"),
        ("out-chart/kustomization.yaml", "helmGlobals: {chartHome: parts}\n"),
        ("charts/kustomization.yaml", "helmCharts: [{name: x}]\n"),
        ("charts/charts/x/Chart.yaml", "name: x\n"),
    ]);
    symlink("real/map.yaml", tree.path("app/link.yaml")).unwrap();
    symlink("../base", tree.path("app/base")).unwrap();
    symlink("../../secret.yaml", tree.path("out-file/secret")).unwrap();
    symlink("../..", tree.path("out-chart/parts")).unwrap();
    symlink("/etc/hostname", tree.path("charts/charts/x/host")).unwrap();
    let run = tree.run(&["localize", "app", "copy", "--scope", ".", "--no-verify"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let expected = ["app", "app/kustomization.yaml", "app/real", "app/real/map.yaml", "base", "base/kustomization.yaml"];
    assert_eq!(paths(&tree.path("copy")), expected);
    let text = fs::read_to_string(tree.path("copy/app/kustomization.yaml")).unwrap();
    assert_eq!(text, "resources:\n- real/map.yaml\n- ../base\n");
    for (target, message) in [("out-file", "security; file"), ("out-chart", "contains visited root")] {
        let run = tree.run(&["localize", target, "refused"]);
        assert!(run.code == Some(1) && run.stderr.contains(message), "{run:?}");
        assert!(!tree.path("refused").exists());
    }
    // A link in a directory of charts is left out, and the destination is not copied into itself.
    let run = tree.run(&["localize", "charts", "charts/charts/copy", "--no-verify"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let copied = paths(&tree.path("charts/charts/copy"));
    assert_eq!(copied, ["charts", "charts/x", "charts/x/Chart.yaml", "kustomization.yaml"]);
}

#[test]
fn a_run_that_is_killed_leaves_everything_or_nothing() {
    let count = std::env::var("RENDER_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(4);
    let tree = Tree::new(&[]);
    let names: Vec<String> = (0..300).map(|at| format!("d{at}/map{at}.txt")).collect();
    names.iter().for_each(|name| tree.write(name, "x".repeat(5000)));
    tree.write("kustomization.yaml", format!("configMapGenerator:\n- name: a\n  files: [{}]\n", names.join(", ")));
    let arguments = ["localize", ".", "../copy", "--no-verify"];
    let copy = tree.outside().join("copy");
    for signal in [rustix::process::Signal::KILL, rustix::process::Signal::TERM, rustix::process::Signal::INT] {
        for at in 0..count {
            let mut child = tree.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let begun = || paths_here(tree.outside()).iter().any(|name| name.starts_with(".render-"));
            while child.try_wait().unwrap().is_none() && !begun() {}
            std::thread::sleep(Duration::from_micros(at * 1500));
            let _ = rustix::process::kill_process(rustix::process::Pid::from_child(&child), signal);
            let status = child.wait().unwrap();
            assert!(status.success() || status.signal() == Some(signal.as_raw()), "{status}");
            assert!(signal == rustix::process::Signal::KILL || !begun(), "{signal:?}");
            if copy.exists() {
                assert_eq!(paths(&copy).len(), 601);
                fs::remove_dir_all(&copy).unwrap();
            }
        }
        let run = tree.run(&arguments);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(paths_here(tree.outside()), ["copy", "tree"]);
        fs::remove_dir_all(&copy).unwrap();
    }
}

/// The names in a directory.
fn paths_here(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}
