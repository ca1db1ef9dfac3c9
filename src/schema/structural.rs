//! The schema of a custom resource from its CustomResourceDefinition, in a form for walking through it in parallel with an
//! object.
//!
//! Behavior: apiextensions-apiserver's `schema.Structural` and the validators of kube-openapi. Reading is lenient: the rules
//! for CustomResourceDefinitions check whether a schema is valid; objects are checked as far as the schema allows.

use ecow::EcoString;

use super::deferred::Deferred;
use super::pattern::Pattern;
use super::string_format::StringFormat;
use crate::cel::expression::Expression;
use crate::yaml::scalar::{Number, bool_value};
use crate::yaml::{Node, Tag};

/// The schema of a part of a value.
pub type Child = Deferred<Structural>;

/// The schema of a value.
#[derive(Debug, Default)]
pub struct Structural {
    /// The required type of the value; `None` for any type.
    pub json: Option<Json>,
    /// `x-kubernetes-int-or-string`
    pub int_or_string: bool,
    /// Whether null is a value rather than a missing one.
    pub nullable: bool,
    /// `x-kubernetes-preserve-unknown-fields`
    pub preserves: bool,
    /// `x-kubernetes-embedded-resource`
    pub embedded: bool,
    /// `x-kubernetes-list-type`
    pub list: List,
    /// Whether there are lists with a type, embedded objects or rules here or below, or may be in parts that were not read.
    pub below: Below,
    /// Fields, sorted by name.
    pub properties: Vec<(EcoString, Child)>,
    /// The allowed values of other fields.
    pub additional: Option<Additional>,
    /// The items of a list.
    pub items: Option<Child>,
    /// Required fields.
    pub required: Vec<EcoString>,
    /// The value that the server sets if there is none.
    pub default: Option<Node>,
    /// Conditions on the value.
    pub checks: Option<Box<Checks>>,
    /// `x-kubernetes-validations`
    pub rules: Vec<Rule>,
}

/// A JSON type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Json {
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
}

/// `additionalProperties`
#[derive(Debug)]
pub enum Additional {
    /// `true`
    Any,
    /// `false`
    None,
    /// A schema.
    Of(Child),
}

/// `x-kubernetes-list-type`
#[derive(Debug, Default, PartialEq, Eq)]
pub enum List {
    /// Items may repeat.
    #[default]
    Atomic,
    /// Items are unique.
    Set,
    /// Items are identified by these fields.
    Map(Vec<EcoString>),
}

/// What a value may contain.
#[derive(Clone, Copy, Debug, Default)]
pub struct Below {
    /// Lists whose items are unique.
    pub lists: bool,
    /// Objects in objects.
    pub embedded: bool,
    /// Rules in CEL.
    pub rules: bool,
}

/// Conditions on a value other than its type.
#[derive(Debug, Default)]
pub struct Checks {
    /// The allowed values; empty if all are allowed.
    pub values: Vec<Node>,
    /// The minimum, and whether it is exclusive.
    pub minimum: Option<(f64, bool)>,
    /// The maximum, and whether it is exclusive.
    pub maximum: Option<(f64, bool)>,
    /// Numbers must be a multiple of this.
    pub multiple_of: Option<f64>,
    /// `minLength`, `maxLength`
    pub length: Range,
    /// `minItems`, `maxItems`
    pub items: Range,
    /// `minProperties`, `maxProperties`
    pub properties: Range,
    /// Strings must match this.
    pub pattern: Option<Pattern>,
    /// Strings must have this format.
    pub format: Option<&'static StringFormat>,
    /// Whether integers have 32 bits.
    pub int32: bool,
    /// All of these must match.
    pub all_of: Vec<Structural>,
    /// At least one of these must match.
    pub any_of: Vec<Structural>,
    /// Exactly one of these must match.
    pub one_of: Vec<Structural>,
    /// This must not match.
    pub not: Option<Structural>,
}

/// The minimum and the maximum count.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)]
pub struct Range {
    pub min: Option<u64>,
    pub max: Option<u64>,
}

/// An item of `x-kubernetes-validations`.
#[derive(Debug, Default)]
pub struct Rule {
    /// The condition.
    pub rule: Expression,
    /// The message if the condition is false.
    pub message: EcoString,
    /// An expression that yields the message.
    pub message_expression: Option<Expression>,
    /// The field at fault, relative to the value that has the rule.
    pub field_path: EcoString,
    /// The kind of error.
    pub reason: EcoString,
    /// Whether the rule also applies to new objects although it uses the old one.
    pub optional_old_self: bool,
}

