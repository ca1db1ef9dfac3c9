//! Character classes of the scanner, line breaks, and the characters that are not allowed in YAML.
//!
//! Line breaks are those of YAML 1.1: LF, CR, CR LF, NEL (U+0085), LS (U+2028) and PS (U+2029).

/// Ends a run of plain text in the block context, or needs a closer look.
pub(super) const PLAIN: u8 = 1;
/// Ends a run of plain text in the flow context, or needs a closer look.
pub(super) const FLOW_PLAIN: u8 = 2;
/// Ends a run of single-quoted text, or needs a closer look.
pub(super) const SINGLE: u8 = 4;
/// Ends a run of double-quoted text, or needs a closer look.
pub(super) const DOUBLE: u8 = 8;
/// May be part of a URI in a tag.
pub(super) const URI: u8 = 16;
/// May be part of an anchor's name, a tag handle or a directive's name.
pub(super) const WORD: u8 = 32;
/// May begin a line break.
pub(super) const BREAK: u8 = 64;

/// May begin a key that needs no closer look.
pub(super) const LETTER: u8 = 128;

/// The classes of every byte.
static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    add(&mut table, b":#\n\r\xC2\xE2", PLAIN);
    add(&mut table, b":#\n\r\xC2\xE2,?[]{}", FLOW_PLAIN);
    add(&mut table, b"'\n\r\xC2\xE2", SINGLE);
    add(&mut table, b"\"\\\n\r\xC2\xE2", DOUBLE);
    add(&mut table, b"\n\r\xC2\xE2", BREAK);
    add(&mut table, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", WORD | URI | LETTER);
    add(&mut table, b"-", WORD | URI);
    add(&mut table, b";/?:@&=+$,.!~*'()[]%", URI);
    table
}

const fn add(table: &mut [u8; 256], bytes: &[u8], class: u8) {
    let mut i = 0;
    while i < bytes.len() {
        table[bytes[i] as usize] |= class;
        i += 1;
    }
}

/// Whether a byte belongs to one of the classes.
#[inline(always)]
pub(super) fn is(byte: u8, class: u8) -> bool {
    CLASSES[byte as usize] & class != 0
}

/// The index of the first byte of the class at or after `from`, or the end.
#[inline]
pub(super) fn find(bytes: &[u8], from: usize, class: u8) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(|&byte| is(byte, class)).unwrap_or(rest.len())
}

/// The byte at an index; 0 past the end. Scanned texts never contain a 0.
#[inline(always)]
pub(super) fn at(bytes: &[u8], index: usize) -> u8 {
    bytes.get(index).copied().unwrap_or(0)
}

/// The length of the line break at an index in bytes; 0 if there is none.
#[inline]
pub(super) fn break_len(bytes: &[u8], index: usize) -> usize {
    match at(bytes, index) {
        b'\n' => 1,
        b'\r' if at(bytes, index + 1) == b'\n' => 2,
        b'\r' => 1,
        0xC2 if at(bytes, index + 1) == 0x85 => 2,
        0xE2 if at(bytes, index + 1) == 0x80 && matches!(at(bytes, index + 2), 0xA8 | 0xA9) => 3,
        _ => 0,
    }
}

/// Whether there is a space, a tab, a line break or the end at an index.
#[inline]
pub(super) fn is_blank_or_end(bytes: &[u8], index: usize) -> bool {
    match at(bytes, index) {
        b' ' | b'\n' | b'\t' | 0 => true,
        byte => is(byte, BREAK) && break_len(bytes, index) > 0,
    }
}

/// Whether a byte is a space or a tab.
#[inline(always)]
pub(super) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// The index of the first line break at or after `from`, or the end.
#[inline]
pub(super) fn line_end(bytes: &[u8], mut from: usize) -> usize {
    loop {
        from = find(bytes, from, BREAK);
        if from >= bytes.len() || break_len(bytes, from) > 0 {
            return from;
        }
        from += 1;
    }
}

/// The text of the line break at an index: LS and PS are kept, all others become LF.
pub(super) fn break_text(text: &str, index: usize) -> &str {
    match at(text.as_bytes(), index) {
        0xE2 => &text[index..index + 3],
        _ => "\n",
    }
}

/// Adds the text that the whitespace and line breaks between two lines are read as: one LF is folded to a space, further ones
/// are kept.
///
/// Without `fold` (after an escaped line break) every line break is kept.
pub(super) fn push_folded(out: &mut String, space: &str, mut fold: bool) {
    let bytes = space.as_bytes();
    let (mut index, mut pending_space) = (0, false);
    while index < bytes.len() {
        let len = break_len(bytes, index);
        if len == 0 {
            index += 1;
            continue;
        }
        let text = break_text(space, index);
        if fold && text == "\n" {
            pending_space = true;
        } else {
            out.push_str(text);
            pending_space = false;
        }
        fold = false;
        index += len;
    }
    if pending_space {
        out.push(' ');
    }
}

/// The index of the first character that is not allowed in YAML: control characters except TAB, LF, CR and NEL, and U+FFFE and
/// U+FFFF.
pub(super) fn find_forbidden(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 64;
    let mut from = 0;
    for block in bytes.chunks(BLOCK) {
        let suspects = block.iter().fold(0, |found, &byte| found | u8::from(is_suspect(byte)));
        if suspects != 0
            && let Some(index) = (from..from + block.len()).find(|&index| is_forbidden(bytes, index))
        {
            return Some(index);
        }
        from += block.len();
    }
    None
}

/// Whether a byte is not allowed or may begin a character that is not allowed.
#[inline(always)]
fn is_suspect(byte: u8) -> bool {
    (byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r') | (byte == 0x7F) | (byte == 0xC2) | (byte == 0xEF)
}

fn is_forbidden(bytes: &[u8], index: usize) -> bool {
    match bytes[index] {
        b'\t' | b'\n' | b'\r' => false,
        0..0x20 | 0x7F => true,
        0xC2 => matches!(at(bytes, index + 1), 0x80..=0x84 | 0x86..=0x9F),
        0xEF => at(bytes, index + 1) == 0xBF && matches!(at(bytes, index + 2), 0xBE | 0xBF),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_are_found() {
        for (text, place) in [
            ("a\t\r\n\u{85}\u{a0}\u{feff}\u{fffd}\u{1f600}", None),
            ("a\u{1}", Some(1)),
            ("é\u{7f}", Some(2)),
            ("\u{80}", Some(0)),
            ("\u{9f}", Some(0)),
            ("ab\u{fffe}", Some(2)),
            ("\u{ffff}", Some(0)),
            ("\0", Some(0)),
        ] {
            for before in [0, 62, 63, 64, 200] {
                let padded = "x".repeat(before) + text;
                assert_eq!(find_forbidden(padded.as_bytes()), place.map(|place| place + before), "{padded:?}");
            }
        }
    }

    #[test]
    fn line_breaks_are_folded() {
        let folded = |space, fold| {
            let mut out = String::new();
            push_folded(&mut out, space, fold);
            out
        };
        assert_eq!(folded(" \n  ", true), " ");
        assert_eq!(folded(" \r\n \r  \u{85}", true), "\n\n");
        assert_eq!(folded("\u{2028}\n", true), "\u{2028}\n");
        assert_eq!(folded("\n\n", false), "\n\n");
    }
}
