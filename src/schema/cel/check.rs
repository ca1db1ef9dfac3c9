//! Whether the server's compiler would take a rule: names that exist, operators for their types, a boolean in the end.
//!
//! Types are inferred as far as that is certain, everything else is [`Kind::Any`]: an error here is one on the server, too.
//! Behaviour: cel-go's checker with the types that `SchemaDeclType` makes of a schema.

use std::sync::Arc;

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr};

use super::names::escape;
use crate::schema::structural::{Additional, Json, Structural};

/// Parses an expression.
fn parse(text: &str) -> Result<cel::Program, String> {
    let compiled = std::panic::catch_unwind(|| Arc::new(cel::Env::stdlib()).compile(text));
    match compiled {
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

/// What an expression yields.
#[derive(Clone, Debug)]
enum Kind<'s> {
    Any,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Duration,
    Time,
    List(Box<Kind<'s>>),
    Map(Box<Kind<'s>>),
    /// An object with known fields; whether it is the whole one.
    Object(&'s Structural, bool),
    /// `metadata` of an object.
    Metadata,
}

/// Variables, innermost last.
type Scope<'s> = Vec<(String, Kind<'s>)>;

type Inferred<'s> = Result<Kind<'s>, String>;

/// What is wrong with a rule on values of this schema; `message` when it is a `messageExpression`.
pub fn fault(text: &str, schema: &Structural, is_root: bool, optional_old_self: bool, message: bool) -> Option<String> {
    // Names in backticks are newer than the parser.
    if text.contains('`') {
        return None;
    }
    let program = match parse(text) {
        Ok(program) => program,
        Err(cause) => return Some(cause).filter(|cause| cause != TOO_DEEP),
    };
    let of_self = kind_of(schema, is_root);
    let old = if optional_old_self { Kind::Any } else { of_self.clone() };
    let mut scope = vec![("self".to_owned(), of_self), ("oldSelf".to_owned(), old)];
    match infer(program.expression(), &mut scope) {
        Err(cause) => Some(cause),
        Ok(Kind::Any) => None,
        Ok(Kind::Text) if message => None,
        Ok(Kind::Bool) if !message => None,
        Ok(found) => {
            let wanted = if message { "a string" } else { "a boolean" };
            Some(format!("it yields {}, but {wanted} is wanted", found.name()))
        }
    }
}

/// Whether a rule looks at the object as it was before.
pub fn uses_old_self(text: &str) -> bool {
    super::uses_old_self(&crate::cel::expression::Expression::new(text))
}

fn kind_of(schema: &Structural, is_root: bool) -> Kind<'_> {
    if schema.int_or_string {
        return Kind::Any;
    }
    match schema.json {
        _ if is_root => Kind::Object(schema, true),
        None => Kind::Any,
        Some(Json::Object) => match &schema.additional {
            Some(Additional::Of(of)) if schema.properties.is_empty() => Kind::Map(Box::new(kind_of(of, of.embedded))),
            _ => Kind::Object(schema, schema.embedded),
        },
        Some(Json::Array) => Kind::List(Box::new(schema.items.as_ref().map_or(Kind::Any, |of| kind_of(of, of.embedded)))),
        Some(Json::String) => match schema.time_format() {
            Some("byte") => Kind::Bytes,
            Some("duration") => Kind::Duration,
            Some(_) => Kind::Time,
            None => Kind::Text,
        },
        Some(Json::Integer) => Kind::Int,
        Some(Json::Number) => Kind::Double,
        Some(Json::Boolean) => Kind::Bool,
    }
}

fn infer<'s>(node: &IdedExpr, scope: &mut Scope<'s>) -> Inferred<'s> {
    Ok(match &node.expr {
        Expr::Literal(literal) => match literal {
            LiteralValue::Boolean(_) => Kind::Bool,
            LiteralValue::Bytes(_) => Kind::Bytes,
            LiteralValue::Double(_) => Kind::Double,
            LiteralValue::Int(_) => Kind::Int,
            LiteralValue::Null => Kind::Null,
            LiteralValue::String(_) => Kind::Text,
            LiteralValue::UInt(_) => Kind::Uint,
        },
        Expr::Ident(name) => return ident(name, scope),
        Expr::Select(select) => return self::select(select, scope),
        Expr::Call(call) => return self::call(call, scope),
        Expr::List(list) => {
            let kinds: Result<Vec<Kind<'s>>, String> = list.elements.iter().map(|part| infer(part, scope)).collect();
            Kind::List(Box::new(common(kinds?)))
        }
        Expr::Map(map) => {
            for entry in &map.entries {
                if let EntryExpr::MapEntry(entry) = &entry.expr {
                    infer(&entry.key, scope)?;
                    infer(&entry.value, scope)?;
                }
            }
            Kind::Map(Box::new(Kind::Any))
        }
        Expr::Comprehension(comprehension) => return self::comprehension(comprehension, scope),
        Expr::Struct(_) | Expr::Unspecified => Kind::Any,
    })
}

