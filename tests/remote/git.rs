//! Directories of git repositories as resources, bases and components: what is fetched, how often, and what is rejected.

use std::time::{Duration, Instant};

use crate::server::Response;
use crate::world::{Run, World, map, resources};

#[test]
fn every_form_of_a_url_is_built() {
    let world = World::new();
    let commit = world.git("org/repo.git", &["rev-parse", "HEAD"]);
    let repository = world.repository();
    for (path, names) in [
        ("", ["root-map"]),
        ("//", ["root-map"]),
        ("/base", ["map"]),
        ("//overlay", ["map-over"]),
        ("//overlay/../base", ["map"]),
        ("/overlay?ref=v1", ["map-over"]),
        ("//overlay?version=main&timeout=1m", ["map-over"]),
        ("?ref=refs/heads/main&submodules=false", ["root-map"]),
        (&format!("?ref={commit}"), ["root-map"]),
    ] {
        assert_eq!(world.build(&resources(&[&format!("{repository}{path}")])).names(), names, "{path}");
    }
    assert_eq!(world.run(&["build", &format!("{repository}//overlay?ref=v1")]).names(), ["map-over"]);
}

#[test]
fn bases_and_components_can_be_remote() {
    let world = World::new();
    let repository = world.repository();
    let run = world.build(&format!("bases: ['{repository}//base']\ncomponents: ['{repository}//part?ref=v1']\n"));
    assert_eq!(run.names(), ["part-map"]);
}

#[test]
fn origins_name_the_repository() {
    let world = World::new();
    let repository = world.repository();
    let entries = [&format!("{repository}//overlay?ref=v1"), &repository];
    let run =
        world.build(&(resources(&entries.map(String::as_str)) + "buildMetadata: [originAnnotations, transformerAnnotations]\n"));
    run.prints(&format!("origin: |\n      path: base/map.yaml\n      repo: {repository}\n      ref: v1\n"));
    run.prints(&format!("- repo: {repository}\n        ref: v1\n        configuredIn: overlay/kustomization.yaml\n"));
    // kustomize uses this path for the root of a repository.
    run.prints(&format!("origin: |\n      path: notCloned/base/map.yaml\n      repo: {repository}\n"));
}

#[test]
fn a_name_without_scheme_is_a_local_file_first() {
    let world = World::new();
    world.write("work/github.com/org/map.yaml", &map("local"));
    assert_eq!(world.build(&resources(&["github.com/org/map.yaml"])).names(), ["local"]);
}

#[test]
fn submodules_are_fetched_too() {
    let world = World::new();
    world.write("srv/org/outer/README", "x");
    world.git("org/outer", &["init", "--quiet", "--initial-branch=main"]);
    world.git("org/outer", &["submodule", "--quiet", "add", "../repo.git", "inner"]);
    world.commit("org/outer");
    let outer = format!("file://{}", world.path("srv/org/outer").display());
    assert_eq!(world.build(&resources(&[&format!("{outer}//inner/base")])).names(), ["map"]);
    let run = world.build(&resources(&[&format!("{outer}//inner?submodules=0")]));
    run.reports(&format!("error[no-kustomization]: there is no kustomization file in `{outer}//inner`"));
}

#[test]
fn a_web_page_is_treated_as_a_repository_and_fetched_once() {
    let world = World::new();
    world.git("org/repo.git", &["branch", "other"]);
    std::fs::rename(world.path("srv/org/repo.git"), world.path("srv/org/repo")).expect("renamed");
    let server = world.serve(|request| {
        let page = Response::new(200, "<!DOCTYPE html><title>kind of a page</title>");
        (!request.path.contains("/info/") && request.method == "GET").then_some(page)
    });
    let url = |rest: &str| server.url(&format!("/org/repo{rest}"));
    let run = world.build(&resources(&[&url("/base"), &url("/overlay"), &url(""), &url("/overlay/../part/../base?ref=nope")]));
    run.reports("error[git]: can't fetch the repository");
    run.reports("couldn't find remote ref nope");
    run.reports("= help: is there a branch or a tag `nope`?");
    world.build(&resources(&[&server.url("/a/b/c")])).reports("= help: as a file, it is a web page, not a manifest");
    let run = world.build(&resources(&[&url("/base"), &url("/overlay"), &url("")]));
    assert_eq!(run.names(), ["map", "map-over", "root-map"]);
    assert_eq!(world.trees(), 1);
}

