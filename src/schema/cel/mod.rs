//! Rules in CEL (`x-kubernetes-validations`): parsed once, when they are first needed, and asked of values.
//!
//! The crate `cel` parses and evaluates; `library` adds Kubernetes' own functions, `value` turns objects into CEL's values as the
//! server does, and `declare` declares what rules see. Behaviour: apiextensions-apiserver's
//! `schema/cel`.

mod address;
pub mod declare;
mod free;
mod library;
mod quantity;
mod value;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, OnceLock};

use cel::common::ast::{EntryExpr, Expr, IdedExpr};
use cel::common::types::CelOptional;
use cel::{Context, Env, ExecutionError, Program, Value};
use ecow::EcoString;

pub use self::free::{FreeExpression, value as document};
use self::value::{Extent, Field};
use super::structural::Structural;
use crate::yaml::Node;

/// From this many steps on a rule is not evaluated; the server stops at about as many.
const TOO_MUCH: u64 = 1_000_000;

/// All that rules may use.
static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(library::environment()));

/// An expression, parsed when it is first needed.
#[derive(Debug, Default)]
pub struct Expression {
    text: EcoString,
    parsed: OnceLock<Parsed>,
}

type Parsed = Result<(Program, Use), String>;

/// What an expression looks at.
#[derive(Debug, Default)]
struct Use {
    /// The fields of `self`; `None` when it looks at `self` as a whole.
    fields: Option<Vec<Field>>,
    old_self: bool,
    /// How many comprehensions stand in one another.
    depth: u32,
    /// The length of the longest list that is written out.
    widest: u64,
    /// Whether it makes lists of texts.
    splits: bool,
}

/// What came of an evaluation.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// A boolean.
    Bool(bool),
    /// A text.
    Text(String),
    /// The server would fail here, too.
    Failed(String),
    /// It can't be evaluated here.
    Unknown(String),
}

impl Expression {
    /// An expression from its text.
    pub fn new(text: &str) -> Self {
        Expression { text: text.into(), parsed: OnceLock::new() }
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.text.trim()
    }

    /// Whether it looks at the object as it was before.
    pub fn uses_old_self(&self) -> bool {
        self.parsed().as_ref().is_ok_and(|(_, uses)| uses.old_self)
    }

    /// Evaluates it for a value that has this schema.
    pub fn evaluate(&self, node: &Node, schema: &Structural, is_root: bool) -> Outcome {
        let (program, uses) = match self.parsed() {
            Ok(parsed) => parsed,
            Err(cause) => return Outcome::Unknown(cause.clone()),
        };
        let mut extent = Extent::default();
        let Some(value) = value::of(node, schema, is_root, uses.fields.as_deref(), &mut extent) else {
            return Outcome::Unknown("the value has no type".into());
        };
        let of_texts = if uses.splits { extent.text } else { 0 };
        if extent.list.max(uses.widest).max(of_texts).saturating_pow(uses.depth) > TOO_MUCH {
            return Outcome::Unknown("it would take too long".into());
        }
        let run = || {
            let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
            context.add_variable_from_value("self", value);
            if uses.old_self {
                context.add_variable_as_val("oldSelf", Box::new(CelOptional::none()));
            }
            program.execute(&context)
        };
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(Ok(Value::Bool(holds))) => Outcome::Bool(holds),
            Ok(Ok(Value::String(text))) => Outcome::Text(text.to_string()),
            Ok(Ok(_)) => Outcome::Unknown("it yields neither a boolean nor a text".into()),
            Ok(Err(error)) => failure(&error),
            Err(_) => Outcome::Unknown("the evaluation broke off".into()),
        }
    }

    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| {
            let program = parse(&self.text)?;
            let mut uses = Use { fields: Some(Vec::new()), ..Use::default() };
            uses.look(program.expression(), 0);
            Ok((program, uses))
        })
    }
}

/// Parses an expression.
fn parse(text: &str) -> Result<Program, String> {
    match catch_unwind(|| ENVIRONMENT.compile(text)) {
        Ok(Ok(program)) => Ok(program),
        Ok(Err(errors)) => Err(errors.errors.first().map_or_else(|| "it can't be read".into(), |error| in_words(&error.msg))),
        Err(_) => Err("it can't be read".into()),
    }
}

/// The server reads deeper expressions than the crate.
const TOO_DEEP: &str = "it is nested too deeply";

fn in_words(message: &str) -> String {
    if message.contains("Recursion limit") {
        return TOO_DEEP.to_owned();
    }
    message.trim_start_matches("Syntax error: ").to_owned()
}

/// Errors that only stand for the crate's limits are no errors of the object.
fn failure(error: &ExecutionError) -> Outcome {
    match error {
        ExecutionError::NoSuchKey(key) => Outcome::Failed(format!("there is no `{key}`")),
        ExecutionError::IndexOutOfBounds(_) => Outcome::Failed("an index is beyond the list".into()),
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => Outcome::Failed("it divides by zero".into()),
        other => Outcome::Unknown(other.to_string()),
    }
}

