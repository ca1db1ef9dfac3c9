//! What expressions yield and cost, and where they stop.

use std::sync::Arc;

use super::environment::Language;
use super::expression::Outcome;
use super::machine::{Budget, Failure, Limits};
use super::program::Program;
use super::run::Evaluation;
use super::types::Type;
use super::value::{Entries, Key, Map, Value};

/// Evaluates an expression over `list` and `text`, and over a map `m` with the field `a`.
fn evaluate(text: &str, limits: &Limits) -> Evaluation {
    let mut entries = Entries::default();
    entries.insert(Key::String("a".into()), Value::Map(Map::Own(Arc::default())));
    let variables = [
        ("list", Value::list((1..=5).map(Value::Int).collect())),
        ("text", Value::string("x".repeat(500))),
        ("m", Value::Map(Map::Own(Arc::new(entries)))),
    ];
    let environment = variables.iter().fold(Language::everything().environment(), |all, (name, _)| all.with(name, Type::Dyn));
    let checked = environment.compile(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    Program::new(checked).evaluate(&variables, limits)
}

#[test]
fn expressions_are_evaluated() {
    for text in [
        "1 + 2 * 3 == 7 && -7 / 2 == -3 && -7 % 2 == -1",
        "9223372036854775807u + 1u == 9223372036854775808u",
        "dyn(1) == 1u && dyn(1.0) == 1 && 1 < 1.5 && 2u > 1 && dyn('1') != 1",
        "false && 1 / 0 == 1 || true",
        "(1 / 0 == 1 || true) && !(1 / 0 == 1 && false)",
        "[0, 1].exists(x, 1 / x == 1) && ![0, 1].all(x, 1 / x == 2)",
        "{1: 'a', 2u: 'b', true: 'c', 's': 'd'}[dyn(2.0)] == 'b'",
        "[3, 1, 2].sort() == [1, 2, 3] && ['bb', 'a'].sortBy(s, s.size()) == ['a', 'bb']",
        "list.map(x, x * 2).filter(x, x > 4) == [6, 8, 10] && list.exists_one(x, x == 3)",
        "['a', 'b'].transformMap(i, v, v + string(i)) == {0: 'a0', 1: 'b1'}",
        "['a', 'b'].transformList(i, v, i > 0, v) == ['b'] && {'k': 1}.all(k, v, k == 'k' && v == 1)",
        "m.?b.hasValue() == false && m.?a.optMap(a, a.size()).value() == 0 && [?m.?b, 1] == [1]",
        "m.?a.b == optional.none() && m[?'a'].orValue({'x': 1}) == {} && !has(m.?a.b)",
        "type(1) == int && type(timestamp('2020-01-01T00:00:00Z')) == google.protobuf.Timestamp",
        "string(1234567.5) == '1.2345675e+06' && string(duration('1h')) == '3600s' && int('-7') == -7",
        "timestamp('2020-01-01T00:00:00+02:00').getHours() == 22 && duration('90m').getHours() == 1",
        "'a,b,c'.split(',', 2) == ['a', 'b,c'] && 'abc'.replace('', '-') == '-a-b-c-' && 'tacocat'.lastIndexOf('ac', 3) == 1",
        "'héllo'.size() == 5 && 'héllo'.charAt(1) == 'é' && 'héllo'.substring(1, 3) == 'él' && 'Héllo'.lowerAscii() == 'héllo'",
        "'abc123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]', 1) == ['1'] && 'x'.matches('^.$')",
        "quantity('1.5Gi').add(quantity('512Mi')) == quantity('2Gi') && sign(quantity('-1')) == -1",
        "semver('v1.02', true).minor() == 2 && semver('1.0.0-a.2').isLessThan(semver('1.0.0-a.10')) && !isSemver('1.0')",
        "url('https://u@a.com:80/p%20q?k=v&k=w').getQuery()['k'] == ['v', 'w'] && !isURL('../x')",
        "cidr('192.168.1.7/24').masked() == cidr('192.168.1.0/24') && string(ip('::0001')) == '::1' && !isIP('::ffff:1.2.3.4')",
        "format.named('labelValue').value().validate('-').hasValue()",
        "!format.uuid().validate('123e4567-e89b-12d3-a456-426614174000').hasValue()",
        "[1, 2, 2].distinct() == [1, 2] && [[1], [2, [3]]].flatten() == [1, 2, [3]] && [1, 2, 3].slice(1, 2) == [2]",
        "sets.contains([1, 2u], [2.0]) && [1, 2].sum() == 3 && ['b', 'a'].min() == 'a' && [1, 1].lastIndexOf(1) == 1",
        "jsonpatch.escapeKey('a/b~c') == 'a~1b~0c' && strings.quote('a\"b') == '\"a\\\\\"b\"'",
        "'%s: %d of %.1f'.format(['a', 1, 2.25]) == 'a: 1 of 2.2' && math.greatest(1, 2.5) == 2.5",
    ] {
        assert_eq!(Outcome::from(evaluate(text, &Limits::FREE).result), Outcome::Bool(true), "{text}");
    }
}

#[test]
fn what_fails_on_the_server_fails_here() {
    for (text, cause) in [
        ("1 / 0", "division by zero"),
        ("9223372036854775807 + list[0]", "integer overflow"),
        ("m.b", "there is no `b`"),
        ("list[5]", "out of bounds"),
        ("dyn('a') + 1", "no such overload"),
        ("{'a': 1, 'a': 2}", "repeated"),
        ("optional.none().value()", "dereference"),
        ("text.substring(600)", "out of range"),
        ("text.matches(text.substring(0, 0) + '(')", "regular expression"),
        ("quantity('x')", "quantity"),
        ("[].max()", "empty list"),
    ] {
        match evaluate(text, &Limits::FREE).result {
            Err(Failure::Error(found)) => assert!(found.contains(cause), "{text}: {found}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    let unknown = evaluate("timestamp('2020-01-01T00:00:00Z').getHours('Europe/Paris') == 1", &Limits::FREE).result;
    assert!(matches!(unknown, Err(Failure::Unknown(_))));
}

/// The numbers of `runtimecost_test.go`, where constants are not computed anew (`OptOptimize`) and `has()` is free.
#[test]
fn costs_are_those_of_the_server() {
    for (text, cost) in [
        ("'Hello'", 0),
        ("list", 1),
        ("list[0]", 2),
        ("list[3 - 3]", 3),
        ("m.a", 2),
        ("has(m.a)", 1),
        ("has(m.a.b)", 2),
        ("[1, 2, 3]", 0),
        ("[list[0]]", 12),
        ("{'a': list[0]}", 32),
        ("[1, 2, 3].all(x, true)", 10),
        ("text.matches('[0-9]')", 103),
        ("true || false", 0),
        ("1 < 2", 1),
        ("2 in [1, 2, 3]", 0),
        ("2 in list", 6),
        ("'12345678901234567890' == '123456789012345678901234567890'", 2),
        ("bytes(text)", 51),
        ("text.contains(text)", 2502),
        ("list.size()", 2),
        ("(1 > 2 ? 5 : 3) > 1", 2),
        ("[1, 2, 3, 4, 5].map(x, x)", 66),
        ("[1, 2, 3].all(i, i in [1, 2, 3].map(j, j + j))", 56),
        ("list.all(x, list[x - 1] > 0)", 42),
        ("list.sum()", 6),
        ("lists.range(5)", 16),
        ("quantity('10').isGreaterThan(quantity('9'))", 3),
    ] {
        let evaluation = evaluate(text, &Limits::RULE);
        assert_eq!((evaluation.cost, evaluation.result.is_ok()), (cost, true), "{text}");
    }
}

#[test]
fn nothing_exceeds_its_budget() {
    let doubled = format!("['{}'].map(a, a)", "x".repeat(40)) + &".map(a, a + a)".repeat(40);
    let shared = (0..60).fold("v == v".to_owned(), |inner, _| format!("[[v, v]].all(v, {inner})"));
    let shared = format!("[1].all(v, {shared})");
    let repeated =
        format!("list.map(x, '{}').map(x, x.replace('', x)).map(x, x.replace('', x)).map(x, x.replace('', x))", "x".repeat(300));
    for text in [
        doubled.as_str(),
        shared.as_str(),
        repeated.as_str(),
        "lists.range(9223372036854775807)",
        "lists.range(100000).map(a, lists.range(100000))",
        "lists.range(3000).all(a, lists.range(3000).all(b, true))",
        "lists.range(4000).map(a, a).distinct()",
        "lists.range(1000).all(a, text.matches('(x+x+)+y' + string(a)) || true)",
    ] {
        for limits in [Limits::FREE, Limits::RULE] {
            let result = evaluate(text, &limits).result.map(|_| ());
            assert!(matches!(result, Err(Failure::Budget(_))), "{text}: {result:?}");
        }
    }
    // The budget is no error that `||` could do without.
    let limits = Limits { cost: Some(10), ..Limits::RULE };
    let result = evaluate("list.all(x, x > 0) || true", &limits).result;
    assert_eq!(result.map(|_| ()), Err(Failure::Budget(Budget::Cost(10))));
}

#[test]
fn deep_expressions_end() {
    let deep = |times: usize| "1".to_owned() + &" + 1".repeat(times);
    assert!(evaluate(&format!("{} > 0", deep(200)), &Limits::FREE).result.is_ok());
}
