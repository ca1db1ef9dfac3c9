//! Runs the cases of `tests/spec/*.md` with the program, and makes sure that every feature has a case.
//!
//! `RENDER_UPDATE=1 cargo test --test spec` writes the output of the program to the last block of each case; read the diff
//! before you commit it. `RENDER_CASE=images` runs the cases whose page or heading contains that text.

mod spec_runner;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::Regex;
use render::generate::GENERATORS;
use render::kustomization::FIELDS;
use render::transform::TRANSFORMERS;
use spec_runner::case::{Case, Ending, all_cases, differences};
use spec_runner::helm::Helm;
use spec_runner::run::{fields_in_use, run, update};

#[test]
fn every_case_passes() {
    let filter = std::env::var("RENDER_CASE").unwrap_or_default();
    let mut cases: Vec<Case> = all_cases().into_iter().filter(|case| case.title().contains(&filter)).collect();
    assert!(!cases.is_empty(), "no case matches `{filter}`");
    let helm = Helm::find();
    if helm.is_none() {
        let skipped = cases.extract_if(.., |case| case.needs_helm()).count();
        eprintln!("skipped: {skipped} cases need helm; set RENDER_HELM, or run tests/fetch-helm.sh");
    }
    let results: Vec<_> = cases.iter().map(|case| run(case, helm.as_ref())).collect();
    if std::env::var_os("RENDER_UPDATE").is_some_and(|value| value == "1") {
        update(&cases, &results);
    }
    let failures: Vec<String> = cases.iter().zip(&results).filter_map(|(case, result)| result.failure(case)).collect();
    assert!(failures.is_empty(), "{} of {} cases fail\n\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// A difference that no longer exists must be removed here, too.
#[test]
fn differences_from_kustomize_are_as_documented() {
    let cases = differences();
    assert!(!cases.is_empty());
    let results: Vec<_> = cases.iter().map(|case| run(case, None)).collect();
    if std::env::var_os("RENDER_UPDATE").is_some_and(|value| value == "1") {
        update(&cases, &results);
    }
    let listed = std::fs::read_to_string("COMPATIBILITY.md").expect("COMPATIBILITY.md");
    for (case, result) in cases.iter().zip(&results) {
        assert!(result.failure(case).is_none(), "{}", result.failure(case).unwrap_or_default());
        let page = case.page.file_name().expect("a page").display().to_string();
        assert!(listed.contains(&format!("(tests/parity/{page})")), "COMPATIBILITY.md has no line for {page}");
        let theirs = case.kustomize.as_deref().unwrap_or_else(|| panic!("{page} does not show the result of kustomize"));
        assert_ne!(theirs, case.expected_text(), "{page} is no longer a difference");
    }
}

#[test]
fn headings_are_unique_in_their_file() {
    let mut seen = BTreeSet::new();
    for case in all_cases() {
        assert!(seen.insert(case.title()), "two cases have the name {}", case.title());
    }
}

/// Fields that no case can use, with the reasons.
const NO_CASE: &[(&str, &str)] = &[];

fn can_have_a_case(field: &str) -> bool {
    NO_CASE.iter().all(|(other, _)| *other != field)
}

#[test]
fn every_field_of_a_kustomization_has_a_case() {
    let used: BTreeSet<&str> = all_cases().iter().flat_map(fields_in_use).collect();
    let unused: Vec<_> = FIELDS.iter().filter(|field| !used.contains(**field) && can_have_a_case(field)).collect();
    assert!(unused.is_empty(), "no case has a kustomization with {unused:?}");
    let stale: Vec<_> = NO_CASE.iter().filter(|(field, _)| used.contains(field)).collect();
    assert!(stale.is_empty(), "these fields have a case: {stale:?}");
}

#[test]
fn every_transformer_and_generator_has_a_case_that_succeeds() {
    let good = all_cases().into_iter().filter(|case| case.ending() == Some(Ending::Output));
    let used: BTreeSet<&str> = good.flat_map(|case| fields_in_use(&case)).collect();
    let fields = TRANSFORMERS
        .iter()
        .flat_map(|kind| kind.fields)
        .chain(GENERATORS.iter().map(|kind| &kind.field).filter(|field| !field.is_empty()));
    let unused: Vec<_> = fields.filter(|field| !used.contains(**field) && can_have_a_case(field)).collect();
    assert!(unused.is_empty(), "no case that succeeds has a kustomization with {unused:?}");
}

#[test]
fn every_builtin_kind_is_configured_by_an_object_in_a_case() {
    let cases = all_cases();
    let files = || cases.iter().flat_map(|case| &case.files).map(|(_, content)| String::from_utf8_lossy(content));
    let has_object =
        |kind: &str| files().any(|file| file.contains("apiVersion: builtin") && file.contains(&format!("kind: {kind}\n")));
    let kinds = TRANSFORMERS.iter().map(|row| row.kind).chain(GENERATORS.iter().map(|row| row.kind));
    let missing: Vec<_> = kinds.filter(|kind| !has_object(kind)).collect();
    assert!(missing.is_empty(), "no case has an object of {missing:?}");
}

/// Codes that no case can show, with the reasons.
const WITHOUT_CASE: &[(&str, &str)] = &[
    ("file-too-large", "it requires a file of half a gigabyte"),
    ("hash", "values that JSON does not support are rejected in ConfigMaps and Secrets before they are hashed"),
];

/// Sources whose errors no case can show, because they require programs or servers: they have tests of their own.
const WITH_PROGRAMS: &[&str] = &["src/generate/helm_", "src/load/", "src/plugin/", "src/prefetch"];

#[test]
fn every_kind_of_error_has_a_case() {
    let shown: String = all_cases()
        .iter()
        .filter(|case| matches!(case.ending(), Some(Ending::Error | Ending::Validate | Ending::Test)))
        .map(|case| case.expected_text().to_owned())
        .collect();
    let elsewhere = [
        "tests/cli.rs",
        "tests/plugins.rs",
        "tests/helm.rs",
        "tests/affected.rs",
        "tests/test_command.rs",
        "tests/remote/git.rs",
        "tests/remote/http.rs",
    ];
    let elsewhere = elsewhere.map(|path| std::fs::read_to_string(path).expect(path)).concat();
    let codes = codes_in_source(Path::new("src"));
    assert!(codes.len() > 40, "{codes:?}");
    let severities = ["error", "warning", "note"];
    let is_shown = |code: &str| {
        severities.iter().any(|severity| shown.contains(&format!("{severity}[{code}]")))
            || elsewhere.contains(&format!("[{code}]"))
    };
    let needs_programs = |file: &str| WITH_PROGRAMS.iter().any(|prefix| file.starts_with(prefix));
    let not_shown = codes.iter().filter(|(code, file)| !is_shown(code) && !needs_programs(file));
    let missing: Vec<_> = not_shown.filter(|(code, _)| !is_excused(code)).collect();
    assert!(missing.is_empty(), "no case shows {missing:#?}");
    let stale: Vec<_> = WITHOUT_CASE.iter().filter(|(code, _)| is_shown(code) || !codes.contains_key(*code)).collect();
    assert!(stale.is_empty(), "these codes need no exception: {stale:?}");
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let chapters = render::explain::chapters();
    let pages: Vec<&str> = chapters.iter().flat_map(|chapter| &chapter.pages).map(|(code, _)| *code).collect();
    let unique: BTreeSet<&str> = pages.iter().copied().collect();
    assert_eq!(unique.len(), pages.len(), "a code has two pages");
    let mut codes = codes_in_source(Path::new("src"));
    codes.extend(names_of_notes());
    let missing: Vec<_> = codes.iter().filter(|(code, _)| !unique.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "no page for {missing:#?}");
    let stale: Vec<_> = unique.iter().filter(|code| !codes.contains_key(**code)).collect();
    assert!(stale.is_empty(), "pages of unused codes: {stale:?}");
}

/// The names of the notes of `render diff`, each with the file that defines it.
fn names_of_notes() -> BTreeMap<String, String> {
    let name = Regex::new(r#"(?:Rule::(?:new|of_deletion)\(|Note::\w+ \{ \.\. \} => )"([a-z-]+)""#).expect("a pattern");
    let mut names = BTreeMap::new();
    for path in ["src/diff/note.rs", "src/diff/notes/rules.rs"] {
        let text = std::fs::read_to_string(path).expect("a source");
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        names.extend(name.captures_iter(product).map(|found| (found[1].to_owned(), path.to_owned())));
    }
    assert!(names.len() > 20, "{names:?}");
    names
}

fn is_excused(code: &str) -> bool {
    WITHOUT_CASE.iter().any(|(excused, _)| *excused == code)
}

/// The codes of the errors and warnings in the sources, each with a file that uses it.
fn codes_in_source(directory: &Path) -> BTreeMap<String, String> {
    let code = Regex::new(r#"\b(?:error|warning|note|Failure::new)\(\s*"([a-z][a-z0-9-]+)""#).expect("a pattern");
    let mut codes = BTreeMap::new();
    let lint = Regex::new(r#"Lint \{ code: "([a-z-]+)""#).expect("a pattern");
    for entry in std::fs::read_dir(directory).expect("a directory of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            codes.extend(codes_in_source(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            let found = code.captures_iter(product).chain(lint.captures_iter(product));
            codes.extend(found.map(|found| (found[1].to_owned(), path.display().to_string())));
        }
    }
    codes
}
