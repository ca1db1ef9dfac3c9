//! `render build [DIR]`: a drop-in replacement for `kustomize build`. Same bytes, same exit codes, no validation, no reports.

use std::path::PathBuf;
use std::sync::Arc;

use super::depfile::DepfileFlags;
use super::flags::BuildFlags;
use super::output::{self, OutputFlags, Printed};
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
    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    depfile: DepfileFlags,
    #[command(flatten)]
    flags: BuildFlags,
}

/// Builds the directory. Every failure is exit code 1, as in kustomize.
pub fn run(args: &Args) -> Outcome {
    match build(args) {
        Outcome::Failure => Outcome::Findings,
        other => other,
    }
}

fn build(args: &Args) -> Outcome {
    let output = match args.output.output() {
        Ok(output) => output,
        Err(outcome) => return outcome,
    };
    if let Err(outcome) = args.depfile.check(&args.output) {
        return outcome;
    }
    let mut records = Records::default();
    match pipeline::build(&args.directory, Arc::new(Disk), &args.flags.options(), &mut records) {
        Ok(mut resources) => {
            let printed = vec![Printed::new(&mut resources, &output, &records)];
            let failed = args.depfile.write(&printed, &output, &records, |_| Ok(()));
            let outcome = failed.unwrap_or_else(|| output::write(printed, &output, &records));
            // The process ends, so nobody needs the memory. The records also own temporary directories.
            std::mem::forget(resources);
            outcome
        }
        Err(errors) => output::failed(&errors.into_vec(), &records),
    }
}
