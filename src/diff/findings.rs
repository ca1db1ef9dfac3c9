//! What a change does to the findings of validation and of the builds: those that it introduces, and the number of those that it
//! removes.
//!
//! Findings of both sides are the same if they have the same code, field, and message, and belong to the same pair of objects. A
//! finding about a build belongs to no object; it is the same in the same file. What is left is compared once more without what a
//! change elsewhere can shift: indices in fields, locations in messages, and the names of objects that were renamed.

use std::borrow::Cow;
use std::hash::Hash;
use std::path::Path;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::object::Side;
use super::path::Place;
use crate::confidential;
use crate::diagnostic::Severity;
use crate::finding::Finding;
use crate::resource::ResId;
use crate::source::{SourceId, Sources};

/// What a change does to findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Findings of the new side that the old side does not have: by object, and the most severe ones first. Those that belong to
    /// no object come last.
    pub introduced: Vec<Introduced>,
    /// The number of findings of the old side that the new side does not have, except those in objects that were removed.
    pub removed: Severities,
}

/// A finding of the new side that the old side does not have. It contains no values of Secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduced {
    /// How serious it is.
    pub severity: Severity,
    /// Its code, such as `unknown-field`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What can be done about it.
    pub help: Option<String>,
    /// The object that it is in; the default value if it belongs to no object.
    pub object: ResId,
    /// The index of this object among the objects of the new side.
    pub position: Option<usize>,
    /// The field, in the notation of the API server; empty for the object as a whole.
    pub field: String,
    /// The location of the fault.
    pub place: Option<Place>,
}

/// Numbers of findings by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Severities {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
}

impl Severities {
    /// Counts one more.
    pub fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Note => self.notes += 1,
        }
    }

    /// The number of all of them.
    pub fn all(&self) -> usize {
        self.errors + self.warnings + self.notes
    }
}

impl Findings {
    /// The numbers of introduced findings.
    pub fn counts(&self) -> Severities {
        let mut counts = Severities::default();
        self.introduced.iter().for_each(|finding| counts.add(finding.severity));
        counts
    }

    /// Whether the change does nothing to findings.
    pub fn is_empty(&self) -> bool {
        *self == Findings::default()
    }

    /// The introduced findings in an object of the new side.
    pub fn of(&self, position: usize) -> &[Introduced] {
        let start = self.introduced.partition_point(|finding| finding.order() < position);
        let rest = &self.introduced[start..];
        &rest[..rest.partition_point(|finding| finding.order() == position)]
    }
}

impl Introduced {
    fn order(&self) -> usize {
        self.position.unwrap_or(usize::MAX)
    }
}

/// Two sides with the findings of each, and pairs of indices of their objects.
pub struct Sides<'a> {
    /// The old side and the new side.
    pub sides: [&'a Side<'a>; 2],
    /// The findings of each.
    pub findings: [&'a [Finding]; 2],
    /// Their directories, as paths of files in findings start.
    pub homes: [&'a Path; 2],
    /// Objects that are the same.
    pub pairs: &'a [(Option<usize>, Option<usize>)],
}

/// The findings that differ; `hides` selects objects whose findings are not compared.
pub fn compare(both: &Sides<'_>, hides: impl Fn(&ResId) -> bool) -> Findings {
    let mut found = Findings::default();
    if both.findings.iter().all(|findings| findings.is_empty()) {
        return found;
    }
    let [old, new] = [0, 1].map(|side| Located::of(both, side, &hides));
    let (old, new) = left(old, new, |finding| finding.key());
    let (old, new) = match old.is_empty() || new.is_empty() {
        true => (old, new),
        false => {
            let (unchanged, renamed) = (FxHashMap::default(), renamed(both));
            let names = |side: usize| if side == 0 { &unchanged } else { &renamed };
            left(old, new, |finding| finding.loose_key(names(finding.side)))
        }
    };
    // Removing an object does not fix it.
    let is_removed = |finding: &Located<'_>| finding.pair.and_then(|at| both.pairs.get(at)).is_some_and(|pair| pair.1.is_none());
    let fixed = old.iter().filter(|finding| !is_removed(finding));
    fixed.for_each(|finding| found.removed.add(finding.finding.diagnostic.severity));
    found.introduced = new.iter().map(|finding| introduced(finding, both.sides[1])).collect();
    found.introduced.sort_by_key(|finding| (finding.order(), std::cmp::Reverse(finding.severity)));
    found
}

/// A finding with the object that it belongs to.
struct Located<'f> {
    finding: &'f Finding,
    side: usize,
    /// The index of its object on its side.
    position: Option<usize>,
    /// The index of the pair of objects.
    pair: Option<usize>,
    /// The file, if it belongs to no object.
    file: EcoString,
}

