//! Random trees of kustomizations, built by render and by kubectl, compared byte for byte.
//!
//! `cargo test` builds a few trees; skipped if there is no `kubectl` or `kustomize` with kustomize 5.8. A long run:
//!
//! ```text
//! RENDER_FUZZ_TREES=20000 cargo test --release --test differential -- --nocapture
//! ```
//! `RENDER_KUBECTL` names another program; `RENDER_KUSTOMIZE_STREAM` a fast one (see `oracle.rs`); `RENDER_FUZZ_SEED`
//! generates different trees; `RENDER_FUZZ_SECONDS` ends the run early; `RENDER_FUZZ_TREE` runs only the tree named in a
//! report; `RENDER_FUZZ_FINDINGS` ends the run after that many differences (5); `RENDER_FUZZ_CASES` is a file to which they
//! are written as cases.

mod document;
mod fields;
mod finding;
#[allow(dead_code)]
#[path = "../support/kubectl.rs"]
mod kubectl;
mod mend;
mod objects;
mod odd;
mod oracle;
mod pods;
mod random;
mod shrink;
mod tree;
mod values;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use finding::{Difference, Finding, codes, difference};
use oracle::{Oracle, Outcome};
use tree::Tree;

#[test]
fn builds_what_kubectl_builds() {
    let Some(oracle) = Oracle::find() else {
        eprintln!("skipped: no kubectl or kustomize with kustomize 5.8; set RENDER_KUBECTL to use one");
        return;
    };
    std::panic::set_hook(Box::new(|_| {}));
    let directory = tempfile::tempdir().expect("a directory");
    let mut run = Run { oracle, directory: directory.path(), counts: Counts::default(), findings: Vec::new() };
    run.all();
    drop(std::panic::take_hook());
    eprintln!("{}", run.counts);
    let reports: Vec<String> = run.findings.iter().map(Finding::report).collect();
    if let Ok(path) = std::env::var("RENDER_FUZZ_CASES") {
        let cases: Vec<String> = run.findings.iter().map(Finding::case).collect();
        std::fs::write(path, cases.join("\n")).expect("the cases are written");
    }
    assert!(reports.is_empty(), "{} differences\n{}", reports.len(), reports.join("\n"));
}

struct Run<'a> {
    oracle: Oracle,
    directory: &'a Path,
    counts: Counts,
    findings: Vec<Finding>,
}

#[derive(Default)]
struct Counts {
    trees: usize,
    printed: usize,
    refused: usize,
    /// The number of rejected trees that both printed identically after some of their entries were removed.
    repaired: usize,
    crashed: usize,
    unsteady: usize,
    different: usize,
    last: usize,
    /// The codes of our errors, with the number of trees in which they occurred.
    reasons: BTreeMap<String, usize>,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Counts { trees, printed, refused, repaired, crashed, unsteady, different, last, reasons } = self;
        let mut reasons: Vec<_> = reasons.iter().map(|(code, count)| (*count, code.as_str())).collect();
        reasons.sort_unstable_by(|one, other| other.cmp(one));
        write!(
            f,
            "{trees} trees: {printed} printed identically, {refused} rejected by both ({repaired} printed after repair), "
        )?;
        write!(f, "{different} different ")?;
        match different {
            0 => {}
            _ => write!(f, "(the last {} trees ago)", trees - last)?,
        }
        write!(f, "; kustomize crashed on {crashed} and gave varying output on {unsteady}")?;
        reasons.iter().try_for_each(|(count, code)| write!(f, "\n{count:6} {code}"))
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

impl Run<'_> {
    fn all(&mut self) {
        if let Some(seed) = number("RENDER_FUZZ_TREE") {
            return self.tree(seed);
        }
        let seed = number("RENDER_FUZZ_SEED").unwrap_or(1);
        let end = number("RENDER_FUZZ_SECONDS").map(|seconds| Instant::now() + Duration::from_secs(seconds));
        let most = number("RENDER_FUZZ_FINDINGS").unwrap_or(5) as usize;
        for at in 0..number("RENDER_FUZZ_TREES").unwrap_or(12) {
            if self.findings.len() >= most || end.is_some_and(|end| Instant::now() > end) {
                break;
            }
            self.tree(seed.wrapping_mul(1_000_000_000).wrapping_add(at));
        }
    }

    /// Builds the tree of a seed with both programs. A tree that both reject is repaired and built again.
    fn tree(&mut self, seed: u64) {
        let tree = tree::tree(seed);
        self.counts.trees += 1;
        let (ours, theirs) = self.build(&tree);
        if let Outcome::Refused(errors) = &ours {
            *self.counts.reasons.entry(codes(errors).join(", ")).or_default() += 1;
        }
        if difference(&ours, &theirs).is_some() {
            return self.keep(seed, tree, &ours, &theirs);
        }
        match theirs {
            Outcome::Printed(_) => return self.counts.printed += 1,
            Outcome::Refused(_) => self.counts.refused += 1,
            Outcome::Crashed(_) => self.counts.crashed += 1,
        }
        let Some(repaired) = mend::mend(&tree, seed, &mut |tree| self.prints(tree)) else { return };
        let (ours, theirs) = self.build(&repaired);
        if difference(&ours, &theirs).is_some() {
            self.keep(seed, repaired, &ours, &theirs);
        } else if matches!(theirs, Outcome::Printed(_)) {
            self.counts.repaired += 1;
        }
    }

    /// Minimizes the tree of a difference and keeps it, if kustomize gives the same result every time.
    fn keep(&mut self, seed: u64, tree: Tree, ours: &Outcome, theirs: &Outcome) {
        let Some(found) = difference(ours, theirs) else { return };
        if (0..4).any(|_| self.build(&tree).1 != *theirs) {
            self.counts.unsteady += 1;
            return;
        }
        let tree = shrink::shrink(tree, &mut |tree| self.differs(tree, &found));
        let (ours, _) = self.build(&tree);
        let theirs = self.oracle.build_slowly(self.directory.join("tree").as_path());
        if difference(&ours, &theirs).is_none() {
            self.counts.unsteady += 1;
            return;
        }
        self.counts.different += 1;
        self.counts.last = self.counts.trees;
        self.findings.push(Finding { seed, tree, ours, theirs });
    }

    /// Whether render prints a tree.
    fn prints(&self, tree: &Tree) -> bool {
        let directory = self.directory.join("tree");
        oracle::lay_out(tree, &directory);
        oracle::prints(&directory)
    }

    fn build(&mut self, tree: &Tree) -> (Outcome, Outcome) {
        let directory = self.directory.join("tree");
        oracle::lay_out(tree, &directory);
        let ours = oracle::render(&directory);
        (ours, self.oracle.build(&directory))
    }

    fn differs(&mut self, tree: &Tree, found: &Difference) -> bool {
        let (ours, theirs) = self.build(tree);
        difference(&ours, &theirs).as_ref() == Some(found) && self.build(tree).1 == theirs
    }
}
