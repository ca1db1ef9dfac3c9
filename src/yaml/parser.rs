//! Converts tokens to events: the grammar of YAML as a state machine with an explicit stack, so that depth only costs memory.
//!
//! The productions are those of go-yaml v3. Implied parts (an empty value, the end of a block) are located right after the
//! preceding token.

use std::borrow::Cow;
use std::ops::Range;

use super::event::{Event, Spanned, Style, SyntaxError};
use super::scanner::{Kind, Scanner, Token};

mod block;

/// What is expected next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The first document, which needs no `---`.
    FirstDocument,
    Document,
    /// The content after `---`.
    DocumentContent,
    DocumentEnd,
    BlockNode,
    SequenceEntry,
    /// An item of a list at the same column as its key.
    IndentlessEntry,
    MappingKey,
    MappingValue,
    /// The value after the `:`.
    AfterColon,
    FlowSequenceFirst,
    FlowSequenceEntry,
    /// The key, the value and the end of a mapping of one pair: `[key: value]`.
    PairKey,
    PairValue,
    PairEnd,
    FlowMappingFirst,
    FlowMappingKey,
    FlowMappingValue,
    /// The missing value of `{key}`.
    FlowMappingNoValue,
    End,
}

impl From<Box<SyntaxError>> for SyntaxError {
    #[cold]
    fn from(error: Box<SyntaxError>) -> Self {
        *error
    }
}

/// What can precede a node: `&anchor` and `!tag`, in any order.
#[derive(Default)]
struct Properties<'a> {
    anchor: Option<&'a str>,
    tag: Option<Cow<'a, str>>,
}

/// Reads the events of a text one by one.
#[derive(Debug)]
pub struct Parser<'a> {
    scanner: Scanner<'a>,
    state: State,
    /// The states after the current collection or node.
    states: Vec<State>,
    /// The start of each open flow collection.
    brackets: Vec<usize>,
    /// The handles and prefixes of the document's `%TAG` directives.
    handles: Vec<(&'a str, Cow<'a, str>)>,
    /// Where the last token ended.
    last_end: usize,
}

/// The result of reading a part.
type Parse<T = ()> = Result<T, SyntaxError>;
/// An event, `None` at the end of the stream, or an error.
type Step<'a> = Parse<Option<Spanned<'a>>>;

impl<'a> Parser<'a> {
    /// Starts at the beginning of a text that is known to be JSON.
    pub fn of_json(text: &'a str) -> Parser<'a> {
        let mut parser = Parser::new(text);
        parser.scanner.json = true;
        parser
    }

    /// Starts at the beginning of a text; errors are those that go-yaml v2 finds first.
    pub(super) fn v2(text: &'a str) -> Parser<'a> {
        let mut parser = Parser::new(text);
        parser.scanner.v2 = true;
        parser.scanner.looks_ahead = false;
        parser
    }

    /// How far the text was read.
    pub(super) fn reached(&self) -> usize {
        self.scanner.pos
    }

    /// Starts at the beginning of a text.
    pub fn new(text: &'a str) -> Parser<'a> {
        Parser {
            scanner: Scanner::new(text),
            state: State::FirstDocument,
            states: Vec::new(),
            brackets: Vec::new(),
            handles: Vec::new(),
            last_end: 0,
        }
    }

    /// The next event; `None` after the end of the stream, and after an error.
    #[expect(clippy::should_implement_trait, reason = "an iterator of results of options reads worse")]
    pub fn next(&mut self) -> Result<Option<Spanned<'a>>, SyntaxError> {
        let result = self.step();
        if result.is_err() {
            self.state = State::End;
        }
        result
    }

    fn step(&mut self) -> Step<'a> {
        match self.state {
            State::FirstDocument => self.document_start(true),
            State::Document => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(true, false),
            State::SequenceEntry => self.sequence_entry(),
            State::IndentlessEntry => self.indentless_entry(),
            State::MappingKey => self.mapping_key(),
            State::MappingValue => self.mapping_value(),
            State::AfterColon => self.after_colon(),
            State::FlowSequenceFirst => self.flow_sequence_entry(true),
            State::FlowSequenceEntry => self.flow_sequence_entry(false),
            State::PairKey => self.pair_key(),
            State::PairValue => self.pair_value(),
            State::PairEnd => self.pair_end(),
            State::FlowMappingFirst => self.flow_mapping_key(true),
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => self.flow_mapping_value(),
            State::FlowMappingNoValue => self.empty(State::FlowMappingKey),
            State::End => Ok(None),
        }
    }

    /// The kind of the next token.
    #[inline]
    fn peek(&mut self) -> Parse<Kind> {
        Ok(self.scanner.peek()?)
    }

    /// Takes the token that was peeked at.
    #[inline]
    fn take(&mut self) -> Token {
        let token = self.scanner.take();
        self.last_end = token.end;
        token
    }

    fn document_start(&mut self, first: bool) -> Step<'a> {
        while !first && self.peek()? == Kind::DocumentEnd {
            self.take();
        }
        match self.peek()? {
            Kind::StreamEnd => {
                self.state = State::End;
                return Ok(None);
            }
            Kind::DocumentStart | Kind::Version(..) | Kind::TagDirective => {}
            _ if !first => return self.unexpected("expected `---` before the next document"),
            _ => {
                self.states.push(State::DocumentEnd);
                self.state = State::BlockNode;
                let start = self.scanner.peek_token()?.start;
                return Ok(Some((Event::DocumentStart { explicit: false }, start..start)));
            }
        }
        let start = self.scanner.peek_token()?.start;
        self.directives()?;
        if self.peek()? != Kind::DocumentStart {
            return self.unexpected("expected `---` after the directives");
        }
        let end = self.take().end;
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        Ok(Some((Event::DocumentStart { explicit: true }, start..end)))
    }

