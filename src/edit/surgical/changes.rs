//! Changes of a text: ranges that are replaced, and their new text.

/// A list of changes, applied in one pass.
#[derive(Default)]
pub struct Changes {
    list: Vec<Change>,
}

struct Change {
    start: usize,
    end: usize,
    text: String,
}

impl Changes {
    /// Replaces a range.
    pub fn replace(&mut self, start: usize, end: usize, text: impl Into<String>) {
        self.list.push(Change { start, end, text: text.into() });
    }

    /// Inserts a text; texts at the same position keep their order.
    pub fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at, at, text);
    }

    /// The changed text, in which new lines end with `line_break`. A text to insert in a removed range takes the place of the range.
    pub fn apply(mut self, text: &str, line_break: &str) -> String {
        self.list.sort_by_key(|change| (change.start, change.end != change.start));
        let mut out = String::with_capacity(text.len() + 256);
        let mut done = 0;
        for change in &self.list {
            if change.start > done {
                out.push_str(&text[done..change.start]);
            }
            match line_break {
                "\n" => out.push_str(&change.text),
                _ => out.push_str(&change.text.replace('\n', line_break)),
            }
            done = done.max(change.end).max(change.start);
        }
        out.push_str(&text[done..]);
        out
    }
}
