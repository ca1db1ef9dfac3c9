//! `render affected`, and builds of git revisions: in repositories created by the tests, with and without a working tree.
//!
//! Skipped if git is not available.

#[path = "support/git.rs"]
mod git;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use git::{World, isolated};
use render::load::{Disk, GitRepository, GitTree};
use render::options::BuildOptions;
use render::pipeline::{build, emit};
use render::records::Records;

/// The result of a run.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl World {
    /// A base, two overlays of it, an independent overlay, and a component; `None` if git is not available.
    fn new() -> Option<World> {
        World::of(&[
            ("bases/web/kustomization.yaml", "resources: [web.yaml]\n"),
            ("bases/web/web.yaml", &service_account("web")),
            ("overlays/dev/kustomization.yaml", "resources: [../../bases/web]\nnamePrefix: dev-\n"),
            ("overlays/prod/kustomization.yaml", "resources: [../../bases/web]\ncomponents: [../../parts/label]\n"),
            ("overlays/other/kustomization.yaml", "resources: [other.yaml]\n"),
            ("overlays/other/other.yaml", &service_account("other")),
            (
                "parts/label/kustomization.yaml",
                "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: patch.yaml}]\n",
            ),
            ("parts/label/patch.yaml", &(service_account("web") + "  labels: {a: b}\n")),
            (".gitignore", "*.ignored\n"),
        ])
    }

    fn remove(&self, path: &str) {
        std::fs::remove_file(self.path(path)).expect("a file");
    }

    /// Runs `render affected` at the root of the repository.
    fn affected(&self, arguments: &[&str]) -> Run {
        self.affected_in("", arguments)
    }

    fn affected_in(&self, directory: &str, arguments: &[&str]) -> Run {
        run(&self.path(directory), &[&["affected"], arguments].concat())
    }
}

/// Runs `render` in a directory.
fn run(directory: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    let output = isolated(command.args(arguments).current_dir(directory)).output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn service_account(name: &str) -> String {
    format!("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n")
}

impl Run {
    /// The printed lines; nothing else must be reported.
    #[track_caller]
    fn lines(&self) -> Vec<&str> {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{}", self.stdout);
        self.stdout.lines().collect()
    }

    /// The reported error; nothing must be printed.
    #[track_caller]
    fn error(&self) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (Some(2), ""), "{}", self.stderr);
        &self.stderr
    }

    fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        serde_json::from_str(&self.stdout).expect("JSON")
    }
}

#[test]
fn a_change_affects_the_overlays_that_read_the_file() {
    let Some(world) = World::new() else { return };
    assert!(world.affected(&["--since", "HEAD"]).lines().is_empty());
    world.write("bases/web/README.md", "nobody reads this");
    world.write("bases/web/a.ignored", "");
    assert!(world.affected(&["--since", "HEAD"]).lines().is_empty());
    world.write("bases/web/web.yaml", &(service_account("web") + "  labels: {x: y}\n"));
    assert_eq!(world.affected(&["--since", "HEAD"]).lines(), ["overlays/dev", "overlays/prod"]);
    world.git(&["add", "--all"]);
    assert_eq!(world.affected(&["--since", "HEAD"]).lines(), ["overlays/dev", "overlays/prod"]);
    let commit = world.commit();
    assert!(world.affected(&["--since", "HEAD"]).lines().is_empty());
    assert_eq!(world.affected(&["--since", "HEAD~1"]).lines(), ["overlays/dev", "overlays/prod"]);
    world.write("parts/label/patch.yaml", &(service_account("web") + "  labels: {a: c}\n"));
    assert_eq!(world.affected(&["--since", &commit]).lines(), ["overlays/prod"]);
    let json = world.affected(&["--since", "HEAD", "--format", "json"]).json();
    let expected = serde_json::json!([{"directory": "overlays/prod", "change": "changed", "files": ["parts/label/patch.yaml"]}]);
    assert_eq!(json, expected);
}

