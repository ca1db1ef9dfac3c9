//! Checks whether the expressions in `x-kubernetes-validations` of a schema compile, and estimates what they cost.
//!
//! Behavior: the compilation in `ValidateCustomResourceDefinitionOpenAPISchema`, and the limits in `validation.go` and
//! `cel_validation.go` of apiextensions-apiserver.

use std::cmp::Reverse;
use std::sync::Arc;

use super::super::look::{entries, items, set};
use super::super::{Findings, Path};
use crate::cel::check::Checked;
use crate::cel::environment::Language;
use crate::cel::estimate::estimate;
use crate::cel::types::Type;
use crate::schema::cel::declare::Declared;
use crate::schema::structural::{Additional, Json, List, Structural, is_true};
use crate::yaml::Node;

/// The maximum cost of one expression (`StaticEstimatedCostLimit`).
const LIMIT: u64 = 10_000_000;
/// The maximum cost of all expressions of a schema (`StaticEstimatedCRDCostLimit`).
const TOTAL: u64 = 100_000_000;

/// Checks all rules in a schema.
pub fn check(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let schema = Structural::of(node);
    if !schema.below.rules {
        return;
    }
    let mut rules = Rules { language: Language::of_kubernetes(out.version().number()), total: 0, expensive: Vec::new(), out };
    rules.below(node, &schema, &At { declared: None, is_root: true, follows: true, count: Some(1) }, path);
    let Rules { total, mut expensive, .. } = rules;
    if total > TOTAL {
        expensive.sort_by_key(|rule| Reverse(rule.cost));
        // Expressions that exceed the limit on their own have been reported.
        for rule in expensive.into_iter().take(4).filter(|rule| rule.cost <= LIMIT) {
            let message = "the rule contributes to a total estimated cost that exceeds the limit for the schema";
            out.push(rule.place.error("forbidden-value", message).help(REMEDY), rule.path);
        }
        let what = "the total estimated cost of the rules in the schema";
        out.push(node.error("forbidden-value", over_budget(what, total, TOTAL)).help(REMEDY), path.to_string());
    }
}

const REMEDY: &str =
    "simplify the rule, or add `maxItems`, `maxProperties`, and `maxLength` to the schemas of arrays, maps, and strings";

/// A location in a schema.
struct At {
    /// The declaration, if a rule here or above requires one.
    declared: Option<Arc<Declared>>,
    /// Whether it is an object with `metadata`.
    is_root: bool,
    /// Whether a value here can be matched with its counterpart in the old object.
    follows: bool,
    /// The maximum number of values, if it is limited.
    count: Option<u64>,
}

/// The cost of an expression, and its location.
struct Cost<'n> {
    cost: u64,
    place: &'n Node,
    path: String,
}

struct Rules<'n, 'o> {
    language: Language,
    total: u64,
    /// Expressions that cost at least a hundredth of the total.
    expensive: Vec<Cost<'n>>,
    out: &'o mut Findings,
}

