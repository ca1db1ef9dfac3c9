//! The table of references: `table.txt`, whose sections are parsed when they are first needed.

use std::str::SplitWhitespace;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::pods::is_custom;

/// A row of the table.
#[derive(Debug)]
pub struct Row {
    /// The path of the name in the object, or in the pod.
    pub path: &'static str,
    /// The kinds of the target.
    pub targets: Vec<Target>,
    /// Whether fields beside the name can specify another kind.
    pub is_open: bool,
    /// What the object does with the target.
    pub relation: &'static str,
    words: Vec<&'static str>,
    /// The path without its last part, and the last part, if that is the name of a field.
    pub split: Option<(&'static str, &'static str)>,
    /// The path of a field that must not be set.
    pub unless: Vec<&'static str>,
}

/// A kind that a row refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its group.
    pub group: Group,
    /// Its name.
    pub kind: &'static str,
}

/// The group of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// One of the groups of Kubernetes.
    Core,
    /// This group.
    Named(&'static str),
    /// The group of the object that refers to it.
    Own,
}

/// The relations other than the default, `uses`.
const RELATIONS: &[&str] = &["creates", "grants", "routes", "runs", "scales", "selects"];
/// Kinds of Kubernetes in the column of targets; other kinds have the group of the section.
#[rustfmt::skip]
const CORE: &[&str] = &[
    "ClusterRole", "ConfigMap", "Deployment", "HorizontalPodAutoscaler", "Ingress", "IngressClass", "MutatingAdmissionPolicy",
    "PersistentVolume", "PersistentVolumeClaim", "Pod", "PriorityClass", "ResourceClaim", "ResourceClaimTemplate", "Role",
    "RuntimeClass", "Secret", "Service", "ServiceAccount", "StorageClass", "ValidatingAdmissionPolicy",
];

impl Row {
    /// The relation as a verb.
    pub fn verb(&self) -> &'static str {
        verb(self.relation)
    }

    /// Whether the row has a word, with or without a value.
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|found| found.split('=').next() == Some(word))
    }

    /// The value of a word.
    pub fn value(&self, word: &str) -> Option<&'static str> {
        self.words.iter().find_map(|found| found.strip_prefix(word)?.strip_prefix('='))
    }

    /// Parses the columns after the kinds.
    fn parse(mut columns: SplitWhitespace<'static>) -> Row {
        let (path, target) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        let kinds = target.trim_end_matches('?');
        let target_of = |text: &'static str| match text.split_once('/') {
            Some((group, kind)) => Target { group: Group::Named(group), kind },
            None if CORE.contains(&text) => Target { group: Group::Core, kind: text },
            None => Target { group: Group::Own, kind: text },
        };
        let targets = kinds.split('|').filter(|text| !text.is_empty()).map(target_of).collect();
        let (relations, words): (Vec<_>, Vec<_>) = columns.partition(|word| RELATIONS.contains(word));
        let relation = relations.first().copied().unwrap_or("uses");
        let unless = words.iter().find_map(|word| word.strip_prefix("unless=")).into_iter().flat_map(|path| path.split('.'));
        // Fields beside the name are in the mapping above it.
        let split = path.rsplit_once('.').filter(|(_, last)| !last.contains(['[', '{', ']']));
        Row { path, targets, is_open: target.ends_with('?'), relation, unless: unless.collect(), split, words }
    }
}

