//! Repairs a rejected tree so that it prints, because that reveals more than a rejection by both programs.

use super::document::Yaml;
use super::random::Random;
use super::tree::{Content, Tree};

/// The maximum number of entries that are removed although that is not sufficient alone.
const ROUNDS: usize = 3;
/// The number of entries that are tried in one round.
const TRIES: usize = 12;

/// The tree without some entries of its kustomizations, as few as can be found quickly, so that `prints` is true.
pub fn mend(tree: &Tree, seed: u64, prints: &mut dyn FnMut(&Tree) -> bool) -> Option<Tree> {
    let mut random = Random::new(seed);
    let mut tree = tree.clone();
    for _ in 0..ROUNDS {
        let count = entries(&tree);
        let first = random.below(count);
        let tried = (0..count.min(TRIES)).map(|at| without(&tree, (first + at) % count));
        let smaller = tried.into_iter().find(|smaller| prints(smaller));
        if smaller.is_some() || count == 0 {
            return smaller;
        }
        tree = without(&tree, random.below(count));
    }
    None
}

fn entries(tree: &Tree) -> usize {
    let mut count = 0;
    visit(&mut tree.clone(), &mut |_, _| {
        count += 1;
        false
    });
    count
}

/// The tree without the entry with this number.
fn without(tree: &Tree, number: usize) -> Tree {
    let mut tree = tree.clone();
    let mut left = number;
    visit(&mut tree, &mut |document, (field, item)| {
        if left > 0 {
            left -= 1;
            return false;
        }
        if let Yaml::Map(entries, _) = document {
            match (&mut entries[field].value, item) {
                (Yaml::Seq(items, _), Some(item)) if items.len() > 1 => _ = items.remove(item),
                _ => _ = entries.remove(field),
            }
        }
        true
    });
    tree
}

/// An entry: the index of a field, and of an item in its list.
type Place = (usize, Option<usize>);

/// Visits the entries of all kustomizations until `look` returns true.
fn visit(tree: &mut Tree, look: &mut dyn FnMut(&mut Yaml, Place) -> bool) {
    for file in tree.files.iter_mut().filter(|file| file.path.contains("kustomization.y")) {
        let Content::Documents(documents) = &mut file.content else { continue };
        for document in documents {
            if places(document).into_iter().any(|place| look(document, place)) {
                return;
            }
        }
    }
}

fn places(document: &Yaml) -> Vec<Place> {
    let Yaml::Map(entries, _) = document else { return Vec::new() };
    let of_field = |(field, entry): (usize, &super::document::Entry)| match &entry.value {
        Yaml::Seq(items, _) if !items.is_empty() => (0..items.len()).map(|item| (field, Some(item))).collect(),
        _ => vec![(field, None)],
    };
    entries.iter().enumerate().flat_map(of_field).collect()
}
