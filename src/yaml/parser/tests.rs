//! The events of texts, on one line, and the errors of invalid texts with their offsets.
//!
//! The expectations match go-yaml v3 as used by `kubectl kustomize` 1.37; deviations from libyaml are noted in the case.

use super::*;

/// The events on one line: `{` and `}` for mappings by indentation, `{{` for `{...}`, and `[` and `[[` for lists likewise.
fn events(text: &str) -> Result<String, SyntaxError> {
    let mut parser = Parser::new(text);
    let mut parts = Vec::new();
    while let Some((event, span)) = parser.next()? {
        assert!(text.get(span).is_some(), "a span is within the text");
        parts.push(match event {
            Event::DocumentStart { explicit } => if explicit { "---" } else { "<" }.to_owned(),
            Event::DocumentEnd => ">".to_owned(),
            Event::Alias(name) => format!("*{name}"),
            Event::Scalar { anchor, tag, text, style } => {
                let quote = match style {
                    Style::Plain => "",
                    Style::SingleQuoted => "'",
                    Style::DoubleQuoted => "\"",
                    Style::Literal => "|",
                    Style::Folded => ">",
                };
                let text = text.escape_debug().to_string();
                let text = if text.is_empty() && quote.is_empty() { "~".to_owned() } else { text };
                format!("{}{quote}{text}", properties(anchor, tag))
            }
            Event::SequenceStart { anchor, tag, flow } => {
                format!("{}{}", properties(anchor, tag), if flow { "[[" } else { "[" })
            }
            Event::SequenceEnd => "]".to_owned(),
            Event::MappingStart { anchor, tag, flow } => {
                format!("{}{}", properties(anchor, tag), if flow { "{{" } else { "{" })
            }
            Event::MappingEnd => "}".to_owned(),
        });
    }
    assert_eq!(parser.next(), Ok(None), "there are no events after the end");
    Ok(parts.join(" "))
}

fn properties(anchor: Option<&str>, tag: Option<Cow<'_, str>>) -> String {
    let anchor = anchor.map(|anchor| format!("&{anchor} "));
    let tag = tag.map(|tag| format!("!<{tag}> "));
    anchor.into_iter().chain(tag).collect()
}

/// Without the surrounding document if it has no `---`.
fn one_document(events: String) -> String {
    match events.strip_prefix("< ").and_then(|rest| rest.strip_suffix(" >")) {
        Some(inner) if !inner.contains(" > ") => inner.to_owned(),
        _ => events,
    }
}

fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        match events(text) {
            Ok(events) => assert_eq!(one_document(events), *expected, "{text:?}"),
            Err(error) => panic!("{text:?}: {error:?}"),
        }
    }
}

fn check_errors(table: &[(&str, &str, usize)]) {
    for (text, message, offset) in table {
        match events(text) {
            Ok(events) => panic!("{text:?}: {events}"),
            Err(error) => assert_eq!((error.message.as_str(), error.offset), (*message, *offset), "{text:?}"),
        }
    }
}

#[test]
fn documents() {
    check(&[
        ("", ""),
        ("# comment\n", ""),
        ("a", "a"),
        ("---\n", "--- ~ >"),
        ("--- a\n--- b\n", "--- a > --- b >"),
        ("a\n...\n---\nb\n...\n...\n", "< a > --- b >"),
        ("--- |\n a\n--- >-\n b\n", "--- |a\\n > --- >b >"),
        ("%YAML 1.1 # old\n%TAG !e! tag:e,2000:\n---\n!e!x a", "--- !<tag:e,2000:x> a >"),
        ("%TAG ! tag:e:\n--- !x a\n--- !x b", "--- !<tag:e:x> a > --- !<!x> b >"),
        ("\u{feff}a: b\nc: d\n", "{ a b c d }"),
        ("a\n---\n\u{feff}b: c\nd: e\n", "< a > --- { b c d e } >"),
        ("\u{feff}---\na\n", "--- a >"),
        ("x: a\n\u{feff}b: c\n", "{ x a \\u{feff}b c }"),
    ]);
}

