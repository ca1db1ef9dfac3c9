//! How a build is done: what the command line asks for.

use std::path::PathBuf;

use crate::load::Restrictions;
use crate::resource::sort_order::SortOrder;

/// How a build is done.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// Which files may be read.
    pub restrictions: Restrictions,
    /// The order of output where the kustomization says nothing.
    pub order: SortOrder,
    /// Whether every object gets the label `app.kubernetes.io/managed-by`.
    pub managed_by_label: bool,
    /// Whether only what is in the cache may be used of remote repositories and files.
    pub offline: bool,
    /// The files of definitions by whose keys lists of custom resources merge; `None` when they are replaced, as kustomize does.
    pub custom_lists: Option<Vec<PathBuf>>,
    /// How charts are inflated; `None` when they are not allowed.
    pub helm: Option<HelmOptions>,
    /// How KRM functions are run; `None` when they are not allowed.
    pub functions: Option<FunctionOptions>,
}

/// How helm charts are inflated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelmOptions {
    /// The helm program.
    pub command: PathBuf,
    /// API versions that charts find in the cluster.
    pub api_versions: Vec<String>,
    /// The Kubernetes version that charts find.
    pub kube_version: Option<String>,
    /// Whether helm tells more about failures.
    pub debug: bool,
}

/// How KRM functions are run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionOptions {
    /// Whether functions may be programs.
    pub exec: bool,
    /// Whether containers run as the present user.
    pub as_current_user: bool,
    /// Environment of containers, as `NAME=VALUE` or `NAME`.
    pub env: Vec<String>,
    /// Mounts of containers.
    pub mounts: Vec<String>,
    /// The network that containers get when they ask for one; `None` when they get none.
    pub network: Option<String>,
}
