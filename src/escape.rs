//! Text of unknown origin in output: one function per language that reports are written in.
//!
//! Names, keys, values, paths, and what other programs print are kept as they are until a report is written. Each writer passes
//! them through one of these functions, so that they cannot end a line, control a terminal, change the direction of text, start
//! a command in the log of a CI system, or leave the markup around them. Manifests are not reports: the printer of YAML follows
//! its own rules.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character changes what is seen without being visible itself: control characters, separators of lines, marks of
/// direction, and characters without width. Joiners stay, because emoji and some scripts need them.
fn is_hidden(c: char) -> bool {
    match c {
        '\t' => false,
        ' '..='~' => false,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        c => c.is_control(),
    }
}

/// The length of a command that a CI system would find anywhere in a line, up to its bracket: `##[`, `##vso[`.
fn command(text: &str) -> Option<usize> {
    let name = text.strip_prefix("##")?;
    let end = name.find(|c: char| !c.is_ascii_alphanumeric())?;
    name[end..].starts_with('[').then_some(end + 2)
}

/// A text with its hidden characters, and the brackets of commands, written by `push`.
fn escaped(text: &str, is_hidden: fn(char) -> bool, push: fn(char, &mut String)) -> Cow<'_, str> {
    if !text.contains("##") && !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut bracket = None;
    for (at, c) in text.char_indices() {
        if c == '#' {
            bracket = command(&text[at..]).map(|length| at + length).or(bracket);
        }
        if is_hidden(c) || bracket == Some(at) {
            push(c, &mut out);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// A text within a line: hidden characters and line breaks become visible escapes such as `\n` and `\u{1b}`.
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden, push_visible)
}

fn push_visible(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        c => _ = write!(out, "\\u{{{:x}}}", u32::from(c)),
    }
}

/// A text at the start of a line, or after blanks alone: as [`line`], and it is not a workflow command (`::error::`).
pub fn own_line(text: &str) -> Cow<'_, str> {
    let found = line(text);
    let start = found.trim_start();
    // The sign of a related location in a report (`::: path:1:2`) is not one either.
    if !start.starts_with("::") || start.starts_with("::: ") {
        return found;
    }
    let (blanks, rest) = found.split_at(found.len() - start.len());
    Cow::Owned(format!("{blanks}\\u{{3a}}{}", &rest[1..]))
}

/// Text of several lines, each as [`own_line`].
pub fn lines(text: &str) -> String {
    text.split('\n').map(own_line).collect::<Vec<_>>().join("\n")
}

/// A JSON document: hidden characters, and the brackets of commands, as escapes of JSON. Outside strings there are none.
pub fn json(document: &str) -> Cow<'_, str> {
    escaped(document, |c| c != '\n' && is_hidden(c), push_json)
}

fn push_json(c: char, out: &mut String) {
    c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| _ = write!(out, "\\u{unit:04x}"));
}

/// Text in an element of XML or HTML, or in an attribute. Line breaks stay.
pub fn markup(text: &str) -> String {
    entities(&lines(text))
}

/// The same for a text within a line: the value of an attribute, or a name.
pub fn markup_line(text: &str) -> String {
    entities(&line(text))
}

fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Text as code in Markdown, for tables, headings, and HTML: no character has a meaning, and nothing becomes a link or a mention.
pub fn markdown_code(text: &str) -> String {
    let entity = |c: char| match c {
        '-' | '/' | '.' | ',' | ' ' => String::from(c),
        c if c.is_ascii_punctuation() || c.is_control() => format!("&#{};", u32::from(c)),
        c => String::from(c),
    };
    let text: String = line(text).chars().map(entity).collect();
    // Viewers turn these into links.
    format!("<code>{}</code>", text.replace("www.", "www&#46;"))
}

