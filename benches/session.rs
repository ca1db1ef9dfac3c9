//! How long a change takes in a session of 300 overlays over one base of 200 objects: of a file of one overlay, and of a file of
//! the base, which all overlays read. Run with `cargo bench --bench session`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, Criterion};

use render::load::Disk;
use render::options::BuildOptions;
use render::pipeline::emit;
use render::session::Session;

const OVERLAYS: usize = 300;
const OBJECTS: usize = 200;

fn write(path: &Path, content: &str) {
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    std::fs::write(path, content).expect("a file");
}

/// Writes the objects of the base, with images of this tag.
fn base(directory: &Path, tag: usize) -> PathBuf {
    let deployment = |at: usize| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-{at}\n  labels:\n    app: app-{at}\nspec:\n  replicas: \
             2\n  selector:\n    matchLabels:\n      app: app-{at}\n  template:\n    metadata:\n      labels:\n        app: \
             app-{at}\n    spec:\n      containers:\n      - name: app\n        image: registry.example.com/app-{at}:{tag}\n"
        )
    };
    let documents: Vec<String> = (0..OBJECTS).map(deployment).collect();
    let path = directory.join("base/deployments.yaml");
    write(&path, &documents.join("---\n"));
    path
}

/// Writes the patch of an overlay.
fn patch(directory: &Path, overlay: usize, replicas: usize) -> PathBuf {
    let path = directory.join(format!("overlays/{overlay}/patch.yaml"));
    let patch = format!("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-7\nspec:\n  replicas: {replicas}\n");
    write(&path, &patch);
    path
}

/// A session in which all overlays are built.
fn session(directory: &Path) -> Session {
    base(directory, 1);
    write(&directory.join("base/kustomization.yaml"), "resources: [deployments.yaml]\n");
    let mut session = Session::new(Arc::new(Disk), BuildOptions::default());
    for overlay in 0..OVERLAYS {
        patch(directory, overlay, 1);
        let own = directory.join(format!("overlays/{overlay}"));
        let kustomization = format!(
            "resources: [../../base]\nnamespace: of-{overlay}\npatches:\n- path: patch.yaml\nlabels:\n- pairs: {{team: bench}}\n  \
             includeTemplates: true\n"
        );
        write(&own.join("kustomization.yaml"), &kustomization);
        assert!(session.build(&own).result.is_ok());
    }
    session
}

/// Builds what a change affects, and prints it.
fn rebuild(session: &mut Session, change: &Path) -> usize {
    let affected = session.change([change]);
    for directory in &affected {
        let build = session.get(directory).expect("a build");
        assert!(emit(build.result.as_ref().expect("objects"), &build.records).is_ok_and(|text| !text.is_empty()));
    }
    affected.len()
}

fn changes(criterion: &mut Criterion) {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path().canonicalize().expect("a path");
    let mut session = session(&root);
    let mut number = 1;
    let mut next = || {
        number += 1;
        number
    };
    let mut group = criterion.benchmark_group("change");
    group.bench_function("a patch of one overlay", |bencher| {
        let setup = || patch(&root, 42, next());
        bencher.iter_batched(setup, |change| assert_eq!(rebuild(&mut session, &change), 1), BatchSize::PerIteration);
    });
    group.bench_function("a file of the base", |bencher| {
        let setup = || base(&root, next());
        bencher.iter_batched(setup, |change| assert_eq!(rebuild(&mut session, &change), OVERLAYS), BatchSize::PerIteration);
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(5)).configure_from_args();
    changes(&mut criterion);
    criterion.final_summary();
}
