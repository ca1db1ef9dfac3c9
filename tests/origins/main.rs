//! Every value of every rendered object has an origin: each scalar and each key has a location in a source that was read, and
//! a value that was only copied has the same text there as in the output.
//!
//! Checks the stacks, the trees of the specification, random trees (`RENDER_ORIGINS=5000` of them, `RENDER_SEED=7` for
//! different ones), and, if `RENDER_CONFORMANCE` names a conformance suite, its trees.

#[allow(dead_code)]
#[path = "../spec_runner/case.rs"]
mod case;
#[allow(dead_code)]
#[path = "../differential/document.rs"]
mod document;
#[path = "../differential/fields/mod.rs"]
mod fields;
#[allow(dead_code)]
#[path = "../differential/objects.rs"]
mod objects;
#[path = "../differential/odd.rs"]
mod odd;
#[path = "../differential/pods.rs"]
mod pods;
#[allow(dead_code)]
#[path = "../differential/random.rs"]
mod random;
#[allow(dead_code)]
#[path = "../differential/tree.rs"]
mod tree;
#[allow(dead_code)]
#[path = "../differential/values.rs"]
mod values;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use render::blame::{Document, Secrets};
use render::load::{Disk, Restrictions};
use render::options::BuildOptions;
use render::pipeline::build;
use render::records::Records;
use render::resource::Resource;
use render::source::Span;
use render::yaml::scalar::bool_value;
use render::yaml::{Dialect, Key, Node, Part, Scalar, Tag, read_first};
use tempfile::TempDir;
use tree::Tree;

/// Counts of what was checked.
#[derive(Debug, Default)]
struct Tally {
    trees: usize,
    scalars: usize,
    copies: usize,
    faults: Vec<String>,
}

/// One build.
struct Built<'r> {
    tree: String,
    records: &'r Records,
}

impl Tally {
    /// Builds a directory and checks every object; a build that fails has none.
    fn look(&mut self, tree: &str, directory: &Path, options: &BuildOptions) {
        let mut records = Records::default();
        let Ok(resources) = build(directory, Arc::new(Disk), options, &mut records) else { return };
        self.trees += 1;
        let built = Built { tree: tree.to_owned(), records: &records };
        let secrets = Secrets::of(&resources, &records, false);
        for resource in resources.iter() {
            // Values that can't be printed have no lines.
            let Ok(document) = Document::new(resource, &secrets, &records) else { continue };
            self.object(&built, &document);
        }
    }

    fn object(&mut self, built: &Built<'_>, document: &Document<'_>) {
        for (at, mark) in document.marks.list().iter().enumerate() {
            let path = document.path(at);
            let faults = match mark.part {
                Some(Part::Key(key)) => built.key(key, mark.node),
                _ => None,
            };
            let faults = faults.into_iter().chain(if mark.holds_others() {
                None
            } else {
                self.scalar(built, document.resource, mark.node, &path)
            });
            let faults: Vec<String> = faults.collect();
            for fault in faults {
                self.fault(built, document.resource, &path, &fault);
            }
            if at > 0 && document.find(&path).ok() != Some(at) {
                self.fault(built, document.resource, &path, "the path does not lead back to the value");
            }
        }
    }

    fn fault(&mut self, built: &Built<'_>, resource: &Resource, path: &str, fault: &str) {
        self.faults.push(format!("{}: {}: {path}: {fault}", built.tree, resource.id()));
    }

    fn scalar(&mut self, built: &Built<'_>, resource: &Resource, node: &Node, path: &str) -> Option<String> {
        self.scalars += 1;
        for old in built.records.provenance.history(node) {
            let place = built.records.provenance.place(&old);
            if let Some(fault) = std::iter::once(place.at).chain(place.from).find_map(|span| built.place(span, &old)) {
                return Some(fault);
            }
        }
        let copy = built.expectation(resource, node, path);
        self.copies += usize::from(copy.is_some());
        copy.and_then(|copy| built.compare(copy, node))
    }
}

