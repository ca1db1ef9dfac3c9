//! The diagnostic type: what is wrong, where it was written, which steps led to it, and how to fix it.
//!
//! A diagnostic is created at the location of the fault (`node.error(..)`); pure helpers return plain text and the caller adds
//! the location; each recursion adds its step (`.trace(..)`). Printing is done in `report/`.

use std::cell::OnceCell;

use rustc_hash::FxHashSet;

use crate::kustomize_words::Words;
use crate::limits::SUGGESTION_BYTES;
use crate::source::{Sources, Span};

/// How serious a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Information only.
    Note,
    /// Probably unintended; the output is still printed.
    Warning,
    /// The input is wrong; nothing is printed.
    Error,
}

impl Severity {
    /// The severity as a word.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// One finding in the input: a pointer to its [`Details`], so that results stay small.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic(Box<Details>);

/// The content of a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Details {
    /// How serious it is.
    pub severity: Severity,
    /// The stable name of this kind of finding, such as `unknown-field`.
    pub code: &'static str,
    /// What is wrong: in lower case, with names in backticks.
    pub message: String,
    /// The location of the fault.
    pub span: Option<Span>,
    /// Other related locations.
    pub labels: Vec<(Span, String)>,
    /// The steps that led to it, innermost first.
    pub trace: Vec<Frame>,
    /// How to fix it.
    pub help: Option<String>,
    /// Whether the cause is outside the input: a file system, a network, a program.
    pub io: bool,
    /// What kustomize says about the same failure.
    pub words: Words,
}

/// One step that led to a diagnostic: a field of a kustomization that requested what failed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// What was done, such as ``resources entry `../../bases/chat4all` ``.
    pub step: String,
    /// The location of the request.
    pub span: Option<Span>,
}

impl Diagnostic {
    /// An error with a code and a message.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Diagnostic(Box::new(Details {
            severity: Severity::Error,
            code,
            message: message.into(),
            span: None,
            labels: Vec::new(),
            trace: Vec::new(),
            help: None,
            io: false,
            words: Words::default(),
        }))
    }

    /// A warning with a code and a message.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        let mut diagnostic = Diagnostic::error(code, message);
        diagnostic.severity = Severity::Warning;
        diagnostic
    }

    /// A note with a code and a message.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        let mut diagnostic = Diagnostic::error(code, message);
        diagnostic.severity = Severity::Note;
        diagnostic
    }

    /// Sets the location, unless it is already set.
    pub fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }

    /// Adds another location and its relation to the finding.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push((span, text.into()));
        self
    }

    /// Sets the help text.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the location, if there is one.
    pub fn at_if(self, span: Option<Span>) -> Self {
        match span {
            Some(span) => self.at(span),
            None => self,
        }
    }

    /// Sets the help text, if there is one.
    pub fn help_if(mut self, help: Option<String>) -> Self {
        self.help = help.or_else(|| self.help.take());
        self
    }

    /// Adds a hint to the one that is set.
    pub fn also_help_if(mut self, help: Option<&str>) -> Self {
        self.help =
            [self.help.take(), help.map(str::to_owned)].into_iter().flatten().reduce(|first, next| format!("{first}; {next}"));
        self
    }

    /// Sets what kustomize says about the failure, unless it is set.
    pub fn words(mut self, text: impl Into<String>) -> Self {
        self.words.set(text);
        self
    }

    /// As [`Diagnostic::words`], for a failure that kustomize only detects when it runs the step.
    pub fn running_words(mut self, text: impl Into<String>) -> Self {
        self.words.set_running(text);
        self
    }

    /// As [`Diagnostic::words`], for a failure that kustomize only detects at the end of the build.
    pub fn finishing_words(mut self, text: impl Into<String>) -> Self {
        self.words.set_finishing(text);
        self
    }

    /// Marks the cause as outside the input.
    pub fn io(mut self) -> Self {
        self.io = true;
        self
    }
}

