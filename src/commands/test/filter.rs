//! `--filter`: which tests run, by their names.

use std::convert::Infallible;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::resource::wildcard::fits;

/// Part of a name, or a pattern for the whole name in which `*` matches anything.
#[derive(Clone, Debug)]
pub struct Filter(String);

impl FromStr for Filter {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Filter(text.to_owned()))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Filter {
    fn takes(&self, text: &str) -> bool {
        if self.0.contains('*') { fits(&self.0, text) } else { text.contains(&self.0) }
    }
}

/// Whether one of the filters matches the name of a test or the path of its file.
pub fn takes(filters: &[Filter], name: &str, file: &Path) -> bool {
    let file = file.display().to_string();
    filters.is_empty() || filters.iter().any(|filter| filter.takes(name) || filter.takes(&file))
}

/// Whether one of the filters matches an overlay, and therefore all its tests.
pub fn takes_overlay(filters: &[Filter], directory: &Path) -> bool {
    let shown = if directory == Path::new("") { Path::new(".") } else { directory };
    takes(filters, &shown.display().to_string(), shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_part_and_a_pattern_is_a_whole_name() {
        let takes = |filter: &str, name: &str| super::takes(&[Filter(filter.to_owned())], name, Path::new("app/x.yaml"));
        for (filter, name, expected) in [
            ("tag", "images have a tag", true),
            ("tag*", "images have a tag", false),
            ("*tag", "images have a tag", true),
            ("Deployment/*", "Deployment/web in namespace shop", true),
            ("app/x", "other", true),
            ("app/*.yaml", "other", true),
            ("Tag", "images have a tag", false),
        ] {
            assert_eq!(takes(filter, name), expected, "{filter} {name}");
        }
        assert!(super::takes(&[], "x", Path::new("")));
    }
}
