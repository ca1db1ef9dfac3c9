//! Writes results to standard output, a file, or a directory of files: either completely or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::check::Report;
use crate::commands::outcome::Outcome;
use crate::confidential;
use crate::diagnostic::{Diagnostic, Result};
use crate::escape::{line, lines};
use crate::pipeline::{emit, emit_one};
use crate::records::Records;
use crate::report::human;
use crate::resource::{ResMap, Resource};

/// The destination of the objects.
pub enum Output {
    /// Standard output.
    Stdout,
    /// One file.
    File(PathBuf),
    /// One file per object.
    Directory(PathBuf),
}

impl Output {
    /// The destination that a path on the command line names.
    pub fn path(path: &Path) -> Self {
        let slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
        if slash || path.is_dir() { Output::Directory(path.to_owned()) } else { Output::File(path.to_owned()) }
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
    let found = report.findings().filter(|_| !report.has_errors()).map(|finding| {
        let about = if finding.object.name.is_empty() { String::new() } else { format!("{}: ", finding.object) };
        warning(&finding.diagnostic, &about, records)
    });
    let texts = records.findings.iter().map(|finding| warning(&finding.diagnostic, "", records)).chain(found);
    // That objects are printed although the API server would reject them is never silent.
    let summary = (report.silenced.errors > 0 && !report.has_errors()).then(|| format!("# {}", human::summary(report)));
    eprint(&texts.chain(summary).collect::<String>());
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
    written(write_stdout(text))
}

fn written(result: anyhow::Result<()>) -> Outcome {
    match result {
        Ok(()) => Outcome::Success,
        Err(error) => {
            eprint(&format!("error: {}\n", line(&format!("{error:#}"))));
            Outcome::Failure
        }
    }
}

/// Writes the objects of one or more builds.
pub fn write(built: &[ResMap], output: &Output, records: &Records) -> Outcome {
    let result = match output {
        Output::Directory(directory) => one_file_each(built, records).map(|files| write_directory(directory, &files)),
        Output::Stdout => whole(built, records).map(|text| write_stdout(&text)),
        Output::File(path) => whole(built, records).map(|text| write_files(&[(path.clone(), text)])),
    };
    match result {
        Err(errors) => failed(&errors.into_vec(), records),
        Ok(result) => written(result),
    }
}

fn whole(built: &[ResMap], records: &Records) -> Result<String> {
    let mut texts = Vec::with_capacity(built.len());
    for resources in built {
        texts.push(emit(resources, records)?);
    }
    texts.retain(|text| !text.is_empty());
    Ok(texts.join("---\n"))
}

/// The objects with the file names that kustomize gives them.
fn one_file_each(built: &[ResMap], records: &Records) -> Result<Vec<(PathBuf, String)>> {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for resources in built {
        let mut namespaces: Vec<_> = resources.iter().filter(|r| !r.is_cluster_scoped()).map(Resource::namespace).collect();
        namespaces.sort();
        namespaces.dedup();
        for resource in resources.iter() {
            let mut text = String::new();
            emit_one(resource, records, &mut text)?;
            let prefixed = namespaces.len() > 1 && !resource.is_cluster_scoped();
            let prefix = if prefixed { format!("{}_", resource.namespace()) } else { String::new() };
            let path = PathBuf::from(format!("{prefix}{}", file_name(resource)).to_lowercase().replace('/', "_"));
            if files.iter().any(|(other, _)| *other == path) {
                let message = format!("two objects would be written to `{}`", path.display());
                return Err(resource.error("file-collision", message).into());
            }
            files.push((path, text));
        }
    }
    Ok(files)
}

/// `group_version_kind_name.yaml`
fn file_name(resource: &Resource) -> String {
    let gvk = resource.gvk();
    let parts = [&gvk.group, &gvk.version, &gvk.kind];
    let id: Vec<&str> = parts.iter().map(|part| part.as_str()).filter(|part| !part.is_empty()).collect();
    format!("{}_{}.yaml", id.join("_"), resource.id().name)
}

fn write_stdout(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("can't write to standard output"),
    }
}

fn write_directory(directory: &Path, files: &[(PathBuf, String)]) -> anyhow::Result<()> {
    std::fs::create_dir_all(directory).with_context(|| format!("can't create the directory `{}`", directory.display()))?;
    let files: Vec<_> = files.iter().map(|(path, text)| (directory.join(path), text.clone())).collect();
    write_files(&files)
}

/// Writes temporary files next to their destinations and moves them into place when all are complete.
fn write_files(files: &[(PathBuf, String)]) -> anyhow::Result<()> {
    let mut complete = Vec::with_capacity(files.len());
    for (path, text) in files {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let place = || format!("can't write `{}`", path.display());
        let mut builder = tempfile::Builder::new();
        set_permissions(&mut builder);
        let mut file = builder.prefix(".render-").tempfile_in(directory).with_context(place)?;
        file.write_all(text.as_bytes()).with_context(place)?;
        complete.push((file, path));
    }
    for (file, path) in complete {
        file.persist(path).with_context(|| format!("can't write `{}`", path.display()))?;
    }
    Ok(())
}

/// New files get the default permissions, subject to the umask, and not those of temporary files.
#[cfg(unix)]
fn set_permissions(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn set_permissions(_: &mut tempfile::Builder<'_, '_>) {}

/// Prints text to standard error. A closed standard error is not a failure. Names are escaped where they are written; whatever
/// was missed there is escaped here.
pub fn eprint(text: &str) {
    let _ = std::io::stderr().write_all(lines(text).as_bytes());
}
