//! The pipeline: load, accumulate, finish, emit. Read this first.
//!
//! A directory with a kustomization becomes an ordered collection of objects, which is printed as a stream of YAML documents.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::accumulate::{Shared, accumulate};
use crate::definitions;
use crate::diagnostic::{Diagnostics, Result};
use crate::finish::build_metadata::{self, BuildMetadata};
use crate::finish::sort_order::SortOrder;
use crate::finish::{hash_suffix, local_config, name_references, sort_order, vars};
use crate::kustomization::Kustomization;
use crate::load::{Files, Loader, Restrictions};
use crate::resource::{Origin, ResMap, Resource};
use crate::schema::{CustomLists, SchemaChoice};
use crate::stage::Records;
use crate::transform::field_specs::FieldSpecs;
use crate::yaml;

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
    /// Files of definitions; lists of custom resources are merged by their keys. `None` if lists are replaced, as in kustomize.
    pub custom_lists: Option<Vec<PathBuf>>,
    /// How charts are inflated; `None` if they are not allowed.
    pub helm: Option<HelmOptions>,
    /// How KRM functions are run; `None` if they are not allowed.
    pub functions: Option<FunctionOptions>,
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

/// Builds a directory.
///
/// # Errors
/// Every error in it, with locations and the references that led there. `records` contains the sources that were read,
/// the origins of all values, and the warnings.
pub fn build(directory: &Path, files: Rc<dyn Files>, options: &BuildOptions, records: &mut Records) -> Result<ResMap> {
    records.schema = SchemaChoice::default();
    records.custom_lists = match &options.custom_lists {
        Some(paths) => {
            let (definitions, errors) = definitions::of(std::iter::empty(), paths, records);
            Diagnostics::check(errors)?;
            Some(CustomLists::new(definitions))
        }
        None => None,
    };
    let (remote, reads) = (records.remote(options.offline), Rc::clone(&records.reads));
    let loader = Loader::new(files, directory, options.restrictions, remote, reads)?;
    let kustomization = Kustomization::load(&loader, records)?;
    let defaults = Rc::new(FieldSpecs::defaults());
    let metadata = BuildMetadata::of(&kustomization)?;
    let origin = metadata.is_tracked.then(Origin::default);
    let accumulated = accumulate(&kustomization, &loader, origin, records, &Shared { defaults: &defaults, options })?;
    let mut resources = accumulated.resources;

    hash_suffix::run(&mut resources, &mut records.provenance)?;
    name_references::run(&mut resources, &accumulated.field_specs, &mut records.provenance)?;
    vars::run(&mut resources, &accumulated.vars, &accumulated.field_specs.var_reference, records)?;
    local_config::drop_local(&mut resources)?;
    sort_order::run(&mut resources, &SortOrder::of(&kustomization, &options.order)?);
    build_metadata::run(&mut resources, &metadata, options.managed_by_label, records)?;
    local_config::clean_annotations(&mut resources, &metadata, &mut records.provenance);
    Ok(resources)
}

/// Prints objects as a stream of documents.
///
/// # Errors
/// An object contains what kustomize can't print either (duplicate keys, keys that are not strings, `.nan`), with its
/// location.
pub fn emit(resources: &ResMap, records: &Records) -> Result<String> {
    let mut out = String::new();
    for (at, resource) in resources.iter().enumerate() {
        if at > 0 {
            out.push_str("---\n");
        }
        emit_one(resource, records, &mut out)?;
    }
    Ok(out)
}

/// Prints one object as a document.
///
/// # Errors
/// As [`emit`].
pub fn emit_one(resource: &Resource, records: &Records, out: &mut String) -> Result<()> {
    emit_observed(resource, records, out, &mut ())
}

/// Prints one object as [`emit_one`] does, and reports to `observer` where everything is printed.
///
/// # Errors
/// As [`emit`].
pub fn emit_observed<'n>(
    resource: &'n Resource,
    records: &Records,
    out: &mut String,
    observer: &mut impl yaml::Observer<'n>,
) -> Result<()> {
    yaml::emit_observed(resource.node(), out, observer).map_err(|errors| {
        let step = records.provenance.get(resource.node().origin()).step;
        errors.trace(format!("{}: {}", records.provenance.get_step(step), resource.id()), None)
    })
}
