//! Checks values against the schema: types, required fields, ranges, patterns, `allOf`, and the like.
//!
//! As on the server, defaults count as if they were set, and nulls of fields that are not nullable as absent. Behavior:
//! kube-openapi's `validate` package.

use super::super::findings::Findings;
use super::super::path::Path;
use crate::schema::Version;
use crate::schema::structural::{Checks, Json, Range, Structural};
use crate::yaml::scalar::{self, Number};
use crate::yaml::{Mapping, Node, Scalar, Tag, Value};

/// Collects errors as findings, or only counts them to test whether a value matches.
pub struct Report<'f> {
    out: Option<&'f mut Findings>,
    failures: usize,
    version: Version,
}

impl<'f> Report<'f> {
    /// Adds errors to the findings.
    pub fn new(out: &'f mut Findings) -> Self {
        let version = out.version();
        Report { out: Some(out), failures: 0, version }
    }

    /// Only counts errors.
    fn silent(version: Version) -> Self {
        Report { out: None, failures: 0, version }
    }

    fn fail(&mut self, add: impl FnOnce(&mut Findings)) {
        self.failures += 1;
        if let Some(out) = &mut self.out {
            add(out);
        }
    }
}

/// Checks a value. `base` is the schema that specifies its fields; `schema` is the same, or a clause of its `allOf` or the like.
pub fn check(node: &Node, schema: &Structural, base: &Structural, path: &Path<'_>, report: &mut Report<'_>) {
    if !has_type(node, schema) {
        return report.fail(|out| wrong_type(node, schema, path, out));
    }
    if let Some(checks) = &schema.checks {
        if !node.is_null() {
            junctors(node, checks, base, path, report);
        }
        value(node, checks, path, report);
    }
    match node.value() {
        Value::Sequence(items) => {
            let of = schema.items();
            let base_of = base.items().or(of);
            if let (Some(of), Some(base_of)) = (of, base_of) {
                items.iter().enumerate().for_each(|(at, item)| check(item, of, base_of, &path.index(at), report));
            }
        }
        Value::Mapping(mapping) => object(node, mapping, schema, base, path, report),
        Value::Scalar(_) => {}
    }
}

fn wrong_type(node: &Node, schema: &Structural, path: &Path<'_>, out: &mut Findings) {
    let expected = schema.expected();
    let error = node.error("wrong-type", format!("expected {expected}, found {}", node.type_name()));
    out.push(error.help_if(node.remedy(expected).map(str::to_owned)), path.to_string());
}

/// Whether a value has the type of the schema. As on the server, a list is accepted for a string with a format.
fn has_type(node: &Node, schema: &Structural) -> bool {
    let kind = match node.value() {
        Value::Mapping(_) => Json::Object,
        Value::Sequence(_) => {
            let loose = schema.json == Some(Json::String) && schema.checks.as_ref().is_some_and(|checks| checks.format.is_some());
            return loose || !schema.int_or_string && matches!(schema.json, None | Some(Json::Array));
        }
        Value::Scalar(scalar) => match scalar.tag {
            Tag::Null => return schema.nullable || schema.json.is_none() && !schema.int_or_string,
            Tag::Bool => Json::Boolean,
            Tag::Str | Tag::Timestamp => Json::String,
            Tag::Int | Tag::Float => match number_of(scalar) {
                Some(number) if is_whole(number) => Json::Integer,
                _ => Json::Number,
            },
        },
    };
    if schema.int_or_string {
        return matches!(kind, Json::Integer | Json::String);
    }
    match schema.json {
        None => true,
        Some(Json::Number) => matches!(kind, Json::Integer | Json::Number),
        Some(expected) => expected == kind,
    }
}

fn number_of(scalar: &Scalar) -> Option<Number> {
    scalar.number()
}

/// Whether the server treats a number as an integer: a 64-bit integer, or a float without a fraction that JSON can represent.
fn is_whole(number: Number) -> bool {
    match number {
        Number::Int(_) => true,
        Number::Uint(_) => false,
        Number::Float(value) => value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_991.0,
    }
}

/// Checks the value itself.
fn value(node: &Node, checks: &Checks, path: &Path<'_>, report: &mut Report<'_>) {
    if !checks.values.is_empty() && !checks.values.iter().any(|allowed| equal(allowed, node)) {
        report.fail(|out| {
            let allowed: Vec<&str> =
                checks.values.iter().filter_map(|value| value.as_scalar()).map(|scalar| scalar.text.as_str()).collect();
            out.unsupported(node, path, &allowed);
        });
    }
    match node.value() {
        Value::Sequence(items) => range(node, items.len(), checks.items, "item", path, report),
        Value::Mapping(_) => {}
        Value::Scalar(scalar) => match scalar.tag {
            Tag::Str | Tag::Timestamp => text(node, &scalar.text, checks, path, report),
            Tag::Int | Tag::Float => {
                if let Some(found) = scalar.number() {
                    number(node, found, checks, path, report);
                }
            }
            Tag::Null | Tag::Bool => {}
        },
    }
}

