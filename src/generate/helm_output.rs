//! The output of helm: objects that know their template, and errors that point into it.
//!
//! helm writes a comment with the template's path above each document. Each becomes a separate source, so that
//! locations are those of `helm template --show-only TEMPLATE`. Behavior: kustomize's `Generate`, which treats every
//! document with content as an object.

use std::path::{Path, PathBuf};

use regex::Regex;

use crate::diagnostic::{Diagnostic, Result};
use crate::load::Guard;
use crate::load::credentials::mask;
use crate::load::helm::Ran;
use crate::resource::{ResMap, Resource, objects};
use crate::source::{SourceId, Span};
use crate::stage::Context;
use crate::yaml::Dialect;

/// What helm writes before each document.
const HEADER: &str = "---\n# Source: ";

/// Paths that are passed to helm, and their names as the user would write them.
#[derive(Default)]
pub struct Names(Vec<(String, String)>);

impl Names {
    /// Adds a path.
    pub fn add(&mut self, path: &Path, name: &Path) {
        self.0.push((path.display().to_string(), name.display().to_string()));
    }

    /// A text with the paths replaced by the names.
    pub fn put_into(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (path, name)| text.replace(path, name))
    }
}

/// A chart that exists locally.
pub struct ChartPlace {
    /// Its directory.
    pub directory: PathBuf,
    /// The same as the user would write it.
    pub shown: PathBuf,
    /// The directory relative to the kustomization; `None` if it was pulled only for this build.
    pub path: Option<PathBuf>,
    /// The item that requests the chart.
    pub span: Span,
}

impl ChartPlace {
    /// The objects in the output of helm.
    ///
    /// # Errors
    /// It is not valid UTF-8 or YAML, contains something other than objects, or two objects have the same name.
    pub fn objects(&self, printed: Vec<u8>, context: &mut Context<'_>) -> Result<Vec<Resource>> {
        let text = String::from_utf8(printed).map_err(|error| {
            let message = format!("the output of helm is not valid UTF-8 from byte {} on", error.utf8_error().valid_up_to());
            Diagnostic::error("helm-output", message).at(self.span)
        })?;
        let (preamble, documents) = parts(&text);
        let mut nodes = Vec::new();
        for (path, document) in &documents {
            let below = path.split_once('/').map_or(*path, |(_, below)| below);
            let source = context.records.sources.add(format!("{} (rendered)", self.shown.join(below).display()), *document);
            nodes.extend(context.documents(source, Dialect::Manifest)?);
        }
        // Charts have nothing before the first template. Programs other than helm may print objects without any
        // comment, and helm itself may print a message.
        if !preamble.trim().is_empty() {
            let source = context.records.sources.add(format!("{} (rendered)", self.shown.display()), preamble);
            match context.documents(source, Dialect::Manifest).and_then(|found| objects(found.clone(), || false).map(|_| found)) {
                Ok(found) => drop(nodes.splice(0..0, found)),
                Err(error) if documents.is_empty() => return Err(error),
                Err(_) => self.warn(preamble.trim(), context),
            }
        }
        let mut resources = ResMap::default();
        for mut resource in objects(nodes, || false)? {
            resource.from_helm = true;
            resources.append(resource).map_err(|error| error.help("rename it in one of the two templates"))?;
        }
        Ok(resources.into_resources().collect())
    }

    /// Records helm's warnings.
    pub fn warnings(&self, stderr: &str, context: &mut Context<'_>) {
        for line in stderr.lines() {
            if let Some(warning) = warning(line) {
                self.warn(warning, context);
            }
        }
    }

    fn warn(&self, warning: &str, context: &mut Context<'_>) {
        let message = format!("helm warned about `{}`: {warning}", self.shown.display());
        context.records.find(Diagnostic::warning("helm-warning", message).at(self.span));
    }

    /// Why helm failed, with the location in the template if it names one.
    pub fn failure(&self, what: &str, ran: &Ran, names: &Names, context: &mut Context<'_>) -> Diagnostic {
        let stderr = names.put_into(&ran.stderr);
        let error = Diagnostic::error("helm", mask(&format!("{what}: {}", message(&stderr))));
        let error = error.at(self.span).help_if(help(&stderr).map(str::to_owned));
        match template_place(&stderr).and_then(|place| self.template_span(&place, context)) {
            Some(span) => error.label(span, "helm stopped here"),
            None => error,
        }
    }

