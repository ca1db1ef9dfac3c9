//! `render catalogue [NAME...]`: the custom resources that are checked without their definitions, and where those are from.

use std::fmt::Write;

use clap::ValueEnum;
use serde::Serialize;

use super::output;
use crate::commands::outcome::Outcome;
use crate::escape::{json, line};
use crate::schema::catalogue::{self, Row, RowVersion, Source};

/// Arguments of `catalogue`.
#[derive(clap::Args)]
pub struct Args {
    /// Only these kinds, groups, or projects, such as `Rollout`, `argoproj.io`, or `Flux`; without a name, everything is listed
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One line per kind and source
    Text,
    /// One JSON object
    Json,
}

#[derive(Serialize)]
struct Document {
    kinds: Vec<Kind>,
}

#[derive(Serialize)]
struct Kind {
    group: &'static str,
    kind: &'static str,
    scope: &'static str,
    versions: Vec<Version>,
}

#[derive(Serialize)]
struct Version {
    name: &'static str,
    project: &'static str,
    repository: &'static str,
    tag: &'static str,
}

/// Prints the kinds.
pub fn run(args: &Args) -> Outcome {
    let rows: Vec<Row> = catalogue::rows().filter(|row| is_chosen(row, &args.names)).collect();
    if let Some(name) = args.names.iter().find(|name| !rows.iter().any(|row| is_named(row, name))) {
        let help = "pass its CustomResourceDefinition with `--crds` when you validate";
        output::eprint(&format!("error: the catalog has no kind, group, or project `{}`\n = help: {help}\n", line(name)));
        return Outcome::Failure;
    }
    output::print(&match args.format {
        Format::Text => text(&rows),
        Format::Json => {
            let document = Document { kinds: rows.into_iter().map(kind).collect() };
            json(&serde_json::to_string(&document).unwrap_or_default()).into_owned() + "\n"
        }
    })
}

fn is_chosen(row: &Row, names: &[String]) -> bool {
    names.is_empty() || names.iter().any(|name| is_named(row, name))
}

fn is_named(row: &Row, name: &str) -> bool {
    let projects = row.versions.iter().map(|version| version.source.project);
    [row.group, row.kind].into_iter().chain(projects).any(|known| known.eq_ignore_ascii_case(name))
}

/// A paragraph per group: the kinds with their versions, and the releases that these are from.
fn text(rows: &[Row]) -> String {
    let lines: Vec<(&Row, Source, String)> = rows.iter().flat_map(lines_of).collect();
    let kinds = lines.iter().map(|(row, ..)| row.kind.len()).max().unwrap_or(0);
    let versions = lines.iter().map(|(_, _, versions)| versions.len()).max().unwrap_or(0);
    let mut out = String::new();
    let mut group = None;
    for (row, source, names) in &lines {
        if group.replace(row.group) != Some(row.group) {
            let _ = writeln!(out, "{}", row.group);
        }
        let Source { project, repository, tag } = source;
        let _ = writeln!(out, "  {:kinds$}  {names:versions$}  {project} ({repository} {tag})", row.kind);
    }
    let _ = writeln!(out, "{} kind{}", rows.len(), if rows.len() == 1 { "" } else { "s" });
    out
}

/// The versions of a kind, by source.
fn lines_of(row: &Row) -> Vec<(&Row, Source, String)> {
    let mut lines: Vec<(&Row, Source, String)> = Vec::new();
    for RowVersion { name, source, .. } in &row.versions {
        match lines.iter_mut().find(|(_, known, _)| known == source) {
            Some((.., names)) => *names += &format!(", {name}"),
            None => lines.push((row, *source, (*name).to_owned())),
        }
    }
    lines
}

fn kind(row: Row) -> Kind {
    let version = |version: RowVersion| {
        let Source { project, repository, tag } = version.source;
        Version { name: version.name, project, repository, tag }
    };
    let scope = if row.is_cluster { "Cluster" } else { "Namespaced" };
    Kind { group: row.group, kind: row.kind, scope, versions: row.versions.into_iter().map(version).collect() }
}