impl Structural {
    /// Reads a schema.
    pub fn of(node: &Node) -> Self {
        let text = |field: &str| node.get(field).and_then(Node::as_str);
        let mut schema = Structural {
            json: text("type").and_then(Json::named),
            int_or_string: is_true(node, "x-kubernetes-int-or-string"),
            nullable: is_true(node, "nullable"),
            preserves: is_true(node, "x-kubernetes-preserve-unknown-fields"),
            embedded: is_true(node, "x-kubernetes-embedded-resource"),
            list: match text("x-kubernetes-list-type") {
                Some("set") => List::Set,
                Some("map") => List::Map(strings(node, "x-kubernetes-list-map-keys")),
                _ => List::Atomic,
            },
            properties: fields(node, "properties").map(|(name, value)| (name.clone(), child(value))).collect(),
            additional: node.get("additionalProperties").and_then(additional),
            items: node.get("items").filter(|items| !items.is_null()).map(child),
            required: strings(node, "required"),
            default: node.get("default").filter(|value| !value.is_null()).cloned(),
            checks: Checks::read(node),
            rules: list(node, "x-kubernetes-validations").iter().map(Rule::read).collect(),
            below: Below::default(),
        };
        schema.properties.sort_by(|a, b| a.0.cmp(&b.0));
        schema.below = schema.look_below();
        schema
    }

    /// The schema of the items of a list.
    pub fn items(&self) -> Option<&Structural> {
        self.items.as_ref().map(|items| items.as_ref())
    }

    /// The fields that may have defaults.
    pub fn with_defaults(&self) -> impl Iterator<Item = &(EcoString, Child)> {
        self.properties.iter().filter(|(_, schema)| schema.may_have_default && schema.default.is_some())
    }

    pub(super) fn look_below(&self) -> Below {
        let additional = match &self.additional {
            Some(Additional::Of(schema)) => Some(schema),
            _ => None,
        };
        let mut below = Below {
            lists: self.list != List::Atomic,
            embedded: self.embedded,
            rules: !self.rules.is_empty() || self.clauses().any(|clause| clause.below.rules),
        };
        for schema in self.properties.iter().map(|(_, schema)| schema).chain(&self.items).chain(additional) {
            below.lists |= schema.below.lists;
            below.embedded |= schema.below.embedded;
            below.rules |= schema.below.rules;
        }
        below
    }

    /// The parts of `allOf`.
    pub fn clauses(&self) -> impl Iterator<Item = &Structural> {
        self.checks.iter().flat_map(|checks| &checks.all_of)
    }

    /// The schema of a field.
    pub fn property(&self, name: &str) -> Option<&Structural> {
        self.shared_property(name).map(|schema| schema.as_ref())
    }

    /// A field by its name, to be shared.
    pub fn shared_property(&self, name: &str) -> Option<&Child> {
        let at = self.properties.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.properties.get(at).map(|(_, schema)| schema)
    }

    /// The schema of the value of a key: a field, or otherwise `additionalProperties`.
    pub fn value(&self, name: &str) -> Option<&Structural> {
        self.property(name).or(match &self.additional {
            Some(Additional::Of(schema)) => Some(schema.as_ref()),
            _ => None,
        })
    }

    /// The value of a field as the server sees it: nulls without a meaning are dropped, defaults are set.
    pub fn seen<'a>(&'a self, object: &'a Node, name: &str) -> Option<&'a Node> {
        let found = object.get(name);
        match self.value(name) {
            Some(schema) => match found {
                Some(value) if !value.is_null() || schema.nullable => Some(value),
                Some(_) => schema.default.as_ref(),
                None => {
                    let declared = self.shared_property(name).filter(|schema| schema.may_have_default);
                    declared.and_then(|schema| schema.default.as_ref())
                }
            },
            None => found,
        }
    }

    /// The format of strings that rules see as another type: `byte`, `date`, `date-time` or `duration`.
    pub fn time_format(&self) -> Option<&'static str> {
        match self.checks.as_ref()?.format.filter(|_| self.json == Some(Json::String))?.name {
            "datetime" => Some("date-time"),
            name @ ("byte" | "date" | "duration") => Some(name),
            _ => None,
        }
    }

    /// The names of the allowed types, for messages.
    pub fn expected(&self) -> &'static str {
        match self.json {
            _ if self.int_or_string => "an integer or a string",
            Some(Json::Object) => "a mapping",
            Some(Json::Array) => "a list",
            Some(Json::String) => "a string",
            Some(Json::Integer) => "an integer",
            Some(Json::Number) => "a number",
            Some(Json::Boolean) => "a boolean",
            None => "a different type",
        }
    }
}

