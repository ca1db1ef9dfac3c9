//! The effects of changes in a cluster, as every format shows them. `notes/` finds them.

use std::fmt;

/// What a note is about, the most important class first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Data is deleted, or the pods that used it start without it.
    DataLoss,
    /// The object must be deleted and recreated.
    Recreate,
    /// Pods are replaced.
    Restart,
    /// Anything else.
    Info,
}

/// A rule that finds notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// A name for programs.
    pub name: &'static str,
    /// The class of its notes.
    pub class: Class,
    /// Whether the old object has to be deleted for the effect: an object that stays behind does not have it.
    pub by_deletion: bool,
}

/// An effect of changes in a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The API server rejects the change: the object must be deleted and recreated.
    Recreate {
        /// The fields that can't be changed.
        fields: Vec<String>,
    },
    /// Its pods are replaced.
    Restart {
        /// The generated objects whose new content is the cause; empty if the pod template itself was changed.
        because: Vec<String>,
    },
    /// The same kind in a different API group or version.
    Migration {
        /// The old `apiVersion`.
        old: String,
        /// The new `apiVersion`.
        new: String,
    },
    /// Only what SOPS writes after every edit differs: the checksum, the date, and the data keys.
    Encryption,
    /// The generated content of the object changed, and the hash in its name with it.
    Generated {
        /// The old name.
        old: String,
        /// The new name.
        new: String,
    },
    /// An effect that a rule describes in its own words.
    Effect {
        /// The rule.
        rule: Rule,
        /// The description.
        text: String,
    },
}

impl Class {
    /// All classes.
    pub const ALL: [Class; 4] = [Class::DataLoss, Class::Recreate, Class::Restart, Class::Info];

    /// The name, for programs and the command line.
    pub fn name(self) -> &'static str {
        match self {
            Class::DataLoss => "data-loss",
            Class::Recreate => "recreate",
            Class::Restart => "restart",
            Class::Info => "info",
        }
    }
}

impl Rule {
    /// A rule about changes.
    pub const fn new(name: &'static str, class: Class) -> Self {
        Rule { name, class, by_deletion: false }
    }

    /// A rule about the deletion of objects.
    pub const fn of_deletion(name: &'static str) -> Self {
        Rule { name, class: Class::DataLoss, by_deletion: true }
    }
}

impl Note {
    /// A name for programs.
    pub fn name(&self) -> &'static str {
        match self {
            Note::Recreate { .. } => "needs-recreate",
            Note::Restart { .. } => "pods-restart",
            Note::Migration { .. } => "api-version",
            Note::Encryption => "encryption-metadata",
            Note::Generated { .. } => "generated",
            Note::Effect { rule, .. } => rule.name,
        }
    }

    /// What it is about.
    pub fn class(&self) -> Class {
        match self {
            Note::Recreate { .. } => Class::Recreate,
            Note::Restart { .. } => Class::Restart,
            Note::Migration { .. } | Note::Encryption | Note::Generated { .. } => Class::Info,
            Note::Effect { rule, .. } => rule.class,
        }
    }

    /// The type of its annotation: the class for data that is lost, which is always shown in the same way, and otherwise the name.
    pub fn check(&self) -> &'static str {
        if self.class() == Class::DataLoss { Class::DataLoss.name() } else { self.name() }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Recreate { fields } if fields.iter().all(|field| is_content(field)) => {
                write!(f, "the API server refuses it (immutable: true): must be recreated to change {}", fields.join(", "))
            }
            Note::Recreate { fields } => write!(f, "must be recreated to change {}", fields.join(", ")),
            Note::Restart { because } if because.is_empty() => f.write_str("pods restart"),
            Note::Restart { because } => write!(f, "pods restart: new content of {}", because.join(", ")),
            Note::Migration { old, new } => write!(f, "apiVersion {old} -> {new}"),
            Note::Encryption => f.write_str("only the encryption metadata differs, no value"),
            Note::Generated { old, new } => write!(f, "generated content: {old} -> {new}"),
            Note::Effect { rule, text } if rule.class == Class::DataLoss => write!(f, "data loss: {text}"),
            Note::Effect { text, .. } => f.write_str(text),
        }
    }
}

/// Whether a field belongs to the content of a Secret or ConfigMap, which is fixed only if the object says so.
fn is_content(field: &str) -> bool {
    let first = field.split(['.', '[']).next().unwrap_or_default();
    ["data", "stringData", "binaryData", "immutable"].contains(&first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_have_a_class_and_a_sentence() {
        let lost = Note::Effect { rule: Rule::of_deletion("claim-deleted"), text: "it is gone".into() };
        assert_eq!(
            (lost.to_string().as_str(), lost.check(), lost.name()),
            ("data loss: it is gone", "data-loss", "claim-deleted")
        );
        let frozen = Note::Recreate { fields: vec!["data.a".into()] };
        assert!(frozen.to_string().contains("immutable: true") && frozen.class() == Class::Recreate);
        assert!(!Note::Recreate { fields: vec!["spec.data".into()] }.to_string().contains("immutable"));
        assert!(Class::ALL.is_sorted() && Class::DataLoss < Class::Info);
    }
}