impl Use {
    fn look(&mut self, node: &IdedExpr, depth: u32) {
        self.depth = self.depth.max(depth);
        match &node.expr {
            Expr::Ident(name) if name == "self" => self.fields = None,
            Expr::Ident(name) if name == "oldSelf" => self.old_self = true,
            Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => {}
            Expr::Select(select) => match (&select.operand.expr, &mut self.fields) {
                (Expr::Ident(name), Some(fields)) if name == "self" => {
                    let field = Field::new(&select.field);
                    if !fields.contains(&field) {
                        fields.push(field);
                    }
                }
                (Expr::Ident(name), None) if name == "self" => {}
                _ => self.look(&select.operand, depth),
            },
            Expr::Call(call) => {
                self.splits |= matches!(call.func_name.as_str(), "split" | "findAll");
                call.target.iter().map(AsRef::as_ref).chain(&call.args).for_each(|part| self.look(part, depth));
            }
            Expr::List(list) => {
                self.widest = self.widest.max(list.elements.len() as u64);
                list.elements.iter().for_each(|part| self.look(part, depth));
            }
            Expr::Comprehension(comprehension) => {
                let c = comprehension.as_ref();
                [&c.iter_range, &c.accu_init].into_iter().for_each(|part| self.look(part, depth));
                [&c.loop_cond, &c.loop_step, &c.result].into_iter().for_each(|part| self.look(part, depth + 1));
            }
            Expr::Map(map) => map.entries.iter().for_each(|entry| self.look_entry(&entry.expr, depth)),
            Expr::Struct(made) => made.entries.iter().for_each(|entry| self.look_entry(&entry.expr, depth)),
        }
    }

    fn look_entry(&mut self, entry: &EntryExpr, depth: u32) {
        match entry {
            EntryExpr::StructField(field) => self.look(&field.value, depth),
            EntryExpr::MapEntry(entry) => [&entry.key, &entry.value].into_iter().for_each(|part| self.look(part, depth)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Records;
    use crate::yaml::Dialect;

    fn read(text: &str) -> Node {
        let mut records = Records::default();
        let source = records.sources.add("test", text);
        let step = records.provenance.step("", "test");
        records.documents(source, step, Dialect::Manifest).unwrap().remove(0)
    }

    fn schema() -> Structural {
        Structural::of(&read(
            "type: object\nproperties:\n  name: {type: string}\n  replicas: {type: integer, default: 3}\n  max: {type: integer}\n  \
             tags: {type: array, items: {type: string}}\n  labels: {type: object, additionalProperties: {type: string}}\n  \
             size: {x-kubernetes-int-or-string: true}\n  my-field: {type: boolean}\n  wait: {type: string, format: duration}\n  \
             at: {type: string, format: date-time}\n  none: {type: string, nullable: true}\n",
        ))
    }

    fn ask(rule: &str, value: &str) -> Outcome {
        Expression::new(rule).evaluate(&read(value), &schema(), false)
    }

    #[test]
    fn rules_see_values_with_their_defaults() {
        let object = "name: web\nmax: 5\ntags: [a, b]\nlabels: {x.y/z: one}\nsize: 10\nmy-field: true\nwait: 90s\nnone: null\n";
        let table = [
            ("self.replicas <= self.max", true),
            ("self.name.startsWith('w') && size(self.tags) == 2", true),
            ("has(self.labels) && !has(self.at)", true),
            ("self.tags.all(t, t in ['a', 'b', 'c'])", true),
            ("self.tags.exists_one(t, t == 'a')", true),
            ("self.labels['x.y/z'] == 'one'", true),
            ("self.labels.all(k, k.contains('/'))", true),
            ("self.my__dash__field", true),
            ("self.wait > duration('1m')", true),
            ("self.none == null", true),
            ("type(self.size) == int ? self.size < 11 : self.size.matches('^[0-9]+%$')", true),
            ("self.name == 'db'", false),
            ("!(self.replicas > 2)", false),
            ("[has(self.at), has(self.name)].filter(x, x).size() <= 1", true),
            ("self.?at.hasValue()", false),
        ];
        for (rule, expected) in table {
            assert_eq!(ask(rule, object), Outcome::Bool(expected), "{rule}");
        }
    }

    #[test]
    fn kubernetes_own_functions_are_there() {
        let table = [
            "quantity('1Gi').isGreaterThan(quantity('1000M'))",
            "isQuantity('500m') && !isQuantity('lots')",
            "quantity('2').asInteger() == 2",
            "quantity('1').compareTo(quantity('1000m')) == 0",
            "isURL('https://example.com:80/a?b=c') && url('https://example.com:80/a').getHostname() == 'example.com'",
            "url('https://example.com:80/a').getScheme() == 'https' && url('https://example.com:80/a').getPort() == '80'",
            "'abc123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2']",
            "[1, 2, 3].sum() == 6 && [3, 1, 2].max() == 3 && [3, 1, 2].min() == 1 && ['a', 'b'].isSorted()",
            "['a', 'b', 'a'].indexOf('a') == 0 && ['a', 'b', 'a'].lastIndexOf('a') == 2",
            "isIP('10.0.0.1') && ip('::1').family() == 6 && ip('127.0.0.1').isLoopback()",
            "isCIDR('10.0.0.0/8') && cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.1'))",
            "cidr('10.0.0.0/8').prefixLength() == 8 && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')",
            "sets.contains(['a', 'b'], ['a']) && sets.intersects(['a'], ['a', 'b']) && sets.equivalent(['a', 'b'], ['b', 'a'])",
            "'%s-%d'.format(['a', 1]) == 'a-1' && 'A'.lowerAscii() == 'a' && 'a,b'.split(',').size() == 2",
        ];
        for rule in table {
            assert_eq!(ask(rule, "name: x"), Outcome::Bool(true), "{rule}");
        }
    }

    #[test]
    fn what_fails_here_alone_is_no_error() {
        assert!(matches!(ask("self.name.unheardOf()", "name: x"), Outcome::Unknown(_)));
        assert!(matches!(ask("self.(", "name: x"), Outcome::Unknown(_)));
        assert_eq!(ask("self.name == 'x'", "max: 1"), Outcome::Failed("there is no `name`".into()));
        assert_eq!(ask("'the name is ' + self.name", "name: x"), Outcome::Text("the name is x".into()));
        assert!(Expression::new("self.a == oldSelf.a").uses_old_self());
    }
}