impl<'f> Located<'f> {
    /// The findings of a side, except those in hidden objects.
    fn of(both: &Sides<'f>, side: usize, hides: &impl Fn(&ResId) -> bool) -> Vec<Self> {
        let Side { objects, sources, .. } = both.sides[side];
        let at = |pair: &(Option<usize>, Option<usize>)| if side == 0 { pair.0 } else { pair.1 };
        let mut pairs = vec![None; objects.len()];
        both.pairs.iter().enumerate().for_each(|(index, pair)| {
            at(pair).and_then(|at| pairs.get_mut(at)).into_iter().for_each(|place| *place = Some(index));
        });
        let positions: FxHashMap<&ResId, usize> = objects.iter().enumerate().map(|(at, object)| (&object.id, at)).collect();
        let mut files = Files { sources, home: both.homes[side], known: FxHashMap::default() };
        let shown = both.findings[side].iter().filter(|finding| !hides(&finding.object));
        shown
            .map(|finding| {
                let position = positions.get(&finding.object).copied();
                // It is reported once for all objects of a kind.
                let pair = position.filter(|_| finding.diagnostic.code != "no-schema").and_then(|at| pairs[at]);
                let file = if position.is_none() { files.of(finding) } else { EcoString::new() };
                Located { finding, side, position, pair, file }
            })
            .collect()
    }

    fn key(&self) -> impl Hash + Eq + use<'f> {
        let Finding { diagnostic, field, object } = self.finding;
        let owner = (self.pair, (self.pair.is_none() && diagnostic.code != "no-schema").then_some(object), self.file.clone());
        (diagnostic.code, diagnostic.severity, field.as_str(), diagnostic.message.as_str(), owner)
    }

    /// The key without what a change elsewhere can shift. `names` has the old names of objects by the new ones.
    fn loose_key(&self, names: &FxHashMap<&str, Option<&str>>) -> impl Hash + Eq + use<'f> {
        let Finding { diagnostic, field, object } = self.finding;
        let name = self.pair.is_none().then(|| (object.gvk.kind.clone(), loose(&object.name, names)));
        let texts = (loose(field, names), loose(&diagnostic.message, names));
        (diagnostic.code, diagnostic.severity, texts, (self.pair, name, self.file.clone()))
    }
}

/// What is left on both sides after findings with equal keys are paired.
fn left<'f, K: Hash + Eq>(
    old: Vec<Located<'f>>,
    new: Vec<Located<'f>>,
    key: impl Fn(&Located<'f>) -> K,
) -> (Vec<Located<'f>>, Vec<Located<'f>>) {
    let mut known: FxHashMap<K, Vec<Located<'f>>> = FxHashMap::default();
    old.into_iter().for_each(|finding| known.entry(key(&finding)).or_default().push(finding));
    let is_new = |finding: &Located<'f>| known.get_mut(&key(finding)).and_then(Vec::pop).is_none();
    let new = new.into_iter().filter(is_new).collect();
    (known.into_values().flatten().collect(), new)
}

/// The old names and namespaces of renamed objects by the new ones; `None` if there are several.
fn renamed<'a>(both: &Sides<'a>) -> FxHashMap<&'a str, Option<&'a str>> {
    let mut names: FxHashMap<&str, Option<&str>> = FxHashMap::default();
    let [old, new] = both.sides;
    let mut add = |new: &'a EcoString, old: &'a EcoString| {
        let known = names.entry(new).or_insert(Some(old));
        *known = known.filter(|known| *known == old.as_str());
    };
    for (from, to) in both.pairs {
        let (Some(from), Some(to)) = (*from, *to) else { continue };
        let (from, to) = (&old.objects[from].id, &new.objects[to].id);
        add(&to.name, &from.name);
        add(&to.namespace, &from.namespace);
    }
    names.retain(|new, old| old.is_some_and(|old| old != *new));
    names
}

