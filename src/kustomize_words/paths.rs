//! Paths as strings, as Go's `path/filepath` computes with them, without the file system.

/// The shortest path with the same meaning, `.` for an empty one.
pub fn clean(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if is_absolute => {}
            part => parts.push(part),
        }
    }
    match (is_absolute, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// The last part of a path.
pub fn base(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" if path.is_empty() => ".",
        "" => "/",
        trimmed => trimmed.rsplit('/').next().unwrap_or(trimmed),
    }
}

/// Both paths together; an empty one is left out.
pub fn join(first: &str, second: &str) -> String {
    match (first, second) {
        ("", "") => String::new(),
        ("", path) | (path, "") => clean(path),
        _ => clean(&format!("{first}/{second}")),
    }
}

/// Everything but the last part.
pub fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |slash| &path[..=slash]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_in_go() {
        for (path, expected) in [
            ("", "."),
            ("./a", "a"),
            ("a//b/", "a/b"),
            ("a/../..", ".."),
            ("../../a/..", "../.."),
            ("/..", "/"),
            ("/a/./b/..", "/a"),
            ("https://h/x", "https:/h/x"),
        ] {
            assert_eq!(clean(path), expected, "{path}");
        }
    }

    #[test]
    fn the_last_part_is_found_as_in_go() {
        for (path, expected) in [("", "."), ("/", "/"), ("a/b", "b"), ("a/b//", "b"), ("..", ".."), ("a/.b", ".b")] {
            assert_eq!(base(path), expected, "{path}");
        }
    }

    #[test]
    fn parts_are_joined_and_cut_as_in_go() {
        assert_eq!([dir("a"), dir("a/b"), dir("/a"), dir("a/b/")], [".", "a", "/", "a/b"]);
        assert_eq!([join("d/", "x"), join("", "x"), join("", "")], ["d/x", "x", ""]);
    }
}
