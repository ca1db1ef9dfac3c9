//! Prints a tree with lines. Behavior: the package `treeprint`.

/// The width of a level.
const LINK: &str = "│   ";
const SPACE: &str = "    ";

/// A node of a tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Branch {
    /// What stands in brackets before the value.
    pub(super) meta: Option<String>,
    pub(super) value: String,
    pub(super) children: Vec<Branch>,
}

impl Branch {
    /// A node without anything in brackets.
    pub(super) fn new(value: impl Into<String>) -> Self {
        Branch { value: value.into(), ..Branch::default() }
    }

    /// The whole tree.
    pub(super) fn print(&self) -> String {
        let mut out = format!("{}\n", self.value);
        print_children(&self.children, "", &mut out);
        out
    }
}

fn print_children(children: &[Branch], before: &str, out: &mut String) {
    for (at, child) in children.iter().enumerate() {
        let is_last = at + 1 == children.len();
        let inside = format!("{before}{}", if is_last { SPACE } else { LINK });
        let value = child.value.split('\n').collect::<Vec<_>>().join(&format!("\n{inside}"));
        let edge = if is_last { "└──" } else { "├──" };
        match &child.meta {
            Some(meta) => out.push_str(&format!("{before}{edge} [{meta}]  {value}\n")),
            None => out.push_str(&format!("{before}{edge} {value}\n")),
        }
        print_children(&child.children, &inside, out);
    }
}
