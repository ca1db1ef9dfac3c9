//! A session after random edits: each build is the same as in a new process, and memory does not grow.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use render::check::{Plan, Whole, check, find_effects, of_build};
use render::diagnostic::Diagnostic;
use render::load::Disk;
use render::options::BuildOptions;
use render::pipeline::{build, emit};
use render::records::Records;
use render::report::human;
use render::resource::ResMap;
use render::session::Session;
use render::yaml::Node;

const OVERLAYS: [&str; 4] = ["dev", "staging", "prod", "twice"];

/// The files that are edited, with the contents that they may have; an empty one means that the file does not exist.
const FILES: &[(&str, &[&str])] = &[
    (
        "base/kustomization.yaml",
        &[
            "resources: [web.yaml, config.yaml]\n",
            "resources: [web.yaml]\ncommonLabels: {a: b}\n",
            "resources: [config.yaml, web.yaml, config.yaml]\n",
            "resources: [web.yaml]\nnameprefix: x-\n",
            "resources: [\n",
            "",
        ],
    ),
    ("base/kustomization.yml", &["", "resources: [config.yaml]\n", ""]),
    (
        "base/web.yaml",
        &[
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  template:\n    spec:\n      \
             containers:\n      - {name: web, image: nginx}\n",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: two, template: {spec: {containers: \
             [{name: web, image: \"x:${TAG}\"}]}}}\n",
            "kind: Deployment\nmetadata: {name: web}\n---\nkind: [\n",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: .nan}\n",
            "",
        ],
    ),
    (
        "base/config.yaml",
        &[
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: &d {a: b}\nother: *d\n",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: config}\nstringData: {password: hunter2hunter2}\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, name: again}\n",
        ],
    ),
    (
        "overlays/dev/kustomization.yaml",
        &[
            "resources: [../../base]\nnamePrefix: dev-\npatches: [{path: patch.yaml}]\n",
            "resources: [../../base, ../prod]\n",
            "resources: [../../base]\nconfigMapGenerator: [{name: c, files: [patch.yaml]}]\n",
            "resources: [../dev]\n",
        ],
    ),
    (
        "overlays/dev/patch.yaml",
        &[
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: .inf, replicas: 3}\n",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: wev}\n",
            "[{op: replace, path: /spec, value: 1}]\n",
        ],
    ),
    (
        "overlays/staging/kustomization.yaml",
        &[
            "resources: [../../base]\nnamespace: staging\npatches: [{patch: '[{op: add, path: /x, value: 1}]', target: {kind: .*}}]\n",
            "resources: [../../base]\nsecretGenerator: [{name: s, envs: [../dev/patch.yaml]}]\n",
            "bases: [../../base]\nreplacements: [{path: r.yaml}]\n",
        ],
    ),
    (
        "overlays/staging/r.yaml",
        &[
            "",
            "source: {kind: Deployment, fieldPath: spec.replicas}\ntargets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]\n",
        ],
    ),
    (
        "overlays/prod/kustomization.yaml",
        &["resources: [../../base]\ncomponents: [../../part]\n", "resources: [../../base/web.yaml]\n"],
    ),
    (
        "part/kustomization.yaml",
        &["kind: Component\nimages: [{name: nginx, newTag: '2'}]\n", "kind: Component\nreplicas: 1\n", ""],
    ),
    (
        "overlays/twice/kustomization.yaml",
        &["resources: [../dev, ../prod, ../../base]\n", "resources: [../dev]\nnameSuffix: -twice\nlabels: [{pairs: {x: y}}]\n"],
    ),
];

/// A generator of random numbers: xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

fn write(root: &Path, file: &str, content: &str) -> PathBuf {
    let path = root.join(file);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    match content {
        "" => _ = std::fs::remove_file(&path),
        content => std::fs::write(&path, content).expect("a file"),
    }
    path
}