    /// Reads `%YAML` and `%TAG`.
    fn directives(&mut self) -> Parse {
        let mut versions = 0;
        while matches!(self.peek()?, Kind::Version(..) | Kind::TagDirective) {
            let token = self.take();
            match token.kind {
                Kind::Version(..) if versions > 0 => return fail("the `%YAML` directive appears twice", token.start),
                Kind::Version(1, 1) => versions += 1,
                Kind::Version(major, minor) => {
                    return fail(format!("expected `%YAML 1.1`, found `%YAML {major}.{minor}`"), token.start);
                }
                _ => {
                    let (handle, prefix) = self.scanner.tag();
                    if self.handles.iter().any(|(known, _)| *known == handle) {
                        return fail(format!("the `%TAG` directive for `{handle}` appears twice"), token.start);
                    }
                    self.handles.push((handle, prefix));
                }
            }
        }
        Ok(())
    }

    fn document_content(&mut self) -> Step<'a> {
        match self.peek()? {
            Kind::Version(..) | Kind::TagDirective => self.empty_node(),
            Kind::DocumentStart | Kind::DocumentEnd | Kind::StreamEnd => self.empty_node(),
            _ => self.node(true, false),
        }
    }

    fn document_end(&mut self) -> Step<'a> {
        self.handles.clear();
        self.state = State::Document;
        let explicit = self.peek()? == Kind::DocumentEnd;
        if !self.scanner.v2 {
            self.scanner.look_ahead()?;
        }
        if explicit {
            let token = self.take();
            return event(Event::DocumentEnd, token);
        }
        self.implied(Event::DocumentEnd)
    }

    /// Reads a node, or the start of one. Lists and mappings by indentation require the `block` context; with `indentless`, a
    /// list may begin with its first `-` at the column of its key.
    #[inline]
    fn node(&mut self, block: bool, indentless: bool) -> Step<'a> {
        match self.peek()? {
            Kind::Alias => self.alias(),
            Kind::Anchor | Kind::Tag => {
                let properties = self.properties()?;
                self.content(properties, block, indentless)
            }
            Kind::Scalar(style) | Kind::ReadScalar(style) => self.scalar(Properties::default(), style),
            _ => self.content(Properties::default(), block, indentless),
        }
    }

    /// Reads a node after its properties.
    fn content(&mut self, properties: Properties<'a>, block: bool, indentless: bool) -> Step<'a> {
        match self.peek()? {
            Kind::Scalar(style) | Kind::ReadScalar(style) => self.scalar(properties, style),
            Kind::BlockEntry if indentless => self.sequence_start(properties, false, State::IndentlessEntry),
            Kind::FlowSequenceStart => self.sequence_start(properties, true, State::FlowSequenceFirst),
            Kind::FlowMappingStart => self.mapping_start(properties, true, State::FlowMappingFirst),
            Kind::BlockSequenceStart if block => self.sequence_start(properties, false, State::SequenceEntry),
            Kind::BlockMappingStart if block => self.mapping_start(properties, false, State::MappingKey),
            _ if properties.anchor.is_some() || properties.tag.is_some() => {
                self.pop();
                self.implied(properties.scalar("".into(), Style::Plain))
            }
            _ => self.unexpected("expected a value"),
        }
    }

    fn alias(&mut self) -> Step<'a> {
        self.pop();
        let token = self.take();
        event(Event::Alias(self.scanner.name(token)), token)
    }

    #[inline]
    fn scalar(&mut self, properties: Properties<'a>, style: Style) -> Step<'a> {
        self.pop();
        let token = self.take();
        let text = self.scanner.scalar(token);
        event(properties.scalar(text, style), token)
    }

    /// Reads an anchor and a tag, each at most once.
    fn properties(&mut self) -> Parse<Properties<'a>> {
        let mut properties = Properties::default();
        loop {
            match self.peek()? {
                Kind::Anchor if properties.anchor.is_none() => {
                    let token = self.take();
                    properties.anchor = Some(self.scanner.name(token));
                }
                Kind::Tag if properties.tag.is_none() => {
                    let token = self.take();
                    properties.tag = Some(self.resolve_tag(token)?);
                }
                _ => return Ok(properties),
            }
        }
    }

    fn resolve_tag(&mut self, token: Token) -> Parse<Cow<'a, str>> {
        let (handle, suffix) = self.scanner.tag();
        if handle.is_empty() {
            return Ok(suffix);
        }
        if let Some((_, prefix)) = self.handles.iter().find(|(known, _)| *known == handle) {
            return Ok(Cow::Owned(format!("{prefix}{suffix}")));
        }
        match (handle, suffix) {
            ("!!", suffix) => Ok(core_tag(&suffix)),
            ("!", Cow::Borrowed(_)) => Ok(Cow::Borrowed(self.scanner.source(token))),
            ("!", Cow::Owned(suffix)) => Ok(Cow::Owned(format!("!{suffix}"))),
            _ => fail(format!("the tag handle `{handle}` is not defined"), token.start),
        }
    }

    fn sequence_start(&mut self, properties: Properties<'a>, flow: bool, first: State) -> Step<'a> {
        let Properties { anchor, tag } = properties;
        let span = self.open_collection(first)?;
        Ok(Some((Event::SequenceStart { anchor, tag, flow }, span)))
    }

    fn mapping_start(&mut self, properties: Properties<'a>, flow: bool, first: State) -> Step<'a> {
        let Properties { anchor, tag } = properties;
        let span = self.open_collection(first)?;
        Ok(Some((Event::MappingStart { anchor, tag, flow }, span)))
    }

    /// Takes the bracket or the start of a block; if a list has neither, its first `-` is not taken.
    fn open_collection(&mut self, first: State) -> Parse<Range<usize>> {
        self.state = first;
        let token = self.scanner.peek_token()?;
        match token.kind {
            Kind::BlockEntry => return Ok(token.start..token.start),
            Kind::FlowSequenceStart | Kind::FlowMappingStart => self.brackets.push(token.start),
            _ => {}
        }
        self.take();
        Ok(token.start..token.end)
    }

    fn flow_sequence_entry(&mut self, first: bool) -> Step<'a> {
        self.flow_separator(first, Kind::FlowSequenceEnd, "expected `,` or `]`")?;
        match self.peek()? {
            Kind::FlowSequenceEnd => self.flow_end(Event::SequenceEnd),
            Kind::Key => {
                let token = self.take();
                self.state = State::PairKey;
                Ok(Some((Event::MappingStart { anchor: None, tag: None, flow: true }, token.start..token.start)))
            }
            _ => self.child(State::FlowSequenceEntry, false, false),
        }
    }

    /// Takes the `,` before an entry of a flow collection, unless it is the first entry or the end.
    fn flow_separator(&mut self, first: bool, end: Kind, expected: &'static str) -> Parse {
        let kind = self.peek()?;
        if first || kind == end {
            return Ok(());
        }
        match kind {
            Kind::FlowEntry => {
                self.take();
                Ok(())
            }
            _ => self.unexpected(expected),
        }
    }

    fn pair_key(&mut self) -> Step<'a> {
        match self.peek()? {
            // As in go-yaml, the token is dropped; the next one decides.
            Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd => {
                self.take();
                self.empty(State::PairValue)
            }
            _ => self.child(State::PairValue, false, false),
        }
    }

    fn pair_value(&mut self) -> Step<'a> {
        if self.peek()? == Kind::Value {
            self.take();
            if !matches!(self.peek()?, Kind::FlowEntry | Kind::FlowSequenceEnd) {
                return self.child(State::PairEnd, false, false);
            }
        }
        self.empty(State::PairEnd)
    }

    fn pair_end(&mut self) -> Step<'a> {
        self.state = State::FlowSequenceEntry;
        self.implied(Event::MappingEnd)
    }

    fn flow_mapping_key(&mut self, first: bool) -> Step<'a> {
        self.flow_separator(first, Kind::FlowMappingEnd, "expected `,` or `}`")?;
        match self.peek()? {
            Kind::FlowMappingEnd => self.flow_end(Event::MappingEnd),
            Kind::Key => {
                self.take();
                match self.peek()? {
                    Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd => self.empty(State::FlowMappingValue),
                    _ => self.child(State::FlowMappingValue, false, false),
                }
            }
            _ => self.child(State::FlowMappingNoValue, false, false),
        }
    }

    fn flow_mapping_value(&mut self) -> Step<'a> {
        if self.peek()? == Kind::Value {
            self.take();
            if !matches!(self.peek()?, Kind::FlowEntry | Kind::FlowMappingEnd) {
                return self.child(State::FlowMappingKey, false, false);
            }
        }
        self.empty(State::FlowMappingKey)
    }

    /// Reads a node and continues with `then`.
    #[inline]
    fn child(&mut self, then: State, block: bool, indentless: bool) -> Step<'a> {
        self.states.push(then);
        self.node(block, indentless)
    }

    /// A missing value; continues with `then`.
    fn empty(&mut self, then: State) -> Step<'a> {
        self.state = then;
        self.implied(Properties::default().scalar("".into(), Style::Plain))
    }

    /// A missing node.
    fn empty_node(&mut self) -> Step<'a> {
        self.pop();
        self.empty(self.state)
    }

    fn block_end(&mut self, event: Event<'a>) -> Step<'a> {
        self.pop();
        self.scanner.take();
        self.implied(event)
    }

    fn flow_end(&mut self, end: Event<'a>) -> Step<'a> {
        self.pop();
        self.brackets.pop();
        let token = self.take();
        event(end, token)
    }

    /// An event without a token.
    #[inline]
    fn implied(&self, event: Event<'a>) -> Step<'a> {
        Ok(Some((event, self.last_end..self.last_end)))
    }

    #[inline]
    fn pop(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    /// An error at the next token, or at an unclosed bracket.
    #[cold]
    fn unexpected<T>(&mut self, expected: &'static str) -> Parse<T> {
        let token = self.scanner.peek_token()?;
        match (token.kind, self.brackets.last()) {
            (Kind::StreamEnd, Some(&bracket)) => {
                let message = format!("{expected}, found the end of the input");
                Err(SyntaxError { message, offset: bracket, reached: token.start, words: "", within: None })
            }
            (kind, _) => fail(format!("{expected}, found {}", kind.describe()), token.start),
        }
    }
}

impl<'a> Properties<'a> {
    #[inline]
    fn scalar(self, text: Cow<'a, str>, style: Style) -> Event<'a> {
        Event::Scalar { anchor: self.anchor, tag: self.tag, text, style }
    }
}

impl Kind {
    /// What a token is, for messages.
    fn describe(&self) -> &'static str {
        match self {
            Kind::StreamEnd => "the end of the input",
            Kind::Version(..) | Kind::TagDirective => "a directive",
            Kind::DocumentStart => "`---`",
            Kind::DocumentEnd => "`...`",
            Kind::BlockSequenceStart => "a list",
            Kind::BlockMappingStart => "a mapping",
            Kind::BlockEnd => "less indentation",
            Kind::FlowSequenceStart => "`[`",
            Kind::FlowSequenceEnd => "`]`",
            Kind::FlowMappingStart => "`{`",
            Kind::FlowMappingEnd => "`}`",
            Kind::BlockEntry => "`-`",
            Kind::FlowEntry => "`,`",
            Kind::Key => "a key",
            Kind::Value => "`:`",
            Kind::Alias => "an alias",
            Kind::Anchor => "an anchor",
            Kind::Tag => "a tag",
            Kind::Scalar(_) | Kind::ReadScalar(_) => "a scalar",
        }
    }
}

/// The long form of a `!!` tag.
fn core_tag<'a>(suffix: &str) -> Cow<'a, str> {
    const PREFIX: &str = "tag:yaml.org,2002:";
    const KNOWN: [&str; 10] = [
        "tag:yaml.org,2002:str",
        "tag:yaml.org,2002:int",
        "tag:yaml.org,2002:float",
        "tag:yaml.org,2002:bool",
        "tag:yaml.org,2002:null",
        "tag:yaml.org,2002:map",
        "tag:yaml.org,2002:seq",
        "tag:yaml.org,2002:binary",
        "tag:yaml.org,2002:timestamp",
        "tag:yaml.org,2002:merge",
    ];
    match KNOWN.into_iter().find(|known| &known[PREFIX.len()..] == suffix) {
        Some(known) => Cow::Borrowed(known),
        None => Cow::Owned(format!("{PREFIX}{suffix}")),
    }
}

/// An event with the span of its token.
#[inline]
fn event(event: Event<'_>, token: Token) -> Step<'_> {
    Ok(Some((event, token.start..token.end)))
}

#[cold]
fn fail<T>(message: impl Into<String>, offset: usize) -> Parse<T> {
    Err(SyntaxError { message: message.into(), offset, reached: offset, words: "", within: None })
}

#[cfg(test)]
mod tests;
