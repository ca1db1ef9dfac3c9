//! What the functions that Kubernetes adds cost.
//!
//! Behaviour: `EstimateCallCost` in `pkg/cel/library/cost.go` of apiserver.

use super::super::ast::{Kind, Literal};
use super::super::types::Type;
use super::estimator::{Call, Node, PATTERN, STRING, Sizes};
use super::range::Range;

/// The longest regular expression of a named format.
const FORMAT_PATTERN: f64 = 128.0;
/// The longest named format.
const FORMAT: u64 = 64;

/// What a call costs without its arguments; `None` if it is not such a function.
pub(super) fn call(sizes: &dyn Sizes, function: &str, id: &str, target: Option<&Node<'_>>, args: &[Node<'_>]) -> Option<Call> {
    let only = |cost: Range| Some(Call { cost, size: None });
    let traversed = |node: &Node<'_>, factor: f64| size(node).scaled(factor * STRING);
    match (function, target, args) {
        ("check", ..) => only(Range::exactly(350_000)),
        (
            "serviceAccount" | "path" | "group" | "resource" | "subresource" | "namespace" | "name" | "allowed" | "reason"
            | "error" | "errored",
            ..,
        ) => only(Range::ONE),
        ("fieldSelector" | "labelSelector", _, [selector]) => {
            let of = size(selector);
            only(Range::exactly(10).plus(of.scaled(STRING)).plus(of.scaled(0.5).scaled(50.0)))
        }
        ("isSorted" | "sum" | "max" | "min" | "indexOf" | "lastIndexOf" | "includes", Some(target), _) => {
            only(compared_items(sizes, function, target))
        }
        ("url" | "jsonpatch.escapeKey", _, [text]) | ("lowerAscii" | "upperAscii" | "substring" | "trim", Some(text), _) => {
            Some(Call { cost: traversed(text, 1.0), size: Some(size(text)) })
        }
        ("replace", Some(text), [from, to, ..]) => {
            Some(Call { cost: traversed(text, 2.0), size: Some(replaced(size(text), size(from), size(to))) })
        }
        ("split", Some(text), _) => {
            let max = match args.get(1).and_then(|limit| limit.expr).map(|limit| &limit.kind) {
                Some(Kind::Literal(Literal::Int(limit))) => *limit as u64,
                _ => size(text).max,
            };
            Some(Call { cost: traversed(text, 2.0), size: Some(Range::up_to(max)) })
        }
        ("join", Some(list), _) => {
            let of = joined(sizes, list, args.first());
            Some(Call { cost: of.scaled(STRING), size: Some(of) })
        }
        ("find" | "findAll", Some(text), [pattern, ..]) => {
            let cost = size(text).plus(Range::ONE).scaled(STRING).times(size(pattern).scaled(PATTERN));
            Some(Call { cost, size: Some(Range::up_to(size(text).max)) })
        }
        ("ip", ..) if id == "cidr_ip" => only(Range::ONE),
        ("cidr" | "isIP" | "isCIDR" | "ip" | "quantity" | "isQuantity" | "semver" | "isSemver", _, [text, ..]) => {
            only(traversed(text, 1.0))
        }
        ("ip.isCanonical", _, [text, ..]) => only(traversed(text, 2.0)),
        ("containsIP" | "containsCIDR", _, [other, ..]) => only(contained(function, id, other)),
        ("validate", _, [text, ..]) => only(traversed(text, 1.0).scaled(FORMAT_PATTERN * PATTERN)),
        ("_==_", _, [a, b]) if a.of == b.of => equal(b).and_then(only),
        (function, ..) if is_accessor(function) => only(Range::ONE),
        _ => None,
    }
}

