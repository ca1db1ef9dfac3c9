//! The one diagnostic type: what is wrong, where it was written, which steps led there, and what to do.
//!
//! A diagnostic is made by the place that is wrong (`node.error(..)`); pure helpers return plain text and the caller adds
//! the place; each recursion adds the step it was in (`.trace(..)`). Printing is the business of `report/`.

use crate::source::Span;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; changes nothing.
    Note,
    /// Probably not what the author wants; the output is still printed.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic(Box<Details>);

/// What a diagnostic says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// How bad it is.
    pub severity: Severity,
    /// The stable name of the kind of finding, such as `unknown-field`.
    pub code: &'static str,
    /// What is wrong: lower case, names in backticks.
    pub message: String,
    /// The place that is wrong.
    pub span: Option<Span>,
    /// Other places that have to do with it.
    pub labels: Vec<(Span, String)>,
    /// The steps that led there, innermost first.
    pub trace: Vec<Frame>,
    /// What to do.
    pub help: Option<String>,
    /// The cause lies outside the input: a file system, a network, a program.
    pub io: bool,
}

/// One step on the way to a diagnostic: a kustomization's field that asked for what failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What was done, such as ``resources entry `../../bases/chat4all` ``.
    pub step: String,
    /// Where it was asked for.
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

    /// Adds the place, unless one is known.
    pub fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }

    /// Adds another place and what it has to do with the finding.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push((span, text.into()));
        self
    }

    /// Adds what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what to do, where there is something.
    pub fn help_if(mut self, help: Option<String>) -> Self {
        self.help = help.or_else(|| self.help.take());
        self
    }

    /// Marks the cause as lying outside the input.
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

/// What a stage returns.
pub type Result<T, E = Diagnostics> = std::result::Result<T, E>;

impl Diagnostics {
    /// `Ok` when `list` is empty, else all of it as the error; what two stages found is told once.
    pub fn check(list: Vec<Diagnostic>) -> Result<()> {
        let mut unique: Vec<Diagnostic> = Vec::with_capacity(list.len());
        for diagnostic in list {
            if !unique.contains(&diagnostic) {
                unique.push(diagnostic);
            }
        }
        if unique.is_empty() { Ok(()) } else { Err(Diagnostics(unique)) }
    }

    /// Adds a step to the way that led to each of them.
    pub fn trace(mut self, step: impl Into<String>, span: Option<Span>) -> Self {
        let step = step.into();
        for diagnostic in &mut self.0 {
            diagnostic.trace.push(Frame { step: step.clone(), span });
        }
        self
    }

    /// Adds the place to those that know none.
    pub fn at(mut self, span: Span) -> Self {
        for diagnostic in &mut self.0 {
            diagnostic.span.get_or_insert(span);
        }
        self
    }

    /// Adds what to do to those that know nothing better.
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

    /// Whether one of them lies outside the input (a file system, a network, a program).
    pub fn is_io(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.io)
    }

    /// The diagnostics themselves.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }
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

/// The entry of `known` nearest to `name`, when it is near enough to be meant.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 3);
    let lower = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (edit_distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|&(distance, _)| distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Whether one name is likely the other one with a slip of the fingers: one letter too many, too few, wrong, or two swapped, in a
/// word of three or more. Plurals and counters (`https`, `zone-a` beside `zone-b`) are names of their own.
pub fn is_typo(name: &str, other: &str) -> bool {
    let words = |text: &'_ str| text.split(['-', '_', '.', '/']).map(str::to_owned).collect::<Vec<_>>();
    let (mine, theirs) = (words(name), words(other));
    let mut different = mine.iter().zip(&theirs).filter(|(a, b)| a != b);
    let (Some((a, b)), None) = (different.next(), different.next()) else { return false };
    let plural = |a: &str, b: &str| a.strip_suffix(['s', 'S']) == Some(b);
    let long = a.chars().count().min(b.chars().count()) >= 3;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    mine.len() == theirs.len() && long && digits(a) == digits(b) && !plural(a, b) && !plural(b, a) && edit_distance(a, b) == 1
}

/// How many characters must be inserted, deleted, replaced or swapped with their neighbour to turn `a` into `b`.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 3 {
        return usize::MAX;
    }
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_fingers_are_no_names_of_their_own() {
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
    fn near_misses_are_suggested_and_far_ones_are_not() {
        let known = ["namePrefix", "nameSuffix", "resources"];
        assert_eq!(did_you_mean("resorces", known), Some("resources"));
        assert_eq!(did_you_mean("namePrefxi", known), Some("namePrefix"));
        assert_eq!(did_you_mean("helmCharts", known), None);
    }
}
