//! What helm prints and tells: objects that know their template, and errors that point into it.
//!
//! helm writes a comment with the template's path above each document. Each becomes a text of its own, so that places are
//! those of `helm template --show-only TEMPLATE`. Behaviour: kustomize's `Generate`, which takes every document with
//! content as an object.

use std::path::{Path, PathBuf};

use regex::Regex;

use crate::diagnostic::{Diagnostic, Result};
use crate::load::credentials::mask;
use crate::load::helm::Ran;
use crate::resource::{ResMap, Resource, objects};
use crate::source::{SourceId, Span};
use crate::stage::Context;
use crate::yaml::Dialect;

/// What helm writes above a document.
const HEADER: &str = "---\n# Source: ";

/// Paths that helm is given, and what the user calls them.
#[derive(Default)]
pub struct Names(Vec<(String, String)>);

impl Names {
    /// Adds a path.
    pub fn add(&mut self, path: &Path, name: &Path) {
        self.0.push((path.display().to_string(), name.display().to_string()));
    }

    /// A text with the names in the place of the paths.
    pub fn put_into(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (path, name)| text.replace(path, name))
    }
}

/// A chart that is there.
pub struct ChartPlace {
    /// Its directory.
    pub directory: PathBuf,
    /// The same as the user would write it.
    pub shown: PathBuf,
    /// The directory as it is found from the kustomization; `None` when it was pulled for this build alone.
    pub path: Option<PathBuf>,
    /// The entry that asks for the chart.
    pub span: Span,
}

impl ChartPlace {
    /// The objects in what helm printed.
    ///
    /// # Errors
    /// It is no text, no YAML, or holds something else than objects; two objects have the same name.
    pub fn objects(&self, printed: Vec<u8>, context: &mut Context<'_>) -> Result<Vec<Resource>> {
        let text = String::from_utf8(printed).map_err(|error| {
            let message = format!("what helm printed is no UTF-8 from byte {} on", error.utf8_error().valid_up_to());
            Diagnostic::error("helm-output", message).at(self.span)
        })?;
        let (preamble, documents) = parts(&text);
        let mut nodes = Vec::new();
        for (path, document) in &documents {
            let below = path.split_once('/').map_or(*path, |(_, below)| below);
            let source = context.records.sources.add(format!("{} (rendered)", self.shown.join(below).display()), *document);
            nodes.extend(context.documents(source, Dialect::Manifest)?);
        }
        // Charts have nothing above the first template. Other programs than helm may print objects without any comment,
        // and helm itself a message.
        if !preamble.trim().is_empty() {
            let source = context.records.sources.add(format!("{} (rendered)", self.shown.display()), preamble);
            match context.documents(source, Dialect::Manifest).and_then(|found| objects(found.clone(), false).map(|_| found)) {
                Ok(found) => drop(nodes.splice(0..0, found)),
                Err(error) if documents.is_empty() => return Err(error),
                Err(_) => self.warn(preamble.trim(), context),
            }
        }
        let mut resources = ResMap::default();
        for mut resource in objects(nodes, false)? {
            resource.from_helm = true;
            resources.append(resource).map_err(|error| error.help("one of the two templates must give it another name"))?;
        }
        Ok(resources.into_resources().collect())
    }

    /// Keeps helm's warnings.
    pub fn warnings(&self, told: &str, context: &mut Context<'_>) {
        for line in told.lines() {
            if let Some(warning) = warning(line) {
                self.warn(warning, context);
            }
        }
    }

    fn warn(&self, told: &str, context: &mut Context<'_>) {
        let message = format!("helm says of `{}`: {told}", self.shown.display());
        context.records.find(Diagnostic::warning("helm-warning", message).at(self.span));
    }

