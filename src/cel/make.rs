//! Creates nodes of the syntax tree: for the parser, and for macros, whose nodes are all at the place of the macro.

use std::ops::Range;

use ecow::EcoString;

use super::ast::{Comprehension, Expr, Fault, Item, Kind, Literal};

/// The accumulator of macros; nobody can write this name.
pub const RESULT: &str = "@result";
/// The accumulator of macros in older versions, which nobody may use either.
const OLD_RESULT: &str = "__result__";
/// The variable of an iteration that does not happen.
pub const UNUSED: &str = "#unused";

/// A node, which gets its number in the end.
pub(super) fn node(span: Range<u32>, kind: Kind) -> Expr {
    Expr { id: 0, span, kind }
}

pub(super) fn call(span: Range<u32>, function: &str, target: Option<Expr>, args: Vec<Expr>) -> Expr {
    node(span, Kind::Call { function: function.into(), target: target.map(Box::new), args })
}

/// Makes the nodes that a macro becomes; all are where the macro is.
pub(super) struct Make {
    pub(super) span: Range<u32>,
}

impl Make {
    pub(super) fn node(&self, kind: Kind) -> Expr {
        node(self.span.clone(), kind)
    }

    pub(super) fn ident(&self, name: &str) -> Expr {
        self.node(Kind::Ident(name.into()))
    }

    pub(super) fn result(&self) -> Expr {
        self.ident(RESULT)
    }

    pub(super) fn literal(&self, literal: Literal) -> Expr {
        self.node(Kind::Literal(literal))
    }

    pub(super) fn call(&self, function: &str, args: Vec<Expr>) -> Expr {
        call(self.span.clone(), function, None, args)
    }

    pub(super) fn method(&self, target: Expr, function: &str, args: Vec<Expr>) -> Expr {
        call(self.span.clone(), function, Some(target), args)
    }

    pub(super) fn list(&self, items: Vec<Expr>) -> Expr {
        self.node(Kind::List(items.into_iter().map(|value| Item { value, optional: false }).collect()))
    }

    /// `filter ? step : @result`
    pub(super) fn filtered(&self, filter: Option<Expr>, step: Expr) -> Expr {
        match filter {
            Some(filter) => self.call("_?_:_", vec![filter, step, self.result()]),
            None => step,
        }
    }

    /// The parts of `all`, `exists` and `existsOne`: the first value, the condition, the step, the result.
    pub(super) fn quantifier_parts(&self, name: &str, predicate: Expr) -> [Expr; 4] {
        match name {
            "all" => [
                self.literal(Literal::Bool(true)),
                self.call("@not_strictly_false", vec![self.result()]),
                self.call("_&&_", vec![self.result(), predicate]),
                self.result(),
            ],
            "exists" => [
                self.literal(Literal::Bool(false)),
                self.call("@not_strictly_false", vec![self.call("!_", vec![self.result()])]),
                self.call("_||_", vec![self.result(), predicate]),
                self.result(),
            ],
            _ => {
                let one = || self.literal(Literal::Int(1));
                [
                    self.literal(Literal::Int(0)),
                    self.literal(Literal::Bool(true)),
                    self.filtered(Some(predicate), self.call("_+_", vec![self.result(), one()])),
                    self.call("_==_", vec![self.result(), one()]),
                ]
            }
        }
    }

    /// A comprehension whose accumulator is `@result`.
    pub(super) fn fold(
        &self,
        source: &'static str,
        range: Expr,
        variables: (EcoString, Option<EcoString>),
        parts: [Expr; 4],
    ) -> Expr {
        let [accu_init, loop_condition, loop_step, result] = parts;
        self.node(Kind::Comprehension(Box::new(Comprehension {
            source,
            iter_var: variables.0,
            iter_var2: variables.1,
            iter_range: range,
            accu_var: RESULT.into(),
            accu_init,
            loop_condition,
            loop_step,
            result,
        })))
    }

    /// `variable` with a value, in an expression: a comprehension over nothing.
    pub(super) fn let_in(&self, source: &'static str, variable: &str, value: Expr, result: Expr) -> Expr {
        self.node(Kind::Comprehension(Box::new(Comprehension {
            source,
            iter_var: UNUSED.into(),
            iter_var2: None,
            iter_range: self.list(Vec::new()),
            accu_var: variable.into(),
            accu_init: value,
            loop_condition: self.literal(Literal::Bool(false)),
            loop_step: self.ident(variable),
            result,
        })))
    }
}

/// The arguments of a macro, which are as many as it takes.
pub(super) fn take<const N: usize>(args: Vec<Expr>, span: &Range<u32>) -> Result<[Expr; N], Fault> {
    args.try_into().map_err(|_| fault(span, "wrong number of arguments"))
}

pub(super) fn fault(span: &Range<u32>, message: &str) -> Fault {
    Fault { span: span.clone(), message: message.to_owned() }
}

pub(super) fn simple_name(expr: &Expr) -> Result<EcoString, Fault> {
    match &expr.kind {
        Kind::Ident(name) => Ok(name.clone()),
        _ => Err(fault(&expr.span, "expected the name of a variable")),
    }
}

/// The name of an iteration variable.
pub(super) fn iteration_variable(expr: &Expr) -> Result<EcoString, Fault> {
    match simple_name(expr)? {
        name if name == RESULT || name == OLD_RESULT => Err(fault(&expr.span, "the name of the variable is reserved")),
        name => Ok(name),
    }
}
