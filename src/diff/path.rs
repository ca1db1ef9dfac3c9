//! Where a value is: in an object (a path of typed steps), and in the files that it was written in.

use std::fmt::Write;

use ecow::EcoString;

/// The way from the root of an object to a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(pub Vec<Step>);

/// A step into a mapping or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The value of a key.
    Field(EcoString),
    /// An element of a list.
    Item {
        /// Its index on the old side.
        old: Option<usize>,
        /// Its index on the new side.
        new: Option<usize>,
        /// The fields that tell it from the others, with their values (the new ones); empty when it is known by its index.
        key: Vec<(EcoString, EcoString)>,
    },
}

/// Where a value was written, or what asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as the user would write it; `REVISION:path` for one in git.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// Which step wrote it: `overlays/production: patches[2]`.
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

    /// The step as seen from the other side.
    fn swapped(&self) -> Step {
        match self {
            Step::Item { old, new, key } => Step::Item { old: *new, new: *old, key: key.clone() },
            field => field.clone(),
        }
    }
}

impl Path {
    /// One step further.
    pub fn join(&self, step: Step) -> Path {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Path(steps)
    }

    /// Both, one behind the other.
    pub fn then(&self, rest: &Path) -> Path {
        Path(self.0.iter().chain(&rest.0).cloned().collect())
    }

    /// Whether the path begins with these fields; `*` stands for any step.
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

    /// The path as seen from the other side.
    pub fn swapped(&self) -> Path {
        Path(self.0.iter().map(Step::swapped).collect())
    }
}

impl std::fmt::Display for Path {
    /// `spec.containers[name=web].image`, `data[app.yaml].port`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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

/// Whether a name needs no brackets.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@'))
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
