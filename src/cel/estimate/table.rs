//! Estimates by examples: those of `checker/cost_test.go` of cel-go.

use std::sync::Arc;

use ecow::EcoString;

use super::super::environment::Language;
use super::super::types::{Fields, ObjectType, Type};
use super::estimator::{Sizes, estimate};
use super::range::Range;

/// The largest sizes, by the path with dots.
struct Hints(&'static [(&'static str, u64)]);

impl Sizes for Hints {
    fn max_size(&self, path: &[EcoString]) -> Option<u64> {
        let path = path.join(".");
        self.0.iter().find(|(known, _)| *known == path).map(|(_, size)| *size)
    }
}

struct Message;

impl Fields for Message {
    fn name(&self) -> &str {
        "Message"
    }

    fn field(&self, name: &str) -> Option<Type> {
        (name == "number").then_some(Type::Int)
    }
}

/// Types as the table writes them.
fn type_of(text: &str) -> Type {
    let inner = |prefix: &str| text.strip_prefix(prefix).map(|inner| Arc::new(type_of(inner)));
    if let Some(of) = inner("list ") {
        return Type::List(of);
    }
    if let Some(of) = inner("map ") {
        return Type::Map(Arc::new(Type::String), of);
    }
    match text {
        "int" => Type::Int,
        "bool" => Type::Bool,
        "double" => Type::Double,
        "string" => Type::String,
        "timestamp" => Type::Timestamp,
        _ => Type::Object(ObjectType(Arc::new(Message))),
    }
}

