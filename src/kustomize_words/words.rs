//! The words of one failure: the text of the code that fails, and what each of its callers puts around it.
//!
//! A diagnostic carries them next to its own message. They are written where the error is created, from the same facts, and are
//! composed only if the program prints them. They are no part of a diagnostic's identity: two diagnostics that differ in nothing
//! else are the same.

use std::hash::{Hash, Hasher};

use super::go::quote;
use crate::source::SourceId;

/// Longer texts are not quoted again: each time, they would grow to twice their length.
const QUOTED_BYTES: usize = 64 << 10;

/// kustomize's words for a failure. Empty words cost nothing.
#[derive(Clone, Debug, Default)]
pub struct Words(Option<Box<Parts>>);

#[derive(Clone, Debug, Default)]
struct Parts {
    /// What the code that fails says; `None` if that is not known.
    text: Option<String>,
    /// What its callers add, innermost first.
    around: Vec<Around>,
    /// The number of warnings that were printed before.
    warnings: Option<usize>,
    /// When kustomize detects it.
    phase: Phase,
    /// Whether kustomize detects it after it has read a kustomization file, but before it builds that kustomization.
    is_before: bool,
}

/// When kustomize detects a failure: errors that this program reports earlier have less around them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// When it reads the configuration of a step.
    #[default]
    Configuring,
    /// When it runs the step.
    Running,
    /// At the end of the build.
    Finishing,
}

#[derive(Clone, Debug)]
enum Around {
    /// Text before and after.
    Text(String, String),
    /// Text before, and the rest as a quoted string.
    Quoted(String),
    /// Text before: `read` if this kustomization file itself is wrong, otherwise `built`.
    File { file: SourceId, read: String, built: String },
}

impl Words {
    /// Sets the text, unless it is set.
    pub fn set(&mut self, text: impl Into<String>) {
        let parts = self.0.get_or_insert_default();
        // What is around a failure is not around its text.
        if parts.text.is_none() {
            parts.text = Some(text.into());
        }
    }

    /// Sets the text, unless it is set, of a failure that kustomize only detects when it runs the step.
    pub fn set_running(&mut self, text: impl Into<String>) {
        self.set(text);
        self.0.get_or_insert_default().phase = Phase::Running;
    }

    /// Sets the text, unless it is set, of a failure that kustomize only detects at the end of the build.
    pub fn set_finishing(&mut self, text: impl Into<String>) {
        self.set(text);
        self.0.get_or_insert_default().phase = Phase::Finishing;
    }

    /// Adds text before a failure that kustomize detects when it reads the configuration of a step.
    pub fn configure(&mut self, before: impl FnOnce() -> String) {
        if self.0.as_ref().is_none_or(|parts| parts.phase == Phase::Configuring) {
            self.surround(before(), "");
        }
    }

    /// Whether kustomize detects the failure only at the end of the build.
    pub fn is_late(&self) -> bool {
        self.0.as_ref().is_some_and(|parts| parts.phase == Phase::Finishing)
    }

    /// The text, without what is around it, if it is known.
    pub fn text(&self) -> Option<&str> {
        self.0.as_ref()?.text.as_deref()
    }

    /// Whether there is something around the text.
    pub fn is_surrounded(&self) -> bool {
        self.0.as_ref().is_some_and(|parts| !parts.around.is_empty())
    }

    /// Adds text around what is there.
    pub fn surround(&mut self, before: impl Into<String>, after: impl Into<String>) {
        self.0.get_or_insert_default().around.push(Around::Text(before.into(), after.into()));
    }

    /// Quotes what is there, after a text.
    pub fn quote(&mut self, before: impl Into<String>) {
        self.0.get_or_insert_default().around.push(Around::Quoted(before.into()));
    }

    /// Notes that the failure happened while a kustomization file was built, and adds text before what is there: `read` if the
    /// file itself is wrong, otherwise `built`.
    pub fn within_file(&mut self, file: SourceId, read: impl Into<String>, built: impl Into<String>) {
        let parts = self.0.get_or_insert_default();
        let built = if std::mem::take(&mut parts.is_before) { String::new() } else { built.into() };
        parts.around.push(Around::File { file, read: read.into(), built });
    }

    /// Notes that the failure happened before the kustomization was built.
    pub fn note_before(&mut self) {
        self.0.get_or_insert_default().is_before = true;
    }

    /// Replaces everything.
    pub fn replace(&mut self, text: impl Into<String>) {
        let warnings = self.warnings();
        self.0 = Some(Box::new(Parts { text: Some(text.into()), warnings, ..Parts::default() }));
    }

    /// Notes how many warnings were printed before the failure, unless that is known.
    pub fn note_warnings(&mut self, count: usize) {
        self.0.get_or_insert_default().warnings.get_or_insert(count);
    }

    /// How many warnings were printed before the failure.
    pub fn warnings(&self) -> Option<usize> {
        self.0.as_ref()?.warnings
    }

    /// All of it. `message` is used if the words for the failure are not known; `fault` has the words for what is wrong with a
    /// kustomization file as a whole: kustomize reads the whole file before anything that it names.
    pub fn compose(&self, message: &str, fault: impl Fn(SourceId) -> Option<String>) -> String {
        let Some(parts) = &self.0 else { return message.to_owned() };
        let faults = parts.around.iter().enumerate().rev();
        let mut faults = faults.filter_map(|(at, around)| match around {
            Around::File { file, read, .. } => fault(*file).map(|text| (at + 1, format!("{read}{text}"))),
            _ => None,
        });
        let (from, text) = faults.next().unwrap_or_else(|| (0, parts.text.clone().unwrap_or_else(|| message.to_owned())));
        if parts.phase == Phase::Finishing && from == 0 {
            return text;
        }
        parts.around[from..].iter().fold(text, |inner, around| match around {
            Around::Text(before, after) => format!("{before}{inner}{after}"),
            Around::Quoted(before) if inner.len() < QUOTED_BYTES => format!("{before}{}", quote(&inner)),
            Around::Quoted(before) => format!("{before}{inner}"),
            Around::File { built, .. } => format!("{built}{inner}"),
        })
    }
}

impl PartialEq for Words {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Words {}

impl Hash for Words {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: SourceId = SourceId::from_index(0);

    fn base() -> Words {
        let mut words = Words::default();
        words.set("no matches");
        words.within_file(FILE, "reading a: ", "building a: ");
        words.surround("in '", "'");
        words
    }

    #[test]
    fn what_is_around_a_failure_is_added_in_order() {
        assert_eq!(base().compose("ours", |_| None), "in 'building a: no matches'");
        let mut words = base();
        words.quote("component: ");
        assert_eq!(words.compose("ours", |_| None), "component: \"in 'building a: no matches'\"");
        assert_eq!(Words::default().compose("ours", |_| None), "ours");
    }

    #[test]
    fn a_kustomization_file_that_is_wrong_is_reported_before_what_it_names() {
        assert_eq!(base().compose("ours", |_| Some("bad field".into())), "in 'reading a: bad field'");
    }

    #[test]
    fn late_failures_have_nothing_around_them() {
        let mut words = Words::default();
        words.set_finishing("no var");
        words.surround("in '", "'");
        assert!(words.is_late());
        assert_eq!(words.compose("ours", |_| None), "no var");
    }

    #[test]
    fn words_are_no_part_of_a_diagnostic() {
        assert_eq!(base(), Words::default());
    }
}
