//! A view of a local repository without its configuration: a temporary git directory with links to the objects, the
//! revisions, and the index.
//!
//! A repository's configuration can start programs in many ways: filters, monitors, hooks, ssh commands, credential helpers,
//! promisor remotes, included files. git has no option to ignore it. In the view, `config` is a new file, so whatever the
//! repository configures, including settings of future versions of git, is not read. [`KEPT`] lists the settings that are
//! passed on: they describe the file system and the branches, and can't name a program.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Settings of the repository that remain in effect: section, and name; the part between them may be any text.
const KEPT: [(&str, &str); 13] = [
    ("core", "filemode"),
    ("core", "ignorecase"),
    ("core", "precomposeunicode"),
    ("core", "symlinks"),
    ("core", "trustctime"),
    ("core", "checkstat"),
    ("core", "autocrlf"),
    ("core", "eol"),
    ("branch", "remote"),
    ("branch", "merge"),
    ("branch", "pushremote"),
    ("remote", "fetch"),
    ("remote", "push"),
];

/// What git reads in a git directory, except the configuration, hooks, and attributes.
const LINKS: [&str; 4] = ["packed-refs", "shallow", "refs", "reftable"];

/// Variables that would lead git past the view.
const VARIABLES: [&str; 10] = [
    "GIT_DIR",
    "GIT_COMMON_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_EXTERNAL_DIFF",
    "GIT_ATTR_SOURCE",
];

/// The places of a repository, absolute.
#[derive(Debug)]
pub struct Places {
    /// The git directory: the one of a linked working tree, if the repository has several.
    pub git_dir: PathBuf,
    /// The git directory that all working trees share.
    pub common: PathBuf,
    /// The directory of the objects.
    pub objects: PathBuf,
    /// The index.
    pub index: PathBuf,
}

/// The view; the temporary directory is removed with it.
#[derive(Debug)]
pub struct View {
    directory: TempDir,
    objects: PathBuf,
    index: PathBuf,
    settings: Vec<(String, String)>,
}

impl View {
    /// A view of a repository. `settings` lists its configuration as `git config --list -z` does.
    ///
    /// # Errors
    /// The temporary directory can't be written, or the repository can't be read.
    pub fn new(places: Places, settings: &[u8]) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("render-git-").tempdir()?;
        let view = directory.path();
        let all = parse(settings);
        fs::write(view.join("config"), format_settings(&all))?;
        for entry in fs::read_dir(&places.git_dir)?.flatten() {
            let name = entry.file_name();
            let text = name.to_string_lossy();
            let is_reference = text.ends_with("HEAD") && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            if is_reference && entry.path().is_file() {
                fs::copy(entry.path(), view.join(&name))?;
            } else if text.starts_with("sharedindex.") {
                link(&entry.path(), &view.join(&name))?;
            }
        }
        for name in LINKS {
            let target = places.common.join(name);
            if target.exists() {
                link(&target, &view.join(name))?;
            }
        }
        if !view.join("refs").exists() {
            fs::create_dir(view.join("refs"))?;
        }
        for (directory, name, from) in
            [("info", "exclude", &places.common), ("logs", "HEAD", &places.git_dir), ("logs", "refs", &places.common)]
        {
            let target = from.join(directory).join(name);
            fs::create_dir_all(view.join(directory))?;
            if target.exists() {
                link(&target, &view.join(directory).join(name))?;
            }
        }
        let settings = all.into_iter().filter(|(name, _)| is_kept(name)).collect();
        Ok(View { directory, objects: places.objects, index: places.index, settings })
    }

    /// Makes a command of git use the view, with these settings in addition to those that remain in effect.
    pub fn apply(&self, command: &mut Command, more: &[(String, String)]) {
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        command.env("GIT_DIR", self.directory.path());
        command.env("GIT_OBJECT_DIRECTORY", &self.objects).env("GIT_INDEX_FILE", &self.index);
        add_settings(command, &[&self.settings, more].concat());
    }
}

