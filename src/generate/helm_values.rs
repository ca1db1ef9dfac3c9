//! The values of a chart: its values file, or another one, merged with the values in the kustomization.
//!
//! Without inline values, the file is passed to helm unchanged. Otherwise both are read, merged like strategic merge
//! patches, and printed. Behavior: kustomize's `createNewMergedValuesFile`, which reads the file as YAML 1.2 and the inline
//! values as YAML 1.1, so that an unquoted `yes` is a string in one and true in the other.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, Result, did_you_mean};
use crate::load::{Disk, Files, Guard};
use crate::patch::json_patch;
use crate::patch::strategic_merge::{self, MergeBy};
use crate::schema::{CommentSchemas, Schema};
use crate::source::{SourceId, Span};
use crate::stage::Context;
use crate::yaml::event::Event;
use crate::yaml::provenance::Edit;
use crate::yaml::{self, Dialect, Entry, Key, Located, Mapping, Node, Parser, Value};

/// Which value takes precedence if the values file and the inline values both set one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValuesMerge {
    /// The inline value.
    #[default]
    Override,
    /// The file's value.
    Merge,
    /// The file is ignored.
    Replace,
}

const MODES: [(&str, ValuesMerge); 3] =
    [("override", ValuesMerge::Override), ("merge", ValuesMerge::Merge), ("replace", ValuesMerge::Replace)];

impl ValuesMerge {
    /// The mode that `valuesMerge` names.
    ///
    /// # Errors
    /// There is no such mode.
    pub fn parse(text: &Located<String>) -> Result<Self, Diagnostic> {
        if text.is_empty() {
            return Ok(ValuesMerge::default());
        }
        if let Some((_, mode)) = MODES.iter().find(|(name, _)| *name == text.as_str()) {
            return Ok(*mode);
        }
        let message = format!("expected one of `override`, `merge`, `replace`, found `{}`", text.value);
        let error = Diagnostic::error("values-merge", message).words("valuesMerge must be one of [merge override replace]");
        let near = did_you_mean(text, MODES.map(|(name, _)| name)).map(|near| format!("did you mean `{near}`?"));
        let error = error.help_if(near);
        Err(match text.span {
            Some(span) => error.at(span),
            None => error,
        })
    }
}

/// The values file of a chart.
pub enum ValuesFile<'a> {
    /// The file that the item names.
    Named(&'a Located<String>),
    /// The chart's own file.
    Own(String),
    /// The chart's own file, of a chart that was pulled only for this build.
    Pulled {
        /// The file.
        file: PathBuf,
        /// The same as the user would write it.
        shown: PathBuf,
    },
}

impl ValuesFile<'_> {
    /// The file as the user would write it.
    pub fn shown(&self, context: &Context<'_>) -> PathBuf {
        match self {
            ValuesFile::Named(path) => context.loader.show(path),
            ValuesFile::Own(path) => context.loader.show(path),
            ValuesFile::Pulled { shown, .. } => shown.clone(),
        }
    }

    fn read(&self, context: &Context<'_>, span: Span) -> Result<Vec<u8>, Diagnostic> {
        const NO_FILE: &str = "add a `values.yaml` to the chart, even an empty one, or set `valuesFile`";
        match self {
            ValuesFile::Named(path) => {
                let read = context.loader.read(path, context.step).map_err(|error| error.at(path.span.unwrap_or(span)))?;
                Ok(read.1)
            }
            ValuesFile::Own(path) => {
                let read = context.loader.read(path, context.step).map_err(|error| match error.code {
                    "outside-root" => error.help("set `valuesFile` to a file of this kustomization if the chart is elsewhere"),
                    "not-found" => error.help(NO_FILE),
                    _ => error,
                });
                Ok(read.map_err(|error| error.at(span))?.1)
            }
            ValuesFile::Pulled { file, shown } => {
                let disk: Arc<dyn Files> = Arc::new(Disk);
                let chart = file.parent().unwrap_or(file);
                Guard::at(&disk, chart).read(file).map_err(|_| {
                    let message = format!("can't read `{}`: the chart has no such regular file", shown.display());
                    Diagnostic::error("not-found", message).help(NO_FILE).at(span)
                })
            }
        }
    }
}

/// The sources of a chart's values.
pub struct Values<'a> {
    /// The values file.
    pub file: ValuesFile<'a>,
    /// The values in the kustomization.
    pub inline: Option<&'a Node>,
    /// How both are combined.
    pub merge: ValuesMerge,
    /// The item of the chart.
    pub span: Span,
}

impl Values<'_> {
    /// The text that helm reads.
    ///
    /// # Errors
    /// The file can't be read, or it can't be merged with the inline values.
    pub fn text(&self, context: &mut Context<'_>) -> Result<Vec<u8>> {
        match self.inline.filter(|inline| inline.as_mapping().is_some_and(|mapping| !mapping.is_empty())) {
            None => Ok(self.file.read(context, self.span)?),
            Some(inline) => {
                let mut inline = inline.clone();
                let span = inline.span();
                json_patch::round_trip(&mut inline, false, &mut context.edit(span));
                let merged = match self.merge {
                    ValuesMerge::Replace => inline,
                    mode => self.merged(inline, mode, context)?,
                };
                let mut text = String::new();
                yaml::emit(&merged, &mut text)?;
                Ok(text.into_bytes())
            }
        }
    }

    fn merged(&self, mut inline: Node, mode: ValuesMerge, context: &mut Context<'_>) -> Result<Node> {
        let (shown, content) = (self.file.shown(context), self.file.read(context, self.span)?);
        let path = shown.display().to_string();
        let source = context.records.add_text(shown, content)?;
        // Values are often secret.
        context.records.sources.hide(source);
        let span = inline.span();
        let Some(file) = context.records.first_document(source, context.step, Dialect::Values)? else {
            let message = format!("`{path}` contains no values to merge `valuesInline` with");
            let help = "add `{}` to it, or set `valuesMerge: replace`";
            return Err(Diagnostic::error("no-values", message).at(span).help(help).into());
        };
        drop_aliases(source, &mut inline, mode, context)?;
        let edit = &mut context.edit(span);
        let merged = match mode {
            ValuesMerge::Merge => merge(&inline, &file, edit),
            _ => merge(&file, &inline, edit),
        };
        let merged = merged.map_err(|error| {
            let help =
                format!("use the same type in `valuesInline` and `{path}`, or set `valuesMerge: replace` to ignore the file");
            Diagnostics::from(error.help(help).at(span))
        })?;
        Ok(merged.unwrap_or_else(|| Node::mapping(&mut context.edit(span))))
    }
}

