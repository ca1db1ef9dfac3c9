//! Macros: calls that become other expressions, most of them comprehensions.
//!
//! Behaviour: `parser/macro.go` of cel-go, `cel/library.go` for optional values, `ext/bindings.go`, `ext/lists.go` and
//! `ext/math.go`. Those with two variables are in [`super::macros_two`].

use std::ops::Range;

use super::ast::{Expr, Fault, Kind, Literal};
use super::macros_two;
use super::make::{Make, call, fault, iteration_variable, simple_name, take};

/// How many nodes a macro may copy: a chain of `optMap` would double without an end.
const MOST_COPIED: usize = 10_000;

/// Which syntax and macros there are.
#[derive(Clone, Debug)]
pub struct Syntax {
    /// `a.?b`, `a[?b]`, `[?a]`, `optMap`, `optFlatMap`.
    pub optional: bool,
    /// `existsOne`.
    pub exists_one: bool,
    /// Comprehensions with two variables.
    pub two_variables: bool,
    /// `sortBy`.
    pub sort_by: bool,
    /// `cel.bind`, which Kubernetes has for devices only.
    pub bind: bool,
    /// `math.greatest` and `math.least`, which Kubernetes lacks.
    pub math: bool,
}

impl Syntax {
    /// All that is known here.
    pub const EVERYTHING: Syntax =
        Syntax { optional: true, exists_one: true, two_variables: true, sort_by: true, bind: true, math: true };

    /// What a version of Kubernetes has: 1.`minor` of `pkg/cel/environment/base.go`.
    pub fn of(minor: u16) -> Syntax {
        Syntax {
            optional: minor >= 28,
            exists_one: minor >= 31,
            two_variables: minor >= 32,
            sort_by: minor >= 34,
            bind: false,
            math: false,
        }
    }
}

/// A call, or what the macro of that name makes of it.
pub(super) fn expand(
    span: Range<u32>,
    name: &str,
    target: Option<Expr>,
    args: Vec<Expr>,
    syntax: &Syntax,
) -> Result<Expr, Fault> {
    let make = Make { span: span.clone() };
    let Some(target) = target else {
        return match (name, args.len()) {
            ("has", 1) => make.has(args),
            _ => Ok(call(span, name, None, args)),
        };
    };
    match (name, args.len()) {
        ("all" | "exists" | "exists_one", 2) => make.quantifier(name, target, args),
        ("existsOne", 2) if syntax.exists_one => make.quantifier(name, target, args),
        ("map", 2 | 3) => make.map(target, args),
        ("filter", 2) => make.filter(target, args),
        ("optMap" | "optFlatMap", 2) if syntax.optional => make.optional(name, target, args),
        ("sortBy", 2) if syntax.sort_by => make.sort_by(target, args),
        ("bind", 3) if syntax.bind && is_name(&target, "cel") => make.bind(args),
        ("greatest" | "least", 1..) if syntax.math && is_name(&target, "math") => make.extreme(name, args),
        _ if syntax.two_variables && macros_two::is_macro(name, args.len()) => macros_two::expand(&make, name, target, args),
        _ => Ok(call(span, name, Some(target), args)),
    }
}

fn is_name(expr: &Expr, wanted: &str) -> bool {
    matches!(&expr.kind, Kind::Ident(name) if name == wanted)
}

impl Make {
    fn has(&self, args: Vec<Expr>) -> Result<Expr, Fault> {
        let [arg] = take(args, &self.span)?;
        let place = arg.span.clone();
        match arg.kind {
            Kind::Select { operand, field, test: false } => Ok(self.node(Kind::Select { operand, field, test: true })),
            _ => Err(fault(&place, "`has` takes a field, such as `has(a.b)`")),
        }
    }

    fn quantifier(&self, name: &str, target: Expr, args: Vec<Expr>) -> Result<Expr, Fault> {
        let [variable, predicate] = take(args, &self.span)?;
        let variable = iteration_variable(&variable)?;
        let source = match name {
            "all" => "all",
            "exists" => "exists",
            _ => "exists_one",
        };
        Ok(self.fold(source, target, (variable, None), self.quantifier_parts(name, predicate)))
    }

