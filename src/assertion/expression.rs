//! Expressions of assertions, which use whole objects without a schema.
//!
//! Values have the types that they have in the document. Evaluations have a budget, so that a mistake in an expression results in
//! an error and not in a hang or in unbounded memory use.

use std::sync::Arc;

use ecow::EcoString;

use crate::cel::environment::Language;
use crate::cel::expression::{Outcome, compile};
use crate::cel::machine::Limits;
use crate::cel::program::Program;
use crate::cel::types::Type;
use crate::cel::value::{Items, List, Map, Read, Value};
use crate::yaml::scalar::{Number, bool_value};
use crate::yaml::{Node, Tag, Value as Yaml};

/// An expression that uses whole objects.
#[derive(Debug)]
pub struct Expression(Program);

impl Expression {
    /// Compiles an expression that may use these variables.
    ///
    /// # Errors
    /// The expression can't be compiled, or uses another variable; the error describes the cause.
    pub fn new(text: &str, known: &[&str]) -> Result<Self, String> {
        let environment = known.iter().fold(Language::everything().environment(), |all, name| all.with(name, Type::Dyn));
        compile(text, &environment).map(Expression)
    }

    /// Whether it uses a variable.
    pub fn uses(&self, variable: &str) -> bool {
        self.0.uses(variable)
    }

    /// Evaluates the expression with these variables.
    pub fn evaluate(&self, variables: &[(&str, Value)]) -> Outcome {
        self.0.evaluate(variables, &Limits::FREE).result.into()
    }
}

/// Converts documents to a list.
pub fn list(documents: Vec<Node>) -> Value {
    Value::List(List::Read(Arc::new(Documents(documents))))
}

/// Converts a document: whole numbers become integers, and keys become strings.
pub fn value(node: &Node) -> Value {
    match node.value() {
        Yaml::Scalar(scalar) => match scalar.tag {
            Tag::Null => Value::Null,
            Tag::Bool => Value::Bool(bool_value(&scalar.text)),
            Tag::Int | Tag::Float => scalar.number().map_or(Value::Null, number),
            Tag::Str | Tag::Timestamp => Value::String(scalar.text.clone()),
        },
        Yaml::Sequence(_) => Value::List(List::Read(Arc::new(Document(node.clone())))),
        Yaml::Mapping(_) => Value::Map(Map::Read(Arc::new(Document(node.clone())))),
    }
}

fn number(number: Number) -> Value {
    match number {
        Number::Int(value) => Value::Int(value),
        Number::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => Value::Int(value as i64),
        other => Value::Double(other.as_f64()),
    }
}

/// A mapping or list that is converted as far as an expression accesses it.
#[derive(Debug)]
struct Document(Node);

impl Read for Document {
    fn get(&self, name: &str) -> Option<Value> {
        self.0.get(name).map(value)
    }

    fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    fn names(&self) -> Vec<EcoString> {
        self.0.as_mapping().into_iter().flatten().map(|entry| entry.key.text.into()).collect()
    }

    fn len(&self) -> usize {
        self.0.as_mapping().map_or(0, crate::yaml::Mapping::len)
    }
}

impl Items for Document {
    fn len(&self) -> usize {
        self.0.as_sequence().map_or(0, <[Node]>::len)
    }

    fn get(&self, at: usize) -> Option<Value> {
        self.0.as_sequence()?.get(at).map(value)
    }
}

#[derive(Debug)]
struct Documents(Vec<Node>);

impl Items for Documents {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, at: usize) -> Option<Value> {
        self.0.get(at).map(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Records;
    use crate::yaml::Dialect;

    fn object(text: &str) -> Value {
        let mut records = Records::default();
        let source = records.sources.add("test", text);
        let step = records.provenance.step("", "test");
        value(&records.documents(source, step, Dialect::Manifest).unwrap().remove(0))
    }

    fn ask(text: &str) -> Outcome {
        let object =
            object("name: web\nreplicas: 3\nports: [{name: http, port: 80}, {name: admin, port: 81}]\nlabels: {a.b/c: d}\n");
        Expression::new(text, &["object", "objects"]).unwrap().evaluate(&[("object", object)])
    }

    #[test]
    fn expressions_use_documents_without_a_schema() {
        for text in [
            "object.replicas > 2 && object.name == 'web'",
            "object.ports.exists(p, p.name == 'http' && p.port == 80)",
            "object.ports.map(p, p.port).sum() == 161",
            "object.ports.filter(p, p.port > 80)[0].name == 'admin'",
            "object.labels['a.b/c'] == 'd' && !has(object.annotations)",
            "object.labels.all(k, k.contains('/'))",
            "object == object && object.ports != [] && object.?nothing.orValue('x') == 'x'",
            "math.greatest(1, object.replicas) == 3 && base64.encode(b'a') == 'YQ=='",
        ] {
            assert_eq!(ask(text), Outcome::Bool(true), "{text}");
        }
        assert_eq!(ask("'it is ' + object.name"), Outcome::Text("it is web".into()));
        assert!(matches!(ask("object.nothing == 1"), Outcome::Failed(_)));
        assert!(matches!(ask("object.replicas"), Outcome::Unknown(_)));
    }

    #[test]
    fn unknown_variables_and_invalid_expressions_are_rejected() {
        assert!(Expression::new("objekt.name == ''", &["object"]).is_err_and(|cause| cause.contains("`objekt`")));
        assert!(Expression::new("object.(", &["object"]).is_err());
        assert!(Expression::new("object.ports.all(p, type(p.port) == int)", &["object"]).is_ok());
    }

    #[test]
    fn time_and_memory_are_limited() {
        let twice = |text: &str, times: usize| (0..times).fold(text.to_owned(), |text, _| format!("{text}.map(x, x + x)"));
        for text in [
            "lists.range(1000).all(a, lists.range(1000).all(b, lists.range(1000).all(c, a + b + c >= 0)))",
            "lists.range(1000000000).size() > 0",
            &format!("{} == []", twice("['xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx']", 30)),
        ] {
            let outcome = ask(text);
            let ended = matches!(&outcome, Outcome::Unknown(cause) if cause.contains("more than"));
            assert!(ended, "{text}: {outcome:?}");
        }
        assert_eq!(ask("lists.range(1000).all(a, lists.range(100).all(b, a + b >= 0))"), Outcome::Bool(true));
    }
}
