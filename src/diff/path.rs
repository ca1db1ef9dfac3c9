//! Describes where a value is: its path in an object (typed steps), and its location in the files that wrote it.

use std::fmt::Write;

use ecow::EcoString;

/// The path from the root of an object to a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(pub Vec<Step>);

/// A step into a mapping or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The value of a key.
    Field(EcoString),
    /// An item of a list.
    Item {
        /// Its index on the old side.
        old: Option<usize>,
        /// Its index on the new side.
        new: Option<usize>,
        /// The fields that identify the item, with their (new) values; empty if it is identified by its index.
        key: Vec<(EcoString, EcoString)>,
    },
}

/// The location where a value was written or requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as the user would write it; `REVISION:path` for a file in git.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
    /// The step that wrote it: `overlays/production: patches[2]`.
    pub by: String,
}

impl Step {
    /// The step without brackets: `spec`, `name=web`, `0`.
    pub fn text(&self) -> String {
        match self {
            Step::Field(name) => name.to_string(),
            Step::Item { old, new, key } if key.is_empty() => old.or(*new).map(|index| index.to_string()).unwrap_or_default(),
            Step::Item { key, .. } => key.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(","),
        }
    }

    /// The step with both sides swapped.
    fn swapped(&self) -> Step {
        match self {
            Step::Item { old, new, key } => Step::Item { old: *new, new: *old, key: key.clone() },
            field => field.clone(),
        }
    }
}

impl Path {
    /// The path extended by one step.
    pub fn join(&self, step: Step) -> Path {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Path(steps)
    }

    /// The path followed by another path.
    pub fn then(&self, rest: &Path) -> Path {
        Path(self.0.iter().chain(&rest.0).cloned().collect())
    }

    /// Whether the path starts with these fields; `*` matches any step.
    pub fn starts_with(&self, fields: &[&str]) -> bool {
        self.0.len() >= fields.len()
            && self.0.iter().zip(fields).all(|(step, wanted)| match step {
                _ if *wanted == "*" => true,
                Step::Field(name) => name == wanted,
                Step::Item { .. } => false,
            })
    }

    /// The name of the last field.
    pub fn last_field(&self) -> Option<&str> {
        match self.0.last()? {
            Step::Field(name) => Some(name),
            Step::Item { .. } => None,
        }
    }

    /// The path with both sides swapped.
    pub fn swapped(&self) -> Path {
        Path(self.0.iter().map(Step::swapped).collect())
    }
}

impl std::fmt::Display for Path {
    /// `spec.containers[name=web].image`, `data[app.yaml].port`; `(document)` for a whole document.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return f.write_str("(document)");
        }
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if is_plain(name) && at == 0 => f.write_str(name)?,
                Step::Field(name) if is_plain(name) => write!(f, ".{name}")?,
                step => {
                    f.write_char('[')?;
                    step.text()
                        .chars()
                        .try_for_each(|c| if c.is_control() { write!(f, "{}", c.escape_default()) } else { f.write_char(c) })?;
                    f.write_char(']')?;
                }
            }
        }
        Ok(())
    }
}

/// Whether a name can be written without brackets.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@'))
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
