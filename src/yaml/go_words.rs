//! What go-yaml says about a syntax error: its words, and its idea of the line.
//!
//! The scanner and the parser detect the same errors as libyaml, from which go-yaml is translated. go-yaml names the line where the
//! surrounding scalar or collection begins (version 3), or else the one that it has reached, and it counts lines from 0 in errors of
//! its parser and from 1 in those of its scanner. Line 0 is not named. Behavior: `parser.fail` of go-yaml.

use super::event::SyntaxError;

/// A problem: how our message begins, go-yaml's words, and whether the scanner detects it.
const PROBLEMS: &[(&str, &str, bool)] = &[
    ("a mapping value is not allowed here", "mapping values are not allowed in this context", true),
    ("a list item is not allowed here", "block sequence entries are not allowed in this context", true),
    ("a mapping key is not allowed here", "mapping keys are not allowed in this context", true),
    ("expected `:` after a mapping key", "could not find expected ':'", true),
    ("a value cannot start with", "found character that cannot start any token", true),
    ("exceeded the maximum depth", "exceeded max depth of 10000", true),
    ("the indentation indicator must not be 0", "found an indentation indicator equal to 0", true),
    ("expected the end of the line after the header", "did not find expected comment or line break", true),
    ("expected a closing quote for the string that starts here, found the end", "found unexpected end of stream", true),
    ("expected a closing quote for the string that starts here, found a doc", "found unexpected document indicator", true),
    ("unknown escape sequence", "found unknown escape character", true),
    ("expected two hexadecimal digits after `%`", "did not find URI escaped octet", true),
    ("the escape sequence is not a valid", "found invalid Unicode character escape code", true),
    ("the name of a", "did not find expected alphabetic or numeric character", true),
    ("expected `>` at the end of a tag", "did not find the expected '>'", true),
    ("expected whitespace or the end of the line after a tag", "did not find expected whitespace or line break", true),
    ("expected whitespace or the end of the line after the prefix", "did not find expected whitespace or line break", true),
    ("expected the URI of a tag", "did not find expected tag URI", true),
    ("expected a handle such as", "did not find expected '!'", true),
    ("expected the name of a directive", "could not find expected directive name", true),
    ("unknown directive", "found unknown directive name", true),
    ("expected the end of the line after a directive", "did not find expected comment or line break", true),
    ("expected a version such as", "did not find expected digit or '.' character", true),
    ("expected another mapping key", "did not find expected key", false),
    ("expected another list item", "did not find expected '-' indicator", false),
    ("expected `,` or `]`", "did not find expected ',' or ']'", false),
    ("expected `,` or `}`", "did not find expected ',' or '}'", false),
    ("expected a value", "did not find expected node content", false),
    ("expected `---`", "did not find expected <document start>", false),
    ("the tag handle", "found undefined tag handle", false),
    ("the `%TAG` directive", "found duplicate %TAG directive", false),
    ("the `%YAML` directive", "found duplicate %YAML directive", false),
    ("expected `%YAML 1.1`", "found incompatible YAML document", false),
];

/// Which go-yaml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Version 2, which reads kustomization files.
    Two,
    /// Version 3, which reads manifests.
    Three,
}

/// The words for an error in a text, without `yaml: `. `collection` is the beginning of the innermost open collection.
pub fn of(text: &str, error: &SyntaxError, collection: Option<usize>, version: Version) -> String {
    let message = error.message.as_str();
    if message.starts_with("control characters") {
        return message.to_owned();
    }
    let (problem, is_scanned) = problem(text, error);
    let is_end = message.ends_with("found the end of the input");
    let around = match is_scanned {
        true => error.within.unwrap_or(error.offset),
        false if problem.starts_with("did not find expected key") || problem.contains("',' or") || problem.contains("'-'") => {
            collection.unwrap_or(error.offset)
        }
        false if is_end => text.len(),
        false => error.offset,
    };
    let reached = if is_end { text.len() } else { error.reached };
    let mut lines = [around, reached].map(|offset| newlines(text, offset));
    // The end of the input is at the start of a line.
    lines[1] += usize::from(is_end && !is_scanned && !text.ends_with('\n'));
    let line = match version {
        Version::Three if lines[0] > 0 => lines[0],
        Version::Two if lines[1] == 0 => lines[0],
        _ => lines[1],
    };
    match line {
        0 => problem.to_owned(),
        line => format!("line {}: {problem}", line + usize::from(is_scanned)),
    }
}

fn problem(text: &str, error: &SyntaxError) -> (&'static str, bool) {
    let message = error.message.as_str();
    if !error.words.is_empty() {
        return (error.words, true);
    }
    if message.starts_with("a tab cannot be used") {
        let start = error.within.and_then(|start| text.as_bytes().get(start));
        return match start {
            None => ("found character that cannot start any token", true),
            Some(b'|' | b'>') => ("found a tab character where an indentation space is expected", true),
            Some(_) => ("found a tab character that violates indentation", true),
        };
    }
    let is_named = text.as_bytes().get(error.offset + 1).is_some_and(u8::is_ascii_alphanumeric);
    if message.starts_with("expected the name of a directive") && is_named {
        return ("found unexpected non-alphabetical character", true);
    }
    if message.ends_with("hexadecimal digits in an escape sequence") {
        return ("did not find expected hexdecimal number", true);
    }
    let known = PROBLEMS.iter().find(|(start, ..)| message.starts_with(start));
    known.map_or(("unknown problem parsing YAML content", false), |(_, problem, is_scanned)| (problem, *is_scanned))
}

fn newlines(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parser::Parser;

    fn words(text: &str) -> String {
        let mut parser = Parser::new(text);
        loop {
            match parser.next() {
                Ok(Some(_)) => {}
                Ok(None) => return String::new(),
                Err(error) => return of(text, &error, None, Version::Three),
            }
        }
    }

    #[test]
    fn errors_of_the_scanner_count_lines_from_one() {
        assert_eq!(words("a: 1\nb: 2\n  c: d\n"), "line 3: mapping values are not allowed in this context");
        assert_eq!(words("a: b: c\n"), "mapping values are not allowed in this context");
        assert_eq!(words("a:\n\tb: 2\n"), "line 2: found character that cannot start any token");
        assert_eq!(words("a: 1\nb: \"x\n"), "line 2: found unexpected end of stream");
    }
}
