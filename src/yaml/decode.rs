//! Decodes nodes to typed configuration: serde's `Deserializer` for `&Node`, with the rules of Go's `encoding/json`.
//!
//! Field names match in any case, null yields the default of the type, the last of several equal keys counts, and a value of
//! the wrong type is an error at its location. In strict decoding an unknown field is an error too, which suggests the most
//! similar known name. [`Located`] stores the location together with a value. Configuration objects of plugins are decoded by
//! [`decode_object`], with the rules of `sigs.k8s.io/yaml`: a number or boolean is accepted where a string is expected.

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

use super::node::{Entry, Node, Value};
use super::scalar;
use super::tagged::Tag;
use crate::diagnostic::{Diagnostic, Diagnostics, Result, did_you_mean};
use crate::kustomize_words::quote;
use crate::source::{SourceId, Span};

/// How fields that are not part of the type are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// They are errors.
    Refuse,
    /// They are ignored.
    Ignore,
}

/// Decodes a node.
///
/// # Errors
/// All errors, at their locations.
pub fn decode<T: DeserializeOwned>(node: &Node, unknown: Unknown) -> Result<T> {
    decode_by(node, Rules { unknown, converts: false, item: false })
}

/// Decodes a node; a number or boolean is accepted where a string is expected.
///
/// # Errors
/// As [`decode`].
pub fn decode_object<T: DeserializeOwned>(node: &Node, unknown: Unknown) -> Result<T> {
    decode_by(node, Rules { unknown, converts: true, item: false })
}

/// Decodes what is valid in a node, and returns the errors in the rest; `None` if nothing is valid.
pub fn decode_valid<T: DeserializeOwned>(node: &Node, unknown: Unknown) -> (Option<T>, Vec<Diagnostic>) {
    decode_parts(node, Rules { unknown, converts: false, item: false })
}

fn decode_by<T: DeserializeOwned>(node: &Node, rules: Rules) -> Result<T> {
    let (value, errors) = decode_parts(node, rules);
    Diagnostics::check(errors)?;
    value.ok_or_else(|| node.error("wrong-value", "the value is not valid").into())
}

fn decode_parts<T: DeserializeOwned>(node: &Node, rules: Rules) -> (Option<T>, Vec<Diagnostic>) {
    let decode = |node: &Node| T::deserialize(Decoder { node, rules }).map_err(|error| error.0.at(node.span()));
    let mut next = match decode(node) {
        Ok(value) => return (Some(value), Vec::new()),
        Err(error) => Some(error),
    };
    // Decoding ends at an error, so the rest is decoded without the part that it is about.
    let (mut rest, mut errors, mut value) = (node.clone(), Vec::new(), None);
    while let Some(error) = next.take() {
        let smaller = error.span.and_then(|span| without(&rest, span)).filter(|_| errors.len() < MOST_ERRORS);
        errors.push(error);
        if let Some(smaller) = smaller {
            rest = smaller;
            match decode(&rest) {
                Ok(valid) => value = Some(valid),
                Err(error) => next = Some(error),
            }
        }
    }
    (value, errors)
}

/// The most errors that are reported about one value.
const MOST_ERRORS: usize = 50;

/// A value without the field or item at a location; `None` if there is none inside.
fn without(node: &Node, span: Span) -> Option<Node> {
    let read = |value: Value| Some(Node::read(value, node.span(), node.origin()));
    let is_inside = |inner: &Node| inner.span() == span;
    match node.value() {
        Value::Mapping(mapping) => {
            let is_it = |entry: &Entry| entry.key.span() == span || is_inside(&entry.value);
            if mapping.iter().any(is_it) {
                return read(Value::Mapping(mapping.iter().filter(|entry| !is_it(entry)).cloned().collect()));
            }
            let mut smaller = mapping.clone();
            let (entry, value) = smaller.iter_mut().find_map(|entry| without(&entry.value, span).map(|value| (entry, value)))?;
            entry.value = value;
            read(Value::Mapping(smaller))
        }
        Value::Sequence(items) => {
            if items.iter().any(is_inside) {
                return read(Value::Sequence(items.iter().filter(|item| !is_inside(item)).cloned().collect()));
            }
            let mut smaller = items.clone();
            let (item, value) = smaller.make_mut().iter_mut().find_map(|item| without(item, span).map(|value| (item, value)))?;
            *item = value;
            read(Value::Sequence(smaller))
        }
        Value::Scalar(_) => None,
    }
}

/// How strict decoding is.
#[derive(Clone, Copy)]
struct Rules {
    unknown: Unknown,
    /// Whether a number or boolean is accepted where a string is expected.
    converts: bool,
    /// Whether the value is an item of a list.
    item: bool,
}

/// A decoded value and the location where it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its location; `None` for a default value.
    pub span: Option<Span>,
}

impl<T> std::ops::Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

#[derive(Debug)]
struct DecodeError(Diagnostic);

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for DecodeError {}