/// The type that all have, if they have one.
fn common(kinds: Vec<Kind<'_>>) -> Kind<'_> {
    let mut kinds = kinds.into_iter();
    let Some(first) = kinds.next() else { return Kind::Any };
    if kinds.all(|kind| kind.simple().is_some() && kind.simple() == first.simple()) { first } else { Kind::Any }
}

fn ident<'s>(name: &str, scope: &Scope<'s>) -> Inferred<'s> {
    const TYPES: [&str; 14] = [
        "bool",
        "int",
        "uint",
        "double",
        "string",
        "bytes",
        "list",
        "map",
        "null_type",
        "type",
        "dyn",
        "duration",
        "timestamp",
        "google",
    ];
    if let Some((_, kind)) = scope.iter().rev().find(|(known, _)| known == name) {
        return Ok(kind.clone());
    }
    if TYPES.contains(&name) || name.starts_with(['@', '#', '.']) {
        return Ok(Kind::Any);
    }
    Err(format!("there is no variable `{name}`"))
}

fn select<'s>(select: &SelectExpr, scope: &mut Scope<'s>) -> Inferred<'s> {
    let operand = infer(&select.operand, scope)?;
    let field = field(operand, &select.field)?;
    Ok(if select.test { Kind::Bool } else { field })
}

fn field<'s>(operand: Kind<'s>, name: &str) -> Inferred<'s> {
    let missing = || Err(format!("there is no field `{name}`"));
    match operand {
        Kind::Any => Ok(Kind::Any),
        Kind::Map(of) => Ok(*of),
        Kind::Metadata if matches!(name, "name" | "generateName") => Ok(Kind::Text),
        Kind::Object(_, true) if matches!(name, "apiVersion" | "kind") => Ok(Kind::Text),
        Kind::Object(_, true) if name == "metadata" => Ok(Kind::Metadata),
        Kind::Object(schema, _) => {
            let known = schema.properties.iter().find(|(known, _)| known == name || escape(known).as_deref() == Some(name));
            known.map_or_else(missing, |(_, of)| Ok(kind_of(of, of.embedded)))
        }
        Kind::Metadata => missing(),
        other => Err(format!("{} has no field `{name}`", other.name())),
    }
}

fn comprehension<'s>(c: &ComprehensionExpr, scope: &mut Scope<'s>) -> Inferred<'s> {
    let (first, second) = match infer(&c.iter_range, scope)? {
        Kind::List(of) => (*of, Kind::Int),
        Kind::Map(of) => (Kind::Text, *of),
        Kind::Any => (Kind::Any, Kind::Any),
        other => return Err(format!("{} can't be gone through", other.name())),
    };
    let start = infer(&c.accu_init, scope)?;
    let depth = scope.len();
    // With two variables, the first is the index or key, the second the value.
    match &c.iter_var2 {
        Some(name) => scope.extend([
            (c.iter_var.clone(), Kind::Any),
            (name.clone(), if matches!(first, Kind::Text) { second } else { Kind::Any }),
        ]),
        None => scope.push((c.iter_var.clone(), first)),
    }
    scope.push((c.accu_var.clone(), start));
    let step = infer(&c.loop_cond, scope).and_then(|_| infer(&c.loop_step, scope));
    let result = step.and_then(|step| {
        scope.push((c.accu_var.clone(), step));
        infer(&c.result, scope)
    });
    scope.truncate(depth);
    result
}

/// Macros that some parsers leave as calls: their variables are not known here.
const MACROS: [&str; 15] = [
    "all",
    "exists",
    "exists_one",
    "existsOne",
    "map",
    "filter",
    "transformList",
    "transformMap",
    "transformMapEntry",
    "optMap",
    "optFlatMap",
    "bind",
    "sortBy",
    "fold",
    "block",
];

/// Functions whose first word is no variable.
const NAMESPACES: [&str; 9] = ["math", "sets", "optional", "format", "ip", "cidr", "strings", "base64", "lists"];

