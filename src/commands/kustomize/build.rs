//! `kustomize build [DIR]`: the same build as `render build`, with kustomize's flags, checks, and messages.
//!
//! If the build fails, our report comes first, and the last line is kustomize's own error. Behavior: kustomize's `NewCmdBuild`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{anyhow, bail};

use super::printed::Printed;
use super::{failure, log};
use crate::commands::outcome::Outcome;
use crate::commands::output;
use crate::go_cli::Call;
use crate::kustomize_words::cause;
use crate::load::{Disk, Restrictions};
use crate::options::{BuildOptions, FunctionOptions, HelmOptions};
use crate::pipeline;
use crate::records::Records;
use crate::resource::ResMap;
use crate::resource::sort_order::SortOrder;
use crate::write;

/// Builds a directory and writes its objects.
///
/// # Errors
/// The arguments are not valid, the build fails, or its objects can't be written.
pub fn run(call: &Call) -> anyhow::Result<()> {
    let directory = match call.args() {
        [] => ".",
        [one] if one.is_empty() => bail!("must build at directory: directory path cannot be empty"),
        [one] => one,
        _ => bail!("specify one path to kustomization.yaml"),
    };
    let options = options(call)?;
    let mut records = Records::default();
    let built = pipeline::build(Path::new(directory), Arc::new(Disk), &options, &mut records);
    let resources = built.map_err(|errors| {
        failure::report(&errors.into_vec(), &records);
        Printed
    })?;
    let printed = text(&resources, &records)?;
    failure::warnings(&records, None);
    failure::unused_vars(&records);
    if call.changed("reorder") && records.is_sorted {
        log::line(
            "Warning: Sorting order is set both in 'kustomization.yaml' ('sortOptions') and in a CLI flag ('--reorder'). \
             Using the kustomization file over the CLI flag.",
        );
    }
    match call.text("output") {
        "" => print(&printed),
        path if Path::new(path).is_dir() => write_each(Path::new(path), &resources, &records),
        path => write_file(Path::new(path), &printed, output::has_secret(&resources)),
    }
}

fn print(text: &str) -> anyhow::Result<()> {
    match output::print(text) {
        Outcome::Success => Ok(()),
        _ => Err(Printed.into()),
    }
}

/// The objects as a stream of documents.
fn text(resources: &ResMap, records: &Records) -> anyhow::Result<String> {
    pipeline::emit(resources, records).map_err(|errors| {
        failure::report_unprintable(&errors.into_vec(), resources, records);
        Printed.into()
    })
}

/// Writes one file per object into a directory that exists.
fn write_each(directory: &Path, resources: &ResMap, records: &Records) -> anyhow::Result<()> {
    let files = output::one_file_each(resources, records).map_err(|errors| {
        failure::report_unprintable(&errors.into_vec(), resources, records);
        Printed
    })?;
    files.iter().try_for_each(|file| write_file(&directory.join(&file.name), &file.text, file.private))
}

fn write_file(path: &Path, text: &str, private: bool) -> anyhow::Result<()> {
    write::file(path, text, private).map(|_| ()).map_err(|error| match error.root_cause().downcast_ref::<std::io::Error>() {
        Some(_) if path.as_os_str().as_encoded_bytes().ends_with(b"/") => anyhow!("open {}: is a directory", path.display()),
        Some(failed) => anyhow!("open {}: {}", path.display(), cause(failed)),
        None => error,
    })
}

/// The options that the flags set.
fn options(call: &Call) -> anyhow::Result<BuildOptions> {
    let restrictions = match call.text("load-restrictor") {
        "LoadRestrictionsRootOnly" | "" => Restrictions::RootOnly,
        "LoadRestrictionsNone" => Restrictions::None,
        other => {
            let legal = "[LoadRestrictionsRootOnly LoadRestrictionsNone]";
            bail!("illegal flag value --load-restrictor {other}; legal values: {legal}")
        }
    };
    let order = match call.text("reorder") {
        "legacy" => SortOrder::default(),
        "none" => SortOrder::Fifo,
        other => bail!("illegal flag value --reorder {other}; legal values: [legacy none]"),
    };
    let helm = || HelmOptions {
        command: PathBuf::from(call.text("helm-command")),
        api_versions: call.list("helm-api-versions").to_vec(),
        kube_version: Some(call.text("helm-kube-version").to_owned()).filter(|version| !version.is_empty()),
        debug: call.on("helm-debug"),
    };
    let functions = || FunctionOptions {
        exec: call.on("enable-exec"),
        as_current_user: call.on("as-current-user"),
        env: call.list("env").to_vec(),
        mounts: call.list("mount").to_vec(),
        network: call.on("network").then(|| call.text("network-name").to_owned()),
    };
    let plugins = call.on("enable-alpha-plugins");
    Ok(BuildOptions {
        restrictions,
        order,
        managed_by_label: call.on("enable-managedby-label"),
        helm: (plugins || call.on("enable-helm")).then(helm),
        functions: plugins.then(functions),
        ..BuildOptions::default()
    })
}