/// Everything that a build shows: its text or errors, its findings, and what it has read.
fn shown(result: &render::diagnostic::Result<ResMap>, directory: &Path, records: &mut Records) -> String {
    let mut out = String::new();
    let show = |error: &Diagnostic, records: &Records, out: &mut String| *out += &human::diagnostic(error, &records.sources);
    match result.as_ref().map_err(Clone::clone).and_then(|resources| Ok((resources, emit(resources, records)?))) {
        Err(errors) => errors.iter().for_each(|error| show(error, records, &mut out)),
        Ok((resources, text)) => {
            out += &text;
            let objects: Vec<Node> = resources.iter().map(|resource| resource.node().clone()).collect();
            for object in &objects {
                for node in records.provenance.history(object) {
                    let step = records.provenance.get_step(records.provenance.get(node.origin()).step);
                    let _ = writeln!(out, "{step}: {}", records.sources.place(node.span()));
                }
            }
            find_effects(resources, records);
            let mut report = of_build(&Plan::default(), records);
            report.extend(check(&objects, &Whole::build(directory), &Plan::default(), records));
            report.gather(&records.sources);
            report.findings().for_each(|finding| show(&finding.diagnostic, records, &mut out));
        }
    }
    records.findings.iter().for_each(|finding| show(&finding.diagnostic, records, &mut out));
    records.reads.list().iter().for_each(|read| _ = writeln!(out, "{:?} {}", read.what, read.shown.display()));
    out
}

#[test]
fn builds_after_edits_are_those_of_a_new_process() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path().canonicalize().expect("a path");
    FILES.iter().for_each(|(file, contents)| _ = write(&root, file, contents[0]));
    let overlays = OVERLAYS.map(|overlay| root.join("overlays").join(overlay));
    let mut session = Session::new(Arc::new(Disk), BuildOptions::default());
    let mut kept: Vec<String> = Vec::new();
    for overlay in &overlays {
        let build = session.build(overlay);
        kept.push(shown(&build.result, overlay, &mut build.records));
    }
    let count = std::env::var("RENDER_EDITS").ok().and_then(|count| count.parse().ok()).unwrap_or(300);
    let mut random = Random(std::env::var("RENDER_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1) + 1);
    let mut rebuilt = 0;
    for edit in 0..count {
        let mut changes = Vec::new();
        for _ in 0..=random.below(2) {
            let (file, contents) = FILES[random.below(FILES.len())];
            // The first content is likely, so that builds succeed.
            let content = contents[random.below(2 * contents.len()).saturating_sub(contents.len())];
            changes.push(write(&root, file, content));
        }
        let affected = session.change(changes.iter().map(PathBuf::as_path));
        rebuilt += affected.len();
        for (at, overlay) in overlays.iter().enumerate() {
            if affected.contains(overlay) {
                let build = session.get(overlay).expect("a build");
                kept[at] = shown(&build.result, overlay, &mut build.records);
            }
            let mut records = Records::default();
            let result = build(overlay, Arc::new(Disk), &BuildOptions::default(), &mut records);
            let fresh = shown(&result, overlay, &mut records);
            assert_eq!(kept[at], fresh, "edit {edit}: {changes:?} in {}", overlay.display());
        }
    }
    assert!(rebuilt > count && rebuilt < 4 * count, "{rebuilt} of {} builds", 4 * count);
}

#[test]
fn only_builds_that_read_a_file_depend_on_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path().canonicalize().expect("a path");
    FILES.iter().for_each(|(file, contents)| _ = write(&root, file, contents[0]));
    let mut session = Session::new(Arc::new(Disk), BuildOptions::default());
    OVERLAYS.iter().for_each(|overlay| _ = session.build(&root.join("overlays").join(overlay)));
    let affected = |session: &Session, file: &str| {
        let affected = session.affected([root.join(file).as_path()]);
        affected.iter().map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    assert_eq!(affected(&session, "base/web.yaml"), ["dev", "prod", "staging", "twice"]);
    assert_eq!(affected(&session, "overlays/dev/patch.yaml"), ["dev", "twice"]);
    assert_eq!(affected(&session, "part/Kustomization"), ["prod", "twice"]);
    assert!(affected(&session, "overlays/staging/r.yaml").is_empty());
    session.forget(&root.join("overlays/dev"));
    assert_eq!(affected(&session, "overlays/dev/patch.yaml"), ["twice"]);
}
