//! Selects objects by the value of a field. Behavior: kyaml's `GrepFilter` and the command `cfg grep`.

use std::cmp::Ordering;

use anyhow::anyhow;

use super::matcher::{compile, find};
use super::object::Object;
use super::query::field_path;
use crate::go_yaml::{Node, Printer, Style};
use crate::schema::quantity::Quantity;

/// A condition for objects.
#[derive(Clone, Debug)]
pub struct Grep {
    path: Vec<String>,
    value: String,
    operator: Operator,
    /// Whether the objects that do not fulfill it are selected.
    pub invert: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Matches,
    AtLeast,
    AtMost,
    Above,
    Below,
}

/// The operators in the order in which they are looked for.
const OPERATORS: [(&str, Operator); 4] =
    [(">=", Operator::AtLeast), ("<=", Operator::AtMost), (">", Operator::Above), ("<", Operator::Below)];

impl Grep {
    /// Reads a condition such as `spec.replicas>2` or `kind=Deployment`.
    ///
    /// # Errors
    /// The path is not valid, or there are several operators.
    pub fn of(query: &str, invert: bool) -> anyhow::Result<Grep> {
        let mut path = field_path(query)?;
        let last = path.pop().unwrap_or_default();
        let found = OPERATORS.into_iter().find(|(operator, _)| last.contains(operator));
        let (sign, operator) = found.unwrap_or(("=", Operator::Matches));
        let parts: Vec<&str> = last.split(sign).collect();
        if parts.len() > 2 {
            let message = "ambiguous match -- multiple of ['<', '>', '<=', '>=', '=' in final path element";
            return Err(anyhow!("{message}: {last}"));
        }
        path.push(parts.first().copied().unwrap_or_default().to_owned());
        Ok(Grep { path, value: parts.get(1).copied().unwrap_or_default().to_owned(), operator, invert })
    }

    /// The objects that are selected.
    ///
    /// # Errors
    /// The regular expression or a quantity is not valid, or a node on the path is of another kind.
    pub fn filter(&self, objects: Vec<Object>) -> anyhow::Result<Vec<Object>> {
        let pattern = if self.operator == Operator::Matches { Some(compile(&self.value)?) } else { None };
        let mut selected = Vec::new();
        for object in objects {
            let matches = find(object.borrow().root(), &self.path)?.unwrap_or_default();
            let mut found = false;
            for value in &matches {
                found |= match &pattern {
                    Some(pattern) => pattern.is_match(&flow_text(&value.node)),
                    None => self.compare(&value.node.value)?,
                };
            }
            if found != self.invert {
                selected.push(object);
            }
        }
        Ok(selected)
    }

    fn compare(&self, value: &str) -> anyhow::Result<bool> {
        if value.is_empty() {
            return Ok(false);
        }
        let found = quantity(value).map_err(|error| anyhow!("{value}: {error}"))?;
        let order = found.cmp(&quantity(&self.value).map_err(|error| anyhow!(error))?);
        Ok(match self.operator {
            Operator::Matches => false,
            Operator::AtLeast => order != Ordering::Less,
            Operator::AtMost => order != Ordering::Greater,
            Operator::Above => order == Ordering::Greater,
            Operator::Below => order == Ordering::Less,
        })
    }
}

/// The text of a node in one line, without double quotes.
fn flow_text(node: &Node) -> String {
    let text = Printer::text_of(&Node { style: Style::FLOW, ..node.clone() });
    text.replace('"', "").trim().to_owned()
}

/// The value of a quantity in billionths, or what apimachinery says about it.
fn quantity(text: &str) -> Result<i128, &'static str> {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &rest[number(rest)..];
    let rest = rest.strip_prefix('.').map_or(rest, |fraction| &fraction[number(fraction)..]);
    let rest = rest.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
    let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    if text.is_empty() || number(rest) < rest.len() {
        return Err("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }
    Quantity::parse(text).map(Quantity::nanos).ok_or("unable to parse quantity's suffix")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_quantities_are_those_of_apimachinery() {
        assert_eq!(quantity("500m"), Ok(500_000_000));
        assert!(quantity("abc").is_err_and(|error| error.starts_with("quantities must match")));
        assert_eq!(quantity("1mm"), Err("unable to parse quantity's suffix"));
    }
}
