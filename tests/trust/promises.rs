//! SECURITY.md: each promise names its tests, and they exist.

/// The sections that contain promises.
const SECTIONS: &[&str] =
    &["Reading", "Settings of a change under review", "Writing", "Secrets", "Limits", "Programs and network", "Output", "Cache"];

/// The promises of the page: each list item as one line, with its section.
fn promises(page: &str) -> Vec<(String, String)> {
    let (mut section, mut items) = (String::new(), Vec::<(String, String)>::new());
    let mut open = false;
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            (section, open) = (title.to_owned(), false);
        } else if let Some(text) = line.strip_prefix("- ") {
            items.push((section.clone(), text.to_owned()));
            open = true;
        } else if line.starts_with("  ") && open {
            let item = &mut items.last_mut().unwrap().1;
            *item = format!("{item} {}", line.trim());
        } else {
            open = false;
        }
    }
    items.retain(|(section, _)| SECTIONS.contains(&section.as_str()));
    items
}

/// The tests that a text names: `tests/trust/FILE.rs::NAME`.
fn named(text: &str) -> Vec<(String, String)> {
    let part = |text: &str| text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    let tests = text.split("tests/trust/").skip(1).filter_map(|rest| {
        let file = part(rest);
        let name = rest.strip_prefix(file.as_str())?.strip_prefix(".rs::")?;
        Some((file, part(name)))
    });
    tests.collect()
}

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/SECURITY.md")).unwrap()
}

#[test]
fn each_promise_names_its_tests() {
    let without: Vec<_> = promises(&page()).into_iter().filter(|(_, text)| named(text).is_empty()).collect();
    assert!(without.is_empty(), "promises in SECURITY.md without a test: {without:#?}");
}

#[test]
fn each_test_that_is_named_exists() {
    for (file, name) in promises(&page()).iter().flat_map(|(_, text)| named(text)) {
        let path = format!("{}/tests/trust/{file}.rs", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("SECURITY.md names {path}: {error}"));
        let test = text.split("#[test]").skip(1).any(|test| {
            let function = test.lines().find(|line| line.trim_start().starts_with("fn "));
            function.is_some_and(|line| line.trim_start().starts_with(&format!("fn {name}(")))
        });
        assert!(test, "SECURITY.md names the test `{name}`, which is not in tests/trust/{file}.rs");
    }
}

#[test]
fn each_section_is_there() {
    let page = page();
    for section in SECTIONS {
        assert!(page.lines().any(|line| line.strip_prefix("## ") == Some(section)), "no section {section}");
    }
}
