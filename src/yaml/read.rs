//! Reads nodes from a text, as kustomize does.
//!
//! A text is split into documents at separator lines before it is parsed as YAML; each part is parsed separately and only its
//! first document counts. Aliases are copied and merge keys resolved immediately. Behavior: kyaml's `ByteReader` with go-yaml
//! v3 for manifests, go-yaml v2 for kustomization files and JSON patches.

use std::borrow::Cow;
use std::ops::Range;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::event::{Event, Spanned, Style, SyntaxError};
use super::key::{Key, KeyText, PlainKeys};
use super::mark::OriginId;
use super::node::{Entry, Mapping, Node, Value};
use super::parser::Parser;
use super::round_trip::{block_round_trip, is_last_comment};
use super::tagged::{Quotes, Scalar, Tag};
use super::text::stored;
use super::{go_syntax, go_words, remedy, scalar};
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::limits::{ALIAS_NODES, BYTES_PER_NODE};
use crate::source::{SourceId, Span};

/// The rules for plain scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Manifests: go-yaml v3 (`yes` is a string, `0644` is 420).
    Manifest,
    /// Kustomization files and JSON patches: go-yaml v2 (`yes` is true).
    Yaml11,
    /// JSON patches in JSON: read like Go's `encoding/json`, which has different escapes.
    Json,
    /// Values files of charts that are merged: go-yaml v3, without the second pass of manifests. A field whose value is an
    /// alias is left out, because kustomize loses it in the merge.
    Values,
}

/// Reads all documents of a text; empty ones (no content, comments, null) are left out.
///
/// # Errors
/// A syntax error, a separator line with content, an unknown anchor, or aliases that expand to more than ten million nodes;
/// each with its location.
pub fn read_documents(text: &str, source: SourceId, origin: OriginId, dialect: Dialect) -> Result<Vec<Node>> {
    let (documents, errors) = read_valid_documents(text, source, origin, dialect);
    Diagnostics::check(errors)?;
    Ok(documents)
}

/// Reads the documents that are valid, and the errors in the others.
pub fn read_valid_documents(text: &str, source: SourceId, origin: OriginId, dialect: Dialect) -> (Vec<Node>, Vec<Diagnostic>) {
    let (mut documents, mut errors) = (Vec::new(), Vec::new());
    let parts = match split(text, source) {
        Ok(parts) => parts,
        Err(error) => return (documents, error.into_vec()),
    };
    let mut builder = Builder::new(text, source, origin, dialect);
    for range in parts {
        match builder.read(range) {
            Ok(node) => documents.extend(node.filter(|node| !node.is_null())),
            Err(error) => errors.extend(error.into_vec()),
        }
        // Other documents may exceed it, too.
        if errors.iter().any(|error| error.code == "alias-bomb") {
            break;
        }
    }
    (documents, errors)
}

/// Reads the first document of a text; `None` if it is empty. The rest of the text is not checked.
///
/// # Errors
/// As [`read_documents`].
pub fn read_first(text: &str, source: SourceId, origin: OriginId, dialect: Dialect) -> Result<Option<Node>> {
    Builder::new(text, source, origin, dialect).read(0..text.len())
}

/// The parts between the separator lines (`---`, optionally with whitespace and a comment). A separator always follows a line
/// break; the first line of the text is not a separator.
fn split(text: &str, source: SourceId) -> Result<Vec<Range<usize>>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut from = 0;
    // `contains` is several times as fast as `find`, and most texts have one document.
    while text[from..].contains("\n---") {
        let Some(at) = text[from..].find("\n---").map(|at| from + at) else { break };
        let Some(end) = text[at + 1..].find('\n').map(|end| at + 1 + end) else { break };
        let rest = text[at + 4..end].trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            let span = Span { source, start: at as u32 + 1, end: end as u32 };
            return Err(Diagnostic::error(
                "document-separator",
                format!("`{}` is not a valid document separator", text[at + 1..end].trim()),
            )
            .at(span)
            .words(format!("invalid document separator: {}", text[at + 1..end].trim()))
            .help("only whitespace and a comment may follow `---` on the same line")
            .into());
        }
        parts.push(start..at + 1);
        start = end + 1;
        from = end + 1;
    }
    parts.push(start.min(text.len())..text.len());
    Ok(parts)
}

/// Builds the documents of a text, one after the other.
struct Builder<'a> {
    whole: &'a str,
    /// The part of the text with the document.
    text: &'a str,
    base: usize,
    source: SourceId,
    origin: OriginId,
    dialect: Dialect,
    stack: Vec<Frame<'a>>,
    /// The entries of all open mappings, and the items of all open lists.
    entries: Vec<Entry>,
    items: Vec<Node>,
    /// Finished nodes by anchor, with their number of nodes; `None` while they are being built.
    anchors: FxHashMap<&'a str, Option<(Node, usize)>>,
    keys: PlainKeys,
    /// Whether the last scalar has an explicit tag.
    is_tagged: bool,
    /// The number of nodes so far, with aliases expanded; long strings count more.
    nodes: usize,
    /// The number of nodes that were expanded from aliases, in this and the preceding documents.
    expanded: usize,
    done: Option<Node>,
}