fn call<'s>(call: &CallExpr, scope: &mut Scope<'s>) -> Inferred<'s> {
    let name = call.func_name.as_str();
    if MACROS.contains(&name) {
        return Ok(Kind::Any);
    }
    let mut kinds = Vec::with_capacity(call.args.len() + 1);
    if let Some(target) = &call.target {
        let in_namespace = matches!(&target.expr, Expr::Ident(space) if NAMESPACES.contains(&space.as_str()) && !scope.iter().any(|(known, _)| known == space));
        if !in_namespace {
            kinds.push(infer(target, scope)?);
        } else {
            call.args.iter().try_for_each(|argument| infer(argument, scope).map(drop))?;
            return Ok(Kind::Any);
        }
    }
    for argument in &call.args {
        kinds.push(infer(argument, scope)?);
    }
    match name.contains('_') || name.starts_with(['!', '-', '@']) {
        true => operator(name, kinds),
        false => function(name),
    }
}

fn operator<'s>(name: &str, kinds: Vec<Kind<'s>>) -> Inferred<'s> {
    let mut kinds = kinds.into_iter();
    let (a, b, c) = (kinds.next(), kinds.next(), kinds.next());
    let shown = name.trim_matches(['_', '@']).trim();
    let wrong = |a: &Kind<'_>, b: &Kind<'_>| Err(format!("`{shown}` does not take {} and {}", a.name(), b.name()));
    match (name, a, b) {
        ("!_", Some(Kind::Bool | Kind::Any), None) => Ok(Kind::Bool),
        ("!_", Some(other), None) => Err(format!("`!` does not take {}", other.name())),
        ("_&&_" | "_||_", Some(a), Some(b)) => {
            let truth = |kind: &Kind<'_>| matches!(kind, Kind::Bool | Kind::Any);
            if truth(&a) && truth(&b) { Ok(Kind::Bool) } else { wrong(&a, &b) }
        }
        ("_==_" | "_!=_", Some(a), Some(b)) => {
            if a.may_equal(&b) {
                Ok(Kind::Bool)
            } else {
                wrong(&a, &b)
            }
        }
        ("_<_" | "_<=_" | "_>_" | "_>=_", Some(a), Some(b)) => {
            if a.may_order(&b) {
                Ok(Kind::Bool)
            } else {
                wrong(&a, &b)
            }
        }
        ("_+_", Some(a), Some(b)) => sum(a, b).map_or_else(|(a, b)| wrong(&a, &b), Ok),
        ("_-_" | "_*_" | "_/_" | "_%_", Some(a), Some(b)) => {
            let never =
                |kind: &Kind<'_>| matches!(kind, Kind::Text | Kind::Bool | Kind::List(_) | Kind::Map(_) | Kind::Object(..));
            match (never(&a) || never(&b), a.simple().is_some() && a.simple() == b.simple()) {
                (true, _) => wrong(&a, &b),
                (false, true) if !matches!(a, Kind::Time) => Ok(a),
                _ => Ok(Kind::Any),
            }
        }
        ("_?_:_", Some(Kind::Bool | Kind::Any), Some(b)) => Ok(c.map_or(Kind::Any, |c| common(vec![b, c]))),
        ("_?_:_", Some(other), Some(_)) => Err(format!("the condition yields {}, but a boolean is wanted", other.name())),
        ("_[_]", Some(Kind::List(of)), Some(Kind::Int | Kind::Any | Kind::Uint | Kind::Double)) => Ok(*of),
        ("_[_]", Some(Kind::List(_)), Some(other)) => Err(format!("a list has no entry {}", other.name())),
        ("_[_]", Some(Kind::Map(of)), Some(_)) => Ok(*of),
        ("@in", Some(_), Some(Kind::List(_) | Kind::Map(_) | Kind::Any)) => Ok(Kind::Bool),
        ("@in", Some(a), Some(b)) => wrong(&a, &b),
        ("@not_strictly_false", ..) => Ok(Kind::Bool),
        ("-_", Some(a @ (Kind::Int | Kind::Double)), None) => Ok(a),
        _ => Ok(Kind::Any),
    }
}

fn sum<'s>(a: Kind<'s>, b: Kind<'s>) -> Result<Kind<'s>, (Kind<'s>, Kind<'s>)> {
    match (&a, &b) {
        // A list that is being made: its entries tell its type.
        (Kind::List(of), Kind::List(_)) if matches!(**of, Kind::Any) => Ok(b),
        (Kind::List(_), Kind::List(_)) => Ok(a),
        (Kind::Any, Kind::List(_)) => Ok(b),
        (Kind::Any, _) | (_, Kind::Any) => Ok(Kind::Any),
        (Kind::Time | Kind::Duration, Kind::Time | Kind::Duration) => Ok(Kind::Any),
        (Kind::Bool | Kind::Null | Kind::Map(_) | Kind::Object(..), _) => Err((a, b)),
        _ if a.simple().is_some() && a.simple() == b.simple() => Ok(a),
        _ => Err((a, b)),
    }
}

