//! What kubectl 1.37 does with expressions: which names the target of a patch selects, and its words when it refuses one.

use render::resource::Pattern;

use super::{kubectl, kustomize};

/// The names of the objects.
pub const NAMES: &[&str] = &[
    "a", "b", "ab", "aab", "abab", "AB", "a.b", "a-b", "a_b", "0", "12", "１２", "é", "É", "ſ", "k", "K", "Σ", "ς", "Ж", "中文",
    "{}", "a{2}", "a{b", "${VAR}", "$", "[x]", "a]", "&&", "a&&b", "~", "--", r"\", r"\d", "(a)", "a|b", "a*", "a++", "<a>",
    "#a", "QE", "web-1", "x86_64", "Ⅷ", "²", "٣", "_", "😀",
];

/// An expression and the names that it selects.
#[rustfmt::skip]
pub const SELECTED: &[(&str, &[&str])] = &[
    ("a", &["a"]),
    ("${VAR}", &[]),
    (r"\${VAR}", &["${VAR}"]),
    (r"\$\{VAR\}", &["${VAR}"]),
    ("a{2}", &[]),
    ("a{2}b", &["aab"]),
    ("a{b", &["a{b"]),
    (r"a\{2}", &["a{2}"]),
    ("{}", &["{}"]),
    ("a{0}b", &["b"]),
    ("(?:ab){2}", &["abab"]),
    ("a{02}", &[]),
    ("a{,2}", &[]),
    ("a{1,}b", &["ab", "aab"]),
    ("{", &[]),
    ("[a-c]+", &["a", "b", "ab", "aab", "abab"]),
    ("[^a]", &["b", "0", "é", "É", "ſ", "k", "K", "Σ", "ς", "Ж", "$", "~", r"\", "Ⅷ", "²", "٣", "_", "😀"]),
    ("[]x[]+", &["[x]"]),
    ("[[]x[]]", &["[x]"]),
    ("[a-]b", &["ab"]),
    ("[a&&b]+", &["a", "b", "ab", "aab", "abab", "&&", "a&&b"]),
    ("[&&]+", &["&&"]),
    ("[~~]", &["~"]),
    ("[--]+", &["--"]),
    ("[[a]]", &["a]"]),
    ("a[.]b", &["a.b"]),
    ("a.b", &["aab", "a.b", "a-b", "a_b", "a{b", "a|b"]),
    ("[.]", &[]),
    (r"\d+", &["0", "12"]),
    (r"\D", &["a", "b", "é", "É", "ſ", "k", "K", "Σ", "ς", "Ж", "$", "~", r"\", "Ⅷ", "²", "٣", "_", "😀"]),
    (r"\w+", &["a", "b", "ab", "aab", "abab", "AB", "a_b", "0", "12", "k", "K", "QE", "x86_64", "_"]),
    (r"\W", &["é", "É", "ſ", "Σ", "ς", "Ж", "$", "~", r"\", "Ⅷ", "²", "٣", "😀"]),
    (r"\s", &[]),
    (r"\pN", &["0", "Ⅷ", "²", "٣"]),
    (r"\pN+", &["0", "12", "１２", "Ⅷ", "²", "٣"]),
    (r"\p{Lu}", &["É", "K", "Σ", "Ж"]),
    (r"\PL", &["0", "$", "~", r"\", "Ⅷ", "²", "٣", "_", "😀"]),
    (r"\p{Greek}+", &["Σ", "ς"]),
    (r"\p{^Greek}", &["a", "b", "0", "é", "É", "ſ", "k", "K", "Ж", "$", "~", r"\", "Ⅷ", "²", "٣", "_", "😀"]),
    (r"\P{^Greek}", &["Σ", "ς"]),
    (r"\p{greek}", &["Σ", "ς"]),
    (r"\p{Letter}+", &["a", "b", "ab", "aab", "abab", "AB", "é", "É", "ſ", "k", "K", "Σ", "ς", "Ж", "中文", "QE"]),
    (r"\p{Nd}+", &["0", "12", "１２", "٣"]),
    (r"[\pL\d]+", &["a", "b", "ab", "aab", "abab", "AB", "0", "12", "é", "É", "ſ", "k", "K", "Σ", "ς", "Ж", "中文", "QE"]),
    (r"[^\pL]", &["0", "$", "~", r"\", "Ⅷ", "²", "٣", "_", "😀"]),
    ("[[:alpha:]]+", &["a", "b", "ab", "aab", "abab", "AB", "k", "K", "QE"]),
    ("[[:^alpha:]]+", &[
        "0", "12", "１２", "é", "É", "ſ", "Σ", "ς", "Ж", "中文", "{}", "$", "&&", "~", "--", r"\", "Ⅷ", "²", "٣", "_", "😀",
    ]),
    ("[[:word:]]+", &["a", "b", "ab", "aab", "abab", "AB", "a_b", "0", "12", "k", "K", "QE", "x86_64", "_"]),
    ("[^[:alnum:]]+", &["１２", "é", "É", "ſ", "Σ", "ς", "Ж", "中文", "{}", "$", "&&", "~", "--", r"\", "Ⅷ", "²", "٣", "_", "😀"]),
    ("[:alpha:]", &["a"]),
    ("(?i)ab", &["ab", "AB"]),
    ("(?i)k", &["k", "K"]),
    ("(?i)s", &["ſ"]),
    ("(?i)σ", &["Σ", "ς"]),
    ("(?i)é", &["é", "É"]),
    ("(?i)[k]", &["k", "K"]),
    ("(?i)[^k]", &["a", "b", "0", "é", "É", "ſ", "Σ", "ς", "Ж", "$", "~", r"\", "Ⅷ", "²", "٣", "_", "😀"]),
    ("(?i:A)b", &["ab"]),
    ("(?i)a(?-i)b", &["ab"]),
    (r"(?i)\w", &["a", "b", "0", "ſ", "k", "K", "_"]),
    ("(?s).+", &[
        "a", "b", "ab", "aab", "abab", "AB", "a.b", "a-b", "a_b", "0", "12", "１２", "é", "É", "ſ", "k", "K", "Σ", "ς", "Ж",
        "中文", "{}", "a{2}", "a{b", "${VAR}", "$", "[x]", "a]", "&&", "a&&b", "~", "--", r"\", r"\d", "(a)", "a|b", "a*", "a++",
        "<a>", "#a", "QE", "web-1", "x86_64", "Ⅷ", "²", "٣", "_", "😀",
    ]),
    (".", &["a", "b", "0", "é", "É", "ſ", "k", "K", "Σ", "ς", "Ж", "$", "~", r"\", "Ⅷ", "²", "٣", "_", "😀"]),
    ("(?U)a+b", &["ab", "aab"]),
    ("a+?b", &["ab", "aab"]),
    ("a|b", &["a", "b"]),
    ("ab|b", &["b", "ab"]),
    ("a|", &["a"]),
    ("(a|b)+", &["a", "b", "ab", "aab", "abab"]),
    ("(?P<n>a)b", &["ab"]),
    ("(?<n>a)b", &["ab"]),
    (r"\Qa.b\E", &["a.b"]),
    (r"\Qa*\E", &["a*"]),
    (r"\Q\d\E", &[r"\d"]),
    (r"\Q(a)\E", &["(a)"]),
    (r"\141", &["a"]),
    (r"\101B", &["AB"]),
    (r"\x61b", &["ab"]),
    (r"\x{61}b", &["ab"]),
    (r"\x{1F600}", &["😀"]),
    (r"\<a\>", &["<a>"]),
    (r"\#a", &["#a"]),
    (r"\a", &[]),
    (r"\n", &[]),
    (r"\ba\b", &["a"]),
    (r"a\Bb", &["ab"]),
    (r"\ba.b\b", &["aab", "a.b", "a-b", "a_b", "a{b", "a|b"]),
    ("^a$", &["a"]),
    (r"\Aa\z", &["a"]),
    ("$", &[]),
    ("a)|(b", &["a", "b", "ab", "aab", "abab", "a.b", "a-b", "a_b", "a{2}", "a{b", "a]", "a&&b", "a|b", "a*", "a++"]),
    ("a)(b", &["ab"]),
    ("a$|b", &["a", "b"]),
    ("^*a", &["a"]),
    ("(?m)^a$", &["a"]),
    (r"a\_b", &["a_b"]),
    (r"a\-b", &["a-b"]),
    (r"[\-a]+", &["a", "--"]),
    (r"\\", &[r"\"]),
    (r"[\\]d", &[r"\d"]),
    (r"\\d", &[r"\d"]),
    (r"\(a\)", &["(a)"]),
    ("(|a)+", &["a"]),
    ("(?)a", &["a"]),
    ("é", &["é"]),
    ("中.", &["中文"]),
    ("..", &["ab", "AB", "12", "１２", "中文", "{}", "a]", "&&", "--", r"\d", "a*", "#a", "QE"]),
    ("[é-ü]", &["é"]),
    (r"[\x{400}-\x{4ff}]", &["Ж"]),
    (r"\p{Any}", &["a", "b", "0", "é", "É", "ſ", "k", "K", "Σ", "ς", "Ж", "$", "~", r"\", "Ⅷ", "²", "٣", "_", "😀"]),
    (r"\P{Any}", &[]),
    (r"[^\x00-\x{10FFFF}]", &[]),
    (r"\p{ASCII}", &["a", "b", "0", "k", "K", "$", "~", r"\", "_"]),
    (r"\p{C}", &[]),
    (r"\p{LC}", &["a", "b", "é", "É", "ſ", "k", "K", "Σ", "ς", "Ж"]),
    ("web.*", &["web-1"]),
    ("x86_64", &["x86_64"]),
    ("(?:(?:a))", &["a"]),
    ("a{1000}|b", &["b"]),
    ("(a{10}){100}|b", &["b"]),
];

/// An expression and the reason for which it is refused; `(...)` is the anchored expression.
#[rustfmt::skip]
pub const REFUSED: &[(&str, &str)] = &[
    (r"\Qa*", r"missing closing ): `^(?:\Qa*)$`"),
    ("a**", "invalid nested repetition operator: `**`"),
    ("a*+", "invalid nested repetition operator: `*+`"),
    ("a++", "invalid nested repetition operator: `++`"),
    ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
    ("a?*", "invalid nested repetition operator: `?*`"),
    ("*", "missing argument to repetition operator: `*`"),
    ("+a", "missing argument to repetition operator: `+`"),
    ("?", "missing argument to repetition operator: `?`"),
    ("a|*", "missing argument to repetition operator: `*`"),
    ("(*)", "missing argument to repetition operator: `*`"),
    ("(?i)*", "missing argument to repetition operator: `*`"),
    ("{2}", "missing argument to repetition operator: `{2}`"),
    ("a{1001}", "invalid repeat count: `{1001}`"),
    ("a{2,1}", "invalid repeat count: `{2,1}`"),
    ("a{1001,}", "invalid repeat count: `{1001,}`"),
    ("a{0,1001}", "invalid repeat count: `{0,1001}`"),
    ("(a{1000}){2}", "invalid repeat count: `{2}`"),
    ("((a{100}){100}){100}", "invalid repeat count: `{100}`"),
    ("(?x)a", "invalid or unsupported Perl syntax: `(?x`"),
    ("(?u)a", "invalid or unsupported Perl syntax: `(?u`"),
    ("(?a)a", "invalid or unsupported Perl syntax: `(?a`"),
    ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
    ("(?!a)", "invalid or unsupported Perl syntax: `(?!`"),
    ("(?<=a)", "invalid named capture: `(?<=a))$`"),
    ("(?<!a)", "invalid named capture: `(?<!a))$`"),
    ("(?#a)", "invalid or unsupported Perl syntax: `(?#`"),
    ("(?>a)", "invalid or unsupported Perl syntax: `(?>`"),
    ("(?|a)", "invalid or unsupported Perl syntax: `(?|`"),
    ("(?", "missing closing ): `^(?:(?)$`"),
    ("(?i-)a", "invalid or unsupported Perl syntax: `(?i-)`"),
    ("(?P=n)", "invalid or unsupported Perl syntax: `(?P`"),
    ("(?P<n-m>a)", "invalid named capture: `(?P<n-m>`"),
    ("(?P<>a)", "invalid named capture: `(?P<>`"),
    ("(?P<n", "invalid named capture: `(?P<n)$`"),
    ("(a", "missing closing ): `^(?:(a)$`"),
    ("a)", "unexpected ): `^(?:a))$`"),
    ("((a)", "missing closing ): `^(?:((a))$`"),
    ("[a", "missing closing ]: `[a)$`"),
    ("[]", "missing closing ]: `[])$`"),
    ("[^]", "missing closing ]: `[^])$`"),
    ("[b-a]", "invalid character class range: `b-a`"),
    ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
    (r"[a-\d]", r"invalid escape sequence: `\d`"),
    (r"\p{Grek}", r"invalid character class range: `\p{Grek}`"),
    (r"\p{Script=Greek}", r"invalid character class range: `\p{Script=Greek}`"),
    (r"\p{Alphabetic}", r"invalid character class range: `\p{Alphabetic}`"),
    (r"\p{Old_Italic}", r"invalid character class range: `\p{Old_Italic}`"),
    (r"\pX", r"invalid character class range: `\pX`"),
    (r"\p{L", r"invalid character class range: `\p{L)$`"),
    (r"\p", r"invalid character class range: `\p)`"),
    (r"\C", r"invalid escape sequence: `\C`"),
    (r"\Z", r"invalid escape sequence: `\Z`"),
    (r"\G", r"invalid escape sequence: `\G`"),
    (r"\K", r"invalid escape sequence: `\K`"),
    (r"\h", r"invalid escape sequence: `\h`"),
    (r"\e", r"invalid escape sequence: `\e`"),
    (r"\1", r"invalid escape sequence: `\1`"),
    (r"\8", r"invalid escape sequence: `\8`"),
    (r"\u0061", r"invalid escape sequence: `\u`"),
    (r"\u{61}", r"invalid escape sequence: `\u`"),
    (r"\cA", r"invalid escape sequence: `\c`"),
    (r"\x", r"invalid escape sequence: `\x)$`"),
    (r"\x4", r"invalid escape sequence: `\x4)`"),
    (r"\x{}", r"invalid escape sequence: `\x{}`"),
    (r"\x{110000}", r"invalid escape sequence: `\x{110000`"),
    (r"\y", r"invalid escape sequence: `\y`"),
    (r"\é", r"invalid escape sequence: `\é`"),
    (r"[\b]", r"invalid escape sequence: `\b`"),
    (r"[\Q]", r"invalid escape sequence: `\Q`"),
    (r"\", r"missing closing ): `^(?:\)$`"),
];

#[test]
fn expressions_select_what_kubectl_selects() {
    for (pattern, expected) in SELECTED {
        let compiled = Pattern::new(pattern).unwrap_or_else(|fault| panic!("{pattern}: {fault}"));
        let found: Vec<&str> = NAMES.iter().copied().filter(|name| compiled.matches(name)).collect();
        assert_eq!(found, *expected, "{pattern}");
    }
}

#[test]
fn refusals_use_the_words_of_go() {
    for (pattern, reason) in REFUSED {
        let own = Pattern::new(pattern).expect_err(pattern);
        assert!(says(reason, &own), "{pattern}: kubectl says {reason}, render {own}");
    }
}

#[test]
fn the_table_is_what_kubectl_does() {
    let Some(kubectl) = kubectl::find(kubectl::NAMES) else {
        eprintln!("skipped: no kubectl with kustomize 5.8; set RENDER_KUBECTL to use one");
        return;
    };
    let patterns: Vec<&str> = SELECTED.iter().map(|(pattern, _)| *pattern).collect();
    let found = kustomize::selected(&kubectl, NAMES, &patterns).expect("valid expressions");
    for ((pattern, expected), found) in SELECTED.iter().zip(found) {
        let found: Vec<&str> = found.into_iter().map(|at| NAMES[at]).collect();
        assert_eq!(found, *expected, "{pattern}");
    }
    for (pattern, reason) in REFUSED.iter().step_by(8) {
        let error = kustomize::selected(&kubectl, &["a"], &[pattern]).expect_err(pattern);
        assert!(error.contains(&format!("error parsing regexp: {reason}")), "{pattern}: {error}");
    }
}

/// Whether this is kubectl's reason: without the anchors that kustomize adds, and without an excerpt that is the whole expression.
fn says(reason: &str, own: &str) -> bool {
    match (reason.split_once(": `"), own.split_once(": `")) {
        (Some((reason, part)), Some((own, own_part))) => {
            let own_part = own_part.trim_end_matches('`');
            reason == own
                && (part == format!("{own_part}`") || [")`", ")$`"].iter().any(|end| part == format!("{own_part}{end}")))
        }
        (Some((reason, part)), None) => reason == own && part.starts_with("^(?:"),
        _ => false,
    }
}
