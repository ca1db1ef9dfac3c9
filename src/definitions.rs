//! The definitions of custom resources in a run: those among the objects, and those in the files that the user names.
//!
//! A path is a file, a directory of files, or a path with variables for JSON schemas (`{{.Group}}/{{.ResourceKind}}.json`).
//! Behavior of such paths: kubeconform's schema locations.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Result};
use crate::load::Input;
use crate::records::Records;
use crate::schema::{Definitions, Layout, Named, SchemaFile, definitions_in};
use crate::source::Span;
use crate::yaml::{self, Node};

/// A path with definitions.
#[derive(Clone, Debug)]
pub struct DefinitionPath {
    /// The file or directory; of a path with variables, the directory above the first variable.
    pub input: Input,
    /// The layout of the files below the directory, if the path has variables.
    layout: Option<Layout>,
    /// The path as written.
    written: String,
    /// Where it is written.
    span: Option<Span>,
}

/// What is in a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The path as written.
    pub path: String,
    /// The number of CustomResourceDefinitions.
    pub definitions: usize,
    /// The number of JSON schemas.
    pub schemas: usize,
}

/// The definitions of a run.
#[derive(Debug, Default)]
pub struct Found {
    /// The definitions themselves.
    pub definitions: Definitions,
    /// What each path contains.
    pub contents: Vec<Contents>,
    /// Files that can't be read, and paths without a definition.
    pub errors: Vec<Diagnostic>,
}

impl DefinitionPath {
    /// A path, as written at `span`. `input` opens a path without variables.
    ///
    /// # Errors
    /// It has unknown variables, or is a URL.
    pub fn new(
        written: &str,
        span: Option<Span>,
        input: impl FnOnce(PathBuf) -> Result<Input, Diagnostic>,
    ) -> Result<Self, Diagnostic> {
        if written.starts_with("https://") || written.starts_with("http://") {
            let error = Diagnostic::error("wrong-value", format!("definitions are not downloaded: `{written}`"));
            return Err(error.at_if(span).help("download the files, and name their directory"));
        }
        let wrong = |name: String| {
            let error = Diagnostic::error("wrong-value", format!("`{name}` in `{written}` is not a variable of a schema path"));
            error.at_if(span).help(format!("use {}", Layout::variables()))
        };
        let (path, layout) = match Layout::is_layout(written) {
            true => Layout::parse(written).map(|(directory, layout)| (directory, Some(layout))).map_err(wrong)?,
            false => (written, None),
        };
        let path = PathBuf::from(if path.is_empty() { "." } else { path });
        Ok(DefinitionPath { input: input(path)?, layout, written: written.to_owned(), span })
    }

    /// A path on the command line.
    ///
    /// # Errors
    /// As [`DefinitionPath::new`].
    pub fn of_user(path: &Path) -> Result<Self, Diagnostic> {
        let written = path.to_string_lossy();
        match Layout::is_layout(&written) {
            true => DefinitionPath::new(&written, None, |path| Ok(Input::of_user(path))),
            false => DefinitionPath::new(&written, None, |_| Ok(Input::of_user(path))),
        }
    }

    /// The files, and the kinds that the variables in the path have for them.
    ///
    /// # Errors
    /// The directory can't be read.
    pub fn files(&self) -> Result<Vec<(Input, Option<Named>)>> {
        let files = self.input.files()?.into_iter();
        let Some(layout) = &self.layout else { return Ok(files.map(|file| (file, None)).collect()) };
        let named = |file: Input| {
            let below = file.path.strip_prefix(&self.input.path).unwrap_or(&file.path).to_string_lossy().replace('\\', "/");
            layout.matches(&below).map(|named| (file, Some(named)))
        };
        Ok(files.filter_map(named).collect())
    }

    /// Adds the definitions; they are read on demand.
    fn add(&self, found: &mut Found, records: &mut Records) -> Result<()> {
        let mut contents = Contents { path: self.written.clone(), ..Contents::default() };
        let mut is_complete = true;
        for (file, named) in self.files()? {
            let path = file.shown().to_string_lossy().replace('\\', "/");
            let by_path = named.or_else(|| Named::by_path(&path).filter(Named::is_certain));
            match by_path {
                Some(named) => {
                    let read = move || text_of(&file);
                    found.definitions.add_schema(SchemaFile { named, path, read: Box::new(read) });
                    contents.schemas += 1;
                }
                None => {
                    if let Err(errors) = add_content(&file, &path, &mut found.definitions, &mut contents, records) {
                        found.errors.extend(errors.into_vec());
                        is_complete = false;
                    }
                }
            }
        }
        if is_complete && contents.definitions + contents.schemas == 0 {
            return Err(self.empty().into());
        }
        found.contents.push(contents);
        Ok(())
    }

    fn empty(&self) -> Diagnostic {
        let message = format!("`{}` contains no definitions of custom resources", self.written);
        let error = Diagnostic::error("no-definitions", message).at_if(self.span);
        error.help("name CustomResourceDefinitions, or JSON schemas with a path such as `example.com/widget_v1.json`")
    }
}

/// The definitions among the objects, which take precedence, and those in the paths.
pub fn of<'n>(objects: impl Iterator<Item = &'n Node>, paths: &[DefinitionPath], records: &mut Records) -> Found {
    let mut found = Found::default();
    for object in objects {
        found.definitions.add(object);
    }
    for path in paths {
        if let Err(errors) = path.add(&mut found, records) {
            found.errors.extend(errors.into_vec());
        }
    }
    found
}

fn text_of(file: &Input) -> Result<Arc<str>, Diagnostic> {
    let no_text = |_| Diagnostic::error("not-utf8", format!("`{}` is not valid UTF-8", file.shown().display()));
    yaml::text_of(file.read()?).map_err(no_text)
}

/// Adds a file whose path does not say what it contains.
fn add_content(
    file: &Input,
    path: &str,
    definitions: &mut Definitions,
    contents: &mut Contents,
    records: &mut Records,
) -> Result<()> {
    let content = file.read()?;
    if path.ends_with(".json")
        && !content.windows(b"CustomResourceDefinition".len()).any(|part| part == b"CustomResourceDefinition")
    {
        let text: Arc<str> = String::from_utf8_lossy(&content).trim_start_matches('\u{feff}').into();
        if let Some(named) = SchemaFile::kind_in(&text, Named::by_path(path)) {
            let read = move || Ok(Arc::clone(&text));
            definitions.add_schema(SchemaFile { named, path: path.to_owned(), read: Box::new(read) });
            contents.schemas += 1;
            return Ok(());
        }
    }
    let step = records.provenance.step("", file.shown().display().to_string());
    let source = records.add_text(file.shown(), content)?;
    let origin = records.provenance.read(step, records.sources.whole(source));
    let text = records.sources.get(source).text().clone();
    contents.definitions += definitions_in(&text);
    definitions.add_text(text, source, origin);
    Ok(())
}
