//! The definitions of custom resources in a run: those among the objects, and those in the files that the user names.

use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::load::Input;
use crate::records::Records;
use crate::schema::Definitions;
use crate::yaml::Node;

/// The definitions, and the errors in the files. A definition among the objects takes precedence over one in a file.
pub fn of<'n>(objects: impl Iterator<Item = &'n Node>, paths: &[Input], records: &mut Records) -> (Definitions, Vec<Diagnostic>) {
    let mut definitions = Definitions::default();
    for object in objects {
        definitions.add(object);
    }
    let mut errors = Vec::new();
    for path in paths {
        match path.files() {
            Ok(files) => errors.extend(files.iter().filter_map(|file| add_file(file, &mut definitions, records).err())),
            Err(error) => errors.push(error.into()),
        }
    }
    (definitions, errors.into_iter().flat_map(Diagnostics::into_vec).collect())
}

/// Adds a file, which is parsed on demand.
fn add_file(file: &Input, definitions: &mut Definitions, records: &mut Records) -> Result<()> {
    let content = file.read()?;
    let step = records.provenance.step("", file.shown().display().to_string());
    let source = records.add_text(file.shown(), content)?;
    let origin = records.provenance.read(step, records.sources.whole(source));
    definitions.add_text(records.sources.get(source).text().clone(), source, origin);
    Ok(())
}
