//! The page for each code: what it means, why it matters, and what to do.
//!
//! The page of a lint is the comment at the top of its own file; the pages of all other codes are sections of `explain/*.md`.

use crate::diagnostic::did_you_mean;
use crate::validate::lints::{self, LINTS};

/// Codes for objects that the API server rejects, and for problems with checking them.
const OBJECTS: &str = include_str!("explain/objects.md");
/// Codes for builds that fail.
const BUILD: &str = include_str!("explain/build.md");
/// Codes for builds that succeed.
const EFFECTS: &str = include_str!("explain/effects.md");

/// Notes of `render diff`.
const CHANGES: &str = include_str!("explain/changes.md");
/// Codes of `render test`.
const TESTS: &str = include_str!("explain/tests.md");

/// A group of codes with a title.
pub struct Chapter {
    /// The title.
    pub title: &'static str,
    /// Codes and pages.
    pub pages: Vec<(&'static str, String)>,
}

/// All codes with their pages.
pub fn chapters() -> Vec<Chapter> {
    vec![
        Chapter { title: "Objects that the API server rejects", pages: sections(OBJECTS) },
        Chapter { title: "References between objects, and probable mistakes", pages: lints() },
        Chapter { title: "Builds: entries without effect, and unintended effects", pages: sections(EFFECTS) },
        Chapter { title: "Notes of `render diff`: effects in a cluster", pages: sections(CHANGES) },
        Chapter { title: "Results of tests", pages: sections(TESTS) },
        Chapter { title: "Errors and warnings of builds", pages: sections(BUILD) },
    ]
}

/// The page of a code.
pub fn page(code: &str) -> Option<String> {
    let mut pages = chapters().into_iter().flat_map(|chapter| chapter.pages);
    pages.find(|(known, _)| *known == code).map(|(_, page)| page)
}

/// The help text for an unknown code.
pub fn hint(code: &str) -> String {
    let pages: Vec<_> = chapters().into_iter().flat_map(|chapter| chapter.pages).collect();
    let near = did_you_mean(code, pages.iter().map(|(code, _)| *code));
    near.map_or("`render explain` lists all codes".to_owned(), |near| format!("did you mean `{near}`?"))
}

/// The first sentence of a page.
pub fn title(page: &str) -> &str {
    page.lines().next().unwrap_or("")
}

fn lints() -> Vec<(&'static str, String)> {
    LINTS.iter().map(|lint| (lint.code, lints::page(lint))).collect()
}

/// The sections of a document: a heading is one code, or several codes that share a page.
fn sections(document: &'static str) -> Vec<(&'static str, String)> {
    let sections = document.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'));
    let pages = sections.flat_map(|(codes, page)| {
        let page = page.trim().to_owned() + "\n";
        codes.split(", ").map(move |code| (code, page.clone()))
    });
    pages.collect()
}