impl std::ops::Deref for Diagnostic {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl std::ops::DerefMut for Diagnostic {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

/// At least one diagnostic: the error type of every stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

/// The result of a stage.
pub type Result<T, E = Diagnostics> = std::result::Result<T, E>;

impl Diagnostics {
    /// `Ok` if `list` is empty, otherwise all of it as the error; duplicates from different stages are reported once.
    pub fn check(list: Vec<Diagnostic>) -> Result<()> {
        let mut seen = FxHashSet::default();
        let is_new: Vec<bool> = list.iter().map(|diagnostic| seen.insert(diagnostic)).collect();
        let unique: Vec<Diagnostic> = list.into_iter().zip(is_new).filter_map(|(one, is_new)| is_new.then_some(one)).collect();
        if unique.is_empty() { Ok(()) } else { Err(Diagnostics(unique)) }
    }

    /// Adds a step to the trace of each diagnostic.
    pub fn trace(mut self, step: impl Into<String>, span: Option<Span>) -> Self {
        let step = step.into();
        for diagnostic in &mut self.0 {
            diagnostic.trace.push(Frame { step: step.clone(), span });
        }
        self
    }

    /// Changes what kustomize says about the first of them that it detects, which is the only one that it reports.
    pub fn reword(mut self, change: impl FnOnce(&mut Words)) -> Self {
        let first = first_of(&self.0);
        if let Some(first) = self.0.get_mut(first) {
            change(&mut first.words);
        }
        self
    }

    /// Sorts them by location; `sources` has the texts.
    pub fn in_order_of(mut self, sources: &Sources) -> Self {
        self.0.sort_by_key(|diagnostic| diagnostic.span.map(|span| sources.order(span)));
        self
    }

    /// Changes each of them.
    pub fn map(mut self, change: impl FnMut(Diagnostic) -> Diagnostic) -> Self {
        self.0 = self.0.into_iter().map(change).collect();
        self
    }

    /// Sets the location of those that have none.
    pub fn at(mut self, span: Span) -> Self {
        for diagnostic in &mut self.0 {
            diagnostic.span.get_or_insert(span);
        }
        self
    }

    /// Sets the help text of those that have none.
    pub fn help(mut self, help: &str) -> Self {
        for diagnostic in &mut self.0 {
            diagnostic.help.get_or_insert_with(|| help.to_owned());
        }
        self
    }

    /// The diagnostics, in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Whether the cause of one of them is outside the input (a file system, a network, a program).
    pub fn is_io(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.io)
    }

    /// The diagnostics as a list.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }
}

/// The position of the error that kustomize detects first, in the order in which this program found them.
pub fn first_of(errors: &[Diagnostic]) -> usize {
    errors.iter().position(|error| !error.words.is_late()).unwrap_or_default()
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics(vec![diagnostic])
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The entry of `known` that is closest to `name`, if it is close enough to be what was meant.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let meant = Meant::new(name);
    let (mut best, mut nearest) = (meant.limit, None);
    for candidate in known {
        let distance = meant.distance(candidate, best);
        if let Some(distance) = distance.filter(|&distance| distance < best || nearest.is_none_or(|nearest| candidate < nearest))
        {
            (best, nearest) = (distance, Some(candidate));
        }
    }
    nearest
}

/// A name as it was written, which may be a misspelling of another one.
pub struct Meant<'n> {
    name: &'n str,
    /// The largest distance of a name that may have been meant.
    limit: usize,
    kinds: Option<u64>,
    letters: OnceCell<Vec<char>>,
}

impl<'n> Meant<'n> {
    /// A name, to be compared with others.
    pub fn new(name: &'n str) -> Self {
        let limit = (name.chars().count() / 3).clamp(1, FARTHEST);
        Meant { name, limit, kinds: kinds_of_letters(name), letters: OnceCell::new() }
    }

    /// Whether another name is close enough to be what was meant.
    pub fn may_be(&self, candidate: &str) -> bool {
        self.distance(candidate, self.limit).is_some()
    }

    /// The distance of another name, without regard to case, if it is at most `most`. Most names end before any work is done.
    fn distance(&self, candidate: &str, most: usize) -> Option<usize> {
        // A character has at most four bytes.
        if self.name.len() > SUGGESTION_BYTES || self.name.len().abs_diff(candidate.len()) > 4 * self.limit {
            return None;
        }
        // An edit adds and removes at most one kind of letter.
        let kinds = self.kinds.zip(kinds_of_letters(candidate));
        if kinds.is_some_and(|(own, other)| (own ^ other).count_ones() as usize > 2 * most) {
            return None;
        }
        let own = self.letters.get_or_init(|| letters(&self.name.to_lowercase()));
        edit_distance(own, &letters(&candidate.to_lowercase()), most)
    }
}

