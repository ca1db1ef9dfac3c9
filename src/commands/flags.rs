//! The flags shared by all commands that build kustomizations, with the names that kustomize uses.

use std::path::PathBuf;

use crate::jobs;
use crate::load::{Host, Restrictions};
use crate::options::{BuildOptions, FunctionOptions, HelmOptions};
use crate::resource::sort_order::SortOrder;

/// Flags that control a build.
#[derive(clap::Args)]
#[command(next_help_heading = "Build options")]
pub struct BuildFlags {
    /// Files that a kustomization may read
    #[arg(long, value_enum, default_value = "LoadRestrictionsRootOnly", value_name = "RULE")]
    load_restrictor: LoadRestrictor,
    /// Order of the objects in the output if the kustomization does not set one
    #[arg(long, value_enum, default_value = "legacy", value_name = "ORDER")]
    reorder: Reorder,
    /// Add the label app.kubernetes.io/managed-by to every object
    #[arg(long)]
    enable_managedby_label: bool,
    /// Use only remote files and repositories that are already in the cache
    #[arg(long)]
    offline: bool,
    /// Contact only this server for remote files and repositories: HOST, HOST:PORT, *.DOMAIN, or file:// for repositories of
    /// this machine; may be repeated
    #[arg(long, value_name = "HOST")]
    allow_remote: Vec<Host>,
    /// Allow Helm charts, which run the helm program
    #[arg(long)]
    enable_helm: bool,
    /// Path or name of the helm program
    #[arg(long, value_name = "PROGRAM", default_value = "helm")]
    helm_command: String,
    /// API versions for Helm charts (Capabilities.APIVersions)
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    helm_api_versions: Vec<String>,
    /// Kubernetes version for Helm charts (Capabilities.KubeVersion)
    #[arg(long, value_name = "VERSION")]
    helm_kube_version: Option<String>,
    /// Print more details when helm fails
    #[arg(long)]
    helm_debug: bool,
    /// Allow plugins: KRM functions, exec plugins, and Helm charts
    #[arg(long)]
    enable_alpha_plugins: bool,
    /// Allow KRM functions that run programs on this machine
    #[arg(long)]
    enable_exec: bool,
    /// Run the containers of KRM functions as the current user
    #[arg(long)]
    as_current_user: bool,
    /// Environment variable for KRM functions in containers: NAME=VALUE, or NAME to pass on the current value
    #[arg(short, long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Mount for KRM functions in containers
    #[arg(long, value_name = "MOUNT")]
    mount: Vec<String>,
    /// Allow network access for KRM functions in containers that request it
    #[arg(long)]
    network: bool,
    /// Network for KRM functions in containers that request network access
    #[arg(long, value_name = "NAME", default_value = "bridge")]
    network_name: String,
    /// Accepted for compatibility, without effect: every error already shows the path that led to it
    #[arg(long)]
    stack_trace: bool,
}

/// `--load-restrictor`
#[derive(Clone, Copy, clap::ValueEnum)]
enum LoadRestrictor {
    /// Only files in the kustomization's directory or below it
    #[value(name = "LoadRestrictionsRootOnly", alias = "rootOnly")]
    RootOnly,
    /// Any file
    #[value(name = "LoadRestrictionsNone", alias = "none")]
    None,
}

/// `--reorder`
#[derive(Clone, Copy, clap::ValueEnum)]
enum Reorder {
    /// Sort by kind
    Legacy,
    /// Keep the order in which objects are accumulated
    None,
}

impl BuildFlags {
    /// How many builds may run at a time. Plugins may do anything, so they never run beside each other.
    pub fn threads(&self) -> usize {
        if self.enable_alpha_plugins { 1 } else { jobs::threads() }
    }

    /// The build options that the flags set.
    pub fn options(&self) -> BuildOptions {
        BuildOptions {
            restrictions: match self.load_restrictor {
                LoadRestrictor::RootOnly => Restrictions::RootOnly,
                LoadRestrictor::None => Restrictions::None,
            },
            order: match self.reorder {
                Reorder::Legacy => SortOrder::default(),
                Reorder::None => SortOrder::Fifo,
            },
            managed_by_label: self.enable_managedby_label,
            offline: self.offline,
            allowed_hosts: self.allow_remote.clone(),
            custom_lists: None,
            custom_references: false,
            helm: (self.enable_helm || self.enable_alpha_plugins).then(|| HelmOptions {
                command: PathBuf::from(&self.helm_command),
                api_versions: self.helm_api_versions.clone(),
                kube_version: self.helm_kube_version.clone(),
                debug: self.helm_debug,
            }),
            functions: self.enable_alpha_plugins.then(|| FunctionOptions {
                exec: self.enable_exec,
                as_current_user: self.as_current_user,
                env: self.env.clone(),
                mounts: self.mount.clone(),
                network: self.network.then(|| self.network_name.clone()),
            }),
        }
    }
}
