//! `replacements`: copies a value from one object into fields of others.
//!
//! A source is found by any id that it has or had and must be unique; targets are found by regular expressions on any of
//! their ids. Behavior: kustomize's `ReplacementTransformer` and its filter, paths by `transform::value_path`.

use ecow::EcoString;
use serde::Deserialize;

use super::loose_patterns;
use super::patches::{SelectorConfig, unmatched};
use super::{Configured, Form, TransformerKind};
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::fields::value_path::{self, How, Made, Make, Texts};
use crate::fields::{structured, suggestion};
use crate::kustomize_words::quote;
use crate::resource::{Gvk, Part, ResId, ResMap, Resource, Selector};
use crate::schema::Notation;
use crate::source::Span;
use crate::stage::{Context, Transformer};
use crate::usage;
use crate::yaml::OriginId;
use crate::yaml::provenance::Edit;
use crate::yaml::{Dialect, Located, Node, Quotes, Scalar, Tag, Unknown, Value, decode_object, path};

/// The table row of this transformer.
pub const KIND: TransformerKind =
    TransformerKind { fields: &["replacements"], kind: "ReplacementTransformer", decode: configure };

struct Replacement {
    source: Source,
    targets: Vec<Target>,
    span: Span,
}

enum Source {
    Value(EcoString, Span),
    Field { id: ResId, path: Located<String>, is_given: bool, options: Options, span: Span },
}

