//! `cfg tree`: prints the objects of a directory or of standard input as a tree.

use super::package_output::{print, stdin, without_usage};
use crate::go_cli::Call;
use crate::kustomize_words::paths;
use crate::packages::{self, Field, LocalConfig, PackageReader, Structure, Tree};

/// Flags that have the name of a field of containers.
const OF_CONTAINERS: [&str; 5] = ["name", "image", "command", "args", "env"];

/// Runs the command.
///
/// # Errors
/// A field is not valid, or the directory can't be read.
pub fn run(call: &Call) -> anyhow::Result<()> {
    let path = call.args().first().map_or(".", String::as_str);
    let fields = fields(call)?;
    let structure = match call.text("graph-structure") {
        "directory" => Structure::Directory,
        "owners" => Structure::Owners,
        _ => Structure::Automatic,
    };
    let local = LocalConfig { include_local: call.on("include-local"), exclude_others: call.on("exclude-non-local") };
    let (read, root) = match path {
        "-" => (stdin().and_then(|bytes| packages::read(&bytes)), ".".to_owned()),
        path => (PackageReader { path, ..PackageReader::default() }.read(), paths::clean(path)),
    };
    let filtered = read.and_then(|objects| packages::filter(objects, vec![Box::new(move |objects| local.filter(objects))]));
    let tree = Tree { root: &root, fields: &fields, structure };
    match without_usage(filtered.and_then(|objects| objects.map(|objects| tree.print(&objects)).transpose()))? {
        Some(text) => print(&text),
        None => Ok(()),
    }
}

fn fields(call: &Call) -> anyhow::Result<Vec<Field>> {
    let mut fields = Vec::new();
    for field in call.list("field") {
        fields.push(Field::at(packages::field_path(field)?));
    }
    let shows = |flag: &str| call.on(flag) || call.on("all") && !call.changed(flag);
    let at = |path: &[&str]| Field::at(path.iter().map(|part| (*part).to_owned()).collect());
    for flag in OF_CONTAINERS.into_iter().filter(|flag| shows(flag)) {
        fields.extend(Field::of_containers(flag));
    }
    if shows("replicas") {
        fields.push(at(&["spec", "replicas"]));
    }
    if shows("resources") {
        fields.extend(Field::of_containers("resources"));
    }
    if shows("ports") {
        fields.extend(Field::of_containers("ports"));
        fields.push(at(&["spec", "ports"]));
    }
    Ok(fields)
}
