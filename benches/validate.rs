//! How long one object takes: validating what the overlays render and, for comparison, decoding the same objects into the
//! types of k8s-openapi, which reports neither unknown nor missing fields. Run with `cargo bench --bench validate`.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{
    ConfigMap, LimitRange, Namespace, PersistentVolumeClaim, ResourceQuota, Secret, Service, ServiceAccount,
};
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use k8s_openapi::api::storage::v1::StorageClass;
use serde::de::DeserializeOwned;

use render::load::Disk;
use render::options::BuildOptions;
use render::pipeline::build;
use render::records::Records;
use render::schema::Version;
use render::validate::Validator;
use render::yaml::{Node, Unknown, decode};

/// Whether an object can be decoded.
type Decoder = fn(&Node) -> bool;

/// How an object of a kind is decoded, for the kinds that the stacks contain.
const DECODERS: &[(&str, Decoder)] = &[
    ("ClusterRole", decodes::<ClusterRole>),
    ("ClusterRoleBinding", decodes::<ClusterRoleBinding>),
    ("ConfigMap", decodes::<ConfigMap>),
    ("CronJob", decodes::<CronJob>),
    ("Deployment", decodes::<Deployment>),
    ("HorizontalPodAutoscaler", decodes::<HorizontalPodAutoscaler>),
    ("Ingress", decodes::<Ingress>),
    ("Job", decodes::<Job>),
    ("LimitRange", decodes::<LimitRange>),
    ("Namespace", decodes::<Namespace>),
    ("NetworkPolicy", decodes::<NetworkPolicy>),
    ("PersistentVolumeClaim", decodes::<PersistentVolumeClaim>),
    ("PodDisruptionBudget", decodes::<PodDisruptionBudget>),
    ("ResourceQuota", decodes::<ResourceQuota>),
    ("Role", decodes::<Role>),
    ("RoleBinding", decodes::<RoleBinding>),
    ("Secret", decodes::<Secret>),
    ("Service", decodes::<Service>),
    ("ServiceAccount", decodes::<ServiceAccount>),
    ("StatefulSet", decodes::<StatefulSet>),
    ("StorageClass", decodes::<StorageClass>),
];

fn decodes<T: DeserializeOwned>(node: &Node) -> bool {
    decode::<T>(node, Unknown::Ignore).is_ok()
}

/// The objects of the production overlays that both support, with their decoders. k8s-openapi does not accept everything that
/// the server accepts, such as numbers for quantities.
fn objects() -> Vec<(Node, Decoder)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("overlays/production");
    let mut records = Records::default();
    let resources = build(&directory, Arc::new(Disk), &BuildOptions::default(), &mut records).expect("it builds");
    let decoder = |node: &Node| {
        let kind = node.get("kind").and_then(Node::as_str)?;
        let decoder = DECODERS.iter().find(|(known, _)| *known == kind).map(|(_, decode)| *decode);
        decoder.filter(|decode| decode(node))
    };
    resources.iter().filter_map(|resource| Some((resource.node().clone(), decoder(resource.node())?))).collect()
}

fn per_object(criterion: &mut Criterion) {
    let objects = objects();
    let validator = Validator::new(Version::NEWEST, false, std::sync::Arc::default());
    let found: usize = objects.iter().map(|(node, _)| validator.check(node).len()).sum();
    assert_eq!(found, 0, "the overlays are accepted");
    assert!(objects.len() > 200, "k8s-openapi decodes only {} objects", objects.len());

    let mut group = criterion.benchmark_group("object");
    group.throughput(Throughput::Elements(objects.len() as u64));
    group.bench_function("validate", |bencher| {
        bencher.iter(|| objects.iter().map(|(node, _)| validator.check(black_box(node)).len()).sum::<usize>());
    });
    group.bench_function("decode", |bencher| {
        bencher.iter(|| objects.iter().filter(|(node, decode)| decode(black_box(node))).count());
    });
    group.finish();
}

fn main() {
    let quick =
        Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    let mut criterion = quick.configure_from_args();
    per_object(&mut criterion);
    criterion.final_summary();
}
