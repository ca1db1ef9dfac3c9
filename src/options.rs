//! The options of a build, as set on the command line.

use std::path::PathBuf;

use crate::definitions::DefinitionPath;
use crate::load::{Access, Host, Restrictions};
use crate::resource::sort_order::SortOrder;

/// The options of a build.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// Which files may be read.
    pub restrictions: Restrictions,
    /// The order of output, unless the kustomization specifies one.
    pub order: SortOrder,
    /// Whether every object gets the label `app.kubernetes.io/managed-by`.
    pub managed_by_label: bool,
    /// Whether only cached copies of remote repositories and files may be used.
    pub offline: bool,
    /// The servers that may be contacted; all if there are none.
    pub allowed_hosts: Vec<Host>,
    /// Files of definitions; lists of custom resources are merged by their keys. `None` if lists are replaced, as in kustomize.
    pub custom_lists: Option<Vec<DefinitionPath>>,
    /// Whether names in custom resources that refer to renamed objects are updated. kustomize only updates those that it knows.
    pub custom_references: bool,
    /// How charts are inflated; `None` if they are not allowed.
    pub helm: Option<HelmOptions>,
    /// How KRM functions are run; `None` if they are not allowed.
    pub functions: Option<FunctionOptions>,
}

impl BuildOptions {
    /// What the build may contact.
    pub fn access(&self) -> Access {
        Access { offline: self.offline, allowed: self.allowed_hosts.clone() }
    }
}

/// How helm charts are inflated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelmOptions {
    /// The helm program.
    pub command: PathBuf,
    /// The API versions of the cluster, as passed to charts.
    pub api_versions: Vec<String>,
    /// The Kubernetes version, as passed to charts.
    pub kube_version: Option<String>,
    /// Whether helm prints more about failures.
    pub debug: bool,
}

/// How KRM functions are run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionOptions {
    /// Whether functions may be programs.
    pub exec: bool,
    /// Whether containers run as the current user.
    pub as_current_user: bool,
    /// Environment variables of containers, as `NAME=VALUE` or `NAME`.
    pub env: Vec<String>,
    /// Mounts of containers.
    pub mounts: Vec<String>,
    /// The network of containers that request one; `None` if they do not get one.
    pub network: Option<String>,
}
