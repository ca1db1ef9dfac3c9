//! What is true for every input: no panic, no hang, and what is read, printed, merged, or compared satisfies its properties.
//!
//! Each check takes bytes. The fuzz targets in `fuzz/` run them on inputs of libFuzzer, `main.rs` on the inputs that once failed.

use std::path::Path;
use std::sync::Arc;

use render::cel::environment::Language;
use render::cel::machine::Limits;
use render::cel::program::Program;
use render::cel::types::Type;
use render::cel::value::Value;
use render::diagnostic::Diagnostics;
use render::go_regexp::{Fault, compile};
use render::load::{Files, Guard, Input, RepoUrl, credentials};
use render::options::BuildOptions;
use render::patch::{json_patch, strategic_merge};
use render::pipeline::{build, emit};
use render::records::Records;
use render::report::human;
use render::schema::{CommentSchemas, Definitions, Version};
use render::source::SourceId;
use render::validate::Validator;
use render::yaml::provenance::Edit;
use render::yaml::{self, Dialect, Node};
use render::{assertion, check, settings};

use super::memory::{Memory, ROOT, parts};
use super::properties;

/// A check of one input.
pub type Check = fn(&[u8]);

/// All checks by name; a fuzz target, a directory of seeds, and a directory of inputs have the same name.
pub const CHECKS: &[(&str, Check)] = &[
    ("yaml", yaml),
    ("kustomization", kustomization),
    ("tree", tree),
    ("strategic_merge", strategic_merge),
    ("json_patch", json_patch),
    ("definition", definition),
    ("cel", cel),
    ("settings", settings),
    ("assertion", assertion),
    ("diff", diff),
    ("repo_url", repo_url),
    ("pattern", pattern),
];

/// Adds a text to the records; `None` if it is not text.
fn source(records: &mut Records, name: &str, content: &[u8]) -> Option<SourceId> {
    records.add_text(name, content.to_vec()).inspect_err(|error| drop(human::diagnostic(error, &records.sources))).ok()
}

/// The documents of a text; errors are printed, because printing reads the text too.
fn documents(records: &mut Records, name: &str, content: &[u8], dialect: Dialect) -> Vec<Node> {
    let Some(source) = source(records, name, content) else { return Vec::new() };
    let step = records.provenance.step("", name);
    records.documents(source, step, dialect).inspect_err(|errors| print_errors(errors.clone(), records)).unwrap_or_default()
}

fn print_errors(errors: Diagnostics, records: &Records) {
    for error in errors.into_vec() {
        assert!(!human::diagnostic(&error, &records.sources).is_empty());
    }
}

/// Text that was printed can be read again, and has the same values.
fn yaml(data: &[u8]) {
    for dialect in [Dialect::Manifest, Dialect::Yaml11, Dialect::Json] {
        let mut records = Records::default();
        for document in documents(&mut records, "input", data, dialect) {
            let mut printed = String::new();
            match yaml::emit(&document, &mut printed) {
                Ok(()) => properties::reads_back(&document, &printed),
                Err(errors) => print_errors(errors, &records),
            }
        }
    }
}

/// Files that a kustomization may refer to.
const NEIGHBORS: &str = "-- base/kustomization.yaml --\nresources: [web.yaml]\n-- base/web.yaml --\napiVersion: apps/v1\n\
    kind: Deployment\nmetadata:\n  name: web\n  labels: {app: web}\nspec:\n  replicas: 1\n  template:\n    spec:\n      \
    containers:\n      - {name: web, image: nginx:1}\n-- r.yaml --\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\n\
    apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: n}\ndata: {a: b}\n-- p.yaml --\n- {op: add, path: /x, \
    value: 1}\n-- a.env --\nA=b\n-- component/kustomization.yaml --\nkind: Component\napiVersion: \
    kustomize.config.k8s.io/v1alpha1\nnamePrefix: x-\n";

/// A kustomization next to some files.
fn kustomization(data: &[u8]) {
    let mut files = Memory::of(NEIGHBORS.as_bytes());
    files.add("kustomization.yaml", data);
    build_tree(files);
}

