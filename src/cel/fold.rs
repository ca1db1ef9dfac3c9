//! Evaluates comprehensions, the expansions of macros such as `all` and `map`.

use super::ast::{Comprehension, Expr, Kind, Literal};
use super::evaluate::Evaluator;
use super::machine::Failure;
use super::value::{Key, List, Map, Value};

/// The list or map to iterate over.
enum Range {
    List(List),
    Map(Map, Vec<Key>),
}

impl Range {
    fn len(&self) -> usize {
        match self {
            Range::List(list) => list.len(),
            Range::Map(_, keys) => keys.len(),
        }
    }

    /// The values of the variables: for one, the item or key; for two, the index or key, and the value.
    fn at(&self, at: usize, with_two: bool) -> Option<(Value, Option<Value>)> {
        Some(match (self, with_two) {
            (Range::List(list), false) => (list.get(at)?, None),
            (Range::List(list), true) => (Value::Int(at as i64), Some(list.get(at)?)),
            (Range::Map(_, keys), false) => (keys.get(at)?.value(), None),
            (Range::Map(map, keys), true) => (keys.get(at)?.value(), Some(map.get(keys.get(at)?)?)),
        })
    }
}

impl<'p> Evaluator<'p, '_, '_> {
    /// Evaluates a comprehension.
    #[inline(never)]
    pub(super) fn fold(&mut self, c: &'p Comprehension) -> Result<Value, Failure> {
        let range = match self.evaluate(&c.iter_range)? {
            Value::List(list) => Range::List(list),
            Value::Map(map) => {
                self.machine.allocate_items(map.len())?;
                let keys = map.keys();
                Range::Map(map, keys)
            }
            _ => return Err(super::library::no_overload()),
        };
        let outside = self.scope.len();
        let start = self.evaluate(&c.accu_init);
        self.scope.push((&c.accu_var, start));
        let run = self.iterate(c, &range, outside);
        self.scope.truncate(outside + 1);
        let result = run.and_then(|()| self.evaluate(&c.result));
        self.scope.truncate(outside);
        result
    }

    /// Iterates over the items while the condition is true; the accumulator is at this index of the scope.
    fn iterate(&mut self, c: &'p Comprehension, range: &Range, place: usize) -> Result<(), Failure> {
        for at in 0..range.len() {
            let Some((first, second)) = range.at(at, c.iter_var2.is_some()) else { break };
            self.scope.truncate(place + 1);
            self.scope.push((&c.iter_var, Ok(first)));
            if let (Some(name), Some(second)) = (&c.iter_var2, second) {
                self.scope.push((name, Ok(second)));
            }
            if let Value::Bool(false) = self.evaluate(&c.loop_condition)? {
                break;
            }
            let step = self.evaluate(&c.loop_step);
            // An error becomes the value of the accumulator, which a later step may not need; an exceeded budget does not.
            let is_final = match &step {
                Err(Failure::Budget(_)) => true,
                Err(_) => is_true(&c.loop_condition),
                Ok(_) => false,
            };
            if is_final {
                return step.map(drop);
            }
            if let Some((_, accumulator)) = self.scope.get_mut(place) {
                *accumulator = step;
            }
        }
        Ok(())
    }
}

fn is_true(node: &Expr) -> bool {
    matches!(node.kind, Kind::Literal(Literal::Bool(true)))
}