impl de::Error for DecodeError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        DecodeError(Diagnostic::error("wrong-value", message.to_string()))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let known: Vec<String> = expected.iter().filter(|word| !word.is_empty()).map(|word| format!("`{word}`")).collect();
        let error = Diagnostic::error("wrong-value", format!("expected one of {}, found `{variant}`", known.join(", ")));
        let near = did_you_mean(variant, expected.iter().copied().filter(|word| !word.is_empty()));
        DecodeError(error.help_if(near.map(|near| format!("did you mean `{near}`?"))))
    }
}

struct Decoder<'de> {
    node: &'de Node,
    rules: Rules,
}

impl<'de> Decoder<'de> {
    fn wrong<T>(&self, expected: &str) -> Result<T, DecodeError> {
        let node = self.node;
        let found = match node.as_scalar() {
            Some(scalar) if scalar.tag != Tag::Null => format!("{} (`{}`)", node.type_name(), scalar.text),
            _ => node.type_name().to_owned(),
        };
        let error = node.error("wrong-type", format!("expected {expected}, found {found}"));
        Err(DecodeError(error.help_if(node.remedy(expected).map(str::to_owned))))
    }

    /// The error for a scalar in place of a mapping with these fields.
    fn no_mapping<T>(&self, fields: &[&str]) -> Result<T, DecodeError> {
        let help = self.node.as_str().filter(|_| self.rules.item).and_then(|text| item_from(text, fields));
        self.wrong("a mapping").map_err(|error: DecodeError| DecodeError(error.0.help_if(help)))
    }

    fn place<T>(&self, result: Result<T, DecodeError>) -> Result<T, DecodeError> {
        result.map_err(|error| DecodeError(error.0.at(self.node.span())))
    }

    fn integer(&self) -> Option<i64> {
        let scalar = self.node.as_scalar()?;
        match scalar::number(&scalar.text)? {
            _ if !matches!(scalar.tag, Tag::Int | Tag::Float) => None,
            scalar::Number::Int(value) => Some(value),
            scalar::Number::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(value as i64),
            _ => None,
        }
    }
}

macro_rules! integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            match self.integer() {
                Some(value) => self.place(visitor.visit_i64(value)),
                None if self.node.is_null() => visitor.visit_i64(0),
                None => self.wrong("an integer"),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Decoder<'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.value() {
            Value::Scalar(scalar) => match scalar.tag {
                Tag::Null => visitor.visit_unit(),
                Tag::Bool => visitor.visit_bool(scalar::bool_value(&scalar.text)),
                Tag::Int | Tag::Float => match scalar::number(&scalar.text) {
                    Some(scalar::Number::Int(value)) => visitor.visit_i64(value),
                    Some(scalar::Number::Uint(value)) => visitor.visit_u64(value),
                    Some(scalar::Number::Float(value)) => visitor.visit_f64(value),
                    None => visitor.visit_borrowed_str(&scalar.text),
                },
                Tag::Timestamp | Tag::Str => visitor.visit_borrowed_str(&scalar.text),
            },
            Value::Sequence(_) => self.deserialize_seq(visitor),
            Value::Mapping(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.as_scalar() {
            Some(scalar) if scalar.tag == Tag::Null => visitor.visit_borrowed_str(""),
            Some(scalar) if scalar.tag != Tag::Str && self.rules.converts => match scalar::as_text(scalar) {
                Some(text) => self.place(visitor.visit_string(text)),
                None => self.wrong("a string"),
            },
            Some(scalar) if matches!(scalar.tag, Tag::Str | Tag::Timestamp) => {
                self.place(visitor.visit_borrowed_str(&scalar.text))
            }
            _ => self.wrong("a string"),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.as_scalar() {
            Some(scalar) if scalar.tag == Tag::Bool => self.place(visitor.visit_bool(scalar::bool_value(&scalar.text))),
            Some(scalar) if scalar.tag == Tag::Null => visitor.visit_bool(false),
            _ => self.wrong("a boolean"),
        }
    }

    integers! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.node.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.as_sequence() {
            Some(items) => visitor.visit_seq(Items { items: items.iter(), rules: self.rules }),
            None if self.node.is_null() => visitor.visit_seq(Items { items: [].iter(), rules: self.rules }),
            None => self.wrong("a list"),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.as_mapping() {
            Some(mapping) => {
                let entries = mapping.iter().map(|entry| (entry.key.text.as_str(), entry)).collect();
                visitor.visit_map(Entries { entries, next: 0, rules: self.rules })
            }
            None if self.node.is_null() => visitor.visit_map(Entries { entries: Vec::new(), next: 0, rules: self.rules }),
            None => self.wrong("a mapping"),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if name == LOCATED {
            return visitor.visit_map(LocatedParts { decoder: self, part: 0 });
        }
        let mapping = self.node.as_mapping();
        if mapping.is_none() && !self.node.is_null() {
            return self.no_mapping(fields);
        }
        let mut entries: Vec<(&str, &Entry)> = Vec::new();
        for entry in mapping.into_iter().flatten() {
            match known_field(&entry.key.text, fields) {
                Some(field) if entry.value.is_null() => entries.retain(|(known, _)| *known != field),
                Some(field) => {
                    entries.retain(|(known, _)| *known != field);
                    entries.push((field, entry));
                }
                None if self.rules.unknown == Unknown::Refuse => return Err(DecodeError(unknown_field(entry, fields))),
                None => {}
            }
        }
        let rules = self.rules;
        self.place(visitor.visit_map(Entries { entries, next: 0, rules }))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match self.node.as_str() {
            Some(text) => self.place(visitor.visit_enum(IntoDeserializer::<DecodeError>::into_deserializer(text))),
            None => self.wrong("a string"),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier }
}

/// The field that a key refers to: one with the same spelling first, then in any case.
pub fn known_field<'f>(key: &str, fields: &[&'f str]) -> Option<&'f str> {
    let exact = fields.iter().find(|field| **field == key);
    exact.or_else(|| fields.iter().find(|field| field.eq_ignore_ascii_case(key))).copied()
}