    /// Why helm failed, with the place in the template when it names one.
    pub fn failure(&self, what: &str, ran: &Ran, names: &Names, context: &mut Context<'_>) -> Diagnostic {
        let told = names.put_into(&ran.stderr);
        let error = Diagnostic::error("helm", mask(&format!("{what}: {}", message(&told))));
        let error = error.at(self.span).help_if(help(&told).map(str::to_owned));
        match template_place(&told).and_then(|place| self.template_span(&place, context)) {
            Some(span) => error.label(span, "helm stopped here"),
            None => error,
        }
    }

    fn template_span(&self, place: &TemplatePlace<'_>, context: &mut Context<'_>) -> Option<Span> {
        let content = context.loader.files().read(&self.directory.join(place.path)).ok()?;
        let source = context.records.add_text(self.shown.join(place.path), content).ok()?;
        let text = context.records.sources.get(source).text().clone();
        Some(span_in(&text, place, source))
    }
}

/// The text before the first document with a header, and the documents with their paths; each begins with its header.
fn parts(text: &str) -> (&str, Vec<(&str, &str)>) {
    let is_header = |at: &usize| *at == 0 || text.as_bytes()[*at - 1] == b'\n';
    let starts: Vec<usize> = text.match_indices(HEADER).map(|(at, _)| at).filter(is_header).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let documents = starts.iter().zip(ends).map(|(&start, end)| {
        let document = &text[start..end];
        (document[HEADER.len()..].lines().next().unwrap_or("").trim(), document)
    });
    (&text[..starts.first().copied().unwrap_or(text.len())], documents.collect())
}

/// What helm tells, without what is meant for those who run it themselves. Without a stack trace it is one line.
fn message(told: &str) -> String {
    let lines = told.trim().lines().map(str::trim_end);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty() && !line.starts_with("Use --debug flag")).collect();
    let is_long = lines.len() > 6;
    let text = if is_long { lines.join("\n") } else { lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ") };
    match text.strip_prefix("Error: ").unwrap_or(&text) {
        "" => "it says nothing".to_owned(),
        text => text.to_owned(),
    }
}

/// The warning in a line. helm adds the value in parentheses, which may be secret.
fn warning(line: &str) -> Option<&str> {
    let told = line.split_once("level=WARN msg=").or_else(|| line.split_once("warning: "));
    let told = told.or_else(|| line.split_once("WARNING: "))?.1.trim_start_matches('"');
    let told = told.strip_prefix("warning: ").unwrap_or(told);
    Some(told.split(['"', '(']).next().unwrap_or("").trim())
}

/// What to do about some of helm's errors.
const HELP: &[(&str, &str)] = &[
    ("missing in charts/", "run `helm dependency build` on the chart"),
    ("out of sync", "run `helm dependency update` on the chart"),
    ("incompatible with Kubernetes", "set `kubeVersion`, or `--helm-kube-version`"),
    ("dial tcp", "the chart's repository does not answer; a chart that is in its place already is not pulled"),
    ("not found in", "look at `repo`, `name` and `version`"),
    ("no chart version found", "look at `version`"),
    ("unknown flag", "another version of helm may know the option"),
];

fn help(told: &str) -> Option<&'static str> {
    HELP.iter().find(|(part, _)| told.contains(part)).map(|(_, help)| *help)
}

/// A place in a template that helm's message names.
#[derive(Debug, PartialEq, Eq)]
struct TemplatePlace<'t> {
    /// The path below the chart's directory.
    path: &'t str,
    /// The line, from 1.
    line: usize,
    /// The byte in the line, from 0.
    column: usize,
}

/// The first place in a template that a message names, as `svc/templates/cm.yaml:18:9` or without the column.
fn template_place(message: &str) -> Option<TemplatePlace<'_>> {
    let pattern = Regex::new(r#"([^\s()":/]+)/([^\s()":]+):(\d+)(?::(\d+))?"#).ok()?;
    pattern.captures_iter(message).find_map(|found| {
        let path = found.get(2)?.as_str();
        let number = |at: usize| found.get(at).map_or(Some(0), |digits| digits.as_str().parse().ok());
        let inside = !path.split('/').any(|part| part == "..");
        inside.then_some(TemplatePlace { path, line: number(3)?, column: number(4)? })
    })
}