/// A collection that is being built.
struct Frame<'a> {
    anchor: Option<&'a str>,
    start: usize,
    flow: bool,
    nodes_before: usize,
    content: Content,
}

/// What is in a collection, from an index of all items or entries.
enum Content {
    Sequence { first: usize },
    Mapping { first: usize, key: Option<Key>, merges: Vec<Node> },
}

impl Drop for Builder<'_> {
    fn drop(&mut self) {
        std::mem::take(&mut self.keys).keep();
    }
}

impl<'a> Builder<'a> {
    fn new(text: &'a str, source: SourceId, origin: OriginId, dialect: Dialect) -> Self {
        Builder {
            whole: text,
            text,
            base: 0,
            source,
            origin,
            dialect,
            stack: Vec::new(),
            entries: Vec::new(),
            items: Vec::new(),
            anchors: FxHashMap::default(),
            keys: PlainKeys::take(),
            is_tagged: false,
            nodes: 0,
            expanded: 0,
            done: None,
        }
    }

    /// Reads the first document of a part of the text.
    fn read(&mut self, range: Range<usize>) -> Result<Option<Node>> {
        self.base = range.start;
        self.text = &self.whole[range];
        self.stack.clear();
        self.entries.clear();
        self.items.clear();
        self.anchors.clear();
        (self.nodes, self.is_tagged, self.done) = (0, false, None);
        let expanded = self.expanded;
        let result = self.run();
        if result.is_err() {
            self.expanded = expanded;
        }
        result.map(|()| self.done.take())
    }

    fn run(&mut self) -> Result<()> {
        let mut parser = if self.dialect == Dialect::Json { Parser::of_json(self.text) } else { Parser::new(self.text) };
        while let Some((event, range)) = parser.next().map_err(|error| self.syntax_error(error))? {
            match event {
                Event::DocumentStart { .. } => {}
                Event::DocumentEnd => break,
                event => self.take((event, range))?,
            }
        }
        Ok(())
    }

