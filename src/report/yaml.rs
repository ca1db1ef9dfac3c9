//! Findings for programs, as YAML: the document of the format `json`.
//!
//! Written by `serde-saphyr`, which takes serde types; `yaml::emit` prints the nodes of manifests in the style of kustomize. It quotes
//! what a reader of YAML 1.1 takes for something else, such as the namespace `no`.

use serde::Serialize;

use super::{Format, json};
use crate::check::Report;
use crate::escape::{self, lines};
use crate::source::Sources;

/// For programs.
pub const FORMAT: Format = Format { name: "yaml", purpose: "one YAML document, with the fields of `json`", report };

fn report(report: &Report, sources: &Sources) -> String {
    text(&json::document(report, sources))
}

/// A document as YAML. A string without line breaks stays on its line. If the document contains anything that must be escaped and
/// that the printer leaves as it is, for example in a string without quotes, it is written as JSON, which is also YAML.
pub(super) fn text(document: &impl Serialize) -> String {
    let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX };
    let text = serde_saphyr::to_string_with_options(document, options).unwrap_or_default();
    if lines(&text) == text {
        return text;
    }
    escape::json(&serde_json::to_string_pretty(document).unwrap_or_default()).into_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::text;

    #[test]
    fn strings_stay_strings_for_every_reader() {
        let long = "word ".repeat(60);
        for string in
            ["no", "on", "y", "~", "null", "1e3", "0x1f", "012", "1_000", "12:30:00", "2026-01-01", "=", "<<", "", " a ", &long]
        {
            let text = text(&json!({ "name": string }));
            assert_eq!(text.lines().count(), 1, "{text}");
            assert!(text.starts_with("name: \"") || string == long, "{text}");
            assert_eq!(serde_yaml::from_str::<Value>(&text).unwrap(), json!({ "name": string }), "{text}");
        }
    }

    #[test]
    fn another_reader_reads_what_was_written() {
        let document = json!({
            "findings": [{"message": "a\n\tb\u{7}\u{85}\u{feff}", "line": 1, "ratio": 0.5, "help": null}, {}, []],
            "a: b #c": {"- d": ["two\nlines\n\n", " x\ny", "{{ x }}", "@a", "%a", "`a`", "&a", "*a", "!a", "'", "\"", "\\"]},
            "most": u64::MAX, "least": i64::MIN, "yes": true,
        });
        assert_eq!(serde_yaml::from_str::<Value>(&text(&document)).unwrap(), document, "{}", text(&document));
    }
}
