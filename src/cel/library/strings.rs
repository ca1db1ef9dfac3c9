//! Strings: `charAt`, `indexOf`, `join`, `replace`, `split`, `substring` and their kin.
//!
//! Positions count characters. Behaviour: `ext/strings.go` of cel-go; Kubernetes has version 0, and version 2 since 1.29.

use ecow::{EcoString, eco_format};

use super::super::machine::{Failure, Machine};
use super::super::types::Signature::{self, Dyn, Int, String};
use super::super::value::Value;
use super::format_string;
use super::row::{LIST_STRING, Library, NEVER, function, int, list, made, method, no_overload, text};

/// Version 0.
pub static FIRST: Library = Library {
    name: "strings",
    since: 0,
    until: None,
    overloads: &[
        method("string_char_at_int", "charAt", &[String, Int], String, char_at),
        method("string_index_of_string", "indexOf", &[String, String], Int, index_of),
        method("string_index_of_string_int", "indexOf", &[String, String, Int], Int, index_of),
        method("string_last_index_of_string", "lastIndexOf", &[String, String], Int, last_index_of),
        method("string_last_index_of_string_int", "lastIndexOf", &[String, String, Int], Int, last_index_of),
        method("string_lower_ascii", "lowerAscii", &[String], String, |machine, args| {
            let text = text(args, 0)?;
            made(machine, text.as_str().to_ascii_lowercase())
        }),
        method("string_upper_ascii", "upperAscii", &[String], String, |machine, args| {
            let text = text(args, 0)?;
            made(machine, text.as_str().to_ascii_uppercase())
        }),
        method("string_replace_string_string", "replace", &[String, String, String], String, replace),
        method("string_replace_string_string_int", "replace", &[String, String, String, Int], String, replace),
        method("string_split_string", "split", &[String, String], LIST_STRING, split),
        method("string_split_string_int", "split", &[String, String, Int], LIST_STRING, split),
        method("string_substring_int", "substring", &[String, Int], String, substring),
        method("string_substring_int_int", "substring", &[String, Int, Int], String, substring),
        method("string_trim", "trim", &[String], String, |machine, args| {
            let text = text(args, 0)?;
            made(machine, text.trim())
        }),
        method("list_join", "join", &[LIST_STRING], String, join),
        method("list_join_string", "join", &[LIST_STRING, String], String, join),
    ],
};

/// What version 2 adds.
pub static SECOND: Library = Library {
    name: "strings",
    since: 29,
    until: None,
    overloads: &[
        method("string_format", "format", &[String, Signature::List(&Dyn)], String, |machine, args| {
            let (text, values) = (text(args, 0)?, list(args, 1)?);
            format_string::format(text, values, machine).map(Value::String)
        }),
        function("strings_quote", "strings.quote", &[String], String, |machine, args| {
            let text = text(args, 0)?;
            machine.allocate(text.len())?;
            made(machine, quote(text))
        }),
    ],
};

/// What version 3 adds, which Kubernetes does not have.
pub static LATER: Library = Library {
    name: "strings",
    since: NEVER,
    until: None,
    overloads: &[method("string_reverse", "reverse", &[String], String, |machine, args| {
        let text = text(args, 0)?;
        made(machine, text.chars().rev().collect::<EcoString>())
    })],
};

fn out_of_range(at: i64) -> Failure {
    Failure::Error(eco_format!("index out of range: {at}"))
}

/// The place of a character in bytes; that behind the last one is the end.
fn offset(text: &str, at: i64) -> Option<usize> {
    let at = usize::try_from(at).ok()?;
    text.char_indices().map(|(offset, _)| offset).chain([text.len()]).nth(at)
}

fn char_at(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let (text, at) = (text(args, 0)?, int(args, 1)?);
    machine.spend(text.len() as u64 / 16)?;
    let start = offset(text, at).ok_or_else(|| out_of_range(at))?;
    Ok(Value::String(text.get(start..).and_then(|rest| rest.chars().next()).map(|c| eco_format!("{c}")).unwrap_or_default()))
}

fn position(text: &str, offset: usize) -> i64 {
    text.get(..offset).map_or(0, |before| before.chars().count() as i64)
}

/// Where to look from; an error when it is negative.
fn start(args: &[Value]) -> Result<Option<i64>, Failure> {
    match args.get(2) {
        None => Ok(None),
        Some(Value::Int(at)) if *at < 0 => Err(out_of_range(*at)),
        Some(Value::Int(at)) => Ok(Some(*at)),
        Some(_) => Err(no_overload()),
    }
}

