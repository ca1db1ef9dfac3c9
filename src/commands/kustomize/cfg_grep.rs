//! `cfg grep`: prints the objects of a directory or of standard input that have a field with a value.

use anyhow::anyhow;

use super::package_output::{print, stdin, without_usage};
use crate::go_cli::Call;
use crate::packages::{self, Grep, KRM_FILE, Object, PackageReader, Writer, subpackages};

/// Runs the command.
///
/// # Errors
/// The condition is not valid, or a directory can't be read.
pub fn run(call: &Call) -> anyhow::Result<()> {
    let Some(query) = call.args().first() else { return Err(anyhow!("missing required argument: QUERY")) };
    let grep = Grep::of(query, call.on("invert-match"))?;
    let writer = Writer { keep_annotations: call.on("annotate"), ..Writer::default() };
    let Some(root) = call.args().get(1) else {
        let read = stdin().and_then(|bytes| packages::read(&bytes));
        return print(&without_usage(read.and_then(|objects| text_of(&grep, &writer, objects)))?);
    };
    let recurse = call.on("recurse-subpackages");
    let mut texts = Vec::new();
    for path in subpackages(root, recurse)? {
        let reader = PackageReader { path: &path, package_file: KRM_FILE, ..PackageReader::default() };
        texts.push(match reader.read().and_then(|objects| text_of(&grep, &writer, objects)) {
            Ok(text) if text.is_empty() => text,
            Ok(text) => format!("{text}---"),
            Err(error) if recurse => format!("{error:#}\n"),
            Err(error) => return Err(error),
        });
    }
    let whole = texts.join("\n");
    print(whole.strip_suffix("---").unwrap_or(&whole))
}

fn text_of(grep: &Grep, writer: &Writer, objects: Vec<Object>) -> anyhow::Result<String> {
    let selected = packages::filter(objects, vec![Box::new(|objects| grep.filter(objects))])?;
    selected.map_or_else(|| Ok(String::new()), |objects| writer.print(&objects))
}