struct Target {
    select: Located<Selector>,
    reject: Vec<(Selector, SelectorConfig)>,
    paths: Vec<Located<String>>,
    options: Options,
    span: Span,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Options {
    delimiter: String,
    index: i64,
    /// Accepted by kustomize, but has no effect there.
    #[serde(rename = "encoding")]
    _encoding: String,
    create: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry {
    path: Located<String>,
    source: Option<Located<SourceConfig>>,
    source_value: Option<Located<String>>,
    targets: Option<Vec<Located<TargetConfig>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SourceConfig {
    group: String,
    version: String,
    kind: String,
    name: String,
    namespace: String,
    field_path: Located<String>,
    options: Options,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TargetConfig {
    select: Option<Located<SelectorConfig>>,
    reject: Vec<SelectorConfig>,
    field_paths: Vec<Located<String>>,
    options: Options,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    replacements: Vec<Located<Entry>>,
}

fn configure(form: Form<'_>, context: &mut Context<'_>) -> Result<Vec<Configured>> {
    let entries: Vec<Located<Entry>> = match form {
        Form::Fields(kustomization) => kustomization.valid("replacements"),
        Form::Object(object) => decode_object::<Config>(object, Unknown::Ignore)?.replacements,
    };
    Configured::of_entries("replacements", entries, form, context, load)
}

/// Loads an item, which names a file of replacements or is one itself.
fn load(entry: Located<Entry>, span: Span, context: &mut Context<'_>) -> Result<Vec<Replacement>> {
    let Some(at) = entry.path.span.filter(|_| !entry.path.is_empty()) else { return Ok(vec![compile(entry.value, span)?]) };
    if entry.source.is_some() || entry.targets.is_some() {
        return Err(Diagnostic::error("two-replacements", "`path` and an inline replacement are mutually exclusive")
            .at(at)
            .words("cannot specify both path and inline replacement")
            .into());
    }
    let source = context.read_text(&entry.path).map_err(|error| error.at(at))?;
    let document = context.records.first_document(source, context.step, Dialect::Yaml11);
    let document = document.map_err(|errors| errors.reword(|words| words.surround("error converting YAML to JSON: ", "")))?;
    let Some(document) = document else {
        let message = format!("`{}` contains no replacements", *entry.path);
        return Err(Diagnostic::error("replacement", message).at(at).into());
    };
    let entries: Vec<Located<Entry>> = match document.value() {
        Value::Sequence(_) => decode_object(&document, Unknown::Ignore)?,
        Value::Mapping(_) => vec![decode_object(&document, Unknown::Ignore)?],
        Value::Scalar(_) => {
            let message = format!("expected a replacement or a list of replacements, found {}", document.type_name());
            let kind = if document.as_str().is_some() { "string" } else { "float64" };
            let words = format!("unsupported replacement type encountered within replacement path: {kind}");
            return Err(document.error("wrong-type", message).words(words).into());
        }
    };
    let one = |entry: Located<Entry>| {
        let span = entry.span.unwrap_or(at);
        compile(entry.value, span)
    };
    Ok(entries.into_iter().map(one).collect::<Result<_, _>>()?)
}

fn compile(entry: Entry, span: Span) -> Result<Replacement, Diagnostic> {
    let wrong = |message: &str| Diagnostic::error("replacement", message).at(span);
    let source = match (entry.source, entry.source_value) {
        (Some(_), Some(_)) => {
            let words = "value and resource selectors are mutually exclusive";
            return Err(wrong("`source` and `sourceValue` are mutually exclusive").running_words(words));
        }
        (None, Some(value)) => Source::Value(value.value.as_str().into(), value.span.unwrap_or(span)),
        (Some(source), None) => {
            let at = source.span.unwrap_or(span);
            let SourceConfig { group, version, kind, name, namespace, field_path, options } = source.value;
            let gvk = Gvk { group: group.into(), version: version.into(), kind: kind.into() };
            let id = ResId { gvk, name: name.into(), namespace: namespace.into() };
            let is_given = !field_path.is_empty();
            let path = if field_path.is_empty() { Located { value: DEFAULT_PATH.into(), span: source.span } } else { field_path };
            Source::Field { id, path, is_given, options, span: at }
        }
        (None, None) => return Err(wrong("one of `source` or `sourceValue` is required").running_words(INCOMPLETE)),
    };
    let Some(targets) = entry.targets else { return Err(wrong("`targets` is required").running_words(INCOMPLETE)) };
    let targets = targets.into_iter().map(|target| compile_target(target, span)).collect::<Result<_, _>>()?;
    Ok(Replacement { source, targets, span })
}

fn compile_target(target: Located<TargetConfig>, around: Span) -> Result<Target, Diagnostic> {
    let span = target.span.unwrap_or(around);
    let TargetConfig { select, reject, mut field_paths, options } = target.value;
    let Some(select) = select else {
        return Err(Diagnostic::error("replacement", "a target requires `select`")
            .at(span)
            .running_words("target must specify resources to select")
            .help("set `select: {kind: Deployment}`"));
    };
    if field_paths.is_empty() {
        field_paths.push(Located { value: DEFAULT_PATH.into(), span: Some(span) });
    }
    let reject = reject.into_iter().map(|config| Ok((config.compile()?, config))).collect::<Result<_, Diagnostic>>()?;
    let select = Located { value: select.compile()?, span: select.span };
    Ok(Target { select, reject, paths: field_paths, options, span })
}

const NO_SCALAR: &str = "delimiter option can only be used with scalar nodes";
const INCOMPLETE: &str = "replacements must specify a source and at least one target";

/// The field that is used if none is specified.
const DEFAULT_PATH: &str = "metadata.name";

impl Transformer for Replacement {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        let (mut idle, mut loose) = (Vec::new(), Vec::new());
        let step = context.step;
        let texts = Texts::Files(&context.records.sources);
        let mut edit = Edit::new(&mut context.records.provenance, step, self.span);
        let Found { mut value, mut place } = self.value(resources, &mut edit)?;
        let (mut errors, mut is_full) = (Vec::new(), false);
        for target in &self.targets {
            let mut found = false;
            // A path that does not fit one object rarely fits the others.
            let mut failed = vec![false; target.paths.len()];
            for at in target.select.value.candidates(resources) {
                if resources.get(at).is_some_and(|resource| target.is_meant(resource)) {
                    found = true;
                    let mut wrong = Vec::new();
                    resources.edit(at, |resource| {
                        for (path, failed) in target.paths.iter().zip(&mut failed).filter(|(_, failed)| !**failed) {
                            loose.extend(loose_patterns::remark(resource.node(), path));
                            if let Err(error) = resource.edit(|node| target.set(node, path, &value, texts, &mut edit)) {
                                *failed = true;
                                is_full |= error.code == "limit";
                                wrong.push((error, path, resource.gvk().clone()));
                            } else if let Some(own) = place.take_if(|place| place.object == at) {
                                place = own.follow(resource.node(), &mut value);
                            }
                        }
                    });
                    errors.extend(wrong.into_iter().map(|(error, path, gvk)| suggested(error, &gvk, path, resources)));
                }
            }
            if is_full {
                break;
            }
            idle.extend((!found).then_some(&target.select));
        }
        loose.into_iter().for_each(|finding| context.find(finding));
        idle.into_iter().for_each(|select| unmatched(select, resources, context));
        Diagnostics::check(errors)
    }
}

/// The value to copy.
struct Found {
    value: Node,
    /// Its position, if the value is the whole field.
    place: Option<Place>,
}

/// The position of the source's field. kustomize copies from the field each time, so changes count if the field is itself a
/// target; once an enclosing value is replaced, the field is no longer part of the tree, and its value stays the same.
struct Place {
    /// The position of the object.
    object: usize,
    /// The indices on the path to the field, each with the origin of the collection that it applies to.
    steps: Vec<(usize, OriginId)>,
}

impl Place {
    /// The position at the end of a path, if it exists.
    fn at(object: usize, root: &Node, path: &[&str]) -> Option<Self> {
        let mut node = root;
        let mut steps = Vec::new();
        for part in path {
            let field = value_path::lookup(node, &[part]).ok()??;
            steps.push((node.children().position(|child| std::ptr::eq(child, field))?, node.origin()));
            node = field;
        }
        Some(Place { object, steps })
    }

    /// Updates `value` to the current value of the field.
    fn follow(self, object: &Node, value: &mut Node) -> Option<Self> {
        let mut field = object;
        for &(index, origin) in &self.steps {
            field = field.children().nth(index).filter(|_| field.origin() == origin)?;
        }
        *value = field.clone();
        Some(self)
    }
}

impl Replacement {
    fn value(&self, resources: &ResMap, edit: &mut Edit<'_>) -> Result<Found, Diagnostic> {
        let (id, path, options, span) = match &self.source {
            Source::Value(text, span) => {
                let value = Node::new(Value::Scalar(Scalar::untagged(text.clone())), &mut edit.at(*span));
                return Ok(Found { value, place: None });
            }
            Source::Field { id, path, options, span, .. } => (id, path, options, *span),
        };
        let at = path.span.unwrap_or(span);
        let (position, found) = self.source_object(id, span, resources)?;
        let suggested = |error| suggested(error, found.gvk(), path, resources);
        let Some(node) = field_of(found.node(), path).map_err(|error| suggested(error.at(at)))? else {
            let message = format!("{} has no value at `{}`", found.id(), path.value);
            let words = format!("fieldPath `{}` is missing for replacement source {}", path.value, id.words());
            let error = Diagnostic::error("no-match", message).at(at).words(words);
            return Err(suggested(error).label(found.name_span(), "the source"));
        };
        if options.delimiter.is_empty() {
            let place = Place::at(position, found.node(), &path::clean(&path::split_dotted(path)));
            return Ok(Found { value: node.clone(), place });
        }
        let Some(scalar) = node.as_scalar() else {
            let message = format!("`delimiter` requires a scalar, found {}", node.type_name());
            return Err(Diagnostic::error("replacement", message).at(at).words(NO_SCALAR));
        };
        let parts: Vec<&str> = scalar.text.split(options.delimiter.as_str()).collect();
        match usize::try_from(options.index).ok().and_then(|index| parts.get(index)) {
            Some(part) => {
                let part = retagged(scalar, (*part).into()).unwrap_or_else(|| Scalar::string(*part));
                let value = Node::read(Value::Scalar(Scalar { shared: 0, ..part }), node.span(), node.origin());
                Ok(Found { value, place: None })
            }
            None => {
                let message = format!("`index: {}` is out of range: `{}` has {} parts", options.index, scalar.text, parts.len());
                let words = format!("options.index {} is out of bounds for value {}", options.index, scalar.text);
                Err(Diagnostic::error("replacement", message).at(at).words(words))
            }
        }
    }

    /// The source in kustomize's words. Behavior: `SourceSelector.String`.
    fn source_words(&self, id: &ResId) -> String {
        match &self.source {
            Source::Field { path, is_given: true, .. } => format!("{}:{}", id.words(), path.value),
            _ => id.words(),
        }
    }

    fn source_object<'r>(&self, id: &ResId, span: Span, resources: &'r ResMap) -> Result<(usize, &'r Resource), Diagnostic> {
        let all = candidates(id, resources).into_iter().filter_map(|at| Some((at, resources.get(at)?)));
        let mut found = all.filter(|(_, resource)| resource.is_or_was(id));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            (Some((_, one)), Some((_, other))) => Err(Diagnostic::error("replacement", "the source matches several objects")
                .at(span)
                .words(format!("multiple matches for selector {}", self.source_words(id)))
                .label(one.name_span(), "one of them")
                .label(other.name_span(), "another one")),
            (None, _) => {
                let names: Vec<&str> = resources.iter().map(|resource| resource.id().name.as_str()).collect();
                let near = crate::diagnostic::did_you_mean(&id.name, names);
                let help = near.map(|near| format!("did you mean `{near}`?"));
                let words = format!("nothing selected by {}", self.source_words(id));
                let error = Diagnostic::error("no-match", format!("the source matches no object: {id}")).at(span);
                Err(error.words(words).help_if(help))
            }
        }
    }
}

/// An error about a path in an object of a kind, with the path that its schema has.
fn suggested(error: Diagnostic, gvk: &Gvk, path: &str, resources: &ResMap) -> Diagnostic {
    suggestion::add(error, gvk, &path::clean(&path::split_dotted(path)), Notation::Dotted, resources)
}

/// The positions of all objects that have or had an id with the parts of this one, and of others.
fn candidates(id: &ResId, resources: &ResMap) -> Vec<usize> {
    let mut groups = Vec::new();
    groups.extend((!id.name.is_empty()).then(|| vec![Part::Name(&id.name)]));
    groups.extend((!id.gvk.kind.is_empty()).then(|| vec![Part::Kind(&id.gvk.kind)]));
    match id.namespace.as_str() {
        "" => {}
        "default" => groups.push(vec![Part::Namespace("default"), Part::Namespace("")]),
        namespace => groups.push(vec![Part::Namespace(namespace)]),
    }
    resources.candidates(&groups)
}

/// The value at the path of a source, unless it is empty.
fn field_of<'n>(object: &'n Node, path: &str) -> Result<Option<&'n Node>, Diagnostic> {
    let empty = |node: &Node| {
        node.is_null() || node.as_sequence().is_some_and(<[Node]>::is_empty) || node.as_mapping().is_some_and(|m| m.is_empty())
    };
    let parts = path::split_dotted(path);
    Ok(value_path::lookup(object, &path::clean(&parts))?.filter(|node| !empty(node)))
}

