//! Finds import cycles with Tarjan's algorithm.

use std::collections::{BTreeMap, BTreeSet};

use super::ImportGraph;

/// The imports that are part of cycles, one per line.
pub fn find(graph: &ImportGraph) -> Vec<String> {
    let mut search = Search { graph, number: BTreeMap::new(), low: BTreeMap::new(), open: Vec::new(), cycles: Vec::new() };
    for file in graph.files() {
        if !search.number.contains_key(file.as_str()) {
            search.visit(file);
        }
    }
    let mut lines = Vec::new();
    for cycle in search.cycles {
        for file in &cycle {
            for (other, names) in graph.imports(file).filter(|(other, _)| cycle.contains(other.as_str())) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                lines.push(format!("{file} -> {other} ({})", names.join(", ")));
            }
        }
    }
    lines
}

struct Search<'h> {
    graph: &'h ImportGraph,
    number: BTreeMap<&'h str, usize>,
    low: BTreeMap<&'h str, usize>,
    open: Vec<&'h str>,
    cycles: Vec<BTreeSet<&'h str>>,
}

impl<'h> Search<'h> {
    fn visit(&mut self, file: &'h str) {
        let number = self.number.len();
        self.number.insert(file, number);
        self.low.insert(file, number);
        self.open.push(file);
        for (other, _) in self.graph.imports(file) {
            let reached = match self.number.get(other.as_str()) {
                None => {
                    self.visit(other);
                    self.low[other.as_str()]
                }
                Some(&number) if self.open.contains(&other.as_str()) => number,
                Some(_) => continue,
            };
            let low = self.low[file].min(reached);
            self.low.insert(file, low);
        }
        if self.low[file] == number {
            let start = self.open.iter().position(|open| *open == file).unwrap_or_default();
            let cycle: BTreeSet<&str> = self.open.split_off(start).into_iter().collect();
            if cycle.len() > 1 {
                self.cycles.push(cycle);
            }
        }
    }
}