#[test]
fn directories_are_relative_to_the_working_directory() {
    let Some(world) = World::new() else { return };
    world.write("bases/web/web.yaml", &(service_account("web") + "  labels: {x: y}\n"));
    assert_eq!(world.affected_in("overlays", &["--since", "HEAD"]).lines(), ["dev", "prod"]);
    assert_eq!(world.affected_in("overlays/dev", &["--since", "HEAD"]).lines(), ["."]);
    let named = world.affected_in("overlays/dev", &["--since", "HEAD", "../prod/", "../other", "."]);
    assert_eq!(named.lines(), ["../prod", "."]);
    let absolute = world.path("overlays/dev").display().to_string();
    assert_eq!(world.affected(&["--since", "HEAD", &absolute]).lines(), [absolute.as_str()]);
    assert_eq!(world.affected(&["--since", "HEAD", "--all"]).lines(), ["bases/web", "overlays/dev", "overlays/prod"]);
    let json = world.affected_in("overlays/dev", &["--since", "HEAD", "--format", "json"]).json();
    assert_eq!(json[0]["files"], serde_json::json!(["../../bases/web/web.yaml"]));
}

#[test]
fn added_and_removed_files_affect_the_overlays_that_look_for_them() {
    let Some(world) = World::new() else { return };
    world.write(".render.yaml", "crds: [types]\n");
    assert_eq!(world.affected(&["--since", "HEAD"]).lines(), ["overlays/dev", "overlays/other", "overlays/prod"]);
    world.commit();
    world.write("types/one.yaml", "");
    assert_eq!(
        world.affected(&["--since", "HEAD", "overlays/other", "overlays/dev"]).lines(),
        ["overlays/other", "overlays/dev"]
    );
    world.commit();
    world.remove("types/one.yaml");
    world.remove(".render.yaml");
    world.commit();
    world.write("overlays/other/kustomization.yml", "namePrefix: x-\n");
    let two = world.affected(&["--since", "HEAD"]);
    assert_eq!((two.code, two.stdout.as_str()), (Some(0), "overlays/other\n"));
    assert!(two.stderr.starts_with("# note: `overlays/other` does not build on the new side"), "{}", two.stderr);
    assert!(two.stderr.contains("error[two-kustomizations]"), "{}", two.stderr);
    world.remove("overlays/other/kustomization.yml");
    world.remove("bases/web/web.yaml");
    let missing = world.affected(&["--since", "HEAD", "--format", "json"]);
    assert!(missing.stderr.contains("can't read `bases/web/web.yaml`"), "{}", missing.stderr);
    let expected = serde_json::json!({
        "directory": "overlays/dev", "change": "changed", "files": ["bases/web/web.yaml"], "fails": ["until"]
    });
    assert_eq!(missing.json()[0], expected);
}

#[test]
fn overlays_are_added_and_removed() {
    let Some(world) = World::new() else { return };
    world.write("overlays/new/kustomization.yaml", "resources: [../../bases/web]\n");
    std::fs::remove_dir_all(world.path("overlays/other")).expect("a directory");
    let text = world.affected(&["--since", "HEAD"]);
    assert_eq!((text.code, text.stdout.as_str()), (Some(0), "overlays/new\n"));
    assert_eq!(text.stderr, "# note: `overlays/other` was removed\n");
    let json = world.affected(&["--since", "HEAD", "--format", "json"]).json();
    assert_eq!((&json[0]["directory"], &json[0]["change"]), (&"overlays/new".into(), &"added".into()));
    assert_eq!((&json[1]["directory"], &json[1]["change"]), (&"overlays/other".into(), &"removed".into()));
    let files = serde_json::json!(["overlays/other/kustomization.yaml", "overlays/other/other.yaml"]);
    assert_eq!((json[1]["files"].clone(), json.as_array().map(Vec::len)), (files, Some(2)));
}

