//! Names environments after the last part of their directory paths that distinguishes them.

use std::collections::BTreeSet;
use std::path::Path;

/// Names for directories, in the same order: `dev` and `production` for `overlays/dev/shop` and `overlays/production/shop`. If
/// one part is not enough, a name is everything between the common prefix and the common suffix of all paths. A directory that
/// appears twice gets the same name twice.
pub fn from_directories(directories: &[impl AsRef<Path>]) -> Vec<String> {
    let paths: Vec<Vec<String>> = directories.iter().map(|directory| parts(directory.as_ref())).collect();
    let shortest = paths.iter().map(Vec::len).min().unwrap_or(0);
    let same = |at: &dyn Fn(&[String]) -> Option<String>| {
        let found: BTreeSet<Option<String>> = paths.iter().map(|path| at(path)).collect();
        found.len() == 1
    };
    let start = (0..shortest).take_while(|at| same(&|path| path.get(*at).cloned())).count();
    let most = shortest - start;
    let end = (1..=most).take_while(|at| same(&|path| path.get(path.len() - at).cloned())).count();
    let middles: Vec<&[String]> = paths.iter().map(|path| path.get(start..path.len() - end).unwrap_or_default()).collect();
    let lasts: Vec<&String> = middles.iter().filter_map(|middle| middle.last()).collect();
    let plain: Vec<&str> = lasts.iter().map(|last| last.split('?').next().unwrap_or(last)).collect();
    let tells_apart = |count: usize| count == paths.len();
    if tells_apart(plain.iter().collect::<BTreeSet<_>>().len()) {
        return plain.into_iter().map(str::to_owned).collect();
    }
    if tells_apart(lasts.iter().collect::<BTreeSet<_>>().len()) {
        return lasts.into_iter().cloned().collect();
    }
    let whole = |(path, middle): (&Vec<String>, &&[String])| match middle {
        [] => path.last().cloned().unwrap_or_default(),
        parts => parts.join("/"),
    };
    paths.iter().zip(&middles).map(whole).collect()
}

/// The parts of an absolute path or of a URL.
fn parts(path: &Path) -> Vec<String> {
    let text = path.to_string_lossy();
    if text.contains("://") {
        return text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    }
    let absolute = path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
    absolute.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_that_differs_is_the_name() {
        for (directories, names) in [
            (&["/o/dev/shop", "/o/staging/shop"][..], &["dev", "staging"][..]),
            (&["/o/dev", "/o/production"], &["dev", "production"]),
            (&["/x/dev/shop", "/y/production/shop"], &["dev", "production"]),
            (&["/o/dev/a", "/o/dev/b", "/o/production/b"], &["dev/a", "dev/b", "production/b"]),
            (&["/o/base", "/o/base/overlays/dev"], &["base", "overlays/dev"]),
            (&["/o/dev", "/o/dev"], &["dev", "dev"]),
            (&["https://h/r//deploy/dev?ref=v1", "https://h/r//deploy/production?ref=v1"], &["dev", "production"]),
            (&["https://h/r//deploy?ref=v1", "https://h/r//deploy?ref=v2"], &["deploy?ref=v1", "deploy?ref=v2"]),
        ] {
            assert_eq!(from_directories(directories), names);
        }
    }
}
