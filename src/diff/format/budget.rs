//! Fits the sections of a text into a limit of characters: decides which sections are complete and which are reduced.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The level of detail of a section; each level contains less than the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// All lines that differ.
    Whole,
    /// The paths of the values that differ.
    Paths,
    /// The names of the objects.
    Names,
    /// Nothing.
    Nothing,
}

/// The size of a text as GitHub and GitLab count it: in Unicode code points.
pub fn size(text: &str) -> usize {
    text.chars().count()
}

/// The sizes of a section at all levels except `Nothing`.
pub type Sizes = [usize; 3];

/// The levels at which all sections together have at most `room` characters. The largest section is reduced first, repeatedly, until
/// everything fits; in the extreme case, all sections are empty.
pub fn fit(sections: &[Sizes], room: usize) -> Vec<Level> {
    let mut levels = vec![Level::Whole; sections.len()];
    let mut largest: BinaryHeap<(usize, Reverse<usize>)> =
        sections.iter().enumerate().map(|(at, sizes)| (sizes[0], Reverse(at))).collect();
    let mut total = sections.iter().map(|sizes| sizes[0]).sum::<usize>();
    while total > room
        && let Some((size, Reverse(at))) = largest.pop()
    {
        levels[at] = below(levels[at]);
        let less = size_on(&sections[at], levels[at]);
        total = total - size + less;
        if levels[at] != Level::Nothing {
            largest.push((less, Reverse(at)));
        }
    }
    levels
}

fn below(level: Level) -> Level {
    match level {
        Level::Whole => Level::Paths,
        Level::Paths => Level::Names,
        Level::Names | Level::Nothing => Level::Nothing,
    }
}

/// The size of a section at a level.
fn size_on(sizes: &Sizes, level: Level) -> usize {
    match level {
        Level::Whole => sizes[0],
        Level::Paths => sizes[1],
        Level::Names => sizes[2],
        Level::Nothing => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_section_is_reduced_first() {
        assert_eq!(fit(&[[50, 5, 1], [60, 6, 1]], 110), [Level::Whole, Level::Whole]);
        assert_eq!(fit(&[[50, 5, 1], [60, 6, 1]], 109), [Level::Whole, Level::Paths]);
        assert_eq!(fit(&[[50, 5, 1], [60, 6, 1]], 11), [Level::Paths, Level::Paths]);
        assert_eq!(fit(&[[50, 5, 1], [60, 6, 1]], 10), [Level::Paths, Level::Names]);
        assert_eq!(fit(&[[50, 5, 1], [60, 6, 1]], 1), [Level::Nothing, Level::Names]);
        assert_eq!(fit(&[[50, 5, 1], [60, 6, 1]], 0), [Level::Nothing, Level::Nothing]);
    }

    proptest! {
        #[test]
        fn sections_never_exceed_the_limit(sections: Vec<[u16; 3]>, room: u16) {
            let sections: Vec<Sizes> = sections.iter().map(|sizes| sizes.map(usize::from)).collect();
            let levels = fit(&sections, room.into());
            let total: usize = sections.iter().zip(&levels).map(|(sizes, level)| size_on(sizes, *level)).sum();
            prop_assert!(total <= room.into());
            let whole: usize = sections.iter().map(|sizes| sizes[0]).sum();
            prop_assert!(whole > room.into() || levels.iter().all(|level| *level == Level::Whole));
        }
    }
}
