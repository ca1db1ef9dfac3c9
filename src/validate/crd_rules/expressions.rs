//! The expressions in `x-kubernetes-validations` of a schema: would the server's compiler take them, and what may they cost?
//!
//! Behaviour: the compiler's part of `ValidateCustomResourceDefinitionOpenAPISchema`, and the limits in `validation.go` and
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

/// What one expression may cost (`StaticEstimatedCostLimit`).
const LIMIT: u64 = 10_000_000;
/// What all expressions of a schema may cost together (`StaticEstimatedCRDCostLimit`).
const TOTAL: u64 = 100_000_000;

/// Checks the rules in a whole schema.
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
        // What is too expensive on its own has been reported.
        for rule in expensive.into_iter().take(4).filter(|rule| rule.cost <= LIMIT) {
            let message = "the rule contributes to a total estimated cost that exceeds the limit for the schema";
            out.push(rule.place.error("forbidden-value", message).help(REMEDY), rule.path);
        }
        let what = "the total estimated cost of the rules in the schema";
        out.push(node.error("forbidden-value", over_budget(what, total, TOTAL)).help(REMEDY), path.to_string());
    }
}

const REMEDY: &str =
    "simplify the rule, or add `maxItems`, `maxProperties` and `maxLength` where arrays, maps and strings are declared";

/// A place in a schema.
struct At {
    /// What it declares, if rules above made that known.
    declared: Option<Arc<Declared>>,
    /// Whether it is a whole object.
    is_root: bool,
    /// Whether a value here is found again in the object as it was before.
    follows: bool,
    /// How many values there can be, where that is limited.
    count: Option<u64>,
}

/// What an expression costs, and where it is.
struct Cost<'n> {
    cost: u64,
    place: &'n Node,
    path: String,
}

struct Rules<'n, 'o> {
    language: Language,
    total: u64,
    /// Those that cost a hundredth of the total or more.
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
            None => self.out.invalid(node, &rules, "rules are not possible here: the schema has no type that rules can see"),
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
            Ok(checked) if checked.output() != wanted => Err(format!("it has type `{}`, not `{wanted}`", checked.output())),
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
                let message = "`oldSelf` can't be used here: items of this list are not correlated from one update to the next";
                self.out.invalid(place, &path.field("rule"), message);
            }
        } else if let Some(flag) = set(node, "optionalOldSelf") {
            self.out.invalid(flag, &path.field("optionalOldSelf"), "the rule does not use `oldSelf`");
        }
    }

    /// Counts what an expression costs when it is evaluated so many times.
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

/// How many values below there can be for one value of a schema, where that is limited.
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
