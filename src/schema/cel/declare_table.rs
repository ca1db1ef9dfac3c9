//! Examples for the cost of rules, from `TestCostEstimation` in `schema/cel/compilation_test.go` of
//! apiextensions-apiserver.

use super::declare::Declared;
use crate::cel::environment::Language;
use crate::cel::estimate::estimate;
use crate::records::Records;
use crate::schema::structural::Structural;
use crate::yaml::Dialect;

/// The schema, the rule, the cost without limits, a limit (`$` in the schema), and the cost with this limit.
type Case = (&'static str, &'static str, u64, u64, u64);

const TABLE: &[Case] = &[
    ("{type: array, items: {type: number}, maxItems: $}", "self.all(x, true)", 4_718_591, 10, 32),
    ("{type: array, items: {type: string}, maxItems: $}", "self.all(x, true)", 3_145_727, 20, 62),
    ("{type: array, items: {type: boolean}, maxItems: $}", "self.all(x, true)", 1_887_437, 5, 17),
    ("{type: array, items: {type: array, items: {type: number}}, maxItems: $}", "self.all(x, true)", 3_145_727, 100, 302),
    (
        "{type: array, items: {type: object, required: [required], properties: {required: {type: string}, optional: {type: \
         string}}}, maxItems: $}",
        "self.all(x, true)",
        555_128,
        50,
        152,
    ),
    ("{type: object, additionalProperties: {type: number}, maxProperties: $}", "self.all(x, true)", 1_348_169, 10, 32),
    ("{type: object, additionalProperties: {type: string}, maxProperties: $}", "self.all(x, true)", 1_179_647, 3, 11),
    ("{type: object, additionalProperties: {type: boolean}, maxProperties: $}", "self.all(x, true)", 943_718, 100, 302),
    ("{type: string, maxLength: $}", "self.contains('test')", 314_574, 10, 5),
    ("{type: string, maxLength: $}", "self.startsWith('test')", 2, 15, 2),
    ("{type: string, maxLength: $}", "size(self + 'hello') > size('hello')", 314_578, 4, 7),
    ("{type: array, items: {type: number}, maxItems: $}", "self[1] == 0.0", 2, 5000, 2),
    ("{type: array, items: {type: string}, maxItems: $}", "self[1] == self[1]", 314_577, 8, 314_577),
    ("{type: array, items: {type: number}, maxItems: $}", "self.all(x, self.all(y, true))", u64::MAX, 10, 352),
    ("{type: array, items: {type: number}, maxItems: $}", "self.all(x, self.all(y, self.all(z, true)))", u64::MAX, 10, 3552),
    ("{type: string, maxLength: $}", "self.matches('x')", 314_574, 50, 22),
    ("{type: string, maxLength: $}", "''.matches('(((((((((())))))))))[0-9]')", 7, 10, 7),
    ("{type: string, maxLength: $}", "self.matches('')", 1, 100, 1),
    ("{type: string, maxLength: $}", "self == 'x'", 2, 0, 1),
    ("{type: string, format: byte, maxLength: $}", "self == b'x'", 2, 0, 1),
    ("{type: array, items: {type: number}, maxItems: $}", "self.all(x, x == 0.0)", 6_291_454, 3 * 1024 * 2048, 25_165_826),
    ("{type: array, items: {x-kubernetes-int-or-string: true}, maxItems: $}", "self.all(x, true)", 4_718_591, 10, 32),
    ("{type: array, items: {x-kubernetes-int-or-string: true}, maxItems: $}", "self[0] == 5", 3, 10, 3),
    ("{type: array, items: {type: boolean}, maxItems: $}", "self[0] == false", 2, 25, 2),
    (
        "{type: array, items: {type: object, required: [required], properties: {required: {type: string}}}, maxItems: $}",
        "self[0] == null",
        2,
        422,
        2,
    ),
    (
        "{type: array, items: {type: object, additionalProperties: {type: number}}, maxItems: $}",
        "self.all(x, x.y == 25.2)",
        6_291_452,
        12,
        74,
    ),
    ("{type: array, items: {type: object, additionalProperties: {type: number}}, maxItems: $}", "self[0].x > 2.0", 4, 3000, 4),
    ("{type: array, items: {type: string, format: duration}, maxItems: $}", "self.all(x, true)", 2_359_295, 5, 17),
    ("{type: array, items: {type: string, format: duration}, maxItems: $}", "self[0].getHours() == 2", 4, 525, 4),
    ("{type: array, items: {type: string, format: date}, maxItems: $}", "self.all(x, true)", 725_936, 15, 47),
    ("{type: array, items: {type: string, format: date-time}, maxItems: $}", "self.all(x, true)", 428_963, 25, 77),
    (
        "{type: object, additionalProperties: {type: string, format: date-time}, maxProperties: $}",
        "self.all(x, true)",
        349_526,
        25,
        77,
    ),
    ("{type: string, maxLength: $}", "self.find('[0-9]+') == ''", 629_147, 10, 11),
    ("{type: array, items: {type: string, maxLength: $}, maxItems: $}", "self.join(' ') == 'aa bb'", 329_853_068_905, 10, 43),
    ("{type: array, items: {type: string, maxLength: $}, maxItems: $}", "self.isSorted() == true", 329_854_432_052, 10, 52),
    (
        "{type: object, properties: {str: {type: string, maxLength: $}, before: {type: string, maxLength: 2}, after: \
         {type: string, maxLength: 4}}}",
        "self.str.replace(self.before, self.after) == 'does not matter'",
        629_154,
        4,
        12,
    ),
    (
        "{type: object, properties: {str: {type: string, maxLength: $}, separator: {type: string, maxLength: $}}}",
        "self.str.split(self.separator) == []",
        629_160,
        10,
        22,
    ),
    ("{type: string, maxLength: $}", "self.lowerAscii() == 'lower!'", 314_575, 10, 6),
    ("{type: object, additionalProperties: {type: integer}, maxProperties: $}", "oldSelf.size() == self.size()", 5, 10, 5),
    (
        "{type: object, additionalProperties: {type: string, format: date-time}, maxProperties: $}",
        "self['a'] == self['b']",
        8,
        7,
        8,
    ),
    ("{type: string, enum: [A, B, C, LongValue], maxLength: $}", "self.contains('A')", 2, 1000, 401),
    ("{x-kubernetes-int-or-string: true, maxLength: $}", "isQuantity(self)", 314_574, 20, 9),
];

