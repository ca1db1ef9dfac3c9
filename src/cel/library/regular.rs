//! What a regular expression finds. Behaviour: `regex.go` of Kubernetes.

use super::super::machine::{Failure, Machine};
use super::super::types::Signature::{Int, String};
use super::super::value::Value;
use super::row::{LIST_STRING, Library, int, made, method, text};

/// The functions.
pub static LIBRARY: Library = Library {
    name: "regular expressions",
    since: 0,
    until: None,
    overloads: &[
        method("string_find_string", "find", &[String, String], String, |machine, args| {
            let (text, pattern) = (text(args, 0)?, text(args, 1)?);
            let regex = machine.pattern(pattern, text.len())?;
            made(machine, regex.find(text).map_or("", |found| found.as_str()))
        }),
        method("string_find_all_string", "findAll", &[String, String], LIST_STRING, find_all),
        method("string_find_all_string_int", "findAll", &[String, String, Int], LIST_STRING, find_all),
    ],
};

fn find_all(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let (text, pattern) = (text(args, 0)?, text(args, 1)?);
    let most = if args.len() > 2 { usize::try_from(int(args, 2)?).unwrap_or(usize::MAX) } else { usize::MAX };
    let regex = machine.pattern(pattern, text.len())?;
    let mut found = Vec::new();
    for part in regex.find_iter(text).take(most) {
        machine.allocate_items(1)?;
        found.push(made(machine, part.as_str())?);
    }
    Ok(Value::list(found))
}
