//! Programs and servers: what git and others are started with, and what is contacted.
#![cfg(unix)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tree::{Run, Tree, run};

const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {a: b}\n";

/// A tree with a base, an overlay and a test; `None` if git is not available.
fn shop() -> Option<Tree> {
    let tree = Tree::new(&[
        ("base/kustomization.yaml", "resources: [r.yaml]\n"),
        ("base/r.yaml", MAP),
        ("over/kustomization.yaml", "resources: [../base]\n"),
        ("over/shop.render-test.yaml", "target: .\nassert:\n- object: ConfigMap/shop\n  contains: {data: {a: b}}\n"),
    ]);
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("skipped: git not found");
        return None;
    }
    git(&tree.path(""), &["init", "--quiet", "--initial-branch=main"]);
    commit(&tree.path(""));
    Some(tree)
}

fn git(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=N", "-c", "user.email=n@example.com", "-c", "protocol.file.allow=always"]).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GIT_DIR").current_dir(directory);
    let run = run(&mut command);
    assert_eq!(run.code, Some(0), "git {arguments:?}: {}", run.stderr);
    run.stdout.trim().to_owned()
}

fn commit(directory: &Path) {
    git(directory, &["add", "--all"]);
    git(directory, &["commit", "--quiet", "--message", "change"]);
}

/// A program that leaves a mark beside the tree.
fn marker(tree: &Tree) -> PathBuf {
    let program = tree.outside().join("marker");
    let text = format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", tree.outside().join("MARK").display());
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program
}

fn assert_no_mark(tree: &Tree, what: &str) {
    let marks = fs::read_to_string(tree.outside().join("MARK")).unwrap_or_default();
    assert_eq!(marks, "", "{what}");
}

/// Every command that uses git, in a tree whose files look changed.
fn every_command(tree: &Tree) -> Vec<Run> {
    let commands: [&[&str]; 10] = [
        &["diff", "--base", "HEAD", "--exit-zero"],
        &["diff", "--base", "HEAD", "--head", "HEAD", "over"],
        &["diff", "--base", "HEAD", "--merge-base", "--exit-zero", "--format", "markdown"],
        &["affected", "--since", "HEAD"],
        &["affected", "--since", "HEAD", "--until", "HEAD"],
        &["test", "--ci"],
        &["validate", "over"],
        &["deps", "over"],
        &["compare", "base", "over"],
        &["build", "over"],
    ];
    let mut runs = Vec::new();
    for arguments in commands {
        let old = fs::File::options().append(true).open(tree.path("base/r.yaml")).unwrap();
        old.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000 + runs.len() as u64)).unwrap();
        runs.push(tree.run(arguments));
    }
    runs
}

