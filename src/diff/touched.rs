//! The lines that a change of files touches, and the one that caused a difference, for annotations next to these lines.
//!
//! A value can differ without a change to the line that wrote it: a patch that was removed, a resource that was added. What
//! caused it is then the line that wrote the old value, or the nearest one that the change touches.

use std::path::Path;

use similar::DiffableStr;

use super::lines::operations;
use super::path::Place;

/// A file that differs between both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchedFile {
    /// Its names on the old and on the new side, as in locations.
    names: [String; 2],
    /// Whether it is a kustomization.
    is_kustomization: bool,
    /// The lines that differ, from first to last on both sides.
    runs: Vec<Run>,
    /// The number of lines on the new side; 0 if the file was removed.
    lines: usize,
}

/// Lines that differ, counted from 0: the first one, and the one after the last.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    old: (usize, usize),
    new: (usize, usize),
    /// The lines of both sides.
    text: String,
}

impl TouchedFile {
    /// A file by its names and its contents on both sides, which are empty if it does not exist there.
    pub fn new(names: [String; 2], is_kustomization: bool, old: &str, new: &str) -> Self {
        let (old, new): (Vec<&str>, Vec<&str>) = (old.tokenize_lines(), new.tokenize_lines());
        let differs = operations(&old, &new).into_iter().filter(|operation| !matches!(operation, similar::DiffOp::Equal { .. }));
        let runs = differs.map(|operation| {
            let (from, to) = (operation.old_range(), operation.new_range());
            let text = old[from.clone()].concat() + &new[to.clone()].concat();
            Run { old: (from.start, from.end), new: (to.start, to.end), text }
        });
        TouchedFile { names, is_kustomization, runs: runs.collect(), lines: new.len() }
    }

    fn is(&self, side: usize, place: &Place) -> bool {
        place.file == self.names[side]
    }

    /// Whether the change wrote a line of the new side.
    fn wrote(&self, line: usize) -> bool {
        let before = self.runs.partition_point(|run| run.new.0 < line);
        self.runs[..before].last().is_some_and(|run| line <= run.new.1)
    }

    /// The line that replaced a line of the old side.
    fn replaced(&self, line: usize) -> Option<usize> {
        let before = self.runs.partition_point(|run| run.old.0 < line);
        let run = self.runs[..before].last().filter(|run| line <= run.old.1)?;
        let within = line - 1 - run.old.0;
        Some(self.existing(run.new.0 + within.min((run.new.1 - run.new.0).saturating_sub(1)) + 1))
    }

    /// The line of a run that is closest to a line of the new side.
    fn nearest(&self, line: usize) -> Option<usize> {
        let closest = |run: &Run| line.clamp(run.new.0 + 1, run.new.1.max(run.new.0 + 1));
        let before = self.runs.partition_point(|run| run.new.0 < line);
        let neighbors = self.runs[..before].last().into_iter().chain(self.runs.get(before));
        neighbors.map(closest).min_by_key(|found| found.abs_diff(line)).map(|found| self.existing(found))
    }

    /// The first line of a run that mentions a file, or else of the first run.
    fn about(&self, file: &str) -> Option<usize> {
        let names = file.rsplit('/').filter(|name| !name.is_empty() && !name.starts_with('.'));
        let mentions = |name: &str| self.runs.iter().find(|run| run.text.contains(name));
        names.into_iter().find_map(mentions).or(self.runs.first()).map(|run| self.existing(run.new.0 + 1))
    }

    /// After lines that were removed at the end of the file, its last line.
    fn existing(&self, line: usize) -> usize {
        line.min(self.lines).max(1)
    }

    /// The directory of the kustomization that this file is.
    fn kustomization(&self) -> Option<&str> {
        let directory = self.names[1].rsplit_once('/').map_or("", |(directory, _)| directory);
        self.is_kustomization.then_some(directory)
    }
}

