//! The destinations of results: standard output, a file, or a directory of files; see `write/`.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use rustc_hash::FxHashSet;

use crate::check::Report;
use crate::commands::outcome::Outcome;
use crate::confidential;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::escape::{line, lines};
use crate::finding::Finding;
use crate::pipeline::{emit_one, emit_pieces};
use crate::records::Records;
use crate::report::human;
use crate::resource::{ResMap, Resource};
use crate::source::Span;
use crate::write::{self, NewFile, Written};

/// The destination of the objects.
pub enum Output {
    /// Standard output.
    Stdout,
    /// One file.
    File(PathBuf),
    /// One file per object.
    Directory {
        /// The directory.
        path: PathBuf,
        /// Whether to remove files that an earlier run wrote and this one does not.
        prune: bool,
    },
}

/// The flags about the destination.
#[derive(clap::Args)]
pub struct OutputFlags {
    /// Write to a file or, if PATH is an existing directory or ends in a slash, to a directory with one file per object
    ///
    /// A file is written completely or not at all, and keeps its mode and owner; a new file with a Secret is readable by its
    /// owner only. Symbolic links are followed, and devices, FIFOs, and open descriptors such as /dev/stdout are written through.
    /// A directory is changed as a whole, and lists the files in `.render-manifest`.
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Remove files from the directory that an earlier run wrote and this one does not, unless they have been changed since
    ///
    /// Only files that `.render-manifest` lists with their current content are removed.
    #[arg(long, requires = "output")]
    prune: bool,
}

impl OutputFlags {
    /// The destination. With `--prune`, it must be a directory.
    pub fn output(&self) -> std::result::Result<Output, Outcome> {
        let output = self.output.as_deref().map_or(Output::Stdout, |path| Output::path(path, self.prune));
        if self.prune && !matches!(output, Output::Directory { .. }) {
            eprint("error: --prune requires a directory as the output\n = help: end the path in a slash\n");
            return Err(Outcome::Failure);
        }
        Ok(output)
    }
}

impl Output {
    /// The destination that a path on the command line names.
    fn path(path: &Path, prune: bool) -> Self {
        let slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
        if slash || path.is_dir() { Output::Directory { path: path.to_owned(), prune } } else { Output::File(path.to_owned()) }
    }
}

/// Prints errors.
pub fn failed(errors: &[Diagnostic], records: &Records) -> Outcome {
    let texts: Vec<String> = errors.iter().map(|error| human::diagnostic(error, &records.sources)).collect();
    eprint(&texts.join("\n"));
    if errors.iter().any(|error| error.io) { Outcome::Failure } else { Outcome::Findings }
}

/// Prints warnings as lines that begin with `# `: those recorded by the builds and, unless the report has errors, its own.
pub fn warnings(report: &Report, records: &Records) {
    let has_errors = report.has_errors();
    let found = report.findings().filter(|_| !has_errors).map(|finding| remark(finding, records));
    let texts = records.findings.iter().map(|finding| warning(&finding.diagnostic, "", records)).chain(found);
    // That objects are printed although the API server would reject them is never silent.
    let summary = (report.silenced.errors > 0 && !has_errors).then(|| format!("# {}", human::summary(report)));
    eprint(&texts.chain(summary).collect::<String>());
}

/// Prints what builds found about themselves, as lines that begin with `# `, for commands that do not check objects. Findings that
/// several builds share are printed once.
pub fn findings_of_builds(mut report: Report, records: &Records) {
    report.gather(&records.sources);
    eprint(&report.findings().map(|finding| remark(finding, records)).collect::<String>());
}

fn remark(finding: &Finding, records: &Records) -> String {
    let about = if finding.object.name.is_empty() { String::new() } else { format!("{}: ", finding.object) };
    warning(&finding.diagnostic, &about, records)
}

fn warning(diagnostic: &Diagnostic, about: &str, records: &Records) -> String {
    let diagnostic = confidential::diagnostic(diagnostic, &records.sources);
    let place = diagnostic.span.map(|span| format!("{}: ", records.sources.place(span))).unwrap_or_default();
    let help = diagnostic.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    let text = format!("{place}{about}{}{help}", diagnostic.message);
    format!("# {}[{}]: {}\n", diagnostic.severity.name(), diagnostic.code, line(&text))
}

/// Prints a report with errors in place of the objects.
pub fn refused(report: &Report, records: &Records) -> Outcome {
    eprint(&human::FORMAT.print(report, &records.sources));
    Outcome::Findings
}

/// Prints text to standard output. A reader that closes the pipe early is not a failure.
pub fn print(text: &str) -> Outcome {
    written(write_stdout(&[text]))
}

/// The outcome of writing; prints why it failed.
pub fn written(result: anyhow::Result<()>) -> Outcome {
    match result {
        Ok(()) => Outcome::Success,
        Err(error) => {
            eprint(&format!("error: {}\n", line(&format!("{error:#}"))));
            Outcome::Failure
        }
    }
}

/// The objects of a build as they are written to a destination.
pub struct Printed {
    /// All objects, in pieces; none if each is a file.
    pieces: Vec<String>,
    /// The files, each with the location of its object's name.
    files: Vec<(NewFile, Span)>,
    has_secret: bool,
    /// Why the next object can't be printed.
    error: Option<Diagnostics>,
}

