//! A difference: its kind, and its report.

use std::fmt::Write as _;

use similar::TextDiff;

use super::oracle::Outcome;
use super::tree::Tree;

/// The kind of difference. A smaller tree must have the same kind of difference.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// Both print, but different output.
    Output,
    /// We reject (with these codes) what kustomize prints.
    WeRefuse(Vec<String>),
    /// We print what kustomize rejects.
    WePrint(String),
    /// We crash.
    WeCrash,
}

/// Compares two outcomes; trees on which kustomize crashes are not compared.
pub fn difference(ours: &Outcome, theirs: &Outcome) -> Option<Difference> {
    match (ours, theirs) {
        (Outcome::Crashed(_), _) => Some(Difference::WeCrash),
        (_, Outcome::Crashed(_)) | (Outcome::Refused(_), Outcome::Refused(_)) => None,
        (Outcome::Refused(errors), _) | (_, Outcome::Refused(errors)) if is_known(errors) => None,
        (Outcome::Refused(errors), Outcome::Printed(_)) => Some(Difference::WeRefuse(codes(errors))),
        (Outcome::Printed(_), Outcome::Refused(errors)) => Some(Difference::WePrint(gist(errors))),
        (Outcome::Printed(ours), Outcome::Printed(theirs)) => (ours != theirs).then_some(Difference::Output),
    }
}

/// Intended errors that only occur in render or in kustomize.
fn is_known(errors: &str) -> bool {
    const KNOWN: &[&[&str]] = &[
        // kustomize rejects this too when printing, unless the value is overwritten before.
        &["error[wrong-type]: expected ", " as in the target, found `"],
        // go-yaml can't read its own output: a string of several lines that begins with a tab.
        &["found a tab character where an indentation space is expected"],
        // A single value in place of a reference; we look for references only if something was renamed.
        &["updating name reference in "],
        // The order in which kustomize merges configurations decides whether it detects a conflict between two of them.
        &["conflicting fieldspecs"],
        &["error[conflicting-field-specs]"],
        // kustomize reads annotations from all fields of that name and writes them back as one field.
        &["error[duplicate-key]: the key `annotations` appears twice"],
        // A string with the type of a number that a patch wrote over a quoted value.
        &["yaml: cannot decode !!"],
        // If a key appears twice in a JSON patch, kustomize uses the last one.
        &["appears twice in the value of a JSON patch"],
        // An empty name, which kustomize can't record.
        &["number of previous names, number of previous namespaces"],
    ];
    KNOWN.iter().any(|texts| texts.iter().all(|text| errors.contains(text)))
}

/// `error[code]` of all diagnostics.
pub fn codes(errors: &str) -> Vec<String> {
    let mut codes: Vec<String> =
        errors.split("error[").skip(1).filter_map(|rest| Some(rest.split_once(']')?.0.to_owned())).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// The end of an error's text, which contains the cause, without numbers and quoted strings.
fn gist(errors: &str) -> String {
    let mut text: String = errors.trim().chars().rev().take(30).collect();
    text.retain(|c| c.is_ascii_lowercase());
    text
}

/// A difference that was found and minimized.
pub struct Finding {
    pub seed: u64,
    pub tree: Tree,
    pub ours: Outcome,
    pub theirs: Outcome,
}

impl Finding {
    /// The tree and the difference, in readable form.
    pub fn report(&self) -> String {
        let mut out = format!("======== tree {}\n", self.seed);
        for file in &self.tree.files {
            _ = writeln!(out, "---- {}{}\n{}", file.path, if file.crlf { " (CRLF)" } else { "" }, file.written().trim_end());
        }
        match (&self.ours, &self.theirs) {
            (Outcome::Printed(ours), Outcome::Printed(theirs)) => {
                let diff = TextDiff::from_lines(theirs, ours).unified_diff().context_radius(3).to_string();
                _ = writeln!(out, "---- difference (- kustomize, + render)\n{diff}");
            }
            (ours, theirs) => _ = writeln!(out, "---- render: {}\n---- kustomize: {}", shown(ours), shown(theirs)),
        }
        out
    }

    /// The tree as a case of `tests/spec`.
    pub fn case(&self) -> String {
        let mut out = format!("## Tree {}\n", self.seed);
        for file in &self.tree.files {
            let text = file.written();
            let plain = !text.contains('\r') && text.ends_with('\n');
            let (language, body) = if plain { ("yaml", text) } else { ("escaped", escaped(&text)) };
            let fence = if body.contains("```") { "````" } else { "```" };
            _ = write!(out, "\n{fence}{language} {}\n{body}{fence}\n", file.path);
        }
        if let Outcome::Printed(theirs) = &self.theirs {
            _ = write!(out, "\n```output\n{theirs}```\n");
        }
        out
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\r', "\\r").replace('\t', "\\t").replace('\n', "\\n\n") + "\n"
}

fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Printed(text) => format!("printed\n{text}"),
        Outcome::Refused(text) => format!("refused\n{}", text.chars().take(1200).collect::<String>()),
        Outcome::Crashed(text) => format!("crashed\n{}", text.chars().take(600).collect::<String>()),
    }
}
