//! Random documents, printed by render and by kubectl, compared byte for byte.
//!
//! Skipped if there is no `kubectl` with kustomize 5.8; `RENDER_KUBECTL` names a program other than `kubectl137` or `kubectl`.
//! `RENDER_DIFFERENTIAL=20000` runs that many documents, `RENDER_SEED=7` different ones.

#[allow(dead_code)]
#[path = "support/kubectl.rs"]
mod kubectl;

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use render::source::{Sources, Span};
use render::yaml::OriginId;
use render::yaml::provenance::Provenance;
use render::yaml::scalar::resolve;
use render::yaml::{Dialect, Entry, Key, Mapping, Node, Scalar, Tag, Value, emit, natural_cmp, read_documents};

/// The number of documents that kubectl prints in one run.
const BATCH: usize = 200;

#[test]
fn prints_what_kubectl_prints() {
    let Some(kubectl) = kubectl::find(kubectl::NAMES) else {
        eprintln!("skipped: no kubectl with kustomize 5.8; set RENDER_KUBECTL to use one");
        return;
    };
    let (count, seed) = (number("RENDER_DIFFERENTIAL", 600) as usize, number("RENDER_SEED", 1));
    let mut generator = Generator::new(seed);
    let directory = tempfile::tempdir().expect("a directory");
    let (mut printed, mut refused, mut different) = (0, 0, Vec::new());
    while printed + refused < count {
        let nodes: Vec<Node> = (0..BATCH).map(|at| generator.document(at)).collect();
        let (good, bad): (Vec<&Node>, Vec<&Node>) = nodes.iter().partition(|node| print(&[node]).is_some());
        compare(&kubectl, directory.path(), &good, &mut different);
        for node in bad.iter().take(8) {
            if let Some(output) = kustomize(&kubectl, directory.path(), &[node]) {
                different.push(format!("we reject what kubectl prints:\n{}\nkubectl:\n{output}", written(node)));
            }
        }
        printed += good.len();
        refused += bad.len();
    }
    eprintln!("{printed} documents printed, {refused} rejected, {} different", different.len());
    assert!(
        different.is_empty(),
        "seed {seed}: {} of {count} differ\n{}",
        different.len(),
        different[..different.len().min(20)].join("\n")
    );
}

#[test]
fn blocks_are_read_back_as_by_kubectl() {
    let Some(kubectl) = kubectl::find(kubectl::NAMES) else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let mut generator = Generator::new(number("RENDER_SEED", 1));
    for _ in 0..number("RENDER_DIFFERENTIAL", 600).div_ceil(BATCH as u64) {
        let mut source = String::from("apiVersion: example.com/v1\nkind: Foo\nmetadata:\n  name: blocks\nspec:\n");
        for at in 0..BATCH {
            source.push_str(&format!("- {}", block(if at % 2 == 0 { '>' } else { '|' }, &generator.block(), "  ")));
        }
        source.push_str(generator.pick(&["", "# the end\n", "\n  # the end"]));
        let theirs = run(&kubectl, directory.path(), &source).unwrap_or_else(|| panic!("kubectl rejects {source}"));
        let ours = read_and_print(&source);
        for (at, (ours, theirs)) in ours.lines().zip(theirs.lines()).enumerate() {
            assert_eq!(ours, theirs, "line {at} of ours and kubectl's for\n{source}");
        }
        assert_eq!(ours, theirs);
    }
}

/// The result of reading a text and printing it.
fn read_and_print(source: &str) -> String {
    let (mut sources, mut provenance) = (Sources::default(), Provenance::default());
    let id = sources.add("r.yaml", source);
    let step = provenance.step("", "read");
    let origin = provenance.read(step, sources.whole(id));
    let nodes = read_documents(source, id, origin, Dialect::Manifest).unwrap_or_else(|error| panic!("{error:?} in {source}"));
    print(&nodes.iter().collect::<Vec<_>>()).unwrap_or_default()
}