/// The error for a key that does not match any field.
pub fn unknown_field(entry: &Entry, fields: &[&'static str]) -> Diagnostic {
    let key = &entry.key.text;
    let error = Diagnostic::error("unknown-field", format!("unknown field `{key}`")).at(entry.key.span());
    let error = error.words(format!("json: unknown field {}", quote(key)));
    match did_you_mean(key, fields.iter().copied()) {
        Some(field) => error.help(format!("did you mean `{field}`?")),
        None => {
            let mut known = fields.to_vec();
            known.sort_unstable();
            error.help(format!("known fields: {}", known.join(", ")))
        }
    }
}

/// How to write a text as a list item with these fields: `patches: [web.yaml]` is what `patchesStrategicMerge` looks like.
fn item_from(text: &str, fields: &[&str]) -> Option<String> {
    let has = |field: &str| fields.contains(&field);
    match (has("path"), has("name")) {
        (true, _) if has("patch") && text.contains(": ") => Some("write the text of a patch as `- patch: |-`".into()),
        (true, _) if !text.is_empty() && !text.contains(['\n', ' ', ':']) => Some(format!("write `- path: {text}`")),
        (false, true) if has("newTag") => {
            let (name, tag) = text.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).unwrap_or((text, "..."));
            Some(format!("write `- name: {name}`, and below it `newTag: \"{tag}\"`"))
        }
        (false, true) if !text.is_empty() && !text.contains(['\n', ' ', ':', '=']) => Some(format!("write `- name: {text}`")),
        _ if has("pairs") => Some("write `- pairs: {key: value}`".into()),
        _ => None,
    }
}

struct Items<'de> {
    items: std::slice::Iter<'de, Node>,
    rules: Rules,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DecodeError> {
        let rules = Rules { item: true, ..self.rules };
        self.items.next().map(|node| seed.deserialize(Decoder { node, rules })).transpose()
    }
}

struct Entries<'de> {
    entries: Vec<(&'de str, &'de Entry)>,
    next: usize,
    rules: Rules,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        let Some((name, _)) = self.entries.get(self.next) else { return Ok(None) };
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, DecodeError> {
        let (_, entry) = self.entries[self.next];
        self.next += 1;
        let node = &entry.value;
        let rules = Rules { item: false, ..self.rules };
        seed.deserialize(Decoder { node, rules }).map_err(|error| DecodeError(error.0.at(node.span())))
    }
}

/// The name under which [`Located`] requests location and value.
const LOCATED: &str = "$render::Located";
const LOCATED_FIELDS: &[&str] = &["source", "start", "end", "value"];

struct LocatedParts<'de> {
    decoder: Decoder<'de>,
    part: usize,
}

impl<'de> MapAccess<'de> for LocatedParts<'de> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        let Some(name) = LOCATED_FIELDS.get(self.part) else { return Ok(None) };
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, DecodeError> {
        let Decoder { node, rules } = self.decoder;
        let span = node.span();
        self.part += 1;
        match self.part {
            1 => seed.deserialize(span.source.index().into_deserializer()),
            2 => seed.deserialize(span.start.into_deserializer()),
            3 => seed.deserialize(span.end.into_deserializer()),
            _ => seed.deserialize(Decoder { node, rules }),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Parts<T> {
            type Value = Located<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value and its location")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Located<T>, A::Error> {
                let mut numbers = [0_u32; 3];
                for number in &mut numbers {
                    *number = map.next_entry::<String, u32>()?.map_or(0, |(_, number)| number);
                }
                let missing = || de::Error::missing_field("value");
                let (_, value) = map.next_entry::<String, T>()?.ok_or_else(missing)?;
                let span = Span { source: SourceId::from_index(numbers[0]), start: numbers[1], end: numbers[2] };
                Ok(Located { value, span: Some(span) })
            }
        }

        deserializer.deserialize_struct(LOCATED, LOCATED_FIELDS, Parts(std::marker::PhantomData))
    }
}
