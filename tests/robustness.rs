//! Corrupt and malicious input: never a panic, never slow; it builds, or every diagnostic has a location.
//!
//! Trees are kept in memory. The work runs on a stack as large as the program's, because documents are walked recursively.
//! `RENDER_MUTATIONS=100000` tries that many random changes to the repository's own manifests, `RENDER_SEED=7` different ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use render::load::{Disk, Files, Kind, tidy};
use render::options::BuildOptions;
use render::pipeline::{build, emit};
use render::records::Records;
use render::report::human;

/// As large as the program's own stack, in bytes.
const STACK: usize = 1 << 30;
/// On an idle machine no case needs a tenth of this.
const TIME_LIMIT: Duration = Duration::from_secs(40);

/// A tree of files in memory; missing files may come from the disk.
#[derive(Clone, Default)]
struct Tree {
    files: BTreeMap<PathBuf, Vec<u8>>,
    denied: BTreeSet<PathBuf>,
    over_disk: bool,
}

impl Tree {
    fn new<const N: usize>(files: [(&str, &[u8]); N]) -> Self {
        let files = files.into_iter().map(|(path, content)| (Path::new("/t").join(path), content.to_vec())).collect();
        Tree { files, ..Tree::default() }
    }

    /// A kustomization with one file of objects.
    fn manifest(content: impl AsRef<[u8]>) -> Self {
        Tree::new([("kustomization.yaml", b"resources: [r.yaml]\n"), ("r.yaml", content.as_ref())])
    }

    fn deny(mut self, path: &str) -> Self {
        self.denied.insert(Path::new("/t").join(path));
        self
    }

    fn check(&self, path: &Path) -> io::Result<()> {
        let denied = path.ancestors().any(|ancestor| self.denied.contains(ancestor));
        if denied { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(()) }
    }
}

impl Files for Tree {
    fn kind(&self, path: &Path) -> Option<Kind> {
        let path = tidy(path);
        let directory = || self.files.keys().any(|file| file.starts_with(&path)).then_some(Kind::Directory);
        let found = if self.files.contains_key(&path) { Some(Kind::File) } else { directory() };
        found.or_else(|| self.over_disk.then(|| Disk.kind(&path))?)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        let path = tidy(path);
        if path.parent().is_some_and(|parent| self.check(parent).is_err()) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        match self.kind(&path) {
            Some(_) if self.over_disk => Disk.canonicalize(&path),
            Some(_) => Ok(path),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.check(path)?;
        match self.files.get(path) {
            Some(content) => Ok(content.clone()),
            None if self.over_disk => Disk.read(path),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        self.check(path)?;
        let names = self.files.keys().filter_map(|file| file.strip_prefix(path).ok()?.iter().next().map(PathBuf::from));
        let names: BTreeSet<PathBuf> = names.collect();
        if names.is_empty() && self.over_disk { Disk.list(path) } else { Ok(names.into_iter().collect()) }
    }
}

/// The result of a build: the output, or the printed diagnostics.
type Outcome = Result<String, Vec<Report>>;

#[derive(Debug)]
struct Report {
    code: &'static str,
    has_place: bool,
    text: String,
}

/// Builds and prints a directory of a tree.
fn render_directory(tree: Tree, directory: &Path) -> Outcome {
    let mut records = Records::default();
    let built = build(directory, Arc::new(tree), &BuildOptions::default(), &mut records);
    built.and_then(|resources| emit(&resources, &records)).map_err(|errors| {
        let report = |error: render::diagnostic::Diagnostic| Report {
            code: error.code,
            has_place: error.span.is_some(),
            text: human::diagnostic(&error, &records.sources),
        };
        errors.into_vec().into_iter().map(report).collect()
    })
}

/// Runs on a large stack, and fails if the work panics or takes too long.
fn within_time_limit<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let start = Instant::now();
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread");
    let result = thread.join().unwrap_or_else(|_| panic!("the work panicked"));
    assert!(start.elapsed() < TIME_LIMIT, "the work took {:?}", start.elapsed());
    result
}

fn render(tree: Tree) -> Outcome {
    within_time_limit(move || render_directory(tree, Path::new("/t")))
}

/// The only error of a tree that does not build.
#[track_caller]
fn refused(tree: Tree, code: &str) -> Report {
    let mut errors = render(tree).expect_err("an error");
    assert_eq!(errors.len(), 1, "{errors:?}");
    let error = errors.remove(0);
    assert!(error.code == code && error.has_place, "{}", error.text);
    error
}

fn config_map(rest: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n{rest}")
}

/// Anchors that each refer ten times to the previous one.
fn laughs(levels: usize) -> String {
    let mut text = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..levels {
        let below = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", vec![below; 10].join(", ")).expect("a line");
    }
    text
}

#[test]
fn alias_bombs_are_reported_at_their_location() {
    let error = refused(Tree::manifest(config_map(&laughs(9))), "alias-bomb");
    assert!(error.text.contains("r.yaml:"), "{}", error.text);
    let kustomization = format!("resources: [r.yaml]\n{}", laughs(9));
    refused(Tree::new([("kustomization.yaml", kustomization.as_bytes()), ("r.yaml", b"")]), "alias-bomb");
    let patch = format!("- {{op: add, path: /x, value: 1}}\n- {}", laughs(9).replace('\n', "\n  "));
    let kustomization = "resources: [r.yaml]\npatches: [{path: p.yaml, target: {kind: ConfigMap}}]\n";
    let files = [
        ("kustomization.yaml", kustomization.as_bytes()),
        ("r.yaml", b"{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}"),
        ("p.yaml", patch.as_bytes()),
    ];
    refused(Tree::new(files), "alias-bomb");
}

#[test]
fn several_small_bombs_are_an_error() {
    // Each document alone is below the limit.
    let documents = vec![config_map(&laughs(6)); 20].join("---\n");
    refused(Tree::manifest(documents), "alias-bomb");
    // Few nodes, but each of them is long.
    let long = config_map(&format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 10_000].join(", ")));
    refused(Tree::manifest(long), "alias-bomb");
}

