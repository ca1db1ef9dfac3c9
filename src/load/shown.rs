//! Paths and causes of failures as shown to users.

use std::path::{Component, Path, PathBuf};

use crate::diagnostic::Diagnostic;

/// A path without `.` and, where possible without accessing the file system, without `..`.
pub fn tidy(path: &Path) -> PathBuf {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_tidy() {
        assert_eq!(tidy(Path::new("overlays/dev/../../bases/x")), Path::new("bases/x"));
        assert_eq!(tidy(Path::new("../../x/./y")), Path::new("../../x/y"));
        assert_eq!(tidy(Path::new("a/..")), Path::new("."));
    }
}
