//! Rules in CEL: asked of every value that has some, outermost first.
//!
//! Rules that look at the old object are for updates and are left out. What only a cluster can answer is a note. Rules have a
//! budget together, as on the server. Behaviour: apiextensions-apiserver's `cel.Validator`.

use std::sync::Arc;

use super::super::findings::Findings;
use super::super::path::Path;
use crate::cel::expression::{Expression, Outcome};
use crate::diagnostic::Diagnostic;
use crate::schema::cel::{self, BUDGET, uses_old_self};
use crate::schema::structural::{Additional, Rule, Structural};
use crate::yaml::{Node, Value};

/// Asks all rules in an object.
pub fn check(node: &Node, schema: &Arc<Structural>, out: &mut Findings) {
    Rules { budget: BUDGET, out }.below(node, schema, true, &Path::ROOT);
}

struct Rules<'f> {
    /// What further rules may cost; 0 when no rule is asked any more.
    budget: u64,
    out: &'f mut Findings,
}

impl Rules<'_> {
    fn below(&mut self, node: &Node, schema: &Arc<Structural>, is_root: bool, path: &Path<'_>) {
        if !schema.below.rules || node.is_null() {
            return;
        }
        for rule in &schema.rules {
            self.ask(rule, node, schema, is_root, path);
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

    fn ask(&mut self, rule: &Rule, node: &Node, schema: &Arc<Structural>, is_root: bool, path: &Path<'_>) {
        let text = rule.rule.text();
        if self.budget == 0 || text.is_empty() || uses_old_self(&rule.rule) && !rule.optional_old_self {
            return;
        }
        match self.evaluate(&rule.rule, node, schema, is_root, path) {
            None | Some(Outcome::Bool(true)) => {}
            Some(Outcome::Bool(false)) => {
                let told = self.message(rule, node, schema, is_root, path);
                broken(rule, told, node, path, self.out);
            }
            Some(Outcome::Failed(cause)) => {
                let said = if rule.message.is_empty() { text } else { &rule.message };
                self.out.invalid(node, path, format!("{cause}, which a rule needs: {said}"));
            }
            Some(Outcome::Unknown(cause)) => unknown(text, &cause, node, path, self.out),
            Some(Outcome::Text(_)) => unknown(text, "it yields a string", node, path, self.out),
        }
    }

    /// Evaluates an expression; `None` when it is the one that uses up the budget.
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
            format!("evaluating the rule `{text}` costs more than {}, the limit of an API server", cel::CALL_LIMIT)
        } else if cost > self.budget {
            format!("the rules up to `{text}` cost more than {BUDGET} together, the limit of an API server")
        } else {
            self.budget -= cost;
            return Some(outcome);
        };
        self.budget = 0;
        self.out.invalid(node, path, message);
        None
    }

    /// What the rule says of a value that it refuses.
    fn message(&mut self, rule: &Rule, node: &Node, schema: &Arc<Structural>, is_root: bool, path: &Path<'_>) -> Option<String> {
        match self.evaluate(rule.message_expression.as_ref()?, node, schema, is_root, path)? {
            Outcome::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty() && !text.contains('\n')),
            _ => None,
        }
    }
}

fn broken(rule: &Rule, told: Option<String>, node: &Node, path: &Path<'_>, out: &mut Findings) {
    let message = match told {
        Some(told) => told,
        None if rule.message.is_empty() => format!("the rule `{}` does not hold", rule.rule.text()),
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
        error = error.help(format!("the definition has the rule `{}`", rule.rule.text()));
    }
    let here = path.to_string();
    let below = rule.field_path.as_str();
    let field = if here.is_empty() { below.trim_start_matches('.').to_owned() } else { format!("{here}{below}") };
    out.push(error, field);
}

/// The value at a path such as `.spec.name`, as far as it is there.
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
    let note = Diagnostic::note("unknown-rule", format!("the rule `{text}` is not checked: {cause}")).at(node.span());
    out.push(note, path.to_string());
}
