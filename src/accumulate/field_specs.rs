//! The field specs of a layer: kustomize's, those of the files of `configurations` and `crds`, and those of the layers below.

use std::sync::Arc;

use super::errors::Errors;
use super::{Accumulator, Layer};
use crate::diagnostic::{Diagnostic, Result};
use crate::fields::field_specs::{Conflict, FieldSpecs};
use crate::fields::{configurations, crds};
use crate::source::Span;
use crate::yaml::{Dialect, Located};

impl Layer<'_> {
    pub(super) fn merge_field_specs(
        &self,
        accumulator: &mut Accumulator,
        other: &Arc<FieldSpecs>,
        span: Option<Span>,
    ) -> Result<()> {
        let is_default = Arc::ptr_eq(other, self.shared.defaults);
        match accumulator.field_specs.is_empty() {
            true if is_default => accumulator.field_specs = Arc::clone(other),
            // Anything merged earlier already includes kustomize's own field specs.
            false if is_default || Arc::ptr_eq(&accumulator.field_specs, other) => {}
            _ => Arc::make_mut(&mut accumulator.field_specs).merge(other).map_err(|conflict| self.conflict(conflict, span))?,
        }
        Ok(())
    }

    fn conflict(&self, Conflict(path): Conflict, span: Option<Span>) -> Diagnostic {
        let error = Diagnostic::error(
            "conflicting-field-specs",
            format!("the field `{path}` is already defined with a different `create`"),
        );
        error.at(span.unwrap_or(self.kustomization.span))
    }

    /// kustomize's field specs with those of the files of `configurations`.
    pub(super) fn field_specs(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let paths: Vec<Located<String>> = self.kustomization.valid("configurations");
        let (mut read, mut errors) = (FieldSpecs::default(), Errors::default());
        let (mut files, mut indices) = (Vec::new(), Vec::new());
        for (index, path) in paths.iter().enumerate() {
            let field = format!("configurations[{index}]");
            let found = self.configuration(&field, path).map_err(|error| self.traced(error, &field, path));
            if let Some(specs) = errors.take(found) {
                files.push(specs);
                indices.push(index);
            }
        }
        errors.take(read.merge_all(&files).map_err(|(at, conflict)| {
            let (index, path) = (indices[at], &paths[indices[at]]);
            self.traced(self.conflict(conflict, path.span).into(), &format!("configurations[{index}]"), path)
        }));
        errors.check()?;
        let mut specs = Arc::clone(self.shared.defaults);
        let span = paths.first().and_then(|path| path.span);
        if !paths.is_empty() {
            Arc::make_mut(&mut specs).merge(&read).map_err(|conflict| self.conflict(conflict, span))?;
        }
        self.merge_field_specs(accumulator, &specs, span)
    }

    fn configuration(&mut self, field: &str, path: &str) -> Result<FieldSpecs> {
        let step = self.kustomization.step(field, self.records);
        let (shown, content) = self.loader.read(path, step)?;
        let source = self.records.add_text(shown, content)?;
        let document = self
            .records
            .first_document(source, step, Dialect::Yaml11)
            .map_err(|errors| errors.reword(|words| words.surround("error converting YAML to JSON: ", "")))?;
        let Some(document) = document else {
            return Ok(FieldSpecs::default());
        };
        configurations::field_specs(&document)
            .map_err(|errors| errors.reword(|words| words.surround("error unmarshaling JSON: while decoding JSON: ", "")))
    }

    /// Field specs from the files of `crds`.
    pub(super) fn crds(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let paths: Vec<Located<String>> = self.kustomization.valid("crds");
        let mut read = FieldSpecs::default();
        let mut errors = Errors::default();
        for (index, path) in paths.iter().enumerate() {
            let field = format!("crds[{index}]");
            let added = self.crd(&field, path, &mut read);
            errors.take(added.map_err(|error| self.traced(error, &field, path)));
        }
        errors.check().map_err(|errors| {
            let all: Vec<&str> = paths.iter().map(|path| path.as_str()).collect();
            errors.reword(|words| words.surround(format!("loading CRDs [{}]: ", all.join(" ")), ""))
        })?;
        if read.is_empty() {
            return Ok(());
        }
        self.merge_field_specs(accumulator, &Arc::new(read), paths.first().and_then(|path| path.span))
    }

    fn crd(&mut self, field: &str, path: &Located<String>, read: &mut FieldSpecs) -> Result<()> {
        let step = self.kustomization.step(field, self.records);
        let (shown, content) = self.loader.read(path, step)?;
        let source = self.records.add_text(shown, content)?;
        let definitions = self.records.decode_json_or_yaml(source, step).map_err(|errors| {
            errors.help("`crds` requires OpenAPI definitions by type name; list a CustomResourceDefinition under `resources`")
        })?;
        let specs = definitions.map_or_else(|| Ok(FieldSpecs::default()), |definitions| crds::field_specs(&definitions));
        let merged = specs.and_then(|specs| read.merge(&specs));
        Ok(merged.map_err(|conflict| self.conflict(conflict, path.span))?)
    }

    /// Merges the field specs again, as kustomize does after each component: in their current order, some may hide
    /// others.
    pub(super) fn gather_field_specs(&self, accumulator: &mut Accumulator) -> Result<()> {
        if !Arc::ptr_eq(&accumulator.field_specs, self.shared.defaults) {
            let all = std::mem::take(&mut accumulator.field_specs);
            self.merge_field_specs(accumulator, &all, None)?;
        }
        Ok(())
    }
}
