//! Where in an object a finding is, as the API server writes it: `spec.containers[0].image`, `metadata.labels[app]`.
//!
//! A path is a chain of stack frames: making one costs nothing, only a finding turns it into text.

use std::fmt;

/// A place in an object.
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

    /// An element of the list here.
    pub fn index(&'a self, index: usize) -> Path<'a> {
        Path { parent: Some(self), part: Part::Index(index) }
    }

    /// A value of the free mapping here, such as a label.
    pub fn key(&'a self, key: &'a str) -> Path<'a> {
        Path { parent: Some(self), part: Part::Key(key) }
    }

    /// The path as the server's decoder writes it: names of fields only.
    pub fn fields(&self) -> String {
        let parent = self.parent.map(Path::fields).unwrap_or_default();
        match self.part {
            Part::Field(name) if parent.is_empty() => name.to_owned(),
            Part::Field(name) => format!("{parent}.{name}"),
            Part::Root | Part::Index(_) | Part::Key(_) => parent,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_like_the_server_s() {
        let (spec, containers, first, image);
        spec = Path::ROOT.field("spec");
        containers = spec.field("containers");
        first = containers.index(0);
        image = first.field("image");
        assert_eq!(image.to_string(), "spec.containers[0].image");
        assert_eq!(image.fields(), "spec.containers.image");
        assert_eq!(spec.key("a/b").to_string(), "spec[a/b]");
    }
}
