//! `.render.yaml`: how the objects of a repository are to be checked and tested. Command-line flags take precedence over it.
//!
//! The file is looked up in the directory that is built or checked and above it, up to the root of the repository (the
//! directory that contains `.git`). Outside a repository only the directory itself and the working directory are searched, so
//! that no unrelated file is used. If there are several files, the nearest one that names a version counts; their silences and
//! CRDs are combined.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde::Deserialize;

use crate::check::{Silence, Silences};
use crate::diagnostic::{Diagnostic, Result};
use crate::explain;
use crate::load::{Files, Kind, reason};
use crate::records::Records;
use crate::schema::VersionRange;
use crate::snapshot::{Field, Mask, Masks, TestSettings};
use crate::source::Span;
use crate::yaml::{Dialect, Located, Unknown, decode_object};

/// The file's name.
pub const FILE_NAME: &str = ".render.yaml";

/// The content of the file.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The target versions, if the file names them.
    pub versions: Option<VersionRange>,
    /// Files and directories with CustomResourceDefinitions.
    pub crds: Vec<PathBuf>,
    /// Whether a kind without a schema is an error.
    pub require_schemas: bool,
    /// Whether warnings are errors.
    pub strict: bool,
    /// Whether builds merge lists of custom resources by the keys in their definitions.
    pub merge_custom_lists: bool,
    /// Findings that are accepted.
    pub silences: Rc<Silences>,
    /// How `render test` handles snapshots.
    pub test: Rc<TestSettings>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Form {
    kubernetes_version: Located<String>,
    crds: Vec<String>,
    require_schemas: bool,
    strict: bool,
    merge_custom_lists: bool,
    silence: Vec<Located<SilenceForm>>,
    test: TestForm,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TestForm {
    snapshots: String,
    show_secrets: Option<Located<ReasonForm>>,
    masks: Vec<Located<MaskForm>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ReasonForm {
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MaskForm {
    object: String,
    field: Located<String>,
    reason: String,
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

/// The files that apply to a directory, nearest first.
pub fn find(files: &dyn Files, directory: &Path) -> Vec<PathBuf> {
    places(files, directory).into_iter().filter(|path| files.kind(path) == Some(Kind::File)).collect()
}

/// The paths where files that apply to a directory are looked up, nearest first.
pub fn places(files: &dyn Files, directory: &Path) -> Vec<PathBuf> {
    let Ok(start) = files.canonicalize(directory) else { return Vec::new() };
    let repository = start.ancestors().find(|directory| files.is_repository(directory));
    let depth = repository.map_or(1, |root| start.ancestors().take_while(|directory| directory.starts_with(root)).count());
    let above = (0..depth).map(|up| directory.join(PathBuf::from_iter(std::iter::repeat_n("..", up))));
    let here = repository.is_none().then(|| PathBuf::from("."));
    let shown = |directory: PathBuf| crate::load::tidy(&directory.join(FILE_NAME));
    let mut places: Vec<PathBuf> = above.chain(here).map(shown).collect();
    places.dedup();
    places
}

/// Reads a file.
///
/// # Errors
/// It can't be read, is not valid YAML, or has unknown fields or values.
pub fn load(path: &Path, files: &dyn Files, records: &mut Records) -> Result<Settings> {
    let shown = files.show(path.to_owned());
    let unreadable = |cause| Diagnostic::error("not-found", format!("can't read `{}`: {}", shown.display(), reason(&cause))).io();
    let content = files.read(path).map_err(unreadable)?;
    let source = records.add_text(&shown, content)?;
    let step = records.provenance.step("", FILE_NAME);
    let Some(document) = records.first_document(source, step, Dialect::Manifest)? else { return Ok(Settings::default()) };
    let form: Form = decode_object(&document, Unknown::Refuse)?;
    let directory = path.parent().unwrap_or(Path::new(""));
    Ok(Settings {
        versions: versions(&form.kubernetes_version)?,
        crds: form.crds.iter().map(|path| directory.join(path)).collect(),
        require_schemas: form.require_schemas,
        strict: form.strict,
        merge_custom_lists: form.merge_custom_lists,
        silences: Rc::new(silences(form.silence, directory)?),
        test: Rc::new(test(form.test, directory)?),
    })
}

fn versions(text: &Located<String>) -> Result<Option<VersionRange>, Diagnostic> {
    let Some(span) = text.span else { return Ok(None) };
    text.parse().map(Some).map_err(|message: String| Diagnostic::error("wrong-value", message).at(span))
}

fn silences(forms: Vec<Located<SilenceForm>>, directory: &Path) -> Result<Silences> {
    let mut silences = Silences::default();
    for Located { value, span } in forms {
        let lacks = |field: &str| lacks("a silence", field, span);
        if value.code.is_empty() {
            return Err(lacks("code").help("run `render explain` to list the codes").into());
        }
        if explain::page(&value.code).is_none() {
            return Err(unknown_code(&value.code, span).into());
        }
        if value.reason.trim().is_empty() {
            return Err(lacks("reason").help("explain why the finding is accepted").into());
        }
        let file = if value.file.is_empty() { PathBuf::new() } else { directory.join(&value.file) };
        silences.push(Silence { code: value.code, object: value.object.into(), field: value.field, file, span });
    }
    Ok(silences)
}

fn lacks(what: &str, field: &str, span: Option<Span>) -> Diagnostic {
    Diagnostic::error("missing-field", format!("{what} requires `{field}`")).at_if(span)
}

fn test(form: TestForm, directory: &Path) -> Result<TestSettings> {
    let mut masks = Masks::default();
    for Located { value, span } in form.masks {
        let lacks = |field: &str| lacks("a mask", field, span);
        if value.object.is_empty() {
            return Err(lacks("object").help("write `Kind/name` or `Kind/namespace/name`, where `*` matches anything").into());
        }
        if value.field.is_empty() {
            return Err(lacks("field")
                .help("write the path of the value, such as `metadata.annotations[example.com/built]`")
                .into());
        }
        if value.reason.trim().is_empty() {
            return Err(lacks("reason").help("explain why the value is left out of snapshots").into());
        }
        let field = Field::parse(&value.field).ok_or_else(|| {
            let error = Diagnostic::error("wrong-value", format!("`{}` is not a valid field path", value.field.value));
            let error = error.at_if(value.field.span);
            error
                .help("write `spec.containers[name=web].image`, or `metadata.annotations[example.com/built]` for a key with dots")
        })?;
        masks.push(Mask { object: value.object.into(), field, span });
    }
    if let Some(Located { span, .. }) = form.show_secrets.as_ref().filter(|form| form.reason.trim().is_empty()) {
        return Err(lacks("`showSecrets`", "reason", *span).help("explain why anybody may read the values of Secrets").into());
    }
    let snapshots = (!form.snapshots.is_empty()).then(|| directory.join(&form.snapshots));
    Ok(TestSettings { snapshots, root: directory.to_owned(), masks, shows_secrets: form.show_secrets.is_some() })
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
        std::fs::create_dir(root.path().join("repo/.git")).expect("a directory");
        let found =
            || find(&crate::load::Disk, &inner).into_iter().filter(|path| path.starts_with(root.path())).collect::<Vec<_>>();
        assert!(found().is_empty());
        let outer = root.path().join("repo").join(FILE_NAME);
        std::fs::write(&outer, "").expect("a file");
        assert_eq!(found(), std::slice::from_ref(&outer));
        std::fs::write(inner.join(FILE_NAME), "").expect("a file");
        assert_eq!(found(), [inner.join(FILE_NAME), outer]);
    }
}