/// From the place to the end of the action, or of the line.
fn span_in(text: &str, place: &TemplatePlace<'_>, source: SourceId) -> Span {
    let start = text.split_inclusive('\n').take(place.line.saturating_sub(1)).map(str::len).sum::<usize>();
    let line = text[start..].lines().next().unwrap_or("");
    let is_exact = place.column > 0 && line.is_char_boundary(place.column);
    let from = if is_exact { place.column } else { line.len() - line.trim_start().len() };
    let rest = &line[from..];
    let end = rest.find("}}").filter(|_| is_exact).unwrap_or(rest.len());
    let (start, length) = (start + from, rest[..end].trim_end_matches([' ', '-']).len());
    Span { source, start: start as u32, end: (start + length) as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helm_prints_is_cut_at_its_comments() {
        let text = "Pulled: x\n---\n# Source: svc/templates/a.yaml\na: 1\n---\n# other\n---\n# Source: svc/crds/b.yaml\n\
                    b: |\n  ---\n  # Source: c\n";
        let (preamble, documents) = parts(text);
        assert_eq!(preamble, "Pulled: x\n");
        assert_eq!(documents.iter().map(|(path, _)| *path).collect::<Vec<_>>(), ["svc/templates/a.yaml", "svc/crds/b.yaml"]);
        assert_eq!(documents[0].1, "---\n# Source: svc/templates/a.yaml\na: 1\n---\n# other\n");
        assert_eq!(parts("a: 1\n"), ("a: 1\n", Vec::new()));
    }

    #[test]
    fn helm_is_quoted_in_one_line_and_without_values() {
        assert_eq!(message("Error: a\n  b\n\nUse --debug flag to render out invalid YAML\n"), "a b");
        assert_eq!(message(""), "it says nothing");
        let line = r#"level=INFO msg="warning: skipped value for svc.sec: Not a table.""#;
        assert_eq!(warning(line), Some("skipped value for svc.sec: Not a table."));
        let line = "coalesce.go:298: warning: cannot overwrite table with non table for svc.a (map[password:x])";
        assert_eq!(warning(line), Some("cannot overwrite table with non table for svc.a"));
        assert_eq!(warning("walk.go:74: found symbolic link in path"), None);
    }

    #[test]
    fn places_in_templates_are_found_in_messages() {
        let place = |path, line, column| Some(TemplatePlace { path, line, column });
        let message = "execution error at (svc/templates/cm.yaml:18:9): please set foo";
        assert_eq!(template_place(message), place("templates/cm.yaml", 18, 9));
        let message = "parse error at (svc/charts/sub/templates/_x.tpl:3): function \"nofunc\" not defined";
        assert_eq!(template_place(message), place("charts/sub/templates/_x.tpl", 3, 0));
        assert_eq!(template_place("dial tcp http://127.0.0.1:80: refused"), None);
        assert_eq!(template_place("at svc/../../secret:1:1"), None);
    }

    #[test]
    fn the_action_at_a_place_is_underlined() {
        let text = "a: 1\n  b: {{ required \"x\" .Values.b -}} c\n";
        let spanned = |line, column| {
            let mut sources = crate::source::Sources::default();
            let source = sources.add("a", text);
            let span = span_in(text, &TemplatePlace { path: "a", line, column }, source);
            sources.text(span).to_owned()
        };
        assert_eq!(spanned(2, 8), "required \"x\" .Values.b");
        assert_eq!(spanned(2, 0), "b: {{ required \"x\" .Values.b -}} c");
        assert_eq!(spanned(2, 900), spanned(2, 0));
        assert_eq!(spanned(9, 1), "");
    }
}
