//! File patterns as Go reads them: which names match, and which files of the working directory do.
//!
//! The commands under `edit add` and `edit remove` take patterns. Names are matched byte by byte, as in Go, and only `?` and classes
//! read whole characters. Behavior: Go's `filepath.Match` and `filepath.Glob`, and kustomize's `fsOnDisk.Glob` for hidden files.

use crate::kustomize_words::paths;
use std::path::Path;

/// A pattern that is not well-formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPattern;

impl std::fmt::Display for BadPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("syntax error in pattern")
    }
}

impl std::error::Error for BadPattern {}

/// Go gives up on patterns with more directories, so that its stack does not overflow.
const DIRECTORIES: usize = 10_000;

/// The files and directories that match a pattern, sorted by directory. Hidden ones match only if the pattern's name is hidden.
///
/// # Errors
/// The pattern is not well-formed.
pub fn find(pattern: &str) -> Result<Vec<String>, BadPattern> {
    let mut found = all(pattern)?;
    if !is_hidden(pattern) {
        found.retain(|path| !is_hidden(path));
    }
    Ok(found)
}

fn is_hidden(path: &str) -> bool {
    paths::base(path).starts_with('.')
}

fn all(pattern: &str) -> Result<Vec<String>, BadPattern> {
    // The directories of the pattern from the inside to the outside, with the pattern for the name in each.
    let mut steps = Vec::new();
    let mut rest = pattern;
    let mut found = loop {
        if steps.len() == DIRECTORIES {
            return Err(BadPattern);
        }
        matches(rest, "")?;
        if !has_meta(rest) {
            break if Path::new(rest).symlink_metadata().is_ok() { vec![rest.to_owned()] } else { Vec::new() };
        }
        let (directory, name) = rest.split_at(rest.rfind('/').map_or(0, |slash| slash + 1));
        let directory = match directory {
            "" => ".",
            "/" => "/",
            longer => &longer[..longer.len() - 1],
        };
        steps.push(name);
        if !has_meta(directory) {
            break vec![directory.to_owned()];
        }
        rest = directory;
    };
    while let Some(name) = steps.pop() {
        let mut inside = Vec::new();
        for directory in &found {
            names(directory, name, &mut inside)?;
        }
        found = inside;
    }
    Ok(found)
}

/// Adds the entries of a directory whose names match. Directories that can't be read have none.
fn names(directory: &str, pattern: &str, found: &mut Vec<String>) -> Result<(), BadPattern> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return Ok(());
    };
    let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    for name in names {
        let name = name.to_string_lossy();
        if matches(pattern, &name)? {
            found.push(paths::clean(&format!("{directory}/{name}")));
        }
    }
    Ok(())
}

fn has_meta(path: &str) -> bool {
    path.contains(['*', '?', '[', '\\'])
}

/// Whether a pattern matches a whole name. `*` and `?` do not match a slash.
///
/// # Errors
/// The pattern is not well-formed.
pub fn matches(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    let (mut pattern, mut name) = (pattern.as_bytes(), name.as_bytes());
    'chunks: while !pattern.is_empty() {
        let (star, chunk, rest) = next_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return Ok(!name.contains(&b'/'));
        }
        // The last part has to match up to the end of the name.
        let is_enough = |left: &[u8]| left.is_empty() || !rest.is_empty();
        if let Some(left) = match_chunk(chunk, name)?.filter(|left| is_enough(left)) {
            name = left;
            continue;
        }
        if star {
            let skippable = name.iter().take_while(|byte| **byte != b'/').count();
            for start in 1..=skippable {
                if let Some(left) = match_chunk(chunk, &name[start..])?.filter(|left| is_enough(left)) {
                    name = left;
                    continue 'chunks;
                }
            }
        }
        return Ok(false);
    }
    Ok(name.is_empty())
}

/// The pattern up to the next star: whether it begins with stars, the part without stars, and the rest.
fn next_chunk(pattern: &[u8]) -> (bool, &[u8], &[u8]) {
    let stars = pattern.iter().take_while(|byte| **byte == b'*').count();
    let pattern = &pattern[stars..];
    let mut in_class = false;
    let mut at = 0;
    while at < pattern.len() {
        match pattern[at] {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'*' if !in_class => break,
            _ => {}
        }
        at += 1;
    }
    let (chunk, rest) = pattern.split_at(at.min(pattern.len()));
    (stars > 0, chunk, rest)
}

