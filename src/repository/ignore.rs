//! Patterns of files and directories to leave out: those of `--ignore`, of settings, and of `.gitignore` files.
//!
//! Behavior: gitignore(5). The last pattern that matches decides; `!` keeps what an earlier pattern leaves out; a pattern with a
//! slash at the beginning or in the middle starts in the directory of the file, any other matches at every depth; `**` matches any
//! number of directories. Matching takes at most the product of both lengths, because a tree can contain any pattern.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Patterns of a file, of which there are at most this many.
const MOST: usize = 10_000;

/// Patterns, in order.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    /// The names of the path, from the top; `**` stands for any number of names.
    names: Vec<Vec<char>>,
    only_directories: bool,
    keeps: bool,
}

impl Patterns {
    /// Patterns as lines of a `.gitignore` file: empty lines and comments are skipped.
    pub fn new<'t>(lines: impl Iterator<Item = &'t str>) -> Self {
        Patterns { rules: lines.filter_map(rule).take(MOST).collect() }
    }

    /// Whether they select a directory, relative to that of the patterns, or a directory above it.
    pub fn select(&self, path: &Path) -> bool {
        let above = path.ancestors().filter(|above| *above != Path::new(""));
        { above }.find_map(|above| self.leave_out(above, true)) == Some(true)
    }

    /// Whether a path, relative to the directory of the patterns, is left out; `None` if no pattern matches it.
    fn leave_out(&self, path: &Path, is_directory: bool) -> Option<bool> {
        let names: Vec<Vec<char>> = path.iter().map(|name| name.to_string_lossy().chars().collect()).collect();
        let rules = self.rules.iter().rev().filter(|rule| is_directory || !rule.only_directories);
        let mut rules = rules.filter(|rule| {
            fits(&rule.names, &names, |name| name.as_slice() == ['*', '*'], |pattern, name| fits_name(pattern, name))
        });
        rules.next().map(|rule| !rule.keeps)
    }
}

fn rule(line: &str) -> Option<Rule> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let trimmed = line.trim_end_matches(' ');
    // A space after a backslash belongs to the name.
    let line = if trimmed.ends_with('\\') && trimmed.len() < line.len() { &line[..=trimmed.len()] } else { trimmed };
    if line.starts_with('#') {
        return None;
    }
    let (keeps, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
    let (only_directories, line) = line.strip_suffix('/').map_or((false, line), |rest| (true, rest));
    let line = line.strip_prefix("./").unwrap_or(line);
    if line.is_empty() {
        return None;
    }
    let mut names: Vec<Vec<char>> = line.split('/').filter(|name| !name.is_empty()).map(|name| name.chars().collect()).collect();
    if !line.contains('/') {
        names.insert(0, vec!['*', '*']);
    }
    if names.len() > 1 && names.last().is_some_and(|name| name.as_slice() == ['*', '*']) {
        // `a/**` matches everything below `a`, but not `a`.
        names.push(vec!['*']);
    }
    Some(Rule { names, only_directories, keeps })
}

