//! `render validate PATH...`: checks overlays, plain manifests, directories of them, and standard input.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::flags::BuildFlags;
use super::output;
use crate::cli::Outcome;
use crate::diagnostic::{Diagnostic, Result, Severity};
use crate::kustomization::FILE_NAMES;
use crate::load::{Disk, reason};
use crate::pipeline::{BuildOptions, build};
use crate::report::{human, json};
use crate::schema::Version;
use crate::stage::Records;
use crate::validate::{Finding, Validator};
use crate::yaml::{Dialect, Node};

/// Arguments of `validate`.
#[derive(clap::Args)]
pub struct Args {
    /// Overlays, manifests, directories of manifests; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    flags: BuildFlags,
    /// The Kubernetes version to check for
    #[arg(long, value_name = "VERSION", default_value_t = Version::NEWEST)]
    kubernetes_version: Version,
    /// Files and directories with CustomResourceDefinitions
    #[arg(long, value_name = "PATH")]
    crds: Vec<PathBuf>,
    /// A kind without a known schema is an error
    #[arg(long)]
    require_schemas: bool,
    /// How findings are printed
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
}

/// `--format`
#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON object
    Json,
}

/// Checks everything and tells what was found.
pub fn run(args: &Args) -> Outcome {
    let mut records = Records::default();
    let mut findings: Vec<Finding> = Vec::new();
    let mut failures: Vec<Diagnostic> = Vec::new();
    let mut summary = json::Summary::default();
    let validator = Validator::new(args.kubernetes_version, args.require_schemas);
    for path in &args.paths {
        match documents(path, &args.flags.options(), &mut records) {
            Ok(documents) => {
                summary.objects += documents.len();
                findings.extend(documents.iter().flat_map(|document| validator.check(document)));
            }
            Err(errors) => failures.extend(errors.into_vec()),
        }
    }
    if failures.iter().any(|failure| failure.io) {
        return output::failed(&failures, &records);
    }
    // What can't even be read is a finding without an object.
    findings.extend(failures.into_iter().map(|diagnostic| Finding {
        diagnostic,
        field: String::new(),
        object: Default::default(),
    }));
    let count = |severity| findings.iter().filter(|finding| finding.diagnostic.severity == severity).count();
    summary.errors = count(Severity::Error);
    summary.warnings = count(Severity::Warning);
    print(args.format, &findings, summary, &records);
    if summary.errors > 0 { Outcome::Findings } else { Outcome::Success }
}

fn print(format: Format, findings: &[Finding], summary: json::Summary, records: &Records) {
    let text = match format {
        Format::Json => json::report(findings, summary, &records.sources) + "\n",
        Format::Human => {
            let mut texts: Vec<String> = findings.iter().map(|finding| human::finding(finding, &records.sources)).collect();
            texts.push(human::summary(summary));
            texts.join("\n")
        }
    };
    output::print(&text);
}

/// The objects behind a path.
fn documents(path: &Path, options: &BuildOptions, records: &mut Records) -> Result<Vec<Node>> {
    if path == Path::new("-") {
        let mut content = Vec::new();
        let failed = |cause| Diagnostic::error("not-found", format!("can't read standard input: {}", reason(&cause))).io();
        std::io::stdin().read_to_end(&mut content).map_err(failed)?;
        return read(Path::new("<stdin>"), content, records);
    }
    if FILE_NAMES.iter().any(|name| path.join(name).is_file()) {
        let resources = build(path, Rc::new(Disk), options, records)?;
        return Ok(resources.iter().map(|resource| resource.node().clone()).collect());
    }
    let mut documents = Vec::new();
    for file in files(path)? {
        let content = std::fs::read(&file).map_err(|cause| unreadable(&file, &cause))?;
        documents.extend(read(&file, content, records)?);
    }
    Ok(documents)
}

fn unreadable(path: &Path, cause: &std::io::Error) -> Diagnostic {
    Diagnostic::error("not-found", format!("can't read `{}`: {}", path.display(), reason(cause))).io()
}

/// The file itself, or the YAML and JSON files of a directory.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut directories = vec![path.to_owned()];
    while let Some(directory) = directories.pop() {
        let entries = std::fs::read_dir(&directory).map_err(|cause| unreadable(&directory, &cause))?;
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known)) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The objects of a text; lists are opened.
fn read(path: &Path, content: Vec<u8>, records: &mut Records) -> Result<Vec<Node>> {
    let source = records.add_text(path, content)?;
    let step = records.provenance.step("", path.display().to_string());
    let mut objects = Vec::new();
    for document in records.documents(source, step, Dialect::Manifest)? {
        let is_list = document.get("kind").and_then(Node::as_str) == Some("List");
        match document.get("items").and_then(Node::as_sequence).filter(|_| is_list) {
            Some(items) => objects.extend(items.iter().cloned()),
            None => objects.push(document),
        }
    }
    Ok(objects)
}