/// Whole trees, as text.
fn tree(data: &[u8]) {
    build_tree(Memory::of(data));
}

/// Builds, prints, and validates a tree.
pub fn build_tree(files: Memory) {
    let mut records = Records::default();
    let options = BuildOptions { offline: true, ..BuildOptions::default() };
    let built = build(Path::new(ROOT), Arc::new(files), &options, &mut records);
    let resources = match built {
        Ok(resources) => resources,
        Err(errors) => return print_errors(errors, &records),
    };
    match emit(&resources, &records) {
        Ok(printed) => properties::has_documents(&printed, resources.len()),
        Err(errors) => print_errors(errors, &records),
    }
    let mut definitions = Definitions::default();
    for resource in resources.iter() {
        definitions.add(resource.node());
    }
    let validator = Validator::new(Version::NEWEST, false, Arc::new(definitions));
    check::find_effects(&resources, &mut records);
    let report = check::of_build(&check::Plan::default(), &mut records);
    let of_objects = resources.iter().flat_map(|resource| validator.check(resource.node())).collect::<Vec<_>>();
    for finding in report.findings().chain(&of_objects) {
        human::diagnostic(&finding.diagnostic, &records.sources);
    }
}

/// The documents of the first two parts.
fn two_texts(data: &[u8], records: &mut Records, dialects: [Dialect; 2]) -> [Vec<Node>; 2] {
    let mut texts = parts(data).into_iter().map(|(_, text)| text);
    dialects.map(|dialect| documents(records, "input", &texts.next().unwrap_or_default(), dialect))
}

/// A target and a patch.
fn strategic_merge(data: &[u8]) {
    let mut records = Records::default();
    let [targets, patches] = two_texts(data, &mut records, [Dialect::Manifest; 2]);
    let schema = records.schema.for_merging();
    for (target, patch) in targets.iter().zip(&patches) {
        let step = records.provenance.step("", "patches[0]");
        let comments = CommentSchemas::of(&[target, patch], &records.sources);
        let by = strategic_merge::MergeBy { schema: &schema, own: None };
        let mut edit = Edit::new(&mut records.provenance, step, patch.span());
        match strategic_merge::merge(target, patch, by, &comments, &mut edit) {
            Ok(merged) => merged.node.iter().for_each(properties::prints),
            Err(error) => drop(human::diagnostic(&error, &records.sources)),
        }
    }
}

/// A document and a list of operations.
fn json_patch(data: &[u8]) {
    let mut records = Records::default();
    let [targets, patches] = two_texts(data, &mut records, [Dialect::Manifest, Dialect::Yaml11]);
    for (mut target, patch) in targets.into_iter().zip(patches) {
        let step = records.provenance.step("", "patches[0]");
        let mut edit = Edit::new(&mut records.provenance, step, patch.span());
        let applied = json_patch::operations(&patch).and_then(|list| Ok(json_patch::apply(&mut target, &list, &mut edit)?));
        match applied {
            Ok(()) => properties::prints(&target),
            Err(errors) => print_errors(errors, &records),
        }
    }
}

/// CustomResourceDefinitions and objects of their kinds, with patterns and rules in CEL.
fn definition(data: &[u8]) {
    let mut records = Records::default();
    let objects = documents(&mut records, "input", data, Dialect::Manifest);
    let mut definitions = Definitions::default();
    for object in &objects {
        definitions.add(object);
    }
    let definitions = Arc::new(definitions);
    for version in [Version::OLDEST, Version::NEWEST] {
        let validator = Validator::new(version, false, Arc::clone(&definitions));
        for finding in objects.iter().flat_map(|object| validator.check(object)) {
            human::diagnostic(&finding.diagnostic, &records.sources);
        }
    }
}