#[test]
fn a_value_cannot_contain_itself() {
    refused(Tree::manifest(config_map("a: &a [*a]\n")), "alias");
    refused(Tree::manifest(config_map("a: &a {b: {<<: *a}}\n")), "alias");
}

#[test]
fn many_aliases_below_the_limit_are_expanded() {
    let output = render(Tree::manifest(config_map(&laughs(5)))).expect("an output");
    assert_eq!(output.matches("lol").count(), 111_110);
}

/// `depth` nested collections, in three forms.
fn nested(depth: usize) -> [String; 3] {
    let lists = format!("x: {}{}\n", "[".repeat(depth), "]".repeat(depth));
    let mappings = format!("x: {}1{}\n", "{a: ".repeat(depth), "}".repeat(depth));
    let blocks = format!("x:\n  {}1\n", "- ".repeat(depth));
    [lists, mappings, blocks]
}

#[test]
fn depth_only_costs_memory() {
    for text in nested(100).into_iter().chain(nested(2_500)) {
        assert!(render(Tree::manifest(config_map(&text))).is_ok());
    }
    let [lists, _, blocks] = nested(9_000);
    for text in [lists, blocks] {
        let output = render(Tree::manifest(config_map(&text))).expect("an output");
        assert!(output.len() < 20_000, "{} bytes", output.len());
    }
}

#[test]
fn excessive_depth_is_an_error_with_a_location() {
    for text in nested(12_000) {
        let error = refused(Tree::manifest(config_map(&text)), "yaml-syntax");
        assert!(error.text.contains("depth"), "{}", error.text);
    }
    let patch = format!("patches:\n- target: {{kind: ConfigMap}}\n  patch: |-\n    {}", nested(12_000)[0]);
    let kustomization = format!("resources: [r.yaml]\n{patch}");
    let files = [("kustomization.yaml", kustomization.as_bytes()), ("r.yaml", b"{kind: ConfigMap, metadata: {name: c}}")];
    refused(Tree::new(files), "yaml-syntax");
}

#[test]
fn deep_documents_are_patched_and_labeled() {
    let text = config_map(&nested(9_000)[0]);
    let kustomization = "resources: [r.yaml]\nnamePrefix: p-\nlabels: [{pairs: {a: b}}]\nimages: [{name: a, newTag: b}]\n\
                         patches:\n- path: r.yaml\n- {target: {kind: ConfigMap}, patch: '- {op: copy, from: /x, path: /y}'}\n";
    let tree = Tree::new([("kustomization.yaml", kustomization.as_bytes()), ("r.yaml", text.as_bytes())]);
    assert!(render(tree).expect("an output").contains("p-c"));
}

#[test]
fn a_scalar_can_be_as_long_as_memory_allows() {
    // 300 MB work as well, in 5 seconds and with 1.3 GB; this size suits small machines.
    const LENGTH: usize = 96 << 20;
    let text = config_map(&format!("data:\n  x: {}\n", "0123456789abcdef".repeat(LENGTH / 16)));
    let output = render(Tree::manifest(text)).expect("an output");
    assert!(output.len() > LENGTH);
    let text = config_map(&format!("data:\n  x: \"{}\n", "a\\n".repeat(LENGTH / 4)));
    refused(Tree::manifest(text), "yaml-syntax");
}