fn cost(schema: &str, rule: &str) -> u64 {
    let mut records = Records::default();
    let source = records.sources.add("test", schema);
    let step = records.provenance.step("", "test");
    let schema = Structural::of(&records.documents(source, step, Dialect::Manifest).unwrap().remove(0));
    let declared = Declared::new(&schema, false, "self").unwrap();
    let environment = Language::of_kubernetes(36).environment();
    let environment = environment.with("self", declared.of().clone()).with("oldSelf", declared.of().clone());
    let checked = environment.compile(rule).unwrap_or_else(|faults| panic!("{rule}: {faults:?}"));
    estimate(&checked, &*declared).max
}

#[test]
fn costs_are_those_of_the_server() {
    for (schema, rule, unlimited, limit, limited) in TABLE {
        let mut without = (*schema).to_owned();
        for field in ["maxItems", "maxProperties", "maxLength"] {
            without = without.replace(&format!(", {field}: $"), "");
        }
        let found = cost(&without, rule);
        match *unlimited {
            u64::MAX => assert!(found > 10_000_000, "{schema} {rule}: {found}"),
            unlimited => assert_eq!(found, unlimited, "{schema} {rule}"),
        }
        assert_eq!(cost(&schema.replace('$', &limit.to_string()), rule), *limited, "{schema} {rule}, with {limit}");
    }
}
