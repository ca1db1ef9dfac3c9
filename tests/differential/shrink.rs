//! Minimizes a tree while the difference remains.

use super::document::{Entry, Quotes, Style, Yaml};
use super::tree::{Content, File, Tree};

/// The smallest tree that is found for which `differs` is true.
pub fn shrink(tree: Tree, differs: &mut dyn FnMut(&Tree) -> bool) -> Tree {
    let mut tree = tree;
    loop {
        let before = tree.clone();
        tree = without_files(tree, differs);
        tree = edited(tree, differs);
        if tree == before {
            return tree;
        }
    }
}

fn without_files(mut tree: Tree, differs: &mut dyn FnMut(&Tree) -> bool) -> Tree {
    let mut at = 0;
    while at < tree.files.len() {
        let mut smaller = tree.clone();
        smaller.files.remove(at);
        if differs(&smaller) {
            tree = smaller;
        } else {
            at += 1;
        }
    }
    tree
}

/// Tries the edits one by one; after an edit that is kept, the same number refers to another edit.
fn edited(mut tree: Tree, differs: &mut dyn FnMut(&Tree) -> bool) -> Tree {
    let mut at = 0;
    loop {
        let mut smaller = tree.clone();
        if !edit(&mut smaller, at) {
            return tree;
        }
        if smaller != tree && differs(&smaller) {
            tree = smaller;
        } else {
            at += 1;
        }
    }
}

/// Applies the edit with this number; false if there are fewer.
fn edit(tree: &mut Tree, number: usize) -> bool {
    let mut left = number;
    tree.files.iter_mut().any(|file| edit_file(file, &mut left))
}

/// Counts down; true if the current edit is the requested one.
fn is_due(left: &mut usize) -> bool {
    let due = *left == 0;
    *left = left.wrapping_sub(1);
    due
}

fn edit_file(file: &mut File, left: &mut usize) -> bool {
    if file.crlf && is_due(left) {
        file.crlf = false;
        return true;
    }
    match &mut file.content {
        Content::Documents(documents) => edit_list(documents, left),
        Content::Text(text) => {
            let lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
            for at in 0..lines.len() {
                if is_due(left) {
                    *text = lines.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, line)| line.as_str()).collect();
                    return true;
                }
            }
            false
        }
    }
}

fn edit_list(items: &mut Vec<Yaml>, left: &mut usize) -> bool {
    for at in 0..items.len() {
        if is_due(left) {
            items.remove(at);
            return true;
        }
    }
    items.iter_mut().any(|item| edit_value(item, left))
}

fn edit_entries(entries: &mut Vec<Entry>, left: &mut usize) -> bool {
    for at in 0..entries.len() {
        if is_due(left) {
            entries.remove(at);
            return true;
        }
    }
    entries.iter_mut().any(|entry| {
        if entry.comment.is_some() && is_due(left) {
            entry.comment = None;
            return true;
        }
        if entry.quoted && is_due(left) {
            entry.quoted = false;
            return true;
        }
        edit_value(&mut entry.value, left)
    })
}

fn edit_value(value: &mut Yaml, left: &mut usize) -> bool {
    match value {
        Yaml::Seq(items, style) => {
            if *style != Style::Block && is_due(left) {
                *style = Style::Block;
                return true;
            }
            edit_list(items, left)
        }
        Yaml::Map(entries, style) => {
            if *style != Style::Block && is_due(left) {
                *style = Style::Block;
                return true;
            }
            edit_entries(entries, left)
        }
        Yaml::Anchor(_, inner) => {
            if is_due(left) {
                *value = (**inner).clone();
                return true;
            }
            edit_value(inner, left)
        }
        Yaml::Embedded(documents, _) => edit_list(documents, left),
        Yaml::Alias(_) => replace(value, Yaml::plain("a"), left),
        Yaml::Plain(text) if text != "a" => replace(value, Yaml::plain("a"), left),
        Yaml::Plain(_) => false,
        Yaml::Text(text, quotes) => {
            if *quotes != Quotes::Auto && is_due(left) {
                *quotes = Quotes::Auto;
                return true;
            }
            if text != "a" && is_due(left) {
                *text = "a".into();
                return true;
            }
            halve(text, left)
        }
    }
}

fn replace(value: &mut Yaml, other: Yaml, left: &mut usize) -> bool {
    let due = is_due(left);
    if due {
        *value = other;
    }
    due
}

/// Removes half of a text or one character.
fn halve(text: &mut String, left: &mut usize) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let count = chars.len();
    if count < 2 {
        return false;
    }
    let mut cuts = vec![0..count / 2, count / 2..count];
    if count <= 40 {
        cuts.extend((0..count).map(|at| at..at + 1));
    }
    for cut in cuts {
        if is_due(left) {
            *text = chars[..cut.start].iter().chain(&chars[cut.end..]).collect();
            return true;
        }
    }
    false
}