fn index_of(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let (text, part, from) = (text(args, 0)?, text(args, 1)?, start(args)?.unwrap_or(0));
    machine.spend(text.len() as u64 / 16)?;
    if part.is_empty() {
        return Ok(Value::Int(from.min(text.chars().count() as i64)));
    }
    let found = offset(text, from).and_then(|from| Some(from + text.get(from..)?.find(part.as_str())?));
    Ok(Value::Int(found.map_or(-1, |found| position(text, found))))
}

fn last_index_of(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let (text, part, from) = (text(args, 0)?, text(args, 1)?, start(args)?);
    machine.spend(text.len() as u64 / 16)?;
    let length = text.chars().count() as i64;
    if part.is_empty() {
        return Ok(Value::Int(from.map_or(length, |from| from.min(length))));
    }
    if from.is_some_and(|from| from >= length) {
        return Ok(Value::Int(-1));
    }
    // The last place where the part may begin, so the text is cut behind it.
    let end = from.and_then(|from| offset(text, from)).map_or(text.len(), |from| (from + part.len()).min(text.len()));
    let end = (end..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
    let found = text.get(..end).and_then(|text| text.rfind(part.as_str()));
    let found = match (found, from) {
        (Some(found), Some(from)) if position(text, found) > from => {
            offset(text, from).and_then(|from| text.get(..from)?.rfind(part.as_str()))
        }
        (found, _) => found,
    };
    Ok(Value::Int(found.map_or(-1, |found| position(text, found))))
}

/// Replaces as Go does: nothing is between, before and behind all characters.
fn replace(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let (text, old, new) = (text(args, 0)?, text(args, 1)?, text(args, 2)?);
    let most = if args.len() > 3 { usize::try_from(int(args, 3)?).unwrap_or(usize::MAX) } else { usize::MAX };
    machine.spend(text.len() as u64 / 16)?;
    let found = text.matches(old.as_str()).take(most).count();
    machine.allocate(text.len().saturating_add(found.saturating_mul(new.len())))?;
    Ok(Value::String(text.as_str().replacen(old.as_str(), new, most).into()))
}

fn split(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let (text, separator) = (text(args, 0)?, text(args, 1)?);
    let most = if args.len() > 2 { int(args, 2)? } else { -1 };
    machine.spend(text.len() as u64 / 16)?;
    let most = match usize::try_from(most) {
        Ok(0) => return Ok(Value::list(Vec::new())),
        Ok(most) => most,
        Err(_) => usize::MAX,
    };
    let parts = if separator.is_empty() { text.len() } else { text.matches(separator.as_str()).count() + 1 };
    machine.allocate_items(parts.min(most))?;
    machine.allocate(text.len())?;
    let parts: Vec<Value> = match separator.is_empty() {
        true => characters(text, most),
        false => text.splitn(most, separator.as_str()).map(Value::string).collect(),
    };
    Ok(Value::list(parts))
}

/// The single characters, the last part being the rest.
fn characters(text: &str, most: usize) -> Vec<Value> {
    let mut parts: Vec<Value> = text.chars().take(most.saturating_sub(1)).map(|c| Value::String(eco_format!("{c}"))).collect();
    let rest: EcoString = text.chars().skip(parts.len()).collect();
    if !rest.is_empty() {
        parts.push(Value::String(rest));
    }
    parts
}

fn substring(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let (text, start) = (text(args, 0)?, int(args, 1)?);
    machine.spend(text.len() as u64 / 16)?;
    let end = if args.len() > 2 { Some(int(args, 2)?) } else { None };
    if let Some(end) = end.filter(|end| start > *end) {
        return Err(Failure::Error(eco_format!("invalid substring range. start: {start}, end: {end}")));
    }
    let from = offset(text, start).ok_or_else(|| out_of_range(start))?;
    let to = end.map_or(Ok(text.len()), |end| offset(text, end).ok_or_else(|| out_of_range(end)))?;
    made(machine, text.get(from..to).unwrap_or_default())
}

fn join(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let list = list(args, 0)?;
    let separator = if args.len() > 1 { text(args, 1)?.as_str() } else { "" };
    machine.spend(list.len() as u64)?;
    let mut joined = EcoString::new();
    for (at, item) in list.iter().enumerate() {
        let Value::String(item) = item else { return Err(no_overload()) };
        machine.allocate(item.len() + separator.len())?;
        if at > 0 {
            joined.push_str(separator);
        }
        joined.push_str(&item);
    }
    Ok(Value::String(joined))
}

fn quote(text: &str) -> EcoString {
    let mut out = EcoString::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