/// kustomize's merge does not support aliases: a field whose value is an alias is lost, together with its inline value.
fn drop_aliases(source: SourceId, inline: &mut Node, mode: ValuesMerge, context: &mut Context<'_>) -> Result<(), Diagnostic> {
    let text = context.records.sources.get(source).text().clone();
    for (path, range) in aliased_fields(&text) {
        let span = Span { source, start: range.start as u32, end: range.end as u32 };
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        let field = keys.join(".");
        let given = inline.at_path(&keys).filter(|node| !node.is_null());
        if let Some(given) = given.filter(|_| mode == ValuesMerge::Merge) {
            let message = format!("`{field}` is an alias in the values file, which can't be merged with another value");
            return Err(Diagnostic::error("values-type", message).at(given.span()).label(span, "the alias"));
        }
        let loss = if given.is_some() { ", together with the inline value" } else { "" };
        let message = format!("`{field}` is an alias, which is lost when `valuesInline` is merged, as in kustomize{loss}");
        let warning = Diagnostic::warning("values-alias", message).at(span);
        context.records.find(warning.help("replace the alias with the value; the chart's own value is used instead"));
        if let Some((key, outer)) = keys.split_last()
            && let Some(mapping) = inline.at_path_mut(outer).and_then(Node::as_mapping_mut)
        {
            mapping.remove(key);
        }
    }
    Ok(())
}

/// The fields of a document whose value is an alias, outside lists, and the locations of the aliases.
fn aliased_fields(text: &str) -> Vec<(Vec<String>, Range<usize>)> {
    let mut parser = Parser::new(text);
    let mut found = Vec::new();
    // The mappings that are open, each with the key whose value comes next.
    let mut open: Vec<Option<String>> = Vec::new();
    let mut in_list = 0;
    while let Ok(Some((event, range))) = parser.next() {
        let is_key = in_list == 0 && matches!(open.last(), Some(None));
        match event {
            Event::DocumentEnd => break,
            Event::DocumentStart { .. } => continue,
            Event::MappingStart { .. } if in_list == 0 => {
                open.push(None);
                continue;
            }
            Event::MappingEnd if in_list == 0 => drop(open.pop()),
            Event::SequenceStart { .. } | Event::MappingStart { .. } => in_list += 1,
            Event::SequenceEnd | Event::MappingEnd => in_list -= 1,
            Event::Scalar { text, .. } if is_key => {
                open.last_mut().map(|key| key.replace(text.into_owned()));
                continue;
            }
            Event::Alias(_) if in_list == 0 && !is_key => found.push((open.iter().flatten().cloned().collect(), range)),
            Event::Scalar { .. } | Event::Alias(_) => {}
        }
        if let Some(key) = open.last_mut().filter(|_| in_list == 0) {
            *key = None;
        }
    }
    found
}

fn merge(target: &Node, patch: &Node, edit: &mut Edit<'_>) -> Result<Option<Node>, Diagnostic> {
    // Values have no schema: lists are replaced.
    let merged = strategic_merge::merge(
        target,
        patch,
        MergeBy { schema: &Schema::default(), own: None },
        &CommentSchemas::default(),
        edit,
    );
    merged.map(|merged| merged.node).map_err(|mut error| {
        if error.code == "patch-type" {
            error.code = "values-type";
            error.message = error.message.replace("as in the object", "as in the other values");
            error.labels.iter_mut().for_each(|(_, text)| "the other value".clone_into(text));
        }
        error
    })
}

/// The same values with string keys, as in JSON: `8080: a` has the key `"8080"`. If a key appears twice, the last value
/// counts.
pub fn string_keys(node: &Node) -> Node {
    let value = match node.value() {
        Value::Scalar(_) => return node.clone(),
        Value::Sequence(items) => Value::Sequence(items.iter().map(string_keys).collect()),
        Value::Mapping(mapping) => {
            let mut strings = Mapping::default();
            for Entry { key, value } in mapping {
                strings.put(Key::string(key.text, key.span()), string_keys(value));
            }
            Value::Mapping(strings)
        }
    };
    Node::read(value, node.span(), node.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_found_where_they_are_values_of_fields() {
        let text = "a: &x {b: 1}\nc: *x\nd: [*x, {e: *x}]\nf: {g: [1], <<: *x, h: {i: *x}}\nj: 1\n--- \nk: *x\n";
        let found: Vec<(String, &str)> =
            aliased_fields(text).into_iter().map(|(path, range)| (path.join("."), &text[range])).collect();
        assert_eq!(found, [("c".into(), "*x"), ("f.<<".into(), "*x"), ("f.h.i".into(), "*x")]);
    }
}
