//! Building the kustomization of the working directory, to compare the output before and after an edit.

use std::path::Path;
use std::sync::Arc;

use super::edited_tree::EditedTree;
use super::failure;
use crate::diagnostic::Result;
use crate::options::BuildOptions;
use crate::pipeline;
use crate::records::Records;

/// The output of a build with the given files.
///
/// # Errors
/// The build fails.
pub fn build(tree: EditedTree, records: &mut Records) -> Result<String> {
    let resources = pipeline::build(Path::new("."), Arc::new(tree), &BuildOptions::default(), records)?;
    pipeline::emit(&resources, records)
}

/// The output of a build. Its warnings are printed as kustomize does.
///
/// # Errors
/// The build fails, in kustomize's words.
pub fn text() -> Result<String, String> {
    let mut records = Records::default();
    match build(EditedTree::default(), &mut records) {
        Ok(text) => {
            failure::warnings(&records, None);
            failure::unused_vars(&records);
            Ok(text)
        }
        Err(errors) => Err(failure::words(&errors.into_vec(), &records)),
    }
}

/// Why a build with the given files fails, in kustomize's words; `None` if it does not fail.
pub fn failure(tree: EditedTree) -> Option<String> {
    let mut records = Records::default();
    let errors = build(tree, &mut records).err()?;
    Some(failure::words_alone(&errors.into_vec(), &records))
}

/// Where two outputs differ first: the object and the line. `None` if they do not differ.
pub fn first_difference(before: &str, after: &str) -> Option<String> {
    if before == after {
        return None;
    }
    let (mut object, mut number) = (1, 0);
    let (mut old, mut new) = (before.lines(), after.lines());
    let mut seen: Vec<&str> = Vec::new();
    loop {
        let (before, after) = (old.next(), new.next());
        number += 1;
        if before == Some("---") && before == after {
            object += 1;
            seen.clear();
        } else if before == after && before.is_some() {
            seen.extend(before);
        } else {
            let rest = seen.iter().copied().chain(before).chain(old.take_while(|line| *line != "---"));
            let shown = |line: Option<&str>| line.map_or_else(|| "nothing".to_owned(), |line| format!("`{}`", line.trim()));
            let name = name(rest).map_or_else(|| format!("object {object}"), |name| format!("`{name}`"));
            return Some(format!("{name}, line {number} of the output: {} becomes {}", shown(before), shown(after)));
        }
    }
}

/// The kind and name of an object whose lines are given.
fn name<'l>(lines: impl Iterator<Item = &'l str>) -> Option<String> {
    let (mut kind, mut name, mut in_metadata) = (None, None, false);
    for line in lines {
        if !line.starts_with(' ') {
            in_metadata = line == "metadata:";
        }
        kind = kind.or_else(|| line.strip_prefix("kind: "));
        name = name.or_else(|| line.strip_prefix("  name: ").filter(|_| in_metadata));
    }
    Some(format!("{}/{}", kind?, name?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_names_the_object_and_the_line() {
        let text = |value: &str| format!("kind: A\nmetadata:\n  name: a\n---\nkind: B\nspec: {value}\nmetadata:\n  name: b\n");
        assert_eq!(first_difference(&text("x"), &text("x")), None);
        let expected = "`B/b`, line 6 of the output: `spec: x` becomes `spec: y`";
        assert_eq!(first_difference(&text("x"), &text("y")).as_deref(), Some(expected));
        let expected = "object 1, line 1 of the output: nothing becomes `kind: A`";
        assert_eq!(first_difference("", &text("x")).as_deref(), Some(expected));
    }
}
