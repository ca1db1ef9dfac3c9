//! CEL expressions of admission policies, webhooks and device classes: their syntax, the names that they use, and the type of
//! those whose type can be seen without knowing the objects.
//!
//! Behaviour: cel-go's grammar and checker, as far as an error is certain: what is not understood here passes.

mod parse;
mod tokens;

use rustc_hash::FxHashSet;

pub use tokens::is_reserved;

/// What an expression must evaluate to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// True or false.
    Bool,
    /// A text.
    Text,
    /// Anything.
    Any,
}

/// The names that an expression may use.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'s> {
    /// Variables of the environment, such as `object`.
    pub names: &'s [&'s str],
    /// The fields of `variables`; `None` where there is no such variable.
    pub variables: Option<&'s FxHashSet<&'s str>>,
}

/// Names that expressions of admission always know.
pub const ADMISSION: &[&str] = &["object", "oldObject", "request", "namespaceObject", "authorizer"];

/// The type of an expression, where it can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Bool,
    /// A text.
    Text,
    /// A number of any type.
    Number,
    /// A list, a map, a message, bytes or null.
    Other,
    /// Anything.
    Unknown,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Bool => "a boolean",
            Kind::Text => "a text",
            Kind::Number => "a number",
            Kind::Other => "no plain value",
            Kind::Unknown => "anything",
        }
    }
}

/// Checks an expression.
pub fn check(text: &str, wanted: Wanted, scope: Scope<'_>) -> Result<(), String> {
    let Some(found) = parse::parse(text)? else { return Ok(()) };
    let declared = |name: &str| is_known(name, scope.names) || (name == "variables" && scope.variables.is_some());
    if let Some(name) = found.free.iter().find(|name| !declared(name)) {
        return Err(format!("the expression uses `{name}`, which is not declared"));
    }
    let defined = |name: &str| scope.variables.is_none_or(|variables| variables.contains(name));
    if let Some(name) = found.variables.iter().find(|name| !defined(name)) {
        return Err(format!("there is no variable `{name}` before this expression"));
    }
    match (wanted, found.kind) {
        (_, Kind::Unknown) | (Wanted::Any, _) | (Wanted::Bool, Kind::Bool) | (Wanted::Text, Kind::Text) => Ok(()),
        (Wanted::Bool, kind) => Err(format!("the expression evaluates to {}, not to a boolean", kind.name())),
        (Wanted::Text, kind) => Err(format!("the expression evaluates to {}, not to a text", kind.name())),
    }
}

/// Types and namespaces of functions.
fn is_known(name: &str, declared: &[&str]) -> bool {
    const TYPES: &[&str] = &[
        "bool",
        "bytes",
        "double",
        "dyn",
        "google",
        "int",
        "list",
        "map",
        "null_type",
        "string",
        "timestamp",
        "duration",
        "type",
        "uint",
        "optional_type",
        "kubernetes",
        "net",
        "Object",
        "JSONPatch",
        "jsonpatch",
    ];
    declared.contains(&name) || TYPES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str, wanted: Wanted) -> Result<(), String> {
        let variables = FxHashSet::from_iter(["env"]);
        check(text, wanted, Scope { names: &["object", "request", "params"], variables: Some(&variables) })
    }

    #[test]
    fn good_expressions_pass() {
        for text in [
            "object.spec.replicas <= 5",
            "!has(object.metadata.labels) || object.metadata.labels['a'] == \"b\"",
            "object.spec.containers.all(c, c.image.startsWith('x/') && [1, 2,].exists(i, i == c.n))",
            "variables.env in ['a', 'b'] ? true : -1 < 2u // a comment",
            "'a' + r'\\d' + '''x\ny''' == 'z' && .5 < 1.5e3 && 0x1F > 1",
            "object.?a.orValue({'k': [object[?'x']]}).k.size() > 0",
            "cel.bind(x, 1, x == 1)",
            "object.m.all(k, v, k != v)",
            "type(object) == string && int(object.x) > 2",
            "math.greatest(1, 2) == 2 && quantity('1').isGreaterThan(quantity('2'))",
            "object.`a-b` == b'x' || request.userInfo.groups.exists(g, g == 'x')",
        ] {
            assert_eq!(checked(text, Wanted::Bool), Ok(()), "{text}");
        }
        assert_eq!(checked("Object{spec: Object.spec{replicas: 1}}", Wanted::Any), Ok(()));
        assert_eq!(checked("[JSONPatch{op: 'add', path: '/a', value: 1}]", Wanted::Any), Ok(()));
        assert_eq!(checked("'a' + string(object.x)", Wanted::Text), Ok(()));
    }

    #[test]
    fn faults_are_told() {
        for text in ["", "object.spec.(", "1 +", "a b", "object.x == 'y", "[1, 2", "{'a' 1}", "&& true", "a.b.", "f(,)", "1 = 1"]
        {
            assert!(checked(text, Wanted::Any).is_err(), "{text}");
        }
        for text in ["1", "1 + 1", "'x'", "[true]", "nope.x == 1", "variables.other == 1"] {
            assert!(checked(text, Wanted::Bool).is_err(), "{text}");
        }
        assert!(checked("1 == 1", Wanted::Text).is_err());
    }

    #[test]
    fn deep_expressions_end() {
        let deep = "(".repeat(100_000) + "1" + &")".repeat(100_000);
        assert_eq!(checked(&deep, Wanted::Any), Ok(()));
    }
}