impl Json {
    /// The type with this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "object" => Json::Object,
            "array" => Json::Array,
            "string" => Json::String,
            "integer" => Json::Integer,
            "number" => Json::Number,
            "boolean" => Json::Boolean,
            _ => return None,
        })
    }
}

impl Checks {
    fn read(node: &Node) -> Option<Box<Self>> {
        const FIELDS: &[&str] = &[
            "enum",
            "minimum",
            "maximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "pattern",
            "format",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
        ];
        if !node.as_mapping()?.iter().any(|entry| FIELDS.contains(&entry.key.text.as_str())) {
            return None;
        }
        let text = |field: &str| node.get(field).and_then(Node::as_str).filter(|text| !text.is_empty());
        let bound = |field: &str, exclusive: &str| Some((number(node, field)?, is_true(node, exclusive)));
        let range = |min: &str, max: &str| Range { min: count(node, min), max: count(node, max) };
        let json = text("type").and_then(Json::named);
        let is_text = matches!(json, None | Some(Json::String)) && !is_true(node, "x-kubernetes-int-or-string");
        Some(Box::new(Checks {
            values: list(node, "enum").to_vec(),
            minimum: bound("minimum", "exclusiveMinimum"),
            maximum: bound("maximum", "exclusiveMaximum"),
            multiple_of: number(node, "multipleOf"),
            length: range("minLength", "maxLength"),
            items: range("minItems", "maxItems"),
            properties: range("minProperties", "maxProperties"),
            pattern: text("pattern").map(Pattern::new),
            format: text("format").filter(|_| is_text).and_then(StringFormat::named),
            int32: json == Some(Json::Integer) && text("format") == Some("int32"),
            all_of: clauses(node, "allOf"),
            any_of: clauses(node, "anyOf"),
            one_of: clauses(node, "oneOf"),
            not: node.get("not").filter(|not| not.as_mapping().is_some()).map(Structural::of),
        }))
    }
}

impl Rule {
    fn read(node: &Node) -> Self {
        let text = |field: &str| node.get(field).and_then(Node::as_str).unwrap_or_default();
        let expression = Some(text("messageExpression")).filter(|text| !text.is_empty());
        Rule {
            rule: Expression::new(text("rule")),
            message: text("message").trim().into(),
            message_expression: expression.map(Expression::new),
            field_path: text("fieldPath").into(),
            reason: text("reason").into(),
            optional_old_self: is_true(node, "optionalOldSelf"),
        }
    }
}

fn child(node: &Node) -> Child {
    Structural::of(node).into()
}

fn clauses(node: &Node, field: &str) -> Vec<Structural> {
    list(node, field).iter().map(Structural::of).collect()
}

fn additional(node: &Node) -> Option<Additional> {
    match node.as_scalar() {
        Some(scalar) if scalar.tag == Tag::Null => None,
        Some(scalar) if scalar.tag == Tag::Bool && bool_value(&scalar.text) => Some(Additional::Any),
        Some(scalar) if scalar.tag == Tag::Bool => Some(Additional::None),
        _ => Some(Additional::Of(child(node))),
    }
}

fn fields<'n>(node: &'n Node, field: &str) -> impl Iterator<Item = (&'n EcoString, &'n Node)> + use<'n> {
    let mapping = node.get(field).and_then(Node::as_mapping);
    mapping.into_iter().flatten().map(|entry| (entry.key.text.as_static(), &entry.value))
}

fn list<'n>(node: &'n Node, field: &str) -> &'n [Node] {
    node.get(field).and_then(Node::as_sequence).unwrap_or_default()
}

fn strings(node: &Node, field: &str) -> Vec<EcoString> {
    list(node, field).iter().filter_map(|item| item.as_text().cloned()).collect()
}

/// Whether a boolean is set and true.
pub fn is_true(node: &Node, field: &str) -> bool {
    let scalar = node.get(field).and_then(Node::as_scalar);
    scalar.is_some_and(|scalar| scalar.tag == Tag::Bool && bool_value(&scalar.text))
}

fn number(node: &Node, field: &str) -> Option<f64> {
    node.get(field)?.as_scalar()?.number().map(Number::as_f64)
}

fn count(node: &Node, field: &str) -> Option<u64> {
    number(node, field).filter(|count| *count >= 0.0).map(|count| count as u64)
}
