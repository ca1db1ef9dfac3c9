//! `render DIR...`: builds directories and prints them as one stream.

use std::path::PathBuf;
use std::rc::Rc;

use super::flags::BuildFlags;
use super::output::{self, Output};
use crate::cli::Outcome;
use crate::load::Disk;
use crate::pipeline::build;
use crate::resource::ResMap;
use crate::stage::Records;

/// Arguments of the plain command.
#[derive(clap::Args)]
pub struct Args {
    /// Directories that hold a kustomization
    #[arg(required = true, value_name = "DIR")]
    directories: Vec<PathBuf>,
    /// Write to a file, or one file an object into a directory (one that exists, or a path that ends in a slash)
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    #[command(flatten)]
    flags: BuildFlags,
}

/// Builds all directories and prints them; on any error nothing is printed.
pub fn run(args: &Args) -> Outcome {
    let options = args.flags.options();
    let mut records = Records::default();
    let mut errors = Vec::new();
    let mut built: Vec<ResMap> = Vec::new();
    for directory in &args.directories {
        match build(directory, Rc::new(Disk), &options, &mut records) {
            Ok(resources) => built.push(resources),
            Err(error) => errors.extend(error.into_vec()),
        }
    }
    output::warnings(&records);
    if !errors.is_empty() {
        return output::failed(&errors, &records);
    }
    let output = args.output.as_deref().map_or(Output::Stdout, Output::path);
    output::write(&built, &output, &records)
}
