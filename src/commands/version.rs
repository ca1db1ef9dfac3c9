//! `kustomize version`: the version that the program reports when it is invoked as `kustomize`.
//!
//! Scripts check it before they use a feature, so the answer is the version of kustomize whose output is reproduced, in the
//! formats that kustomize uses.

use super::output;
use crate::commands::outcome::Outcome;

/// The version of kustomize that `render` replaces.
pub const KUSTOMIZE: &str = "v5.8.1";

/// Arguments of `version`.
#[derive(clap::Args)]
pub struct Args {
    /// Print the version in braces, as older scripts expect it
    #[arg(long, conflicts_with = "output")]
    short: bool,
    /// Output format
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

/// `--output`
#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// One line of YAML
    Yaml,
    /// A JSON object
    Json,
}

/// Prints the version.
pub fn run(args: &Args) -> Outcome {
    let text = match args.output {
        Some(Format::Yaml) => format!("version: {KUSTOMIZE}\n\n"),
        Some(Format::Json) => format!("{{\n  \"version\": \"{KUSTOMIZE}\"\n}}\n"),
        None if args.short => format!("{{{KUSTOMIZE}      }}\n"),
        None => format!("{KUSTOMIZE}\n"),
    };
    output::print(&text)
}
