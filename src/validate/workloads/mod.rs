//! Rules for workloads: Deployments, StatefulSets, DaemonSets, ReplicaSets, ReplicationControllers, Jobs, and CronJobs.
//!
//! Behavior: Kubernetes' `pkg/apis/apps/validation` and `pkg/apis/batch/validation`. There is one file per kind.

mod cron_job;
mod daemon_set;
mod deployment;
mod indexes;
mod job;
mod job_policies;
mod replica_set;
mod schedule;
mod shared;
mod stateful_set;
mod time_zones;

pub use shared::amount_or_percent;

use super::Rule;

/// Rules for workloads.
pub const RULES: &[Rule] = &[
    Rule { group: "apps", kinds: &["Deployment"], check: deployment::check },
    Rule { group: "apps", kinds: &["ReplicaSet"], check: replica_set::check },
    Rule { group: "apps", kinds: &["StatefulSet"], check: stateful_set::check },
    Rule { group: "apps", kinds: &["DaemonSet"], check: daemon_set::check },
    Rule { group: "", kinds: &["ReplicationController"], check: replica_set::replication_controller },
    Rule { group: "batch", kinds: &["Job"], check: job::check },
    Rule { group: "batch", kinds: &["CronJob"], check: cron_job::check },
];