    fn take(&mut self, (event, range): Spanned<'a>) -> Result<()> {
        self.nodes += 1;
        match event {
            Event::Alias(name) => {
                let (node, size) = self.alias(name, &range)?;
                self.nodes += size;
                self.expanded += size;
                if self.expanded > ALIAS_NODES {
                    let message = format!("the aliases expand to more than {ALIAS_NODES} nodes");
                    return Err(Diagnostic::error("alias-bomb", message).at(self.span(&range)).into());
                }
                if self.dialect == Dialect::Values && self.drop_field() {
                    return Ok(());
                }
                self.put(node, &range)
            }
            Event::Scalar { anchor: None, tag, text, style } if self.expects_key() => {
                let key = self.scalar_key(tag.as_deref(), text, style, &range)?;
                self.set_key(key);
                Ok(())
            }
            Event::Scalar { anchor, tag, text, style } => {
                self.is_tagged = tag.is_some();
                let scalar = self.scalar(tag.as_deref(), text, style, &range)?;
                let more = scalar.text.len() / BYTES_PER_NODE;
                self.nodes += more;
                let node = Node::read(Value::Scalar(scalar), self.span(&range), self.origin);
                if let Some(anchor) = anchor {
                    self.anchors.insert(anchor, Some((node.clone(), 1 + more)));
                }
                self.put(node, &range)
            }
            Event::SequenceStart { anchor, flow, .. } => {
                self.open(anchor, flow, &range, Content::Sequence { first: self.items.len() })
            }
            Event::MappingStart { anchor, flow, .. } => {
                self.open(anchor, flow, &range, Content::Mapping { first: self.entries.len(), key: None, merges: Vec::new() })
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(&range),
            Event::DocumentStart { .. } | Event::DocumentEnd => Ok(()),
        }
    }

    /// Drops the key whose value is being read, outside of lists. Returns whether there was one.
    fn drop_field(&mut self) -> bool {
        let in_list = self.stack.iter().any(|frame| matches!(frame.content, Content::Sequence { .. }));
        match self.stack.last_mut().map(|frame| &mut frame.content) {
            Some(Content::Mapping { key, .. }) if !in_list => key.take().is_some(),
            _ => false,
        }
    }

    fn open(&mut self, anchor: Option<&'a str>, flow: bool, range: &Range<usize>, content: Content) -> Result<()> {
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, None);
        }
        self.stack.push(Frame { anchor, start: range.start, flow, nodes_before: self.nodes, content });
        Ok(())
    }

    fn close(&mut self, range: &Range<usize>) -> Result<()> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let value = match frame.content {
            Content::Sequence { first } => Value::Sequence(self.items.drain(first..).collect()),
            Content::Mapping { first, merges, .. } => Value::Mapping(merge(self.entries.drain(first..).collect(), merges)),
        };
        let range = frame.start..range.end;
        let in_brackets = frame.flow && self.dialect == Dialect::Manifest;
        let read = if in_brackets { Node::read_in_brackets } else { Node::read };
        let node = read(value, self.span(&range), self.origin);
        if let Some(anchor) = frame.anchor {
            self.anchors.insert(anchor, Some((node.clone(), self.nodes - frame.nodes_before)));
        }
        self.put(node, &range)
    }

    fn alias(&self, name: &str, range: &Range<usize>) -> Result<(Node, usize)> {
        let wrong = |message: String, words: String, help: &str| {
            Diagnostic::error("alias", message).at(self.span(range)).words(self.malformed(&words)).help(help)
        };
        match self.anchors.get(name) {
            Some(Some(found)) => Ok(found.clone()),
            Some(None) => {
                let words = format!("anchor '{name}' value contains itself");
                Err(wrong(format!("`*{name}` is inside the value that it refers to"), words, "a value can't contain itself")
                    .into())
            }
            None => Err(wrong(
                format!("the anchor `{name}` is not defined"),
                format!("unknown anchor '{name}' referenced"),
                "define the anchor with `&name` before the alias; an anchor is only valid in its own document",
            )
            .into()),
        }
    }

    /// Whether the next node is the key of an entry.
    #[inline]
    fn expects_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame { content: Content::Mapping { key: None, .. }, .. }))
    }

    #[inline]
    fn set_key(&mut self, new: Key) {
        if let Some(Frame { content: Content::Mapping { key, .. }, .. }) = self.stack.last_mut() {
            *key = Some(new);
        }
    }

    /// Adds a finished node to the collection around it.
    #[inline]
    fn put(&mut self, node: Node, range: &Range<usize>) -> Result<()> {
        match self.stack.last_mut().map(|frame| &mut frame.content) {
            None => self.done = Some(node),
            Some(Content::Sequence { .. }) => self.items.push(node),
            Some(Content::Mapping { key, merges, .. }) => match key.take() {
                None => {
                    let key = self.node_key(&node, range)?;
                    self.set_key(key);
                }
                Some(key) if key.text == "<<" => merges.extend(merge_sources(node, &key, !merges.is_empty())?),
                Some(key) => self.entries.push(Entry { key, value: node }),
            },
        }
        Ok(())
    }

    /// A scalar as a key.
    #[inline]
    fn scalar_key(&mut self, tag: Option<&str>, text: Cow<'a, str>, style: Style, range: &Range<usize>) -> Result<Key> {
        let span = self.span(range);
        self.is_tagged = tag.is_some();
        if let (None, Style::Plain, Dialect::Manifest, Cow::Borrowed(text)) = (tag, style, self.dialect, &text)
            && !text.is_empty()
        {
            self.nodes += text.len() / BYTES_PER_NODE;
            return Ok(self.keys.key(text, span));
        }
        let scalar = self.scalar(tag, text, style, range)?;
        self.nodes += scalar.text.len() / BYTES_PER_NODE;
        Ok(key_of(&scalar, self.is_tagged, span))
    }

    /// A node as a key; it must be a scalar.
    #[cold]
    fn node_key(&self, node: &Node, range: &Range<usize>) -> Result<Key> {
        let span = self.span(range);
        match node.as_scalar() {
            Some(scalar) => Ok(key_of(scalar, self.is_tagged, span)),
            None => {
                Err(Diagnostic::error("mapping-key", format!("expected a scalar as the mapping key, found {}", node.type_name()))
                    .at(span)
                    .finishing_words(format!("map[string]interface {{}}(nil): yaml: invalid map key: {}", go_syntax::value(node)))
                    .help("quote it if it is a string; templates such as `{{ x }}` must be quoted")
                    .into())
            }
        }
    }

    fn scalar(&self, tag: Option<&str>, text: Cow<'a, str>, style: Style, range: &Range<usize>) -> Result<Scalar> {
        if let Some(tag) = tag {
            // go-yaml v2 reads `!` as "a string"; v3 ignores it.
            let plain = style == Style::Plain && !(tag == "!" && self.dialect == Dialect::Yaml11);
            return scalar::check_tag(tag, &text, plain).map_err(|message| {
                let short = tag.strip_prefix("tag:yaml.org,2002:").map_or_else(|| tag.to_owned(), |name| format!("!!{name}"));
                let found = scalar::resolve(&text).go_name();
                let words = format!("map[string]interface {{}}(nil): yaml: cannot decode {found} `{text}` as a {short}");
                Diagnostic::error("tag", message).at(self.span(range)).finishing_words(words).into()
            });
        }
        Ok(match (style, self.dialect) {
            (Style::Plain, Dialect::Manifest | Dialect::Values) => Scalar::plain(stored(&text)),
            (Style::Plain, Dialect::Yaml11 | Dialect::Json) => canonical_yaml11(&text),
            (Style::Folded | Style::Literal, Dialect::Manifest) => {
                let rest = self.text.get(range.end..).unwrap_or("");
                let scalar = Scalar::quoted(stored(&block_round_trip(&text, style == Style::Folded, rest)));
                match style {
                    // It is folded when it is printed, unless another style replaces it before that.
                    Style::Folded if !is_last_comment(rest) => Scalar { text: stored(&text), quotes: Quotes::Folded, ..scalar },
                    _ => scalar,
                }
            }
            _ => Scalar::quoted(stored(&text)),
        })
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span { source: self.source, start: (self.base + range.start) as u32, end: (self.base + range.end) as u32 }
    }

    fn reads_manifests(&self) -> bool {
        matches!(self.dialect, Dialect::Manifest | Dialect::Values)
    }

    /// What kustomize says about a text that go-yaml can't read.
    fn malformed(&self, words: &str) -> String {
        if self.reads_manifests() { format!("MalformedYAMLError: yaml: {words}") } else { format!("yaml: {words}") }
    }

    fn syntax_error(&self, error: SyntaxError) -> Diagnostic {
        let end = (error.offset + 1).min(self.text.len());
        let remedy = remedy::of_syntax_error(self.text, error.offset.min(end), &error.message);
        let version = if self.reads_manifests() { go_words::Version::Three } else { go_words::Version::Two };
        let words = go_words::of(self.text, &error, self.stack.last().map(|frame| frame.start), version);
        let error = Diagnostic::error("yaml-syntax", error.message).at(self.span(&(error.offset.min(end)..end)));
        let error = error.words(self.malformed(&words));
        let error = error.help_if(remedy.help);
        remedy.lines.into_iter().fold(error, |error, (range, label)| error.label(self.span(&range), label))
    }
}