/// The relation of a value to the text at its location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Copy {
    /// The value is the text, read as YAML.
    Whole,
    /// The value starts with the text.
    Start,
    /// The value ends with the text.
    End,
    /// The text is a part of the value.
    Part,
    /// The value is the end of the text: `key=value`.
    Behind,
    /// The same, with the value in base64.
    Encoded,
}

impl Built<'_> {
    /// What is wrong with a location: it is in no source, or it is a whole file that contains more than the value.
    fn place(&self, span: Span, node: &Node) -> Option<String> {
        let text = self.records.sources.get(span.source).text();
        if text.get(span.start as usize..span.end as usize).is_none() || span.start > span.end {
            return Some(format!("the location {span:?} is not in {}", self.records.sources.place(span)));
        }
        // A value that is generated or changed by a configuration object comes from the whole object.
        let step = &self.records.provenance.get_step(self.records.provenance.get(node.origin()).step).field;
        if ["generators", "transformers"].iter().any(|field| step.starts_with(field)) {
            return None;
        }
        let is_whole = span.start == 0 && span.end as usize == text.len();
        let holds_more =
            || text.trim_end().lines().count() > 1 && node.as_scalar().is_some_and(|scalar| scalar.text.len() < text.len() / 2);
        (is_whole && holds_more()).then(|| format!("the location is the whole of {}", self.records.sources.place(span)))
    }

    /// The expected relation of a value to the text at its location; `None` for computed values.
    fn expectation(&self, resource: &Resource, node: &Node, path: &str) -> Option<Copy> {
        let provenance = &self.records.provenance;
        let step = provenance.get_step(provenance.get(node.origin()).step);
        let is_entry = path.starts_with("data") || path.starts_with("binaryData");
        match step.field.split(['[', ' ']).next().unwrap_or_default() {
            _ if provenance.place(node).from.is_some() => None,
            "resources" | "bases" | "patches" | "patchesStrategicMerge" | "patchesJson6902" => Some(Copy::Whole),
            "labels" | "commonLabels" | "commonAnnotations" | "namespace" | "replicas" => Some(Copy::Whole),
            "images" => Some(Copy::Part),
            "namePrefix" => Some(Copy::Start),
            "nameSuffix" => Some(Copy::End),
            "configMapGenerator" if is_entry => Some(Copy::Behind),
            "secretGenerator" if is_entry => Some(Copy::Encoded),
            "configMapGenerator" | "secretGenerator" if path == "metadata.name" || path == "metadata.namespace" => {
                Some(Copy::Whole)
            }
            "configMapGenerator" | "secretGenerator" if path.starts_with("metadata") => Some(Copy::Whole),
            "name" => Some(Copy::Start).filter(|_| resource.former().is_empty() && step.field == "name suffix hash"),
            _ => None,
        }
    }

    /// The dialect of a text: a JSON patch that begins with `[` is JSON.
    fn dialect(&self, span: Span) -> Dialect {
        let is_json = self.records.sources.get(span.source).text().starts_with('[');
        if is_json { Dialect::Json } else { Dialect::Manifest }
    }

    fn compare(&self, copy: Copy, node: &Node) -> Option<String> {
        let scalar = node.as_scalar()?;
        let span = node.span();
        let text = self.records.sources.text(span);
        let read = read_alone(text, span, node, self.dialect(span));
        let found = read.as_ref().and_then(Node::as_scalar);
        let value = scalar.settled_text(false);
        let is_there = |is_so: fn(&str, &str) -> bool| found.is_some_and(|found| is_so(&value, &found.text));
        let held = match copy {
            Copy::Whole if text.starts_with(['|', '>']) => squeezed(&value) == squeezed(&block(text)),
            Copy::Whole => found.is_some_and(|found| is_same(scalar, found)) || is_empty(scalar, text, read.as_ref()),
            Copy::Start => is_there(|value, found| value.starts_with(found)),
            Copy::End => is_there(|value, found| value.ends_with(found)),
            Copy::Part => is_there(|value, found| value.contains(found)),
            Copy::Behind => {
                is_behind(text, found, value.as_bytes())
                    || decoded(&value).is_some_and(|bytes| is_behind(text, found, &bytes) || !is_text(&bytes))
            }
            Copy::Encoded => decoded(&value).is_some_and(|bytes| is_behind(text, found, &bytes) || !is_text(&bytes)),
        };
        let provenance = &self.records.provenance;
        let step = provenance.get_step(provenance.get(node.origin()).step);
        (!held).then(|| format!("`{}` by {step} is not ({copy:?}) `{text}` at {}", scalar.text, self.records.sources.place(span)))
    }

    /// What is wrong with the location of a key. If it is also the location of its value, a step created both.
    fn key(&self, key: &Key, value: &Node) -> Option<String> {
        if let Some(fault) = self.place(key.span(), value) {
            return Some(format!("its key: {fault}"));
        }
        let provenance = &self.records.provenance;
        let step = provenance.get_step(provenance.get(value.origin()).step);
        let is_read = ["resources", "bases", "patches["].iter().any(|field| step.field.starts_with(field));
        let text = self.records.sources.text(key.span());
        if !is_read
            || text.starts_with('*')
            || key.span() == value.span()
            || key.span().source != value.span().source
            || text.is_empty()
        {
            return None;
        }
        let read = read_alone(text, key.span(), value, self.dialect(key.span()));
        let is_own = read.as_ref().and_then(Node::as_scalar).is_some_and(|found| found.text == *key.text);
        let is_pointer = || text.replace("~1", "/").replace("~0", "~").trim_matches(['"', '\'']).ends_with(key.text.as_str());
        (!is_own && !is_pointer())
            .then(|| format!("its key `{}` is not `{text}` at {}", key.text, self.records.sources.place(key.span())))
    }
}

