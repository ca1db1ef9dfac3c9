//! JSON and YAML documents inside a string, which the path of a replacement may lead into.
//!
//! The document is parsed, changed, and written back: JSON compact or indented as before, YAML in its own style. Behavior:
//! kustomize's `setValueInStructuredData`.

use ecow::EcoString;

use super::value_path::{self, How, Make, Texts, parse};
use crate::diagnostic::Diagnostic;
use crate::usage;
use crate::yaml::provenance::Edit;
use crate::yaml::{self, Node, Scalar, Value, json, path};

/// Sets a value inside the document in a string on the path. Returns whether that succeeded; otherwise nothing is changed.
///
/// # Errors
/// The string becomes too long.
pub fn set(
    object: &mut Node,
    parts: &[EcoString],
    make: Option<Make>,
    value: &Node,
    edit: &mut Edit<'_>,
) -> Result<bool, Diagnostic> {
    let Some((outer, text, mut document)) = holder(object, parts) else { return Ok(false) };
    edit.count_copy(value)?;
    let inner: Vec<&str> = parts[outer..].iter().map(EcoString::as_str).collect();
    let original = document.clone();
    let mut changes = 0;
    let how = How { make, texts: Texts::Inside(&text) };
    let written = value_path::visit(&mut document, &inner, how, edit, &mut |field, _, edit| {
        changes += 1;
        match (field.as_scalar(), value.as_scalar()) {
            (Some(old), Some(new)) => {
                let scalar = Scalar { text: new.text.clone(), ..old.clone() };
                field.set(Value::Scalar(scalar), edit);
            }
            (Some(old), None) => {
                let scalar = Scalar { text: EcoString::new(), ..old.clone() };
                field.set(Value::Scalar(scalar), edit);
            }
            (None, _) => field.replace_with(value.clone(), edit),
        }
        Ok(())
    });
    if written.is_err() || changes == 0 {
        return Ok(false);
    }
    let Some(new) = write_back(&text, &original, &document) else { return Ok(false) };
    usage::value(new.len()).map_err(|error| error.at(edit.span()))?;
    edit.count_text(new.len())?;
    let keys = &parts[..outer];
    let keys: Vec<&str> = path::clean(keys);
    // The string is found again by the same exact path, this time to change it.
    match holder_mut(object, &keys) {
        Some(field) => {
            let old = field.as_scalar().cloned().unwrap_or_else(|| Scalar::string(""));
            field.set_copy(Value::Scalar(Scalar { text: new.into(), ..old }), value.span(), edit);
            Ok(true)
        }
        None => Ok(false),
    }
}

/// The first scalar on the path that contains a document: how many parts lead to it, its text, and the document.
fn holder(object: &Node, parts: &[EcoString]) -> Option<(usize, EcoString, Node)> {
    (1..parts.len()).find_map(|count| {
        let keys = path::clean(&parts[..count]);
        let field = value_path::lookup(object, &keys).ok()??;
        let text = field.as_scalar()?.text.clone();
        let document = parse(&text, field)?;
        Some((count, text, document))
    })
}

fn holder_mut<'n>(object: &'n mut Node, keys: &[&str]) -> Option<&'n mut Node> {
    let Some((key, rest)) = keys.split_first() else { return Some(object) };
    let index = match object.as_sequence() {
        None => return holder_mut(object.get_mut(key)?, rest),
        Some(items) => {
            let found = value_path::lookup(object, &[key]).ok()??;
            items.iter().position(|item| std::ptr::eq(item, found))?
        }
    };
    holder_mut(object.items_mut()?.get_mut(index)?, rest)
}

fn write_back(text: &str, original: &Node, document: &Node) -> Option<String> {
    if text.trim_start().starts_with(['{', '[']) {
        let pretty = text.contains('\n') && text.contains("  ");
        return json::print(document, pretty);
    }
    Some(yaml::reprint(text, original, document).trim().to_owned())
}
