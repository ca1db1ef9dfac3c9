//! The order in which kustomize prints the keys of a mapping: go-yaml v2's "natural" order.
//!
//! The order has cycles (`a10` < `a1b` < `a2` < `a10`), so keys are sorted by a merge sort that needs no total order; for such
//! keys kustomize's output differs from run to run, and any fixed order is correct.

use std::cmp::Ordering;

use super::Entry;

/// Compares two keys: letters by code point, other characters before letters, runs of digits by their value, a prefix first.
#[inline]
pub fn natural_cmp(a: &str, b: &str) -> Ordering {
    match (a.as_bytes().first(), b.as_bytes().first()) {
        (Some(x), Some(y)) if x != y && x.is_ascii_alphabetic() && y.is_ascii_alphabetic() => x.cmp(y),
        _ => cmp_all(a, b),
    }
}

/// Finds the first difference and compares there.
fn cmp_all(a: &str, b: &str) -> Ordering {
    let (bytes_a, bytes_b) = (a.as_bytes(), b.as_bytes());
    let shared = bytes_a.iter().zip(bytes_b).take_while(|(a, b)| a == b).count();
    match (bytes_a.get(shared), bytes_b.get(shared)) {
        (Some(x), Some(y)) if x.is_ascii_alphabetic() && y.is_ascii_alphabetic() => x.cmp(y),
        (Some(x), Some(y)) if x.is_ascii() && y.is_ascii() => {
            cmp_at(a, b, shared, x.is_ascii_alphabetic(), y.is_ascii_alphabetic())
        }
        (Some(_), Some(_)) => cmp_wide(a, b, shared),
        _ => a.len().cmp(&b.len()),
    }
}

/// Handles a first difference in a character beyond ASCII.
fn cmp_wide(a: &str, b: &str, shared: usize) -> Ordering {
    let at = (0..=shared).rev().find(|&at| a.is_char_boundary(at) && b.is_char_boundary(at)).unwrap_or(0);
    let is_letter = |text: &str| text[at..].chars().next().is_some_and(char::is_alphabetic);
    cmp_at(a, b, at, is_letter(a), is_letter(b))
}

/// Compares at the first character that differs, given which side has a letter there.
fn cmp_at(a: &str, b: &str, at: usize, letter_a: bool, letter_b: bool) -> Ordering {
    match (letter_a, letter_b) {
        (true, true) => a[at..].cmp(&b[at..]),
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => {
            let first = i64::from(has_leading_digit(a, b, at));
            let run_a = digits(&a[at..], first);
            run_a.cmp(&digits(&b[at..], first)).then_with(|| a[at..].cmp(&b[at..]))
        }
    }
}

/// Whether one of the two continues with a zero inside a number: a digit before it counts, unless all are zeros.
fn has_leading_digit(a: &str, b: &str, at: usize) -> bool {
    let before = a[..at].chars().rev().take_while(|&c| is_digit(c));
    (a[at..].starts_with('0') || b[at..].starts_with('0')) && before.into_iter().any(|c| c != '0')
}

/// The value and the length of the run of digits at the start of a text. Go calculates every digit relative to the ASCII zero,
/// and lets the value overflow.
fn digits(text: &str, first: i64) -> (i64, usize) {
    let run = text.chars().take_while(|&c| is_digit(c));
    run.fold((first, 0), |(value, count), digit| {
        (value.wrapping_mul(10).wrapping_add(i64::from(u32::from(digit)) - i64::from(b'0')), count + 1)
    })
}

/// A decimal digit of any script (the Unicode category Nd).
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric() && is_in_digit_block(u32::from(c)))
}

/// The zeros of the scripts beyond ASCII; each is followed by nine more digits.
const ZEROS: &[u32] = &[
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0,
    0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0,
    0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450,
    0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8,
    0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];

fn is_in_digit_block(code: u32) -> bool {
    let after = ZEROS.partition_point(|&zero| zero <= code);
    after > 0 && code - ZEROS[after - 1] < 10
}

/// Sorts entries by key; equal keys keep their order.
pub(super) fn sort(entries: &mut [&Entry]) {
    let precedes = |a: &Entry, b: &Entry| natural_cmp(&a.key.text, &b.key.text) == Ordering::Less;
    if entries.len() > 16 {
        return merge_sort(entries, precedes);
    }
    for sorted in 1..entries.len() {
        let mut at = sorted;
        while at > 0 && precedes(entries[at], entries[at - 1]) {
            entries.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// Merges runs of 1, 2, 4... entries until there is only one.
fn merge_sort<'a>(entries: &mut [&'a Entry], precedes: impl Fn(&Entry, &Entry) -> bool) {
    let mut merged: Vec<&'a Entry> = Vec::with_capacity(entries.len());
    let mut width = 1;
    while width < entries.len() {
        merged.clear();
        for pair in entries.chunks(width * 2) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
            while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
                merged.extend(if precedes(b, a) { right.next() } else { left.next() });
            }
            merged.extend(left.chain(right));
        }
        entries.copy_from_slice(&merged);
        width *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_numbers_and_other_characters_are_ordered() {
        let keys = ["", "_", "2", "10", "A", "Z", "a", "a-b", "a.b", "a/b", "a_b", "a1", "a2", "a10", "ab", "b", "é", "中"];
        for (at, key) in keys.iter().enumerate() {
            assert_eq!(natural_cmp(key, key), Ordering::Equal);
            for later in &keys[at + 1..] {
                assert_eq!(natural_cmp(key, later), Ordering::Less, "{key} < {later}");
                assert_eq!(natural_cmp(later, key), Ordering::Greater, "{later} > {key}");
            }
        }
    }

    #[test]
    fn zeros_count_inside_a_number() {
        assert_eq!(natural_cmp("a10", "a9"), Ordering::Greater);
        assert_eq!(natural_cmp("a09", "a9"), Ordering::Greater);
        assert_eq!(natural_cmp("a10", "a1-"), Ordering::Greater);
        assert_eq!(natural_cmp("a00", "a0-"), Ordering::Greater);
        assert_eq!(natural_cmp("v10", "v1beta1"), Ordering::Less);
        assert_eq!(natural_cmp("v1beta1", "v2"), Ordering::Less);
        assert_eq!(natural_cmp("v2", "v10"), Ordering::Less);
        assert_eq!(natural_cmp("99999999999999999999", "99999999999999999998"), Ordering::Greater);
    }
}