/// Text in Markdown. Text that viewers would turn into a mention or a link is written as code.
pub fn markdown(text: &str) -> String {
    if text.contains(['@', '#']) || ["www.", "://", "GH-", "gh-", "mailto:", "xmpp:"].iter().any(|link| text.contains(link)) {
        return markdown_code(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in line(text).chars() {
        match c {
            '|' | '\\' | '*' | '_' | '`' | '[' | ']' | '~' | '$' | '#' => out.extend(['\\', c]),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

/// A field of a CSV file (RFC 4180), quoted if necessary. Line breaks stay. A spreadsheet would take a text that starts with one
/// of these characters for a formula: it gets an apostrophe, which a spreadsheet does not show.
pub fn csv(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let safe = format!("{}{}", if formula { "'" } else { "" }, lines(text));
    if safe.is_empty() || safe.contains([',', '"', '\n']) || safe.trim() != safe {
        return format!("\"{}\"", safe.replace('"', "\"\""));
    }
    safe
}

/// A string of Graphviz, with its quotes.
pub fn graphviz(text: &str) -> String {
    format!("\"{}\"", line(text).replace('\\', "\\\\").replace('"', "\\\""))
}

/// Text in the quotes of a Mermaid label.
pub fn mermaid(text: &str) -> String {
    let escape = |c: char| if "\"#<>&`".contains(c) { format!("#{};", u32::from(c)) } else { c.to_string() };
    line(text).chars().map(escape).collect()
}

/// A path in a rule of GNU make, as gcc writes it in a depfile; `None` if make can't read it. `%` is only special in a target. `=`
/// would make the rule an assignment to a variable.
pub fn make(path: &str, is_target: bool) -> Option<String> {
    let is_refused = |c: char| c.is_control() || matches!(c, ';' | '|');
    if path.is_empty() || path.contains(is_refused) || path.ends_with(['\\', ')', '&']) {
        return None;
    }
    let is_special = |c: char| matches!(c, ' ' | '#' | ':' | '*' | '?' | '[') || (is_target && c == '%');
    let home = if path.starts_with('~') { "./" } else { "" };
    Some(home.to_owned() + &behind_backslashes(path, is_special).replace('$', "$$").replace('=', "$(if 1,=)"))
}

/// A path in a depfile for ninja; `None` if ninja can't read it.
pub fn ninja(path: &str) -> Option<String> {
    let is_read = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || "+?,/_:.~()}{%=@[]!- #$\\".contains(c);
    let is_refused = path.is_empty() || path.ends_with('\\') || path.contains("\\#") || path.contains("\\:");
    let text = behind_backslashes(path, |c| matches!(c, ' ' | '#' | ':')).replace('$', "$$");
    (!is_refused && path.chars().all(is_read)).then_some(text)
}

/// Writes a backslash before special characters, and doubles the backslashes in front of them.
fn behind_backslashes(path: &str, is_special: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(path.len());
    let mut before = 0;
    for c in path.chars() {
        if is_special(c) {
            (0..=before).for_each(|_| out.push('\\'));
        }
        before = if c == '\\' { before + 1 } else { 0 };
        out.push(c);
    }
    out
}

/// The description of a test in the Test Anything Protocol, where `#` would start a directive.
pub fn tap(text: &str) -> String {
    line(text).replace('#', " ")
}

/// Text as the message of a workflow command of GitHub Actions. Line breaks stay, as escapes.
pub fn command_message(text: &str) -> String {
    lines(text).replace('%', "%25").replace('\n', "%0A")
}

/// Text as a property of a workflow command, such as `file`.
pub fn command_property(text: &str) -> String {
    line(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_passes() {
        assert_eq!(line("plain \u{e9}\t\u{1f468}\u{200d}\u{1f469}"), "plain \u{e9}\t\u{1f468}\u{200d}\u{1f469}");
        assert_eq!(line("a\n::error::b\r\u{1b}[31m\u{9b}\u{7}\u{8}\u{7f}"), r"a\n::error::b\r\u{1b}[31m\u{9b}\u{7}\u{8}\u{7f}");
        assert_eq!(line("\u{202e}x\u{2066}\u{2028}\u{85}\u{200b}\u{feff}"), r"\u{202e}x\u{2066}\u{2028}\u{85}\u{200b}\u{feff}");
    }

    #[test]
    fn commands_are_broken_wherever_they_are() {
        assert_eq!(line("a ##[error]b ###vso[x] ##teamcity["), r"a ##\u{5b}error]b ###vso\u{5b}x] ##teamcity\u{5b}");
        assert_eq!(line("## [a] #[b]"), "## [a] #[b]");
        assert_eq!(own_line("  ::error::x"), r"  \u{3a}:error::x");
        assert_eq!(own_line("a ::error::x"), "a ::error::x");
        assert_eq!(lines("a\n\t::x\n"), "a\n\t\\u{3a}:x\n");
    }

    #[test]
    fn json_stays_the_same_document() {
        let value = serde_json::json!({"a\u{9b}": "##[x]\u{202e}\n\u{1b}\u{e0041}\u{7f}"});
        let printed = serde_json::to_string_pretty(&value).unwrap();
        let text = json(&printed);
        assert!(!text.contains("##[") && !text.chars().any(|c| c != '\n' && is_hidden(c)), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn each_language_has_its_rules() {
        assert_eq!(markup("<a b='\"'>&\n::x"), "&lt;a b=&#39;&quot;&#39;&gt;&amp;\n\\u{3a}:x");
        assert_eq!(markdown("a|b <c> `d`*"), "a\\|b &lt;c&gt; \\`d\\`\\*");
        assert_eq!(markdown("@all #1"), "<code>&#64;all &#35;1</code>");
        assert_eq!(markdown_code("overlays/dev"), "<code>overlays/dev</code>");
        assert_eq!(markdown_code("a|b`<x>_\n"), "<code>a&#124;b&#96;&#60;x&#62;&#95;&#92;n</code>");
        assert_eq!(markdown_code("www.a"), "<code>www&#46;a</code>");
        assert_eq!(graphviz("a\"b\\c"), r#""a\"b\\c""#);
        assert_eq!(mermaid("a\"b<c>#"), "a#34;b#60;c#62;#35;");
        assert_eq!(command_property("a:b,c%\n"), "a%3Ab%2Cc%25\\n");
        let of_make = |path: &str, is_target| make(path, is_target).unwrap_or_default();
        assert_eq!(of_make("~a b#c$d:e%\\ f[", false), "./~a\\ b\\#c$$d\\:e%\\\\\\ f\\[");
        assert_eq!((of_make("a%", true), of_make("k=v", false)), ("a\\%".into(), "k$(if 1,=)v".into()));
        assert!(["a;b", "a|b", "a\n", "a(b)", "a\\", ""].iter().all(|path| make(path, false).is_none()));
        assert_eq!(ninja("a b#c$d:e[").as_deref(), Some("a\\ b\\#c$$d\\:e["));
        assert!(["a*", "a\n", "a'", "\\#", "a\\", ""].iter().all(|path| ninja(path).is_none()));
    }

    #[test]
    fn fields_of_csv_are_quoted_only_if_necessary() {
        for (text, field) in [
            ("a", "a"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("", "\"\""),
            ("a\nb", "\"a\nb\""),
            ("=cmd()", "'=cmd()"),
            ("-1", "'-1"),
            ("@a,b", "\"'@a,b\""),
            ("\ta", "'\ta"),
            ("\ra", "'\\ra"),
        ] {
            assert_eq!(csv(text), field);
        }
    }
}