/// Whether items fit a pattern in which some items stand for any number of items. Only the last such item is ever tried again.
fn fits<P, T>(pattern: &[P], items: &[T], is_any: impl Fn(&P) -> bool, fits_one: impl Fn(&P, &T) -> bool) -> bool {
    let (mut at, mut item, mut again) = (0, 0, None);
    while let Some(found) = items.get(item) {
        match pattern.get(at) {
            Some(part) if is_any(part) => {
                again = Some((at + 1, item));
                at += 1;
            }
            Some(part) if fits_one(part, found) => {
                at += 1;
                item += 1;
            }
            _ => match &mut again {
                Some((after, start)) => {
                    *start += 1;
                    (at, item) = (*after, *start);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(is_any)
}

/// One character of a pattern.
enum Part {
    Any,
    One,
    Exact(char),
    /// Ranges of characters, and whether it is all others.
    Class(Vec<(char, char)>, bool),
}

fn fits_name(pattern: &[char], name: &[char]) -> bool {
    if !pattern.iter().any(|c| matches!(c, '*' | '?' | '[' | '\\')) {
        return pattern == name;
    }
    let parts = parts(pattern);
    fits(
        &parts,
        name,
        |part| matches!(part, Part::Any),
        |part, found| match part {
            Part::Any => false,
            Part::One => true,
            Part::Exact(c) => c == found,
            Part::Class(ranges, others) => ranges.iter().any(|(first, last)| first <= found && found <= last) != *others,
        },
    )
}

fn parts(pattern: &[char]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        parts.push(match first {
            '*' => Part::Any,
            '?' => Part::One,
            '\\' => match rest.split_first() {
                Some((next, after)) => {
                    rest = after;
                    Part::Exact(*next)
                }
                None => Part::Exact('\\'),
            },
            '[' => match class(rest) {
                Some((class, after)) => {
                    rest = after;
                    class
                }
                None => Part::Exact('['),
            },
            other => Part::Exact(*other),
        });
    }
    parts
}

/// A class of characters after its `[`, and what follows it; `None` if it has no end.
fn class(pattern: &[char]) -> Option<(Part, &[char])> {
    let others = matches!(pattern.first(), Some('!' | '^'));
    let inner = if others { pattern.get(1..)? } else { pattern };
    let end = inner.iter().skip(1).position(|c| *c == ']')? + 1;
    let (mut inside, after) = (inner.get(..end)?, inner.get(end + 1..)?);
    let mut ranges = Vec::new();
    while let Some((first, rest)) = inside.split_first() {
        match rest {
            ['-', last, rest @ ..] => {
                ranges.push((*first, *last));
                inside = rest;
            }
            rest => {
                ranges.push((*first, *first));
                inside = rest;
            }
        }
    }
    Some((Part::Class(ranges, others), after))
}

/// The patterns of a directory and of those above it.
#[derive(Debug)]
pub struct Chosen {
    /// The directory of the patterns, absolute and without symbolic links.
    base: PathBuf,
    patterns: Arc<Patterns>,
    outer: Option<Arc<Chosen>>,
}

impl Chosen {
    /// Patterns of a directory, which take precedence over those above it.
    pub fn new(base: PathBuf, patterns: Arc<Patterns>, outer: Option<Arc<Chosen>>) -> Arc<Self> {
        Arc::new(Chosen { base, patterns, outer })
    }

    /// Whether an absolute path is left out; `None` if no pattern matches it.
    pub fn leaves_out(&self, path: &Path, is_directory: bool) -> Option<bool> {
        let inner = path.strip_prefix(&self.base).ok().and_then(|path| self.patterns.leave_out(path, is_directory));
        inner.or_else(|| self.outer.as_ref()?.leaves_out(path, is_directory))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_git() {
        let rows: &[(&str, &[&str], &[&str])] = &[
            ("*.log", &["a.log", "x/y/a.log"], &["a.logs", "a"]),
            ("/a", &["a"], &["x/a", "ab"]),
            ("x/a", &["x/a"], &["y/x/a", "x/b/a"]),
            ("**/x/a", &["x/a", "y/x/a", "z/y/x/a"], &["x/b/a"]),
            ("x/**", &["x/a", "x/b/a"], &["x", "y/x/a"]),
            ("x/**/a", &["x/a", "x/b/a", "x/b/c/a"], &["x/ab", "a"]),
            ("[!a-c]?z", &["dxz"], &["axz", "dz"]),
            ("a\\*", &["a*"], &["ab"]),
            ("*a*a*b", &["aab", "xaxaxb"], &["aaa", "ab"]),
            ("[", &["["], &["a"]),
        ];
        for (pattern, yes, no) in rows {
            let patterns = Patterns::new(std::iter::once(*pattern));
            for path in *yes {
                assert_eq!(patterns.leave_out(Path::new(path), false), Some(true), "{pattern} {path}");
            }
            for path in *no {
                assert_eq!(patterns.leave_out(Path::new(path), false), None, "{pattern} {path}");
            }
        }
    }

    #[test]
    fn the_last_and_the_nearest_pattern_decides() {
        let patterns = Patterns::new("# all\n*.yaml\n\n!keep.yaml\nbuild/\n".lines());
        assert_eq!(patterns.leave_out(Path::new("x/keep.yaml"), false), Some(false));
        assert_eq!(patterns.leave_out(Path::new("build"), false), None);
        assert_eq!(patterns.leave_out(Path::new("x/build"), true), Some(true));
        let outer = Chosen::new("/r".into(), Arc::new(patterns), None);
        let inner = Chosen::new("/r/x".into(), Arc::new(Patterns::new("!a.yaml".lines())), Some(outer));
        assert_eq!(inner.leaves_out(Path::new("/r/x/a.yaml"), false), Some(false));
        assert_eq!(inner.leaves_out(Path::new("/r/x/b.yaml"), false), Some(true));
    }

    #[test]
    fn hostile_patterns_end_soon() {
        let pattern = "*a".repeat(2_000) + "b";
        let patterns = Patterns::new(std::iter::once(pattern.as_str()));
        assert_eq!(patterns.leave_out(Path::new(&"a".repeat(4_000)), false), None);
    }
}