/// A block scalar with this value, its lines indented by `indent`.
fn block(style: char, text: &str, indent: &str) -> String {
    let body = text.trim_end_matches('\n');
    let chomp = match text.len() - body.len() {
        0 => "-",
        1 if !body.is_empty() => "",
        _ => "+",
    };
    let mut out = format!("{style}{}{chomp}\n", indent.len());
    let mut lines = text.split_terminator('\n').peekable();
    while let Some(line) = lines.next() {
        out.push_str(if line.is_empty() { "" } else { indent });
        out.push_str(line);
        out.push('\n');
        let next = lines.clone().find(|line| !line.is_empty());
        let folds = |line: &str| !line.is_empty() && !line.starts_with(' ');
        if style == '>' && folds(line) && next.is_some_and(folds) {
            out.push('\n');
        }
    }
    out
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Compares all documents together, and one by one if that fails.
fn compare(kubectl: &str, directory: &Path, nodes: &[&Node], different: &mut Vec<String>) {
    let ours = print(nodes).expect("each can be printed");
    let again = read_and_print(&written_all(nodes));
    if ours != again && nodes.len() == 1 {
        different
            .push(format!("---- source:\n{}\n---- printed:\n{ours:?}\n---- read and printed:\n{again:?}", written(nodes[0])));
    }
    let theirs = kustomize(kubectl, directory, nodes);
    if ours == again && theirs.as_ref() == Some(&ours) {
        return;
    }
    if let [node] = nodes {
        if theirs.as_ref() == Some(&ours) {
            return;
        }
        let theirs = theirs.unwrap_or_else(|| "(an error)".to_owned());
        different.push(format!("---- source:\n{}\n---- ours:\n{ours:?}\n---- kubectl:\n{theirs:?}", written(node)));
        return;
    }
    let (left, right) = nodes.split_at(nodes.len() / 2);
    compare(kubectl, directory, left, different);
    compare(kubectl, directory, right, different);
}

fn kustomize(kubectl: &str, directory: &Path, nodes: &[&Node]) -> Option<String> {
    run(kubectl, directory, &written_all(nodes))
}

fn run(kubectl: &str, directory: &Path, source: &str) -> Option<String> {
    std::fs::write(directory.join("kustomization.yaml"), "resources: [r.yaml]\n").expect("a file");
    std::fs::write(directory.join("r.yaml"), source).expect("a file");
    let output = Command::new(kubectl).arg("kustomize").arg(directory).output().expect("kubectl runs");
    output.status.success().then(|| String::from_utf8(output.stdout).expect("UTF-8"))
}

fn print(nodes: &[&Node]) -> Option<String> {
    let mut out = String::new();
    for (at, node) in nodes.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { "---\n" });
        emit(node, &mut out).ok()?;
    }
    Some(out)
}

fn written_all(nodes: &[&Node]) -> String {
    nodes.iter().map(|node| written(node)).collect::<Vec<_>>().join("---\n")
}

/// The document as it is to be read by kubectl: strings in double quotes, all other values unchanged, one value per line.
fn written(node: &Node) -> String {
    let mut out = String::new();
    write_node(node, 0, &mut out);
    out
}

fn write_node(node: &Node, indent: usize, out: &mut String) {
    let mut open = |start: &str, node: &Node| {
        _ = write!(out, "{:indent$}{start}", "");
        match node.value() {
            Value::Scalar(scalar) if scalar.tag == Tag::Str => _ = writeln!(out, " {}", quoted(&scalar.text)),
            Value::Scalar(scalar) => _ = writeln!(out, " {}", scalar.text),
            Value::Mapping(map) if map.is_empty() => out.push_str(" {}\n"),
            Value::Sequence(items) if items.is_empty() => out.push_str(" []\n"),
            _ => {
                out.push('\n');
                write_node(node, indent + 2, out);
            }
        }
    };
    match node.value() {
        Value::Mapping(map) => {
            for Entry { key, value } in map {
                let text = if key.tag() == Tag::Str { quoted(&key.text) } else { key.text.to_string() };
                open(&format!("? {text}\n{:indent$}:", ""), value);
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| open("-", item)),
        Value::Scalar(_) => {}
    }
}

/// A string that begins with `=` is a plain scalar that was resolved to a string: it is written without quotes.
fn quoted(text: &str) -> String {
    if is_safe_plain(text) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => _ = write!(out, "\\{c}"),
            ' '..='~' => out.push(c),
            _ => _ = write!(out, "\\U{:08x}", c as u32),
        }
    }
    out.push('"');
    out
}

