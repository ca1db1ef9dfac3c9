//! The page of every code: what it means, why it matters, and what to do.
//!
//! The page of a lint is the comment at the head of its own file; those of all other codes are sections of `explain/*.md`.

use crate::diagnostic::did_you_mean;
use crate::validate::lints::{self, LINTS};

/// The codes of objects that the API server refuses, and of how they are checked.
const OBJECTS: &str = include_str!("explain/objects.md");
/// The codes of builds that fail.
const BUILD: &str = include_str!("explain/build.md");
/// The codes of builds that succeed.
const EFFECTS: &str = include_str!("explain/effects.md");

/// The codes of `render test`.
const TESTS: &str = include_str!("explain/tests.md");

/// A group of codes and its title.
pub struct Chapter {
    /// The title.
    pub title: &'static str,
    /// Codes and pages.
    pub pages: Vec<(&'static str, String)>,
}

/// All codes with their pages.
pub fn chapters() -> Vec<Chapter> {
    vec![
        Chapter { title: "What the API server refuses", pages: sections(OBJECTS) },
        Chapter { title: "What objects together tell, and what is hardly meant", pages: lints() },
        Chapter { title: "What did nothing, or did damage", pages: sections(EFFECTS) },
        Chapter { title: "What tests tell", pages: sections(TESTS) },
        Chapter { title: "What stops a build, or is told about it", pages: sections(BUILD) },
    ]
}

/// The page of a code.
pub fn page(code: &str) -> Option<String> {
    let mut pages = chapters().into_iter().flat_map(|chapter| chapter.pages);
    pages.find(|(known, _)| *known == code).map(|(_, page)| page)
}

/// What to do about a code that nobody knows.
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

/// The sections of a document: a heading is a code, or several with one page.
fn sections(document: &'static str) -> Vec<(&'static str, String)> {
    let sections = document.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'));
    let pages = sections.flat_map(|(codes, page)| {
        let page = page.trim().to_owned() + "\n";
        codes.split(", ").map(move |code| (code, page.clone()))
    });
    pages.collect()
}
