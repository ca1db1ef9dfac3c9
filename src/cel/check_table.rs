//! Examples for the checker: those of `checker/checker_test.go` of cel-go, and the versions of Kubernetes.

use std::sync::Arc;

use super::environment::{Environment, Language};
use super::types::{Fields, ObjectType, Type};

struct Message;

impl Fields for Message {
    fn name(&self) -> &str {
        "Message"
    }

    fn field(&self, name: &str) -> Option<Type> {
        Some(match name {
            "number" => Type::Int,
            "names" => Type::List(Arc::new(Type::String)),
            "any" => Type::Dyn,
            "labels" => Type::Map(Arc::new(Type::String), Arc::new(Type::String)),
            "self" => message(),
            _ => return None,
        })
    }
}

fn message() -> Type {
    Type::Object(ObjectType(Arc::new(Message)))
}

fn environment(language: &Language) -> Environment {
    let text = || Arc::new(Type::String);
    language
        .environment()
        .with("is", Type::String)
        .with("ii", Type::Int)
        .with("x", message())
        .with("d", Type::Dyn)
        .with("a.b", Type::Optional(Arc::new(Type::Map(text(), text()))))
        .with("m", Type::Map(text(), text()))
        .with("t", Type::Timestamp)
}

#[test]
fn types_are_inferred() {
    let environment = environment(&Language::everything());
    for (text, expected) in [
        ("[]", "list(dyn)"),
        ("[1, 'A']", "list(dyn)"),
        ("[] + [1, 2, 3,] + [4]", "list(int)"),
        ("[1, 2u] + []", "list(dyn)"),
        ("{1: 2u, 2: 3u}", "map(int, uint)"),
        ("{'a': 1, 'b': 2}.a", "int"),
        ("{1: 2u, 2u: 3}", "map(dyn, dyn)"),
        ("false && !true || false ? 2 : 3", "int"),
        ("b'abc' + b'def'", "bytes"),
        ("null == null && null != null", "bool"),
        ("x != null && t == null", "bool"),
        ("x.names.map(x, size(x))", "list(int)"),
        ("x.names.map(x, x != '', x)", "list(string)"),
        ("x.names.exists(y, y != '') && x.self.number < 5", "bool"),
        ("x.labels['a'] + x.labels.b", "string"),
        ("x.any.all(e, e > 0)", "bool"),
        ("d[23] + d.y", "dyn"),
        ("1 in dyn([1, 2, 3])", "bool"),
        ("type(1) == int && list == type([1]) && type(null) == null_type", "bool"),
        ("([[[1]], [[2]], [[3]]][0][0] + [2, 3, {'four': {'five': 'six'}}])[3]", "dyn"),
        ("[1] + [dyn('string')]", "list(dyn)"),
        ("d.a['b'].c.filter(x, x.name == 'hobbies')", "list(dyn)"),
        ("[1].map(x, [x, x]).map(x, [x, x])", "list(list(list(int)))"),
        ("[{}.map(c,c,c)]+[{}.map(c,c,c)]", "list(list(bool))"),
        ("{}.map(c,[c,type(c)])", "list(list(dyn))"),
        ("m.?b", "optional_type(string)"),
        ("a.b.c", "optional_type(string)"),
        ("has(a.b.c)", "bool"),
        ("{?'key': {'a': 'b'}.?value}", "map(string, string)"),
        ("[?m.?a, 'world']", "list(string)"),
        ("m.?a.orValue('x')", "string"),
        ("m.?a.optMap(v, size(v))", "optional_type(int)"),
        ("1 <= 1.0 && 1u <= 1.0 && 1.0 <= 1", "bool"),
        ("[0].exists(x, x != .x.number)", "bool"),
        ("[{'z': 0}].exists(y, y.z == 0)", "bool"),
        ("[1, 2].transformMap(i, v, v + i)", "map(int, int)"),
        ("cel.bind(v, [1], v + v)", "list(int)"),
        ("math.greatest(1, 2, 3)", "int"),
        (".ii", "int"),
    ] {
        let checked = environment.compile(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
        assert_eq!(checked.output().to_string(), expected, "{text}");
    }
}

#[test]
fn type_errors_are_reported_at_their_location() {
    let environment = environment(&Language::everything());
    for (text, at) in [
        ("foo", "foo"),
        ("foo()", "foo()"),
        ("'s'.foo()", "'s'.foo()"),
        ("1 + is", "1 + is"),
        ("x.number != null", "x.number != null"),
        ("x.names == null", "x.names == null"),
        ("x.undefined", "x.undefined"),
        ("has(x.undefined)", "has(x.undefined)"),
        ("is.length", "is.length"),
        ("[].length", "[].length"),
        ("is.all(c, true)", "is"),
        ("x.names.all(c, 0)", "0"),
        ("x.names.exists(y, y != '') && y != ''", "y"),
        ("m[1u]", "m[1u]"),
        ("{?'key': 'hi'}", "'hi'"),
        ("[?'value']", "'value'"),
        ("int{}", "int{}"),
        ("Msg{}", "Msg{}"),
        ("is && true", "is"),
        ("!ii", "!ii"),
        ("is < ii", "is < ii"),
        ("1 in is", "1 in is"),
        ("true ? 1 : 'a'", "true ? 1 : 'a'"),
        ("[].map(x, [].map(y, x in y && y in x))", "y in x"),
        ("is.startsWith(1)", "is.startsWith(1)"),
        ("matches(is)", "matches(is)"),
    ] {
        let faults = environment.compile(text).map(|checked| checked.output().clone()).expect_err(text);
        let span = &faults[0].span;
        assert_eq!(&text[span.start as usize..span.end as usize], at, "{text}: {faults:?}");
    }
}

#[test]
fn rules_depend_on_the_version() {
    let compiles = |text: &str, minor| environment(&Language::of_kubernetes(minor)).compile(text).is_ok();
    for (text, since) in
        [("1 < 1.5", 29), ("m.?a.hasValue()", 29), ("[1, 2].all(i, v, i < v)", 33), ("[3, 1].sortBy(x, x) == [1, 3]", 35)]
    {
        assert!(!compiles(text, since - 1) && compiles(text, since), "{text}");
    }
    // Literals are validated since 1.29, which means by servers of version 1.30.
    for text in [
        "duration('tomorrow') > duration('1s')",
        "timestamp('2020-13-01T00:00:00Z') > t",
        "matches('[', '[')",
        "[dyn(1), 2] == []",
    ] {
        assert!(compiles(text, 29), "{text}");
    }
    for text in ["duration('tomorrow') > duration('1s')", "timestamp('2020-13-01T00:00:00Z') > t", "[dyn(1), 2] == []"] {
        assert!(!compiles(text, 30), "{text}");
    }
    assert!(!compiles("[1, 'a'] == []", 25));
    assert!(compiles("[1, 2].all(x, x < 1.5)", 25));
    for text in ["'%d'.format([is]) == ''", "'%s'.format([]) == ''", "'%q'.format([1]) == ''", "''.format([1]) == ''"] {
        assert!(!compiles(text, 30), "{text}");
    }
    assert!(compiles("'%% %d %.2f %s %x'.format([ii, dyn(1.5), [is], is]) == ''", 30));
    // Only the first argument is checked, which is the pattern in a method call.
    assert!(!compiles("is.matches('[')", 30) && compiles("matches(is, '[')", 30));
}