#[test]
fn the_configuration_of_a_repository_starts_nothing() {
    let Some(tree) = shop() else { return };
    let marker = marker(&tree);
    let program = marker.to_str().unwrap();
    let alias = format!("!{program}");
    tree.write(".gitattributes", "* filter=evil diff=evil merge=evil\n*.yaml text working-tree-encoding=UTF-8\n");
    commit(&tree.path(""));
    let hooks = tree.outside().join("hooks");
    fs::create_dir(&hooks).unwrap();
    for hook in ["post-index-change", "post-checkout", "pre-commit", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"]
    {
        fs::copy(&marker, hooks.join(hook)).unwrap();
        fs::copy(&marker, tree.path(".git/hooks").join(hook)).unwrap_or_default();
    }
    let included = tree.outside().join("included");
    fs::write(&included, format!("[filter \"evil\"]\n\tclean = {program}\n[core]\n\tfsmonitor = {program}\n")).unwrap();
    for (name, value) in [
        ("filter.evil.clean", program),
        ("filter.evil.smudge", program),
        ("filter.evil.process", program),
        ("filter.evil.required", "true"),
        ("core.hooksPath", hooks.to_str().unwrap()),
        ("core.fsmonitor", program),
        ("core.sshCommand", program),
        ("core.pager", program),
        ("core.editor", program),
        ("core.askPass", program),
        ("core.gitProxy", program),
        ("core.alternateRefsCommand", program),
        ("credential.helper", &alias),
        ("diff.external", program),
        ("diff.evil.command", program),
        ("diff.evil.textconv", program),
        ("merge.evil.driver", program),
        ("pager.diff", program),
        ("interactive.diffFilter", program),
        ("gpg.program", program),
        ("alias.diff", &alias),
        ("alias.rev-parse", &alias),
        ("alias.ls-files", &alias),
        ("uploadpack.packObjectsHook", program),
        ("submodule.recurse", "true"),
        ("diff.submodule", "log"),
        ("diff.ignoreSubmodules", "none"),
        ("remote.origin.url", &format!("ext::{program}")),
        ("remote.origin.uploadpack", program),
        ("remote.origin.vcs", "evil"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.partialclonefilter", "blob:none"),
        ("protocol.allow", "always"),
        ("include.path", included.to_str().unwrap()),
        ("url.ext::sh.insteadOf", "https://"),
    ] {
        git(&tree.path(""), &["config", name, value]);
    }
    for run in every_command(&tree) {
        assert!(run.code == Some(0) || run.code == Some(1), "{run:?}");
    }
    assert_no_mark(&tree, "settings of the repository");
}

#[test]
fn each_kind_of_filter_alone_starts_nothing() {
    let Some(tree) = shop() else { return };
    let marker = marker(&tree);
    tree.write(".gitattributes", "* filter=a=b.c\n");
    commit(&tree.path(""));
    // Also a filter of the user's own configuration: the attributes in the tree would choose it.
    let global = tree.outside().join("gitconfig");
    for file in [tree.path(".git/config"), global.clone()] {
        for kind in ["clean", "smudge", "process"] {
            let old = fs::read(&file).unwrap_or_default();
            let more = format!("[filter \"a=b.c\"]\n\t{kind} = {}\n\trequired = true\n", marker.display());
            fs::write(&file, [&old[..], more.as_bytes()].concat()).unwrap();
            for arguments in [["diff", "--base", "HEAD", "--exit-zero"].as_slice(), &["affected", "--since", "HEAD"]] {
                let touched = fs::File::options().append(true).open(tree.path("base/r.yaml")).unwrap();
                touched.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000)).unwrap();
                let run = run(tree.command(arguments).env("GIT_CONFIG_GLOBAL", &global));
                assert_eq!(run.code, Some(0), "{run:?}");
            }
            assert_no_mark(&tree, &format!("{kind} in {}", file.display()));
            fs::write(&file, old).unwrap();
        }
    }
}

#[test]
fn a_changed_file_is_noticed_without_filters() {
    let Some(tree) = shop() else { return };
    assert_eq!(tree.run(&["affected", "--since", "HEAD"]).stdout, "");
    tree.write("base/r.yaml", MAP.replace("a: b", "a: c"));
    assert_eq!(tree.run(&["affected", "--since", "HEAD"]).stdout, "over\n");
}

#[test]
fn submodules_of_the_tree_start_nothing_and_their_changes_are_noticed() {
    let Some(tree) = shop() else { return };
    let marker = marker(&tree);
    let inner = tree.outside().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("r.yaml"), MAP).unwrap();
    fs::write(inner.join("kustomization.yaml"), "resources: [r.yaml]\n").unwrap();
    fs::write(inner.join(".gitattributes"), "* filter=evil\n").unwrap();
    git(&inner, &["init", "--quiet", "--initial-branch=main"]);
    commit(&inner);
    git(&tree.path(""), &["submodule", "--quiet", "add", inner.to_str().unwrap(), "sub"]);
    tree.write("over/kustomization.yaml", "resources: [../sub]\n");
    commit(&tree.path(""));
    git(&tree.path("sub"), &["config", "filter.evil.clean", marker.to_str().unwrap()]);
    git(&tree.path("sub"), &["config", "core.fsmonitor", marker.to_str().unwrap()]);
    git(&tree.path(""), &["config", "submodule.sub.update", &format!("!{}", marker.display())]);
    assert_eq!(tree.run(&["affected", "--since", "HEAD"]).stdout, "");
    fs::File::options()
        .append(true)
        .open(tree.path("sub/r.yaml"))
        .and_then(|file| file.set_modified(std::time::UNIX_EPOCH))
        .unwrap();
    tree.run(&["affected", "--since", "HEAD"]);
    assert_no_mark(&tree, "settings of a submodule");
    tree.write("sub/r.yaml", MAP.replace("a: b", "a: c"));
    assert_eq!(tree.run(&["affected", "--since", "HEAD"]).stdout, "over\n");
    assert_no_mark(&tree, "settings of a submodule");
}

