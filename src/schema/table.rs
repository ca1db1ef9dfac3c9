//! Reads the layout that `tools/generate-schema.py` writes: sections of 16-bit words, with numbers in place of strings.
//!
//! Both tables are based on it. Nothing is copied: each lookup reads the bytes in the program's image, and the sections are
//! found when the program is compiled. A number that is out of range yields 0, an empty string or an empty list, so even a
//! corrupt table can't cause a panic.

use std::cmp::Ordering;

/// The word for "none" where 0 has another meaning.
pub(super) const ABSENT: u16 = 0xFFFF;

/// The sections of both tables; their own ones start at [`Table::OWN`].
const STRINGS: usize = 0;
const TEXT: usize = 1;
const NAMES: usize = 2;

/// One table file.
pub(super) struct Table {
    #[cfg(test)]
    bytes: &'static [u8],
    sections: [&'static [u8]; Table::SECTIONS],
}

impl Table {
    /// Number of the first section that is not common to all tables.
    pub(super) const OWN: usize = 3;
    const HEADER: usize = 4;
    /// The largest number of sections in a table.
    const SECTIONS: usize = 8;

    /// Finds the sections when the program is compiled.
    pub(super) const fn new(bytes: &'static [u8]) -> Self {
        let mut sections: [&[u8]; Table::SECTIONS] = [&[]; Table::SECTIONS];
        let mut number = 0;
        while number < Self::SECTIONS {
            let entry = Self::HEADER + number * 8;
            if let Some((_, rest)) = bytes.split_at_checked(u32_at(bytes, entry))
                && let Some((section, _)) = rest.split_at_checked(u32_at(bytes, entry + 4))
            {
                sections[number] = section;
            }
            number += 1;
        }
        Table {
            #[cfg(test)]
            bytes,
            sections,
        }
    }

    /// The four bytes that identify the layout.
    #[cfg(test)]
    pub(super) fn magic(&self) -> &'static [u8] {
        self.bytes.get(..Self::HEADER).unwrap_or_default()
    }

    /// Section `number` as words.
    pub(super) fn words(&self, number: usize) -> Words {
        Words { bytes: self.section(number) }
    }

    /// The string with this number.
    pub(super) fn string(&self, number: u16) -> &'static str {
        std::str::from_utf8(self.raw_string(number)).unwrap_or_default()
    }

    /// How the string with this number compares to `other`, by bytes.
    pub(super) fn compare(&self, number: u16, other: &str) -> Ordering {
        let (own, other) = (self.raw_string(number), other.as_bytes());
        // Most strings differ in their first byte.
        own.first().cmp(&other.first()).then_with(|| own.cmp(other))
    }

    /// The list of strings that starts at word `at`.
    pub(super) fn names(&'static self, at: u16) -> Names {
        let (at, names) = (usize::from(at), self.words(NAMES));
        Names { table: self, next: at + 1, end: at + 1 + usize::from(names.get(at)) }
    }

    fn raw_string(&self, number: u16) -> &'static [u8] {
        let (ends, number) = (self.section(STRINGS), usize::from(number));
        let start = number.checked_sub(1).map_or(0, |before| u32_at(ends, before * 4));
        self.section(TEXT).get(start..u32_at(ends, number * 4)).unwrap_or_default()
    }

    fn section(&self, number: usize) -> &'static [u8] {
        self.sections.get(number).copied().unwrap_or_default()
    }
}

const fn u32_at(bytes: &[u8], at: usize) -> usize {
    if let Some((_, rest)) = bytes.split_at_checked(at)
        && let Some(number) = rest.first_chunk()
    {
        return u32::from_le_bytes(*number) as usize;
    }
    0
}

/// A section of 16-bit numbers.
#[derive(Clone, Copy)]
pub(super) struct Words {
    bytes: &'static [u8],
}

impl Words {
    /// The word at `index`, or 0 outside the section.
    pub(super) fn get(self, index: usize) -> u16 {
        match self.bytes.get(index * 2..index * 2 + 2) {
            Some(&[low, high]) => u16::from_le_bytes([low, high]),
            _ => 0,
        }
    }

    /// The number of words.
    pub(super) fn len(self) -> usize {
        self.bytes.len() / 2
    }
}

/// The first of `count` sorted rows that is not before the target; `order` compares a row to the target.
pub(super) fn lower_bound(count: usize, order: impl Fn(usize) -> Ordering) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        match order(middle) {
            Ordering::Less => low = middle + 1,
            _ => high = middle,
        }
    }
    low
}

/// A short list of names, which is its own iterator: `len` is the number of names left, and a copy iterates again.
#[derive(Clone, Copy)]
pub struct Names {
    table: &'static Table,
    next: usize,
    end: usize,
}

impl Iterator for Names {
    type Item = &'static str;

    fn next(&mut self) -> Option<&'static str> {
        if self.next >= self.end {
            return None;
        }
        let number = self.table.words(NAMES).get(self.next);
        self.next += 1;
        Some(self.table.string(number))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.end.saturating_sub(self.next);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Names {}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}

#[cfg(test)]
impl Table {
    /// Whether the strings are sorted, unique and valid UTF-8.
    pub(super) fn strings_are_sorted(&self) -> bool {
        let count = self.section(STRINGS).len() / 4;
        let strings: Vec<_> = (0..count).map(|n| self.string(n as u16)).collect();
        strings.is_sorted_by(|a, b| a < b) && self.section(TEXT).len() == strings.iter().map(|s| s.len()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corrupt_table_is_empty_and_never_panics() {
        let tables: [&'static [u8]; 4] = [b"", b"rKS1", b"rKS1\x08\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", &[0xFF; 64]];
        for bytes in tables {
            let table: &'static Table = Box::leak(Box::new(Table::new(bytes)));
            for number in [0, 1, 7, ABSENT] {
                assert_eq!(table.string(number), "");
                assert_eq!(table.names(number).count(), 0);
                assert_eq!(table.words(usize::from(number)).len(), 0);
            }
        }
    }

    #[test]
    fn lower_bound_finds_the_first_of_equals() {
        let rows = [1, 3, 3, 3, 8];
        for (wanted, place) in [(0, 0), (1, 0), (2, 1), (3, 1), (4, 4), (8, 4), (9, 5)] {
            assert_eq!(lower_bound(rows.len(), |row| rows[row].cmp(&wanted)), place);
        }
    }
}
