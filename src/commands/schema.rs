//! `render schema [NAME]`: the JSON Schema of an output in JSON. A schema is a file next to the code that writes the output, and a row
//! of the table `SCHEMAS`.

use super::output;
use crate::commands::outcome::Outcome;
use crate::diff::format::json;

/// Arguments of `schema`.
#[derive(clap::Args)]
#[command(after_long_help = NOTES)]
pub struct Args {
    /// Output whose schema is printed; without a name, all outputs are listed
    #[arg(value_name = "NAME", value_parser = names())]
    name: Option<String>,
}

const NOTES: &str = "\
The schemas are in JSON Schema 2020-12. An output has a property `version`, which changes if a property changes its meaning or is \
removed. New properties do not change it, so programs must ignore properties that they do not know.";

/// The schema of an output.
struct Schema {
    /// The name on the command line.
    name: &'static str,
    /// The command that writes the output.
    command: &'static str,
    /// The schema, in JSON.
    text: &'static str,
}

/// All schemas.
static SCHEMAS: &[Schema] = &[Schema { name: "diff", command: "render diff --format json", text: json::SCHEMA }];

/// Prints a schema, or lists them.
pub fn run(args: &Args) -> Outcome {
    match SCHEMAS.iter().find(|schema| args.name.as_deref() == Some(schema.name)) {
        Some(schema) => output::print(schema.text),
        None => output::print(&list()),
    }
}

fn list() -> String {
    let width = SCHEMAS.iter().map(|schema| schema.name.len()).max().unwrap_or(0);
    let lines = SCHEMAS.iter().map(|schema| format!("{:width$}  the output of `{}`\n", schema.name, schema.command));
    lines.collect::<String>() + "\nRun `render schema NAME` to print a schema.\n"
}

fn names() -> impl clap::builder::TypedValueParser<Value = String> {
    use clap::builder::{PossibleValue, PossibleValuesParser};
    PossibleValuesParser::new(SCHEMAS.iter().map(|schema| PossibleValue::new(schema.name).help(schema.command)))
}