/// Whether one name is probably a misspelling of the other: in a word of three or more letters one letter is extra, missing or
/// wrong, or two are swapped. Plurals and counters (`https`, or `zone-a` and `zone-b`) are different names.
pub fn is_typo(name: &str, other: &str) -> bool {
    if name.len().max(other.len()) > SUGGESTION_BYTES {
        return false;
    }
    let words = |text: &'_ str| text.split(['-', '_', '.', '/']).map(str::to_owned).collect::<Vec<_>>();
    let (mine, theirs) = (words(name), words(other));
    let mut different = mine.iter().zip(&theirs).filter(|(a, b)| a != b);
    let (Some((a, b)), None) = (different.next(), different.next()) else { return false };
    let plural = |a: &str, b: &str| a.strip_suffix(['s', 'S']) == Some(b);
    let long = a.chars().count().min(b.chars().count()) >= 3;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    mine.len() == theirs.len()
        && long
        && digits(a) == digits(b)
        && !plural(a, b)
        && !plural(b, a)
        && edit_distance(&letters(a), &letters(b), 1) == Some(1)
}

/// The kinds of letters in a text in ASCII, as bits; the same bit may stand for several kinds.
fn kinds_of_letters(text: &str) -> Option<u64> {
    text.is_ascii().then(|| text.bytes().fold(0, |kinds, letter| kinds | 1 << (letter.to_ascii_lowercase() % 64)))
}

fn letters(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// The largest distance that is asked for.
const FARTHEST: usize = 3;

/// The number of characters to insert, delete, replace or swap with their neighbor to turn `a` into `b`, if it is at most `most`.
fn edit_distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    let most = most.min(FARTHEST);
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    // Only the three last rows are needed, and of each only the cells so close to the diagonal that they may count: cell `at` of
    // row `i` is for the first `i + at - MIDDLE` characters of `b`.
    const MIDDLE: usize = FARTHEST + 1;
    const FAR: usize = usize::MAX / 2;
    let (mut before, mut above) = ([FAR; 2 * MIDDLE + 1], [FAR; 2 * MIDDLE + 1]);
    (0..=most).for_each(|j| above[MIDDLE + j] = j);
    for i in 1..=a.len() {
        let mut row = [FAR; 2 * MIDDLE + 1];
        let (from, to) = (i.saturating_sub(most), (i + most).min(b.len()));
        for j in from..=to {
            let at = MIDDLE + j - i;
            row[at] = above[at + 1].min(row[at - 1]) + 1;
            if j > 0 {
                row[at] = row[at].min(above[at] + usize::from(a[i - 1] != b[j - 1]));
            }
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[at] = row[at].min(before[at] + 1);
            }
        }
        // No path leads back to a distance that counts.
        if row.iter().chain(&above).all(|&distance| distance > most) {
            return None;
        }
        (before, above) = (above, row);
    }
    Some(above[MIDDLE + b.len() - a.len()]).filter(|&distance| distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspellings_are_told_from_different_names() {
        for (a, b) in
            [("server", "sever"), ("web", "wbe"), ("LOG_LEVEL", "LOG_LEVLE"), ("/var/data", "/var/dta"), ("config", "confog")]
        {
            assert!(is_typo(a, b) && is_typo(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("HTTP_PROXY", "HTTPS_PROXY"),
            ("zone-a", "zone-b"),
            ("app1", "app2"),
            ("DB_HOST", "DB_PORT"),
            ("web", "web"),
            ("a", "b"),
        ] {
            assert!(!is_typo(a, b) && !is_typo(b, a), "{a} {b}");
        }
    }

    #[test]
    fn only_similar_names_are_suggested() {
        let known = ["namePrefix", "nameSuffix", "resources"];
        assert_eq!(did_you_mean("resorces", known), Some("resources"));
        assert_eq!(did_you_mean("namePrefxi", known), Some("namePrefix"));
        assert_eq!(did_you_mean("helmCharts", known), None);
    }
}
