//! The data that grows during a run: texts, origins, findings, and reads.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashSet;
use serde::de::DeserializeOwned;

use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::documents::{Documents, Reading};
use crate::finding::Finding;
use crate::load::reads::Reads;
use crate::load::{Access, Remote};
use crate::schema::{CustomLists, SchemaChoice};
use crate::source::{SourceId, Sources, Span};
use crate::yaml::provenance::{Provenance, StepId};
use crate::yaml::{self, Dialect, Node, OriginId};

/// The data that grows during a run: sources, origins, findings.
#[derive(Default)]
pub struct Records {
    /// All texts that were read.
    pub sources: Sources,
    /// The origin of each value.
    pub provenance: Provenance,
    /// Findings that do not stop the build.
    pub findings: Vec<Finding>,
    /// The deprecated fields of the kustomizations with their files, in the order in which they were read.
    pub deprecated: Vec<(SourceId, &'static str)>,
    /// The helm programs whose version was checked and is supported.
    fit_helms: Arc<Mutex<FxHashSet<PathBuf>>>,
    /// The files that were read or looked for.
    pub reads: Arc<Reads>,
    /// Whether the root kustomization sets the order of output.
    pub is_sorted: bool,
    /// Remote repositories and files.
    remote: OnceLock<Arc<Remote>>,
    /// How lists of custom resources are merged, if they are.
    pub custom_lists: Option<CustomLists>,
    /// The schema that patches are merged by, and that defines which kinds are cluster-scoped.
    pub schema: SchemaChoice,
    /// The messages of findings that are reported once.
    reported: FxHashSet<String>,
    /// Texts that other builds of the run read, too; created with the second build.
    documents: OnceLock<Documents>,
}

impl Records {
    /// Records a finding that does not stop the build.
    pub fn find(&mut self, finding: impl Into<Finding>) {
        self.findings.push(finding.into());
    }

    /// Records a finding that is not about the build of one directory, unless another one with its message was.
    pub fn find_once(&mut self, finding: impl Into<Finding>) {
        let finding = finding.into();
        if self.reported.insert(finding.diagnostic.message.clone()) {
            self.findings.push(finding);
        }
    }

    /// Starts counting what the limits of a build are about.
    pub fn begin(&mut self) {
        self.reads.usage.clear();
        self.provenance.clear_copies();
    }

    /// Fetches remote repositories and files; shared by all builds of a run.
    pub fn remote(&self, access: Access) -> Arc<Remote> {
        Arc::clone(self.remote.get_or_init(|| Arc::new(Remote::new(access))))
    }

    /// Empty records for another build of the same run: fetched data is kept, and texts that both read are parsed once.
    pub fn for_next_build(&self) -> Records {
        Records {
            sources: self.sources.beside(),
            documents: self.documents.get_or_init(Documents::default).beside().into(),
            remote: self.remote.clone(),
            fit_helms: Arc::clone(&self.fit_helms),
            ..Records::default()
        }
    }

    /// Empty records that those of several builds are created from, on any thread; see [`Records::for_next_build`].
    pub fn for_builds(&self, access: Access) -> Records {
        self.remote(access);
        self.for_next_build()
    }

    /// What later steps of a run need of a build that is finished: its texts, findings, and reads.
    pub fn finished(self) -> Records {
        Records { sources: self.sources, findings: self.findings, reads: self.reads, ..Records::default() }
    }

    /// Adds the texts, findings, and reads of another build of the run.
    pub fn join(&mut self, build: Records) {
        self.sources.extend(build.sources);
        self.reads.extend(&build.reads);
        self.findings.extend(build.findings);
    }

    /// Whether the version of a helm program is supported; `check` finds out, once per run.
    ///
    /// # Errors
    /// It is not, or the program can't be started.
    pub fn check_helm(&self, program: &Path, check: impl FnOnce() -> Result<(), Diagnostic>) -> Result<(), Diagnostic> {
        let known = || self.fit_helms.lock().unwrap_or_else(PoisonError::into_inner);
        if !known().contains(program) {
            check()?;
            known().insert(program.to_owned());
        }
        Ok(())
    }

    /// Adds the content of a file as a source.
    ///
    /// # Errors
    /// It is not valid UTF-8 (or UTF-16 with a byte order mark).
    pub fn add_text(&mut self, path: impl Into<PathBuf>, content: Vec<u8>) -> Result<SourceId, Diagnostic> {
        match yaml::text_of(content) {
            Ok(text) => Ok(match self.documents.get_mut() {
                Some(documents) => documents.add(path.into(), text, &mut self.sources),
                None => self.sources.add(path, text),
            }),
            Err(error) => {
                let lossy = String::from_utf8_lossy(&error.content[..(error.offset + 1).min(error.content.len())]).into_owned();
                let source = self.sources.add(path, lossy);
                let span = Span { source, start: error.offset as u32, end: error.offset as u32 };
                let byte = error.content.get(error.offset).copied().unwrap_or_default();
                let words = match (byte, error.content.len() - error.offset.min(error.content.len())) {
                    (0x80..0xC0 | 0xF8.., _) => "invalid leading UTF-8 octet",
                    (_, 1) => "incomplete UTF-8 octet sequence",
                    _ => "invalid trailing UTF-8 octet",
                };
                Err(Diagnostic::error("not-utf8", format!("the byte 0x{byte:02X} is not valid UTF-8"))
                    .at(span)
                    .words(format!("MalformedYAMLError: yaml: {words}")))
            }
        }
    }