/// What is left of a name behind a part without stars; `None` if it does not match. The part is checked to its end in any case.
fn match_chunk<'a>(mut chunk: &[u8], mut name: &'a [u8]) -> Result<Option<&'a [u8]>, BadPattern> {
    let mut failed = false;
    while let Some((&first, rest)) = chunk.split_first() {
        failed |= name.is_empty();
        chunk = rest;
        match first {
            b'[' => {
                let (found, width) = if failed { ('\0', 0) } else { character(name) };
                name = &name[width..];
                failed |= !match_class(&mut chunk, found)?;
            }
            b'?' if !failed => {
                failed = name[0] == b'/';
                name = &name[character(name).1..];
            }
            b'?' => {}
            _ => {
                let byte = if first == b'\\' { take(&mut chunk)? } else { first };
                if !failed {
                    failed = byte != name[0];
                    name = &name[1..];
                }
            }
        }
    }
    Ok((!failed).then_some(name))
}

/// Whether the class at the start of the pattern, behind its bracket, contains a character; moves the pattern behind the class.
fn match_class(chunk: &mut &[u8], found: char) -> Result<bool, BadPattern> {
    let negated = chunk.first() == Some(&b'^');
    if negated {
        *chunk = &chunk[1..];
    }
    let mut contains = false;
    let mut ranges = 0;
    while ranges == 0 || chunk.first() != Some(&b']') {
        let low = class_character(chunk)?;
        let mut high = low;
        if chunk.first() == Some(&b'-') {
            *chunk = &chunk[1..];
            high = class_character(chunk)?;
        }
        contains |= (low..=high).contains(&found);
        ranges += 1;
    }
    *chunk = &chunk[1..];
    Ok(contains != negated)
}

/// A character of a class, which may be escaped. Something has to follow it.
fn class_character(chunk: &mut &[u8]) -> Result<char, BadPattern> {
    match chunk.first() {
        None | Some(b'-' | b']') => return Err(BadPattern),
        Some(b'\\') => *chunk = &chunk[1..],
        Some(_) => {}
    }
    if chunk.is_empty() {
        return Err(BadPattern);
    }
    let (found, width) = character(chunk);
    *chunk = &chunk[width..];
    let is_damaged = found == char::REPLACEMENT_CHARACTER && width == 1;
    if is_damaged || chunk.is_empty() { Err(BadPattern) } else { Ok(found) }
}

fn take(chunk: &mut &[u8]) -> Result<u8, BadPattern> {
    let (first, rest) = chunk.split_first().ok_or(BadPattern)?;
    *chunk = rest;
    Ok(*first)
}

/// The first character and its width. A byte that begins no character is a replacement character.
fn character(text: &[u8]) -> (char, usize) {
    let first = text.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    first.map_or((char::REPLACEMENT_CHARACTER, 1), |first| (first, first.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_in_go() {
        for (pattern, name) in [
            ("*", ""),
            ("a*", "abc"),
            ("a*b?c*x", "abxbbxdbxebxczzx"),
            ("a*/b", "abc/b"),
            ("ab[^e-g]", "abc"),
            ("a\\*b", "a*b"),
            ("a?b", "a\u{263a}b"),
            ("[a-\u{3b6}]*", "\u{3b1}"),
            ("[\\]a]", "]"),
            ("[x\\-]", "-"),
            ("r/?.y*ml", "r/a.yaml"),
            ("", ""),
        ] {
            assert_eq!(matches(pattern, name), Ok(true), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("a*", "ab/c"),
            ("a?b", "a/b"),
            ("a[^a]b", "a"),
            ("*c", "abcd"),
            ("[^a]", ""),
            ("a/*", "a/b/c"),
            ("", "a"),
            ("x", ""),
        ] {
            assert_eq!(matches(pattern, name), Ok(false), "{pattern} {name}");
        }
        for pattern in ["[", "a[", "[^", "[-x]", "[x-]", "[a-b-c]", "\\", "*[]]", "[]a]", "a*[", "[\\"] {
            assert_eq!(matches(pattern, "a"), Err(BadPattern), "{pattern}");
        }
    }
}