/// Strings that are read the same without quotes; they are written without them to test type resolution.
fn is_safe_plain(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._~:,".contains(&byte);
    let starts =
        text.starts_with(|c: char| c.is_ascii_alphanumeric() || "+.~".contains(c)) || text.starts_with('-') && text.len() > 1;
    let marker = text.starts_with("---") || text.starts_with("...");
    starts && !marker && !text.ends_with(':') && text.bytes().all(allowed) && resolve(text) == Tag::Str
}

const PIECES: &[&str] = &[
    "a",
    "b",
    "Z",
    "word",
    "é",
    "中",
    "ж",
    "0",
    "1",
    "9",
    "10",
    " ",
    " ",
    " ",
    "  ",
    "\n",
    "\n",
    "\n\n",
    "\n ",
    " \n",
    "\t",
    "\r",
    ":",
    ": ",
    "#",
    " #",
    "-",
    "- ",
    "?",
    "? ",
    "'",
    "\"",
    "\\",
    ",",
    "[",
    "]",
    "{",
    "}",
    "&",
    "*",
    "!",
    "|",
    ">",
    "%",
    "@",
    "`",
    "=",
    "<<",
    "~",
    "_",
    ".",
    "/",
    "$(X)",
    "---",
    "...",
    "null",
    "true",
    "yes",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{fffd}",
    "😀",
    "\0",
    "\u{1}",
    "\u{1b}",
    "\u{200b}",
    "\u{301}",
    "<",
    "sentence of words ",
    "another-rather-long-word",
];

const PLAIN: &[&str] = &[
    "0",
    "1",
    "7",
    "8",
    "9",
    "_",
    "-",
    "+",
    ".",
    "e",
    "E",
    "x",
    "o",
    "b",
    "0x",
    "0o",
    "0b",
    "f",
    "T",
    "t",
    "Z",
    ":",
    "00",
    "12",
    "2001-01-01",
    "2020-1-2",
    "T1:2:3",
    "t23:59:59.120",
    " 1:2:3",
    "+05:30",
    ".5",
    "nan",
    "inf",
    "yes",
    "no",
    "on",
    "y",
    "null",
    "~",
    "true",
    "NO",
    "False",
];

const WORDS: &[&str] = &[
    "1.5",
    "100",
    "1e3",
    "0644",
    "-0",
    "1e21",
    "123456789012345678901",
    "1e-7",
    "12345678.9",
    "2001-01-01",
    "true",
    "~",
    "null",
    "0.1",
];

/// A small random generator (xorshift), and the documents that it generates.
struct Generator {
    state: u64,
    span: Span,
    origin: OriginId,
}

