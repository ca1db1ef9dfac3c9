//! Field paths in the notation of the API server: `spec.containers[0].image`, `metadata.labels[app]`.
//!
//! A path is a linked list on the stack: creating one costs nothing, and only a finding converts it to a string.

use std::fmt;

/// A path in an object.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    part: Part<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    Root,
    Field(&'a str),
    Index(usize),
    Key(&'a str),
}

impl<'a> Path<'a> {
    /// The object itself.
    pub const ROOT: Path<'static> = Path { parent: None, part: Part::Root };

    /// A field of the value here.
    pub fn field(&'a self, name: &'a str) -> Path<'a> {
        Path { parent: Some(self), part: Part::Field(name) }
    }

    /// An item of the list here.
    pub fn index(&'a self, index: usize) -> Path<'a> {
        Path { parent: Some(self), part: Part::Index(index) }
    }

    /// An entry of a mapping with arbitrary keys, such as a label.
    pub fn key(&'a self, key: &'a str) -> Path<'a> {
        Path { parent: Some(self), part: Part::Key(key) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.part {
            Part::Root => Ok(()),
            Part::Field(name) if self.parent.is_none_or(|parent| matches!(parent.part, Part::Root)) => f.write_str(name),
            Part::Field(name) => write!(f, ".{name}"),
            Part::Index(index) => write!(f, "[{index}]"),
            Part::Key(key) => write!(f, "[{key}]"),
        }
    }
}

/// The steps of a field: `spec`, `ports`, `0`, `port` for `spec.ports[0].port`.
pub fn steps(field: &str) -> Vec<String> {
    let mut steps = Vec::new();
    let mut rest = field.trim_start_matches('.');
    while !rest.is_empty() {
        let (step, after) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').unwrap_or((inner, "")),
            None => rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len())),
        };
        steps.push(step.to_owned());
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_steps() {
        assert_eq!(steps("spec.ports[0].port"), ["spec", "ports", "0", "port"]);
        assert_eq!(steps("data[tls.crt]"), ["data", "tls.crt"]);
        assert_eq!(steps(".spec"), ["spec"]);
        assert!(steps("").is_empty());
    }

    #[test]
    fn paths_use_the_notation_of_the_server() {
        let (spec, containers, first, image);
        spec = Path::ROOT.field("spec");
        containers = spec.field("containers");
        first = containers.index(0);
        image = first.field("image");
        assert_eq!(image.to_string(), "spec.containers[0].image");
        assert_eq!(spec.key("a/b").to_string(), "spec[a/b]");
    }
}
