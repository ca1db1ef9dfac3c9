//! Evaluates CEL rules for each value that has them, outermost first.
//!
//! Rules that use the old object apply to updates and are skipped. A rule that needs the cluster yields a note. All rules share a
//! budget, as on the server. Behavior: apiextensions-apiserver's `cel.Validator`.

use std::sync::Arc;

use super::super::findings::Findings;
use super::super::path::Path;
use super::super::wrong_parts::WrongParts;
use crate::cel::expression::{Expression, Outcome};
use crate::diagnostic::Diagnostic;
use crate::schema::cel::{self, BUDGET, uses_old_self};
use crate::schema::structural::{Additional, Rule, Structural};
use crate::yaml::{Node, Value};

/// Evaluates all rules for an object, except those about values that contain an unreadable part.
pub fn check(node: &Node, schema: &Arc<Structural>, unreadable: &WrongParts, out: &mut Findings) {
    Rules { budget: BUDGET, unreadable, out }.below(node, schema, true, &Path::ROOT);
}

struct Rules<'f> {
    /// The remaining budget; 0 if no more rules are evaluated.
    budget: u64,
    unreadable: &'f WrongParts,
    out: &'f mut Findings,
}

impl Rules<'_> {
    fn below(&mut self, node: &Node, schema: &Arc<Structural>, is_root: bool, path: &Path<'_>) {
        if !schema.below.rules || node.is_null() {
            return;
        }
        let is_readable = schema.rules.is_empty() || !self.unreadable.touch(path);
        for rule in schema.rules.iter().filter(|_| is_readable) {
            self.rule(rule, node, schema, is_root, path);
        }
        match node.value() {
            Value::Sequence(items) => {
                if let Some(of) = &schema.items {
                    items.iter().enumerate().for_each(|(at, item)| self.below(item, of, of.embedded, &path.index(at)));
                }
            }
            Value::Mapping(mapping) => {
                for entry in mapping {
                    let name = entry.key.text.as_str();
                    match (schema.shared_property(name), &schema.additional) {
                        (Some(of), _) if entry.value.is_null() && !of.nullable => {}
                        (Some(of), _) => self.below(&entry.value, of, of.embedded, &path.field(name)),
                        (None, Some(Additional::Of(of))) => self.below(&entry.value, of, of.embedded, &path.key(name)),
                        _ => {}
                    }
                }
            }
            Value::Scalar(_) => {}
        }
    }

    fn rule(&mut self, rule: &Rule, node: &Node, schema: &Arc<Structural>, is_root: bool, path: &Path<'_>) {
        let text = rule.rule.text();
        if self.budget == 0 || text.is_empty() || uses_old_self(&rule.rule) && !rule.optional_old_self {
            return;
        }
        match self.evaluate(&rule.rule, node, schema, is_root, path) {
            None | Some(Outcome::Bool(true)) => {}
            Some(Outcome::Bool(false)) => {
                let own = self.message(rule, node, schema, is_root, path);
                broken(rule, own, node, path, self.out);
            }
            Some(Outcome::Failed(cause)) => {
                let message = match rule.message.is_empty() {
                    true => format!("the rule `{text}` can't be evaluated: {cause}"),
                    false => format!("{} (the rule can't be evaluated: {cause})", rule.message),
                };
                self.out.invalid(node, path, message);
            }
            Some(Outcome::Unknown(cause)) => unknown(text, &cause, node, path, self.out),
            Some(Outcome::Text(_)) => unknown(text, "it returns a string instead of a boolean", node, path, self.out),
        }
    }

    /// Evaluates an expression; `None` if it exceeds the budget.
    fn evaluate(
        &mut self,
        expression: &Expression,
        node: &Node,
        schema: &Arc<Structural>,
        is_root: bool,
        path: &Path<'_>,
    ) -> Option<Outcome> {
        let (outcome, cost) = cel::evaluate(expression, node, schema, is_root);
        let text = expression.text();
        let message = if cost > cel::CALL_LIMIT {
            format!("the rule `{text}` exceeds the cost limit of {} of an API server for one evaluation", cel::CALL_LIMIT)
        } else if cost > self.budget {
            format!("the rules up to `{text}` exceed the total cost limit of {BUDGET} of an API server")
        } else {
            self.budget -= cost;
            return Some(outcome);
        };
        self.budget = 0;
        self.out.invalid(node, path, message);
        None
    }

    /// The message of a rule for a value that it rejects.
    fn message(&mut self, rule: &Rule, node: &Node, schema: &Arc<Structural>, is_root: bool, path: &Path<'_>) -> Option<String> {
        match self.evaluate(rule.message_expression.as_ref()?, node, schema, is_root, path)? {
            Outcome::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty() && !text.contains('\n')),
            _ => None,
        }
    }
}

fn broken(rule: &Rule, own: Option<String>, node: &Node, path: &Path<'_>, out: &mut Findings) {
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
