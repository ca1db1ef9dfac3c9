//! Measures the cost of recording origins: builds with the full history of every value and builds without any history, of the
//! production overlays and of a tree of 1,000 Deployments. Run with `cargo bench --bench provenance`.
//!
//! At the end it prints the ratio of the best of 100 builds each, the number of origins and the memory they use. Of the nodes
//! that origins contain, only memory that is not shared is counted.

mod many;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::Criterion;

use render::load::Disk;
use render::options::BuildOptions;
use render::pipeline::{build, emit};
use render::records::Records;
use render::yaml::provenance::{Origin, Provenance};

/// Builds and prints a directory.
fn run(directory: &Path, provenance: Provenance) -> (String, Records) {
    let mut records = Records::default();
    records.provenance = provenance;
    let resources = build(directory, Arc::new(Disk), &BuildOptions::default(), &mut records).expect("it builds");
    (emit(&resources, &records).expect("it prints"), records)
}

/// The ratio of the best build with history to the best one without. The builds alternate, so that other load affects both.
fn ratio(directory: &Path) -> f64 {
    let mut best = [f64::MAX; 2];
    for _ in 0..100 {
        for (best, make) in best.iter_mut().zip([Provenance::forgetful, Provenance::default]) {
            let start = Instant::now();
            let built = run(black_box(directory), make());
            *best = best.min(start.elapsed().as_secs_f64());
            drop(built);
        }
    }
    best[1] / best[0]
}

/// Fields that change names, and a patch.
const MORE: &str = "namePrefix: b-\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    kind: Deployment\n    \
                    metadata: {name: any}\n    spec: {replicas: 2}\n";

fn main() {
    let quick =
        Criterion::default().sample_size(40).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(4));
    let mut criterion = quick.configure_from_args();
    let many = tempfile::tempdir().expect("a directory");
    many::deployments(many.path(), MORE);
    let production = Path::new(env!("CARGO_MANIFEST_DIR")).join("overlays/production");
    for (name, directory) in [("production", production.as_path()), ("1000 deployments", many.path())] {
        let (text, records) = run(directory, Provenance::default());
        assert_eq!(text, run(directory, Provenance::forgetful()).0, "the output does not depend on the history");
        let mut group = criterion.benchmark_group(name);
        group.bench_function("forgetful", |bencher| {
            bencher.iter_with_large_drop(|| run(black_box(directory), Provenance::forgetful()));
        });
        group.bench_function("with history", |bencher| {
            bencher.iter_with_large_drop(|| run(black_box(directory), Provenance::default()));
        });
        group.finish();
        let count = records.provenance.len();
        let kilobytes = count * size_of::<Origin>() / 1024;
        println!("{name}: with history: {:.1}% of the time without", 100.0 * ratio(directory));
        println!("{name}: {count} origins in {kilobytes} KiB for {} KiB of output", text.len() / 1024);
    }
    criterion.final_summary();
}