#[test]
fn one_fetch_per_run_is_enough_and_branches_are_checked_again() {
    let world = World::new();
    let first = world.git("org/repo.git", &["rev-parse", "HEAD"]);
    world.git("org/repo.git", &["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let server = world.serve(|_| None);
    let url = |rest: &str| server.url(&format!("/org/repo.git{rest}"));
    let both = resources(&[&url("//base"), &url("//overlay")]);
    let asks = |text: &str| {
        let run = world.build(text);
        (run.names().join(" "), server.take_requests().iter().filter(|path| path.ends_with("/info/refs")).count())
    };
    assert_eq!(asks(&both), ("map map-over".into(), 1));
    assert_eq!(asks(&both), ("map map-over".into(), 1), "the branch is checked, not fetched");
    let at_commit = resources(&[&url(&format!("//base?ref={first}"))]);
    assert_eq!(asks(&at_commit), ("map".into(), 0), "a commit never changes");
    world.write("srv/org/repo.git/base/map.yaml", &map("changed"));
    world.commit("org/repo.git");
    assert_eq!(asks(&both).0, "changed changed-over");
    assert_eq!(asks(&at_commit), ("map".into(), 0));
    assert_eq!(world.trees(), 2);
}

#[test]
fn offline_only_the_cache_is_used() {
    let world = World::new();
    let text = resources(&[&format!("{}//base?ref=main", world.repository())]);
    let run = world.build_with(&text, &["--offline"]);
    run.reports("error[offline]: can't fetch the repository");
    run.reports("at `main`: it is not in the cache");
    assert_eq!(world.build(&text).names(), ["map"]);
    std::fs::remove_dir_all(world.path("srv")).expect("removed");
    assert_eq!(world.build_with(&text, &["--offline"]).names(), ["map"]);
    world.build(&text).reports("= help: use `--offline` to build with the cached copy");
}

#[test]
fn several_processes_share_a_cache() {
    let world = World::new();
    world.write("work/kustomization.yaml", &resources(&[&format!("{}//base", world.repository())]));
    let start = || {
        let mut command = world.render(&["build", "work"]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("the program starts")
    };
    for program in [start(), start(), start(), start()] {
        let run = Run::from(program.wait_with_output().expect("it ends"));
        assert_eq!(run.names(), ["map"]);
    }
    assert_eq!(world.trees(), 1);
}

#[test]
fn a_cache_that_cannot_be_created_is_an_error() {
    let world = World::new();
    world.write("cache", "a file");
    world.build(&resources(&[&world.repository()])).reports("error[cache]");
    world.build(&resources(&[&world.repository()])).reports("= help: set `RENDER_CACHE_DIR` to a writable directory");
}

#[cfg(unix)]
#[test]
fn files_outside_a_repository_cannot_be_read() {
    let world = World::new();
    let repository = world.repository();
    world.write("secret/kustomization.yaml", "resources: [map.yaml]\n");
    world.write("secret/map.yaml", &map("secret"));
    let secret = world.path("secret");
    for (directory, entry) in [("up", "../../../../secret"), ("link", "link"), ("file", "file.yaml"), ("own", "../base/map.yaml")]
    {
        world.write(&format!("srv/org/repo.git/{directory}/kustomization.yaml"), &resources(&[entry]));
    }
    std::os::unix::fs::symlink(&secret, world.path("srv/org/repo.git/link/link")).expect("a link");
    std::os::unix::fs::symlink(secret.join("map.yaml"), world.path("srv/org/repo.git/file/file.yaml")).expect("a link");
    std::os::unix::fs::symlink(&secret, world.path("srv/org/repo.git/root")).expect("a link");
    world.commit("org/repo.git");
    let build = |path: &str| world.build_with(&resources(&[&format!("{repository}//{path}")]), &["--load-restrictor=none"]);
    build("up").reports("error[not-found]");
    build("link").reports(&format!("error[outside-root]: `{repository}//link/link` is outside its repository"));
    build("root").reports(&format!("error[outside-root]: `{repository}//root` is outside its repository"));
    build("file")
        .reports(&format!("error[outside-root]: `{repository}//file/file.yaml` is not in or below `{repository}//file`"));
    build("own").reports("can only read files in or below its directory");
    build("..").reports("is not a valid URL of a git repository: its path leaves the repository");
    build(".git").reports("error[not-found]");
}

#[test]
fn a_remote_kustomization_cannot_use_itself() {
    let world = World::new();
    let repository = world.repository();
    world.write("srv/org/repo.git/self/kustomization.yaml", &resources(&[&format!("{repository}//self")]));
    world.write("srv/org/repo.git/other/kustomization.yaml", &resources(&[&format!("{repository}//overlay")]));
    world.commit("org/repo.git");
    let run = world.build(&resources(&[&format!("{repository}//self")]));
    run.reports(&format!("error[cycle]: cyclic reference: `{repository}//self` is already being built"));
    // A repository that is fetched names no other repository of this machine.
    world.build(&resources(&[&format!("{repository}//other")])).reports("error[outside-root]");
}

#[test]
fn locations_in_a_repository_are_urls() {
    let world = World::new();
    let repository = world.repository();
    world.write("srv/org/repo.git/base/map.yaml", "kind: ConfigMap\nmetadata: [\n");
    world.commit("org/repo.git");
    let run = world.build(&resources(&[&format!("{repository}//overlay?ref=main")]));
    run.reports(&format!("--> {repository}//base/map.yaml?ref=main:"));
    run.reports(&format!("= from: {repository}//overlay/kustomization.yaml?ref=main:1:13: resources[0] `../base`"));
    assert!(!run.stderr.contains("cache"), "{}", run.stderr);
}

#[test]
fn missing_directories_and_revisions_are_errors() {
    let world = World::new();
    let repository = world.repository();
    let build = |rest: &str| world.build(&resources(&[&format!("{repository}{rest}")]));
    build("//overlays").reports("= help: did you mean `overlay`?");
    build("//base/map.yaml").reports("= help: specify a directory of the repository");
    build("?ref=v2").reports("at `v2`: git failed: couldn't find remote ref v2");
    build("?ref=v2").reports("= help: is there a branch or a tag `v2`?");
    build("?ref=0123456").reports("= help: write the full hash of the commit");
    build("//part").reports(&format!("error[component-as-resource]: `{repository}//part` is a component"));
    world
        .build("resources: ['file:///no/such/repo']\n")
        .reports("git failed: '/no/such/repo' does not appear to be a git repository");
    world.build("resources: ['ftp://h/o/r']\n").reports("error[bad-url]: `ftp://h/o/r` is not a valid URL of a git repository");
    world.build("resources: ['ssh://h']\n").reports("it has no repository path");
}

#[test]
fn a_revision_is_not_passed_as_an_option() {
    let world = World::new();
    let run = world.build(&resources(&[&format!("{}?ref=--upload-pack=touch%20pwned", world.repository())]));
    run.reports("error[bad-revision]");
    run.reports("`--upload-pack=touch pwned` is not a valid name of a branch, tag, or commit");
}

#[test]
fn git_must_finish_within_the_timeout() {
    let world = World::new();
    let server = world.serve(|_| {
        std::thread::sleep(Duration::from_secs(60));
        None
    });
    let start = Instant::now();
    let run = world.build(&resources(&[&server.url("/org/repo.git?timeout=300ms")]));
    run.reports("error[timeout]: can't fetch the repository");
    run.reports("`git fetch` took longer than 300 ms");
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn the_environment_of_a_git_hook_changes_nothing() {
    let world = World::new();
    world.write("work/kustomization.yaml", &resources(&[&format!("{}//base", world.repository())]));
    let mut command = world.render(&["build", "work"]);
    command.env("GIT_DIR", world.path("elsewhere")).env("GIT_WORK_TREE", world.path("work")).env("GIT_INDEX_FILE", "index");
    assert_eq!(Run::from(command.output().expect("the program starts")).names(), ["map"]);
    assert!(!world.path("elsewhere").exists());
}

#[test]
fn missing_git_is_an_error() {
    let world = World::new();
    world.write("work/kustomization.yaml", &resources(&[&world.repository()]));
    let output = world.render(&["build", "work"]).env("PATH", world.path("work")).output().expect("the program starts");
    Run::from(output).reports("error[no-git]");
}

#[test]
fn a_prefix_without_effect_gets_a_warning() {
    let world = World::new();
    world.write("work/kustomization.yaml", &resources(&[&format!("git::{}//base", world.repository())]));
    let run = world.run(&["work"]);
    assert_eq!(run.names(), ["map"]);
    assert!(run.stderr.contains("warning[deprecated-prefix]"), "{}", run.stderr);
}
