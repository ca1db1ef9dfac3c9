//! `render DIR...`: builds directories and prints them as one stream.

use std::path::PathBuf;
use std::rc::Rc;

use super::output::{self, Output};
use crate::cli::Outcome;
use crate::load::{Disk, Restrictions};
use crate::pipeline::{BuildOptions, build};
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
    /// Which files a kustomization may read
    #[arg(long, value_enum, default_value = "LoadRestrictionsRootOnly", value_name = "RULE")]
    load_restrictor: LoadRestrictor,
}

/// `--load-restrictor`, with kustomize's names.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum LoadRestrictor {
    /// Only files in or below the kustomization's directory
    #[value(name = "LoadRestrictionsRootOnly", alias = "rootOnly")]
    RootOnly,
    /// Any file
    #[value(name = "LoadRestrictionsNone", alias = "none")]
    None,
}

impl From<LoadRestrictor> for Restrictions {
    fn from(restrictor: LoadRestrictor) -> Self {
        match restrictor {
            LoadRestrictor::RootOnly => Restrictions::RootOnly,
            LoadRestrictor::None => Restrictions::None,
        }
    }
}

/// Builds all directories and prints them; on any error nothing is printed.
pub fn run(args: &Args) -> Outcome {
    let options = BuildOptions { restrictions: args.load_restrictor.into(), ..BuildOptions::default() };
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
