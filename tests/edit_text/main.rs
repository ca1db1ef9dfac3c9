//! Properties of surgical edits for any kustomization file and any edit: the result says what kustomize would write, and only
//! lines that the edit concerns differ.
//!
//! `PROPTEST_CASES=200000 cargo test --test edit_text` tests this many files and edits.

mod concern;
mod edits;
mod generate;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};

use render::edit::surgical::{modernize, rewrite};
use render::edit::{Kustomization, KustomizationFile, decode};

/// Choices of a random test, from a list that proptest makes shorter and smaller.
pub struct Tape {
    bytes: Vec<u8>,
    at: usize,
}

impl Tape {
    /// A number below a limit; 0 after the end.
    pub fn below(&mut self, limit: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(byte) % limit.max(1)
    }

    /// Whether something with this many chances of 100 happens.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent.min(100)
    }

    /// One of several.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// What a text says, as kustomize reads it.
fn read(text: &str) -> Result<Kustomization, String> {
    KustomizationFile::named("kustomization.yaml").take(text.as_bytes().to_vec()).map_err(|error| error.to_string())
}

/// What is written, with `images` in the order of their names if the order has no effect.
fn said(kustomization: &Kustomization) -> Map<String, Value> {
    let mut fields = kustomization.written();
    if let Some(Value::Array(replicas)) = fields.get_mut("replicas") {
        replicas.sort_by_key(|replica| replica["name"].to_string());
    }
    if let Some(Value::Array(images)) = fields.get_mut("images")
        && !is_ordered(images)
    {
        images.sort_by_key(|image| image["name"].to_string());
    }
    fields
}

/// Whether the order of images has an effect: one is renamed to another one.
fn is_ordered(images: &[Value]) -> bool {
    let text = |image: &Value, key: &str| image.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut names: Vec<String> = images.iter().map(|image| text(image, "name")).collect();
    names.sort();
    names.dedup();
    let is_renamed = |image: &Value| names.contains(&text(image, "newName")) && text(image, "newName") != text(image, "name");
    names.len() != images.len() || images.iter().any(is_renamed)
}

/// What kustomize's own result says.
fn compat(text: &str, after: &Kustomization) -> Result<Map<String, Value>, String> {
    let mut file = KustomizationFile::named("kustomization.yaml");
    file.take(text.as_bytes().to_vec()).map_err(|error| error.to_string())?;
    let printed = file.printed(after).map_err(|error| error.to_string())?;
    Ok(said(&read(&String::from_utf8_lossy(&printed))?))
}

fn check(bytes: Vec<u8>) -> Result<(), TestCaseError> {
    let mut tape = Tape { bytes, at: 0 };
    let file = generate::file(&mut tape);
    let text = file.text();
    let before = match read(&text) {
        Ok(before) => before,
        Err(error) => return Err(TestCaseError::fail(format!("the file is not valid: {error}\n{text}"))),
    };
    prop_assert_eq!(&rewrite(&text, &before).expect("no change"), &text);
    let mut after = before.clone();
    let edit = edits::apply(&mut tape, &mut after);
    let new = match rewrite(&text, &after) {
        Ok(new) => new,
        Err(error) => return Err(TestCaseError::fail(format!("{edit}: {error}\n{text}"))),
    };
    let show = format!("{edit}\n--- before\n{text}\n--- after\n{new}\n---");
    let result = read(&new).map_err(|error| TestCaseError::fail(format!("{error}\n{show}")))?;
    prop_assert_eq!(said(&result), said(&after), "{}", show);
    match compat(&text, &after) {
        Ok(compat) => prop_assert_eq!(said(&result), compat, "compat: {}", show),
        Err(error) => return Err(TestCaseError::fail(format!("compat: {error}\n{show}"))),
    }
    prop_assert_eq!(&rewrite(&new, &after).expect("no change"), &new, "{}", show);
    fixed(&text, &before)?;
    concern::check(&file, &new, &before, &after).map_err(|error| TestCaseError::fail(format!("{error}\n{show}")))
}

/// Replaces all deprecated fields: no value is lost.
fn fixed(text: &str, before: &Kustomization) -> Result<(), TestCaseError> {
    let mut after = before.clone();
    for patch in after.texts("patchesStrategicMerge") {
        let key = if patch.contains('a') { "path" } else { "patch" };
        after.list_mut("patches").push(json!({ key: patch }));
    }
    after.remove("patchesStrategicMerge");
    if let Some(pairs) = after.remove("commonLabels") {
        after.list_mut("labels").push(json!({"includeSelectors": true, "pairs": pairs}));
    }
    let new = modernize(text, &after).map_err(|error| TestCaseError::fail(format!("fix: {error}\n{text}")))?;
    let show = format!("fix\n--- before\n{text}\n--- after\n{new}\n---");
    let result = read(&new).map_err(|error| TestCaseError::fail(format!("{error}\n{show}")))?;
    prop_assert_eq!(said(&result), said(&after), "{}", show);
    let raw = decode(new.as_bytes()).map_err(TestCaseError::fail)?;
    let old = ["bases", "imageTags", "patchesStrategicMerge", "commonLabels"];
    prop_assert!(!old.iter().any(|field| raw.written().contains_key(*field)), "{}", show);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), rng_seed: seed(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_the_lines_change_that_an_edit_concerns(bytes in vec(any::<u8>(), 0..600)) {
        check(bytes)?;
    }

    #[test]
    fn an_edit_of_any_text_is_right_or_an_error(bytes in vec(any::<u8>(), 0..600)) {
        let mut tape = Tape { bytes, at: 0 };
        let text = generate::damaged(&mut tape);
        if let Ok(before) = read(&text) {
            let mut after = before.clone();
            let edit = edits::apply(&mut tape, &mut after);
            prop_assert_eq!(rewrite(&text, &before).ok(), Some(text.clone()));
            if let Ok(new) = rewrite(&text, &after) {
                let result = read(&new).map(|result| said(&result));
                prop_assert_eq!(result.as_ref().ok(), Some(&said(&after)), "{}\n--- before\n{}\n--- after\n{}", edit, text, new);
            }
        }
    }
}

/// The number of random cases.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(3000)
}

/// The same cases in every run, unless their number is set: then, other ones each time.
fn seed() -> RngSeed {
    if std::env::var_os("PROPTEST_CASES").is_some() { RngSeed::Random } else { RngSeed::Fixed(7) }
}
