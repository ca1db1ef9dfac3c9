//! The pipeline: load, accumulate, finish, emit. Read this first.
//!
//! A directory with a kustomization becomes an ordered collection of objects, which is printed as a stream of YAML documents.

use std::path::Path;
use std::sync::Arc;

use crate::accumulate::{Shared, accumulate};
use crate::definitions;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::fields::field_specs::FieldSpecs;
use crate::finish::build_metadata::{self, BuildMetadata};
use crate::finish::{custom_references, hash_suffix, local_config, name_references, vars};
use crate::kustomization::{Kustomization, sort_options};
use crate::limits::OUTPUT_BYTES;
use crate::load::{Files, Loader};
use crate::options::BuildOptions;
use crate::records::Records;
use crate::resource::{Origin, ResMap, Resource, sort_order};
use crate::schema::{CustomLists, SchemaChoice};
use crate::usage;
use crate::yaml;

/// Builds a directory.
///
/// # Errors
/// Every error in it, with locations and the references that led there. `records` contains the sources that were read,
/// the origins of all values, and the warnings.
pub fn build(directory: &Path, files: Arc<dyn Files>, options: &BuildOptions, records: &mut Records) -> Result<ResMap> {
    records.begin();
    records.schema = SchemaChoice::default();
    records.custom_lists = match &options.custom_lists {
        Some(paths) => {
            let found = definitions::of(std::iter::empty(), paths, records);
            Diagnostics::check(found.errors)?;
            Some(CustomLists::new(found.definitions))
        }
        None => None,
    };
    let (remote, reads) = (records.remote(options.access()), Arc::clone(&records.reads));
    let loader = Loader::new(files, directory, options.restrictions, remote, reads)?;
    let kustomization = Kustomization::load(&loader, records)?;
    let defaults = Arc::new(FieldSpecs::defaults());
    let metadata = match kustomization.faults().is_empty() {
        true => BuildMetadata::of(&kustomization)?,
        false => BuildMetadata::default(),
    };
    records.is_sorted = kustomization.field("sortOptions").is_some();
    let origin = metadata.is_tracked.then(Origin::default);
    let accumulated = accumulate(&kustomization, &loader, origin, records, &Shared::new(&defaults, options))
        .map_err(|errors| errors.reword(|words| words.within_file(kustomization.span.source, "", "")))?;
    let mut resources = accumulated.resources;

    hash_suffix::run(&mut resources, &mut records.provenance)?;
    resources.forget_indices();
    name_references::run(&mut resources, &accumulated.field_specs, &mut records.provenance)?;
    if options.custom_references {
        custom_references::run(&mut resources, &mut records.provenance);
    }
    vars::run(&mut resources, &accumulated.vars, &accumulated.field_specs.var_reference, records)?;
    local_config::drop_local(&mut resources)?;
    sort_order::run(&mut resources, &sort_options::order(kustomization.field("sortOptions"), &options.order)?);
    build_metadata::run(&mut resources, &metadata, options.managed_by_label, records)?;
    local_config::clean_annotations(&mut resources, &metadata, &mut records.provenance);
    Ok(resources)
}

/// Prints objects as a stream of documents.
///
/// # Errors
/// An object contains what kustomize can't print either (duplicate keys, keys that are not strings, `.nan`), with its
/// location.
pub fn emit(resources: &ResMap, records: &Records) -> Result<String> {
    let mut out = String::new();
    for (at, resource) in resources.iter().enumerate() {
        if at > 0 {
            out.push_str("---\n");
        }
        emit_one(resource, records, &mut out)?;
    }
    Ok(out)
}

/// The bytes of a piece of the output.
const PIECE: usize = 32 << 10;
/// Pieces for which no memory is made free.
const FEW: usize = 32;

/// Prints objects as [`emit`] does, in pieces. If there are many, they take the memory of objects that are already printed.
///
/// # Errors
/// As [`emit`].
pub fn emit_pieces(resources: &mut ResMap, records: &Records) -> Result<Vec<String>> {
    let (mut pieces, mut piece, mut bytes) = (Vec::new(), String::with_capacity(PIECE), 0);
    for (index, at) in resources.positions().enumerate() {
        let Some(resource) = resources.get(at) else { continue };
        if index > 0 {
            piece.push_str("---\n");
        }
        emit_one(resource, records, &mut piece)?;
        if piece.len() > PIECE - PIECE / 8 {
            bytes += piece.len();
            check_size(bytes)?;
            pieces.push(std::mem::replace(&mut piece, String::with_capacity(PIECE)));
        }
        if pieces.len() > FEW {
            resources.remove(at);
        }
    }
    check_size(bytes + piece.len())?;
    pieces.push(piece);
    Ok(pieces)
}

/// Prints one object as a document.
///
/// # Errors
/// As [`emit`].
pub fn emit_one(resource: &Resource, records: &Records, out: &mut String) -> Result<()> {
    emit_observed(resource, records, out, &mut ())
}

/// Prints one object as [`emit_one`] does, and reports to `observer` where everything is printed.
///
/// # Errors
/// As [`emit`].
pub fn emit_observed<'n>(
    resource: &'n Resource,
    records: &Records,
    out: &mut String,
    observer: &mut impl yaml::Observer<'n>,
) -> Result<()> {
    yaml::emit_observed(resource.node(), out, observer).map_err(|errors| {
        let step = records.provenance.get(resource.node().origin()).step;
        errors.in_order_of(&records.sources).trace(format!("{}: {}", records.provenance.get_step(step), resource.id()), None)
    })?;
    Ok(check_size(out.len())?)
}

fn check_size(bytes: usize) -> Result<(), Diagnostic> {
    match bytes > OUTPUT_BYTES {
        true => Err(usage::exceeded(format!("the output is larger than {} MiB", OUTPUT_BYTES >> 20))),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Dialect;

    #[test]
    fn pieces_are_the_whole_output() {
        let mut records = Records::default();
        let object = |number: usize| format!("kind: A\nmetadata:\n  name: a-{number}\ndata: {}\n", "x".repeat(500 + number % 90));
        let text: Vec<String> = (0..3000).map(object).collect();
        let source = records.add_text("a.yaml", text.join("---\n").into_bytes()).expect("text");
        let step = records.provenance.step("", "test");
        let documents = records.documents(source, step, Dialect::Manifest).expect("documents");
        let mut resources: ResMap = documents.into_iter().map(Resource::new).collect();
        let whole = emit(&resources, &records).expect("it prints");
        let pieces = emit_pieces(&mut resources, &records).expect("it prints");
        assert!(pieces.concat() == whole && pieces.len() > FEW);
        assert!(resources.len() < 2000, "{}", resources.len());
    }
}
