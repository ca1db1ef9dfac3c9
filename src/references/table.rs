//! The table of references: `table.txt`, parsed when it is first needed. The rows of custom kinds come last: most of the text is
//! about them, and they are only parsed if there are such objects.

use std::sync::LazyLock;

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

    fn parse(path: &'static str, target: &'static str, words: impl Iterator<Item = &'static str>) -> Row {
        let kinds = target.trim_end_matches('?');
        let target_of = |text: &'static str| match text.split_once('/') {
            Some((group, kind)) => Target { group: Group::Named(group), kind },
            None if CORE.contains(&text) => Target { group: Group::Core, kind: text },
            None => Target { group: Group::Own, kind: text },
        };
        let targets = kinds.split('|').filter(|text| !text.is_empty()).map(target_of).collect();
        let (relations, words): (Vec<_>, Vec<_>) = words.partition(|word| RELATIONS.contains(word));
        let relation = relations.first().copied().unwrap_or("uses");
        Row { path, targets, is_open: target.ends_with('?'), relation, words }
    }
}

/// A relation as a verb.
pub fn verb(relation: &'static str) -> &'static str {
    if relation == "routes" { "routes to" } else { relation }
}

/// Rows by the kinds that they are about.
#[derive(Default)]
struct Table {
    by_kind: FxHashMap<&'static str, FxHashMap<&'static str, Vec<Row>>>,
    /// Rows about every custom kind.
    custom: Vec<Row>,
    /// Rows about pods.
    pods: Vec<Row>,
}

/// The text about pods and Kubernetes itself, and the text about custom kinds.
static TEXTS: LazyLock<(&str, &str)> = LazyLock::new(|| {
    let text = include_str!("table.txt");
    text.find("\n[*]").map_or((text, ""), |at| text.split_at(at))
});
static BUILT_IN: LazyLock<Table> = LazyLock::new(|| Table::parse(TEXTS.0));
static CUSTOM: LazyLock<Table> = LazyLock::new(|| Table::parse(TEXTS.1));

/// The rows about a kind.
pub fn rows(group: &str, kind: &str) -> impl Iterator<Item = &'static Row> + use<> {
    let (table, group) = if is_custom(group) { (&*CUSTOM, group) } else { (&*BUILT_IN, "core") };
    let own = table.by_kind.get(group).and_then(|kinds| kinds.get(kind));
    own.into_iter().flatten().chain(&table.custom)
}

/// The rows about the pods of any object.
pub fn pods() -> &'static [Row] {
    &BUILT_IN.pods
}

impl Table {
    fn parse(text: &'static str) -> Table {
        let (mut table, mut groups) = (Table::default(), "");
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                groups = section;
                continue;
            }
            let mut columns = line.split_whitespace();
            let (Some(kinds), Some(path), Some(target)) = (columns.next(), columns.next(), columns.next()) else { continue };
            let row = || Row::parse(path, target, columns.clone());
            match groups {
                "*" => table.custom.push(row()),
                "pod" => table.pods.push(row()),
                _ => groups.split(' ').flat_map(|group| kinds.split(',').map(move |kind| (group, kind))).for_each(
                    |(group, kind)| {
                        table.by_kind.entry(group).or_default().entry(kind).or_default().push(row());
                    },
                ),
            }
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
    fn rows_of_custom_kinds_come_last() {
        assert!(BUILT_IN.by_kind.keys().eq(&["core"]) && BUILT_IN.custom.is_empty());
        assert!(!CUSTOM.by_kind.contains_key("core") && CUSTOM.pods.is_empty() && !CUSTOM.custom.is_empty());
    }

    #[test]
    fn rows_are_found_by_group_and_kind() {
        let paths = |group: &str, kind: &str| rows(group, kind).map(|row| row.path).collect::<Vec<_>>();
        assert!(paths("keda.sh", "ScaledObject").contains(&"spec.scaleTargetRef.name"));
        assert!(paths("traefik.containo.us", "Middleware").contains(&"spec.basicAuth.secret"));
        assert_eq!(paths("apps", "StatefulSet").first(), Some(&"spec.serviceName"));
        assert!(paths("", "Namespace").is_empty() && pods().len() > 20);
    }
}