/// A relation as a verb.
pub fn verb(relation: &'static str) -> &'static str {
    if relation == "routes" { "routes to" } else { relation }
}

/// All rows, by the kinds that they are about.
pub struct Table {
    sections: Vec<Section>,
    /// The positions of the sections about a group.
    by_group: FxHashMap<&'static str, Vec<usize>>,
}

/// The rows of one or several groups.
struct Section {
    text: &'static str,
    lines: OnceLock<Lines>,
}

/// The lines of a section, and those about each kind.
#[derive(Default)]
struct Lines {
    all: Vec<Line>,
    by_kind: FxHashMap<&'static str, Vec<usize>>,
}

/// A line, whose row is parsed when it is first needed.
struct Line {
    columns: SplitWhitespace<'static>,
    row: OnceLock<Row>,
}

impl Section {
    /// The rows about a kind.
    fn rows(&self, kind: &str) -> impl Iterator<Item = &Row> {
        let lines = self.lines.get_or_init(|| Lines::of(self.text));
        let found = lines.by_kind.get(kind).into_iter().flatten().filter_map(|at| lines.all.get(*at));
        found.map(|line| line.row.get_or_init(|| Row::parse(line.columns.clone())))
    }
}

impl Lines {
    fn of(text: &'static str) -> Self {
        let mut lines = Lines::default();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let mut columns = line.split_whitespace();
            for kind in columns.next().into_iter().flat_map(|kinds| kinds.split(',')) {
                lines.by_kind.entry(kind).or_default().push(lines.all.len());
            }
            lines.all.push(Line { columns, row: OnceLock::new() });
        }
        lines
    }
}

impl Table {
    /// The table.
    pub fn get() -> &'static Table {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| Table::parse(include_str!("table.txt")))
    }

    /// The rows about a kind.
    pub fn rows<'t>(&'t self, group: &str, kind: &str) -> impl Iterator<Item = &'t Row> + use<'t> {
        let is_custom = is_custom(group);
        let own = self.sections(if is_custom { group } else { "core" }).flat_map(|section| section.rows(kind));
        let own: Vec<&Row> = own.collect();
        own.into_iter().chain(is_custom.then(|| self.rows_about("*")).into_iter().flatten())
    }

    /// The rows about pods.
    pub fn pods(&self) -> impl Iterator<Item = &Row> {
        self.rows_about("pod")
    }

    /// The rows of a section about no group, in which the kind is `*`.
    fn rows_about(&self, name: &str) -> impl Iterator<Item = &Row> {
        self.sections(name).flat_map(|section| section.rows("*"))
    }

    fn sections(&self, group: &str) -> impl Iterator<Item = &Section> {
        self.by_group.get(group).into_iter().flatten().filter_map(|at| self.sections.get(*at))
    }

    fn parse(text: &'static str) -> Table {
        let mut table = Table { sections: Vec::new(), by_group: FxHashMap::default() };
        for section in text.split("\n[").skip(1) {
            let Some((groups, text)) = section.split_once("]\n") else { continue };
            for group in groups.split(' ') {
                table.by_group.entry(group).or_default().push(table.sections.len());
            }
            table.sections.push(Section { text, lines: OnceLock::new() });
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words without a value, and the keys of words with one.
    const WORDS: &[&str] =
        &["ns", "elsewhere", "global", "platform", "any", "weak", "host", "slash", "tag", "list", "issued", "unless", "key"];

    #[test]
    fn every_line_is_a_row_with_known_words() {
        let lines = include_str!("table.txt").lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '[']));
        for line in lines {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let words = columns.get(3..).unwrap_or_default();
            assert!(columns.len() >= 3 && line.len() <= 200, "{line}");
            for word in words {
                let name = word.split('=').next().unwrap_or_default();
                assert!(WORDS.contains(&name) || RELATIONS.contains(word), "{line}: {word}");
            }
            assert!(
                columns[2].split('/').next_back().is_some_and(|kind| kind == "?" || kind.starts_with(char::is_uppercase)),
                "{line}"
            );
        }
    }

    #[test]
    fn rows_are_found_by_group_and_kind() {
        let table = Table::get();
        let paths = |group: &str, kind: &str| table.rows(group, kind).map(|row| row.path).collect::<Vec<_>>();
        assert!(paths("keda.sh", "ScaledObject").contains(&"spec.scaleTargetRef.name"));
        assert!(paths("traefik.containo.us", "Middleware").contains(&"spec.basicAuth.secret"));
        assert_eq!(paths("apps", "StatefulSet").first(), Some(&"spec.serviceName"));
        assert!(paths("", "Namespace").is_empty() && table.pods().count() > 20);
    }
}
