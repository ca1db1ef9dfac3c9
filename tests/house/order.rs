//! The list of modules in ARCHITECTURE.md: a file imports only from its own module and from modules below it.

use super::ImportGraph;

/// The modules from top to bottom: the first block under the heading "The house".
pub fn list(document: &str) -> Vec<String> {
    let section = document.split_once("\n## The house\n").map_or("", |(_, section)| section);
    let block = section.split("```").nth(1).unwrap_or_default();
    let mut modules = Vec::new();
    for line in block.lines().filter(|line| line.starts_with("src/")) {
        let listed = line.split("  ").next().unwrap_or_default();
        for name in listed.split(',').map(str::trim) {
            modules.push(if name.starts_with("src/") { name.to_owned() } else { format!("src/{name}") });
        }
    }
    modules
}

/// ImportGraph that climb, and files that are in no module.
pub fn faults(modules: &[String], graph: &ImportGraph) -> Vec<String> {
    let rank = |file: &str| {
        let matching = modules.iter().enumerate().filter(|(_, module)| match module.strip_suffix('/') {
            Some(_) => file.starts_with(module.as_str()),
            None => file == module.as_str(),
        });
        matching.max_by_key(|(_, module)| module.len()).map(|(at, _)| at)
    };
    let mut found = Vec::new();
    for file in graph.files() {
        let Some(own) = rank(file) else {
            found.push(format!("{file} is not in a listed module"));
            continue;
        };
        for (other, names) in graph.imports(file) {
            let is_same = |at: usize| stem(&modules[at]) == stem(&modules[own]);
            if rank(other).is_some_and(|at| at < own && !is_same(at)) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                found.push(format!("{file} imports {other} ({}), which is in a higher module", names.join(", ")));
            }
        }
    }
    found
}

/// A file and the directory of the same name are the same module.
fn stem(module: &str) -> &str {
    module.trim_end_matches('/').trim_end_matches(".rs")
}
