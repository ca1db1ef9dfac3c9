//! Checks calls of `format` on literals: whether the clauses match the values.
//!
//! Behavior: `stringFormatValidator` in `ext/formatting.go` of cel-go; since 1.29, like the other validators.

use super::ast::{Expr, Fault, Item, Kind};
use super::check::Checked;
use super::types::Type;

/// The fault in a call `text.format(items)`, if there is one.
pub(super) fn check(checked: &Checked, call: &Expr, text: &str, items: &[Item]) -> Option<Fault> {
    let fault = |at: &Expr, message: String| Some(Fault { span: at.span.clone(), message });
    let mut values = items.iter().map(|item| &item.value);
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            rest = after;
            continue;
        }
        let Some(value) = values.next().filter(|_| !rest.is_empty()) else {
            return fault(call, "`format` has more clauses than values".to_owned());
        };
        let (clause, after) = match clause(rest) {
            Ok(found) => found,
            Err(message) => return fault(call, message),
        };
        rest = after;
        if let Some(wrong) = misfit(checked, clause, value) {
            let found = checked.type_of(wrong);
            return fault(wrong, format!("the clause `%{clause}` can't be applied to a value of type `{found}`"));
        }
    }
    match values.next() {
        Some(value) => fault(value, "`format` has more values than clauses".to_owned()),
        None => None,
    }
}

/// The letter of a clause, and the rest of the text.
fn clause(text: &str) -> Result<(char, &str), String> {
    let rest = match text.strip_prefix('.') {
        Some(digits) => {
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            if digits[..end].parse::<u32>().is_err() {
                return Err(format!("`%{text}` requires a precision after the point"));
            }
            &digits[end..]
        }
        None => text,
    };
    match rest.chars().next() {
        Some(letter @ ('s' | 'd' | 'f' | 'e' | 'b' | 'x' | 'X' | 'o')) => Ok((letter, &rest[1..])),
        Some(letter) => Err(format!("`%{letter}` is not a valid clause of `format`")),
        None => Err("the last clause of `format` is incomplete".to_owned()),
    }
}

/// The first value that a clause can't be applied to.
fn misfit<'e>(checked: &Checked, clause: char, value: &'e Expr) -> Option<&'e Expr> {
    let of = checked.type_of(value);
    let fits = match clause {
        _ if *of == Type::Dyn => true,
        'd' | 'o' => matches!(of, Type::Int | Type::Uint),
        'f' | 'e' => matches!(of, Type::Double | Type::String),
        'b' => matches!(of, Type::Int | Type::Uint | Type::Bool),
        'x' | 'X' => matches!(of, Type::Int | Type::Uint | Type::String | Type::Bytes),
        _ => !matches!(of, Type::Opaque(_) | Type::Object(_) | Type::Optional(_) | Type::Param(_)),
    };
    if !fits {
        return Some(value);
    }
    match &value.kind {
        Kind::List(items) if clause == 's' => items.iter().find_map(|item| misfit(checked, clause, &item.value)),
        Kind::Map(entries) if clause == 's' => {
            entries.iter().find_map(|entry| misfit(checked, clause, &entry.key).or(misfit(checked, clause, &entry.value)))
        }
        _ => None,
    }
}
