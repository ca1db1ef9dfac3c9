//! The order of importance: what operators look at first when environments differ.
//!
//! Objects are ordered by the most important row that differs, and the rows of an object by their own importance. What is
//! equally important keeps its order: objects by kind and name, fields as in the manifest.

use super::table::{ObjectName, Row};
use crate::resource::wildcard::fits;

/// How the rows of a table are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Sort {
    /// What matters most first
    #[default]
    Importance,
    /// By kind and name, with fields in the order of the manifests
    Path,
}

/// Fields that are equally important.
struct Rank {
    /// What they are about.
    name: &'static str,
    /// Patterns for their names, in which `*` matches anything.
    fields: &'static [&'static str],
}

/// The ranks, most important first.
const RANKS: &[Rank] = &[
    Rank { name: "missing objects", fields: &["present"] },
    Rank { name: "images", fields: &["image (*", "*.image"] },
    Rank {
        name: "replicas, autoscalers, budgets, schedules",
        fields: &[
            "*eplicas",
            "*ReplicaCount",
            "target *",
            "targetCPU*",
            "spec.metrics*",
            "*minAvailable",
            "*maxUnavailable",
            "*schedule",
            "*suspend",
            "*parallelism",
            "*completions",
        ],
    },
    Rank {
        name: "resources and storage",
        fields: &["requests.*", "limits.*", "*.resources.*", "*storage*", "hard.*", "*.hard.*"],
    },
    Rank {
        name: "variables and arguments",
        fields: &["env *", "env (*", "-*", "args*", "command*", "*.env", "*.env[*", "*.envFrom*", "*.args*", "*.command*"],
    },
    Rank { name: "entries of ConfigMaps and Secrets", fields: &[] },
    Rank { name: "everything else", fields: &[] },
    Rank {
        name: "names, labels, and annotations",
        fields: &[
            "metadata.*",
            "*.metadata.labels*",
            "*.metadata.annotations*",
            "*.matchLabels*",
            "*abels.*",
            "apiVersion",
            "kind",
        ],
    },
];

const ENTRIES: usize = 5;
const OTHERS: usize = 6;

/// What the ranks are about, most important first.
pub fn ranks() -> impl Iterator<Item = &'static str> {
    RANKS.iter().map(|rank| rank.name)
}

/// The rank of a row: 0 is the most important.
fn rank(row: &Row) -> usize {
    let is_named = |rank: &Rank| rank.fields.iter().any(|pattern| fits(pattern, &row.field));
    let kind = row.object.as_ref().map_or("", |object| object.kind.as_str());
    // The keys of these objects are free: one may be called `image`.
    let has_keys = matches!(kind, "ConfigMap" | "Secret") && row.field != "present" && !row.field.starts_with("metadata.");
    if has_keys { ENTRIES } else { RANKS.iter().position(is_named).unwrap_or(OTHERS) }
}

/// Whether a row is about an image.
pub fn is_image(field: &str) -> bool {
    RANKS.get(1).is_some_and(|rank| rank.fields.iter().any(|pattern| fits(pattern, field)))
}

/// Sorts rows, which are grouped by object.
pub fn sort(rows: Vec<Row>, sort: Sort) -> Vec<Row> {
    if sort == Sort::Path {
        return rows;
    }
    let mut groups: Vec<(Key, Vec<Row>)> = Vec::new();
    for row in rows {
        match groups.last_mut() {
            Some((_, group)) if group.first().is_some_and(|first| first.object == row.object) => group.push(row),
            _ => groups.push((Key::default(), vec![row])),
        }
    }
    for (key, group) in &mut groups {
        group.sort_by_cached_key(rank);
        *key = Key::of(group);
    }
    groups.sort_by_key(|(key, _)| *key);
    groups.into_iter().flat_map(|(_, rows)| rows).collect()
}

/// The position of an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// Facts about environments as a whole come first.
    is_object: bool,
    rank: usize,
    /// Missing objects of which nothing else is shown come before the others.
    has_more: bool,
}

impl Key {
    fn of(rows: &[Row]) -> Self {
        let object: Option<&ObjectName> = rows.first().and_then(|row| row.object.as_ref());
        let rank = rows.iter().filter(|row| row.differs).map(rank).min().unwrap_or(RANKS.len());
        Key { is_object: object.is_some(), rank, has_more: rank == 0 && rows.len() > 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_ranks() {
        for (kind, field, expected) in [
            ("Deployment", "present", "missing objects"),
            ("Deployment", "image (web)", "images"),
            ("Deployment", "spec.template.spec.containers[web].image", "images"),
            ("Deployment", "spec.replicas", "replicas, autoscalers, budgets, schedules"),
            ("CronJob", "schedule", "replicas, autoscalers, budgets, schedules"),
            ("Deployment", "limits.memory (web)", "resources and storage"),
            ("PersistentVolumeClaim", "storage class", "resources and storage"),
            ("Deployment", "spec.template.spec.containers[web].env[A].value", "variables and arguments"),
            ("Deployment", "--verbosity (web)", "variables and arguments"),
            ("ConfigMap", "image", "entries of ConfigMaps and Secrets"),
            ("Secret", "data.replicas", "entries of ConfigMaps and Secrets"),
            ("ConfigMap", "metadata.labels.a", "names, labels, and annotations"),
            ("Ingress", "hosts", "everything else"),
            ("Deployment", "spec.template.metadata.annotations.a", "names, labels, and annotations"),
            ("Deployment", "metadata.name", "names, labels, and annotations"),
        ] {
            let object = ObjectName { group: String::new(), kind: kind.into(), name: "x".into(), namespace: None };
            let row = Row { object: Some(object), field: field.into(), cells: Vec::new(), differs: true };
            assert_eq!(RANKS[rank(&row)].name, expected, "{kind} {field}");
        }
        assert_eq!(RANKS[ENTRIES].name, "entries of ConfigMaps and Secrets");
        assert_eq!(RANKS[OTHERS].name, "everything else");
    }
}