    fn template_span(&self, place: &TemplatePlace<'_>, context: &mut Context<'_>) -> Option<Span> {
        let content = Guard::at(context.loader.files(), &self.directory).read(&self.directory.join(place.path)).ok()?;
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

/// helm's error message, without hints for users who run helm themselves. Without a stack trace, it is one line.
fn message(stderr: &str) -> String {
    let lines = stderr.trim().lines().map(str::trim_end);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty() && !line.starts_with("Use --debug flag")).collect();
    let is_long = lines.len() > 6;
    let text = if is_long { lines.join("\n") } else { lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ") };
    match text.strip_prefix("Error: ").unwrap_or(&text) {
        "" => "it printed no error message".to_owned(),
        text => text.to_owned(),
    }
}

/// The warning in a line. helm adds the value in parentheses, which may be secret.
fn warning(line: &str) -> Option<&str> {
    let found = line.split_once("level=WARN msg=").or_else(|| line.split_once("warning: "));
    let text = found.or_else(|| line.split_once("WARNING: "))?.1.trim_start_matches('"');
    let text = text.strip_prefix("warning: ").unwrap_or(text);
    Some(text.split(['"', '(']).next().unwrap_or("").trim())
}

/// What to do about some of helm's errors.
const HELP: &[(&str, &str)] = &[
    ("missing in charts/", "run `helm dependency build` on the chart"),
    ("out of sync", "run `helm dependency update` on the chart"),
    ("incompatible with Kubernetes", "set `kubeVersion`, or `--helm-kube-version`"),
    ("dial tcp", "the chart's repository does not respond; a chart that already exists locally is not pulled"),
    ("not found in", "check `repo`, `name`, and `version`"),
    ("no chart version found", "check `version`"),
    ("unknown flag", "another version of helm may support the option"),
];

fn help(stderr: &str) -> Option<&'static str> {
    HELP.iter().find(|(part, _)| stderr.contains(part)).map(|(_, help)| *help)
}

/// A location in a template that helm's message names.
#[derive(Debug, PartialEq, Eq)]
struct TemplatePlace<'t> {
    /// The path below the chart's directory.
    path: &'t str,
    /// The line, from 1.
    line: usize,
    /// The byte in the line, from 0.
    column: usize,
}

/// The first location in a template that a message names, as in `svc/templates/cm.yaml:18:9` or without the column.
fn template_place(message: &str) -> Option<TemplatePlace<'_>> {
    let pattern = Regex::new(r#"([^\s()":/]+)/([^\s()":]+):(\d+)(?::(\d+))?"#).ok()?;
    pattern.captures_iter(message).find_map(|found| {
        let path = found.get(2)?.as_str();
        let number = |at: usize| found.get(at).map_or(Some(0), |digits| digits.as_str().parse().ok());
        let inside = !path.split('/').any(|part| part == "..");
        inside.then_some(TemplatePlace { path, line: number(3)?, column: number(4)? })
    })
}

/// From the location to the end of the action, or of the line.
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
    fn the_output_of_helm_is_split_at_its_comments() {
        let text = "Pulled: x\n---\n# Source: svc/templates/a.yaml\na: 1\n---\n# other\n---\n# Source: svc/crds/b.yaml\n\
                    b: |\n  ---\n  # Source: c\n";
        let (preamble, documents) = parts(text);
        assert_eq!(preamble, "Pulled: x\n");
        assert_eq!(documents.iter().map(|(path, _)| *path).collect::<Vec<_>>(), ["svc/templates/a.yaml", "svc/crds/b.yaml"]);
        assert_eq!(documents[0].1, "---\n# Source: svc/templates/a.yaml\na: 1\n---\n# other\n");
        assert_eq!(parts("a: 1\n"), ("a: 1\n", Vec::new()));
    }

    #[test]
    fn helm_messages_are_quoted_in_one_line_and_without_values() {
        assert_eq!(message("Error: a\n  b\n\nUse --debug flag to render out invalid YAML\n"), "a b");
        assert_eq!(message(""), "it printed no error message");
        let line = r#"level=INFO msg="warning: skipped value for svc.sec: Not a table.""#;
        assert_eq!(warning(line), Some("skipped value for svc.sec: Not a table."));
        let line = "coalesce.go:298: warning: cannot overwrite table with non table for svc.a (map[password:x])";
        assert_eq!(warning(line), Some("cannot overwrite table with non table for svc.a"));
        assert_eq!(warning("walk.go:74: found symbolic link in path"), None);
    }

    #[test]
    fn locations_in_templates_are_found_in_messages() {
        let place = |path, line, column| Some(TemplatePlace { path, line, column });
        let message = "execution error at (svc/templates/cm.yaml:18:9): please set foo";
        assert_eq!(template_place(message), place("templates/cm.yaml", 18, 9));
        let message = "parse error at (svc/charts/sub/templates/_x.tpl:3): function \"nofunc\" not defined";
        assert_eq!(template_place(message), place("charts/sub/templates/_x.tpl", 3, 0));
        assert_eq!(template_place("dial tcp http://127.0.0.1:80: refused"), None);
        assert_eq!(template_place("at svc/../../secret:1:1"), None);
    }

    #[test]
    fn the_action_at_a_location_is_underlined() {
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
