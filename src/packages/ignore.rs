//! `.krmignore`: files and directories of a package that are left out.
//!
//! Behavior: kyaml's `ignoreFilesMatcher` over go-gitignore, which compares the last parts of a path with a pattern of as many.

use super::go_path::failed;
use crate::kustomize_words::paths::join;

const FILE: &str = ".krmignore";

/// The patterns of the packages that are open.
#[derive(Default)]
pub(super) struct Ignored {
    packages: Vec<Package>,
}

struct Package {
    directory: String,
    ignored: Vec<Pattern>,
    accepted: Vec<Pattern>,
}

struct Pattern {
    /// The pattern without slashes at its ends.
    path: String,
    /// Whether it is compared from the directory of the package on.
    absolute: bool,
    /// Whether it is only about directories.
    of_directory: bool,
    depth: usize,
}

impl Ignored {
    /// Reads the patterns of a package.
    ///
    /// # Errors
    /// The file is there, but can't be read.
    pub(super) fn open(&mut self, directory: &str) -> anyhow::Result<()> {
        self.leave(directory);
        let path = join(directory, FILE);
        let text = match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed("open", &path, &error)),
        };
        let mut package = Package { directory: directory.to_owned(), ignored: Vec::new(), accepted: Vec::new() };
        for line in text.lines() {
            let line = line.trim_matches(' ');
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let line = if line.starts_with("\\#") { &line[1..] } else { line };
            match line.strip_prefix('!') {
                Some(line) => package.accepted.extend(Pattern::of(line)),
                None => package.ignored.extend(Pattern::of(line)),
            }
        }
        self.packages.push(package);
        Ok(())
    }

    /// Whether a file or directory is left out.
    pub(super) fn contains(&mut self, path: &str, is_directory: bool) -> bool {
        let place = if is_directory { path.to_owned() } else { crate::kustomize_words::paths::dir(path) };
        self.leave(&place);
        let Some(package) = self.packages.last() else { return false };
        let relative = match path.strip_prefix(package.directory.as_str()).map(|rest| rest.trim_start_matches('/')) {
            Some("") => ".",
            Some(relative) => relative,
            None => return false,
        };
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(relative, is_directory));
        !any(&package.accepted) && any(&package.ignored)
    }

    /// Leaves the packages that a path is not in.
    fn leave(&mut self, path: &str) {
        if let Some(last) = self.packages.iter().rposition(|package| path.starts_with(&package.directory)) {
            self.packages.truncate(last + 1);
        }
    }
}

impl Pattern {
    fn of(text: &str) -> Option<Pattern> {
        let path = text.trim_matches('/').to_owned();
        let depth = path.matches('/').count() + 1;
        (!path.is_empty()).then(|| Pattern { absolute: text.starts_with('/'), of_directory: text.ends_with('/'), depth, path })
    }

    fn matches(&self, relative: &str, is_directory: bool) -> bool {
        let parts: Vec<&str> = relative.split('/').collect();
        if parts.len() < self.depth {
            return false;
        }
        let (part, is_directory) = if self.absolute {
            (parts[..self.depth].join("/"), is_directory && parts.len() == self.depth)
        } else {
            (parts[parts.len() - self.depth..].join("/"), is_directory)
        };
        if self.of_directory && !is_directory {
            return false;
        }
        if self.path.contains(['*', '?', '[', '\\']) { matches_glob(&self.path, &part) } else { self.path == part }
    }
}

/// Whether a path matches a pattern. Behavior: Go's `filepath.Match`; a pattern that is not valid matches nothing.
fn matches_glob(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<char>, Vec<char>) = (pattern.chars().collect(), path.chars().collect());
    let (mut at, mut from) = (0, 0);
    // Where the last `*` is, and how far what it stands for reaches.
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(at) {
            None if from == path.len() => return true,
            Some('*') => {
                star = Some((at, from));
                at += 1;
                continue;
            }
            Some(_) => path.get(from).and_then(|&c| match_one(&pattern[at..], c)),
            None => None,
        };
        if let Some(length) = step {
            at += length;
            from += 1;
            continue;
        }
        let Some((place, reach)) = star.filter(|&(_, reach)| path.get(reach).is_some_and(|&c| c != '/')) else { return false };
        star = Some((place, reach + 1));
        (at, from) = (place + 1, reach + 1);
    }
}

/// The length of the part of a pattern that matches a character; `None` if it does not.
fn match_one(pattern: &[char], c: char) -> Option<usize> {
    match pattern[0] {
        '?' => (c != '/').then_some(1),
        '\\' => (pattern.get(1) == Some(&c)).then_some(2),
        '[' => {
            let negated = pattern.get(1) == Some(&'^');
            let mut at = 1 + usize::from(negated);
            let (mut found, mut first) = (false, true);
            while first || pattern.get(at) != Some(&']') {
                let (low, next) = class_char(pattern, at)?;
                let (high, next) = if pattern.get(next) == Some(&'-') { class_char(pattern, next + 1)? } else { (low, next) };
                found |= (low..=high).contains(&c);
                at = next;
                first = false;
            }
            (found != negated).then_some(at + 1)
        }
        literal => (literal == c).then_some(1),
    }
}

fn class_char(pattern: &[char], at: usize) -> Option<(char, usize)> {
    match *pattern.get(at)? {
        '-' | ']' => None,
        '\\' => Some((*pattern.get(at + 1)?, at + 2)),
        c => Some((c, at + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_those_of_go() {
        for (pattern, path, expected) in [
            ("*.yaml", "a.yaml", true),
            ("*.yaml", "a/b.yaml", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b", "axxbyy", false),
            ("[a-c]?", "bx", true),
            ("[^a-c]?", "bx", false),
            ("[a", "a", false),
            ("\\*", "*", true),
        ] {
            assert_eq!(matches_glob(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn patterns_are_compared_with_the_last_parts_of_a_path() {
        let matches = |pattern: &str, path: &str, is_directory| Pattern::of(pattern).unwrap().matches(path, is_directory);
        assert!(matches("x.yaml", "a/x.yaml", false));
        assert!(!matches("/x.yaml", "a/x.yaml", false));
        assert!(matches("a/x.yaml", "b/a/x.yaml", false));
        assert!(matches("a/", "b/a", true) && !matches("a/", "b/a", false));
    }
}
