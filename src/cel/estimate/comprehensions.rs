//! What comprehensions cost.
//!
//! Behaviour: `costComprehension`, `costBind` and the local variables of cel-go's `checker/cost.go`.

use super::super::ast::{Comprehension, Expr, Kind, Literal};
use super::super::types::Type;
use super::estimator::{Coster, Local};
use super::range::Range;

/// Which part of its range a variable is.
#[derive(Clone, Copy)]
enum Part {
    Key,
    Value,
}

impl<'c> Coster<'c> {
    pub(super) fn comprehension(&mut self, expr: &'c Expr, c: &'c Comprehension) -> Range {
        let mut cost = self.cost(&c.iter_range).plus(self.cost(&c.accu_init));
        self.bind(&c.accu_var, &c.accu_init);
        if is_bind(c) {
            cost = cost.plus(self.cost(&c.result));
            self.locals.pop();
            self.copy_sizes(expr, &c.result);
            return cost;
        }
        let outside = self.locals.len();
        let is_list = match self.entries_of(&c.iter_range) {
            Some(entries) => entries.is_list,
            None => matches!(self.checked.type_of(&c.iter_range), Type::List(_)),
        };
        match &c.iter_var2 {
            Some(second) => {
                self.iterate(&c.iter_var, &c.iter_range, Part::Key, is_list);
                self.iterate(second, &c.iter_range, Part::Value, is_list);
            }
            None => self.iterate(&c.iter_var, &c.iter_range, if is_list { Part::Value } else { Part::Key }, is_list),
        }
        let of_condition = self.cost(&c.loop_condition);
        let of_step = self.cost(&c.loop_step);
        self.locals.truncate(outside);
        cost = cost.plus(self.cost(&c.result));
        self.locals.pop();
        let times = self.size_or_unknown(&c.iter_range);
        cost = cost.plus(times.times(of_step.plus(of_condition)));
        match &c.accu_init.kind {
            Kind::Literal(_) => {
                let size = self.size(&c.accu_init);
                self.set_size(expr, size);
            }
            Kind::List(_) | Kind::Map(_) => {
                self.set_size(expr, Some(times));
                self.set_entries(expr, self.entries_of(&c.loop_step));
            }
            _ => {}
        }
        cost
    }

    /// A variable that stands for an expression.
    fn bind(&mut self, name: &str, value: &Expr) {
        let (path, entries) = (self.path(value), self.entries_of(value));
        let size = self.size(value);
        self.locals.push(Local { name: name.into(), path, size, entries });
    }

    fn iterate(&mut self, name: &str, range: &Expr, part: Part, is_list: bool) {
        let mut path = self.path(range);
        path.push(match (part, is_list) {
            (Part::Key, true) => "@indices".into(),
            (Part::Key, false) => "@keys".into(),
            (Part::Value, true) => "@items".into(),
            (Part::Value, false) => "@values".into(),
        });
        let size = self.entries_of(range).map(|entries| match part {
            Part::Key => entries.key,
            Part::Value => entries.value,
        });
        self.locals.push(Local { name: name.into(), path, size, entries: None });
    }
}

/// Whether it is a `cel.bind` or the like, which goes through nothing.
fn is_bind(c: &Comprehension) -> bool {
    matches!(&c.iter_range.kind, Kind::List(items) if items.is_empty())
        && matches!(c.loop_condition.kind, Kind::Literal(Literal::Bool(false)))
}