impl Generator {
    fn new(seed: u64) -> Self {
        let (mut sources, mut provenance) = (Sources::default(), Provenance::default());
        let id = sources.add("random", "");
        let (span, step) = (sources.whole(id), provenance.step("", "random"));
        Generator { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, span, origin: provenance.read(step, span) }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) as usize % limit.max(1)
    }

    fn pick(&mut self, list: &[&'static str]) -> &'static str {
        list[self.below(list.len())]
    }

    fn document(&mut self, at: usize) -> Node {
        let name = self.scalar(Scalar::string(format!("n{at:04}")));
        let metadata = self.mapping(vec![("name".into(), name)]);
        let header = [("apiVersion", "example.com/v1"), ("kind", "Foo")]
            .map(|(key, text)| (key.into(), self.scalar(Scalar::string(text))));
        let spec = self.node(4);
        self.mapping(header.into_iter().chain([("metadata".into(), metadata), ("spec".into(), spec)]).collect())
    }

    fn read(&self, value: Value) -> Node {
        Node::read(value, self.span, self.origin)
    }

    fn scalar(&self, scalar: Scalar) -> Node {
        self.read(Value::Scalar(scalar))
    }

    fn mapping(&self, entries: Vec<(String, Node)>) -> Node {
        let entries = entries.into_iter().map(|(text, value)| Entry { key: Key::new(text, self.span), value });
        self.read(Value::Mapping(entries.collect::<Mapping>()))
    }

    fn node(&mut self, depth: usize) -> Node {
        match self.below(if depth == 0 { 6 } else { 10 }) {
            0..4 => {
                let text = self.text();
                self.scalar(Scalar::string(text))
            }
            4 => {
                let text = self.plain();
                self.scalar(Scalar::plain(text))
            }
            5 => {
                let text = self.pick(WORDS);
                self.scalar(Scalar::plain(text))
            }
            6 | 7 => {
                let count = self.below(4);
                let items = (0..count).map(|_| self.node(depth - 1)).collect();
                self.read(Value::Sequence(items))
            }
            _ => {
                let count = self.below(6);
                let mut keys: Vec<String> = (0..count).map(|_| self.key()).collect();
                keys = without_cycles(keys);
                let entries = keys.into_iter().map(|key| (key, self.node(depth - 1))).collect();
                self.mapping(entries)
            }
        }
    }

    fn pieces(&mut self, list: &[&'static str], most: usize) -> String {
        let count = self.below(most) + 1;
        (0..count).map(|_| self.pick(list)).collect()
    }

    fn text(&mut self) -> String {
        match self.below(12) {
            0 => String::new(),
            1..6 => self.pieces(PIECES, 4),
            6 | 7 => self.pieces(PIECES, 12),
            8 => self.pieces(&["a", "bc", "word", " ", "  ", "\n", "\n  ", "é", ":", "'", "some text"], 20),
            9 => self.long_text(),
            _ => self.pieces(&["alpha", "beta", ".", "-", "/", "_", "1", "Gi"], 5),
        }
    }

    /// A text for a block scalar: lines that begin or end with spaces, and blank lines.
    fn block(&mut self) -> String {
        let text = self.pieces(&["a", "b", "c d", " ", "  ", "\n", "\n", "\n", "\n\n", "é", ": #", "😀"], 14);
        if text.trim_end_matches('\n').ends_with(' ') || text.lines().any(|line| line.trim().is_empty() && !line.is_empty()) {
            return text.replace(' ', "x");
        }
        text
    }

    fn long_text(&mut self) -> String {
        let list = [
            "a",
            "word",
            "longer-word",
            "é",
            "中文",
            "'",
            "\"",
            "\\",
            "😀",
            ":",
            "#",
            "x y",
            "  ",
            "\u{2028}",
            "\t",
            "https://example.com/path",
        ];
        let (count, spice) = (self.below(60), self.below(list.len()) + 1);
        (0..count).map(|_| self.pick(&list[..spice]).to_owned() + if self.below(9) == 0 { "  " } else { " " }).collect()
    }

    /// A text that may be a number or a date, but is still one scalar if it is not quoted.
    fn plain(&mut self) -> String {
        loop {
            let text = self.pieces(PLAIN, 6);
            if is_safe_plain(&text) || resolve(&text) != Tag::Str && !text.contains(' ') {
                return text;
            }
        }
    }

    fn key(&mut self) -> String {
        match self.below(8) {
            0 => self.text(),
            1 => self.plain(),
            2 => self.pieces(&["a", "b", "A", "é", "中", "-", ".", "/", "_", "0", "1", "2", "10", "09"], 6),
            3 => self.pieces(&["long-key-", "with spaces ", "x"], 30),
            _ => self.pieces(&["name", "app", "kubernetes", ".io/", "-", "Port", "cpu"], 3),
        }
    }
}

/// Drops keys until every pair is ordered: kubectl prints cycles in a random order.
fn without_cycles(keys: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for key in keys {
        let at = kept.iter().position(|other| natural_cmp(&key, other) == Ordering::Less).unwrap_or(kept.len());
        let fits = kept.iter().enumerate().all(|(index, other)| (natural_cmp(&key, other) == Ordering::Less) == (index >= at));
        // A key that kubectl treats as a merge key is covered by another test.
        if fits && !kept.contains(&key) && key != "<<" {
            kept.insert(at, key);
        }
    }
    kept
}
