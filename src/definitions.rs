//! The definitions of custom resources in a run: those among the objects, and those in the files that the user names.

use crate::diagnostic::{Diagnostic, Result};
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
    let added = paths.iter().map(|path| add_files(path, &mut definitions, records));
    let errors = added.filter_map(Result::err).flat_map(|errors| errors.into_vec()).collect();
    (definitions, errors)
}

/// Adds the files of a path; they are parsed on demand.
fn add_files(path: &Input, definitions: &mut Definitions, records: &mut Records) -> Result<()> {
    for file in path.files()? {
        let content = file.read()?;
        let step = records.provenance.step("", file.shown().display().to_string());
        let source = records.add_text(file.shown(), content)?;
        let origin = records.provenance.read(step, records.sources.whole(source));
        definitions.add_text(records.sources.get(source).text().clone(), source, origin);
    }
    Ok(())
}
