//! Rules for Pods and the pod templates of workloads.
//!
//! Behavior: Kubernetes' `ValidatePodSpec` and `ValidatePodTemplateSpec` (`pkg/apis/core/validation`). There is one file per part
//! of the pod. A server drops fields that its version does not enable by default, so their rules apply from the version that
//! enables them.

mod annotations;
mod claims;
mod containers;
mod dns;
mod env;
mod mounts;
mod os;
mod owner;
mod ports;
mod probes;
mod projected;
mod resources;
mod restart;
mod scheduling;
mod security;
mod spec;
mod spread;
mod volumes;
mod windows;

pub use claims::claim_spec;
pub use spec::{read_only_disks, stateful_template, template};

use super::Rule;

/// Rules for Pods and PodTemplates.
pub const RULES: &[Rule] = &[
    Rule { group: "", kinds: &["Pod"], check: spec::pod },
    Rule { group: "", kinds: &["PodTemplate"], check: spec::pod_template },
];
