//! Examples of substitutions, with the results of the controller.

use super::{Error, substitute};

const VARIABLES: [(&str, &str); 5] =
    [("HOST", "shop.example.com"), ("EMPTY", ""), ("PORT", "8080"), ("PATH", "/srv/www/index.html"), ("WORD", "été")];

fn run(text: &str, strict: bool) -> Result<String, Error> {
    substitute(text, &|name| VARIABLES.iter().find(|(known, _)| *known == name).map(|(_, value)| *value), strict)
}

#[test]
fn variables_are_substituted() {
    for (text, result) in [
        ("https://${HOST}:${PORT}/", "https://shop.example.com:8080/"),
        ("${NONE}", ""),
        ("${NONE:-x}${NONE:=y}${NONE:?z}${NONE:+u}${NONE=v}", "xyzuv"),
        ("${HOST:+u}", "shop.example.com"),
        ("${EMPTY:=${NONE:=${PORT}}}", "8080"),
        ("${NONE:={\"a\": 1}}", "{\"a\": 1}"),
        ("$${PORT} $PORT $(PORT) $", "${PORT} $PORT $(PORT) $"),
        ("$$$${PORT}", "$${PORT}"),
        ("${#WORD}", "5"),
        ("${WORD^^} ${WORD^} ${HOST^}", "ÉTÉ Été Shop.example.com"),
        ("${HOST:5} ${HOST:0:4} ${HOST:99} ${HOST:x}", "example.com shop  shop.example.com"),
        (
            "${HOST/e/E} ${HOST//e/E} ${HOST/#shop/www} ${HOST/%com/org}",
            "shop.Example.com shop.ExamplE.com www.example.com shop.example.org",
        ),
        ("${PATH//\\//-}", "-srv-www-index.html"),
        ("${PATH##*/} ${PATH%/*} ${PATH#*/} ${PATH%%.*}", "index.html /srv/www srv/www/index.html /srv/www/index"),
    ] {
        assert_eq!(run(text, false).as_deref(), Ok(result), "{text}");
    }
}

#[test]
fn malformed_expressions_are_errors() {
    for (text, cause) in [
        ("${HOST-x}", "missing closing brace"),
        ("${HOST", "missing closing brace"),
        ("${ HOST}", "unable to parse variable name"),
        ("${}", "unable to parse variable name"),
        ("${HOST:}", "unable to parse substitution within function"),
        ("${HOST:=x", "unable to parse substitution within function"),
        ("${HOST/x}", "bad substitution"),
        ("${#}", "bad substitution"),
        ("${HOST^^^}", "bad substitution"),
    ] {
        assert_eq!(run(text, false), Err(Error::Malformed(cause)), "{text}");
    }
    assert!(run("${HOST:1:-1}", false).is_err());
}

#[test]
fn a_strict_substitution_requires_all_variables() {
    for text in ["${NONE}", "${HOST:-${NONE}}", "${#NONE}", "${NONE^^}"] {
        assert_eq!(run(text, true), Err(Error::Unset("NONE".into())), "{text}");
    }
    assert_eq!(run("${NONE:-x}", true).as_deref(), Ok("x"));
}

/// All rows of a recorded file: a template, its variables, and the result, as JSON in one line.
#[test]
fn recorded_substitutions_agree() {
    let Some(path) = std::env::var_os("RENDER_SUBSTITUTIONS") else { return };
    let rows = std::fs::read_to_string(path).expect("a file");
    let mut wrong = Vec::new();
    for row in rows.lines() {
        let row: serde_json::Value = serde_json::from_str(row).expect("JSON");
        let template = row["template"].as_str().expect("a template");
        let value = |name: &str| row["vars"].get(name).and_then(serde_json::Value::as_str);
        let found = substitute(template, &value, row["strict"] == true);
        if found.as_deref().ok() != row.get("output").and_then(serde_json::Value::as_str) {
            wrong.push(format!("{template}: {found:?}, expected {row}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