#[test]
fn two_revisions_need_no_working_tree() {
    let Some(world) = World::new() else { return };
    world.write("bases/web/web.yaml", &(service_account("web") + "  labels: {x: y}\n"));
    world.commit();
    world.write("overlays/other/other.yaml", "this change is ignored");
    assert_eq!(world.affected(&["--since", "HEAD~1", "--until", "HEAD"]).lines(), ["overlays/dev", "overlays/prod"]);
    world.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let bare = world.path("../bare.git");
    let both = ["affected", "--since", "main~1", "--until", "main"];
    assert_eq!(run(&bare, &both).lines(), ["overlays/dev", "overlays/prod"]);
    assert_eq!(run(&bare, &[&both[..], &["overlays/dev", "overlays/other"]].concat()).lines(), ["overlays/dev"]);
    let result = run(&bare, &["affected", "--since", "main"]);
    assert!(result.error().contains("error[git]: there is no working tree"), "{}", result.stderr);
}

#[test]
fn a_merge_base_leaves_out_changes_of_other_branches() {
    let Some(world) = World::new() else { return };
    world.git(&["checkout", "--quiet", "-b", "topic"]);
    world.write("parts/label/patch.yaml", &(service_account("web") + "  labels: {a: c}\n"));
    world.commit();
    world.git(&["checkout", "--quiet", "main"]);
    world.write("overlays/other/other.yaml", &service_account("another"));
    world.commit();
    world.git(&["checkout", "--quiet", "topic"]);
    assert_eq!(world.affected(&["--since", "main"]).lines(), ["overlays/other", "overlays/prod"]);
    assert_eq!(world.affected(&["--since", "main", "--merge-base"]).lines(), ["overlays/prod"]);
    let of_main = world.affected(&["--since", "topic", "--until", "main", "--merge-base"]);
    assert_eq!(of_main.lines(), ["overlays/other"]);
    world.git(&["checkout", "--quiet", "--orphan", "isolated"]);
    world.commit();
    let result = world.affected(&["--since", "main", "--merge-base"]);
    assert!(result.error().contains("no common ancestor"), "{}", result.stderr);
}

#[test]
fn invalid_revisions_are_errors() {
    let Some(world) = World::new() else { return };
    let result = world.affected(&["--since", "nowhere"]);
    assert!(result.error().starts_with("error[git]: there is no commit `nowhere`") && result.stderr.contains("--unshallow"));
    for revision in ["--since=--help", "--since=-x", "--since=HEAD:bases", "--since="] {
        assert!(world.affected(&[revision]).error().contains("error[git]"), "{revision}");
    }
    assert!(world.affected(&["--since", "HEAD..HEAD"]).error().contains("`--since A --until B`"));
    assert!(world.affected(&["--since", "HEAD", "bases"]).error().contains("`bases` has no kustomization on either side"));
    assert!(world.affected(&["--since", "HEAD", "../x"]).error().contains("is outside the repository"));
    let outside = tempfile::tempdir().expect("a directory");
    assert!(run(outside.path(), &["affected", "--since", "HEAD"]).error().contains("not a git repository"));
}

