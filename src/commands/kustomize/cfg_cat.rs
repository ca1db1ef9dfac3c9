//! `cfg cat`: prints the objects of a directory or of standard input.

use std::path::Path;

use anyhow::anyhow;

use super::package_output::{print, stdin, without_usage};
use crate::go_cli::Call;
use crate::kustomize_words::quote;
use crate::packages::{self, KRM_FILE, LocalConfig, Object, PackageReader, Writer, subpackages};
use crate::write;

const PATHS: [&str; 2] = ["config.kubernetes.io/path", "internal.config.kubernetes.io/path"];

/// Runs the command.
///
/// # Errors
/// A directory can't be read, or an object is not valid.
pub fn run(call: &Call) -> anyhow::Result<()> {
    let destination = call.text("dest");
    write_to(destination, "")?;
    let text = match call.args().first() {
        None => {
            let writer = writer(call)?;
            without_usage(stdin().and_then(|bytes| packages::read(&bytes)).and_then(|objects| text_of(call, &writer, objects)))?
        }
        Some(root) => directories(call, root)?,
    };
    if destination.is_empty() { print(&text) } else { write_to(destination, &text) }
}

/// The texts of the packages of a directory. If there may be several, an error does not end the command.
fn directories(call: &Call, root: &str) -> anyhow::Result<String> {
    let recurse = call.on("recurse-subpackages");
    let mut texts = Vec::new();
    for path in subpackages(root, recurse)? {
        let writer = writer(call)?;
        let reader = PackageReader { path: &path, package_file: KRM_FILE, ..PackageReader::default() };
        texts.push(match reader.read().and_then(|objects| text_of(call, &writer, objects)) {
            Ok(text) if text.is_empty() => text,
            Ok(text) => format!("{text}---"),
            Err(error) if recurse => format!("{error:#} in package {}\n", quote(&path)),
            Err(error) => return Err(error),
        });
    }
    let whole = texts.join("\n");
    Ok(whole.strip_suffix("---").map_or_else(|| whole.clone(), str::to_owned))
}

fn text_of(call: &Call, writer: &Writer, objects: Vec<Object>) -> anyhow::Result<String> {
    let local = LocalConfig { include_local: call.on("include-local"), exclude_others: call.on("exclude-non-local") };
    let mut filters: Vec<packages::Filter<'_>> = vec![Box::new(move |objects| local.filter(objects))];
    if call.on("format") {
        filters.push(Box::new(packages::format));
    }
    if call.on("strip-comments") {
        filters.push(Box::new(|objects| Ok(packages::strip_comments(objects))));
    }
    packages::filter(objects, filters)?.map_or_else(|| Ok(String::new()), |objects| writer.print(&objects))
}

fn writer(call: &Call) -> anyhow::Result<Writer> {
    let annotate = call.on("annotate");
    let path = call.text("function-config");
    let mut function_config = None;
    if !path.is_empty() {
        let configs = PackageReader { path, omit_annotations: !annotate, ..PackageReader::default() }.read()?;
        let [config] = configs.as_slice() else {
            return Err(anyhow!("expected exactly 1 functionConfig, found {}", configs.len()));
        };
        function_config = Some(config.borrow().clone());
    }
    Ok(Writer {
        keep_annotations: annotate,
        clear: if annotate { Vec::new() } else { PATHS.to_vec() },
        style: packages::style(call.list("style")),
        wrap_kind: call.text("wrap-kind").to_owned(),
        wrap_version: call.text("wrap-version").to_owned(),
        function_config,
    })
}

fn write_to(path: &str, text: &str) -> anyhow::Result<()> {
    if path.is_empty() {
        return Ok(());
    }
    if Path::new(path).is_dir() {
        return Err(anyhow!("open {path}: is a directory"));
    }
    write::file(Path::new(path), text, false).map(|_| ()).map_err(|error| packages::written(path, error))
}
