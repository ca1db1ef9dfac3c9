//! Evaluates CEL rules for each value that has them, outermost first.
//!
//! Rules that use the old object apply to updates and are skipped. A rule that can't be evaluated here yields a note. Matches
//! apiextensions-apiserver's `cel.Validator`.

use super::super::findings::Findings;
use super::super::path::Path;
use crate::diagnostic::Diagnostic;
use crate::schema::cel::Outcome;
use crate::schema::structural::{Additional, Rule, Structural};
use crate::yaml::{Node, Value};

/// Evaluates all rules for a value and everything below it.
pub fn check(node: &Node, schema: &Structural, is_root: bool, path: &Path<'_>, out: &mut Findings) {
    if !schema.below.rules || node.is_null() {
        return;
    }
    for rule in &schema.rules {
        evaluate(rule, node, schema, is_root, path, out);
    }
    match node.value() {
        Value::Sequence(items) => {
            if let Some(of) = &schema.items {
                items.iter().enumerate().for_each(|(at, item)| check(item, of, of.embedded, &path.index(at), out));
            }
        }
        Value::Mapping(mapping) => {
            for entry in mapping {
                let name = entry.key.text.as_str();
                match (schema.property(name), &schema.additional) {
                    (Some(of), _) if entry.value.is_null() && !of.nullable => {}
                    (Some(of), _) => check(&entry.value, of, of.embedded, &path.field(name), out),
                    (None, Some(Additional::Of(of))) => check(&entry.value, of, of.embedded, &path.key(name), out),
                    _ => {}
                }
            }
        }
        Value::Scalar(_) => {}
    }
}

fn evaluate(rule: &Rule, node: &Node, schema: &Structural, is_root: bool, path: &Path<'_>, out: &mut Findings) {
    let text = rule.rule.text();
    if text.is_empty() || rule.rule.uses_old_self() && !rule.optional_old_self {
        return;
    }
    match rule.rule.evaluate(node, schema, is_root) {
        Outcome::Bool(true) => {}
        Outcome::Bool(false) => broken(rule, node, schema, is_root, path, out),
        Outcome::Failed(cause) => {
            let message = match rule.message.is_empty() {
                true => format!("the rule `{text}` can't be evaluated: {cause}"),
                false => format!("{} (the rule can't be evaluated: {cause})", rule.message),
            };
            out.invalid(node, path, message);
        }
        Outcome::Unknown(cause) => unknown(text, &cause, node, path, out),
        Outcome::Text(_) => unknown(text, "it returns a string instead of a boolean", node, path, out),
    }
}

fn broken(rule: &Rule, node: &Node, schema: &Structural, is_root: bool, path: &Path<'_>, out: &mut Findings) {
    let own = rule.message_expression.as_ref().and_then(|expression| match expression.evaluate(node, schema, is_root) {
        Outcome::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty() && !text.contains('\n')),
        _ => None,
    });
    let message = match own {
        Some(message) => message,
        None if rule.message.is_empty() => format!("failed rule: `{}`", rule.rule.text()),
        None => rule.message.to_string(),
    };
    let code = match rule.reason.as_str() {
        "FieldValueForbidden" => "forbidden-value",
        "FieldValueRequired" => "missing-value",
        "FieldValueDuplicate" => "duplicate-value",
        _ => "invalid-value",
    };
    let place = lookup(node, &rule.field_path).unwrap_or(node);
    let mut error = place.error(code, message);
    if !rule.message.is_empty() || rule.message_expression.is_some() {
        error = error.help(format!("the rule in the CustomResourceDefinition is `{}`", rule.rule.text()));
    }
    let here = path.to_string();
    let below = rule.field_path.as_str();
    let field = if here.is_empty() { below.trim_start_matches('.').to_owned() } else { format!("{here}{below}") };
    out.push(error, field);
}

/// The value at a path such as `.spec.name`, or the last one on the way that exists.
fn lookup<'n>(node: &'n Node, path: &str) -> Option<&'n Node> {
    let mut at = node;
    for name in path.split(['.', '[']).map(|part| part.trim_matches(['\'', ']', '"'])).filter(|part| !part.is_empty()) {
        match at.get(name) {
            Some(next) => at = next,
            None => break,
        }
    }
    Some(at)
}

fn unknown(text: &str, cause: &str, node: &Node, path: &Path<'_>, out: &mut Findings) {
    let note = Diagnostic::note("unknown-rule", format!("the rule `{text}` was not checked: {cause}")).at(node.span());
    out.push(note, path.to_string());
}
