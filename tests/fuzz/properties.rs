//! Properties of what was read, printed, merged, and compared.

use render::diff::format::{self, Style};
use render::diff::{Diff, Object, Options, OverlayDiff, Side, apply, compare};
use render::records::Records;
use render::yaml::provenance::Edit;
use render::yaml::{self, Dialect, Node, json};

/// The documents of a text that was printed.
fn read(text: &str) -> Vec<Node> {
    let mut records = Records::default();
    let source = records.sources.add("printed", text);
    let step = records.provenance.step("", "test");
    records.documents(source, step, Dialect::Manifest).unwrap_or_else(|errors| panic!("{errors:?}\nin {text}"))
}

/// Line breaks that go-yaml prints as they are or as spaces, even where they are read as something else.
const RAW_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// A printed document has the values that it was printed from.
pub fn reads_back(document: &Node, printed: &str) {
    let again = read(printed);
    let before = json::print_settled(document);
    if printed.contains(RAW_BREAKS) || before.as_deref().is_some_and(|before| before.contains(RAW_BREAKS)) {
        return;
    }
    let [again] = again.as_slice() else { panic!("{} documents:\n{printed}", again.len()) };
    assert_eq!(before, json::print_settled(again), "{printed}");
}

/// Whatever can be printed can be read.
pub fn prints(document: &Node) {
    let mut printed = String::new();
    if yaml::emit(document, &mut printed).is_ok() {
        read(&printed);
    }
}

/// A printed stream has this many documents.
pub fn has_documents(printed: &str, expected: usize) {
    assert_eq!(read(printed).len(), expected, "{printed}");
}

/// The values of the printed objects, sorted.
fn texts(nodes: &[Node]) -> Vec<String> {
    let printed = |node: &Node| {
        let mut text = String::new();
        yaml::emit(node, &mut text).expect("an object that can be printed");
        read(&text)
    };
    let mut texts: Vec<String> = nodes.iter().flat_map(printed).map(|node| json::print_settled(&node).expect("JSON")).collect();
    texts.sort();
    texts
}

/// Nothing differs from itself; what is applied to the old objects yields the new ones; all formats can be written.
pub fn diff(sides: &[Vec<Node>; 2], records: &mut Records) {
    let found = {
        let side = |nodes: &[Node]| Side {
            objects: nodes.iter().cloned().map(Object::plain).collect(),
            sources: &records.sources,
            provenance: &records.provenance,
        };
        let options = Options { show_secrets: true, ..Options::default() };
        let [old, new] = [side(&sides[0]), side(&sides[1])];
        assert!(compare("test", &old, &old, &options).objects.is_empty(), "an object differs from itself");
        compare("test", &old, &new, &options)
    };
    for format in format::FORMATS {
        write(&found, format.name);
    }
    let text = write(&found, "json");
    let source = records.sources.add("", "");
    let step = records.provenance.step("", "test");
    let span = records.sources.whole(source);
    let mut edit = Edit::new(&mut records.provenance, step, span);
    let again = format::json::read(&text, &mut edit).expect("a diff");
    let applied = apply(&again.overlays[0], &sides[0], &mut edit).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(texts(&applied), texts(&sides[1]));
}

fn write(found: &OverlayDiff, name: &str) -> String {
    let diff = Diff { overlays: vec![found.clone()], ..Diff::default() };
    (format::format(name).expect("a format").write)(&diff, Style::default())
}
