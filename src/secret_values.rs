//! What is known to be secret in the texts of a run: ranges of texts, and the values in them.
//!
//! Ranges are the marks: a value in one of them is never shown, however short it is. The values are the net below the marks:
//! wherever one of them appears in a message, it is replaced, even if the message is about something else.

use std::collections::{HashMap, HashSet};

/// Replaces a value.
pub const MASK: &str = "***";
/// Shorter values are masked by their place only.
const SHORTEST: usize = 6;
/// Values without a digit are often plain words, so they have to be longer.
const SHORTEST_WORD: usize = 8;

/// Secret ranges and values of all texts of a run.
#[derive(Debug, Default)]
pub struct SecretValues {
    texts: HashMap<u32, Text>,
    /// Values by their first bytes.
    net: HashMap<[u8; SHORTEST], Vec<String>>,
}

/// What is secret in one text.
#[derive(Debug, Default)]
struct Text {
    /// No line is shown.
    hides_lines: bool,
    /// Every value is secret, whatever it is.
    is_secret: bool,
    /// Secret ranges, sorted.
    ranges: Vec<(u32, u32)>,
    /// Values in the ranges, of any length.
    values: HashSet<String>,
}

impl SecretValues {
    /// Hides all lines of a text.
    pub fn hide_lines(&mut self, source: u32) {
        self.texts.entry(source).or_default().hides_lines = true;
    }

    /// Hides a text and everything in it.
    pub fn hide(&mut self, source: u32) {
        let text = self.texts.entry(source).or_default();
        (text.hides_lines, text.is_secret) = (true, true);
    }

    /// Marks a range.
    pub fn mark(&mut self, source: u32, range: (u32, u32)) {
        self.texts.entry(source).or_default().ranges.push(range);
    }

    /// Adds a value that was read from a text.
    pub fn add_value(&mut self, source: u32, value: &str) {
        if !value.is_empty() {
            self.texts.entry(source).or_default().values.insert(value.to_owned());
        }
    }

    /// Sorts the ranges; required before anything is looked up.
    pub fn sort(&mut self) {
        for text in self.texts.values_mut() {
            text.ranges.sort_unstable();
            text.ranges.dedup_by(|next, kept| {
                let overlaps = next.0 < kept.1;
                kept.1 = if overlaps { kept.1.max(next.1) } else { kept.1 };
                overlaps
            });
        }
    }

    /// Indexes the values; required before they are replaced. Words for which `is_public` is true are not.
    pub fn index(&mut self, is_public: impl Fn(&str) -> bool) {
        let mut all: HashSet<String> = HashSet::new();
        for text in self.texts.values() {
            for value in &text.values {
                let lines = value.lines().map(str::trim).filter(|line| line.len() >= 12 && *line != value);
                all.extend(lines.chain([value.trim()]).filter(|value| is_telling(value, &is_public)).map(str::to_owned));
            }
        }
        for value in all {
            if let Some(start) = value.as_bytes().first_chunk() {
                self.net.entry(*start).or_default().push(value);
            }
        }
        // The longest value wins.
        self.net.values_mut().for_each(|values| values.sort_by_key(|value| std::cmp::Reverse(value.len())));
    }

    /// Whether the lines in a range of a text must not be shown.
    pub fn hides(&self, source: u32, range: (u32, u32)) -> bool {
        let Some(text) = self.texts.get(&source) else { return false };
        text.hides_lines || overlaps(&text.ranges, range)
    }

    /// Whether a value in this range is secret.
    pub fn covers(&self, source: u32, range: (u32, u32)) -> bool {
        let Some(text) = self.texts.get(&source) else { return false };
        text.is_secret || overlaps(&text.ranges, range)
    }

    /// Whether nothing is secret.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether a text contains a secret value.
    pub fn is_in(&self, text: &str) -> bool {
        (0..text.len()).any(|at| self.value_at(text, at).is_some())
    }

    /// A text in which secret values are replaced; `None` if there are none.
    pub fn without(&self, text: &str) -> Option<String> {
        let (mut out, mut done, mut at) = (String::new(), 0, 0);
        while at < text.len() {
            match self.value_at(text, at) {
                Some(length) => {
                    out.push_str(&text[done..at]);
                    out.push_str(MASK);
                    at += length;
                    done = at;
                }
                None => at += 1,
            }
        }
        (done > 0).then(|| out + &text[done..])
    }

    fn value_at(&self, text: &str, at: usize) -> Option<usize> {
        let rest = &text.as_bytes()[at..];
        let values = self.net.get(rest.first_chunk::<SHORTEST>()?)?;
        values.iter().find(|value| rest.starts_with(value.as_bytes())).map(String::len)
    }

    /// A message about a value in a text, without quotations of that text's secret values, however short they are.
    pub fn unquoted(&self, source: u32, message: &str) -> Option<String> {
        let values = &self.texts.get(&source)?.values;
        let mut found = false;
        let mut out = String::new();
        let mut rest = message;
        while let Some(start) = rest.find(['`', '"']) {
            let quote = if rest.as_bytes()[start] == b'`' { '`' } else { '"' };
            let Some(length) = rest[start + 1..].find(quote) else { break };
            let quoted = &rest[start + 1..start + 1 + length];
            let is_secret = is_quotation(quoted, values);
            found |= is_secret;
            out.push_str(&rest[..=start]);
            out.push_str(if is_secret { MASK } else { quoted });
            out.push(quote);
            rest = &rest[start + length + 2..];
        }
        found.then(|| out + rest)
    }
}

/// Whether a quotation shows a value, a part of one, or something around one.
fn is_quotation(quoted: &str, values: &HashSet<String>) -> bool {
    const LONG: usize = 4;
    if values.contains(quoted) {
        return true;
    }
    let is_near = |value: &String| {
        (quoted.len() >= LONG && value.contains(quoted)) || (value.len() >= LONG && quoted.contains(value.as_str()))
    };
    values.len() < 1000 && values.iter().any(is_near)
}

/// Whether a value is secret wherever it appears.
fn is_telling(value: &str, is_public: &impl Fn(&str) -> bool) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    match digits {
        _ if digits == value.len() => value.len() >= SHORTEST_WORD,
        0 => value.len() >= SHORTEST_WORD && !is_public(value),
        _ => value.len() >= SHORTEST,
    }
}

/// Whether a range overlaps one of the sorted ranges. An empty range counts as the character after it.
fn overlaps(ranges: &[(u32, u32)], (start, end): (u32, u32)) -> bool {
    let end = end.max(start + 1);
    let after = ranges.partition_point(|range| range.0 < end);
    ranges[..after].last().is_some_and(|range| range.1 > start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_replaced_wherever_they_appear() {
        let mut secrets = SecretValues::default();
        secrets.mark(0, (3, 12));
        secrets.add_value(0, "made-up-1");
        secrets.add_value(0, "x");
        secrets.add_value(0, "postgres");
        secrets.sort();
        secrets.index(|word| word == "postgres");
        assert_eq!(secrets.without("a made-up-1made-up-1, `x` for postgres").as_deref(), Some("a ******, `x` for postgres"));
        assert_eq!(secrets.unquoted(0, "expected `y`, found `x`").as_deref(), Some("expected `y`, found `***`"));
        assert_eq!(secrets.without("é made-up"), None);
        assert!(secrets.covers(0, (0, 4)) && secrets.covers(0, (11, 11)) && !secrets.covers(0, (12, 14)));
    }
}