#[test]
fn bytes_that_are_not_text_are_reported_at_their_location() {
    for (content, place) in [
        (&b"a: \xff\n"[..], "r.yaml:1:4"),
        (b"a: b\nc: \xc3(", "r.yaml:2:4"),
        (b"\xed\xa0\x80", "r.yaml:1:1"),
        (b"ok: 1\n\x80", "r.yaml:2:1"),
    ] {
        let error = refused(Tree::manifest(content), "not-utf8");
        assert!(error.text.contains(place), "{}", error.text);
    }
    for content in ["a: \0\n", "\0", "a: \"\0\"\n", "a: |\n  x\0y\n", "# \0\n", "a: \u{7f}\n", "a: \u{fffe}\n", "a: \u{1}\n"] {
        assert!(render(Tree::manifest(config_map(content))).is_err_and(|errors| errors[0].has_place), "{content:?}");
    }
    refused(Tree::new([("kustomization.yaml", b"resources: [\xff]")]), "not-utf8");
}

#[test]
fn empty_files_contain_no_objects() {
    for content in ["", "\n", "---\n", "# only this\n", "\u{feff}", "null\n", "{}\n", "---\n---\n", "--- # x\n...\n", "\r\n"] {
        assert_eq!(render(Tree::manifest(content)).expect(content), "", "{content:?}");
    }
    for content in ["", "# nothing\n", "{}", "null"] {
        refused(Tree::new([("kustomization.yaml", content.as_bytes())]), "empty-kustomization");
    }
}

#[test]
fn unreadable_files_are_reported_where_they_are_referenced() {
    let object = b"{kind: ConfigMap, metadata: {name: c}}";
    let tree = || Tree::new([("kustomization.yaml", b"resources: [base]\n"), ("base/kustomization.yaml", object)]);
    let error = refused(tree().deny("base"), "not-found");
    assert!(error.text.contains("permission denied") && error.text.contains("kustomization.yaml:1:13"), "{}", error.text);
    let error = refused(Tree::manifest(object).deny("r.yaml"), "not-found");
    assert!(error.text.contains("permission denied") && error.text.contains("kustomization.yaml:1:13"), "{}", error.text);
    let errors = render(tree().deny("kustomization.yaml")).expect_err("an error");
    assert!(errors[0].text.contains("permission denied"), "{}", errors[0].text);
}

#[cfg(unix)]
#[test]
fn directories_without_permission_are_reported() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().expect("a directory");
    let closed = directory.path().join("closed");
    std::fs::create_dir(&closed).expect("a directory");
    std::fs::write(closed.join("kustomization.yaml"), "namePrefix: a-\n").expect("a file");
    std::fs::write(directory.path().join("kustomization.yaml"), "resources: [closed]\n").expect("a file");
    let permissions = |mode| std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(mode)).expect("permissions");
    permissions(0o000);
    // Root is allowed to read everything.
    if std::fs::read_dir(&closed).is_err() {
        let errors = render_directory(Tree { over_disk: true, ..Tree::default() }, directory.path()).expect_err("an error");
        assert!(errors[0].has_place, "{errors:?}");
    }
    permissions(0o700);
}

#[test]
fn many_errors_are_reported_quickly() {
    let documents = "spec: {}\n---\n".repeat(20_000);
    assert_eq!(render(Tree::manifest(documents)).expect_err("errors").len(), 20_000);
    let one_line = format!("{{apiVersion: v1, kind: List, items: [{}]}}", "{a: 1}, ".repeat(5_000));
    assert_eq!(render(Tree::manifest(one_line)).expect_err("errors").len(), 5_000);
    let fields: String = (0..20_000).map(|at| format!("field{at}: 1\n")).collect();
    let tree = Tree::new([("kustomization.yaml", fields.as_bytes())]);
    assert_eq!(render(tree).expect_err("errors").len(), 20_000);
}

#[test]
fn wide_mappings_are_merged_quickly() {
    let keys = |prefix: &str| (0..100_000).map(|at| format!("  {prefix}{at}: x\n")).collect::<String>();
    let text = config_map(&format!("a: &a\n{}data:\n  <<: *a\n{}", keys("a"), keys("b")));
    let output = render(Tree::manifest(text)).expect("an output");
    assert_eq!(output.lines().count(), 300_000 + 6);
}

/// Every construct of YAML, so that the text can be cut off inside any of them.
const EVERYTHING: &str = "%YAML 1.1\n---\nkind: ConfigMap\nmetadata: {name: c, labels: {\"a\": 'b', ? c : d}, list: [e, [f], {g: h}, i: j]}\n\
    ? long\n: &anchor !!str value # comment\n? >-\n  k\n: l\nalias: *anchor\n\"q\\x41\\u00e9\": \"quo\\\n  ted\"\n'it''s': 'single\n\n  quoted'\n\
    literal: |+2\n   text\n\n  more\nfolded: >-\n  text\n  more\nplain: text\n  more\nseq:\n- - m\n  - n\n-\n- !<tag:yaml.org,2002:int> 1\n\
    <<: {o: p}\ntags: !!map {q: !!seq [r]}\n...\n---\n{\"kind\": \"s\", \"metadata\": {\"name\": n}, \"t\": [1, 2.5e3, null, ~], u}\n";

