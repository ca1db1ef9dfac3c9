//! Evaluates the expressions of a text.

use std::fmt;

use super::glob;
use super::parse::{Operation, Part, Which, parse};

/// Longer results are an error.
const LONGEST: usize = 16 << 20;
/// The longest value that a pattern is removed from.
const LONGEST_TRIMMED: usize = 16 << 10;

/// Why a text can't be substituted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A variable has no value, and the substitution is strict.
    Unset(String),
    /// An expression is malformed, or does not apply to the value.
    Malformed(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unset(name) => write!(f, "the variable `{name}` is not set"),
            Error::Malformed(cause) => f.write_str(cause),
        }
    }
}

/// A text with the values of its variables. If `strict`, a variable without a value or a default is an error, or else it is empty.
///
/// # Errors
/// An expression is malformed, or a variable is not set.
pub fn substitute<'v>(text: &str, value: &dyn Fn(&str) -> Option<&'v str>, strict: bool) -> Result<String, Error> {
    let parts = parse(text).map_err(Error::Malformed)?;
    Evaluation { value, strict }.text(&parts)
}

struct Evaluation<'e, 'v> {
    value: &'e dyn Fn(&str) -> Option<&'v str>,
    strict: bool,
}

impl Evaluation<'_, '_> {
    fn text(&self, parts: &[Part]) -> Result<String, Error> {
        let mut out = String::new();
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Variable(name, operation) => out.push_str(&self.variable(name, operation)?),
            }
            if out.len() > LONGEST {
                return Err(Error::Malformed("the result is too long"));
            }
        }
        Ok(out)
    }

    fn variable(&self, name: &str, operation: &Operation) -> Result<String, Error> {
        // Arguments are evaluated even if they are not used.
        if let Operation::Default(other) = operation {
            let other = self.text(other)?;
            let own = (self.value)(name).filter(|value| !value.is_empty());
            return Ok(own.map_or(other, str::to_owned));
        }
        let value = match (self.value)(name) {
            Some(value) => value,
            None if self.strict => return Err(Error::Unset(name.to_owned())),
            None => "",
        };
        Ok(match operation {
            Operation::Value | Operation::Default(_) => value.to_owned(),
            Operation::Length => value.len().to_string(),
            Operation::Case { upper, all } => cased(value, *upper, *all),
            Operation::Cut(offset, length) => {
                let length = length.as_deref().map(|length| self.text(length)).transpose()?;
                cut(value, &self.text(offset)?, length.as_deref())?
            }
            Operation::Replace(which, old, new) => replaced(value, *which, &self.text(old)?, &self.text(new)?)?,
            Operation::Trim { end, longest, pattern } => {
                let pattern = self.text(pattern)?;
                if value.len() > LONGEST_TRIMMED {
                    return Err(Error::Malformed("the value is too long for a pattern"));
                }
                trimmed(value, &pattern, *end, *longest).to_owned()
            }
        })
    }
}

fn cased(value: &str, upper: bool, all: bool) -> String {
    let changed = |text: &str| if upper { text.to_uppercase() } else { text.to_lowercase() };
    let first = value.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = value.split_at(if all { value.len() } else { first });
    changed(first) + rest
}

/// The bytes of a value from an offset on; the whole value if a number is not valid.
fn cut(value: &str, offset: &str, length: Option<&str>) -> Result<String, Error> {
    let (Ok(offset), Ok(length)) = (offset.parse::<i64>(), length.map(str::parse::<i64>).transpose()) else {
        return Ok(value.to_owned());
    };
    let bytes = value.as_bytes();
    let outside = || Error::Malformed("the slice is out of range");
    let start = usize::try_from(offset).map_err(|_| outside())?;
    let Some(from) = bytes.get(start..) else { return Ok(String::new()) };
    let end = match length {
        Some(length) => usize::try_from(length).map_err(|_| outside())?.min(from.len()),
        None => from.len(),
    };
    Ok(String::from_utf8_lossy(from.get(..end).unwrap_or(from)).into_owned())
}

fn replaced(value: &str, which: Which, old: &str, new: &str) -> Result<String, Error> {
    let count = if which == Which::All { value.matches(old).count() } else { 1 };
    if value.len() + count.saturating_mul(new.len()) > LONGEST {
        return Err(Error::Malformed("the result is too long"));
    }
    Ok(match which {
        Which::First => value.replacen(old, new, 1),
        Which::All => value.replace(old, new),
        Which::Start => value.strip_prefix(old).map_or(value.to_owned(), |rest| format!("{new}{rest}")),
        Which::End => value.strip_suffix(old).map_or(value.to_owned(), |rest| format!("{rest}{new}")),
    })
}

/// A value without the part at its start or end that matches a pattern.
fn trimmed<'v>(value: &'v str, pattern: &str, end: bool, longest: bool) -> &'v str {
    let mut places: Vec<usize> = value.char_indices().map(|(at, _)| at).chain([value.len()]).collect();
    // From the shortest match to the longest one.
    if end != longest {
        places.reverse();
    }
    let split = |at: usize| value.split_at_checked(at);
    let found =
        places.into_iter().filter_map(split).find(|(before, after)| glob::matches(pattern, if end { after } else { before }));
    found.map_or(value, |(before, after)| if end { before } else { after })
}