fn is_accessor(function: &str) -> bool {
    const ACCESSORS: &[&str] = &[
        "masked",
        "prefixLength",
        "family",
        "isUnspecified",
        "isLoopback",
        "isLinkLocalMulticast",
        "isLinkLocalUnicast",
        "isGlobalUnicast",
        "format.named",
        "sign",
        "asInteger",
        "isInteger",
        "asApproximateFloat",
        "isGreaterThan",
        "isLessThan",
        "compareTo",
        "add",
        "sub",
        "major",
        "minor",
        "patch",
        "getScheme",
        "getHostname",
        "getHost",
        "getPort",
        "getEscapedPath",
        "getQuery",
    ];
    ACCESSORS.contains(&function)
}

fn size(node: &Node<'_>) -> Range {
    node.size.unwrap_or(Range::UNKNOWN)
}

/// The items of a list; of a map and an optional value what their first type parameter is.
fn items(sizes: &dyn Sizes, list: &Node<'_>) -> Option<(Type, Range)> {
    let of = match &list.of {
        Type::List(of) | Type::Optional(of) | Type::Type(of) | Type::Map(of, _) => (**of).clone(),
        _ => return None,
    };
    if list.path.is_empty() {
        return Some((of, Range::UNKNOWN));
    }
    let mut path = list.path.clone();
    path.push("@items".into());
    Some((of, sizes.max_size(&path).map_or(Range::UNKNOWN, Range::up_to)))
}

/// What comparing the items of a list costs; or of a string what searching it does.
fn compared_items(sizes: &dyn Sizes, function: &str, target: &Node<'_>) -> Range {
    match items(sizes, target) {
        Some((Type::String | Type::Bytes, of)) => size(target).times(Range::ONE.plus(of.scaled(STRING))),
        Some(_) => size(target),
        None if function == "includes" => size(target),
        None => size(target).scaled(STRING),
    }
}

/// The size of a string after a replacement.
fn replaced(text: Range, from: Range, to: Range) -> Range {
    let times = |length: u64, by: u64| (length as f64 / by as f64).ceil() as u64;
    let (most, kept_at_most) = match from.min {
        0 => (text.max.saturating_add(1), text.max),
        _ if to.max <= from.min => (0, text.max),
        least => (times(text.max, least), 0),
    };
    let (least, kept_at_least) = match from.max {
        0 => (text.min.saturating_add(1), text.min),
        _ if from.max <= to.min => (0, text.min),
        most => (times(text.min, most), 0),
    };
    let count = Range { min: least, max: most };
    count.times(to).plus(Range { min: kept_at_least, max: kept_at_most })
}

/// The size of a list as one string.
fn joined(sizes: &dyn Sizes, list: &Node<'_>, separator: Option<&Node<'_>>) -> Range {
    let count = size(list);
    let text = items(sizes, list).map_or(Range::ZERO, |(_, of)| count.times(of));
    let between = Range { min: count.min.saturating_sub(1), max: count.max.saturating_sub(1) };
    text.plus(separator.map_or(Range::ZERO, |separator| size(separator).times(between)))
}

/// What looking whether a network holds an address or a network costs: four or sixteen bytes each.
fn contained(function: &str, id: &str, other: &Node<'_>) -> Range {
    let bytes = Range { min: 4, max: 16 };
    let mut cost = bytes.plus(bytes).scaled(STRING);
    if function == "containsCIDR" {
        cost = cost.plus(bytes.scaled(STRING)).plus(Range::ONE);
    }
    match id {
        "cidr_contains_ip_string" | "cidr_contains_cidr_string" => cost.plus(size(other).scaled(STRING)),
        _ => cost,
    }
}

/// What comparing two values of a type of Kubernetes costs.
fn equal(b: &Node<'_>) -> Option<Range> {
    let Type::Opaque(name) = &b.of else { return None };
    Some(match *name {
        "kubernetes.NamedFormat" => Range { min: 1, max: FORMAT }.scaled(STRING),
        "kubernetes.URL" => Range { min: 1, max: b.size.map_or(1, |size| size.max) }.scaled(STRING),
        _ => Range::ONE,
    })
}