#[test]
fn a_repository_cannot_take_another_directory_for_its_working_tree() {
    let Some(tree) = shop() else { return };
    git(&tree.path(""), &["config", "core.worktree", "../.."]);
    fs::rename(tree.path(".git"), tree.path("base/.git")).unwrap();
    let run = run(tree.command(&["affected", "--since", "HEAD"]).current_dir(tree.path("base")));
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("sets `core.worktree` to"), "{run:?}");
}

#[test]
fn a_bare_repository_in_a_tree_is_not_used() {
    let Some(tree) = shop() else { return };
    git(&tree.path(""), &["clone", "--quiet", "--bare", ".", "docs"]);
    let run = run(tree.command(&["diff", "--base", "HEAD", "--head", "HEAD", "over"]).current_dir(tree.path("docs")));
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("is a bare repository inside the files of another one"), "{run:?}");
}

#[test]
fn repositories_of_other_users_are_rejected() {
    let Some(tree) = shop() else { return };
    if std::os::unix::fs::chown(tree.path(""), Some(12345), None).is_err() {
        return eprintln!("skipped: not root");
    }
    let run = tree.run(&["diff", "--base", "HEAD"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("dubious ownership") && run.stderr.contains("safe.directory"), "{run:?}");
}

#[test]
fn missing_objects_are_not_fetched() {
    let Some(tree) = shop() else { return };
    let marker = marker(&tree);
    let blob = git(&tree.path(""), &["rev-parse", "HEAD:base/r.yaml"]);
    fs::remove_file(tree.path(&format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();
    for (name, value) in [
        ("extensions.partialClone", "origin"),
        ("core.repositoryFormatVersion", "1"),
        ("remote.origin.url", "../other"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.uploadpack", marker.to_str().unwrap()),
    ] {
        git(&tree.path(""), &["config", name, value]);
    }
    let run = tree.run(&["diff", "--base", "HEAD", "--head", "HEAD", "over"]);
    assert_ne!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("git has no object"), "{run:?}");
    assert_no_mark(&tree, "lazy fetch");
}

/// A repository beside the tree; its URL.
fn other(tree: &Tree, name: &str, kustomization: &str) -> String {
    let directory = tree.outside().join(name);
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("kustomization.yaml"), kustomization).unwrap();
    fs::write(directory.join("r.yaml"), MAP).unwrap();
    git(&directory, &["init", "--quiet", "--initial-branch=main"]);
    commit(&directory);
    format!("file://{}", directory.display())
}

#[test]
fn the_directory_of_a_build_does_not_configure_fetching() {
    let Some(tree) = shop() else { return };
    let marker = marker(&tree);
    let url = other(&tree, "remote", "resources: [r.yaml]\n");
    tree.write("base/kustomization.yaml", format!("resources: ['{url}?ref=main']\n"));
    for (name, value) in [
        (format!("url.ext::{}.insteadOf", marker.display()), "file://"),
        ("protocol.ext.allow".into(), "always"),
        ("core.sshCommand".into(), marker.to_str().unwrap()),
        ("core.hooksPath".into(), tree.outside().to_str().unwrap()),
    ] {
        git(&tree.path(""), &["config", &name, value]);
    }
    for _ in 0..2 {
        let run = tree.run(&["build", "over"]);
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    // Also if the cache is in the tree.
    let run = run(tree.command(&["build", "over"]).env("RENDER_CACHE_DIR", tree.path("cache")));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_no_mark(&tree, "fetching");
}

#[test]
fn a_remote_kustomization_cannot_use_a_repository_of_this_machine() {
    let Some(tree) = shop() else { return };
    let private = other(&tree, "private", "resources: [r.yaml]\n");
    for (at, text) in [
        format!("resources: ['{private}']\n"),
        format!("resources: ['git::FILE://{}//']\n", tree.outside().join("private").display()),
        format!("components: ['{private}?ref=main']\n"),
        format!("resources: ['{}']\n", tree.outside().join("private").display()),
    ]
    .iter()
    .enumerate()
    {
        let remote = other(&tree, &format!("remote{at}"), text);
        tree.write("base/kustomization.yaml", format!("resources: ['{remote}?ref=main']\n"));
        let run = tree.run(&["build", "base"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{text} {run:?}");
        let expected = if at == 3 { "is absolute" } else { "a remote kustomization can't use" };
        assert!(run.stderr.contains(expected), "{text} {run:?}");
    }
}

/// A server that gives this response to every request; its address, and a counter of connections.
fn server(response: String) -> (String, std::sync::Arc<std::sync::atomic::AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = count.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(response.as_bytes());
        }
    });
    (address, count)
}

fn page(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

#[test]
fn only_allowed_servers_are_contacted() {
    use std::sync::atomic::Ordering;
    let (wanted, wanted_count) = server(page(MAP));
    let (other, other_count) = server(page(MAP));
    let tree = Tree::new(&[("a/kustomization.yaml", &format!("resources: ['http://{wanted}/r.yaml']\n"))]);
    for address in [format!("http://{other}/r.yaml"), format!("http://{other}/o/r//base"), format!("ssh://{other}/o/r")] {
        tree.write("b/kustomization.yaml", format!("resources: ['{address}']\n"));
        let run = tree.run(&["build", "b", "--allow-remote", &wanted, "--allow-remote", "github.com"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
        assert!(run.stderr.contains("is not allowed by `--allow-remote`"), "{run:?}");
    }
    assert_eq!(other_count.load(Ordering::SeqCst), 0);
    // The port belongs to the rule.
    assert_eq!(tree.run(&["build", "a", "--allow-remote", "127.0.0.1"]).code, Some(1));
    assert_eq!(wanted_count.load(Ordering::SeqCst), 0);
    assert_eq!(tree.run(&["build", "a", "--allow-remote", &wanted]).code, Some(0));
    assert_eq!(wanted_count.load(Ordering::SeqCst), 1);
    // Every command that builds has the flag.
    tree.write("b/kustomization.yaml", format!("resources: ['http://{other}/r.yaml']\n"));
    for command in ["build", "validate", "deps", "blame", "test", "diff", "compare"] {
        let mut arguments = vec![command, "--allow-remote", "github.com", "b"];
        if matches!(command, "diff" | "compare") {
            arguments.push("a");
        }
        tree.run(&arguments);
        assert_eq!(other_count.load(Ordering::SeqCst), 0, "{command}");
    }
}

#[test]
fn redirects_to_other_servers_are_not_followed() {
    use std::sync::atomic::Ordering;
    let (other, count) = server(page(MAP));
    let moved = |to: &str| format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    for location in [format!("http://{other}/r.yaml"), format!("//{other}/r.yaml"), format!("http://u@{other}/r.yaml")] {
        let (wanted, _) = server(moved(&location));
        let tree = Tree::new(&[("a/kustomization.yaml", &format!("resources: ['http://{wanted}/r.yaml']\n"))]);
        let run = tree.run(&["build", "a", "--allow-remote", &wanted]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert_eq!(count.load(Ordering::SeqCst), 0, "{location}");
        let run = tree.run(&["build", "a", "--allow-remote", &wanted, "--allow-remote", &other]);
        assert_eq!((run.code, count.swap(0, Ordering::SeqCst)), (Some(0), 1), "{run:?}");
        let run = tree.run(&["build", "a"]);
        assert_eq!((run.code, count.swap(0, Ordering::SeqCst)), (Some(0), 1), "{run:?}");
        // As a repository: git.
        tree.write("a/kustomization.yaml", format!("components: ['http://{wanted}/o/r']\n"));
        assert_eq!(tree.run(&["build", "a", "--allow-remote", &wanted]).code, Some(1));
        assert_eq!(count.load(Ordering::SeqCst), 0, "{location}");
    }
}

#[test]
fn submodules_and_local_repositories_are_checked_too() {
    let Some(tree) = shop() else { return };
    let (other_server, count) = server(page("x"));
    let outer = other(&tree, "outer", "resources: [r.yaml]\n");
    let directory = tree.outside().join("outer");
    fs::write(directory.join(".gitmodules"), format!("[submodule \"s\"]\n\tpath = s\n\turl = http://{other_server}/o/r\n"))
        .unwrap();
    let head = git(&directory, &["rev-parse", "HEAD"]);
    git(&directory, &["update-index", "--add", "--cacheinfo", &format!("160000,{head},s")]);
    git(&directory, &["add", ".gitmodules"]);
    git(&directory, &["commit", "--quiet", "--message", "submodule"]);
    tree.write("base/kustomization.yaml", format!("resources: ['{outer}?ref=main']\n"));
    let run = tree.run(&["build", "base", "--allow-remote", "github.com"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("a repository of this machine is not allowed by `--allow-remote`"), "{run:?}");
    let run = tree.run(&["build", "base", "--allow-remote", "file://"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("of its submodule `http://"), "{run:?}");
    assert_eq!(count.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[test]
fn offline_contacts_nothing() {
    let (wanted, count) = server(page(MAP));
    let text = format!("resources: ['http://{wanted}/r.yaml', 'http://{wanted}/o/r//base']\n");
    let tree = Tree::new(&[("a/kustomization.yaml", &text)]);
    for command in ["build", "validate", "deps", "blame", "test"] {
        assert_ne!(tree.run(&[command, "--offline", "a"]).code, Some(0));
        assert_ne!(tree.run(&[command, "--offline", "--allow-remote", &wanted, "a"]).code, Some(0));
    }
    assert_eq!(count.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[test]
fn plugins_and_charts_are_started_only_with_their_flags() {
    let tree = Tree::new(&[]);
    let marker = marker(&tree);
    fs::copy(&marker, tree.outside().join("helm")).unwrap();
    fs::copy(&marker, tree.outside().join("docker")).unwrap();
    let function = |how: &str| {
        format!(
            "apiVersion: v1\nkind: Evil\nmetadata:\n  name: evil\n  annotations:\n    \
             config.kubernetes.io/function: |\n      {how}\n"
        )
    };
    tree.write("exec.yaml", function(&format!("exec: {{path: {}}}", marker.display())));
    tree.write("container.yaml", function("container: {image: evil}"));
    tree.write("plugin.yaml", "apiVersion: evil.test/v1\nkind: Evil\nmetadata: {name: evil}\n");
    let home = tree.outside().join("home");
    let plugin = home.join(".config/kustomize/plugin/evil.test/v1/evil");
    fs::create_dir_all(&plugin).unwrap();
    fs::copy(&marker, plugin.join("Evil")).unwrap();
    tree.write("r.yaml", MAP);
    for text in [
        "generators: [exec.yaml]\n",
        "transformers: [exec.yaml]\nresources: [r.yaml]\n",
        "validators: [exec.yaml]\nresources: [r.yaml]\n",
        "generators: [container.yaml]\n",
        "generators: [plugin.yaml]\n",
        "transformers: [plugin.yaml]\nresources: [r.yaml]\n",
        "helmCharts: [{name: evil, repo: 'https://example.com'}]\n",
    ] {
        tree.write("kustomization.yaml", text);
        for command in ["build", "validate", "deps", "blame", "test"] {
            let path = format!("{}:{}", tree.outside().display(), std::env::var("PATH").unwrap_or_default());
            run(tree
                .command(&[command, "."])
                .env("PATH", path)
                .env("KUSTOMIZE_PLUGIN_HOME", home.join(".config/kustomize/plugin")));
            assert_no_mark(&tree, &format!("{command} of {text}"));
        }
    }
}
