//! Random regular expressions and the texts that they are tried on.

use super::random::Random;

/// Texts with everything that the pieces below distinguish.
#[rustfmt::skip]
pub const TEXTS: &[&str] = &[
    "", "a", "b", "aa", "ab", "aB", "AB", "aab", "abab", "abc", "a.b", "a-b", "a_b", "a b", "a\nb", "\n", "a\n", "\tb", "0",
    "12", "１２", "é", "É", "ß", "ſ", "K", "k", "K", "S", "Σ", "ς", "λ", "Ж", "ж", "中文", "😀", "{}", "a{2}", "{a}", "a{1,b",
    "${VAR}", "$", "^", "[x]", "a]", "[", "&&", "a&&b", "~", "a~~b", "--", "a--b", "\\", "a\\b", "(a)", "a|b", "*", "a*", "+",
    "?", "<a>", "a<b", "#", "\u{b}", "\u{7}", "\u{0}", "\u{7f}", "\u{fffd}", "\u{e000}", "S", "s", "web-1", "web.example",
    "x86_64", "Ⅷ", "²", "٣", "_", "-a", "😀😀", "QE",
];

/// Pieces of patterns: what Go knows, and what only other languages know.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "a", "b", "c", "x", "k", "S", "é", "ß", "中", "Σ", "0", "1", "-", "_", " ", "#", "&&", "~~", "--", "/", ":", "=", "!", "<",
    ">", "'", "\"", "(", "(", ")", ")", "(?:", "(?i)", "(?i:", "(?s)", "(?s:", "(?m)", "(?m:", "(?U)", "(?-i)", "(?i-s:", "(?x)",
    "(?u)", "(?-)", "(?)", "(?P<n>", "(?<n>", "(?P<n-m>", "(?P=n)", "(?=", "(?!", "(?<=", "(?#", "(?", "|", "|", "*", "+", "?",
    "*?", "+?", "??", "**", "a++", "{2}", "{1,2}", "{0}", "{,2}", "{2,}", "{2,1}", "{02}", "{1001}", "{1000}", "{500}",
    "{3,400}", "{99999999999}", "{", "}", "{a}", "{1", "{1,", "{-1}", "{ 2}", ".", ".", "^", "$", "\\A", "\\z", "\\Z", "\\b",
    "\\B", "\\G", "\\C", "\\Q", "\\E", "\\Q.*\\E", "\\Qa\\E*", "\\K", "\\R", "\\X", "\\h", "\\H", "\\N", "\\d", "\\D", "\\w",
    "\\W", "\\s", "\\S", "\\v", "\\n", "\\t", "\\a", "\\e", "\\f", "\\r", "\\0", "\\07", "\\101", "\\1", "\\8", "\\377", "\\777",
    "\\x41", "\\x4", "\\x{e9}", "\\x{10FFFF}", "\\x{110000}", "\\x{}", "\\x", "\\u0061", "\\u{61}", "\\U", "\\cA", "\\.", "\\-",
    "\\_", "\\<", "\\>", "\\&", "\\~", "\\ ", "\\#", "\\@", "\\é", "\\y", "\\\\", "\\", "\\pN", "\\pL", "\\PL", "\\p{Lu}",
    "\\p{lu}", "\\P{Ll}", "\\p{^Lu}", "\\P{^Greek}", "\\p{Greek}", "\\p{greek}", "\\p{Grek}", "\\p{Letter}", "\\p{LC}",
    "\\p{Any}", "\\P{Any}", "\\p{ASCII}", "\\p{Assigned}", "\\p{Cn}", "\\p{Cs}", "\\p{C}", "\\pZ", "\\p{Script=Greek}",
    "\\p{gc=Lu}", "\\p{Alphabetic}", "\\p{IsGreek}", "\\p{Old_Italic}", "\\p{}", "\\p{", "\\p", "\\px", "\\pé", "\\p{Digit}",
    "\\p{Nd}", "[", "[^", "]", "[a]", "[^a]", "[a-c]", "[c-a]", "[a-]", "[-a]", "[]a]", "[^]a]", "[]", "[^]", "[a-b-c]",
    "[\\d-z]", "[a-\\d]", "[a\\]b]", "[[a]]", "[a[b]c]", "[a&&b]", "[a--b]", "[a~~b]", "[\\w&&\\d]", "[[:alpha:]]",
    "[[:^alpha:]]", "[[:word:]]", "[[:foo:]]", "[[:alpha:]", "[[:space:]x]", "[^[:upper:]]", "[:alpha:]", "[[=a=]]", "[[.a.]]",
    "[\\pL]", "[^\\pL]", "[\\P{Greek}a]", "[\\b]", "[\\Q]", "[\\n]", "[\\x41-\\x43]", "[\\x{D000}-\\x{E000}]", "[\\x{D800}]",
    "[^\\x00-\\x{10FFFF}]", "[\\s\\S]", "[^\\s\\S]", "[\\W]", "[^\\W]", "[\\D]", "[^\\D]", "[.]", "[$^]", "[ -~]", "[é-ü]",
    "[\\101]", "[\\_-a]", "[k]", "[^k]", "[a-z]",
];

/// A random pattern.
pub fn pattern(random: &mut Random) -> String {
    let mut pattern = random.pieces(PIECES, 6);
    if random.chance(30) {
        // Parentheses that match make more of the pieces matter.
        pattern = format!("{}({}){}", random.pieces(PIECES, 2), pattern, random.pieces(PIECES, 1));
    }
    if random.chance(15) {
        let chars: Vec<char> = pattern.chars().collect();
        let (from, to) = (random.below(chars.len()), random.below(chars.len()));
        pattern = chars[from.min(to)..=from.max(to)].iter().collect();
    }
    pattern
}