/// An expression, with and without types.
fn cel(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let variables = || [("self", cel_value()), ("oldSelf", Value::Optional(None))];
    for language in [Language::everything(), Language::of_kubernetes(25), Language::of_kubernetes(34)] {
        let environment = language.environment().with("self", Type::Dyn).with("oldSelf", Type::Dyn);
        if let Ok(checked) = environment.compile(text) {
            let program = Program::new(checked);
            for limits in [Limits::RULE, Limits { steps: 10_000, bytes: 1 << 20, cost: None }] {
                let evaluation = program.evaluate(&variables(), &limits);
                // What exceeds the limit is an error, and the call that exceeds it is counted.
                assert!(limits.cost.is_none() || evaluation.result.is_err() || evaluation.cost <= 1_000_000, "{text}");
            }
        }
    }
}

fn cel_value() -> Value {
    let items = Value::list(vec![Value::Int(1), Value::string("a"), Value::Double(0.5), Value::Bool(true), Value::Null]);
    Value::list(vec![items.clone(), items, Value::string("text"), Value::Int(i64::MIN), Value::Int(i64::MAX)])
}

/// A file `.render.yaml`.
fn settings(data: &[u8]) {
    let mut files = Memory::default();
    files.add(".render.yaml", data);
    let mut records = Records::default();
    let files: Arc<dyn Files> = Arc::new(files);
    for place in settings::find(&files, Path::new(ROOT)) {
        if let Err(errors) = settings::load(&place, &mut records) {
            print_errors(errors, &records);
        }
    }
}

/// A file of assertions, run on the objects next to it.
fn assertion(data: &[u8]) {
    let mut files = Memory::of(NEIGHBORS.as_bytes());
    files.add("kustomization.yaml", "resources: [base, r.yaml]\n");
    files.add("web.render-test.yaml", data);
    let files: Arc<dyn Files> = Arc::new(files);
    let root = Path::new(ROOT);
    let file = Input::within(&Guard::around(&files, root), root.join("web.render-test.yaml"));
    let mut records = Records::default();
    let assertions = match assertion::read(&file, &mut records) {
        Ok(assertions) => assertions,
        Err(errors) => return print_errors(errors, &records),
    };
    let resources = build(root, files, &BuildOptions::default(), &mut records).expect("objects");
    let (valid, malformed): (Vec<_>, Vec<_>) = assertions.into_iter().partition(Result::is_ok);
    malformed.into_iter().filter_map(Result::err).for_each(|malformed| print_errors(malformed.errors, &records));
    let assertions: Vec<_> = valid.into_iter().flatten().collect();
    for case in assertion::run(assertions.iter(), &resources, &records) {
        case.findings.iter().for_each(|finding| drop(human::diagnostic(&finding.diagnostic, &records.sources)));
    }
}

/// Objects before and after a change.
fn diff(data: &[u8]) {
    let mut records = Records::default();
    let sides = two_texts(data, &mut records, [Dialect::Manifest; 2]);
    // `render diff` rejects objects that JSON can't represent or that can't be printed.
    let is_json = |object: &Node| yaml::check_json(object).is_ok() && yaml::emit(object, &mut String::new()).is_ok();
    if sides.iter().flatten().all(|object| object.as_mapping().is_some() && is_json(object)) {
        properties::diff(&sides, &mut records);
    }
}

/// A name in `resources`.
fn repo_url(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    credentials::mask(text);
    let Ok(url) = RepoUrl::parse(text) else { return };
    let directory = url.directory();
    assert!(directory.components().all(|part| matches!(part, std::path::Component::Normal(_))), "{text}: {directory:?}");
    assert!(!url.clone_url.is_empty() && !url.clone_url.starts_with('-'), "{text}: {}", url.clone_url);
    url.commit();
    url.names_directory();
    url.shown(&directory);
}

/// A regular expression of Go, and texts that it may match.
fn pattern(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (expression, rest) = text.split_once('\n').unwrap_or((text, ""));
    match compile(expression, 4 << 20) {
        Ok(regex) => assert!(rest.lines().filter(|line| regex.is_match(line)).count() <= rest.len()),
        // Every valid expression is translated to one that the crate accepts; its errors start with `error:`.
        Err(Fault::Invalid(reason)) => assert!(!reason.is_empty() && !reason.starts_with("error:"), "{expression}: {reason}"),
        Err(Fault::TooLarge(_)) => {}
    }
}