fn function<'s>(name: &str) -> Inferred<'s> {
    const BOOL: &[&str] = &[
        "contains",
        "endsWith",
        "startsWith",
        "matches",
        "bool",
        "isSorted",
        "isURL",
        "isQuantity",
        "isInteger",
        "isGreaterThan",
        "isLessThan",
        "isIP",
        "isCIDR",
        "isUnspecified",
        "isLoopback",
        "isLinkLocalMulticast",
        "isLinkLocalUnicast",
        "isGlobalUnicast",
        "containsIP",
        "containsCIDR",
        "hasValue",
        "isSemver",
    ];
    const INT: &[&str] = &[
        "size",
        "int",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getHours",
        "getMinutes",
        "getSeconds",
        "getMilliseconds",
        "lastIndexOf",
        "indexOf",
        "sign",
        "asInteger",
        "compareTo",
        "family",
        "prefixLength",
        "major",
        "minor",
        "patch",
    ];
    const TEXT: &[&str] = &[
        "string",
        "charAt",
        "lowerAscii",
        "upperAscii",
        "replace",
        "join",
        "substring",
        "trim",
        "quote",
        "format",
        "reverse",
        "find",
        "getScheme",
        "getHost",
        "getHostname",
        "getPort",
        "getEscapedPath",
    ];
    const OTHER: &[&str] = &[
        "uint",
        "bytes",
        "type",
        "dyn",
        "split",
        "findAll",
        "url",
        "getQuery",
        "quantity",
        "asApproximateFloat",
        "add",
        "sub",
        "ip",
        "cidr",
        "masked",
        "value",
        "or",
        "orValue",
        "unwrap",
        "unwrapOpt",
        "named",
        "validate",
        "semver",
        "sum",
        "min",
        "max",
        "slice",
        "flatten",
        "distinct",
        "sort",
        "range",
        "first",
        "last",
        "of",
        "none",
        "ofNonZeroValue",
        "encode",
        "decode",
        "has",
        "authorizer",
        "isCanonical",
        "jsonpatch",
        "greatest",
        "least",
        "abs",
        "ceil",
        "floor",
        "round",
        "equivalent",
        "intersects",
    ];
    Ok(match name {
        "double" => Kind::Double,
        "duration" => Kind::Duration,
        "timestamp" => Kind::Time,
        // `reverse` and `indexOf` are for lists, too, but what they yield is used alike.
        "reverse" | "format" | "min" | "max" => Kind::Any,
        _ if BOOL.contains(&name) => Kind::Bool,
        _ if INT.contains(&name) => Kind::Int,
        _ if TEXT.contains(&name) => Kind::Text,
        _ if OTHER.contains(&name) || name.starts_with('@') => Kind::Any,
        _ => return Err(format!("there is no function `{name}`")),
    })
}

impl<'s> Kind<'s> {
    /// A number for each of the simple types.
    fn simple(&self) -> Option<u8> {
        Some(match self {
            Kind::Bool => 1,
            Kind::Int => 2,
            Kind::Uint => 3,
            Kind::Double => 4,
            Kind::Text => 5,
            Kind::Bytes => 6,
            Kind::Duration => 7,
            Kind::Time => 8,
            _ => return None,
        })
    }

    fn is_number(&self) -> bool {
        matches!(self, Kind::Int | Kind::Uint | Kind::Double)
    }

    fn may_equal(&self, other: &Kind<'s>) -> bool {
        match (self.simple(), other.simple()) {
            (Some(a), Some(b)) => a == b || self.is_number() && other.is_number(),
            (Some(_), None) => matches!(other, Kind::Any | Kind::Null),
            (None, Some(_)) => matches!(self, Kind::Any | Kind::Null),
            (None, None) => !matches!((self, other), (Kind::List(_), Kind::Map(_)) | (Kind::Map(_), Kind::List(_))),
        }
    }

    fn may_order(&self, other: &Kind<'s>) -> bool {
        match (self, other) {
            (Kind::Any, _) | (_, Kind::Any) => true,
            _ if self.is_number() && other.is_number() => true,
            _ => self.simple().is_some() && self.simple() == other.simple(),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Kind::Any => "something",
            Kind::Null => "null",
            Kind::Bool => "a boolean",
            Kind::Int => "an integer",
            Kind::Uint => "an unsigned integer",
            Kind::Double => "a number",
            Kind::Text => "a string",
            Kind::Bytes => "bytes",
            Kind::Duration => "a duration",
            Kind::Time => "a time",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
            Kind::Object(..) | Kind::Metadata => "an object",
        }
    }
}
