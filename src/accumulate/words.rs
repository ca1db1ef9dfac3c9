//! What kustomize's walk over directories adds to the words for a failure below.
//!
//! An entry of `resources` is tried as a file and then as a directory, so both failures are named. Behavior: kustomize's
//! `accumulateResources`, `accumulateComponents`, and `accumulateDirectory`.

use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::kustomization::Kustomization;
use crate::load::Loader;
use crate::records::Records;

/// The errors of an entry of `resources`.
pub fn of_resource(errors: Diagnostics, path: &str, loader: &Loader) -> Diagnostics {
    let (file, directory) = (loader.file_words(path), loader.directory_words(path));
    errors.reword(|words| match (file, directory) {
        (Some(file), Some(directory)) => {
            words.replace(format!("accumulation err='accumulating resources from '{path}': {file}': {directory}"));
        }
        (Some(file), None) => words.surround(format!("accumulation err='accumulating resources from '{path}': {file}': "), ""),
        (None, _) if words.text().is_some_and(|text| text.starts_with("MalformedYAMLError")) => {
            words.surround(format!("accumulating resources from '{path}': "), format!(" in File: {path}"));
        }
        // What is an address of a repository is no file, whatever the server answers.
        (None, None) if words.text().is_some_and(|text| text.starts_with("failed to run '")) => {
            words.surround(format!("accumulation err='accumulating resources from '{path}': URL is a git repository': "), "");
        }
        (None, _) if words.text().is_some_and(|text| text.starts_with("HTTP Error")) => {
            words.surround(format!("accumulating resources from '{path}': "), "");
        }
        (None, directory) => {
            let verb = if words.is_surrounded() { "" } else { "accumulating resources from '{}': " };
            let before = format!("accumulation err='{}", verb.replace("{}", path));
            words.surround(before, format!("': {}", directory.unwrap_or_default()));
        }
    })
}

/// The error of an object of a file that can't be added to those that exist.
pub fn of_merge(error: Diagnostic, path: &str) -> Diagnostics {
    let is_in_file = error.labels.iter().any(|(other, _)| error.span.is_some_and(|span| span.source == other.source));
    Diagnostics::from(error).reword(|words| {
        let step = if is_in_file { "accumulating" } else { "merging" };
        words.surround(format!("{step} resources from '{path}': "), "");
    })
}

/// Reads the kustomization file of a directory.
///
/// # Errors
/// As [`Kustomization::load`].
pub fn load(loader: &Loader, records: &mut Records) -> Result<Kustomization> {
    let before = format!("couldn't make target for path '{}': ", loader.root().display());
    Kustomization::load(loader, records).map_err(|errors| errors.reword(|words| words.surround(before, "")))
}

/// The errors of the kustomization of a directory.
pub fn of_built(errors: Diagnostics, kustomization: &Kustomization, loader: &Loader) -> Diagnostics {
    let root = loader.root().display();
    let read = format!("couldn't make target for path '{root}': ");
    let built =
        if kustomization.faults().is_empty() { format!("recursed accumulation of path '{root}': ") } else { read.clone() };
    errors.reword(|words| words.within_file(kustomization.span.source, read, built))
}

/// The error of a kustomization that is a component, or that is none.
pub fn of_wrong_kind(errors: Diagnostics, kustomization: &Kustomization, loader: &Loader) -> Diagnostics {
    let read = format!("couldn't make target for path '{}': ", loader.root().display());
    errors.reword(|words| words.within_file(kustomization.span.source, read, ""))
}

/// The errors of a component.
pub fn of_component(errors: Diagnostics) -> Diagnostics {
    errors.reword(|words| words.quote("accumulating components: accumulateDirectory: "))
}

/// A directory under `components` that is not a component.
pub fn not_a_component(loader: &Loader) -> String {
    format!("expected kind 'Component' for path '{}' but got 'Kustomization'", loader.root().display())
}