#[test]
fn block_collections() {
    check(&[
        ("- a\n- b\n", "[ a b ]"),
        ("- - a\n  - b\n- c\n", "[ [ a b ] c ]"),
        ("-\n-\n", "[ ~ ~ ]"),
        ("- a: b\n  c: d\n- e", "[ { a b c d } e ]"),
        ("a:\n- b\n- c\nd: e\n", "{ a [ b c ] d e }"),
        ("a:\n  - b\nd:\n", "{ a [ b ] d ~ }"),
        ("a:\n  b:\n    c: d\n  e: f\n", "{ a { b { c d } e f } }"),
        ("? a\n: b\n? c\n", "{ a b c ~ }"),
        ("? - a\n  - b\n: - c\n", "{ [ a b ] [ c ] }"),
        ("? a: b\n: c: d\n", "{ { a b } { c d } }"),
        ("[a]: b\n{c}: d\n", "{ [[ a ] b {{ c ~ } d }"),
        ("'a' : b\n\"c\"\t: d\n", "{ 'a b \"c d }"),
    ]);
}

#[test]
fn flow_collections() {
    check(&[
        ("[]", "[[ ]"),
        ("{}", "{{ }"),
        ("[a, b,]", "[[ a b ]"),
        ("[a: b, \"c\":d, ? e : f, ? g]", "[[ {{ a b } {{ \"c d } {{ e f } {{ g ~ } ]"),
        ("{a: b, c, \"d\":e, ? f : g, ? h}", "{{ a b c ~ \"d e f g h ~ }"),
        ("a: [b,\nc\n]\nd: {\n}\n", "{ a [[ b c ] d {{ } }"),
        ("[a # c\n, b]# d", "[[ a b ]"),
        ("[\ta,\tb\t]", "[[ a b ]"),
        // A `:` ends a plain scalar only before whitespace; libyaml rejects these.
        ("[http://x:80, 001:db8::]", "[[ http://x:80 001:db8:: ]"),
        ("{a:1, b:, c::}", "{{ a:1 ~ b: ~ c:: ~ }"),
        // The `,` belongs to the tag; in libyaml it ends the tag.
        ("[!!str, a]", "[[ !<tag:yaml.org,2002:str,> a ]"),
    ]);
}

#[test]
fn plain_scalars() {
    check(&[
        ("a b  # c", "a b"),
        ("a#b:c", "a#b:c"),
        ("a\n b\n\n\n c", "a b\\n\\nc"),
        ("a: b\n  c\n d\n", "{ a b c d }"),
        ("- -a\n- ?b\n- :c\n", "[ -a ?b :c ]"),
        ("a: b\t\nc:\td\n", "{ a b c d }"),
        ("a\u{2028}b", "a\\u{2028}b"),
        ("a\u{85}b\r\nc\rd", "a b c d"),
        ("é: 中\n", "{ é 中 }"),
    ]);
}