/// The file and the line that caused a difference between values that were written at these locations, without revisions in
/// their names. `None` if no file is known to differ.
pub fn cause(files: &[TouchedFile], overlay: &str, old: Option<&Place>, new: Option<&Place>) -> Option<(String, usize)> {
    let there = || files.iter().filter(|file| file.lines > 0);
    let in_file = |side: usize, place: Option<&Place>, find: fn(&TouchedFile, usize) -> Option<usize>| {
        let place = place?;
        there().filter(|file| file.is(side, place)).find_map(|file| Some((file, find(file, place.line)?)))
    };
    let of_step = |place: Option<&Place>| {
        let place = place?;
        let directory = place.by.rsplit_once(": ")?.0;
        let directory = Path::new(directory).strip_prefix(".").unwrap_or(Path::new(directory));
        let file = there().find(|file| file.kustomization().is_some_and(|found| Path::new(found) == directory))?;
        Some((file, file.about(&place.file)?))
    };
    let of_overlay = || {
        let file = new.or(old).map_or("", |place| place.file.as_str());
        let own = there().find(|found| found.kustomization() == Some(overlay));
        let found = own.or_else(|| there().find(|found| found.kustomization().is_some())).or_else(|| there().next())?;
        Some((found, found.about(file)?))
    };
    let found = in_file(1, new, |file, line| file.wrote(line).then_some(line))
        .or_else(|| in_file(0, old, TouchedFile::replaced))
        .or_else(|| in_file(1, new, TouchedFile::nearest))
        .or_else(|| of_step(new))
        .or_else(|| of_step(old))
        .or_else(of_overlay);
    found.map(|(file, line)| (file.names[1].clone(), line))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place(file: &str, line: usize, by: &str) -> Place {
        Place { file: file.into(), line, column: 1, by: by.into() }
    }

    fn file(name: &str, old: &str, new: &str) -> TouchedFile {
        TouchedFile::new([name.into(), name.into()], name.ends_with("kustomization.yaml"), old, new)
    }

    #[test]
    fn the_line_that_was_written_or_that_replaced_the_old_one_is_the_cause() {
        let files = [file("o/kustomization.yaml", "a\nb\nc\nd\n", "a\nB\nc\n")];
        let found = |old: usize, new: usize| {
            let [old, new] = [old, new].map(|line| place("o/kustomization.yaml", line, ""));
            cause(&files, "o", Some(&old), Some(&new)).map(|(_, line)| line)
        };
        assert_eq!([found(1, 2), found(2, 1), found(4, 1), found(1, 1), found(3, 3)], [2, 2, 3, 2, 2].map(Some));
        assert_eq!(cause(&[], "o", None, Some(&place("x", 1, ""))), None);
    }

    #[test]
    fn without_such_a_line_it_is_in_the_kustomization_of_the_step_or_of_the_overlay() {
        let changed = "resources:\n- a.yaml\npatches:\n- path: p.yaml\n";
        let files = [
            file("base/kustomization.yaml", "resources:\n", "resources:\n- web.yaml\n"),
            file("o/kustomization.yaml", changed, "resources:\n- a.yaml\n"),
            file("o/p.yaml", "a\n", ""),
        ];
        let web = place("base/web.yaml", 7, "base: resources[0]");
        assert_eq!(cause(&files, "o", None, Some(&web)), Some(("base/kustomization.yaml".into(), 2)));
        let patch = place("o/p.yaml", 1, "o: patches[0]");
        let base = place("lib/web.yaml", 7, "lib: resources[0]");
        assert_eq!(cause(&files, "o", Some(&patch), Some(&base)), Some(("o/kustomization.yaml".into(), 2)));
        assert_eq!(cause(&files, "o", None, Some(&base)), Some(("o/kustomization.yaml".into(), 2)));
    }

    proptest! {
        #[test]
        fn the_cause_is_a_line_of_the_new_side_next_to_a_difference(
            old in prop::collection::vec("[abc]\n", 0..12), new in prop::collection::vec("[abc]\n", 1..12), line in 1..14_usize, was in 1..14_usize,
        ) {
            let (old, new) = (old.concat(), new.concat());
            let files = [file("o/kustomization.yaml", &old, &new)];
            let [before, after] = [was, line].map(|line| place("o/kustomization.yaml", line, "o: images"));
            let found = cause(&files, "o", Some(&before), Some(&after)).map(|(_, line)| line);
            prop_assert_eq!(found.is_some(), old != new);
            if let Some(found) = found {
                prop_assert!((1..=new.lines().count()).contains(&found));
                let is_next_to = files[0].wrote(found) || files[0].runs.iter().any(|run| run.new.0 == run.new.1 && found.abs_diff(run.new.0 + 1) <= 1);
                prop_assert!(is_next_to);
                prop_assert!(!files[0].wrote(line) || found == line);
            }
        }
    }
}