/// A text with the old names of renamed objects, and without indices and the lines and columns of locations.
fn loose(text: &str, names: &FxHashMap<&str, Option<&str>>) -> String {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let is_index = out.ends_with(['[', ':']) && word.bytes().all(|byte| byte.is_ascii_digit());
        if !is_index {
            out += names.get(word).copied().flatten().unwrap_or(word);
        }
        let next = after.find(is_word).unwrap_or(after.len());
        out += &after[..next];
        rest = &after[next..];
    }
    out
}

/// The files of findings, as they are called on both sides.
struct Files<'a> {
    sources: &'a Sources,
    home: &'a Path,
    known: FxHashMap<SourceId, EcoString>,
}

impl Files<'_> {
    fn of(&mut self, finding: &Finding) -> EcoString {
        let Some(span) = finding.diagnostic.span else { return EcoString::new() };
        let source = self.sources.locate(span).source;
        self.known.entry(span.source).or_insert_with(|| common(&source.path().to_string_lossy(), self.home)).clone()
    }
}

/// The path of a file without the revision, and without the directories that it shares with that of the side.
fn common(file: &str, home: &Path) -> EcoString {
    let strip = |text: &str| text.split_once(':').filter(|(_, rest)| !rest.starts_with("//")).map(|(_, rest)| rest.to_owned());
    let (file, home) = (strip(file).unwrap_or_else(|| file.to_owned()), home.to_string_lossy());
    let home = strip(&home).unwrap_or_else(|| home.into_owned());
    let (file, home) = (crate::load::tidy(Path::new(&file)), crate::load::tidy(Path::new(&home)));
    let shared = file.components().zip(home.components()).take_while(|(one, other)| one == other).count();
    let rest: std::path::PathBuf = file.components().skip(shared).skip_while(|part| part.as_os_str() == "..").collect();
    rest.to_string_lossy().as_ref().into()
}

fn introduced(found: &Located<'_>, side: &Side<'_>) -> Introduced {
    let finding: Cow<'_, Finding> = confidential::finding(found.finding, side.sources);
    let Finding { diagnostic, field, object } = &*finding;
    let place = diagnostic.span.map(|span| {
        let location = side.sources.locate(span);
        Place {
            file: location.source.path().display().to_string(),
            line: location.position.line,
            column: location.position.column,
            by: diagnostic.trace.first().map(|frame| frame.step.clone()).unwrap_or_default(),
        }
    });
    Introduced {
        severity: diagnostic.severity,
        code: diagnostic.code,
        message: diagnostic.message.clone(),
        help: diagnostic.help.clone(),
        object: object.clone(),
        position: found.position,
        field: field.clone(),
        place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_without_what_a_change_elsewhere_shifts() {
        let names = FxHashMap::from_iter([("stg-web", Some("prod-web")), ("twice", None)]);
        assert_eq!(loose("no Service `stg-web` in a.yaml:3:14", &names), "no Service `prod-web` in a.yaml::");
        assert_eq!(loose("spec.containers[12].image", &names), "spec.containers[].image");
        assert_eq!(loose("twice, stg-web-2", &names), "twice, stg-web-2");
        assert_eq!(loose("é: 1", &names), "é: 1");
    }

    #[test]
    fn files_are_the_same_on_both_sides() {
        assert_eq!(common("overlays/prod/k.yaml", Path::new("overlays/prod")), "k.yaml");
        assert_eq!(common("main:overlays/prod/k.yaml", Path::new("main:overlays/prod")), "k.yaml");
        assert_eq!(common("old/bases/web/k.yaml", Path::new("old/overlays/prod")), "bases/web/k.yaml");
        assert_eq!(common("../bases/web/k.yaml", Path::new("prod")), "bases/web/k.yaml");
        assert_eq!(common("https://example.com/k.yaml", Path::new("prod")), "https:/example.com/k.yaml");
    }
}
