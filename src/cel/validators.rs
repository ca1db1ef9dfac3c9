//! Validates a checked expression: literals of durations, timestamps, regular expressions, and formats; and lists whose items
//! have different types.
//!
//! Behavior: `ASTValidators` in `pkg/cel/environment/base.go` of apiserver and `cel/validator.go` of cel-go; since 1.29.

use super::ast::{Expr, Fault, Kind, Literal};
use super::check::Checked;
use super::format_check;
use super::time::{parse_duration, parse_time};
use super::types::Type;
use crate::go_regexp::{self, compile};
use crate::limits::SCHEMA_PATTERN_BYTES;

/// The faults of a checked expression.
pub(super) fn validate(checked: &Checked) -> Vec<Fault> {
    let mut faults = Vec::new();
    look(checked, &checked.expr, false, &mut faults);
    faults
}

/// `formatted`: whether it is inside a call of `format`, whose list may have items of different types.
fn look(checked: &Checked, expr: &Expr, formatted: bool, faults: &mut Vec<Fault>) {
    let mut formatted_below = formatted;
    match &expr.kind {
        Kind::Call { function, target, args } => {
            formatted_below |= function == "format";
            if let ("format", Some(Kind::Literal(Literal::String(text))), [Expr { kind: Kind::List(items), .. }]) =
                (function.as_str(), target.as_deref().map(|target| &target.kind), args.as_slice())
            {
                faults.extend(format_check::check(checked, expr, text, items));
            }
            if let Some(Expr { kind: Kind::Literal(literal), span, .. }) = args.first()
                && !takes_literal(function, literal)
            {
                faults.push(Fault { span: span.clone(), message: format!("invalid argument for `{function}`") });
            }
        }
        Kind::List(items) if !formatted => {
            let items = items.iter().map(|item| (&item.value, item.optional));
            faults.extend(same_types(checked, items));
        }
        Kind::Map(entries) if !formatted => {
            faults.extend(same_types(checked, entries.iter().map(|entry| (&entry.key, false))));
            faults.extend(same_types(checked, entries.iter().map(|entry| (&entry.value, entry.optional))));
        }
        _ => {}
    }
    expr.for_each_child(&mut |child| look(checked, child, formatted_below, faults));
}

/// The first expression whose type differs from that of the first one.
fn same_types<'e>(checked: &Checked, mut parts: impl Iterator<Item = (&'e Expr, bool)>) -> Option<Fault> {
    let type_of = |(expr, optional): (&Expr, bool)| match checked.type_of(expr) {
        Type::Optional(of) if optional => (**of).clone(),
        other => other.clone(),
    };
    let first = type_of(parts.next()?);
    parts.find_map(|part| {
        let found = type_of(part);
        let message = || format!("expected type `{first}`, found `{found}`");
        (first != found).then(|| Fault { span: part.0.span.clone(), message: message() })
    })
}

fn takes_literal(function: &str, literal: &Literal) -> bool {
    match (function, literal) {
        ("duration", Literal::String(text)) => parse_duration(text).is_some(),
        ("timestamp", Literal::String(text)) => matches!(parse_time(text), Ok(Some(_))),
        ("matches", Literal::String(regex)) => !matches!(compile(regex, SCHEMA_PATTERN_BYTES), Err(go_regexp::Fault::Invalid(_))),
        _ => true,
    }
}
