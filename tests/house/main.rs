//! The structure of `src/`: imports go down the list of rooms in ARCHITECTURE.md, no files import each other in a circle, and a
//! `mod.rs` is a face or a table.
//!
//! The list is read from the document, so neither can go stale. Imports are the paths of `use` lines and the paths that begin with
//! `crate::`, `self::` or `super::` elsewhere, without tests and comments; a name that a face re-exports counts as an import of the file that defines it.

mod circles;
mod imports;
mod rooms;

use std::collections::BTreeMap;
use std::path::Path;

use imports::House;

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
    let found = circles::find(&House::new(&sources()));
    assert!(found.is_empty(), "files import each other in a circle:\n{}", found.join("\n"));
}

#[test]
fn imports_go_down_the_list_of_rooms() {
    let sources = sources();
    let rooms = rooms::list(&document());
    let found = rooms::faults(&rooms, &House::new(&sources));
    assert!(found.is_empty(), "see the list of rooms in ARCHITECTURE.md:\n{}", found.join("\n"));
    for room in &rooms {
        assert!(Path::new(room.trim_end_matches('/')).exists(), "ARCHITECTURE.md lists `{room}`, which does not exist");
    }
}

#[test]
fn a_mod_file_is_a_face_or_a_table() {
    for (path, text) in sources().iter().filter(|(path, _)| path.ends_with("/mod.rs")) {
        let code = imports::without_tests(text);
        assert!(!code.lines().any(|line| line.starts_with("impl")), "{path} implements a type: move it to a file of its own");
        let functions = code.lines().filter(|line| line.trim_start_matches("pub ").starts_with("fn ")).count();
        assert!(functions <= 2, "{path} has {functions} functions: move them to a file of their own");
    }
}

/// Small houses whose faults are known.
mod known {
    use super::*;

    fn house(files: &[(&str, &str)]) -> House {
        House::new(&files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn circles_are_found() {
        let files = [
            ("src/lib.rs", "pub mod a;\npub mod b;\n"),
            ("src/a.rs", "use crate::b::B;\npub struct A(B);\n"),
            ("src/b.rs", "pub struct B;\nfn f(_: &crate::a::A) {}\n"),
        ];
        assert_eq!(circles::find(&house(&files)), ["src/a.rs -> src/b.rs (B)", "src/b.rs -> src/a.rs (A)"]);
    }

    #[test]
    fn a_face_is_looked_through() {
        let files = [
            ("src/lib.rs", "pub mod room;\n"),
            ("src/room/mod.rs", "mod row;\nmod table;\npub use row::Row;\npub use self::table::{ROWS, self};\n"),
            ("src/room/row.rs", "pub struct Row;\n"),
            ("src/room/table.rs", "use super::Row;\npub const ROWS: &[Row] = &[];\n"),
        ];
        let house = house(&files);
        assert!(circles::find(&house).is_empty());
        assert!(house.imports("src/room/table.rs").any(|(file, _)| file == "src/room/row.rs"));
    }

    #[test]
    fn tests_and_comments_do_not_count() {
        let files = [
            ("src/lib.rs", "pub mod a;\npub mod b;\n"),
            ("src/a.rs", "//! See [`crate::b::B`].\n#[cfg(test)]\nmod tests {\n    use crate::b::B;\n}\n"),
            ("src/b.rs", "use crate::a;\npub struct B;\n"),
        ];
        assert!(circles::find(&house(&files)).is_empty());
    }

    #[test]
    fn climbing_imports_and_homeless_files_are_found() {
        let document = "# A\n\n## The house\n\n```\nsrc/top/   what is above,\n           told in two lines\nsrc/low.rs, low/  below\n```\n\nsrc/no.rs\n";
        let rooms = rooms::list(document);
        assert_eq!(rooms, ["src/top/", "src/low.rs", "src/low/"]);
        let files = [
            ("src/top/mod.rs", "mod x;\npub use x::X;\n"),
            ("src/top/x.rs", "use crate::low::L;\npub struct X(L);\n"),
            ("src/low.rs", "pub mod deep;\nuse crate::top::X;\npub struct L;\n"),
            ("src/low/deep.rs", "use super::L;\n"),
            ("src/odd.rs", ""),
        ];
        let faults = rooms::faults(&rooms, &house(&files));
        let expected = ["src/low.rs imports src/top/x.rs (X), which is in a room above", "src/odd.rs is in no room"];
        assert_eq!(faults, expected);
    }
}