/// Adds settings to those of the environment. Unlike with `-c`, a name may contain `=`.
pub fn add_settings(command: &mut Command, settings: &[(String, String)]) {
    let count = std::env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
    for (at, (name, value)) in (count..).zip(settings) {
        command.env(format!("GIT_CONFIG_KEY_{at}"), name).env(format!("GIT_CONFIG_VALUE_{at}"), value);
    }
    command.env("GIT_CONFIG_COUNT", (count + settings.len()).to_string());
}

/// The settings that turn off the filters with these settings, which each end with a NUL byte.
pub fn without_filters(names: &[u8]) -> Vec<(String, String)> {
    let names = names.split(|byte| *byte == 0).filter_map(|name| std::str::from_utf8(name).ok());
    let drivers: std::collections::BTreeSet<&str> =
        names.filter_map(|name| name.strip_prefix("filter.")?.rsplit_once('.')).map(|(driver, _)| driver).collect();
    let off = [("clean", ""), ("smudge", ""), ("process", ""), ("required", "false")];
    drivers
        .iter()
        .flat_map(|driver| off.iter().map(move |(key, value)| (format!("filter.{driver}.{key}"), (*value).to_owned())))
        .collect()
}

/// Names and values; a setting without a value is true.
fn parse(settings: &[u8]) -> Vec<(String, String)> {
    let settings = settings.split(|byte| *byte == 0).filter_map(|setting| std::str::from_utf8(setting).ok());
    let pair = |setting: &str| {
        let (name, value) = setting.split_once('\n').unwrap_or((setting, "true"));
        (name.to_owned(), value.to_owned())
    };
    settings.filter(|setting| !setting.is_empty()).map(pair).collect()
}

fn is_kept(name: &str) -> bool {
    let (Some((section, _)), Some((_, key))) = (name.split_once('.'), name.rsplit_once('.')) else { return false };
    KEPT.contains(&(section, key))
}

/// The formats of the objects and the references, which git reads only in a file.
fn format_settings(all: &[(String, String)]) -> String {
    let last = |wanted: &str| all.iter().rfind(|(name, _)| name == wanted).map(|(_, value)| value.to_ascii_lowercase());
    let objects = last("extensions.objectformat").filter(|format| format == "sha256");
    let references = last("extensions.refstorage").filter(|format| format == "reftable");
    let extension = |name: &str, value: Option<String>| value.map(|value| format!("\t{name} = {value}\n")).unwrap_or_default();
    let version = if objects.is_some() || references.is_some() { 1 } else { 0 };
    let extensions = [extension("objectformat", objects), extension("refstorage", references)].concat();
    format!("[core]\n\trepositoryformatversion = {version}\n\tbare = false\n[extensions]\n{extensions}")
}

#[cfg(unix)]
fn link(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Without links, the files are copied.
#[cfg(not(unix))]
fn link(target: &Path, link: &Path) -> io::Result<()> {
    if target.is_dir() {
        fs::create_dir_all(link)?;
        for entry in fs::read_dir(target)? {
            let entry = entry?;
            self::link(&entry.path(), &link.join(entry.file_name()))?;
        }
        return Ok(());
    }
    fs::copy(target, link).map(|_| ())
}

/// A path as git prints it.
#[cfg(unix)]
pub fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).into()
}

/// A path as git prints it.
#[cfg(not(unix))]
pub fn path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_settings_that_cannot_name_programs_are_kept() {
        for name in ["core.filemode", "branch.a.b.merge", "remote.origin.fetch"] {
            assert!(is_kept(name), "{name}");
        }
        for name in ["core.fsmonitor", "filter.x.clean", "remote.origin.uploadpack", "include.path", "core.worktree", "x", ""] {
            assert!(!is_kept(name), "{name}");
        }
    }

    #[test]
    fn filters_are_turned_off_by_name() {
        let off = without_filters(b"filter.a=b.c.clean\0filter.a=b.c.process\0");
        let names: Vec<&str> = off.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["clean", "smudge", "process", "required"].map(|key| format!("filter.a=b.c.{key}")));
    }

    #[test]
    fn formats_are_taken_from_known_values() {
        let all = parse(b"extensions.objectformat\nsha256\0extensions.partialclone\norigin\0core.bare\0");
        assert_eq!(
            format_settings(&all),
            "[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\tobjectformat = sha256\n"
        );
    }
}
