//! Examples for the grammar: those of `parser/parser_test.go` of cel-go, and its limits.

use super::macros::Syntax;
use super::parse::parse;

const EXPRESSIONS: &[&str] = &[
    "\"A\"",
    "-1",
    "- 1",
    "--1",
    "!!a",
    "!-1",
    "a ? b : c ? d : e",
    "a || b && c",
    "a.b.c",
    "a[b]",
    "a.b(c, d)",
    "f()",
    ".a.b",
    ".f(1)",
    "[]",
    "[,]",
    "[1, 2,]",
    "{}",
    "{,}",
    "{a: b, c: d,}",
    "foo{ }",
    "foo{ a:b, c:d, }",
    ".a.b{ c: 1 }",
    "a > 5 && a < 10",
    "a in b",
    "has(m.f)",
    "has(a.?b.c)",
    "m.exists_one(v, f)",
    "m.existsOne(v, f)",
    "m.map(v, p, f)",
    "m.all(k, v, f)",
    "m.transformMap(k, v, f, g)",
    "a.?b[?0] && a[?c]",
    "{?'key': value}",
    "[?a, ?b]",
    "Msg{?field: value}",
    "a.`b-c`",
    "a.`b c`",
    "a.`in`",
    "Message{`in`: true}",
    "a.as",
    "1 + 2 * 3 - 1 / 2 == 6 % 1",
    "'''x''' + r'\\d'",
    "cel.bind(x, 1, x)",
    "-9223372036854775808",
    "a.sortBy(x, -x)",
    "// c\n a // b",
    "a.in_b",
    "math.greatest(1, 2, 3)",
    "1.a",
    "-1.5.b",
];

const OTHERS: &[&str] = &[
    "",
    " ",
    "*@a | b",
    "?",
    "t{>C}",
    "a.b.",
    "1 +",
    "a b",
    "-!a",
    "has(m)",
    "has(m.f.g())",
    "m.exists(x.y, true)",
    "1.all(2, 3)",
    "[1, 2, 3].map(var, var * var)",
    "func{{a}}",
    "msg{:a}",
    "{a}",
    "{:a}",
    "ind[a{b}]",
    "--",
    "a ? b ((?))",
    "self.true == 1",
    "`b-c`",
    "`b-c`()",
    "a.`$b`",
    "a.`b.c`()",
    "as",
    "in",
    "while",
    "a.b(,)",
    "f(a,)",
    "[1,,]",
    "{a:b,,}",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616u",
    "1.99e90000009",
    "(a",
    "a)",
    "[a",
    "a &&",
    "'\\xF'",
    "a..b",
    "0xFFFFFFFFFFFFFFFFF",
    "x.map(@result, x)",
    "x.all(__result__, x)",
    "x.all(a, a, x)",
    "1 = 1",
    "a.in",
    "'tada'.sortBy(x, x)",
    "math.greatest('a')",
    "cel.bind(a.b, 1, 2)",
];

#[test]
fn expressions_are_parsed() {
    for text in EXPRESSIONS {
        assert!(parse(text, &Syntax::EVERYTHING).is_ok(), "{text}: {:?}", parse(text, &Syntax::EVERYTHING));
    }
}

#[test]
fn invalid_expressions_are_rejected() {
    for text in OTHERS {
        assert!(parse(text, &Syntax::EVERYTHING).is_err(), "{text}");
    }
}

#[test]
fn older_versions_have_less_syntax() {
    for text in ["a.?b", "a[?b]", "[?a]", "{?a: b}", "Msg{?a: b}"] {
        assert!(parse(text, &Syntax::of(27)).is_err(), "{text}");
        assert!(parse(text, &Syntax::of(28)).is_ok(), "{text}");
    }
}

#[test]
fn depth_is_limited_as_in_cel_go() {
    // Commands also run with a large stack.
    let work = std::thread::Builder::new().stack_size(64 << 20).spawn(check_the_depth_limit).unwrap();
    assert!(work.join().is_ok());
}

fn check_the_depth_limit() {
    let chain = |operator: &str, count: usize| vec!["a"; count + 1].join(operator);
    let nested = |open: &str, close: &str, count: usize| open.repeat(count) + "1" + &close.repeat(count);
    for (text, fits) in [
        (chain(" + ", 250), true),
        (chain(" + ", 251), false),
        (chain(" && ", 2000), true),
        (chain(".", 250), true),
        (chain(".", 251), false),
        (nested("[", "]", 249), true),
        (nested("[", "]", 250), false),
        (nested("(", ")", 249), true),
        (nested("(", ")", 250), false),
        (nested("(", ")", 40_000), false),
        (nested("1 + (", ")", 124), true),
        (nested("1 + (", ")", 125), false),
    ] {
        assert_eq!(parse(&text, &Syntax::EVERYTHING).is_ok(), fits, "{} characters: {}", text.len(), &text[..20]);
    }
    assert!(parse(&("'".to_owned() + &"x".repeat(100_000) + "'"), &Syntax::EVERYTHING).is_err());
}