    /// Adds the content of a file as a source, unchanged.
    ///
    /// # Errors
    /// It is not valid UTF-8.
    pub fn add_raw(&mut self, path: impl Into<PathBuf>, content: &[u8]) -> Result<SourceId, Diagnostic> {
        match std::str::from_utf8(content) {
            Ok(text) => Ok(self.sources.add(path, text)),
            Err(_) => self.add_text(path, content.to_vec()),
        }
    }

    /// Adds a text inside another one as a source.
    pub fn inline_text(&mut self, text: &str, span: Span) -> SourceId {
        self.sources.add_inline(text, span)
    }

    /// Parses the documents of a source, written by `step`.
    ///
    /// # Errors
    /// The text is not valid YAML.
    pub fn documents(&mut self, source: SourceId, step: StepId, dialect: Dialect) -> Result<Vec<Node>> {
        let (documents, errors) = self.valid_documents(source, step, dialect);
        Diagnostics::check(errors)?;
        Ok(documents)
    }

    /// Parses the documents of a source that are valid, written by `step`; and the errors in the others.
    pub fn valid_documents(&mut self, source: SourceId, step: StepId, dialect: Dialect) -> (Vec<Node>, Vec<Diagnostic>) {
        self.read(source, step, Reading::all(dialect), |text, origin| yaml::read_valid_documents(text, source, origin, dialect))
    }

    /// Parses the first document of a source, written by `step`.
    ///
    /// # Errors
    /// The text is not valid YAML.
    pub fn first_document(&mut self, source: SourceId, step: StepId, dialect: Dialect) -> Result<Option<Node>> {
        let (documents, errors) = self.read(source, step, Reading::first(dialect), |text, origin| {
            match yaml::read_first(text, source, origin, dialect) {
                Ok(document) => (document.into_iter().collect(), Vec::new()),
                Err(errors) => (Vec::new(), errors.into_vec()),
            }
        });
        Diagnostics::check(errors)?;
        Ok(documents.into_iter().next())
    }

    fn read(
        &mut self,
        source: SourceId,
        step: StepId,
        reading: Reading,
        read: impl FnOnce(&str, OriginId) -> (Vec<Node>, Vec<Diagnostic>),
    ) -> (Vec<Node>, Vec<Diagnostic>) {
        let origin = self.provenance.read_text(step, self.sources.whole(source));
        let text = self.sources.get(source).text();
        match self.documents.get() {
            Some(documents) if origin.text() == Some(source) => documents.read(source, reading, || read(text, origin)),
            _ => read(text, origin),
        }
    }

    /// Decodes a source as JSON if it starts with `{`, or else as YAML; `None` if the document is empty.
    ///
    /// # Errors
    /// The file is empty, is not valid JSON or YAML, or has a different structure.
    pub fn decode_json_or_yaml<T: DeserializeOwned>(&mut self, source: SourceId, step: StepId) -> Result<Option<T>> {
        let text = self.sources.get(source).text().clone();
        if text.is_empty() {
            return Err(Diagnostic::error("empty-file", "the file is empty").at(self.sources.whole(source)).into());
        }
        if text.starts_with('{') {
            return serde_json::from_str(&text).map(Some).map_err(|error| json_error(&error, &text, source).into());
        }
        let document = self.first_document(source, step, Dialect::Yaml11)?;
        document.map(|document| yaml::decode(&document, yaml::Unknown::Ignore)).transpose()
    }
}

/// The name of a type in serde's messages, in the terms of this program.
fn in_words(kind: &str) -> String {
    match kind {
        "sequence" | "a sequence" => "a list".into(),
        "map" | "a map" => "a mapping".into(),
        "null" => "null".into(),
        kind if kind.starts_with("a ") || kind.starts_with("an ") => kind.into(),
        kind if kind.starts_with("integer") => format!("an {kind}"),
        kind => format!("a {kind}"),
    }
}

fn json_error(error: &serde_json::Error, text: &str, source: SourceId) -> Diagnostic {
    let lines_before = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let at = lines_before.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    let at = at.min(text.len()) as u32;
    let message = error.to_string();
    let cause = message.rsplit_once(" at line ").map_or(message.as_str(), |(cause, _)| cause);
    let found = cause.strip_prefix("invalid type: ").and_then(|types| types.split_once(", expected "));
    let diagnostic = match found {
        Some((found, expected)) => {
            Diagnostic::error("wrong-type", format!("expected {}, found {}", in_words(expected), in_words(found)))
        }
        None => Diagnostic::error("json-syntax", format!("the file is not valid JSON: {cause}")),
    };
    diagnostic.at(Span { source, start: at, end: at })
}

#[cfg(test)]
mod tests {
    use super::Records;

    #[test]
    fn builds_can_be_on_several_threads() {
        fn crosses<T: Send + Sync>() {}
        crosses::<Records>();
        crosses::<crate::check::Plan>();
        crosses::<std::sync::Arc<dyn crate::load::Files>>();
    }
}
