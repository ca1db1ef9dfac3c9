//! `render build [DIR]`: a drop-in replacement for `kustomize build`. Same bytes, same exit codes, no validation, no reports.

use std::path::PathBuf;
use std::rc::Rc;

use super::flags::BuildFlags;
use super::output::{self, Output};
use crate::commands::outcome::Outcome;
use crate::load::Disk;
use crate::pipeline;
use crate::records::Records;

/// Arguments of `build`.
#[derive(clap::Args)]
pub struct Args {
    /// Directory that contains the kustomization
    #[arg(default_value = ".", value_name = "DIR")]
    directory: PathBuf,
    /// Write to a file, or to an existing directory with one file per object
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    #[command(flatten)]
    flags: BuildFlags,
}

/// Builds the directory. Every failure is exit code 1, as in kustomize.
pub fn run(args: &Args) -> Outcome {
    let options = args.flags.options();
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
