//! Versions: `semver('1.2.3-rc.1').isLessThan(semver('1.2.3'))`.
//!
//! Behaviour: `semverlib.go` of Kubernetes with `blang/semver`.

use std::any::Any;
use std::cmp::Ordering;

use ecow::{EcoString, EcoVec, eco_format};

use super::super::machine::{Failure, Machine};
use super::super::types::Signature::{self, Bool, Int, String};
use super::super::value::{Opaque, Value};
use super::row::{Library, function, method, no_overload, text};

const SEMVER: Signature = Signature::Opaque("kubernetes.Semver");

/// The functions.
pub static LIBRARY: Library = Library {
    name: "semantic versions",
    since: 33,
    until: None,
    overloads: &[
        function("string_to_semver", "semver", &[String], SEMVER, semver),
        function("string_bool_to_semver", "semver", &[String, Bool], SEMVER, semver),
        function("is_semver_string", "isSemver", &[String], Bool, is_semver),
        function("is_semver_string_bool", "isSemver", &[String, Bool], Bool, is_semver),
        method("semver_is_greater_than", "isGreaterThan", &[SEMVER, SEMVER], Bool, |_, args| {
            Ok(Value::Bool(compare(args)?.is_gt()))
        }),
        method("semver_is_less_than", "isLessThan", &[SEMVER, SEMVER], Bool, |_, args| Ok(Value::Bool(compare(args)?.is_lt()))),
        method("semver_compare_to", "compareTo", &[SEMVER, SEMVER], Int, |_, args| Ok(Value::Int(compare(args)? as i64))),
        method("semver_major", "major", &[SEMVER], Int, |_, args| part(args, 0)),
        method("semver_minor", "minor", &[SEMVER], Int, |_, args| part(args, 1)),
        method("semver_patch", "patch", &[SEMVER], Int, |_, args| part(args, 2)),
    ],
};

/// A version.
#[derive(Clone, Debug)]
struct Version {
    numbers: [u64; 3],
    /// What comes before the release.
    pre: EcoVec<Pre>,
}

/// A part of what comes before the release. Numbers are less than words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pre {
    Number(u64),
    Word(EcoString),
}

impl Version {
    fn order(&self, other: &Version) -> Ordering {
        let numbers = self.numbers.cmp(&other.numbers);
        numbers.then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            _ => self.pre.cmp(&other.pre),
        })
    }
}

impl Opaque for Version {
    fn type_name(&self) -> &'static str {
        "kubernetes.Semver"
    }
    fn equals(&self, other: &dyn Opaque) -> bool {
        (other as &dyn Any).downcast_ref::<Version>().is_some_and(|other| self.order(other).is_eq())
    }
}

fn parse(text: &str) -> Option<Version> {
    let (major, rest) = text.split_once('.')?;
    let (minor, rest) = rest.split_once('.')?;
    let (rest, build) = rest.split_once('+').map_or((rest, None), |(rest, build)| (rest, Some(build)));
    let (patch, pre) = rest.split_once('-').map_or((rest, None), |(patch, pre)| (patch, Some(pre)));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let build_is_plain = build.is_none_or(|build| build.split('.').all(plain));
    let mut parts = EcoVec::new();
    for part in pre.into_iter().flat_map(|pre| pre.split('.')) {
        parts.push(match part.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Pre::Number(number(part)?),
            false if plain(part) => Pre::Word(part.into()),
            false => return None,
        });
    }
    build_is_plain.then_some(Version { numbers: [number(major)?, number(minor)?, number(patch)?], pre: parts })
}

/// A number without zeros in front.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let leads_with_zero = text.len() > 1 && text.starts_with('0');
    text.parse().ok().filter(|_| digits && !leads_with_zero)
}

/// `v1.02` as `1.2.0`.
fn normalized(text: &str) -> Option<EcoString> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let parts: Vec<&str> = text.splitn(3, '.').collect();
    if parts.len() < 3 && parts.last().is_some_and(|last| last.contains(['+', '-'])) {
        return None;
    }
    let part = |at: usize| -> EcoString {
        let part = parts.get(at).copied().unwrap_or("0");
        let stripped = if part.len() > 1 { part.trim_start_matches('0') } else { part };
        let needs_zero = part.len() > 1 && !stripped.starts_with(|c: char| c.is_ascii_digit());
        eco_format!("{}{stripped}", if needs_zero { "0" } else { "" })
    };
    Some(eco_format!("{}.{}.{}", part(0), part(1), part(2)))
}

fn read(args: &[Value]) -> Result<Option<Version>, Failure> {
    let text = text(args, 0)?;
    match args.get(1) {
        None | Some(Value::Bool(false)) => Ok(parse(text)),
        Some(Value::Bool(true)) => Ok(normalized(text).and_then(|text| parse(&text))),
        Some(_) => Err(no_overload()),
    }
}

fn semver(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    machine.allocate(text(args, 0)?.len())?;
    let version = read(args)?.map(Value::opaque);
    version
        .ok_or_else(|| Failure::Error(eco_format!("`{}` is not a valid semantic version", text(args, 0).map_or("", |text| text))))
}

fn is_semver(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    machine.allocate(text(args, 0)?.len())?;
    read(args).map(|version| Value::Bool(version.is_some()))
}

fn compare(args: &[Value]) -> Result<Ordering, Failure> {
    match args {
        [a, b] => {
            let (a, b) = (a.as_opaque::<Version>(), b.as_opaque::<Version>());
            a.zip(b).map(|(a, b)| a.order(b)).ok_or_else(no_overload)
        }
        _ => Err(no_overload()),
    }
}

fn part(args: &[Value], at: usize) -> Result<Value, Failure> {
    let version = args.first().and_then(Value::as_opaque::<Version>);
    version.and_then(|version| version.numbers.get(at)).map(|number| Value::Int(*number as i64)).ok_or_else(no_overload)
}
