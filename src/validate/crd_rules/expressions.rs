//! Checks whether the expressions in `x-kubernetes-validations` of a schema compile.
//!
//! Matches the compilation in `ValidateCustomResourceDefinitionOpenAPISchema`; the cost of rules is not estimated.

use super::super::look::{entries, items, set};
use super::super::{Findings, Path};
use crate::schema::cel::check::{fault, uses_old_self};
use crate::schema::structural::{Structural, is_true};
use crate::yaml::Node;

/// Checks all rules in a schema.
pub fn check(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let schema = Structural::of(node);
    if schema.below.rules {
        below(node, &schema, true, true, path, out);
    }
}

/// Checks a part of a schema. `follows`: whether a value here can be matched with its counterpart in the old object.
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
            out.invalid(rule, &path.field("rule"), format!("the rule does not compile: {cause}"));
        } else if uses_old && !follows {
            let message = "`oldSelf` can't be used here: the items of this list can't be matched across updates";
            out.invalid(rule, &path.field("rule"), message);
        }
    }
    if let Some((expression, text)) = set(node, "messageExpression").and_then(|found| Some((found, found.as_str()?)))
        && let Some(cause) = fault(text, schema, is_root, optional, true)
    {
        out.invalid(expression, &path.field("messageExpression"), format!("the expression does not compile: {cause}"));
    }
    if let Some(flag) = set(node, "optionalOldSelf").filter(|_| !uses_old) {
        out.invalid(flag, &path.field("optionalOldSelf"), "`optionalOldSelf` requires a rule that uses `oldSelf`");
    }
}
