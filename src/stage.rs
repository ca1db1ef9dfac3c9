//! The contract of generators and transformers, and all that a stage may see.

use std::rc::Rc;

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

/// Makes objects.
pub trait Generator {
    /// The objects, in order.
    ///
    /// # Errors
    /// What the generator reads is missing or wrong.
    fn generate(&self, context: &mut Context<'_>) -> Result<Vec<Resource>>;
}

/// Changes the objects that were collected so far.
pub trait Transformer {
    /// Changes them in place.
    ///
    /// # Errors
    /// An object does not have the form that the change needs.
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()>;
}

/// All that a stage may see of the run.
pub struct Context<'a> {
    /// What grows over the run.
    pub records: &'a mut Records,
    /// The directory of the kustomization at work.
    pub loader: &'a Loader,
    /// How the build is done.
    pub options: &'a BuildOptions,
    /// The places in objects that transformers know.
    pub field_specs: Rc<FieldSpecs>,
    /// The step that writes.
    pub step: StepId,
}

impl Context<'_> {
    /// The pen of the step at work, asked for by the text at `span`.
    pub fn edit(&mut self, span: Span) -> Edit<'_> {
        Edit::new(&mut self.records.provenance, self.step, span)
    }

    /// Notes a finding that stops nothing, of the step at work.
    pub fn find(&mut self, finding: impl Into<Finding>) {
        let mut finding = finding.into();
        let step = self.records.provenance.get_step(self.step).to_string();
        finding.diagnostic.trace.push(Frame { step, span: None });
        self.records.find(finding);
    }

    /// Makes another field of the kustomization the step that writes, such as `patches[2]`.
    pub fn enter(&mut self, field: &str) {
        self.step = self.records.provenance.step_beside(self.step, field);
    }

    /// Reads a file of the kustomization as text.
    ///
    /// # Errors
    /// It can't be read, or is no UTF-8.
    pub fn read_text(&mut self, path: &str) -> Result<SourceId> {
        let (shown, content) = self.loader.read(path, self.step)?;
        Ok(self.records.add_text(shown, content)?)
    }

    /// A text that stands inside a file, such as an inline patch. Places in it are named `file:line: ...`.
    pub fn inline_text(&mut self, text: &str, span: Span) -> SourceId {
        self.records.inline_text(text, span)
    }

    /// Reads the documents of a text that was read before.
    ///
    /// # Errors
    /// The text is no YAML.
    pub fn documents(&mut self, source: SourceId, dialect: Dialect) -> Result<Vec<Node>> {
        self.records.documents(source, self.step, dialect)
    }
}
