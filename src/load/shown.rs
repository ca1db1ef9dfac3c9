//! Paths and causes of failures as shown to users.

use std::path::{Component, Path, PathBuf};

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
