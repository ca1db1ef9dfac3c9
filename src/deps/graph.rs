//! From the list of reads to a graph.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::place::{Here, Place};
use crate::load::Files;
use crate::load::reads::{Read, What};
use crate::records::Records;
use crate::yaml::provenance::Step;

/// The kind of files that a field lists, by the name of the field.
const KINDS: [(&str, &str); 16] = [
    ("bases", "resource"),
    ("configMapGenerator", "source"),
    ("configurations", "configuration"),
    ("crds", "type"),
    ("generators", "generator"),
    ("helmChartInflationGenerator", "values"),
    ("helmCharts", "values"),
    ("openapi", "openapi"),
    ("patches", "patch"),
    ("patchesJson6902", "patch"),
    ("patchesStrategicMerge", "patch"),
    ("replacements", "replacement"),
    ("resources", "resource"),
    ("secretGenerator", "source"),
    ("transformers", "transformer"),
    ("validators", "validator"),
];

/// Files, directories and URLs that are read, and what reads them.
#[derive(Debug, Default)]
pub struct Graph {
    /// The kind of each node, by path or URL as the user would write it.
    pub nodes: BTreeMap<PathBuf, &'static str>,
    /// What reads what.
    pub edges: BTreeSet<Edge>,
}

/// One node causes the build to read another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The kustomization file, link or settings file.
    pub from: PathBuf,
    /// The field that names the other node, such as `patches[0]`; `None` if there is no such field.
    pub field: Option<String>,
    /// What is read.
    pub to: PathBuf,
}

/// Something that a build read, and what requested it.
#[derive(Clone, Debug)]
pub struct Request {
    read: Read,
    /// The field; `None` for the command line, and for what is only looked for.
    step: Option<Step>,
}

impl Request {
    /// What a build has read, in order.
    pub fn of_build(records: &Records) -> Vec<Request> {
        let step = |read: &Read| read.step.map(|step| records.provenance.get_step(step).clone());
        records.reads.list().into_iter().map(|read| Request { step: step(&read), read }).collect()
    }
}

impl Graph {
    /// The graph of what builds have read.
    pub fn of(reads: &[Request], files: &dyn Files) -> Graph {
        let here = Here::of(files);
        let mut graph = Graph::default();
        let mut kustomizations: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
        let directory = |step: &Step| PathBuf::from(&step.kustomization);
        for Request { read, step } in reads {
            match (read.what, step) {
                (What::Kustomization, Some(step)) => {
                    let place = graph.lead_to(here.place(&read.path, &read.shown), "kustomization");
                    kustomizations.insert(directory(step), place);
                }
                (What::Repository, _) => {
                    graph.nodes.entry(read.shown.clone()).or_insert("repository");
                    kustomizations.insert(read.path.clone(), read.shown.clone());
                }
                // Of a repository, only the directory that is named from outside is shown.
                (What::Inner, Some(step)) => {
                    if let Some(outer) = kustomizations.get(&directory(step)).cloned() {
                        kustomizations.entry(read.shown.clone()).or_insert(outer);
                    }
                }
                _ => {}
            }
        }
        for Request { read, step } in reads {
            let Some(step) = step else {
                graph.named(read, &kustomizations, &here);
                continue;
            };
            let Some(from) = kustomizations.get(&directory(step)) else { continue };
            graph.read(read, from, &step.field, &kustomizations, &here);
        }
        graph
    }

    /// Adds the links that lead to a directory named on the command line.
    fn named(&mut self, read: &Read, kustomizations: &BTreeMap<PathBuf, PathBuf>, here: &Here<'_>) {
        if let (What::Directory, Some(to)) = (read.what, kustomizations.get(&read.shown)) {
            self.lead(here.place(&read.path, &read.shown).links, to.clone());
        }
    }

    fn read(&mut self, read: &Read, from: &Path, field: &str, kustomizations: &BTreeMap<PathBuf, PathBuf>, here: &Here<'_>) {
        let to = match read.what {
            What::Kustomization | What::Absent | What::Inner => return,
            What::Repository => read.shown.clone(),
            What::Page => {
                self.nodes.entry(read.shown.clone()).or_insert(kind(field));
                read.shown.clone()
            }
            What::Directory => {
                let Some(to) = kustomizations.get(&read.shown).cloned() else { return };
                let links = here.place(&read.path, &read.shown).links;
                self.lead(links, to)
            }
            What::File => self.lead_to(here.place(&read.path, &read.shown), kind(field)),
            What::Program => self.lead_to(here.place(&read.path, &read.shown), "program"),
            What::Chart => self.lead_to(whole(here.place(&read.path, &read.shown)), "chart"),
            What::Mount => self.lead_to(whole(here.place(&read.path, &read.shown)), "mount"),
        };
        self.edges.insert(Edge { from: from.to_owned(), field: Some(field.to_owned()), to });
    }

    /// Adds a file that is read because the objects of a build are checked with it, requested by another file or by the
    /// kustomization.
    pub fn add_check(&mut self, from: &Path, field: Option<String>, path: &Path, kind: &'static str) {
        self.nodes.entry(path.to_owned()).or_insert(kind);
        self.edges.insert(Edge { from: from.to_owned(), field, to: path.to_owned() });
    }

    /// Adds a path and the links that lead to it; returns the first link, or the path if there are none.
    fn lead_to(&mut self, place: Place, kind: &'static str) -> PathBuf {
        self.nodes.entry(place.path.clone()).or_insert(kind);
        self.lead(place.links, place.path)
    }

    /// Adds links, each of which leads to the next one; returns the first, or `end` if there are none.
    fn lead(&mut self, links: Vec<PathBuf>, end: PathBuf) -> PathBuf {
        links.into_iter().rev().fold(end, |to, link| {
            self.nodes.entry(link.clone()).or_insert("link");
            self.edges.insert(Edge { from: link.clone(), field: None, to });
            link
        })
    }
}

/// A directory whose entire content counts ends with a slash.
fn whole(mut place: Place) -> Place {
    place.path.push("");
    place
}

/// The kind of a field's files.
fn kind(field: &str) -> &'static str {
    let name = field.split(['[', ' ']).next().unwrap_or(field);
    KINDS.iter().find(|(known, _)| *known == name).map_or("file", |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kustomization::FIELDS;

    #[test]
    fn fields_are_known_and_sorted() {
        assert!(KINDS.is_sorted() && KINDS.iter().all(|(field, _)| FIELDS.contains(field)));
        assert_eq!((kind("patches[2]"), kind("transformers[0] (LabelTransformer/x)")), ("patch", "transformer"));
    }
}