impl Printed {
    /// Prints the objects of a build.
    pub fn new(resources: &mut ResMap, output: &Output, records: &Records) -> Self {
        let has_secret = has_secret(resources);
        if let Output::Directory { .. } = output {
            return Printed { has_secret, ..Printed::files(resources, records) };
        }
        let (pieces, error) = match emit_pieces(resources, records) {
            Ok(pieces) => (pieces, None),
            Err(errors) => (Vec::new(), Some(errors)),
        };
        Printed { pieces, files: Vec::new(), has_secret, error }
    }

    /// Whether every object can be printed.
    pub fn is_complete(&self) -> bool {
        self.error.is_none()
    }
}

/// Writes the objects of one or more builds.
pub fn write(printed: Vec<Printed>, output: &Output, records: &Records) -> Outcome {
    let is_private = printed.iter().any(|printed| printed.has_secret);
    let result = match output {
        Output::Directory { path, prune } => distinct(printed).map(|files| write_directory(path, files, *prune)),
        Output::Stdout => whole(printed).map(|pieces| write_stdout(&pieces)),
        Output::File(path) => whole(printed).map(|pieces| write_file(path, &pieces.concat(), is_private)),
    };
    match result {
        Err(errors) => failed(&errors.into_vec(), records),
        Ok(result) => written(result),
    }
}

/// Whether there is a Secret among the objects.
pub fn has_secret(resources: &ResMap) -> bool {
    resources.iter().any(is_secret)
}

fn is_secret(resource: &Resource) -> bool {
    resource.kind() == "Secret"
}

/// The objects of all builds.
fn whole(printed: Vec<Printed>) -> Result<Vec<String>> {
    let mut whole: Vec<String> = Vec::new();
    for Printed { pieces, error, .. } in printed {
        error.map_or(Ok(()), Err)?;
        if let (Some(last), false) = (whole.last_mut(), pieces.iter().all(String::is_empty)) {
            last.push_str("---\n");
        }
        whole.extend(pieces.into_iter().filter(|piece| !piece.is_empty()));
    }
    Ok(whole)
}

/// The objects with the file names that kustomize gives them.
pub fn one_file_each(resources: &ResMap, records: &Records) -> Result<Vec<NewFile>> {
    distinct(vec![Printed::files(resources, records)])
}

/// The files of all builds.
fn distinct(printed: Vec<Printed>) -> Result<Vec<NewFile>> {
    let mut all = Vec::new();
    let mut names = FxHashSet::default();
    for Printed { files, error, .. } in printed {
        for (file, place) in files {
            if !names.insert(file.name.clone()) {
                let message = format!("two objects would be written to `{}`", file.name);
                return Err(Diagnostic::error("file-collision", message).at(place).into());
            }
            all.push(file);
        }
        error.map_or(Ok(()), Err)?;
    }
    Ok(all)
}

impl Printed {
    fn files(resources: &ResMap, records: &Records) -> Self {
        let mut printed = Printed { pieces: Vec::new(), files: Vec::new(), has_secret: false, error: None };
        let mut namespaces: Vec<_> = resources.iter().filter(|r| !r.is_cluster_scoped()).map(Resource::namespace).collect();
        namespaces.sort();
        namespaces.dedup();
        for resource in resources.iter() {
            let mut text = String::new();
            if let Err(errors) = emit_one(resource, records, &mut text) {
                printed.error = Some(errors);
                break;
            }
            let prefixed = namespaces.len() > 1 && !resource.is_cluster_scoped();
            let prefix = if prefixed { format!("{}_", resource.namespace()) } else { String::new() };
            let name = plain(&format!("{prefix}{}", file_name(resource)).to_lowercase());
            printed.files.push((NewFile { name, text, private: is_secret(resource) }, resource.name_span()));
        }
        printed
    }
}

/// `group_version_kind_name.yaml`
fn file_name(resource: &Resource) -> String {
    let gvk = resource.gvk();
    let parts = [&gvk.group, &gvk.version, &gvk.kind];
    let id: Vec<&str> = parts.iter().map(|part| part.as_str()).filter(|part| !part.is_empty()).collect();
    format!("{}_{}.yaml", id.join("_"), resource.id().name)
}

/// A name that is one of a visible file in the directory.
fn plain(name: &str) -> String {
    let name = name.replace(|letter: char| letter.is_control() || matches!(letter, '/' | '\\'), "_");
    if name.starts_with('.') { format!("_{name}") } else { name }
}

fn write_stdout(pieces: &[impl AsRef<str>]) -> anyhow::Result<()> {
    write::stdout(pieces).context("can't write to standard output")
}

fn write_file(path: &Path, text: &str, private: bool) -> anyhow::Result<()> {
    if let Written::InPlace(reason) = write::file(path, text, private)? {
        eprint(&format!("warning: `{}` was written in place because {reason}\n", path.display()));
    }
    Ok(())
}

fn write_directory(directory: &Path, files: Vec<NewFile>, prune: bool) -> anyhow::Result<()> {
    let (changes, kept) = write::changes(directory, files, prune);
    write::apply(directory, &changes)?;
    for name in kept {
        let path = directory.join(name);
        eprint(&format!("warning: `{}` is no longer written, but was not removed: it has been changed\n", path.display()));
    }
    Ok(())
}

/// Prints text to standard error. A closed standard error is not a failure. Names are escaped where they are written; whatever
/// was missed there is escaped here.
pub fn eprint(text: &str) {
    let _ = std::io::stderr().write_all(lines(text).as_bytes());
}
