//! `render blame DIR [KIND/NAME [FIELD]]`: what wrote each line of the output, or the full history of a field.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use super::checking::{CheckFlags, Plans, options};
use super::choice::{BaseFlag, SettingsFlags};
use super::flags::BuildFlags;
use super::output;
use crate::blame::{Document, Secrets, Table, json, object};
use crate::check::{find_effects, of_build};
use crate::commands::outcome::Outcome;
use crate::diagnostic::Result;
use crate::load::Disk;
use crate::pipeline::{build, emit_observed};
use crate::records::Records;
use crate::resource::{ResMap, Resource};

/// The number of bytes that are printed together.
const PIECE: usize = 1 << 20;

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
    let printed = built(args, &mut records).and_then(|resources| {
        let chosen = chosen(&resources, args, &records)?;
        print(&chosen, &Secrets::of(&resources, &records, args.show_secrets), args, &records)
    });
    printed.unwrap_or_else(|errors| output::failed(&errors.into_vec(), &records))
}

fn built(args: &Args, records: &mut Records) -> Result<ResMap> {
    let flags = CheckFlags::of(&args.settings, &args.base);
    let plan = Plans::new(&flags).on_disk(&args.directory, records)?;
    let resources = build(&args.directory, Arc::new(Disk), &options(&args.flags, &plan), records)?;
    find_effects(&resources, records);
    output::findings_of_builds(of_build(&plan, records), records);
    Ok(resources)
}

/// The objects to describe, each with the number of its first line in the output. All objects are printed, because an error in
/// any of them must come before the first line.
fn chosen<'r>(resources: &'r ResMap, args: &Args, records: &Records) -> Result<Vec<(&'r Resource, usize)>> {
    let wanted = args.object.as_deref().map(|word| object(word, resources)).transpose()?;
    let (mut chosen, mut first_line, mut text) = (Vec::new(), 1, String::new());
    for resource in resources.iter() {
        text.clear();
        emit_observed(resource, records, &mut text, &mut ())?;
        if wanted.is_none_or(|wanted| std::ptr::eq::<Resource>(wanted, resource)) {
            chosen.push((resource, first_line));
        }
        // The line between two documents belongs to neither.
        first_line += text.lines().count() + 1;
    }
    Ok(chosen)
}

/// Prints what wrote the lines of these objects, piece by piece.
fn print(chosen: &[(&Resource, usize)], secrets: &Secrets<'_>, args: &Args, records: &Records) -> Result<Outcome> {
    let in_color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let [before, between, after] = match args.format {
        Format::Json => json::FRAME,
        Format::Text => ["", "---\n", ""],
    };
    let mut text = before.to_owned();
    for (at, (resource, first_line)) in chosen.iter().enumerate() {
        let document = Document::new(resource, secrets, records)?;
        let below = args.field.as_ref().map_or(Ok(0), |field| document.find(field))?;
        text += if at > 0 { between } else { "" };
        text += &match (args.format, document.marks.list().get(below)) {
            (Format::Json, _) => {
                json::print(&json::Part { document: &document, first_line: *first_line, below }, &records.sources)
            }
            (Format::Text, Some(mark)) if args.field.is_some() && !mark.holds_others() => {
                history(&document, below, records).print(in_color)
            }
            (Format::Text, _) => document.table(below).print(in_color),
        };
        if text.len() > PIECE {
            match output::print(&secrets.cut(std::mem::take(&mut text))) {
                Outcome::Success => {}
                failure => return Ok(failure),
            }
        }
    }
    Ok(output::print(&secrets.cut(text + after)))
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
