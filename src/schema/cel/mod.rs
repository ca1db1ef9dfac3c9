//! Evaluates CEL rules (`x-kubernetes-validations`) for values that have a schema.
//!
//! [`structural`](super::structural) contains the source text of a rule, which is compiled here on first use. All functions are
//! available: whether a version of Kubernetes supports a function is checked when definitions are validated, with the types of
//! [`declare`]. Behavior: apiextensions-apiserver's `schema/cel`.

pub mod declare;
#[cfg(test)]
mod declare_table;
pub mod names;
mod value;

use std::sync::{Arc, LazyLock};

use super::structural::Structural;
use crate::cel::environment::{Environment, Language};
use crate::cel::expression::{Expression, Outcome};
use crate::cel::machine::Limits;
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::yaml::Node;

/// The total cost limit for the rules of one object (`RuntimeCELCostBudget`).
pub const BUDGET: u64 = 10_000_000;

/// The cost limit of one evaluation (`PerCallLimit`).
pub const CALL_LIMIT: u64 = 1_000_000;

/// The environment of rules.
static ENVIRONMENT: LazyLock<Environment> =
    LazyLock::new(|| Language::everything().environment().with("self", Type::Dyn).with("oldSelf", Type::Dyn));

/// Whether a rule uses the old object.
pub fn uses_old_self(expression: &Expression) -> bool {
    expression.program(&ENVIRONMENT).is_ok_and(|program| program.uses("oldSelf"))
}

/// Evaluates a rule for a value that has this schema, and returns the cost. There is no old value.
pub fn evaluate(expression: &Expression, node: &Node, schema: &Arc<Structural>, is_root: bool) -> (Outcome, u64) {
    let program = match expression.program(&ENVIRONMENT) {
        Ok(program) => program,
        Err(cause) => return (Outcome::Unknown(cause.into()), 0),
    };
    let variables = [("self", value::of(node, schema, is_root)), ("oldSelf", Value::Optional(None))];
    let evaluation = program.evaluate(&variables, &Limits::RULE);
    (evaluation.result.into(), evaluation.cost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Records;
    use crate::schema::structural::Structural;
    use crate::yaml::Dialect;

    fn read(text: &str) -> Node {
        let mut records = Records::default();
        let source = records.sources.add("test", text);
        let step = records.provenance.step("", "test");
        records.documents(source, step, Dialect::Manifest).unwrap().remove(0)
    }

    fn schema() -> Arc<Structural> {
        Arc::new(Structural::of(&read(
            "type: object\nproperties:\n  name: {type: string}\n  replicas: {type: integer, default: 3}\n  max: {type: integer}\n  \
             tags: {type: array, items: {type: string}}\n  labels: {type: object, additionalProperties: {type: string}}\n  \
             size: {x-kubernetes-int-or-string: true}\n  my-field: {type: boolean}\n  wait: {type: string, format: duration}\n  \
             at: {type: string, format: date-time}\n  none: {type: string, nullable: true}\n",
        )))
    }

    fn ask(rule: &str, value: &str) -> Outcome {
        evaluate(&Expression::new(rule), &read(value), &schema(), false).0
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
    fn functions_of_kubernetes_are_supported() {
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
    fn unsupported_rules_are_not_errors() {
        assert!(matches!(ask("self.name.unheardOf()", "name: x"), Outcome::Unknown(_)));
        assert!(matches!(ask("self.(", "name: x"), Outcome::Unknown(_)));
        assert_eq!(ask("self.name == 'x'", "max: 1"), Outcome::Failed("no such key: `name`".into()));
        assert_eq!(ask("'the name is ' + self.name", "name: x"), Outcome::Text("the name is x".into()));
        assert!(uses_old_self(&Expression::new("self.a == oldSelf.a")));
    }
}
