//! Paths as written, and paths and causes of failures as shown to users.

use std::path::{Component, Path, PathBuf};

use crate::diagnostic::Diagnostic;

/// A path without `.` and, where possible without accessing the file system, without `..`.
pub fn tidy(path: &Path) -> PathBuf {
    if is_tidy(path) {
        return path.to_owned();
    }
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(result.components().next_back(), Some(Component::Normal(_))) => {
                result.pop();
            }
            component => result.push(component),
        }
    }
    if result.as_os_str().is_empty() { PathBuf::from(".") } else { result }
}

/// Whether a path certainly has no part to remove, as nearly all have not.
fn is_tidy(path: &Path) -> bool {
    let Some(text) = path.to_str() else { return false };
    let relative = text.strip_prefix('/').unwrap_or(text);
    let has_odd_end = relative.is_empty() || relative.starts_with(['.', '/']) || relative.ends_with('/');
    std::path::MAIN_SEPARATOR == '/' && !(has_odd_end || relative.contains("/.") || relative.contains("//"))
}

/// A tidy path that starts with `..`, starting at the working directory as the shell names it (`PWD`): `..` is then the
/// directory above the symbolic link through which the user came, not the one above its target. Other paths stay as they are.
pub fn from_working_directory(path: &Path) -> PathBuf {
    if !path.starts_with("..") {
        return path.to_owned();
    }
    let named = std::env::var_os("PWD").map(PathBuf::from).filter(|named| named.is_absolute());
    let is_here = |named: &PathBuf| matches!((named.canonicalize(), Path::new(".").canonicalize()), (Ok(a), Ok(b)) if a == b);
    match named.filter(is_here) {
        Some(here) => tidy(&here.join(path)),
        None => path.to_owned(),
    }
}

/// The cause of a failed file operation in a few words.
pub fn reason(cause: &std::io::Error) -> String {
    match cause.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::IsADirectory => "it is a directory".into(),
        _ => cause.to_string(),
    }
}

/// The error for a file or directory that can't be read.
pub fn unreadable(shown: &Path, cause: &std::io::Error) -> Diagnostic {
    let code = if cause.kind() == std::io::ErrorKind::FileTooLarge { "file-too-large" } else { "not-found" };
    Diagnostic::error(code, format!("can't read `{}`: {}", shown.display(), reason(cause))).io()
}

/// The help for a path that is written as on Windows.
pub(super) fn with_slashes(path: &str) -> Option<String> {
    path.contains('\\').then(|| format!("separate directories with `/`: `{}`", path.replace('\\', "/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_tidy() {
        assert_eq!(tidy(Path::new("overlays/dev/../../bases/x")), Path::new("bases/x"));
        assert_eq!(tidy(Path::new("../../x/./y")), Path::new("../../x/y"));
        assert_eq!(tidy(Path::new("a/..")), Path::new("."));
        for (path, shown) in [("/a/b", "/a/b"), ("/", "/"), ("a/", "a"), ("a//./b", "a/b"), ("", "."), ("/..a/.b", "/..a/.b")] {
            assert_eq!(tidy(Path::new(path)).as_os_str(), shown);
        }
    }
}
