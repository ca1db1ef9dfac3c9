//! Paths of fields on the command line: `spec.containers[name=web].image`.

use anyhow::anyhow;

/// The parts of a path. A list and the condition for its items are two parts; `\.` is a dot in a name.
///
/// # Errors
/// A part has several `[`.
pub fn field_path(path: &str) -> anyhow::Result<Vec<String>> {
    let mut parts = Vec::new();
    for part in path.replace("\\.", "$$$$").split('.') {
        let part = part.replace("$$$$", ".");
        let pieces: Vec<&str> = part.split('[').collect();
        match pieces.as_slice() {
            [_] => parts.push(part),
            [list, condition] => parts.extend([(*list).to_owned(), format!("[{condition}")]),
            _ => {
                let message = "Should be of the form 'list[field=value]'";
                return Err(anyhow!("unrecognized path element: {part}.  {message}"));
            }
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_at_dots_and_brackets() {
        let path = field_path("spec.containers[name=web].a\\.b").unwrap();
        assert_eq!(path, ["spec", "containers", "[name=web]", "a.b"]);
        assert!(field_path("a[b][c]").is_err());
    }
}
