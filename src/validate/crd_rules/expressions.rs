//! The expressions in `x-kubernetes-validations` of a schema: would the server's compiler take them?
//!
//! Behaviour: the compiler's part of `ValidateCustomResourceDefinitionOpenAPISchema`; what a rule may cost is not estimated.

use super::super::look::{entries, items, set};
use super::super::{Findings, Path};
use crate::schema::cel::check::{fault, uses_old_self};
use crate::schema::structural::{Structural, is_true};
use crate::yaml::Node;

/// Checks the rules in a whole schema.
pub fn check(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let schema = Structural::of(node);
    if schema.below.rules {
        below(node, &schema, true, true, path, out);
    }
}

/// `follows`: whether a value here is found again in the object as it was before.
fn below(node: &Node, schema: &Structural, is_root: bool, follows: bool, path: &Path<'_>, out: &mut Findings) {
    if !schema.below.rules {
        return;
    }
    let rules = path.field("x-kubernetes-validations");
    for (at, rule) in items(node, "x-kubernetes-validations") {
        self::rule(rule, schema, is_root, follows, &rules.index(at), out);
    }
    if let (Some(of), Some(of_schema)) = (set(node, "items"), &schema.items) {
        let follows = follows && matches!(schema.list, crate::schema::structural::List::Map(_));
        below(of, of_schema, of_schema.embedded, follows, &path.field("items"), out);
    }
    if let (Some(of), Some(crate::schema::structural::Additional::Of(of_schema))) =
        (set(node, "additionalProperties"), &schema.additional)
    {
        below(of, of_schema, of_schema.embedded, follows, &path.field("additionalProperties"), out);
    }
    let properties = path.field("properties");
    for entry in entries(node, "properties") {
        if let Some(of) = schema.property(&entry.key.text) {
            below(&entry.value, of, of.embedded, follows, &properties.key(&entry.key.text), out);
        }
    }
}

fn rule(node: &Node, schema: &Structural, is_root: bool, follows: bool, path: &Path<'_>, out: &mut Findings) {
    let optional = is_true(node, "optionalOldSelf");
    let mut uses_old = false;
    if let Some((rule, text)) = set(node, "rule").and_then(|rule| Some((rule, rule.as_str()?))) {
        uses_old = uses_old_self(text);
        if let Some(cause) = fault(text, schema, is_root, optional, false) {
            out.invalid(rule, &path.field("rule"), format!("the rule can't be compiled: {cause}"));
        } else if uses_old && !follows {
            let message = "`oldSelf` can't be used here: entries of this list are not told apart from one update to the next";
            out.invalid(rule, &path.field("rule"), message);
        }
    }
    if let Some((expression, text)) = set(node, "messageExpression").and_then(|found| Some((found, found.as_str()?)))
        && let Some(cause) = fault(text, schema, is_root, optional, true)
    {
        out.invalid(expression, &path.field("messageExpression"), format!("the expression can't be compiled: {cause}"));
    }
    if let Some(flag) = set(node, "optionalOldSelf").filter(|_| !uses_old) {
        out.invalid(flag, &path.field("optionalOldSelf"), "the rule does not use `oldSelf`");
    }
}
