//! Compares with kubectl: which names the target of a patch selects.

use std::collections::BTreeSet;
use std::process::Command;

use render::resource::Pattern;

use super::patterns::TEXTS;
use super::{kubectl, random_patterns, refusal};

/// Go finds U+FFFD where an expression is nothing but a surrogate, which no text contains.
const SURROGATE: &str = "D800";
/// Expressions in one run of kubectl.
const BATCH: usize = 100;
/// Refused expressions for which kubectl is run, one by one.
const REFUSED: usize = 10;

/// The objects whose names an expression selects, as kubectl says; an error if it refuses one of the expressions.
pub fn selected(kubectl: &str, texts: &[&str], patterns: &[&str]) -> Result<Vec<BTreeSet<usize>>, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let objects: String = texts
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let name = serde_json::Value::from(*text);
            format!(
                "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: n{at}}}\ndata: {{at: \"{at}\"}}\n"
            )
        })
        .collect();
    let patches: String = patterns
        .iter()
        .enumerate()
        .map(|(at, pattern)| {
            let name = serde_json::Value::from(*pattern);
            format!("- target: {{kind: ConfigMap, name: {name}}}\n  patch: '[{{\"op\": \"add\", \"path\": \"/data/p{at}\", \"value\": \"x\"}}]'\n")
        })
        .collect();
    let write = |name: &str, text: String| std::fs::write(directory.path().join(name), text).map_err(|error| error.to_string());
    write("r.yaml", objects)?;
    write("kustomization.yaml", format!("resources: [r.yaml]\npatches:\n{patches}"))?;
    let output = Command::new(kubectl).arg("kustomize").arg(directory.path()).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let mut found = vec![BTreeSet::new(); patterns.len()];
    for object in String::from_utf8_lossy(&output.stdout).split("---\n") {
        let fields: Vec<&str> =
            object.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(": ").map(|(key, _)| key)).collect();
        let own: Option<usize> =
            object.lines().find_map(|line| line.strip_prefix("  at: \"")?.trim_end_matches('"').parse().ok());
        for (at, found) in found.iter_mut().enumerate() {
            if fields.contains(&format!("p{at}").as_str()) {
                found.extend(own);
            }
        }
    }
    Ok(found)
}

#[test]
fn random_expressions_select_as_in_kubectl() {
    let Some(kubectl) = kubectl::find(kubectl::NAMES) else {
        eprintln!("skipped: no kubectl with kustomize 5.8; set RENDER_KUBECTL to use one");
        return;
    };
    // A name must not be empty or contain a comma, and YAML does not keep every character.
    let texts: Vec<&str> = TEXTS
        .iter()
        .copied()
        .filter(|text| text.chars().all(|c| c > ' ' && !matches!(c, ',' | '\u{7f}')) && !text.is_empty())
        .collect();
    let patterns = random_patterns(300);
    let (refused, valid): (Vec<&str>, Vec<&str>) = patterns
        .iter()
        .map(String::as_str)
        .filter(|pattern| !pattern.contains(SURROGATE))
        .partition(|pattern| Pattern::new(pattern).is_err());
    for batch in valid.chunks(BATCH) {
        let found = selected(&kubectl, &texts, batch).unwrap_or_else(|error| panic!("kubectl refuses one of {batch:?}: {error}"));
        for (pattern, found) in batch.iter().zip(found) {
            let own = Pattern::new(pattern).expect("a valid expression");
            let own: BTreeSet<usize> = (0..texts.len()).filter(|at| own.matches(texts[*at])).collect();
            let names = |set: &BTreeSet<usize>| set.iter().map(|at| texts[*at]).collect::<Vec<_>>();
            assert_eq!(names(&own), names(&found), "{pattern:?}");
        }
    }
    for pattern in refused.iter().filter(|pattern| refusal(pattern).is_some()).take(REFUSED) {
        selected(&kubectl, &["a"], &[pattern]).expect_err(pattern);
    }
}
