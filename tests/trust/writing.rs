//! Writing: files are complete, private, and nothing else is touched.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::tree::{Run, Tree, run};

const KUSTOMIZATION: &str = "resources: [r.yaml]\n";
const SHOP: &str = "apiVersion: v1\ndata:\n  a: b\nkind: ConfigMap\nmetadata:\n  name: shop\n";
const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  p: made-up-pass\n";

fn shop() -> Tree {
    Tree::new(&[("kustomization.yaml", KUSTOMIZATION), ("r.yaml", SHOP)])
}

/// ConfigMaps that are numbered.
fn objects(numbers: std::ops::Range<usize>, content: &str) -> String {
    let object = |at| format!("apiVersion: v1\ndata:\n  a: {content}\nkind: ConfigMap\nmetadata:\n  name: c{at:05}\n");
    numbers.map(object).collect::<Vec<_>>().join("---\n")
}

/// The files of a directory, with those that are hidden.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(directory).into_iter().flatten().map(|entry| entry.unwrap());
    let content = |path: &Path| fs::read(path).unwrap_or_default();
    entries.map(|entry| (entry.file_name().into_string().unwrap(), content(&entry.path()))).collect()
}

fn names(directory: &Path) -> Vec<String> {
    files(directory).into_keys().collect()
}