#[test]
fn errors_in_a_revision_have_locations_in_the_notation_of_git() {
    let Some(world) = World::new() else { return };
    world.write("overlays/dev/kustomization.yaml", "resources: [../../bases/web]\nnamePrefx: dev-\n");
    let broken = world.commit();
    world.write("overlays/dev/kustomization.yaml", "resources: [../../bases/web]\nnamePrefix: dev-\n");
    let fixed = world.affected(&["--since", &broken[..10]]);
    assert_eq!((fixed.code, fixed.stdout.as_str()), (Some(0), "overlays/dev\n"));
    let place = format!("--> {}:overlays/dev/kustomization.yaml:2:1", &broken[..10]);
    assert!(fixed.stderr.contains("does not build on the old side") && fixed.stderr.contains(&place), "{}", fixed.stderr);
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_within_a_revision() {
    use std::os::unix::fs::symlink;
    let Some(world) = World::new() else { return };
    symlink("overlays", world.path("envs")).expect("a link");
    symlink("other.yaml", world.path("overlays/other/link.yaml")).expect("a link");
    world.write("overlays/other/kustomization.yaml", "resources: [link.yaml]\n");
    world.write("top/kustomization.yaml", "resources: [../envs/dev]\n");
    world.commit();
    world.write("overlays/other/other.yaml", &service_account("another"));
    assert_eq!(world.affected(&["--since", "HEAD"]).lines(), ["overlays/other"]);
    world.write("overlays/other/new.yaml", &service_account("other"));
    let new = world.commit();
    world.remove("overlays/other/link.yaml");
    symlink("new.yaml", world.path("overlays/other/link.yaml")).expect("a link");
    world.remove("envs");
    symlink("./overlays", world.path("envs")).expect("a link");
    world.commit();
    assert_eq!(world.affected(&["--since", &new, "--until", "HEAD"]).lines(), ["overlays/other", "top"]);
    let outside = world.path("../outside.yaml");
    std::fs::write(&outside, service_account("outside")).expect("a file");
    world.remove("overlays/other/link.yaml");
    symlink(&outside, world.path("overlays/other/link.yaml")).expect("a link");
    world.commit();
    let result = world.affected(&["--since", "HEAD~1", "--until", "HEAD", "overlays/other"]);
    assert_eq!((result.code, result.stdout.as_str()), (Some(0), "overlays/other\n"));
    assert!(
        result.stderr.contains("can't read `HEAD:overlays/other/link.yaml`: it is outside the repository"),
        "{}",
        result.stderr
    );
}

#[test]
fn submodules_and_programs_are_not_part_of_a_revision() {
    let Some(world) = World::new() else { return };
    world.git(&["submodule", "--quiet", "add", "./", "vendor"]);
    world.write("overlays/other/kustomization.yaml", "resources: [../../vendor/bases/web]\n");
    world.commit();
    world.write("overlays/other/kustomization.yaml", "resources: [../../vendor/bases/web]\nnamePrefix: x-\n");
    let result = world.affected(&["--since", "HEAD"]);
    assert_eq!((result.code, result.stdout.as_str()), (Some(0), "overlays/other\n"));
    let cause = "can't read `HEAD:vendor/bases/web`: the submodule `vendor` is a separate repository";
    assert!(result.stderr.contains(cause), "{}", result.stderr);
    let function = "apiVersion: v1\nkind: Fn\nmetadata:\n  name: fn\n  annotations:\n    \
                    config.kubernetes.io/function: 'exec: {path: ./fn.sh}'\n";
    world.write("overlays/other/fn.yaml", function);
    world.write("overlays/other/kustomization.yaml", "resources: [other.yaml]\ntransformers: [fn.yaml]\n");
    world.commit();
    let result = world.affected(&["--since", "HEAD~1", "--until", "HEAD", "--enable-alpha-plugins", "--enable-exec"]);
    assert!(
        result.stderr.contains("error[no-work-tree]") && result.stderr.contains("HEAD:overlays/other/fn.yaml"),
        "{}",
        result.stderr
    );
}

#[cfg(unix)]
#[test]
fn charts_of_a_revision_are_copied_for_helm() {
    use std::os::unix::fs::PermissionsExt;
    let Some(world) = World::new() else { return };
    let helm = "#!/bin/sh\ncase $1 in version) echo v4.0.0;; *) cat \"$3/templates/a.yaml\";; esac\n";
    std::fs::write(world.path("../helm"), helm).expect("a script");
    std::fs::set_permissions(world.path("../helm"), std::fs::Permissions::from_mode(0o755)).expect("a script");
    world.write("overlays/other/kustomization.yaml", "helmCharts: [{name: shop, releaseName: x}]\n");
    world.write("overlays/other/charts/shop/values.yaml", "");
    world.write("overlays/other/charts/shop/templates/a.yaml", &service_account("a"));
    world.commit();
    world.write("overlays/other/charts/shop/templates/b.yaml", &service_account("b"));
    world.commit();
    let flags = ["--since", "HEAD~1", "--until", "HEAD", "--enable-helm", "--helm-command", "../helm"];
    assert_eq!(world.affected(&flags).lines(), ["overlays/other"]);
}

#[cfg(unix)]
#[test]
fn no_program_from_the_configuration_is_started() {
    use std::os::unix::fs::PermissionsExt;
    let Some(world) = World::new() else { return };
    let (script, trace) = (world.path("../spy"), world.path("../trace"));
    std::fs::write(&script, format!("#!/bin/sh\necho \"$0\" >> '{}'\n", trace.display())).expect("a script");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("a script");
    let script = script.display().to_string();
    for key in ["core.fsmonitor", "diff.external", "diff.spy.textconv", "diff.spy.command", "core.pager"] {
        world.git(&["config", key, &script]);
    }
    world.write(".gitattributes", "*.yaml diff=spy\n");
    world.write("bases/web/web.yaml", &(service_account("web") + "  labels: {x: y}\n"));
    let _ = std::fs::remove_file(&trace);
    assert_eq!(world.affected(&["--since", "HEAD"]).lines(), ["overlays/dev", "overlays/prod"]);
    assert!(!trace.exists(), "{}", std::fs::read_to_string(trace).unwrap_or_default());
}

/// The stacks of this project give the same output from a revision as from the disk.
#[test]
fn a_revision_gives_the_same_bytes() {
    let Some(world) = World::new() else { return };
    let stacks = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["bases", "overlays"] {
        let copied = Command::new("cp").arg("-R").arg(stacks.join(name)).arg(world.path("")).status().expect("cp starts");
        assert!(copied.success());
    }
    world.commit();
    let repository = GitRepository::discover(&world.path("")).expect("a repository");
    let tree = Arc::new(GitTree::open(&repository, "main").expect("a revision"));
    for environment in ["dev", "staging", "production"] {
        let overlay = Path::new("overlays").join(environment);
        let mut records = Records::default();
        let built = build(&overlay, Arc::clone(&tree) as _, &BuildOptions::default(), &mut records).expect("it builds");
        let from_tree = emit(&built, &records).expect("text");
        let is_shown = |path: &Path| path.to_string_lossy().starts_with("main:");
        let odd = records.sources.iter().map(|source| source.path()).find(|path| !is_shown(path));
        assert_eq!(odd, None, "{environment}");
        let mut records = Records::default();
        let disk = world.path("").join(&overlay);
        let built = build(&disk, Arc::new(Disk), &BuildOptions::default(), &mut records).expect("it builds");
        assert_eq!(from_tree, emit(&built, &records).expect("text"), "{environment}");
    }
}

#[test]
fn each_affected_overlay_is_in_exactly_one_shard() {
    let Some(world) = World::new() else { return };
    for at in 0..5 {
        world.write(&format!("overlays/more-{at}/kustomization.yaml"), "resources: [../../bases/web]\n");
    }
    world.commit();
    world.write("bases/web/web.yaml", &(service_account("web") + "  labels: {x: y}\n"));
    std::fs::remove_dir_all(world.path("overlays/more-0")).expect("a directory");
    let all = world.affected(&["--since", "HEAD"]);
    assert_eq!(all.stdout.lines().count(), 6, "{}", all.stdout);
    let is_overlay = |word: &str| word.strip_prefix("overlays/").is_some_and(|name| !name.contains(['/', ':']));
    for command in [&["affected", "--since", "HEAD"][..], &["diff", "--exit-zero", "--base", "HEAD", "--format", "json"]] {
        let mut seen = std::collections::BTreeSet::new();
        for shard in ["1/3", "2/3", "3/3"] {
            let part = run(&world.path(""), &[command, &["--shard", shard]].concat());
            assert_eq!(part.code, Some(0), "{}", part.stderr);
            let text = part.stdout + &part.stderr;
            let words = text.split(|c: char| c.is_whitespace() || c == '"' || c == '`');
            let overlays: std::collections::BTreeSet<&str> = words.filter(|word| is_overlay(word)).collect();
            assert!((2..=3).contains(&overlays.len()), "{text}");
            overlays.into_iter().for_each(|overlay| assert!(seen.insert(overlay.to_owned()), "{overlay} is in two shards"));
        }
        assert_eq!(seen.len(), 7, "{seen:?}");
    }
    let error = run(&world.path(""), &["affected", "--since", "HEAD", "--shard", "4/3"]);
    assert!(error.code == Some(2) && error.stderr.contains("expected a shard from 1/3 to 3/3"), "{}", error.stderr);
}