#[test]
fn a_text_can_end_anywhere() {
    let start = EVERYTHING.find("---").expect("a document");
    assert!(render(Tree::manifest(&EVERYTHING[start..])).is_ok());
    for start in [0, start, EVERYTHING.find("list:").expect("a list")] {
        for end in (start..EVERYTHING.len()).filter(|&end| EVERYTHING.is_char_boundary(end)) {
            if let Err(errors) = render(Tree::manifest(&EVERYTHING[start..end])) {
                assert!(errors.iter().all(|error| error.has_place), "{}: {errors:?}", &EVERYTHING[start..end]);
            }
        }
    }
}

/// A small generator of random numbers (splitmix64), the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// Bytes that have a meaning in some context.
const INDICATORS: &[&str] = &[
    "\n", "\n\n", "\t", " ", "  ", ":", ": ", "- ", "? ", "#", " #", "&a ", "*a", "!!int ", "!x ", "|\n", ">-\n", "'", "\"", "{",
    "}", "[", "]", ",", "%", "@", "`", "\n---\n", "\n...\n", "<<: ", "\r\n", "\0", "\u{feff}", "\u{2028}", "null", "~", "1e999",
    "0x", "$patch: ", "delete", "/", "../", "*", "\\",
];

/// A few random changes to a text.
fn mutate(content: &[u8], random: &mut Random) -> Vec<u8> {
    let mut content = content.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(content.len() + 1);
        let until = (at + random.below(12)).min(content.len());
        match random.below(7) {
            0 if at < content.len() => content[at] = random.next() as u8,
            1 if at < content.len() => content[at] ^= 1 << random.below(8),
            2 => drop(content.drain(at..until)),
            3 => content.truncate(at),
            4 => content.splice(at..at, random.pick(INDICATORS).bytes()).for_each(drop),
            5 => content.splice(at..until, random.pick(INDICATORS).bytes()).for_each(drop),
            _ => {
                let from = random.below(content.len());
                let piece = content[from..(from + random.below(80)).min(content.len())].to_vec();
                content.splice(at..at, piece).for_each(drop);
            }
        }
    }
    content
}

/// The files of a directory and those below it that a kustomization may read.
fn files_below(directory: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            files_below(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension != "md") {
            found.push(entry);
        }
    }
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[test]
fn mutated_stacks_build_or_report_errors_with_locations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (count, seed) = (number("RENDER_MUTATIONS", 2_000), number("RENDER_SEED", 1));
    let stacks = ["chat4all", "dashflow", "disney-ai-plus", "signal-harvester", "streaming-analytics"];
    let mut random = Random(seed);
    let (mut built, mut refused, mut slowest) = (0, 0, Duration::ZERO);
    for round in 0..count {
        let stack = *random.pick(&stacks);
        let environment = root.join("overlays").join(*random.pick(&["dev", "staging", "production"])).join(stack);
        let mut files = Vec::new();
        files_below(&environment, &mut files);
        files_below(&root.join("bases").join(stack), &mut files);
        let kustomizations: Vec<PathBuf> = files.iter().filter(|file| file.ends_with("kustomization.yaml")).cloned().collect();
        let candidates = if random.below(3) == 0 { &kustomizations } else { &files };
        let file = random.pick(candidates).clone();
        let content = mutate(&std::fs::read(&file).expect("a file"), &mut random);
        let tree = Tree { files: [(file.clone(), content.clone())].into(), over_disk: true, ..Tree::default() };
        let start = Instant::now();
        let work = move || render_directory(tree, &environment);
        let thread = std::thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread");
        let what = || format!("round {round} of seed {seed}, {}:\n{}", file.display(), String::from_utf8_lossy(&content));
        match thread.join().unwrap_or_else(|_| panic!("a panic in {}", what())) {
            Ok(_) => built += 1,
            Err(errors) => {
                refused += 1;
                assert!(!errors.is_empty(), "no error in {}", what());
                let without = errors.iter().find(|error| !error.has_place);
                assert!(without.is_none(), "{}\nin {}", without.map_or("", |error| &error.text), what());
            }
        }
        slowest = slowest.max(start.elapsed());
    }
    eprintln!("{built} built, {refused} rejected, the slowest took {slowest:?}");
    assert!(slowest < TIME_LIMIT / 8, "the slowest took {slowest:?}");
    assert!(built > count / 20 && refused > count / 20, "{built} built, {refused} rejected");
}
