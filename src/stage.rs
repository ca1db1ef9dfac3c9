//! The contract of generators and transformers, and everything that a stage may access.

use std::sync::Arc;

use crate::diagnostic::{Frame, Result};
use crate::fields::field_specs::FieldSpecs;
use crate::finding::Finding;
use crate::load::Loader;
use crate::options::BuildOptions;
use crate::records::Records;
use crate::resource::{ResMap, Resource};
use crate::source::{SourceId, Span};
use crate::yaml::provenance::{Edit, StepId};
use crate::yaml::{Dialect, Node};

/// Creates objects.
pub trait Generator {
    /// The objects, in order.
    ///
    /// # Errors
    /// What the generator reads is missing or not valid.
    fn generate(&self, context: &mut Context<'_>) -> Result<Vec<Resource>>;
}

/// Changes the objects that have been collected so far.
pub trait Transformer {
    /// Changes them in place.
    ///
    /// # Errors
    /// An object does not have the structure that the change requires.
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()>;
}

/// Everything that a stage may access.
pub struct Context<'a> {
    /// What accumulates over the run.
    pub records: &'a mut Records,
    /// The directory of the current kustomization.
    pub loader: &'a Loader,
    /// The options of the build.
    pub options: &'a BuildOptions,
    /// The fields of objects that transformers know.
    pub field_specs: Arc<FieldSpecs>,
    /// The step that writes.
    pub step: StepId,
}

impl Context<'_> {
    /// An edit of the current step, requested by the text at `span`.
    pub fn edit(&mut self, span: Span) -> Edit<'_> {
        Edit::new(&mut self.records.provenance, self.step, span)
    }

    /// Records a finding of the current step that does not stop the build.
    pub fn find(&mut self, finding: impl Into<Finding>) {
        let mut finding = finding.into();
        let step = self.records.provenance.get_step(self.step).to_string();
        finding.diagnostic.trace.push(Frame { step, span: None });
        self.records.find(finding);
    }

    /// Makes another field of the kustomization the current step, such as `patches[2]`.
    pub fn enter(&mut self, field: &str) {
        self.step = self.records.provenance.step_beside(self.step, field);
    }

    /// Reads a file of the kustomization as text.
    ///
    /// # Errors
    /// It can't be read, or is not valid UTF-8.
    pub fn read_text(&mut self, path: &str) -> Result<SourceId> {
        let (shown, content) = self.loader.read(path, self.step)?;
        Ok(self.records.add_text(shown, content)?)
    }

    /// A text inside a file, such as an inline patch. Locations in it are shown as `file:line: ...`.
    pub fn inline_text(&mut self, text: &str, span: Span) -> SourceId {
        self.records.inline_text(text, span)
    }

    /// Parses the documents of a source.
    ///
    /// # Errors
    /// The text is not valid YAML.
    pub fn documents(&mut self, source: SourceId, dialect: Dialect) -> Result<Vec<Node>> {
        self.records.documents(source, self.step, dialect)
    }
}
