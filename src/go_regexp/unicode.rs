//! Classes by properties of Unicode: `\pN`, `\p{Greek}`, `\P{^Lu}`.
//!
//! Behavior: `unicodeTable` of Go's `regexp/syntax`: categories, their long names, scripts, `Any`, `Assigned`, and `ASCII`, whatever
//! the case of letters, and with or without `_`, `-`, and spaces. Code points assigned after Unicode 15 are those of the crate.

use super::fault::{Problem, between, next};

/// What a class contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// All code points.
    Any,
    /// The code points of surrogates, which no text contains.
    Surrogates,
    /// ASCII.
    Ascii,
    /// A general category.
    Category(&'static str),
    /// A script.
    Script(&'static str),
}

/// The general categories with their long names.
const CATEGORIES: &str = "C:Other Cc:Control,cntrl Cf:Format Cn:Unassigned Co:Private_Use L:Letter LC:Cased_Letter \
    Ll:Lowercase_Letter Lm:Modifier_Letter Lo:Other_Letter Lt:Titlecase_Letter Lu:Uppercase_Letter M:Mark,Combining_Mark \
    Mc:Spacing_Mark Me:Enclosing_Mark Mn:Nonspacing_Mark N:Number Nd:Decimal_Number,digit Nl:Letter_Number No:Other_Number \
    P:Punctuation,punct Pc:Connector_Punctuation Pd:Dash_Punctuation Pe:Close_Punctuation Pf:Final_Punctuation \
    Pi:Initial_Punctuation Po:Other_Punctuation Ps:Open_Punctuation S:Symbol Sc:Currency_Symbol Sk:Modifier_Symbol \
    Sm:Math_Symbol So:Other_Symbol Z:Separator Zl:Line_Separator Zp:Paragraph_Separator Zs:Space_Separator";

/// The scripts of Unicode 15 whose names have one word. Go 1.25 and 1.26, with which Kubernetes 1.34 to 1.37 is built, do not
/// find the others, such as `Old_Italic`.
const SCRIPTS: &str = "Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille \
    Buginese Buhid Carian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Dogra \
    Duployan Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han Hangul Hanunoo Hatran \
    Hebrew Hiragana Inherited Javanese Kaithi Kannada Katakana Kawi Kharoshthi Khmer Khojki Khudawadi Lao Latin Lepcha Limbu \
    Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Medefaidrin Miao Modi Mongolian Mro Multani \
    Myanmar Nabataean Nandinagari Newa Nko Nushu Ogham Oriya Osage Osmanya Palmyrene Phoenician Rejang Runic Samaritan \
    Saurashtra Sharada Shavian Siddham Sinhala Sogdian Soyombo Sundanese Syriac Tagalog Tagbanwa Takri Tamil Tangsa Tangut \
    Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Yezidi Yi";

/// Reads a class that starts with `\p` or `\P`: the set, whether it is negated, and the text after it.
pub fn unicode_class(text: &str) -> Result<(Set, bool, &str), Problem<'_>> {
    let wrong = |part| Problem { reason: "invalid character class range", part };
    let mut negated = text.starts_with("\\P");
    let inner = text.get(2..).unwrap_or_default();
    let (c, mut rest) = next(inner);
    let mut name = between(inner, rest);
    if c == '{' {
        (name, rest) = rest.split_once('}').ok_or_else(|| wrong(text))?;
    }
    if let Some(other) = name.strip_prefix('^') {
        (name, negated) = (other, !negated);
    }
    // Everything is assigned that does not have the category of what is not.
    let (set, inverse) = if is(name, "Assigned") { (Some(Set::Category("Cn")), true) } else { (find(name), false) };
    let set = set.ok_or_else(|| wrong(between(text, rest)))?;
    Ok((set, negated != inverse, rest))
}

fn find(name: &str) -> Option<Set> {
    if is(name, "Any") {
        return Some(Set::Any);
    }
    if is(name, "ASCII") {
        return Some(Set::Ascii);
    }
    if is(name, "Cs") || is(name, "Surrogate") {
        return Some(Set::Surrogates);
    }
    for entry in CATEGORIES.split_ascii_whitespace() {
        let (short, long) = entry.split_once(':').unwrap_or((entry, ""));
        if is(name, short) || long.split(',').any(|long| is(name, long)) {
            return Some(Set::Category(short));
        }
    }
    SCRIPTS.split_ascii_whitespace().find(|script| is(name, script)).map(Set::Script)
}

/// Whether a name means the listed one: letters count without case, and `_`, `-`, and spaces don't count.
fn is(name: &str, listed: &str) -> bool {
    fn bytes(name: &str) -> impl Iterator<Item = u8> + '_ {
        name.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b' ')).map(|byte| byte.to_ascii_lowercase())
    }
    bytes(name).eq(bytes(listed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_in_go() {
        let table = [
            ("\\pN.", Set::Category("N"), false, "."),
            ("\\PLu", Set::Category("L"), true, "u"),
            ("\\p{Greek}", Set::Script("Greek"), false, ""),
            ("\\p{^greek}", Set::Script("Greek"), true, ""),
            ("\\P{^ha-n}", Set::Script("Han"), false, ""),
            ("\\p{uppercase letter}", Set::Category("Lu"), false, ""),
            ("\\p{Assigned}", Set::Category("Cn"), true, ""),
            ("\\p{Any}", Set::Any, false, ""),
        ];
        for (text, set, negated, rest) in table {
            assert_eq!(unicode_class(text), Ok((set, negated, rest)), "{text}");
        }
    }

    #[test]
    fn other_names_are_errors() {
        for (text, part) in [
            ("\\p{Grek}x", "\\p{Grek}"),
            ("\\p{Old_Italic}", "\\p{Old_Italic}"),
            ("\\pX", "\\pX"),
            ("\\p", "\\p"),
            ("\\p{L", "\\p{L"),
            ("\\p{}", "\\p{}"),
        ] {
            assert_eq!(unicode_class(text).expect_err(text).part, part);
        }
    }
}
