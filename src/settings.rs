//! `.render.yaml`: how the objects of a repository are to be checked and tested. Command-line flags take precedence over it.
//!
//! The file is looked up in the directory that is built or checked and above it, up to the root of the repository (the
//! directory that contains `.git`). Outside a repository only the directory itself and the working directory are searched, so
//! that no unrelated file is used. If there are several files, the nearest one that names a version counts; their silences and
//! CRDs are combined.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::assertion::SharedAssertions;
use crate::check::{Placeholders, Silence, Silences};
use crate::definitions::DefinitionPath;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::explain;
use crate::load::{Disk, Files, Guard, Input, Kind, StandIn};
use crate::records::Records;
use crate::repository::Patterns;
use crate::resource::wildcard::ObjectPattern;
use crate::schema::VersionRange;
use crate::snapshot::TestSettings;
use crate::source::Span;
use crate::yaml::{Dialect, Located, Node, Unknown, decode_object};

mod entry;
mod placeholders;
mod revisions;
mod testing;

use entry::{lacks, no_object};

/// The file's name.
pub const FILE_NAME: &str = ".render.yaml";

/// A name that the file is often given, and that is not read.
const MISSPELLED_NAME: &str = ".render.yml";

/// Larger files (in bytes) are rejected.
const MAX_SIZE: usize = 4 << 20;

/// The content of the file.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The target versions, if the file names them.
    pub versions: Option<VersionRange>,
    /// Files and directories with definitions of custom resources.
    pub crds: Vec<DefinitionPath>,
    /// Whether a kind without a schema is an error.
    pub require_schemas: bool,
    /// Whether warnings are errors.
    pub strict: bool,
    /// Whether builds merge lists of custom resources by the keys in their definitions.
    pub merge_custom_lists: bool,
    /// How placeholders in values are treated, if the file says so.
    pub placeholders: Option<Placeholders>,
    /// Whether builds update names in custom resources that refer to renamed objects.
    pub custom_references: bool,
    /// Findings that are accepted.
    pub silences: Arc<Silences>,
    /// How `render test` handles snapshots.
    pub test: Arc<TestSettings>,
    /// The assertions that `render test` checks in every overlay.
    pub assertions: Arc<SharedAssertions>,
    /// What a search of its directory leaves out, and that directory.
    pub ignored: (PathBuf, Arc<Patterns>),
    /// What `render edit sync` lists.
    pub sync: SyncSettings,
    /// Files that are read in the place of files that git does not have.
    pub stand_ins: Vec<StandIn>,
}

