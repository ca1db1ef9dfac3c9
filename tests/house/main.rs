//! The structure of `src/`: imports follow the list of modules in ARCHITECTURE.md, there are no import cycles between files, and a
//! `mod.rs` is an interface or a table.
//!
//! The list is read from the document, so the two always agree. Imports are the paths of `use` lines, and other paths that start
//! with `crate::`, `self::`, or `super::`, without tests and comments. A re-exported name counts as an import of the file that
//! defines it.

mod cycles;
mod imports;
mod order;

use std::collections::BTreeMap;
use std::path::Path;

use imports::ImportGraph;

/// The files below `src/` with their texts, by path.
fn sources() -> BTreeMap<String, String> {
    fn walk(directory: &Path, files: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                files.insert(path.to_str().unwrap().replace('\\', "/"), text);
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(Path::new("src"), &mut files);
    files
}

fn document() -> String {
    std::fs::read_to_string("ARCHITECTURE.md").unwrap()
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let found = cycles::find(&ImportGraph::new(&sources()));
    assert!(found.is_empty(), "there are import cycles:\n{}", found.join("\n"));
}

#[test]
fn imports_follow_the_list_of_modules() {
    let sources = sources();
    let modules = order::list(&document());
    let found = order::faults(&modules, &ImportGraph::new(&sources));
    assert!(found.is_empty(), "see the list of modules in ARCHITECTURE.md:\n{}", found.join("\n"));
    for module in &modules {
        assert!(Path::new(module.trim_end_matches('/')).exists(), "ARCHITECTURE.md lists `{module}`, which does not exist");
    }
}

#[test]
fn a_mod_file_is_an_interface_or_a_table() {
    for (path, text) in sources().iter().filter(|(path, _)| path.ends_with("/mod.rs")) {
        let code = imports::without_tests(text);
        assert!(!code.lines().any(|line| line.starts_with("impl")), "{path} implements a type: move it to a file of its own");
        let functions = code.lines().filter(|line| line.trim_start_matches("pub ").starts_with("fn ")).count();
        assert!(functions <= 2, "{path} has {functions} functions: move them to a file of their own");
    }
}

/// Small import graphs with known faults.
mod examples {
    use super::*;

    fn graph(files: &[(&str, &str)]) -> ImportGraph {
        ImportGraph::new(&files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn circles_are_found() {
        let files = [
            ("src/lib.rs", "pub mod a;\npub mod b;\n"),
            ("src/a.rs", "use crate::b::B;\npub struct A(B);\n"),
            ("src/b.rs", "pub struct B;\nfn f(_: &crate::a::A) {}\n"),
        ];
        assert_eq!(cycles::find(&graph(&files)), ["src/a.rs -> src/b.rs (B)", "src/b.rs -> src/a.rs (A)"]);
    }

    #[test]
    fn re_exports_are_resolved() {
        let files = [
            ("src/lib.rs", "pub mod module;\n"),
            ("src/module/mod.rs", "mod row;\nmod table;\npub use row::Row;\npub use self::table::{ROWS, self};\n"),
            ("src/module/row.rs", "pub struct Row;\n"),
            ("src/module/table.rs", "use super::Row;\npub const ROWS: &[Row] = &[];\n"),
        ];
        let graph = graph(&files);
        assert!(cycles::find(&graph).is_empty());
        assert!(graph.imports("src/module/table.rs").any(|(file, _)| file == "src/module/row.rs"));
    }

    #[test]
    fn tests_and_comments_are_ignored() {
        let files = [
            ("src/lib.rs", "pub mod a;\npub mod b;\n"),
            ("src/a.rs", "//! See [`crate::b::B`].\n#[cfg(test)]\nmod tests {\n    use crate::b::B;\n}\n"),
            ("src/b.rs", "use crate::a;\npub struct B;\n"),
        ];
        assert!(cycles::find(&graph(&files)).is_empty());
    }

    #[test]
    fn imports_from_above_and_unlisted_files_are_found() {
        let document = "# A\n\n## The house\n\n```\nsrc/top/   what is above,\n           in two lines\nsrc/low.rs, low/  below\n```\n\nsrc/no.rs\n";
        let modules = order::list(document);
        assert_eq!(modules, ["src/top/", "src/low.rs", "src/low/"]);
        let files = [
            ("src/top/mod.rs", "mod x;\npub use x::X;\n"),
            ("src/top/x.rs", "use crate::low::L;\npub struct X(L);\n"),
            ("src/low.rs", "pub mod deep;\nuse crate::top::X;\npub struct L;\n"),
            ("src/low/deep.rs", "use super::L;\n"),
            ("src/odd.rs", ""),
        ];
        let faults = order::faults(&modules, &graph(&files));
        let expected =
            ["src/low.rs imports src/top/x.rs (X), which is in a higher module", "src/odd.rs is not in a listed module"];
        assert_eq!(faults, expected);
    }
}
