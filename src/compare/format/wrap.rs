//! Wraps text to the width of a column, at places where a reader expects it.

/// Ranges of characters that take two columns of a terminal.
const WIDE: &[(char, char)] = &[
    ('\u{1100}', '\u{115f}'),
    ('\u{2e80}', '\u{303e}'),
    ('\u{3041}', '\u{a4cf}'),
    ('\u{a960}', '\u{a97f}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{fe30}', '\u{fe6f}'),
    ('\u{ff00}', '\u{ff60}'),
    ('\u{ffe0}', '\u{ffe6}'),
    ('\u{1f300}', '\u{1f64f}'),
    ('\u{1f680}', '\u{1f6ff}'),
    ('\u{1f900}', '\u{1faff}'),
    ('\u{20000}', '\u{3fffd}'),
];

/// Ranges of characters that take no column: they belong to the character before them.
const NARROW: &[(char, char)] = &[
    ('\u{300}', '\u{36f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{20d0}', '\u{20ff}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{fe20}', '\u{fe2f}'),
    ('\u{e0100}', '\u{e01ef}'),
];

/// The number of columns that a text takes in a terminal.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(columns).sum() }
}

fn columns(c: char) -> usize {
    let is_in = |ranges: &[(char, char)]| ranges.iter().any(|(first, last)| (*first..=*last).contains(&c));
    match c {
        ..'\u{300}' => 1,
        _ if is_in(NARROW) => 0,
        _ if is_in(WIDE) => 2,
        _ => 1,
    }
}

/// How good a line break between two characters is: none, between parts of a word, or between words.
fn quality(c: char, next: Option<char>) -> u8 {
    match (c, next) {
        (' ' | ',' | '/' | ':' | ';' | '=' | '&' | '?' | '|', _) => 2,
        ('-' | '.' | '_' | '@' | ')' | ']' | '}', _) | (_, Some('(' | '[' | '{')) => 1,
        _ => 0,
    }
}

/// The lines of a text, each of which takes at most `limit` columns. A line break replaces the space before it.
pub fn wrap(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(2);
    let mut lines = Vec::new();
    let mut rest = text;
    while width(rest) > limit {
        let end = line_end(rest, limit);
        let (line, next) = rest.split_at(end);
        lines.push(line.trim_end_matches(' ').to_owned());
        rest = next.trim_start_matches(' ');
    }
    if !rest.is_empty() || lines.is_empty() {
        lines.push(rest.to_owned());
    }
    lines
}

/// Where the first line of a text ends: after the last good character in the second half of the line, or after as many characters as
/// it holds.
fn line_end(text: &str, limit: usize) -> usize {
    let (mut used, mut hard) = (0, 0);
    let mut best = [0_usize; 2];
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        // A space at the end of the line takes no column.
        if used + columns(c) > limit && c != ' ' {
            break;
        }
        used += columns(c);
        hard = end;
        let is_in_second_half = used > limit / 2;
        let next = text.get(end..).and_then(|rest| rest.chars().next());
        if let Some(best) = usize::from(quality(c, next)).checked_sub(1).and_then(|quality| best.get_mut(quality))
            && is_in_second_half
        {
            *best = end;
        }
        if used > limit {
            break;
        }
    }
    match best {
        [_, words] if words > 0 => words,
        [parts, _] if parts > 0 => parts,
        _ => hard.max(text.chars().next().map_or(1, char::len_utf8)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_end_at_sensible_places() {
        for (text, limit, expected) in [
            ("short", 10, &["short"][..]),
            ("", 10, &[""]),
            ("registry.example.com/team/app:1.0.0", 20, &["registry.example.", "com/team/app:1.0.0"]),
            ("one, two, three", 9, &["one, two,", "three"]),
            ("abcdefghijkl", 5, &["abcde", "fghij", "kl"]),
            ("requests.memory (web)", 16, &["requests.memory", "(web)"]),
            ("日本語テキスト", 6, &["日本語", "テキス", "ト"]),
            ("e\u{301}e\u{301}e\u{301}", 2, &["e\u{301}e\u{301}", "e\u{301}"]),
            ("日", 1, &["日"]),
        ] {
            assert_eq!(wrap(text, limit), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_lines_fit(text in "[a-z/:, .日é-]{0,60}", limit in 2_usize..30) {
            let lines = wrap(&text, limit);
            let without_spaces = |text: &str| text.replace(' ', "");
            prop_assert_eq!(without_spaces(&lines.concat()), without_spaces(&text));
            prop_assert!(lines.iter().all(|line| width(line) <= limit), "{:?}", lines);
        }
    }
}
