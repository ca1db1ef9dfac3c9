//! The flags that every command that builds has, with kustomize's names.

use std::path::PathBuf;

use crate::load::Restrictions;
use crate::options::{BuildOptions, FunctionOptions, HelmOptions};
use crate::resource::sort_order::SortOrder;

/// Flags of a build.
#[derive(clap::Args)]
#[command(next_help_heading = "Build options")]
pub struct BuildFlags {
    /// Which files a kustomization may read
    #[arg(long, value_enum, default_value = "LoadRestrictionsRootOnly", value_name = "RULE")]
    load_restrictor: LoadRestrictor,
    /// The order of output where the kustomization says nothing
    #[arg(long, value_enum, default_value = "legacy", value_name = "ORDER")]
    reorder: Reorder,
    /// Add the label app.kubernetes.io/managed-by to every object
    #[arg(long)]
    enable_managedby_label: bool,
    /// Use only remote files and repositories that are in the cache
    #[arg(long)]
    offline: bool,
    /// Allow helm charts: a helm program is started
    #[arg(long)]
    enable_helm: bool,
    /// The helm program
    #[arg(long, value_name = "PROGRAM", default_value = "helm")]
    helm_command: String,
    /// API versions that charts may find in the cluster
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    helm_api_versions: Vec<String>,
    /// The Kubernetes version that charts find
    #[arg(long, value_name = "VERSION")]
    helm_kube_version: Option<String>,
    /// Let helm tell more about failures
    #[arg(long)]
    helm_debug: bool,
    /// Allow plugins: KRM functions, exec plugins, and helm charts
    #[arg(long)]
    enable_alpha_plugins: bool,
    /// Allow KRM functions that are programs: they are started
    #[arg(long)]
    enable_exec: bool,
    /// Run containers of KRM functions as the present user
    #[arg(long)]
    as_current_user: bool,
    /// Environment of KRM functions in containers, as NAME=VALUE or NAME
    #[arg(short, long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Mounts of KRM functions in containers
    #[arg(long, value_name = "MOUNT")]
    mount: Vec<String>,
    /// Give KRM functions in containers a network when they ask for it
    #[arg(long)]
    network: bool,
    /// The network that they get
    #[arg(long, value_name = "NAME", default_value = "bridge")]
    network_name: String,
    /// Accepted for compatibility: every error tells the way that led to it
    #[arg(long)]
    stack_trace: bool,
}

/// `--load-restrictor`
#[derive(Clone, Copy, clap::ValueEnum)]
enum LoadRestrictor {
    /// Only files in or below the kustomization's directory
    #[value(name = "LoadRestrictionsRootOnly", alias = "rootOnly")]
    RootOnly,
    /// Any file
    #[value(name = "LoadRestrictionsNone", alias = "none")]
    None,
}

/// `--reorder`
#[derive(Clone, Copy, clap::ValueEnum)]
enum Reorder {
    /// By kind
    Legacy,
    /// As accumulated
    None,
}

impl BuildFlags {
    /// The options that the flags mean.
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
            custom_lists: None,
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
