//! Compares two builds of 10,000 objects: this takes less time than printing one of them, and much less than building it.

use std::hint::black_box;

use criterion::{Criterion, Throughput};

use render::diff::{Object, Options, Side, compare};
use render::records::Records;
use render::yaml::{Dialect, Node, emit};

const OBJECTS: usize = 10_000;

/// Deployments and ConfigMaps; in version 2 every hundredth differs.
fn text(version: usize) -> String {
    let object = |at: usize| {
        let image = if at.is_multiple_of(100) { version } else { 0 };
        format!(
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-{at}\n  namespace: shop\n  labels:\n    app: \
             web-{at}\nspec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: web-{at}\n  template:\n    metadata:\n      \
             labels:\n        app: web-{at}\n    spec:\n      containers:\n      - name: web\n        image: shop/web:1.{image}\n        \
             ports:\n        - containerPort: 8080\n          protocol: TCP\n        env:\n        - name: LEVEL\n          value: \
             info\n        resources:\n          limits:\n            cpu: 100m\n            memory: 128Mi\n"
        )
    };
    (0..OBJECTS).map(object).collect()
}

fn read(text: &str) -> (Vec<Node>, Records) {
    let mut records = Records::default();
    let source = records.sources.add("bench.yaml", text);
    let step = records.provenance.step("", "bench");
    let nodes = records.documents(source, step, Dialect::Manifest).expect("objects");
    (nodes, records)
}

fn main() {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("diff");
    group.throughput(Throughput::Elements(OBJECTS as u64));
    let (old_text, new_text) = (text(1), text(2));
    let ((old, old_records), (new, new_records)) = (read(&old_text), read(&new_text));
    group.bench_function("read 10,000 objects", |bench| bench.iter(|| black_box(read(&old_text).0.len())));
    group.bench_function("print 10,000 objects", |bench| {
        bench.iter(|| {
            let mut out = String::new();
            old.iter().for_each(|node| emit(node, &mut out).expect("text"));
            black_box(out.len())
        });
    });
    let objects = |nodes: &[Node]| nodes.iter().cloned().map(Object::plain).collect::<Vec<_>>();
    let (old, new) = (objects(&old), objects(&new));
    group.bench_function("compare 10,000 objects", |bench| {
        bench.iter(|| {
            let old = Side { objects: old.clone(), sources: &old_records.sources, provenance: &old_records.provenance };
            let new = Side { objects: new.clone(), sources: &new_records.sources, provenance: &new_records.provenance };
            let found = compare("bench", &old, &new, &Options::default());
            assert_eq!(found.objects.len(), OBJECTS / 100);
            black_box(found.unchanged)
        });
    });
    group.finish();
    criterion.final_summary();
}
