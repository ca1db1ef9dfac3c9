//! The classes with ASCII characters: `\d`, `\s`, `\w`, and those of POSIX, such as `[:alpha:]`.
//!
//! Behavior: `perl_groups.go` of Go's `regexp/syntax`: in Go, these classes never contain characters outside ASCII, except that
//! `(?i)` adds those that fold to a letter.

/// The first and the last code point of each range.
pub type Ranges = &'static [(u32, u32)];

const DIGIT: Ranges = &[(0x30, 0x39)];
const WORD: Ranges = &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];

/// The class of an escape: `\d` is `d`.
pub fn perl(letter: char) -> Option<Ranges> {
    match letter.to_ascii_lowercase() {
        'd' => Some(DIGIT),
        's' => Some(&[(0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20)]),
        'w' => Some(WORD),
        _ => None,
    }
}

/// A class of POSIX by its name, and what `\w` and `[:space:]` disagree about: the vertical tab.
const POSIX: &[(&str, Ranges)] = &[
    ("alnum", &[(0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)]),
    ("alpha", &[(0x41, 0x5A), (0x61, 0x7A)]),
    ("ascii", &[(0x00, 0x7F)]),
    ("blank", &[(0x09, 0x09), (0x20, 0x20)]),
    ("cntrl", &[(0x00, 0x1F), (0x7F, 0x7F)]),
    ("digit", DIGIT),
    ("graph", &[(0x21, 0x7E)]),
    ("lower", &[(0x61, 0x7A)]),
    ("print", &[(0x20, 0x7E)]),
    ("punct", &[(0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)]),
    ("space", &[(0x09, 0x0D), (0x20, 0x20)]),
    ("upper", &[(0x41, 0x5A)]),
    ("word", WORD),
    ("xdigit", &[(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)]),
];

/// The class of POSIX with this name.
pub fn posix(name: &str) -> Option<Ranges> {
    POSIX.iter().find(|(other, _)| *other == name).map(|(_, ranges)| *ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Test = fn(&char) -> bool;

    fn contains(ranges: Option<Ranges>, c: char) -> bool {
        ranges.is_some_and(|ranges| ranges.iter().any(|(low, high)| (*low..=*high).contains(&u32::from(c))))
    }

    #[test]
    fn the_classes_agree_with_their_names() {
        let tests: [(&str, Test); 8] = [
            ("alnum", char::is_ascii_alphanumeric),
            ("alpha", char::is_ascii_alphabetic),
            ("cntrl", char::is_ascii_control),
            ("graph", char::is_ascii_graphic),
            ("lower", char::is_ascii_lowercase),
            ("punct", char::is_ascii_punctuation),
            ("upper", char::is_ascii_uppercase),
            ("xdigit", char::is_ascii_hexdigit),
        ];
        for (name, test) in tests {
            for c in (0..=0x17F).filter_map(char::from_u32) {
                assert_eq!(contains(posix(name), c), test(&c), "{name} {c:?}");
            }
        }
        assert!(contains(posix("space"), '\u{b}') && !contains(perl('s'), '\u{b}'));
        assert!(contains(perl('W'), '_') && posix("Alpha").is_none() && perl('b').is_none());
    }
}