fn is_temporary(name: &str) -> bool {
    name.starts_with(".render-") && name != ".render-manifest"
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A run of a shell line in which `$R` is the program.
fn shell(tree: &Tree, line: &str) -> Run {
    let mut command = Command::new("bash");
    command.args(["-c", line]).current_dir(tree.path("")).stdin(Stdio::null());
    run(command.env("R", assert_cmd::cargo::cargo_bin!("render")))
}

#[test]
fn devices_are_written_through() {
    let tree = shop();
    if shell(&tree, "mknod -m 666 null c 1 3 && : > null").code != Some(0) {
        return eprintln!("skipped: needs the permission to create devices");
    }
    assert_eq!(tree.run(&["build", ".", "-o", "null"]).code, Some(0));
    assert!(fs::metadata(tree.path("null")).unwrap().file_type().is_char_device());
    symlink("null", tree.path("link")).unwrap();
    assert_eq!(tree.run(&["build", ".", "-o", "link"]).code, Some(0));
    assert!(fs::metadata(tree.path("null")).unwrap().file_type().is_char_device());
}

#[test]
fn fifos_sockets_and_descriptors_are_written_through() {
    let tree = shop();
    let result = shell(&tree, "mkfifo pipe; cat pipe > got & timeout 9 $R . -o pipe; wait; test -p pipe && cat got");
    assert_eq!(result.stdout, SHOP, "{result:?}");
    for name in ["/dev/fd/1", "/dev/stdout", "/proc/self/fd/1"] {
        assert_eq!(tree.run(&[".", "-o", name]).stdout, SHOP, "{name}");
        let result = shell(&tree, &format!("{{ echo a; $R . -o {name}; echo b; }} > out; cat out"));
        assert_eq!(result.stdout, format!("a\n{SHOP}b\n"), "{name}");
    }
    assert_eq!(shell(&tree, "echo a > out; $R . -o /dev/fd/3 3>> out; cat out").stdout, format!("a\n{SHOP}"));
    assert_eq!(shell(&tree, "$R . -o >(cat > got2); sleep 0.5; cat got2").stdout, SHOP);
    let socket = std::os::unix::net::UnixListener::bind(tree.path("socket")).unwrap();
    let reader = std::thread::spawn(move || std::io::read_to_string(socket.accept().unwrap().0).unwrap());
    assert_eq!(tree.run(&[".", "-o", "socket"]).code, Some(0));
    assert_eq!(reader.join().unwrap(), SHOP);
}

#[test]
fn links_stay_and_the_file_behind_them_is_written() {
    let tree = shop();
    tree.write("sub/real.yaml", "old");
    symlink("sub/real.yaml", tree.path("middle")).unwrap();
    symlink("middle", tree.path("link")).unwrap();
    symlink("sub/new.yaml", tree.path("dangling")).unwrap();
    for (link, file) in [("link", "sub/real.yaml"), ("dangling", "sub/new.yaml")] {
        assert_eq!(tree.run(&["build", ".", "-o", link]).code, Some(0));
        assert!(fs::symlink_metadata(tree.path(link)).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(tree.path(file)).unwrap(), SHOP);
    }
    symlink("loop", tree.path("loop")).unwrap();
    assert_eq!(tree.run(&[".", "-o", "loop"]).code, Some(2));
}

#[test]
fn the_mode_of_a_file_stays_and_a_new_file_with_a_secret_is_private() {
    let tree = Tree::new(&[("kustomization.yaml", KUSTOMIZATION), ("r.yaml", &format!("{SHOP}---\n{SECRET}"))]);
    let mode = |path: &str| fs::metadata(tree.path(path)).unwrap().mode() & 0o7777;
    for old in [0o600, 0o664, 0o640, 0o755] {
        tree.write("out.yaml", "old");
        fs::set_permissions(tree.path("out.yaml"), fs::Permissions::from_mode(old)).unwrap();
        assert_eq!(tree.run(&[".", "-o", "out.yaml"]).code, Some(0));
        assert_eq!(mode("out.yaml"), old);
    }
    assert_eq!(shell(&tree, "umask 022; $R . -o new.yaml; $R . -o dir/").code, Some(0));
    assert_eq!([mode("new.yaml"), mode("dir/v1_secret_db.yaml"), mode("dir/v1_configmap_shop.yaml")], [0o600, 0o600, 0o644]);
    assert_eq!(shell(&shop(), "umask 027; $R . -o new.yaml; stat -c %a new.yaml").stdout, "640\n");
}

#[test]
fn the_owner_of_a_file_stays() {
    if !is_root() {
        return eprintln!("skipped: needs root");
    }
    let tree = shop();
    for path in ["out.yaml", "dir/v1_configmap_shop.yaml"] {
        tree.write(path, "old");
        std::os::unix::fs::chown(tree.path(path), Some(1234), Some(2345)).unwrap();
    }
    assert_eq!([tree.run(&[".", "-o", "out.yaml"]).code, tree.run(&[".", "-o", "dir"]).code], [Some(0); 2]);
    for path in ["out.yaml", "dir/v1_configmap_shop.yaml"] {
        let found = fs::metadata(tree.path(path)).unwrap();
        assert_eq!((found.uid(), found.gid()), (1234, 2345), "{path}");
        assert_eq!(fs::read_to_string(tree.path(path)).unwrap(), SHOP);
    }
}

#[test]
fn a_file_that_cannot_be_replaced_is_written_in_place() {
    if !is_root() {
        return eprintln!("skipped: needs root, to become somebody else");
    }
    let tree = shop();
    let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    open(tree.outside(), 0o755);
    fs::copy(assert_cmd::cargo::cargo_bin!("render"), tree.outside().join("render")).unwrap();
    let as_nobody = |arguments: &[&str]| {
        let mut command = Command::new(tree.outside().join("render"));
        run(command.args(arguments).current_dir(tree.path("")).stdin(Stdio::null()).uid(65534).gid(65534).env("HOME", "/"))
    };
    tree.write("locked/out.yaml", "old, and longer than the new content: ".repeat(20));
    open(&tree.path("locked/out.yaml"), 0o666);
    let result = as_nobody(&["build", ".", "-o", "locked/out.yaml"]);
    assert_eq!(result.code, Some(0), "{result:?}");
    assert!(result.stderr.contains("was written in place because its directory is not writable"), "{result:?}");
    assert_eq!(fs::read_to_string(tree.path("locked/out.yaml")).unwrap(), SHOP);

    tree.write("shared/out.yaml", "old");
    open(&tree.path("shared"), 0o777);
    open(&tree.path("shared/out.yaml"), 0o666);
    let result = as_nobody(&["build", ".", "-o", "shared/out.yaml"]);
    assert!(result.stderr.contains("was written in place because its owner can't be kept"), "{result:?}");
    assert_eq!(fs::metadata(tree.path("shared/out.yaml")).unwrap().uid(), 0);
    assert_eq!(names(&tree.path("shared")), ["out.yaml"]);

    open(&tree.path("shared/out.yaml"), 0o444);
    let result = as_nobody(&[".", "-o", "shared/out.yaml"]);
    assert_eq!(result.code, Some(2), "{result:?}");
    assert_eq!(names(&tree.path("shared")), ["out.yaml"]);
}

#[test]
fn the_number_of_files_is_not_limited_by_descriptors() {
    let tree = shop();
    tree.write("r.yaml", objects(0..1100, "x"));
    let result = shell(&tree, "ulimit -n 64; $R build . -o out/");
    assert_eq!(result.code, Some(0), "{result:?}");
    assert_eq!(names(&tree.path("out")).len(), 1101);
}

#[test]
fn names_of_objects_cannot_leave_the_directory() {
    let tree = shop();
    let name = |name: &str| SHOP.replace("name: shop", &format!("name: \"{name}\""));
    tree.write("r.yaml", [name("../../x"), name("/etc/x"), name("a\\nb\\u001b[1m"), name("..\\\\y")].join("---\n"));
    assert_eq!(tree.run(&["build", ".", "-o", "out/"]).code, Some(0));
    let expected = [
        ".render-manifest",
        "v1_configmap_.._.._x.yaml",
        "v1_configmap_.._y.yaml",
        "v1_configmap__etc_x.yaml",
        "v1_configmap_a_b_[1m.yaml",
    ];
    assert_eq!(names(&tree.path("out")), expected);
    tree.write("r.yaml", [name("a/b"), name("A_b")].join("---\n"));
    let result = tree.run(&["build", ".", "-o", "out2/"]);
    assert!(result.stderr.contains("file-collision") && !tree.path("out2").exists(), "{result:?}");
}

#[test]
fn nothing_but_regular_files_is_replaced_in_a_directory() {
    let tree = shop();
    tree.write("r.yaml", objects(0..3, "x"));
    tree.write("victim", "old");
    for kind in ["ln -s ../victim", "mkfifo", "mkdir"] {
        let result = shell(&tree, &format!("mkdir out; {kind} out/v1_configmap_c00002.yaml; $R . -o out; ls -A out; rm -r out"));
        assert!(result.stderr.contains("can't write `out/v1_configmap_c00002.yaml`"), "{result:?}");
        assert_eq!(result.stdout, "v1_configmap_c00002.yaml\n", "nothing was written");
        assert_eq!(fs::read_to_string(tree.path("victim")).unwrap(), "old");
    }
}

#[test]
fn prune_removes_only_unchanged_files_of_earlier_runs() {
    let tree = shop();
    let render = |range, arguments: &[&str]| {
        tree.write("r.yaml", objects(range, "x"));
        tree.run(&[&["build", ".", "-o", "out/"], arguments].concat())
    };
    let visible = || names(&tree.path("out")).into_iter().filter(|name| !name.starts_with('.')).collect::<Vec<_>>();
    let file = |at: usize| format!("v1_configmap_c{at:05}.yaml");
    render(0..4, &[]);
    tree.write("out/mine.yaml", "mine");
    tree.write("out/v1_configmap_c00009.yaml", "mine");
    assert_eq!(render(1..5, &[]).code, Some(0));
    assert_eq!(visible().len(), 7, "nothing is removed without --prune");
    tree.write(&format!("out/{}", file(1)), "changed by hand");
    let result = render(3..5, &["--prune"]);
    assert_eq!(result.code, Some(0), "{result:?}");
    assert!(result.stderr.contains(&format!("`out/{}` is no longer written, but was not removed", file(1))), "{result:?}");
    assert_eq!(visible(), ["mine.yaml".to_owned(), file(1), file(3), file(4), file(9)]);
    assert_eq!(tree.run(&[".", "-o", "one.yaml", "--prune"]).code, Some(2));
}

#[test]
fn a_list_from_somebody_else_removes_nothing_outside() {
    let tree = shop();
    tree.write("victim.yaml", "");
    tree.write("out/sub/victim.yaml", "");
    tree.write("out/.hidden.yaml", "");
    tree.write("out/notes.txt", "");
    symlink("../victim.yaml", tree.path("out/link.yaml")).unwrap();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let outside = tree.path("victim.yaml").display().to_string();
    let entries = ["../victim.yaml", "sub/victim.yaml", ".hidden.yaml", "notes.txt", "link.yaml", &outside, "..", ""];
    tree.write("out/.render-manifest", entries.map(|name| format!("{empty}  {name}\n")).concat());
    assert_eq!(tree.run(&[".", "-o", "out", "--prune"]).code, Some(0));
    for path in ["victim.yaml", "out/sub/victim.yaml", "out/.hidden.yaml", "out/notes.txt", "out/link.yaml"] {
        assert!(tree.path(path).exists(), "{path}");
    }
    fs::remove_file(tree.path("out/.render-manifest")).unwrap();
    symlink("../victim.yaml", tree.path("out/.render-manifest")).unwrap();
    assert_eq!(tree.run(&[".", "-o", "out"]).code, Some(2));
    assert_eq!(fs::read(tree.path("victim.yaml")).unwrap(), b"");
}

#[test]
fn a_closed_output_is_an_error_and_a_closed_pipe_is_not() {
    let tree = shop();
    let commands =
        ["build .", ".", "validate .", "diff . .", "blame .", "deps .", "explain", "--help", "--version", "test --help"];
    for command in commands {
        for output in [">&-", "> /dev/full", "1< /dev/null"] {
            let result = shell(&tree, &format!("$R {command} {output}"));
            assert!(matches!(result.code, Some(1 | 2)), "{command} {output}: {result:?}");
            assert!(result.stderr.contains("can't write to standard output"), "{command} {output}: {result:?}");
        }
        let result = shell(&tree, &format!("$R {command} | true; exit ${{PIPESTATUS[0]}}"));
        assert_eq!((result.code, result.stderr.as_str()), (Some(0), ""), "{command}");
        assert_eq!(shell(&tree, &format!("$R {command} <> /dev/null 1<> /dev/null")).code, Some(0), "{command}");
    }
    assert_eq!(shell(&tree, "$R . -o out.yaml >&-").code, Some(0), "nothing is printed");
    assert_eq!(shell(&tree, "$R . -o /dev/stdout >&-").code, Some(2));
    assert_eq!(shell(&tree, "ln -s $R kustomize; ./kustomize version >&-").code, Some(1));
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    let tree = shop();
    tree.write("r.yaml", objects(0..500, "x"));
    tree.write("big.yaml", "old");
    let result = shell(&tree, "ulimit -f 8; $R build . -o big.yaml");
    assert_eq!(result.code, Some(1), "{result:?}");
    assert!(result.stderr.contains("can't write `big.yaml`"), "{result:?}");
    assert_eq!(fs::read_to_string(tree.path("big.yaml")).unwrap(), "old");
    assert!(!names(&tree.path("")).iter().any(|name| is_temporary(name)));
    let large = "x".repeat(20_000);
    tree.write("r.yaml", format!("{SHOP}---\n{}", SHOP.replace("shop", "zoo").replace("a: b", &format!("a: {large}"))));
    tree.write("out/v1_configmap_shop.yaml", "old");
    assert_eq!(shell(&tree, "ulimit -f 8; $R build . -o out").code, Some(1));
    assert_eq!(files(&tree.path("out")), [("v1_configmap_shop.yaml".to_owned(), b"old".to_vec())].into());

    tree.write("r.yaml", objects(0..500, "x"));
    let line = "mkdir -p small; mount -t tmpfs -o size=64k none small 2> no || { echo skipped; exit; }
        mkdir small/out; echo old > small/old.yaml; echo old > small/out/v1_configmap_c00000.yaml
        $R . -o small/out && echo bad; $R . -o small/old.yaml; head -c 60k /dev/zero > small/rest; $R . -o small/old.yaml && echo bad
        ls -A small small/out; cat small/old.yaml small/out/*";
    let result = shell(&tree, &format!("unshare -m bash -c '{line}' || echo skipped"));
    if result.stdout.ends_with("skipped\n") {
        return eprintln!("skipped: needs the permission to mount");
    }
    assert!(result.stderr.contains("No space left on device"), "{result:?}");
    assert!(!result.stdout.contains("bad") && !result.stdout.contains(".render-"), "{result:?}");
    assert!(
        result.stdout.ends_with("v1_configmap_c00000.yaml\n".to_owned().as_str()) || result.stdout.ends_with("old\n"),
        "{result:?}"
    );
}

/// What is killed: the arguments, and the place that is written to.
const WRITERS: &[(&[&str], &str)] = &[
    (&["build", ".", "-o", "out/all.yaml"], "out"),
    (&["build", ".", "-o", "out", "--prune"], "out"),
    (&["test", "--update", "."], "__snapshots__"),
];

/// The tree of one of two generations: some objects change, some come, some go.
fn generation(tree: &Tree, at: usize) {
    let same = objects(1000..1040, "same");
    tree.write("r.yaml", [objects(at * 20..at * 20 + 120, &"ab".repeat(200 * (at + 1))), same].join("---\n"));
}

#[test]
fn a_run_that_is_killed_leaves_complete_files() {
    let count = std::env::var("RENDER_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(6);
    for (arguments, place) in WRITERS {
        for signal in [rustix::process::Signal::KILL, rustix::process::Signal::TERM, rustix::process::Signal::INT] {
            kills(arguments, place, signal, count);
        }
    }
}

fn kills(arguments: &[&str], place: &str, signal: rustix::process::Signal, count: usize) {
    let tree = shop();
    fs::create_dir(tree.path("out")).unwrap();
    let place = tree.path(place);
    let complete = [0, 1].map(|at| {
        generation(&tree, at);
        let result = tree.run(arguments);
        assert_eq!(result.code, Some(0), "{result:?}");
        files(&place)
    });
    let start = std::time::Instant::now();
    tree.run(arguments);
    let time = u64::try_from(start.elapsed().as_micros()).unwrap();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let (mut killed, mut left) = (0, 0);
    for at in 0..count {
        let before = files(&place);
        generation(&tree, at % 2);
        let mut child = tree.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut wait = (random >> 33) % time;
        if at % 2 == 1 || at % 4 == 2 {
            // Most of the time is spent before the first file is written.
            let temporary = || {
                fs::read_dir(&place).into_iter().flatten().flatten().any(|entry| {
                    let name = entry.file_name().into_string().unwrap();
                    is_temporary(&name) && !before.contains_key(&name)
                })
            };
            while child.try_wait().unwrap().is_none() && !temporary() {}
            wait %= 8000;
        }
        std::thread::sleep(std::time::Duration::from_micros(wait));
        let _ = rustix::process::kill_process(rustix::process::Pid::from_child(&child), signal);
        let status = child.wait().unwrap();
        assert!(status.success() || status.signal() == Some(signal.as_raw()), "{status}");
        killed += usize::from(!status.success());
        let after = files(&place);
        let temporary = after.keys().filter(|name| is_temporary(name)).count();
        left += usize::from(temporary > 0);
        assert!(temporary == 0 || signal == rustix::process::Signal::KILL, "{:?}", after.keys());
        for (name, content) in after.iter().filter(|(name, _)| !name.starts_with(".render-")) {
            let is_whole = before.get(name) == Some(content) || complete[at % 2].get(name) == Some(content);
            assert!(is_whole, "{name} is neither old nor new");
        }
        let goes = |name: &str| before.contains_key(name) && !complete[at % 2].contains_key(name);
        let lost = before.keys().filter(|name| !is_temporary(name) && !after.contains_key(*name) && !goes(name));
        assert_eq!(lost.count(), 0);
    }
    let result = tree.run(arguments);
    assert_eq!(result.code, Some(0), "{result:?}");
    assert_eq!(files(&place).keys().collect::<Vec<_>>(), complete[(count + 1) % 2].keys().collect::<Vec<_>>());
    assert_eq!(files(&place), complete[(count + 1) % 2]);
    eprintln!("{arguments:?}, {signal:?}: {killed} of {count} killed, {left} left temporary files");
}

#[test]
fn only_what_a_dead_run_has_left_is_removed() {
    let tree = shop();
    tree.write("out/.render-1-a/0", "left");
    tree.write("out/.render-1-b", "left");
    tree.write("out/.render-1-c/sub/0", "not ours");
    tree.write("out/.render-live-1", "not ours");
    tree.write("out/.render-2-a", "in use");
    let live = fs::File::open(tree.path("out/.render-2-a")).unwrap();
    live.lock().unwrap();
    symlink("../r.yaml", tree.path("out/.render-3-a")).unwrap();
    assert_eq!(tree.run(&[".", "-o", "out"]).code, Some(0));
    let expected = [".render-1-c", ".render-2-a", ".render-3-a", ".render-live-1", ".render-manifest", "v1_configmap_shop.yaml"];
    assert_eq!(names(&tree.path("out")), expected);
    drop(live);
}