/// Whether two values are equal as JSON.
pub fn equal(a: &Node, b: &Node) -> bool {
    match (a.value(), b.value()) {
        (Value::Scalar(a), Value::Scalar(b)) => match (a.tag, b.tag) {
            (Tag::Null, Tag::Null) => true,
            (Tag::Bool, Tag::Bool) => scalar::bool_value(&a.text) == scalar::bool_value(&b.text),
            (Tag::Int | Tag::Float, Tag::Int | Tag::Float) => match (a.number(), b.number()) {
                (Some(a), Some(b)) => a == b || a.as_f64() == b.as_f64(),
                _ => false,
            },
            (Tag::Str | Tag::Timestamp, Tag::Str | Tag::Timestamp) => a.text == b.text,
            _ => false,
        },
        (Value::Sequence(a), Value::Sequence(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Mapping(a), Value::Mapping(b)) => {
            let same = |entry: &crate::yaml::Entry| b.get(&entry.key.text).is_some_and(|value| equal(&entry.value, value));
            a.len() == b.len() && a.iter().all(same)
        }
        _ => false,
    }
}

fn text(node: &Node, text: &str, checks: &Checks, path: &Path<'_>, report: &mut Report<'_>) {
    if checks.length.min.is_some() || checks.length.max.is_some() {
        let failed = report.failures;
        range(node, text.chars().count(), checks.length, "character", path, report);
        if report.failures > failed {
            return;
        }
    }
    if let Some(pattern) = checks.pattern.as_ref().filter(|pattern| !pattern.matches(text)) {
        report.fail(|out| out.invalid(node, path, format!("`{text}` must match the pattern `{}`", pattern.as_str())));
    }
    if let Some(format) = checks.format.filter(|format| format.rejects(text, report.version)) {
        report.fail(|out| {
            let found = if text.is_empty() { "an empty string".to_owned() } else { format!("`{text}`") };
            let mut error = node.error("wrong-type", format!("expected {}, found {found}", format.expected));
            if let Some(help) = format.help(text) {
                error = error.help(help);
            }
            out.push(error, path.to_string());
        });
    }
}

fn range(node: &Node, count: usize, range: Range, unit: &str, path: &Path<'_>, report: &mut Report<'_>) {
    let count = count as u64;
    if let Some(max) = range.max.filter(|max| count > *max) {
        report.fail(|out| out.too_long(node, path, format!("must have at most {}, found {count}", plural(max, unit))));
    } else if let Some(min) = range.min.filter(|min| count < *min) {
        report.fail(|out| out.invalid(node, path, format!("must have at least {}, found {count}", plural(min, unit))));
    }
}

fn plural(count: u64, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn number(node: &Node, number: Number, checks: &Checks, path: &Path<'_>, report: &mut Report<'_>) {
    let (found, shown) = (number.as_f64(), || node.as_scalar().map_or("", |scalar| scalar.text.as_str()));
    if checks.int32 && !(-2_147_483_648.0..=2_147_483_647.0).contains(&found) {
        report.fail(|out| out.invalid(node, path, format!("expected a 32-bit integer, found {}", shown())));
    }
    if let Some(factor) = checks.multiple_of.filter(|factor| *factor > 0.0) {
        // Divided as on the server, to get the same rounding.
        let times = if factor < 1.0 { 1.0 / factor * found } else { found / factor };
        if (times - times.round()).abs() > 1e-9 * times.abs().max(1.0) {
            report.fail(|out| out.invalid(node, path, format!("must be a multiple of {factor}, found {}", shown())));
        }
    }
    match checks.maximum {
        Some((max, true)) if found >= max => {
            report.fail(|out| out.invalid(node, path, format!("must be less than {max}, found {}", shown())))
        }
        Some((max, false)) if found > max => {
            report.fail(|out| out.invalid(node, path, format!("must be at most {max}, found {}", shown())))
        }
        _ => {}
    }
    match checks.minimum {
        Some((min, true)) if found <= min => {
            report.fail(|out| out.invalid(node, path, format!("must be greater than {min}, found {}", shown())))
        }
        Some((min, false)) if found < min => {
            report.fail(|out| out.invalid(node, path, format!("must be at least {min}, found {}", shown())))
        }
        _ => {}
    }
}

fn object(node: &Node, mapping: &Mapping, schema: &Structural, base: &Structural, path: &Path<'_>, report: &mut Report<'_>) {
    if let Some(checks) =
        schema.checks.as_ref().filter(|checks| checks.properties.min.is_some() || checks.properties.max.is_some())
    {
        range(node, count_fields(mapping, base), checks.properties, "field", path, report);
    }
    if !schema.properties.is_empty() || schema.additional.is_some() {
        for entry in mapping {
            let name = entry.key.text.as_str();
            let Some(of) = schema.value(name) else { continue };
            let base_of = if std::ptr::eq(schema, base) { of } else { base.value(name).unwrap_or(of) };
            if entry.value.is_null() && !base_of.nullable {
                continue;
            }
            check(&entry.value, of, base_of, &path.field(name), report);
        }
    }
    if !std::ptr::eq(schema, base) {
        defaults(node, schema, base, path, report);
    }
    for name in &schema.required {
        if base.seen(node, name).is_none() {
            report.fail(|out| out.required(node, &path.field(name), format!("`{name}` is required")));
        }
    }
}

/// Checks a clause of `allOf` or the like for fields that are not set but have a default.
fn defaults(node: &Node, schema: &Structural, base: &Structural, path: &Path<'_>, report: &mut Report<'_>) {
    for (name, of) in &schema.properties {
        let Some(base_of) = base.property(name).filter(|base_of| base_of.default.is_some()) else { continue };
        if node.get(name).is_some_and(|value| !value.is_null() || base_of.nullable) {
            continue;
        }
        let path = path.field(name);
        if base_of.default.as_ref().is_some_and(|default| failures(default, of, base_of, &path, report.version) > 0) {
            report.fail(|out| {
                out.invalid(node, &path, format!("the default of `{name}` is not valid together with the other fields"))
            });
        }
    }
}

/// The number of fields of an object after nulls are dropped and defaults are set.
fn count_fields(mapping: &Mapping, base: &Structural) -> usize {
    let is_present = |entry: &&crate::yaml::Entry| {
        let of = base.value(&entry.key.text);
        !entry.value.is_null() || of.is_none_or(|of| of.nullable || of.default.is_some())
    };
    let absent = base.with_defaults().filter(|(name, _)| mapping.get(name).is_none());
    mapping.iter().filter(is_present).count() + absent.count()
}

/// Checks `allOf`, `anyOf`, `oneOf`, and `not`.
fn junctors(node: &Node, checks: &Checks, base: &Structural, path: &Path<'_>, report: &mut Report<'_>) {
    for clause in &checks.all_of {
        check(node, clause, base, path, report);
    }
    if !checks.any_of.is_empty() {
        let choice = choose(node, &checks.any_of, base, path, report.version);
        if choice.matching == 0 {
            choice.report(node, base, path, report);
        }
    }
    if !checks.one_of.is_empty() {
        let choice = choose(node, &checks.one_of, base, path, report.version);
        match choice.matching {
            0 => choice.report(node, base, path, report),
            1 => {}
            several => report.fail(|out| {
                let message = format!("must match exactly one alternative in `oneOf`, but matches {several}");
                out.invalid(node, path, message);
            }),
        }
    }
    if checks.not.as_ref().is_some_and(|not| failures(node, not, base, path, report.version) == 0) {
        report.fail(|out| out.invalid(node, path, "must not match the schema in `not`"));
    }
}

/// The result of trying alternatives.
struct Choice<'s> {
    /// How many of them match.
    matching: usize,
    /// The fewest failures, and the alternative that has them.
    best: Option<(usize, &'s Structural)>,
}

impl Choice<'_> {
    /// Reports why the best alternative does not match.
    fn report(&self, node: &Node, base: &Structural, path: &Path<'_>, report: &mut Report<'_>) {
        match self.best {
            Some((_, clause)) if report.out.is_some() => check(node, clause, base, path, report),
            Some((failures, _)) => report.failures += failures,
            None => {}
        }
    }
}

fn choose<'s>(node: &Node, clauses: &'s [Structural], base: &Structural, path: &Path<'_>, version: Version) -> Choice<'s> {
    let mut choice = Choice { matching: 0, best: None };
    for clause in clauses {
        let failures = failures(node, clause, base, path, version);
        choice.matching += usize::from(failures == 0);
        if choice.best.is_none_or(|(fewest, _)| failures < fewest) {
            choice.best = Some((failures, clause));
        }
    }
    choice
}

fn failures(node: &Node, clause: &Structural, base: &Structural, path: &Path<'_>, version: Version) -> usize {
    let mut report = Report::silent(version);
    check(node, clause, base, path, &mut report);
    report.failures
}
