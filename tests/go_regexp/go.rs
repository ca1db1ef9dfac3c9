//! Compares with Go itself: the words of refusals, and where an expression matches.

use std::io::Write;
use std::process::{Command, Stdio};

use render::go_regexp::{Fault, compile};

use super::patterns::TEXTS;
use super::{BYTES, random_patterns};

const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/go_regexp/reference/main.go");

#[test]
fn random_expressions_match_as_in_go() {
    let Some(go) = std::env::var_os("RENDER_GO") else {
        eprintln!("skipped: RENDER_GO does not name a program");
        return;
    };
    let patterns = random_patterns(5_000);
    let input = serde_json::json!({"patterns": patterns, "texts": TEXTS}).to_string();
    let mut run = Command::new(go)
        .args(["run", REFERENCE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program of RENDER_GO");
    let mut stdin = run.stdin.take().expect("standard input");
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = run.wait_with_output().expect("the answers");
    writer.join().expect("a thread").expect("all patterns are read");
    let answers: Vec<serde_json::Value> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("an answer")).collect();
    assert_eq!(answers.len(), patterns.len());
    let (mut valid, mut different) = (0, Vec::new());
    for (pattern, answer) in patterns.iter().zip(&answers) {
        valid += usize::from(answer["error"].is_null());
        different.extend(compare(pattern, answer).map(|difference| format!("{pattern:?}: {difference}")));
    }
    eprintln!("{} expressions, {valid} of them valid, {} different", patterns.len(), different.len());
    different.truncate(40);
    assert!(different.is_empty(), "{}", different.join("\n"));
}

fn compare(pattern: &str, answer: &serde_json::Value) -> Option<String> {
    let compiled = match (compile(pattern, BYTES), answer["error"].as_str()) {
        (Ok(compiled), None) => compiled,
        (Err(Fault::TooLarge(_)), None) => return None,
        (Err(Fault::Invalid(reason)), Some(error)) => {
            return (!says(error, &reason)).then(|| format!("`{error}`, not `{reason}`"));
        }
        (compiled, error) => return Some(format!("Go: {error:?}, render: {:?}", compiled.map(|_| ()))),
    };
    let found = answer["found"].as_array().map(Vec::as_slice).unwrap_or_default();
    TEXTS.iter().zip(found).find_map(|(text, expected)| {
        let own = compiled.find(text).map(|found| [found.start(), found.end()]);
        (serde_json::json!(own) != *expected).then(|| format!("in {text:?} Go finds {expected}, render {own:?}"))
    })
}

/// Whether Go's error is this reason; a reason about the whole expression does not repeat it.
fn says(error: &str, reason: &str) -> bool {
    let error = error.strip_prefix("error parsing regexp: ").unwrap_or(error);
    error == reason || !reason.contains(": `") && error.starts_with(&format!("{reason}: `"))
}