impl Target {
    fn is_meant(&self, resource: &Resource) -> bool {
        let rejected = |(reject, config): &(Selector, SelectorConfig)| {
            let by_metadata = !(config.label_selector.is_empty() && config.annotation_selector.is_empty());
            let by_id = [&config.group, &config.version, &config.kind, &config.name, &config.namespace]
                .iter()
                .any(|part| !part.is_empty());
            (by_metadata && reject.matches_metadata(resource)) || (by_id && reject.matches_any_id(resource))
        };
        self.select.value.matches_any_id(resource)
            && self.select.value.matches_metadata(resource)
            && !self.reject.iter().any(rejected)
    }

    /// Writes the value to every field that the path reaches.
    fn set(
        &self,
        object: &mut Node,
        path: &Located<String>,
        value: &Node,
        texts: Texts<'_>,
        edit: &mut Edit<'_>,
    ) -> Result<(), Diagnostic> {
        let make = self.options.create.then(|| match value.value() {
            Value::Scalar(_) => Make::Scalar,
            Value::Sequence(_) => Make::Sequence,
            Value::Mapping(_) => Make::Mapping,
        });
        let span = path.span.unwrap_or(self.span);
        let edit = &mut edit.at(span);
        let parts = path::split_dotted(path);
        if structured::set(object, &parts, make, value, edit)? {
            return Ok(());
        }
        let mut count = 0;
        let mut write = |field: &mut Node, made: Made, edit: &mut Edit<'_>| {
            count += 1;
            self.write(field, made, value, edit)
        };
        let parts: Vec<&str> = parts.iter().map(EcoString::as_str).collect();
        let not_found = || {
            let how = if make.is_some() { "find or create" } else { "find" };
            format!("unable to {how} field {} in replacement target", quote(path))
        };
        value_path::visit(object, &parts, How { make, texts }, edit, &mut write).map_err(|mut error| {
            if error.code == "field-path" {
                error.words.surround(format!("{}: ", not_found()), "");
            }
            error.at(span)
        })?;
        if count > 0 {
            return Ok(());
        }
        let how = if make.is_some() { "find or create" } else { "find" };
        let name = ResId::of(object);
        let message = format!("can't {how} the field `{}` in {name}", path.value);
        let mut error = Diagnostic::error("no-match", message).at(span).words(not_found());
        if make.is_none() {
            error = error.help("to create it, set `options: {create: true}`");
        }
        let target = object.at_path(&["metadata", "name"]).unwrap_or(object).span();
        Err(error.label(target, "the target"))
    }

    fn write(&self, field: &mut Node, made: Made, value: &Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        let scalar = value.as_scalar().map(|scalar| scalar.text.clone());
        let text = match self.options.delimiter.as_str() {
            // A list or mapping has no text, so kustomize writes an empty string into a scalar field.
            "" if field.as_scalar().is_some() => Some(scalar.unwrap_or_default()),
            "" => scalar,
            delimiter => {
                let Some(old) = field.as_scalar() else {
                    let message = format!("`delimiter` requires a scalar, found {}", field.type_name());
                    let error = Diagnostic::error("replacement", message).at(self.span).words(NO_SCALAR);
                    return Err(error.label(field.span(), "the target"));
                };
                let text = self.spliced(&old.text, &scalar.unwrap_or_default(), delimiter);
                usage::value(text.len()).map_err(|error| error.at(edit.span()).label(field.span(), "the target"))?;
                Some(text)
            }
        };
        match &text {
            Some(text) => edit.count_text(text.len())?,
            None => edit.count_copy(value)?,
        }
        let from = value.span();
        match (field.as_scalar(), text) {
            (Some(_), Some(text)) if made == Made::New => field.set_copy(Value::Scalar(Scalar::untagged(text)), from, edit),
            (Some(old), Some(text)) => {
                let scalar = retagged(old, text).ok_or_else(|| {
                    let found = value.as_scalar().map_or("", |scalar| scalar.text.as_str());
                    let message = format!("expected {} as in the target, found `{found}`", old.tag.name());
                    Diagnostic::error("wrong-type", message)
                        .at(from)
                        .label(field.span(), "the target")
                        .help("quote the target's value")
                })?;
                field.set_copy(Value::Scalar(scalar), from, edit);
            }
            (None, Some(text)) => {
                let (tag, quotes) = value.as_scalar().map_or((Tag::Str, Quotes::None), |scalar| (scalar.tag, scalar.quotes));
                field.set_copy(Value::Scalar(Scalar { quotes, ..Scalar::new(tag, text) }), from, edit);
            }
            (_, None) => {
                field.set_copy(value.value().clone(), from, edit);
                field.set_brackets(value.in_brackets());
            }
        }
        Ok(())
    }

    fn spliced(&self, old: &str, new: &str, delimiter: &str) -> EcoString {
        let mut parts: Vec<&str> = old.split(delimiter).collect();
        match usize::try_from(self.options.index) {
            Err(_) => parts.insert(0, new),
            Ok(index) if index >= parts.len() => parts.push(new),
            Ok(index) => parts[index] = new,
        }
        parts.join(delimiter).into()
    }
}

/// A new text with the type of the old value; `None` if the text can't have that type.
pub fn retagged(old: &Scalar, text: EcoString) -> Option<Scalar> {
    let read = Scalar::plain(text);
    let fits = old.tag == read.tag || (old.tag == Tag::Float && read.tag == Tag::Int);
    match old.tag {
        _ if old.quotes == Quotes::Untagged => Some(Scalar { quotes: Quotes::Untagged, ..read }),
        _ if fits => Some(Scalar { tag: old.tag, quotes: old.quotes, ..read }),
        Tag::Str => Some(Scalar { tag: Tag::Str, quotes: old.quotes, ..read }),
        _ => None,
    }
}
