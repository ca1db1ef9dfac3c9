//! Plain manifests: reads files, and collects their objects in groups that are applied together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::check::{Plan, Reason, Report, Searched, check_groups};
use crate::commands::manifest;
use crate::diagnostic::{Diagnostic, Result};
use crate::kustomization::{FILE_NAMES, Kustomization, entries};
use crate::limits::READ_BYTES;
use crate::load::Input;
use crate::records::Records;
use crate::repository::{Content, is_broken_manifest, is_flux, is_patch, is_template, may_contain_objects, sort};
use crate::snapshot::is_snapshot;
use crate::usage::exceeded;
use crate::yaml::Node;

/// What is applied together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The files that the command line names.
    Named,
    /// Standard input.
    Stream,
    /// A directory that was found, without those below it, as in `kubectl apply -f DIR`.
    Directory(PathBuf),
}

/// The objects of plain manifests, by the plan that they are checked with.
#[derive(Default)]
pub struct Parts {
    parts: Vec<Part>,
}

struct Part {
    plan: Plan,
    groups: Vec<Vec<Node>>,
    known: BTreeMap<Group, usize>,
}

impl Parts {
    /// Adds objects.
    pub fn add(&mut self, plan: Plan, group: Group, objects: Vec<Node>) {
        let at = self.parts.iter().position(|part| part.plan.is_like(&plan)).unwrap_or_else(|| {
            self.parts.push(Part { plan, groups: Vec::new(), known: BTreeMap::new() });
            self.parts.len() - 1
        });
        let Some(Part { groups, known, .. }) = self.parts.get_mut(at) else { return };
        let at = *known.entry(group).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups.get_mut(at).into_iter().for_each(|group| group.extend(objects.iter().cloned()));
    }

    /// Checks all objects.
    pub fn check(self, records: &mut Records) -> Report {
        let mut report = Report::default();
        self.parts.iter().for_each(|part| report.extend(check_groups(&part.groups, &part.plan, records)));
        report
    }
}

/// What was read from a manifest.
#[derive(Default)]
pub struct Manifest {
    /// The objects.
    pub objects: Vec<Node>,
    /// The errors in other documents.
    pub errors: Vec<Diagnostic>,
    /// Whether there was anything to check: objects, or the content of a kustomization file.
    pub is_checked: bool,
}

/// Reads a text that the command line names.
///
/// # Errors
/// It is not valid YAML, or has the content of a kustomization file with mistakes.
pub fn named(path: &Path, content: Vec<u8>, records: &mut Records) -> Result<Manifest> {
    let (documents, errors) = manifest::read_valid(path, content, records)?;
    Ok(checked(path, documents, errors, records))
}

/// Reads a file that was found by a search. What is not a manifest is counted. `below` is its path in the directory of a kustomization,
/// where files that are not used may be patches.
///
/// # Errors
/// It can't be read, or is a manifest with mistakes.
pub fn found(
    file: &Input,
    below: Option<&Path>,
    bytes: &mut usize,
    searched: &mut Searched,
    records: &mut Records,
) -> Result<Manifest> {
    let content = file.read()?;
    if !may_contain_objects(&content) {
        searched.left_out.add(Reason::Other, 1);
        return Ok(Manifest::default());
    }
    if is_snapshot(&content) {
        searched.left_out.add(Reason::Snapshot, 1);
        return Ok(Manifest::default());
    }
    *bytes = bytes.saturating_add(content.len());
    if *bytes > READ_BYTES {
        return Err(exceeded(format!("the manifests have more than {} MiB", READ_BYTES >> 20)).into());
    }
    let (is_template, is_manifest) = (is_template(&content), is_broken_manifest(&content));
    let (documents, errors) = match manifest::read_valid(&file.path, content, records) {
        Ok((documents, errors)) if errors.is_empty() => (documents, errors),
        _ if is_template || !is_manifest => {
            searched.left_out.add(if is_template { Reason::Template } else { Reason::Other }, 1);
            return Ok(Manifest::default());
        }
        read => read?,
    };
    let contents: Vec<Content> = documents.iter().map(sort).collect();
    if errors.is_empty() && !contents.iter().any(|content| matches!(content, Content::Object | Content::Kustomization)) {
        let is_program = contents.contains(&Content::Configuration);
        searched.left_out.add(if is_program { Reason::Configuration } else { Reason::Other }, 1);
        return Ok(Manifest::default());
    }
    if below.is_some_and(|below| documents.iter().any(|document| is_patch(document, below))) {
        searched.left_out.add(Reason::Patch, 1);
        return Ok(Manifest::default());
    }
    searched.manifests += 1;
    // A document without `kind` between objects is a mistake.
    let kept = documents.into_iter().zip(contents).filter(|(_, content)| *content != Content::Configuration);
    Ok(checked(&file.path, kept.map(|(document, _)| document).collect(), errors, records))
}

/// Checks documents with the content of a kustomization file; the others are objects.
fn checked(path: &Path, documents: Vec<Node>, mut errors: Vec<Diagnostic>, records: &mut Records) -> Manifest {
    let is_checked = !documents.is_empty() || !errors.is_empty();
    let (files, objects): (Vec<Node>, Vec<Node>) =
        documents.into_iter().partition(|document| sort(document) == Content::Kustomization);
    for file in files {
        match Kustomization::of_document(&file) {
            Ok(kustomization) => entries::run(&kustomization, records),
            Err(wrong) => errors.extend(wrong.into_vec()),
        }
    }
    for object in objects.iter().filter(|object| is_flux(object)) {
        if FILE_NAMES.iter().any(|name| path.file_name().is_some_and(|found| found == *name)) {
            records.find(of_flux(object));
        }
    }
    Manifest { objects, errors, is_checked }
}

/// The note about an object of Flux in a file that kustomize takes for its own.
fn of_flux(object: &Node) -> Diagnostic {
    let message = "this is an object of Flux and not a kustomization file, so it was checked as a custom resource";
    let place = object.get("apiVersion").unwrap_or(object).span();
    let help = "rename the file: kustomize and Flux expect a kustomization file in a file with this name";
    Diagnostic::note("flux-kustomization", message).at(place).help(help)
}
