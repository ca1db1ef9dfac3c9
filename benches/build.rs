//! How long the parts of a run take: reading, building, checking and printing the production overlays and a tree of 1,000
//! Deployments. Checking takes less time than building. Run with `cargo bench`; `cargo bench -- emit` runs the benchmarks of
//! that name.
//!
//! `tools/bench.py` times whole commands and compares them with kubectl.

mod many;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput};

use render::check::{Plan, Whole, check};
use render::load::Disk;
use render::options::BuildOptions;
use render::pipeline::{build, emit};
use render::records::Records;
use render::resource::ResMap;
use render::yaml::{Dialect, Node};

/// The manifests below a directory, one string per file.
fn manifests(directory: &Path, found: &mut Vec<String>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            manifests(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "yaml") {
            found.push(std::fs::read_to_string(entry).expect("a readable file"));
        }
    }
}

fn read_all(texts: &[String]) -> usize {
    let mut records = Records::default();
    let step = records.provenance.step("", "bench");
    let read = texts.iter().map(|text| {
        let source = records.sources.add("bench.yaml", text.as_str());
        records.documents(source, step, Dialect::Manifest).map_or(0, |documents| documents.len())
    });
    read.sum()
}

fn built(directory: &Path) -> (ResMap, Records) {
    let mut records = Records::default();
    let resources = build(directory, Arc::new(Disk), &BuildOptions::default(), &mut records).expect("it builds");
    (resources, records)
}

fn parts(criterion: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let many = tempfile::tempdir().expect("a directory");
    many::deployments(many.path(), "");

    let mut texts = Vec::new();
    manifests(&root.join("bases"), &mut texts);
    let bytes: usize = texts.iter().map(String::len).sum();
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("bases", |bencher| bencher.iter(|| read_all(black_box(&texts))));
    group.finish();

    for (name, directory) in [("production", root.join("overlays/production")), ("1000 deployments", many.path().to_owned())] {
        let (resources, mut records) = built(&directory);
        let printed = emit(&resources, &records).expect("it prints");
        let mut group = criterion.benchmark_group("build");
        group.throughput(Throughput::Elements(resources.iter().count() as u64));
        group.bench_function(name, |bencher| bencher.iter_with_large_drop(|| built(black_box(&directory))));
        group.finish();
        let nodes: Vec<Node> = resources.iter().map(|resource| resource.node().clone()).collect();
        let whole = Whole::build(&directory);
        let mut group = criterion.benchmark_group("check");
        group.throughput(Throughput::Elements(nodes.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| check(black_box(&nodes), &whole, &Plan::default(), &mut records));
        });
        group.finish();
        let mut group = criterion.benchmark_group("emit");
        group.throughput(Throughput::Bytes(printed.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| emit(black_box(&resources), &records)));
        group.finish();
    }
}

fn main() {
    let quick =
        Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    let mut criterion = quick.configure_from_args();
    parts(&mut criterion);
    criterion.final_summary();
}