/// A missing key (`? `) is printed as `""` and read back as a string; one with the tag `!!null` is not.
fn key_of(scalar: &Scalar, is_tagged: bool, span: Span) -> Key {
    let tag = if scalar.text.is_empty() && !is_tagged { Tag::Str } else { scalar.tag };
    Key::of_type(scalar.text.clone(), tag, span)
}

/// A plain scalar of a kustomization in its JSON form: it is read by go-yaml v2 and then by Go's JSON decoder.
fn canonical_yaml11(text: &str) -> Scalar {
    let tag = scalar::resolve_yaml11(text);
    let text: EcoString = match tag {
        Tag::Bool => if scalar::bool_value(text) { "true" } else { "false" }.into(),
        Tag::Int | Tag::Float => match scalar::number_yaml11(text) {
            Some(number) => {
                let mut out = String::new();
                scalar::print_number(number, &mut out);
                out.into()
            }
            None => text.into(),
        },
        _ => text.into(),
    };
    Scalar::new(tag, text)
}

/// The mappings that `<<: value` adds, the one with the highest precedence first.
fn merge_sources(node: Node, key: &Key, again: bool) -> Result<Vec<Node>> {
    let wrong = |message: &str, words: &str| Diagnostic::error("merge-key", message).at(key.span()).words(words);
    if again {
        return Err(wrong("`<<` appears twice in one mapping", "duplicate merge key")
            .help("list the mappings: `<<: [*a, *b]`")
            .into());
    }
    match node.value() {
        Value::Mapping(_) => Ok(vec![node]),
        Value::Sequence(items) if items.iter().all(|item| item.as_mapping().is_some()) => Ok(items.iter().cloned().collect()),
        // A quoted `<<` is a string at first, and lost when kustomize prints it without quotes.
        Value::Scalar(_) if key.span().end - key.span().start > 2 => Ok(Vec::new()),
        _ => {
            let words = "map merge requires map or sequence of maps as the value";
            Err(wrong("the value of `<<` must be a mapping or a list of mappings", words).into())
        }
    }
}

/// Explicit entries take precedence over merged ones, and earlier merged ones over later ones.
fn merge(mut mapping: Mapping, sources: Vec<Node>) -> Mapping {
    if sources.is_empty() {
        return mapping;
    }
    let mut known: FxHashSet<KeyText> = mapping.iter().map(|entry| entry.key.text).collect();
    for entry in sources.iter().filter_map(Node::as_mapping).flatten() {
        if known.insert(entry.key.text) {
            mapping.push(entry.key, entry.value.clone());
        }
    }
    mapping
}