impl<'n> Rules<'n, '_> {
    fn below(&mut self, node: &'n Node, schema: &Structural, at: &At, path: &Path<'_>) {
        if !schema.below.rules {
            return;
        }
        let declared = match (&at.declared, schema.rules.is_empty()) {
            (Some(declared), _) => Some(Arc::clone(declared)),
            (None, false) => Declared::new(schema, at.is_root, "self"),
            (None, true) => None,
        };
        let rules = path.field("x-kubernetes-validations");
        match &declared {
            Some(declared) => {
                for (index, rule) in items(node, "x-kubernetes-validations") {
                    self.rule(rule, declared, at, &rules.index(index));
                }
            }
            None if schema.rules.is_empty() => {}
            None => self.out.invalid(node, &rules, "rules are not allowed here: the schema has no type that expressions can use"),
        }
        let count = at.count.and_then(|count| Some(count.saturating_mul(most_children(schema)?)));
        let child = |of: &Structural, found: Option<Arc<Declared>>, follows: bool| At {
            declared: found,
            is_root: of.embedded,
            follows: at.follows && follows,
            count,
        };
        if let (Some(of), Some(of_schema)) = (set(node, "items"), &schema.items) {
            let found = declared.as_ref().and_then(|declared| declared.items());
            let at = child(of_schema, found, matches!(schema.list, List::Map(_)));
            self.below(of, of_schema, &at, &path.field("items"));
        }
        if let (Some(of), Some(Additional::Of(of_schema))) = (set(node, "additionalProperties"), &schema.additional) {
            let found = declared.as_ref().and_then(|declared| declared.items());
            self.below(of, of_schema, &child(of_schema, found, true), &path.field("additionalProperties"));
        }
        let properties = path.field("properties");
        for entry in entries(node, "properties") {
            let name = &entry.key.text;
            if let Some(of) = schema.property(name) {
                let found = declared.as_ref().and_then(|declared| declared.field(name));
                self.below(&entry.value, of, &child(of, found, true), &properties.key(name));
            }
        }
    }

    fn rule(&mut self, node: &'n Node, declared: &Declared, at: &At, path: &Path<'_>) {
        let optional = is_true(node, "optionalOldSelf");
        let before = declared.of().clone();
        let before = if optional { Type::Optional(Arc::new(before)) } else { before };
        let environment = self.language.environment().with("self", declared.of().clone()).with("oldSelf", before);
        let compile = |text: &str, wanted: &Type| match environment.compile(text) {
            Err(faults) => Err(faults.first().map_or_else(String::new, |fault| fault.within(text))),
            Ok(checked) if checked.output() != wanted => Err(format!("expected type `{wanted}`, found `{}`", checked.output())),
            Ok(checked) => Ok(checked),
        };
        let mut rule = None;
        let text_of = |field| set(node, field).and_then(|place| Some((place, place.as_str()?)));
        if let Some((place, text)) = text_of("rule").filter(|(_, text)| !text.trim().is_empty()) {
            let path = path.field("rule");
            match compile(text, &Type::Bool) {
                Err(cause) => self.out.invalid(place, &path, format!("the rule does not compile: {cause}")),
                Ok(checked) => {
                    let count = at.count.unwrap_or_else(|| declared.cardinality());
                    self.cost("the estimated cost of the rule", place, &checked, declared, count, &path);
                    rule = Some(checked);
                }
            }
        }
        if let Some((place, text)) = text_of("messageExpression").filter(|_| rule.is_some()) {
            let path = path.field("messageExpression");
            match compile(text, &Type::String) {
                Err(cause) => self.out.invalid(place, &path, format!("the expression does not compile: {cause}")),
                Ok(checked) => {
                    self.cost("the estimated cost of the message expression", place, &checked, declared, 1, &path);
                }
            }
        }
        self.old_self(node, rule.as_ref(), at, path);
    }

    fn old_self(&mut self, node: &Node, rule: Option<&Checked>, at: &At, path: &Path<'_>) {
        if rule.is_some_and(|rule| rule.uses("oldSelf")) {
            if let Some(place) = set(node, "rule").filter(|_| !at.follows) {
                let message = "`oldSelf` can't be used here: the items of this list can't be matched across updates";
                self.out.invalid(place, &path.field("rule"), message);
            }
        } else if let Some(flag) = set(node, "optionalOldSelf") {
            self.out.invalid(flag, &path.field("optionalOldSelf"), "`optionalOldSelf` requires a rule that uses `oldSelf`");
        }
    }

    /// Adds the cost of an expression that is evaluated `times` times.
    fn cost(&mut self, what: &str, place: &'n Node, checked: &Checked, declared: &Declared, times: u64, path: &Path<'_>) {
        let cost = estimate(checked, declared).max.saturating_mul(times);
        if cost > LIMIT {
            let error = place.error("forbidden-value", over_budget(what, cost, LIMIT)).help(REMEDY);
            self.out.push(error, path.to_string());
        }
        self.total = self.total.saturating_add(cost);
        if cost >= TOTAL / 100 {
            self.expensive.push(Cost { cost, place, path: path.to_string() });
        }
    }
}

/// The maximum number of children of one value, if it is limited.
fn most_children(schema: &Structural) -> Option<u64> {
    let checks = schema.checks.as_ref();
    match schema.json {
        Some(Json::Object) if schema.additional.is_some() => checks?.properties.max,
        Some(Json::Array) => checks?.items.max,
        _ => Some(1),
    }
}

fn over_budget(what: &str, cost: u64, limit: u64) -> String {
    let factor = cost as f64 / limit as f64;
    let factor = match factor {
        _ if factor > 100.0 => "more than 100x".to_owned(),
        _ if factor < 1.5 => format!("{factor:.6}x"),
        _ => format!("{factor:.1}x"),
    };
    format!("{what} exceeds the budget by a factor of {factor}")
}