    /// `range.map(x, f)` and `range.map(x, filter, f)`.
    fn map(&self, target: Expr, args: Vec<Expr>) -> Result<Expr, Fault> {
        let (variable, filter, transform) = match args.len() {
            2 => {
                let [variable, transform] = take(args, &self.span)?;
                (variable, None, transform)
            }
            _ => {
                let [variable, filter, transform] = take(args, &self.span)?;
                (variable, Some(filter), transform)
            }
        };
        let variable = iteration_variable(&variable)?;
        let step = self.call("_+_", vec![self.result(), self.list(vec![transform])]);
        let parts = [self.list(Vec::new()), self.literal(Literal::Bool(true)), self.filtered(filter, step), self.result()];
        Ok(self.fold("map", target, (variable, None), parts))
    }

    fn filter(&self, target: Expr, args: Vec<Expr>) -> Result<Expr, Fault> {
        let [variable, predicate] = take(args, &self.span)?;
        let name = iteration_variable(&variable)?;
        let step = self.call("_+_", vec![self.result(), self.list(vec![variable])]);
        let parts =
            [self.list(Vec::new()), self.literal(Literal::Bool(true)), self.filtered(Some(predicate), step), self.result()];
        Ok(self.fold("filter", target, (name, None), parts))
    }

    /// `a.optMap(x, f)`: `a.hasValue() ? optional.of(f of a.value()) : optional.none()`.
    fn optional(&self, name: &str, target: Expr, args: Vec<Expr>) -> Result<Expr, Fault> {
        let [variable, transform] = take(args, &self.span)?;
        let variable = simple_name(&variable)?;
        let mut copied = 0;
        target.walk(&mut |_| copied += 1);
        if copied > MOST_COPIED {
            return Err(fault(&target.span, "the receiver of the macro is too large"));
        }
        let value = self.method(target.clone(), "value", Vec::new());
        let source = if name == "optMap" { "optMap" } else { "optFlatMap" };
        let mapped = self.let_in(source, &variable, value, transform);
        let mapped = if name == "optMap" { self.call("optional.of", vec![mapped]) } else { mapped };
        let has_value = self.method(target, "hasValue", Vec::new());
        Ok(self.call("_?_:_", vec![has_value, mapped, self.call("optional.none", Vec::new())]))
    }

    /// `a.sortBy(x, key)`: sorts by the list of the keys.
    fn sort_by(&self, target: Expr, args: Vec<Expr>) -> Result<Expr, Fault> {
        const INPUT: &str = "@__sortBy_input__";
        if matches!(target.kind, Kind::Literal(_) | Kind::Map(_) | Kind::Struct { .. }) {
            return Err(fault(&target.span, "`sortBy` takes a list"));
        }
        let keys = self.map(self.ident(INPUT), args)?;
        let sorted = self.method(self.ident(INPUT), "@sortByAssociatedKeys", vec![keys]);
        Ok(self.let_in("sortBy", INPUT, target, sorted))
    }

    /// `cel.bind(name, value, expression)`
    fn bind(&self, args: Vec<Expr>) -> Result<Expr, Fault> {
        let [variable, value, result] = take(args, &self.span)?;
        let variable = simple_name(&variable)?;
        Ok(self.let_in("bind", &variable, value, result))
    }

    /// `math.greatest(a, b, ...)`: several arguments become a list.
    fn extreme(&self, name: &str, mut args: Vec<Expr>) -> Result<Expr, Fault> {
        let wrong = |arg: &&Expr| match &arg.kind {
            Kind::Literal(literal) => !matches!(literal, Literal::Int(_) | Literal::Uint(_) | Literal::Double(_)),
            Kind::Map(_) | Kind::Struct { .. } => true,
            Kind::List(_) => args.len() > 1,
            _ => false,
        };
        if let Some(arg) = args.iter().find(wrong) {
            return Err(fault(&arg.span, &format!("`math.{name}` takes numbers")));
        }
        let function = if name == "greatest" { "math.@max" } else { "math.@min" };
        if args.len() > 2 {
            args = vec![self.list(args)];
        }
        Ok(self.call(function, args))
    }
}
