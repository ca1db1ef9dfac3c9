//! What `render edit sync` leaves out, and whether it searches directories: flags, a comment in the kustomization file, `.render.yaml`.
//!
//! ```yaml
//! # render: sync recursive exclude=*.tmpl.yaml,drafts/
//! ```
//! Patterns have the syntax of `.gitignore`. Those of the comment take precedence over those of `.render.yaml`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::load::{Disk, Files};
use crate::records::Records;
use crate::repository::{Chosen, Patterns};
use crate::settings;

/// What is compared with the files of a directory.
pub struct SyncScope {
    /// The working directory without symbolic links.
    pub home: PathBuf,
    /// The patterns of what is left out.
    pub chosen: Arc<Chosen>,
    /// Whether directories are searched.
    pub recursive: bool,
}

impl SyncScope {
    /// The scope in the working directory, with the text of its kustomization file.
    ///
    /// # Errors
    /// A comment or a settings file is not valid.
    pub fn new(text: &str, recursive: bool, records: &mut Records) -> Result<Self> {
        let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let home = real(Path::new("."));
        let own = Comment::read(text)?;
        let mut recursive = recursive || own.recursive;
        let files: Arc<dyn Files> = Arc::new(Disk);
        let mut outer = None;
        let mut places = settings::find(&files, Path::new("."));
        places.reverse();
        for place in places {
            let settings = settings::load(&place, records)?;
            recursive |= settings.sync.recursive;
            let (directory, ignored) = settings.ignored;
            let directory = real(if directory == Path::new("") { Path::new(".") } else { &directory });
            outer = Some(Chosen::new(directory.clone(), ignored, outer));
            outer = Some(Chosen::new(directory, settings.sync.excluded, outer));
        }
        let patterns = Patterns::new(own.excluded.iter().map(String::as_str));
        Ok(SyncScope { chosen: Chosen::new(home.clone(), Arc::new(patterns), outer), home, recursive })
    }

    /// Whether a path, relative to the working directory, is left out.
    pub fn leaves_out(&self, path: &Path) -> bool {
        let path = crate::load::tidy(&self.home.join(path));
        let above = path.ancestors().enumerate().take_while(|(_, above)| above.starts_with(&self.home) && *above != self.home);
        let mut decided = above.map(|(up, above)| self.chosen.leaves_out(above, up > 0 || above.is_dir()));
        decided.any(|left_out| left_out == Some(true))
    }
}

/// The comments about `sync`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Comment {
    excluded: Vec<String>,
    recursive: bool,
}

impl Comment {
    fn read(text: &str) -> Result<Self> {
        let mut comment = Comment::default();
        let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix('#'));
        for words in lines.filter_map(|line| line.trim().strip_prefix("render:")?.trim_start().strip_prefix("sync")) {
            for word in words.split_whitespace() {
                match word.strip_prefix("exclude=") {
                    Some(patterns) => comment.excluded.extend(patterns.split(',').map(str::to_owned)),
                    None if word == "recursive" => comment.recursive = true,
                    None => return Err(Diagnostics::from(unknown(word))),
                }
            }
        }
        Ok(comment)
    }
}

fn unknown(word: &str) -> Diagnostic {
    let message = format!("the comment about `sync` contains the unknown setting `{word}`");
    Diagnostic::error("wrong-value", message).help("write `# render: sync recursive exclude=PATTERN,PATTERN`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_have_patterns() {
        let read = |text| Comment::read(text).map_err(|errors| errors.into_vec().remove(0).message.clone());
        let expected = Comment { excluded: vec!["*.tmpl.yaml".into(), "a/".into(), "b".into()], recursive: true };
        let text =
            "# render: sync exclude=*.tmpl.yaml,a/ recursive\nresources: []\n  #render:sync exclude=b\n# render: other x\n";
        assert_eq!(read(text), Ok(expected));
        assert_eq!(read("resources: [render]\n"), Ok(Comment::default()));
        let error = "the comment about `sync` contains the unknown setting `excludes=a`";
        assert_eq!(read("# render: sync excludes=a"), Err(error.into()));
    }
}
