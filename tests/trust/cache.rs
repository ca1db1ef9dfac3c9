//! The cache: what is damaged is noticed.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::tree::{Tree, run};

/// A tree that uses a repository with this many objects, and the output of its build; `None` if git is not available.
fn remote(objects: usize) -> Option<(Tree, String)> {
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("skipped: git not found");
        return None;
    }
    let tree = Tree::new(&[]);
    let remote = tree.outside().join("remote");
    fs::create_dir_all(remote.join("objects")).unwrap();
    let mut names = Vec::new();
    for at in 0..objects {
        let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: map-{at}}}\ndata: {{a: \"{at}\"}}\n");
        fs::write(remote.join(format!("objects/{at}.yaml")), text).unwrap();
        names.push(format!("objects/{at}.yaml"));
    }
    fs::write(remote.join("kustomization.yaml"), format!("resources: [{}]\n", names.join(", "))).unwrap();
    for arguments in [&["init", "--quiet", "--initial-branch=main"][..], &["add", "--all"], &["commit", "--quiet", "-m", "x"]] {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=N", "-c", "user.email=n@example.com"]).args(arguments).current_dir(&remote);
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GIT_DIR");
        assert_eq!(run(&mut git).code, Some(0));
    }
    tree.write("kustomization.yaml", format!("resources: ['file://{}?ref=main']\n", remote.display()));
    let first = tree.run(&["build", "."]);
    assert_eq!((first.code, first.stderr.as_str()), (Some(0), ""), "{first:?}");
    Some((tree, first.stdout))
}

/// The files below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            files.extend(self::files(&entry.path()));
        } else {
            files.push(entry.path());
        }
    }
    files.sort();
    files
}

#[test]
fn every_damaged_file_is_fetched_again_or_reported() {
    let Some((tree, good)) = remote(2) else { return };
    let git = tree.outside().join("cache/git");
    let count = files(&git).len();
    assert!(count >= 4, "two objects, a kustomization, and a seal");
    type Damage = fn(&Path);
    let damages: [Damage; 4] = [
        |file| fs::write(file, "").unwrap(),
        |file| {
            let content = fs::read(file).unwrap();
            fs::write(file, &content[..content.len() / 2]).unwrap();
        },
        |file| fs::remove_file(file).unwrap(),
        |file| {
            let mut content = fs::read(file).unwrap();
            let last = content.len() - 2;
            content[last] ^= 1;
            fs::write(file, content).unwrap();
        },
    ];
    for (kind, damage) in damages.iter().enumerate() {
        for at in 0..count {
            let file = files(&git)[at].clone();
            damage(&file);
            let is_reference = file.parent().unwrap().ends_with("refs");
            let offline = tree.run(&["build", "--offline", "."]);
            assert!(offline.code != Some(0) && offline.stdout.is_empty(), "{kind} {}: {offline:?}", file.display());
            if !is_reference {
                assert!(offline.stderr.contains("its copy in the cache is damaged"), "{offline:?}");
                assert!(offline.stderr.contains("/cache/git/"), "it names the entry: {offline:?}");
            }
            let again = tree.run(&["build", "."]);
            assert_eq!((again.code, &again.stdout), (Some(0), &good), "{kind} {}: {}", file.display(), again.stderr);
            assert!(is_reference || again.stderr.contains("was damaged and is fetched again"), "{again:?}");
            let clean = tree.run(&["build", "--offline", "."]);
            assert_eq!((clean.code, clean.stdout.as_str(), clean.stderr.as_str()), (Some(0), good.as_str(), ""));
        }
    }
}

#[test]
fn added_files_are_noticed() {
    let Some((tree, good)) = remote(1) else { return };
    let kustomization = files(&tree.outside().join("cache/git")).into_iter().find(|file| file.ends_with("kustomization.yaml"));
    fs::write(kustomization.unwrap().with_file_name("kustomization.yml"), "resources: []\n").unwrap();
    let run = tree.run(&["build", "."]);
    assert_eq!((run.code, run.stdout), (Some(0), good));
    assert!(run.stderr.contains("`kustomization.yml` was added"), "{}", run.stderr);
}

#[test]
fn what_is_read_is_hashed() {
    let Some((tree, good)) = remote(1) else { return };
    let file = files(&tree.outside().join("cache/git")).into_iter().find(|file| file.ends_with("0.yaml")).unwrap();
    let time = fs::metadata(&file).unwrap().modified().unwrap();
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("map-0", "map-1")).unwrap();
    fs::File::options().append(true).open(&file).unwrap().set_modified(time).unwrap();
    let run = tree.run(&["build", "."]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
    assert!(run.stderr.contains("its copy in the cache is damaged"), "{run:?}");
    assert_eq!(tree.run(&["build", "."]).stdout, good);
}

#[test]
fn a_cache_that_others_can_write_is_not_used() {
    let Some((tree, good)) = remote(1) else { return };
    let cache = tree.outside().join("cache");
    let set = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    for directory in [cache.clone(), cache.join("git"), cache.join("blobs")] {
        for mode in [0o777, 0o770, 0o702] {
            set(&directory, mode);
            let run = tree.run(&["build", "."]);
            assert_eq!(run.code, Some(1), "{run:?}");
            assert!(run.stderr.contains("other users can write to it"), "{run:?}");
        }
        set(&directory, 0o700);
    }
    assert_eq!(tree.run(&["build", "."]).stdout, good);
    let file = files(&cache.join("git")).into_iter().find(|file| file.ends_with("0.yaml")).unwrap();
    set(&file, 0o666);
    let run = tree.run(&["build", "."]);
    assert!(run.stdout == good && run.stderr.contains("can be changed by other users"), "{run:?}");
    if chown(&cache, Some(12345), None).is_err() {
        return eprintln!("skipped: not root");
    }
    let run = tree.run(&["build", "."]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("belongs to another user"), "{run:?}");
}

#[test]
fn a_killed_run_leaves_a_cache_that_works() {
    let Some((tree, good)) = remote(50) else { return };
    let kills = std::env::var("RENDER_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(8);
    let cache = tree.outside().join("cache");
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let start = std::time::Instant::now();
    fs::remove_dir_all(&cache).unwrap();
    assert_eq!(tree.run(&["build", "."]).stdout, good);
    let whole = start.elapsed();
    let mut killed = 0;
    for at in 0..kills {
        fs::remove_dir_all(&cache).unwrap();
        let mut command = tree.command(&["build", "."]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        std::thread::sleep(Duration::from_micros(seed % (whole.as_micros() as u64 + 1)));
        killed += usize::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
        let run = tree.run(&["build", "."]);
        assert_eq!((run.code, &run.stdout), (Some(0), &good), "kill {at}: {}", run.stderr);
        assert_eq!(run.stderr, "", "kill {at}: a partial entry appeared");
    }
    eprintln!("killed {killed} of {kills} runs before they ended");
}

#[test]
fn several_runs_fill_a_cache_at_the_same_time() {
    let Some((tree, good)) = remote(20) else { return };
    fs::remove_dir_all(tree.outside().join("cache")).unwrap();
    let start = || tree.command(&["build", "."]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let children: Vec<_> = (0..6).map(|_| start()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), good, "{}", String::from_utf8_lossy(&output.stderr));
    }
}
