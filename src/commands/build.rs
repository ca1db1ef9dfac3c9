//! `render build [DIR]`: the drop-in for `kustomize build`. Same bytes, same exit codes, no checks, no reports.

use std::path::PathBuf;
use std::rc::Rc;

use super::output::{self, Output};
use super::render::LoadRestrictor;
use crate::cli::Outcome;
use crate::finish::sort_order::SortOrder;
use crate::load::Disk;
use crate::pipeline::{self, BuildOptions};
use crate::stage::Records;

/// Arguments of `build`.
#[derive(clap::Args)]
pub struct Args {
    /// The directory that holds the kustomization
    #[arg(default_value = ".", value_name = "DIR")]
    directory: PathBuf,
    /// Write to a file, or one file an object into an existing directory
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Which files a kustomization may read
    #[arg(long, value_enum, default_value = "LoadRestrictionsRootOnly", value_name = "RULE")]
    load_restrictor: LoadRestrictor,
    /// The order of output where the kustomization says nothing
    #[arg(long, value_enum, default_value = "legacy", value_name = "ORDER")]
    reorder: Reorder,
}

/// `--reorder`.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Reorder {
    /// By kind
    Legacy,
    /// As accumulated
    None,
}

/// Builds the directory. Any failure is exit code 1, as in kustomize.
pub fn run(args: &Args) -> Outcome {
    let order = match args.reorder {
        Reorder::Legacy => SortOrder::default(),
        Reorder::None => SortOrder::Fifo,
    };
    let options = BuildOptions { restrictions: args.load_restrictor.into(), order };
    let mut records = Records::default();
    let built = pipeline::build(&args.directory, Rc::new(Disk), &options, &mut records);
    let outcome = match built {
        Ok(resources) => {
            let output = args.output.as_deref().map_or(Output::Stdout, Output::path);
            output::write(&[resources], &output, &records)
        }
        Err(errors) => output::failed(&errors.into_vec(), &records),
    };
    match outcome {
        Outcome::Failure => Outcome::Findings,
        other => other,
    }
}
