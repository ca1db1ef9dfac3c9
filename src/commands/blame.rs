//! `render blame DIR [KIND/NAME [FIELD]]`: what wrote each line of the output, or the full history of a field.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use super::checking::{CheckFlags, Plans, options};
use super::choice::{BaseFlag, SettingsFlags};
use super::flags::BuildFlags;
use super::output;
use crate::blame::{Document, Secrets, Table, json, object};
use crate::commands::outcome::Outcome;
use crate::diagnostic::Result;
use crate::load::Disk;
use crate::pipeline::build;
use crate::records::Records;
use crate::resource::{ResMap, Resource};

/// Arguments of `blame`.
#[derive(clap::Args)]
#[command(after_long_help = json::FORM)]
pub struct Args {
    /// Directory that contains the kustomization
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Only this object, by its current or a former name: KIND/NAME or KIND/NAMESPACE/NAME
    #[arg(value_name = "OBJECT")]
    object: Option<String>,
    /// Field whose history to show: spec.template.spec.containers[name=web].image, metadata.labels[a.b/c]
    #[arg(value_name = "FIELD")]
    field: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// Show the values of Secrets
    #[arg(long)]
    show_secrets: bool,
    #[command(flatten)]
    settings: SettingsFlags,
    #[command(flatten)]
    base: BaseFlag,
    #[command(flatten)]
    flags: BuildFlags,
}

/// `--format`
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Each line of the output with the location and the step that wrote it
    Text,
    /// A source map: for each value its range in the output, its field, location, step, and history
    Json,
}

/// Builds the directory and prints what wrote each line.
pub fn run(args: &Args) -> Outcome {
    let mut records = Records::default();
    match built(args, &mut records).and_then(|resources| rendered(&resources, args, &records)) {
        Ok(text) => output::print(&text),
        Err(errors) => output::failed(&errors.into_vec(), &records),
    }
}

fn built(args: &Args, records: &mut Records) -> Result<ResMap> {
    let flags = CheckFlags::of(&args.settings, &args.base);
    let plan = Plans::new(&flags).on_disk(&args.directory, records)?;
    build(&args.directory, Arc::new(Disk), &options(&args.flags, &plan), records)
}

fn rendered(resources: &ResMap, args: &Args, records: &Records) -> Result<String> {
    let secrets = Secrets::of(resources, records, args.show_secrets);
    let wanted = args.object.as_deref().map(|word| object(word, resources)).transpose()?;
    let mut documents = Vec::new();
    let mut first_line = 1;
    for resource in resources.iter() {
        let document = Document::new(resource, &secrets, records)?;
        let lines = document.lines();
        if wanted.is_none_or(|wanted| std::ptr::eq::<Resource>(wanted, resource)) {
            documents.push((document, first_line));
        }
        // The line between two documents belongs to neither.
        first_line += lines + 1;
    }
    let below = match (&args.field, documents.first()) {
        (Some(field), Some((document, _))) => document.find(field)?,
        _ => 0,
    };
    if args.format == Format::Json {
        let parts = documents.iter().map(|(document, first_line)| json::Part { document, first_line: *first_line, below });
        return Ok(secrets.cut(json::print(&parts.collect::<Vec<_>>(), &records.sources)));
    }
    let tables = documents.iter().map(|(document, _)| match document.marks.list().get(below) {
        Some(mark) if args.field.is_some() && !mark.holds_others() => history(document, below, records),
        _ => document.table(below),
    });
    let in_colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let texts: Vec<String> = tables.map(|table| table.print(in_colour)).collect();
    Ok(secrets.cut(texts.join("---\n")))
}

/// The history of a value, one row per write.
fn history(document: &Document<'_>, mark: usize, records: &Records) -> Table {
    let mut table = Table::default();
    for written in document.history(mark) {
        let from = written.place.from.map(|from| format!("  (from {})", records.sources.place(from)));
        let value = written.value + &from.unwrap_or_default();
        table.add(records.sources.place(written.place.at), written.step, value);
    }
    table
}
