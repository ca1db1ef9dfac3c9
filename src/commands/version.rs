//! `kustomize version`: what the program says of itself when it is called under the name `kustomize`.
//!
//! Scripts ask for it before they use a feature, so the answer is the version of kustomize whose bytes are printed, in
//! kustomize's own forms.

use super::output;
use crate::commands::outcome::Outcome;

/// The version of kustomize that `render` stands in for.
pub const KUSTOMIZE: &str = "v5.8.1";

/// Arguments of `version`.
#[derive(clap::Args)]
pub struct Args {
    /// Print it in braces, as old scripts expect it
    #[arg(long, conflicts_with = "output")]
    short: bool,
    /// Print it as a document
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
