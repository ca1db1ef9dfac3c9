//! Paths as strings, as Go's `path/filepath` computes with them.

/// The shortest path with the same meaning; `.` for an empty one.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// Both paths together; empty ones are left out.
pub(super) fn join(first: &str, second: &str) -> String {
    match (first, second) {
        ("", "") => String::new(),
        ("", path) | (path, "") => clean(path),
        _ => clean(&format!("{first}/{second}")),
    }
}

/// Everything but the last part.
pub(super) fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |slash| &path[..=slash]))
}

/// The last part.
pub(super) fn base(path: &str) -> String {
    let path = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let whole = if path.is_empty() { "." } else { path };
    whole.to_owned()
}

/// The working directory.
pub(super) fn working_directory() -> anyhow::Result<String> {
    Ok(std::env::current_dir()?.to_string_lossy().into_owned())
}

/// An absolute path.
pub(super) fn absolute(path: &str) -> anyhow::Result<String> {
    if path.starts_with('/') { Ok(clean(path)) } else { Ok(join(&working_directory()?, path)) }
}

/// An error of the system in Go's words.
pub(super) fn failed(operation: &str, path: &str, error: &std::io::Error) -> anyhow::Error {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or_default();
    let mut letters = words.chars();
    let words: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
    anyhow::anyhow!("{operation} {path}: {words}")
}

/// An error of writing a file in Go's words, if it is one of the system.
pub fn written(path: &str, error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<std::io::Error>() {
        Some(error) => failed("open", path, error),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_go() {
        assert_eq!([clean("a//b/../c/"), clean(""), clean("/.."), clean("../x")], ["a/c", ".", "/", "../x"]);
        assert_eq!([dir("a"), dir("a/b"), dir("/a"), dir("a/b/")], [".", "a", "/", "a/b"]);
        assert_eq!([base("a/b"), base(""), base("a/")], ["b", ".", "a"]);
        assert_eq!([join("d/", "x"), join("", "x")], ["d/x", "x"]);
    }
}
