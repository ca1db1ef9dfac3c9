//! Which file imports which, read from the texts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

/// A module's path, from the root of the crate.
type Module = Vec<String>;

/// All files and their imports.
pub struct House {
    modules: BTreeMap<Module, String>,
    /// What a module re-exports: the name, and the path behind it.
    faces: BTreeMap<(Module, String), (Module, Vec<String>)>,
    imports: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

impl House {
    /// Reads the files, by their paths.
    pub fn new(files: &BTreeMap<String, String>) -> Self {
        let tests = test_files(files);
        let files = || files.iter().filter(|(path, _)| !tests.contains(&module(path)));
        let modules = files().filter(|(path, _)| *path != "src/main.rs").map(|(path, _)| (module(path), path.clone())).collect();
        let mut house = House { modules, faces: BTreeMap::new(), imports: BTreeMap::new() };
        let read: Vec<(&String, Module, Vec<Import>)> =
            files().map(|(path, text)| (path, module(path), imports(&without_comments(without_tests(text))))).collect();
        for (_, module, imports) in &read {
            for import in imports.iter().filter(|import| import.is_public) {
                let Some((start, rest)) = house.anchor(module, &import.path) else { continue };
                let name = if rest.last().is_some_and(|last| last == "self") { rest.iter().rev().nth(1) } else { rest.last() };
                if let Some(name) = name.cloned() {
                    house.faces.insert((module.clone(), name), (start, rest));
                }
            }
        }
        for (path, module, imports) in read {
            let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for import in imports {
                let Some((start, rest)) = house.anchor(&module, &import.path) else { continue };
                let Some((file, name)) = house.locate(start, &rest, 0) else { continue };
                if file != *path {
                    found.entry(file).or_default().insert(name);
                }
            }
            house.imports.insert(path.clone(), found);
        }
        house
    }

    /// All files.
    pub fn files(&self) -> impl Iterator<Item = &String> {
        self.imports.keys()
    }

    /// The files that a file imports, and the names that it takes from each.
    pub fn imports<'h>(&'h self, file: &str) -> impl Iterator<Item = (&'h String, &'h BTreeSet<String>)> + use<'h> {
        self.imports.get(file).into_iter().flatten()
    }

    /// Where a path begins, and what follows; `None` when it leads out of the crate.
    fn anchor(&self, module: &Module, path: &[String]) -> Option<(Module, Vec<String>)> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some((Module::new(), rest.to_vec())),
            "self" => Some((module.clone(), rest.to_vec())),
            "super" => {
                let ups = path.iter().take_while(|part| *part == "super").count();
                Some((module[..module.len().checked_sub(ups)?].to_vec(), path[ups..].to_vec()))
            }
            _ => self.modules.contains_key(&child(module, first)).then(|| (module.clone(), path.to_vec())),
        }
    }

    /// The file that defines what a path leads to, and its name there.
    fn locate(&self, start: Module, path: &[String], depth: usize) -> Option<(String, String)> {
        let (mut at, mut rest) = (start, path);
        while let Some(first) = rest.first().filter(|first| self.modules.contains_key(&child(&at, first))) {
            at = child(&at, first);
            rest = &rest[1..];
        }
        match rest.first().and_then(|name| self.faces.get(&(at.clone(), name.clone()))) {
            Some((start, path)) if depth < 8 => self.locate(start.clone(), path, depth + 1),
            _ => Some((self.modules.get(&at)?.clone(), rest.first().cloned().unwrap_or_else(|| "self".into()))),
        }
    }
}

fn child(module: &Module, name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// The module of a file.
fn module(path: &str) -> Module {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    let parts = path.split('/').filter(|part| !matches!(*part, "mod" | "lib"));
    parts.map(str::to_owned).collect()
}

/// The modules that exist only for tests: `#[cfg(test)] mod name;`.
fn test_files(files: &BTreeMap<String, String>) -> BTreeSet<Module> {
    static TESTS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^#\[cfg\(test\)\]\nmod (\w+);").unwrap());
    let named = |(path, text): (&String, &String)| {
        let parent = module(path);
        TESTS.captures_iter(text).map(|name| child(&parent, &name[1])).collect::<Vec<_>>()
    };
    files.iter().flat_map(named).collect()
}

/// A text up to its unit tests.
pub fn without_tests(text: &str) -> &str {
    static TESTS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?m)^#\[cfg\((?:test|all\(test[^\n]*)\)\]\nmod tests \{").unwrap());
    TESTS.find(text).map_or(text, |found| &text[..found.start()])
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

struct Import {
    is_public: bool,
    path: Vec<String>,
}

fn imports(text: &str) -> Vec<Import> {
    static USES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^\s*(pub(?:\([^)]*\))?\s+)?use ([^;]+);").unwrap());
    static PATHS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b[a-z]\w*(?:::\w+)+").unwrap());
    static VISIBILITY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"pub\(in [^)]*\)").unwrap());
    let mut found = Vec::new();
    for captures in USES.captures_iter(text) {
        let is_public = captures.get(1).is_some();
        let paths = expand(&captures[2].split_whitespace().collect::<Vec<_>>().join(" "));
        found.extend(paths.into_iter().map(|path| Import { is_public, path: parts(&path) }));
    }
    let rest = USES.replace_all(text, "");
    let rest = VISIBILITY.replace_all(&rest, "");
    found.extend(PATHS.find_iter(&rest).map(|path| Import { is_public: false, path: parts(path.as_str()) }));
    found
}

fn parts(path: &str) -> Vec<String> {
    let path = path.split(" as ").next().unwrap_or(path);
    path.split("::").map(|part| part.trim().to_owned()).collect()
}

/// The paths of a `use` tree.
fn expand(tree: &str) -> Vec<String> {
    let Some((head, body)) = tree.split_once('{') else { return vec![tree.trim().to_owned()] };
    let body = body.rsplit_once('}').map_or(body, |(body, _)| body);
    let (mut depth, mut branches) = (0, vec![String::new()]);
    for c in body.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match branches.last_mut() {
            Some(branch) if c != ',' || depth > 0 => branch.push(c),
            _ => branches.push(String::new()),
        }
    }
    let branches = branches.iter().filter(|branch| !branch.trim().is_empty());
    branches.flat_map(|branch| expand(branch.trim())).map(|path| format!("{}{path}", head.trim())).collect()
}