/// Reads the text of a value as a separate document.
fn read_alone(text: &str, span: Span, node: &Node, dialect: Dialect) -> Option<Node> {
    read_first(text, span.source, node.origin(), dialect).ok()?
}

/// Nothing, or a mapping or list in place of a string.
fn is_empty(scalar: &Scalar, text: &str, read: Option<&Node>) -> bool {
    match read {
        None => scalar.text.is_empty() && (text.trim().is_empty() || text.contains('\n')) || scalar.tag == Tag::Null,
        Some(read) => (scalar.text.is_empty() || scalar.text == "null") && read.as_scalar().is_none(),
    }
}

/// The text of a block, as its lines: how its line breaks are read is tested elsewhere.
fn block(text: &str) -> String {
    text.split_once('\n').map_or_else(String::new, |(_, lines)| lines.to_owned())
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Whether two values are equal, regardless of their form. JSON has fewer digits, and printed values were converted to JSON.
fn is_same(value: &Scalar, found: &Scalar) -> bool {
    let number = |scalar: &Scalar| Scalar::plain(scalar.text.clone()).number().map(|number| number.as_f64());
    let numbers = || number(value).zip(number(found)).is_some_and(|(a, b)| a == b);
    let has_bool = [value.tag, found.tag].contains(&Tag::Bool);
    let booleans = || has_bool && bool_value(&value.text) == bool_value(&found.text);
    let nothing = || (value.tag == Tag::Null || value.text.is_empty()) && (found.tag == Tag::Null || found.text.is_empty());
    let times = || found.tag == Tag::Timestamp && value.text.starts_with(&found.text[..found.text.len().min(10)]);
    let binary = || decoded(&found.text).is_some_and(|bytes| bytes == value.text.as_bytes());
    value.text == found.text
        || binary()
        || value.text.contains('\u{fffd}')
        || value.settled_text(false) == found.settled_text(false)
        || numbers()
        || booleans()
        || nothing()
        || times()
}

/// Whether a value is the whole text, its end, or the end of the value that it reads as.
fn is_behind(text: &str, found: Option<&Scalar>, value: &[u8]) -> bool {
    let ends = |text: &str| {
        let text = text.trim_end_matches(['\r', '\n']);
        let text = text.strip_suffix(['"', '\'']).unwrap_or(text).trim_end();
        text.as_bytes().ends_with(value.trim_ascii_end())
    };
    text.as_bytes() == value
        || ends(text)
        || found.is_some_and(|found| ends(&found.text) || found.text.as_bytes().ends_with(value))
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.split_whitespace().collect::<String>()).ok()
}

