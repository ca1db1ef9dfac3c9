//! Sections of a text that may have so many bytes: which of them are told whole, and which are told with less.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How much of a section is told; each level says less than the one before it.
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

/// The sizes of a section on the levels that say something.
pub type Sizes = [usize; 3];

/// The levels on which the sections have no more than `room` bytes together: the largest one says less first, and again, until
/// it fits. All of them say nothing in the end, however little room there is.
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

/// The size of a section on a level.
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
    fn the_largest_section_says_less_first() {
        assert_eq!(fit(&[[50, 5, 1], [60, 6, 1]], 110), [Level::Whole, Level::Whole]);
        assert_eq!(fit(&[[50, 5, 1], [60, 6, 1]], 109), [Level::Whole, Level::Paths]);
        assert_eq!(fit(&[[50, 5, 1], [60, 6, 1]], 11), [Level::Paths, Level::Paths]);
        assert_eq!(fit(&[[50, 5, 1], [60, 6, 1]], 10), [Level::Paths, Level::Names]);
        assert_eq!(fit(&[[50, 5, 1], [60, 6, 1]], 1), [Level::Nothing, Level::Names]);
        assert_eq!(fit(&[[50, 5, 1], [60, 6, 1]], 0), [Level::Nothing, Level::Nothing]);
    }

    proptest! {
        #[test]
        fn sections_never_need_more_than_the_room(sections: Vec<[u16; 3]>, room: u16) {
            let sections: Vec<Sizes> = sections.iter().map(|sizes| sizes.map(usize::from)).collect();
            let levels = fit(&sections, room.into());
            let total: usize = sections.iter().zip(&levels).map(|(sizes, level)| size_on(sizes, *level)).sum();
            prop_assert!(total <= room.into());
            let whole: usize = sections.iter().map(|sizes| sizes[0]).sum();
            prop_assert!(whole > room.into() || levels.iter().all(|level| *level == Level::Whole));
        }
    }
}
