//! Circles of imports, by Tarjan's algorithm.

use std::collections::{BTreeMap, BTreeSet};

use super::House;

/// The imports that tie files into circles, a line each.
pub fn find(house: &House) -> Vec<String> {
    let mut search = Search { house, number: BTreeMap::new(), low: BTreeMap::new(), open: Vec::new(), circles: Vec::new() };
    for file in house.files() {
        if !search.number.contains_key(file.as_str()) {
            search.visit(file);
        }
    }
    let mut lines = Vec::new();
    for circle in search.circles {
        for file in &circle {
            for (other, names) in house.imports(file).filter(|(other, _)| circle.contains(other.as_str())) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                lines.push(format!("{file} -> {other} ({})", names.join(", ")));
            }
        }
    }
    lines
}

struct Search<'h> {
    house: &'h House,
    number: BTreeMap<&'h str, usize>,
    low: BTreeMap<&'h str, usize>,
    open: Vec<&'h str>,
    circles: Vec<BTreeSet<&'h str>>,
}

impl<'h> Search<'h> {
    fn visit(&mut self, file: &'h str) {
        let number = self.number.len();
        self.number.insert(file, number);
        self.low.insert(file, number);
        self.open.push(file);
        for (other, _) in self.house.imports(file) {
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
            let circle: BTreeSet<&str> = self.open.split_off(start).into_iter().collect();
            if circle.len() > 1 {
                self.circles.push(circle);
            }
        }
    }
}
