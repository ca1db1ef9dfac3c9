//! Custom objects whose controller deletes data with them: databases, message brokers, storage, backups, and objects that install
//! others. A row per group and kind; kinds that are not listed have no notes.

use super::rules::{DATA_KEPT, POLICY, RESOURCE_DELETED};
use super::subject::{Subject, effect, items, name_of, text};
use crate::diff::note::Note;
use crate::diff::object::Object;
use crate::yaml::{Node, scalar};

/// A kind whose objects hold data.
struct Holder {
    group: &'static str,
    kinds: &'static [&'static str],
    /// What is deleted with an object.
    loses: &'static str,
    /// The field by which an object keeps it, as `path=value`, if it is set so.
    keeps: &'static [&'static str],
}

const fn holder(group: &'static str, kinds: &'static [&'static str], loses: &'static str) -> Holder {
    Holder { group, kinds, loses, keeps: &[] }
}

const DATABASE: &str = "can delete the database with its volumes";
const VOLUMES: &str = "can delete its volumes";
const OBJECTS: &str = "deletes the objects that it installed";
const EXTERNAL: &str = "deletes the resource outside the cluster, with its data";
const SNAPSHOT: &str = "deletes the snapshot, unless the deletion policy is Retain";

#[rustfmt::skip]
const HOLDERS: &[Holder] = &[
    holder("postgresql.cnpg.io", &["Cluster"], DATABASE),
    holder("acid.zalan.do", &["postgresql"], DATABASE),
    holder("postgres-operator.crunchydata.com", &["PostgresCluster"], DATABASE),
    holder("pgv2.percona.com", &["PerconaPGCluster"], DATABASE),
    holder("stackgres.io", &["SGCluster", "SGShardedCluster"], DATABASE),
    holder("kubegres.reactive-tech.io", &["Kubegres"], DATABASE),
    holder("mysql.oracle.com", &["InnoDBCluster"], DATABASE),
    holder("moco.cybozu.com", &["MySQLCluster"], DATABASE),
    holder("pxc.percona.com", &["PerconaXtraDBCluster"], DATABASE),
    holder("ps.percona.com", &["PerconaServerMySQL"], DATABASE),
    holder("k8s.mariadb.com", &["MariaDB"], DATABASE),
    Holder { keeps: &["spec.cleanupPolicy=Skip"], ..holder("k8s.mariadb.com", &["Database"], "drops the database") },
    holder("mongodbcommunity.mongodb.com", &["MongoDBCommunity"], DATABASE),
    holder("mongodb.com", &["MongoDB", "MongoDBMultiCluster"], DATABASE),
    holder("psmdb.percona.com", &["PerconaServerMongoDB"], DATABASE),
    holder("cassandra.datastax.com", &["CassandraDatacenter"], DATABASE),
    holder("k8ssandra.io", &["K8ssandraCluster"], DATABASE),
    holder("scylla.scylladb.com", &["ScyllaCluster", "ScyllaDBDatacenter"], DATABASE),
    holder("crdb.cockroachlabs.com", &["CrdbCluster"], DATABASE),
    holder("pingcap.com", &["TidbCluster"], DATABASE),
    holder("couchbase.com", &["CouchbaseCluster", "CouchbaseBucket"], DATABASE),
    holder("database.arangodb.com", &["ArangoDeployment"], DATABASE),
    holder("clickhouse.altinity.com", &["ClickHouseInstallation"], DATABASE),
    holder("clickhouse-keeper.altinity.com", &["ClickHouseKeeperInstallation"], DATABASE),
    holder("yugabyte.com", &["YBCluster"], DATABASE),
    holder("kubedb.com", &["Postgres", "MySQL", "MariaDB", "MongoDB", "Redis", "Elasticsearch", "Kafka"], DATABASE),
    holder("apps.kubeblocks.io", &["Cluster"], DATABASE),
    Holder { keeps: &["spec.volumeClaimDeletePolicy=DeleteOnScaledownOnly"], ..holder("elasticsearch.k8s.elastic.co", &["Elasticsearch"], "deletes its indices with their volumes") },
    holder("opensearch.opster.io", &["OpenSearchCluster"], DATABASE),
    holder("kafka.strimzi.io", &["Kafka", "KafkaNodePool"], VOLUMES),
    holder("kafka.strimzi.io", &["KafkaTopic"], "deletes the topic with its messages"),
    holder("cluster.redpanda.com", &["Redpanda"], VOLUMES),
    holder("cluster.redpanda.com", &["Topic"], "deletes the topic with its messages"),
    holder("rabbitmq.com", &["RabbitmqCluster"], "deletes the queues with their volumes"),
    Holder { keeps: &["spec.deletionPolicy=retain"], ..holder("rabbitmq.com", &["Queue", "Vhost"], "deletes the messages in it") },
    holder("redis.redis.opstreelabs.in", &["Redis", "RedisCluster", "RedisReplication"], VOLUMES),
    Holder { keeps: &["spec.redis.storage.keepAfterDeletion=true"], ..holder("databases.spotahome.com", &["RedisFailover"], VOLUMES) },
    holder("dragonflydb.io", &["Dragonfly"], VOLUMES),
    holder("minio.min.io", &["Tenant"], VOLUMES),
    Holder { keeps: &["spec.preserveFilesystemOnDelete=true", "spec.preservePoolsOnDelete=true"], ..holder("ceph.rook.io", &["CephCluster", "CephBlockPool", "CephFilesystem", "CephObjectStore"], "can delete all data in it") },
    holder("longhorn.io", &["Volume", "Snapshot", "Backup"], "deletes its data"),
    holder("cdi.kubevirt.io", &["DataVolume"], "deletes its volume"),
    holder("kubevirt.io", &["VirtualMachine"], "deletes the disks of its dataVolumeTemplates"),
    holder("objectbucket.io", &["ObjectBucketClaim"], "deletes the bucket, unless the reclaim policy is Retain"),
    holder("etcd.database.coreos.com", &["EtcdCluster"], DATABASE),
    holder("snapshot.storage.k8s.io", &["VolumeSnapshot"], SNAPSHOT),
    Holder { keeps: &["spec.deletionPolicy=Retain"], ..holder("snapshot.storage.k8s.io", &["VolumeSnapshotContent"], SNAPSHOT) },
    holder("cluster.x-k8s.io", &["Cluster", "MachineDeployment"], "deletes the machines of the cluster"),
    Holder { keeps: &["spec.prune=false", "spec.deletionPolicy=Orphan", "spec.suspend=true"], ..holder("kustomize.toolkit.fluxcd.io", &["Kustomization"], OBJECTS) },
    Holder { keeps: &["spec.suspend=true"], ..holder("helm.toolkit.fluxcd.io", &["HelmRelease"], OBJECTS) },
    holder("helm.cattle.io", &["HelmChart"], OBJECTS),
    Holder { keeps: &["spec.keepResources=true"], ..holder("fleet.cattle.io", &["GitRepo", "Bundle"], OBJECTS) },
    Holder { keeps: &["spec.syncPolicy.preserveResourcesOnDeletion=true"], ..holder("argoproj.io", &["ApplicationSet"], "deletes the applications that it created") },
];

/// The notes about a custom object.
pub fn notes(subject: &Subject<'_, '_>) -> Vec<Note> {
    let Some(old) = subject.old else { return Vec::new() };
    let Some(outcome) = outcome(old) else { return Vec::new() };
    let name = name_of(old);
    match (subject.gone(), subject.new, outcome) {
        (Some(_), _, Outcome::Deletes(loses)) => vec![effect(RESOURCE_DELETED, format!("deleting {name} {loses}"))],
        (Some(_), _, Outcome::Keeps(field)) => vec![effect(DATA_KEPT, format!("deleting {name} keeps its data ({field})"))],
        (None, Some(new), Outcome::Keeps(field)) => match self::outcome(new) {
            Some(Outcome::Deletes(loses)) => vec![effect(POLICY, format!("without {field}, deleting {name} {loses}"))],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What deleting an object does to its data.
enum Outcome {
    Deletes(&'static str),
    /// The field that keeps it.
    Keeps(String),
}

fn outcome(object: &Object) -> Option<Outcome> {
    let gvk = &object.id.gvk;
    let (group, kind) = (gvk.group.as_str(), gvk.kind.as_str());
    if let Some(holder) = HOLDERS.iter().find(|holder| holder.group == group && holder.kinds.contains(&kind)) {
        let kept = holder.keeps.iter().find(|condition| is_set(&object.node, condition));
        let needs_prune = kind == "Kustomization" && !is_set(&object.node, "spec.prune=true");
        return match kept {
            Some(condition) => Some(Outcome::Keeps(condition.replace('=', ": "))),
            None if needs_prune => None,
            None => Some(Outcome::Deletes(holder.loses)),
        };
    }
    if (group, kind) == ("argoproj.io", "Application") {
        let finalizers = items(&object.node, &["metadata", "finalizers"]).iter().filter_map(Node::as_str);
        let mut cascades = finalizers.filter(|finalizer| finalizer.contains("resources-finalizer.argocd.argoproj.io"));
        return cascades.next().map(|_| Outcome::Deletes(OBJECTS));
    }
    external(object)
}

/// Kinds of resources outside the cluster that hold data, in the words of their providers.
const EXTERNAL_KINDS: &[&str] = &[
    "BackupVault",
    "BigQueryDataset",
    "BigQueryTable",
    "BigtableInstance",
    "Bucket",
    "CosmosDBAccount",
    "DBCluster",
    "DBInstance",
    "DatabaseAccount",
    "DatabaseInstance",
    "Dataset",
    "Disk",
    "EBSVolume",
    "FileSystem",
    "FlexibleServer",
    "MSSQLDatabase",
    "PersistentDisk",
    "RDSInstance",
    "SQLDatabase",
    "SQLInstance",
    "SpannerInstance",
    "StorageAccount",
    "StorageBucket",
    "Table",
];
/// Groups whose kinds `Instance`, `Cluster`, `Account`, and `Database` hold data, by their first labels.
const EXTERNAL_GROUPS: &[&str] = &[
    "bigtable",
    "database",
    "dbforpostgresql",
    "dbformysql",
    "docdb",
    "dynamodb",
    "elasticache",
    "neptune",
    "rds",
    "redis",
    "redshift",
    "spanner",
    "sql",
    "storage",
];

/// A resource outside the cluster: of Crossplane, AWS Controllers for Kubernetes, Config Connector, or Azure Service Operator.
fn external(object: &Object) -> Option<Outcome> {
    let (group, kind) = (object.id.gvk.group.as_str(), object.id.gvk.kind.as_str());
    let is_data = || {
        let first = group.split('.').next().unwrap_or_default();
        let is_general = ["Instance", "Cluster", "Account", "Database"].contains(&kind);
        EXTERNAL_KINDS.contains(&kind) || (is_general && EXTERNAL_GROUPS.contains(&first))
    };
    let is_managed = group.ends_with(".services.k8s.aws")
        || group.ends_with(".cnrm.cloud.google.com")
        || (group.contains('.') && group.ends_with(".azure.com"))
        || object.node.at_path(&["spec", "forProvider"]).is_some();
    if !is_managed || !is_data() {
        return None;
    }
    let kept = [
        "spec.deletionPolicy=Orphan",
        "metadata.annotations[services.k8s.aws/deletion-policy]=retain",
        "metadata.annotations[cnrm.cloud.google.com/deletion-policy]=abandon",
        "metadata.annotations[serviceoperator.azure.com/reconcile-policy]=detach-on-delete",
        "metadata.annotations[serviceoperator.azure.com/reconcile-policy]=skip",
    ];
    let policies = items(&object.node, &["spec", "managementPolicies"]);
    let deletes = |policy: &Node| policy.as_str().is_some_and(|text| text == "*" || text == "Delete");
    if !policies.is_empty() && !policies.iter().any(deletes) {
        return Some(Outcome::Keeps("spec.managementPolicies".into()));
    }
    let kept = kept.into_iter().find(|condition| is_set(&object.node, condition));
    Some(kept.map_or(Outcome::Deletes(EXTERNAL), |condition| Outcome::Keeps(condition.replace('=', ": "))))
}

/// Whether a field has a value: `spec.prune=true`, `metadata.annotations[a/b]=c`.
fn is_set(node: &Node, condition: &str) -> bool {
    let Some((path, value)) = condition.split_once('=') else { return false };
    let (path, annotation) = path.split_once('[').map_or((path, None), |(path, rest)| (path, rest.strip_suffix(']')));
    let path: Vec<&str> = path.split('.').chain(annotation).collect();
    text(node, &path).is_some_and(|found| match value {
        "true" => scalar::bool_value(found),
        _ => found == value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete_and_unambiguous() {
        let mut seen = Vec::new();
        for holder in HOLDERS {
            assert!(!holder.kinds.is_empty() && !holder.loses.is_empty(), "{}", holder.group);
            for kind in holder.kinds {
                assert!(!seen.contains(&(holder.group, kind)), "{}/{kind}", holder.group);
                seen.push((holder.group, kind));
            }
            assert!(holder.keeps.iter().all(|condition| condition.contains('=')));
        }
    }
}