/// How `render edit sync` treats the directory of the file and those below it.
#[derive(Clone, Debug, Default)]
pub struct SyncSettings {
    /// Files and directories that are neither added nor removed.
    pub excluded: Arc<Patterns>,
    /// Whether directories below that of a kustomization are searched.
    pub recursive: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Form {
    kubernetes_version: Located<String>,
    crds: Vec<Located<String>>,
    require_schemas: bool,
    strict: bool,
    merge_custom_lists: bool,
    placeholders: Option<IgnoredAny>,
    custom_references: bool,
    silence: Vec<Located<SilenceForm>>,
    ignore: Vec<String>,
    sync: SyncForm,
    test: testing::Form,
    assert: Vec<IgnoredAny>,
    revisions: revisions::Form,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SyncForm {
    exclude: Vec<String>,
    recursive: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SilenceForm {
    code: String,
    object: String,
    field: String,
    file: String,
    reason: String,
}

/// A settings file.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its path.
    pub path: PathBuf,
    /// The same, with the tree that it must be in.
    input: Input,
    /// The tree of what it names.
    guard: Guard,
    /// Its directory in the working tree, where the paths of silences and snapshots start.
    home: PathBuf,
}

impl Place {
    /// A file that was found.
    fn found(path: PathBuf, files: &Arc<dyn Files>) -> Self {
        let home = path.parent().unwrap_or(Path::new("")).to_owned();
        let guard = Guard::around(files, &home);
        Place { input: Input::within(&guard, &path), guard, path, home }
    }

    /// A file that the command line names. It may be anywhere, but the files that it names must be in its tree.
    fn of_user(path: &Path) -> Self {
        let disk: Arc<dyn Files> = Arc::new(Disk);
        Place { input: Input::of_user(path), ..Place::found(path.to_owned(), &disk) }
    }

    /// The files that the command line names: one file, or `none`.
    pub fn chosen(name: &Path) -> Vec<Self> {
        if name == Path::new("none") { Vec::new() } else { vec![Place::of_user(name)] }
    }

    /// The same file of another tree, whose root is `root` in the working tree.
    pub fn rooted(mut self, root: &Path) -> Self {
        self.home = crate::load::tidy(&root.join(self.home.strip_prefix("/").unwrap_or(&self.home)));
        self
    }
}

/// The files that apply to a directory, nearest first.
pub fn find(files: &Arc<dyn Files>, directory: &Path) -> Vec<Place> {
    let there = places(files.as_ref(), directory).into_iter().filter(|path| files.kind(path) == Some(Kind::File));
    there.map(|path| Place::found(path, files)).collect()
}

/// Warnings about files that apply to a directory, but have a name that is not read.
pub fn misnamed(files: &dyn Files, directory: &Path) -> Vec<Diagnostic> {
    let paths = places(files, directory).into_iter().map(|path| path.with_file_name(MISSPELLED_NAME));
    let there = paths.filter(|path| files.kind(path) == Some(Kind::File));
    let warning = |path: PathBuf| {
        let message = format!("the settings in `{}` are not read", files.show(path).display());
        Diagnostic::warning("ignored-settings", message).help(format!("rename the file to `{FILE_NAME}`"))
    };
    there.map(warning).collect()
}

/// The paths where files that apply to a directory are looked up, nearest first. If it does not exist, they are those of the
/// nearest directory above it that does.
pub fn places(files: &dyn Files, directory: &Path) -> Vec<PathBuf> {
    let exists = directory.ancestors().map(|above| if above == Path::new("") { Path::new(".") } else { above });
    let exists = exists.filter_map(|above| Some((above, files.canonicalize(above).ok()?)));
    let Some((directory, start)) = { exists }.next() else { return Vec::new() };
    let repository = start.ancestors().find(|directory| files.is_repository(directory));
    let depth = repository.map_or(1, |root| start.ancestors().take_while(|directory| directory.starts_with(root)).count());
    let above = (0..depth).map(|up| directory.join(PathBuf::from_iter(std::iter::repeat_n("..", up))));
    let here = repository.is_none().then(|| PathBuf::from("."));
    let shown = |directory: PathBuf| crate::load::tidy(&directory.join(FILE_NAME));
    // Above a directory that a symbolic link leads to, `..` may leave the repository.
    let inside = |path: &PathBuf| {
        let parent = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
        repository.is_none_or(|root| files.canonicalize(parent).is_ok_and(|parent| parent.starts_with(root)))
    };
    let mut places: Vec<PathBuf> = above.chain(here).map(shown).filter(inside).collect();
    places.dedup();
    places
}

/// Reads a file.
///
/// # Errors
/// It can't be read, is not valid YAML, or has unknown fields or values.
pub fn load(place: &Place, records: &mut Records) -> Result<Settings> {
    let (shown, content) = (place.input.shown(), place.input.read()?);
    if content.len() > MAX_SIZE {
        let message = format!("`{}` has {} bytes, but at most {MAX_SIZE} are allowed", shown.display(), content.len());
        return Err(Diagnostic::error("file-too-large", message).into());
    }
    let source = records.add_text(shown, content)?;
    let step = records.provenance.step("", FILE_NAME);
    let Some(document) = records.first_document(source, step, Dialect::Manifest)? else { return Ok(Settings::default()) };
    let form: Form =
        decode_object(&document, Unknown::Refuse).map_err(|errors| errors.map(|error| with_range(error, &document)))?;
    let directory = place.path.parent().unwrap_or(Path::new(""));
    let mut errors = Vec::new();
    let settings = Settings {
        versions: versions(&form.kubernetes_version, records).unwrap_or_else(|error| {
            errors.push(error);
            None
        }),
        crds: crds(&form.crds, directory, &place.guard, &mut errors),
        require_schemas: form.require_schemas,
        strict: form.strict,
        merge_custom_lists: form.merge_custom_lists,
        placeholders: placeholders::read(&document, directory, &place.guard, records).unwrap_or_else(|found| {
            errors.extend(found.into_vec());
            None
        }),
        custom_references: form.custom_references,
        silences: Arc::new(silences(form.silence, directory, place, records, &mut errors)),
        ignored: (place.home.clone(), Arc::new(Patterns::new(form.ignore.iter().map(String::as_str)))),
        sync: SyncSettings {
            excluded: Arc::new(Patterns::new(form.sync.exclude.iter().map(String::as_str))),
            recursive: form.sync.recursive,
        },
        stand_ins: revisions::read(&form.revisions, &mut errors),
        test: Arc::new(testing::read(form.test, directory, (&place.home, &place.guard), records, &mut errors)),
        assertions: Arc::new(testing::assertions(&document, &place.path, &place.home)),
    };
    Diagnostics::check(errors)?;
    Ok(settings)
}

/// An error about a list of versions shows how to write a range.
fn with_range(error: Diagnostic, document: &Node) -> Diagnostic {
    let is_list =
        document.get("kubernetesVersion").filter(|list| list.as_sequence().is_some() && error.span == Some(list.span()));
    error.help_if(is_list.map(|_| "write a range from the oldest to the newest version: `1.30..1.33`".to_owned()))
}

/// The versions; without quotes, `1.30` is a number, but it is read as written.
fn versions(text: &Located<String>, records: &Records) -> Result<Option<VersionRange>, Diagnostic> {
    let Some(span) = text.span else { return Ok(None) };
    let written = records.sources.text(span);
    let is_number = written.starts_with(|c: char| c.is_ascii_digit());
    let text = if is_number { written } else { text.as_str() };
    text.parse().map(Some).map_err(|message: String| Diagnostic::error("wrong-value", message).at(span))
}

fn silences(
    forms: Vec<Located<SilenceForm>>,
    directory: &Path,
    place: &Place,
    records: &mut Records,
    errors: &mut Vec<Diagnostic>,
) -> Silences {
    let mut silences = Silences::default();
    for Located { value, span } in forms {
        let lacks = |field: &str| lacks("a silence", field, span);
        if value.code.is_empty() {
            errors.push(lacks("code").help("run `render explain` to list the codes"));
        } else if explain::page(&value.code).is_none() {
            errors.push(unknown_code(&value.code, span));
        }
        if value.reason.trim().is_empty() {
            errors.push(lacks("reason").help("explain why the finding is accepted"));
        }
        let object = ObjectPattern::from(value.object);
        if let Some(warning) = no_object(&object, "silence", span) {
            records.find(warning);
        }
        if let Some(warning) = no_file(&value.file, directory, place, span) {
            records.find(warning);
        }
        let file = if value.file.is_empty() { PathBuf::new() } else { place.home.join(&value.file) };
        silences.push(Silence { code: value.code, object, field: value.field, file, span, ..Silence::default() });
    }
    silences
}

/// The warning about a silence for a file that does not exist. Files of the network, and those that helm rendered, are unknown.
fn no_file(file: &str, directory: &Path, place: &Place, span: Option<Span>) -> Option<Diagnostic> {
    let is_path = !file.is_empty() && !file.contains(['*', ':', '(']);
    let is_missing = is_path && place.guard.read(&directory.join(file)).is_err_and(|error| error.code == "not-found");
    let message = || format!("the silence for the file `{file}` has no effect, because the file does not exist");
    let help = "write a path relative to the directory of `.render.yaml`, where `*` matches anything";
    is_missing.then(|| Diagnostic::warning("unused-silence", message()).at_if(span).help(help))
}

/// The definitions must be in the tree of the file.
fn crds(paths: &[Located<String>], directory: &Path, guard: &Guard, errors: &mut Vec<Diagnostic>) -> Vec<DefinitionPath> {
    let mut open = |path: &Located<String>| {
        let opened = DefinitionPath::new(path.as_str(), path.span, |inside| {
            let full = directory.join(inside);
            guard.admits(&full).map_err(|error| error.at_if(path.span))?;
            Ok(Input::within(guard, full))
        });
        opened.map_err(|error| errors.push(error)).ok()
    };
    paths.iter().filter_map(&mut open).collect()
}

fn unknown_code(code: &str, span: Option<Span>) -> Diagnostic {
    let error = Diagnostic::error("wrong-value", format!("there is no code `{code}`"));
    error.at_if(span).help(explain::hint(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_up_to_the_root_of_the_repository() {
        let root = tempfile::tempdir().expect("a directory");
        let inner = root.path().join("repo/overlays/dev");
        std::fs::create_dir_all(&inner).expect("a directory");
        std::fs::write(root.path().join(FILE_NAME), "").expect("a file");
        let disk: Arc<dyn Files> = Arc::new(Disk);
        std::fs::create_dir(root.path().join("repo/.git")).expect("a directory");
        let found = || {
            find(&disk, &inner)
                .into_iter()
                .map(|place| place.path)
                .filter(|path| path.starts_with(root.path()))
                .collect::<Vec<_>>()
        };
        assert!(found().is_empty());
        let outer = root.path().join("repo").join(FILE_NAME);
        std::fs::write(&outer, "").expect("a file");
        assert_eq!(found(), std::slice::from_ref(&outer));
        std::fs::write(inner.join(FILE_NAME), "").expect("a file");
        assert_eq!(found(), [inner.join(FILE_NAME), outer]);
    }
}