fn finish(what: &str, tally: &Tally, at_least: usize) {
    let Tally { trees, scalars, copies, faults } = tally;
    eprintln!("{what}: {scalars} values of {trees} trees, {copies} of them copied");
    let shown: Vec<&str> = faults.iter().take(40).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), shown.join("\n"));
    assert!(*copies >= at_least, "only {copies} values were compared");
}

/// The directories below a directory that contain a kustomization.
fn kustomizations(directory: &Path, found: &mut Vec<PathBuf>) {
    if directory.join("kustomization.yaml").is_file() {
        found.push(directory.to_owned());
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    entries.iter().filter(|entry| entry.is_dir()).for_each(|entry| kustomizations(entry, found));
}

#[test]
fn values_of_the_stacks_have_correct_locations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut directories = Vec::new();
    kustomizations(&root.join("overlays"), &mut directories);
    kustomizations(&root.join("bases"), &mut directories);
    let mut tally = Tally::default();
    for directory in directories {
        tally.look(&directory.display().to_string(), &directory, &BuildOptions::default());
    }
    assert!(tally.trees > 20, "only {} trees build", tally.trees);
    finish("stacks", &tally, 30_000);
}

#[test]
fn values_of_the_specification_have_correct_locations() {
    let mut tally = Tally::default();
    for case in case::all_cases() {
        let directory = tempfile::tempdir().expect("a directory");
        for (path, content) in &case.files {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            std::fs::write(&path, content).expect("a file");
        }
        tally.look(&case.title(), directory.path(), &BuildOptions::default());
    }
    assert!(tally.trees > 200, "only {} trees build", tally.trees);
    finish("specification", &tally, 2_000);
}

#[test]
fn values_of_random_trees_have_correct_locations() {
    let number = |name: &str, default| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let first: u64 = number("RENDER_SEED", 1) * 1_000_000_000;
    let count: u64 = number("RENDER_ORIGINS", 200);
    let mut tally = Tally::default();
    for seed in first..first + count {
        let tree = tree::tree(seed);
        let directory = laid_out(&tree);
        tally.look(&format!("the tree {seed}"), directory.path(), &BuildOptions::default());
    }
    finish("random trees", &tally, 2_000);
}

fn laid_out(tree: &Tree) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for file in &tree.files {
        let path = directory.path().join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, file.written()).expect("a file");
    }
    directory
}

#[test]
fn values_of_a_conformance_suite_have_correct_locations() {
    let Some(suite) = std::env::var_os("RENDER_CONFORMANCE").map(PathBuf::from) else {
        eprintln!("skipped: set RENDER_CONFORMANCE to a conformance suite");
        return;
    };
    let lines = std::fs::read_to_string(suite.join("trees/dev.txt")).expect("the list of trees");
    let mut tally = Tally::default();
    for line in lines.lines() {
        let mut fields = line.split('\t');
        let (Some(repository), Some(path)) = (fields.next(), fields.next()) else { continue };
        let anywhere = fields.next().is_some_and(|flags| flags.contains("LoadRestrictionsNone"));
        let restrictions = if anywhere { Restrictions::None } else { Restrictions::default() };
        let options = BuildOptions { restrictions, offline: true, ..BuildOptions::default() };
        let directory = suite.join("trees/repos").join(repository).join(path);
        tally.look(&format!("{repository}:{path}"), &directory, &options);
    }
    for case in std::fs::read_dir(suite.join("cases")).into_iter().flatten().flatten() {
        let case_file = std::fs::read_to_string(case.path().join("case.json")).unwrap_or_default();
        let Ok(case_file) = serde_json::from_str::<serde_json::Value>(&case_file) else { continue };
        let path = case_file["build"].as_str().unwrap_or(".");
        tally.look(
            &case.file_name().display().to_string(),
            &case.path().join(path),
            &BuildOptions { offline: true, ..BuildOptions::default() },
        );
    }
    finish("conformance", &tally, 100_000);
}