type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [(&'static str, u64)], u64, u64);

const UNLIMITED: u64 = 1_844_674_407_370_955_266;

const TABLE: &[Case] = &[
    ("'Hello World!'", &[], &[], 0, 0),
    ("input", &[("input", "list int")], &[], 1, 1),
    ("input['key']", &[("input", "map string")], &[], 2, 2),
    ("input.number", &[("input", "message")], &[], 2, 2),
    ("has(input.number)", &[("input", "message")], &[], 1, 1),
    ("has(input.a.b)", &[("input", "map map message")], &[], 2, 2),
    ("[1, 2, 3]", &[], &[], 10, 10),
    ("{'a': 1, 'b': 2, 'c': 3}", &[], &[], 30, 30),
    ("input.all(x, true)", &[("input", "list message")], &[("input", 100)], 2, 302),
    ("input.all(x, x.all(y, true))", &[("input", "list list message")], &[("input", 50), ("input.@items", 10)], 2, 1752),
    ("[1, 2, 3].all(x, true)", &[], &[], 20, 20),
    ("input.matches('[0-9]')", &[("input", "string")], &[("input", 500)], 3, 103),
    ("'123'.matches('[0-9]')", &[], &[], 2, 2),
    ("true || false", &[], &[], 0, 0),
    ("a || b || c || d", &[("a", "bool"), ("b", "bool"), ("c", "bool"), ("d", "bool")], &[], 1, 4),
    ("a && b && c && d", &[("a", "bool"), ("b", "bool"), ("c", "bool"), ("d", "bool")], &[], 1, 4),
    ("1 < 2", &[], &[], 1, 1),
    ("1 == 2", &[], &[], 1, 1),
    ("2 in [1, 2, 3]", &[], &[], 13, 13),
    ("1 % 1", &[], &[], 1, 1),
    ("true ? 1 : 2", &[], &[], 0, 0),
    ("size('123')", &[], &[], 1, 1),
    ("bytes(input)", &[("input", "string")], &[("input", 500)], 1, 51),
    ("bytes(input) == bytes(input)", &[("input", "string")], &[("input", 500)], 3, 302),
    ("string(1)", &[], &[], 1, 1),
    ("input.contains(arg)", &[("input", "string"), ("arg", "string")], &[("input", 500), ("arg", 500)], 2, 2502),
    ("input.startsWith(arg)", &[("input", "string"), ("arg", "string")], &[("arg", 500)], 2, 52),
    ("input.size()", &[("input", "string")], &[], 2, 2),
    ("(x > 2 ? a : b).all(y, true)", &[("x", "int"), ("a", "list int"), ("b", "list int")], &[("a", 1), ("b", 1)], 4, 7),
    ("input.all(k, input[k].number > 3)", &[("input", "map message")], &[("input", 10)], 2, 82),
    ("input.all(k, input[k].all(x, true))", &[("input", "map map message")], &[("input", 5), ("input.@values", 10)], 2, 187),
    ("input.all(k, k.contains(k))", &[("input", "map map message")], &[("input", 5), ("input.@keys", 10)], 2, 32),
    (
        "input.all(k, input[k].all(k, true) && k.contains(k))",
        &[("input", "map map message")],
        &[("input", 2), ("input.@values", 2), ("input.@keys", 5)],
        2,
        34,
    ),
    ("(a + b).all(x, true)", &[("a", "list int"), ("b", "list int")], &[("a", 10), ("b", 10)], 4, 64),
    ("'abcdefg'.contains(a + b)", &[("a", "string"), ("b", "string")], &[("a", 10), ("b", 10)], 2, 6),
    ("a.size() == b.size()", &[("a", "list int"), ("b", "list int")], &[], 5, 5),
    ("x > y ? a.size() : b.size()", &[("x", "int"), ("y", "int"), ("a", "list int"), ("b", "list int")], &[], 5, 5),
    (
        "([x, y] + a + b).size()",
        &[("x", "int"), ("y", "int"), ("a", "list int"), ("b", "list int")],
        &[("a", 10), ("b", 20)],
        17,
        17,
    ),
    (
        "[a, b].exists(l, l.exists(v, v.startsWith('hi')))",
        &[("a", "list string"), ("b", "list string")],
        &[("a", 10), ("a.@items", 64), ("b", 20), ("b.@items", 128)],
        21,
        265,
    ),
    ("((5 != 6) == (1 == 2)) == ((3 <= 4) == (9 != 9))", &[], &[], 7, 7),
    ("a == b", &[("a", "timestamp"), ("b", "timestamp")], &[], 3, 3),
    ("[1,2,3,4,5].filter(x, x % 2 == 0)", &[], &[], 41, 101),
    ("[1,2,3,4,5].map(x, x)", &[], &[], 86, 86),
    ("[1,2,3,4,5].map(x, x).filter(x, x % 2 == 0)", &[], &[], 117, 177),
    ("[1,2,3,4,5].map(x, x).exists(x, x == 5) == true", &[], &[], 108, 118),
    ("[1,2,3,4,5].map(x, x).map(x, x)", &[], &[], 162, 162),
    ("[1,2,3,4,5].map(x, x)[4]", &[], &[], 87, 87),
    ("[[1,2],[1,2],[1,2],[1,2],[1,2]][4]", &[], &[], 61, 61),
    ("{'a': [1,2], 'b': [1,2], 'c': [1,2], 'd': [1,2], 'e': [1,2]}.b", &[], &[], 81, 81),
    ("[[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]].all(y, y.all(y, y == 1))", &[], &[], 76, 136),
    ("[1,2,3,4,5].map(x, [x, x]).all(y, y.all(y, y == 1))", &[], &[], 157, 217),
    ("['a', 'ab', 'abc', 'abcd', 'abcde'].map(x, [x, x]).all(y, y.all(y, y.startsWith('a')))", &[], &[], 157, 217),
    (
        "input.map(x, [x, x]).all(y, y.all(y, y.startsWith('a')))",
        &[("input", "list string")],
        &[("input", 5), ("input.@items", 10)],
        13,
        208,
    ),
    ("[1,2,3,4,5].map(x, x).map(x, x) + [1]", &[], &[], 173, 173),
    ("[1,2,3].all(i, i in [1,2,3].map(j, j + j))", &[], &[], 20, 230),
    ("dyn([1,2,3]).all(i, i in dyn([1,2,3]).map(j, j + j))", &[], &[], 21, 234),
    ("{'hello': 'hi'}['hello'] != {'hello': 'bye'}['hello']", &[], &[], 63, 63),
    ("['hello', 'hi'][0] != ['hello', 'bye'][1]", &[], &[], 23, 23),
    ("type(1)", &[], &[], 1, 1),
    ("type(self.a) == int", &[("self", "map int")], &[], 5, UNLIMITED + 2),
    ("type(1) == int", &[], &[], 3, UNLIMITED),
    ("self.a == 1.0", &[("self.a", "double")], &[], 2, 2),
    ("self.a == 1.0", &[("self", "map double")], &[], 3, 3),
    ("self.a != self.b", &[("self", "map bool")], &[], 5, 5),
];

#[test]
fn estimates_are_those_of_cel_go() {
    for (text, variables, hints, min, max) in TABLE {
        let mut environment = Language::everything().environment();
        for (name, of) in *variables {
            environment.declare(name, type_of(of));
        }
        let checked = environment.compile(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
        assert_eq!(estimate(&checked, &Hints(hints)), Range { min: *min, max: *max }, "{text}");
    }
}