#[test]
fn quoted_scalars() {
    check(&[
        ("''", "'"),
        ("'it''s'", "'it\\'s"),
        ("'a  \n  b\n\n c'", "'a b\\nc"),
        ("a: 'b\nc'\n", "{ a 'b c }"),
        ("'a'#c", "'a"),
        (r#""\0\a\b\t\n\v\f\r\e\"\'\\\N\_\L\P""#, r#""\0\u{7}\u{8}\t\n\u{b}\u{c}\r\u{1b}\"\'\\\u{85}\u{a0}\u{2028}\u{2029}"#),
        (r#""\x41\u00e9\U0001F600""#, "\"Aé😀"),
        ("\"a \\\n  b \\ \n c\"", "\"a b   c"),
        ("\"a\\\n\n b\"", "\"a\\nb"),
    ]);
}

#[test]
fn block_scalars() {
    check(&[
        ("a: |\n  b\n   c\n\n  d\n\ne: f\n", "{ a |b\\n c\\n\\nd\\n e f }"),
        ("|\n a", "|a"),
        ("|+\n a", "|a"),
        ("|+\n a\n\n", "|a\\n\\n"),
        ("|-\n a\n\n", "|a"),
        ("|1+ # c\n  a\n", "| a\\n"),
        ("|#c\n a\n", "|a\\n"),
        ("a: |2\n   b\n", "{ a | b\\n }"),
        ("- |\n\n  a\n", "[ |\\na\\n ]"),
        ("a: |\nb: |+\n\n", "{ a | b |\\n }"),
        (">\n a\n b\n\n c\n   d\n e\n", ">a b\\nc\\n  d\\ne\\n"),
        ("|\n a\r\n b\r", "|a\\nb\\n"),
    ]);
}

#[test]
fn properties_and_aliases() {
    check(&[
        ("&a b", "&a b"),
        ("- &a !!int 1\n- !t &b\n- *a\n", "[ &a !<tag:yaml.org,2002:int> 1 &b !<!t> ~ *a ]"),
        ("&a\nb: c\n", "&a { b c }"),
        ("&a b: c\n*a : d\n", "{ &a b c *a d }"),
        ("a: !!seq\n- b\n", "{ a !<tag:yaml.org,2002:seq> [ b ] }"),
        ("!<x:y> [! a, !<!> b]", "!<x:y> [[ !<!> a !<!> b ]"),
        ("!!custom%41 a", "!<tag:yaml.org,2002:customA> a"),
    ]);
}

#[test]
fn tabs_and_comments() {
    check(&[
        // A comment includes the comments on the following lines, even after tabs; libyaml rejects these.
        ("# a\n\t# b\nc: d\n", "{ c d }"),
        ("?\t# a\n  b\n", "{ b ~ }"),
        ("- # a\n\t# b\n  c\n", "[ c ]"),
    ]);
    check_errors(&[
        ("a: b # c\n\t# d\n", "a tab cannot be used for indentation", 9),
        ("a:\n\tb: c\n", "a tab cannot be used for indentation", 3),
        ("a: b\n\t\nc: d\n", "a tab cannot be used for indentation", 5),
        ("-\ta\n", "a tab cannot be used for indentation", 1),
        ("a: [b\n\tc]", "a tab cannot be used for indentation", 6),
        ("a: |\n \tb\n", "a tab cannot be used for indentation", 6),
    ]);
}

#[test]
fn keys_have_limits() {
    let long = "k".repeat(1024);
    assert_eq!(events(&format!("{long}: v")).unwrap(), format!("< {{ {long} v }} >"));
    assert_eq!(events(&format!("{}: v", "é".repeat(1024))).unwrap(), format!("< {{ {} v }} >", "é".repeat(1024)));
    assert!(events(&format!("x{long}: v")).is_err());
    assert!(events(&format!("[{}]: v", &long[..1022])).is_ok());
    assert!(events(&format!("[{}]: v", &long[..1023])).is_err());
}

#[test]
fn depth_has_a_limit() {
    let message = |text: String| events(&text).err().map(|error| error.message);
    let exceeded = Some("exceeded the maximum depth of 10000".to_owned());
    assert_eq!(message("[".repeat(10_000) + &"]".repeat(10_000)), None);
    assert_eq!(message("[".repeat(10_001)), exceeded);
    assert_eq!(message("- ".repeat(10_000)), None);
    assert_eq!(message("- ".repeat(10_001)), exceeded);
    assert_eq!(message("? ".repeat(10_001)), exceeded);
}

#[test]
fn errors() {
    check_errors(&[
        ("a: b: c", "a mapping value is not allowed here: `: ` requires a key on its own line", 4),
        ("a: - b", "a list item is not allowed here", 3),
        ("a: b\n c: d\n", "a mapping value is not allowed here: `: ` requires a key on its own line", 7),
        ("a: b\nc\n", "expected `:` after a mapping key", 5),
        ("a: @b", "a value cannot start with `@`", 3),
        ("a: b\n - c: d\n  e: f\n", "a mapping value is not allowed here: `: ` requires a key on its own line", 9),
        ("a:\n  b: c\n d: e\n", "expected another mapping key or less indentation, found a mapping", 11),
        ("- a\nb: c\n", "expected another list item or less indentation, found a key", 4),
        ("[a, b", "expected `,` or `]`, found the end of the input", 0),
        ("{a: b", "expected `,` or `}`, found the end of the input", 0),
        (": a\n", "expected another mapping key or less indentation, found `:`", 0),
        ("[: a]", "expected a value, found `:`", 1),
        ("[a,, b]", "expected a value, found `,`", 3),
        ("[a}", "expected `,` or `]`, found `}`", 2),
        ("{a?b: c}", "expected `,` or `}`, found a key", 2),
        ("'a", "expected a closing quote for the string that starts here, found the end of the input", 0),
        ("\"a\n---\n\"", "expected a closing quote for the string that starts here, found a document marker", 0),
        (r#""\/""#, "unknown escape sequence `\\/`", 1),
        (r#""\ud83d\ude00""#, "the escape sequence is not a valid Unicode character", 1),
        (r#""\x4""#, "expected 2 hexadecimal digits in an escape sequence", 1),
        ("|0\n a", "the indentation indicator must not be 0", 0),
        ("| a", "expected the end of the line after the header of a block scalar", 2),
        ("&a.b c", "the name of an anchor must consist of letters, digits, `-`, and `_`", 2),
        ("!x!y a", "the tag handle `!x!` is not defined", 0),
        ("!<x", "expected `>` at the end of a tag", 3),
        ("!a%zz b", "expected two hexadecimal digits after `%` in a tag", 2),
        ("%YAML 1.2\n---\n", "expected `%YAML 1.1`, found `%YAML 1.2`", 0),
        ("%YAML 1.1\n%YAML 1.1\n---\n", "the `%YAML` directive appears twice", 10),
        ("%TAG !a! b\n%TAG !a! c\n---\n", "the `%TAG` directive for `!a!` appears twice", 11),
        ("%FOO\n", "unknown directive `%FOO`", 0),
        ("%YAML 1.1\na", "expected `---` after the directives, found a scalar", 10),
        ("a\n...\nb", "expected `---` before the next document, found a scalar", 6),
        ("a: \u{1}", "control characters are not allowed", 3),
        ("# \u{7f}\na: b", "control characters are not allowed", 2),
        ("a: '\u{80}'", "control characters are not allowed", 4),
        ("a: \u{fffe}", "control characters are not allowed", 3),
        ("a: \0", "control characters are not allowed", 3),
        ("a: \u{85}x\n", "expected `:` after a mapping key", 5),
    ]);
}

#[test]
fn spans() {
    let text = "a: 'b'  # c\nd: |\n  e\n\nf: &g [h, i]\nj:\n- k\n";
    let mut parser = Parser::new(text);
    let mut spans = Vec::new();
    while let Some((_, span)) = parser.next().unwrap() {
        spans.push((span.start, &text[span]));
    }
    let expected = [
        (0, ""),
        (0, ""),
        (0, "a"),
        (3, "'b'"),
        (12, "d"),
        (15, "|\n  e"),
        (22, "f"),
        (28, "["),
        (29, "h"),
        (32, "i"),
        (33, "]"),
        (35, "j"),
        (38, ""),
        (40, "k"),
        (41, ""),
        (41, ""),
        (41, ""),
    ];
    assert_eq!(spans, expected);
}

#[test]
fn single_lines_are_borrowed() {
    let mut parser = Parser::new("a: 'b'\nc: \"d\"\ne: |\n  f\n");
    while let Some((event, _)) = parser.next().unwrap() {
        if let Event::Scalar { text, .. } = event {
            assert!(matches!(text, Cow::Borrowed(_)), "{text}");
        }
    }
}

/// Random texts from the parts of usual and unusual lines.
#[test]
fn looking_ahead_changes_nothing() {
    const PARTS: &[&str] = &[
        "\n",
        "\n",
        "\n  ",
        "\n  ",
        "\n    ",
        "  ",
        " ",
        "a:",
        "b: c",
        "d.e/f: g-h",
        "1: 2",
        "- ",
        "- ",
        "-",
        "- k: v",
        "key:",
        "# c",
        " # d",
        "'q'",
        "\"d\"",
        "'q': r",
        "|\n",
        ">-\n",
        "{x: y}",
        "[z]",
        "{",
        "]",
        "&a ",
        "*a",
        "? ",
        ": ",
        ":",
        "!t ",
        "\n---\n",
        "\n...\n",
        "\t",
        "\r\n",
        "é",
        "\u{2028}",
        "%",
        "@",
        "-1",
        "<<",
        "/p",
        "w w",
        "\u{feff}",
    ];
    let mut state = 7_u32;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12345);
        (state >> 16) as usize % below
    };
    let all = |text: &str, looks_ahead: bool| {
        let mut parser = Parser::new(text);
        parser.scanner.looks_ahead = looks_ahead;
        let mut parts = Vec::new();
        loop {
            match parser.next() {
                Ok(Some((event, span))) => parts.push(Ok((format!("{event:?}"), span))),
                Ok(None) => return parts,
                Err(error) => parts.push(Err(error)),
            }
        }
    };
    for _ in 0..40_000 {
        let text: String = (0..1 + random(16)).map(|_| PARTS[random(PARTS.len())]).collect();
        assert_eq!(all(&text, true), all(&text, false), "{text:?}");
    }
}
