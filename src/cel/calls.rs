//! Resolves the overload of a function that a call refers to; part of the checker.
//!
//! Behavior: `checkCall`, `resolveOverload`, and `checkOptSelect` of cel-go's `checker/checker.go`.

use ecow::EcoString;

use super::ast::{Expr, Kind, Literal};
use super::check::{Checker, qualified};
use super::library::Overload;
use super::types::{Signature, Type};

impl Checker<'_> {
    /// Checks a call and returns its type.
    pub(super) fn call(&mut self, expr: &mut Expr) -> Type {
        let span = expr.span.clone();
        let Kind::Call { function, target, args } = &mut expr.kind else { return Type::Dyn };
        if function == "_?._" {
            return match args.as_mut_slice() {
                [operand, Expr { kind: Kind::Literal(Literal::String(field)), .. }] => {
                    let found = self.field(operand, field, true, span);
                    let overloads = self.environment.language().function("_?._").unwrap_or_default();
                    self.choose(expr, overloads.to_vec());
                    self.bindings.substitute(&found, false)
                }
                _ => self.fault(expr, "unsupported selection of an optional field".to_owned()),
            };
        }
        let types: Vec<Type> = args.iter_mut().map(|arg| self.check(arg)).collect();
        let Some(receiver) = target else {
            let name = function.clone();
            return match self.function(&name) {
                Some((full, overloads)) => self.resolved(expr, full, overloads, types, false),
                None => self.no_function(expr, &name),
            };
        };
        let prefix = qualified(receiver).map(|parts| parts.join("."));
        if let Some(prefix) = prefix
            && let Some((full, overloads)) = self.function(&format!("{prefix}.{function}"))
        {
            *target = None;
            return self.resolved(expr, full, overloads, types, false);
        }
        let name = function.clone();
        let receiver = self.check(receiver);
        match self.function(&name) {
            Some((full, overloads)) => {
                let types = std::iter::once(receiver).chain(types).collect();
                self.resolved(expr, full, overloads, types, true)
            }
            None => self.no_function(expr, &name),
        }
    }

    fn no_function(&mut self, at: &Expr, name: &str) -> Type {
        self.fault(at, format!("undeclared reference to `{}`", name.trim_start_matches('.')))
    }

    /// The overloads of a function, by the full name that a name resolves to.
    fn function(&self, name: &str) -> Option<(EcoString, Vec<&'static Overload>)> {
        let language = self.environment.language();
        self.environment.candidates(name).into_iter().find_map(|name| {
            let overloads = language.function(&name)?.to_vec();
            Some((name, overloads))
        })
    }

    fn resolved(
        &mut self,
        expr: &mut Expr,
        full: EcoString,
        overloads: Vec<&'static Overload>,
        types: Vec<Type>,
        member: bool,
    ) -> Type {
        let Kind::Call { function, .. } = &mut expr.kind else { return Type::Dyn };
        *function = full.clone();
        if full == "_&&_" || full == "_||_" {
            return self.logical(expr, overloads, &types);
        }
        let (mut result, mut chosen): (Option<Type>, Vec<&'static Overload>) = (None, Vec::new());
        for overload in overloads {
            if overload.member != member || overload.args.len() != types.len() || self.is_disabled(overload) {
                continue;
            }
            let mut params = Vec::new();
            let wanted: Vec<Type> = overload.args.iter().map(|arg| self.bindings.instantiate(arg, &mut params)).collect();
            let yields = self.bindings.instantiate(&overload.result, &mut params);
            if !self.bindings.all_assignable(&types, wanted.iter()) {
                continue;
            }
            chosen.push(overload);
            let yields = self.bindings.substitute(&yields, false);
            result = Some(match result {
                None => yields,
                Some(Type::Dyn) => Type::Dyn,
                Some(before) if before == yields => before,
                Some(_) => Type::Dyn,
            });
        }
        let Some(result) = result else {
            let types: Vec<String> = types.iter().map(|of| self.bindings.substitute(of, true).to_string()).collect();
            return self.fault(expr, no_overload(&full, &types, member));
        };
        self.choose(expr, chosen);
        result
    }

    /// Checks the operands of `&&` and `||`, which must be booleans.
    fn logical(&mut self, expr: &mut Expr, overloads: Vec<&'static Overload>, types: &[Type]) -> Type {
        self.choose(expr, overloads.into_iter().take(1).collect());
        let Kind::Call { args, .. } = &expr.kind else { return Type::Dyn };
        for (arg, of) in args.iter().zip(types) {
            if !self.bindings.assignable(of, &Type::Bool) {
                let of = self.bindings.substitute(of, true);
                self.fault(arg, format!("expected type `bool`, found `{of}`"));
            }
        }
        Type::Bool
    }

    fn choose(&mut self, expr: &Expr, chosen: Vec<&'static Overload>) {
        if let Some(overloads) = self.overloads.get_mut(expr.id as usize) {
            *overloads = chosen;
        }
    }

    /// Older versions could not compare numbers of different types, except, by mistake, in comprehensions.
    fn is_disabled(&self, overload: &Overload) -> bool {
        let is_number = |of: &Signature| matches!(of, Signature::Int | Signature::Uint | Signature::Double);
        let compares = matches!(overload.function, "_<_" | "_<=_" | "_>_" | "_>=_");
        compares
            && self.scope.is_empty()
            && !self.environment.language().compares_across_types()
            && matches!(overload.args, [a, b] if a != b && is_number(a) && is_number(b))
    }
}

/// The message `found no matching overload for ...`, with operators in their source form.
fn no_overload(function: &str, types: &[String], member: bool) -> String {
    let sign = function.trim_matches(['_', '@']);
    match (function, types) {
        ("_?:_" | "_?_:_", [condition, yes, no]) => {
            format!("`? :` can't be applied to `{condition}`, `{yes}`, and `{no}`")
        }
        ("_[_]" | "_[?_]", [of, index]) => format!("a value of type `{of}` can't be indexed by `{index}`"),
        ("!_" | "-_", [of]) => format!("`{sign}` can't be applied to `{of}`"),
        (_, [a, b]) if function.starts_with(['_', '@']) => format!("`{sign}` can't be applied to `{a}` and `{b}`"),
        (_, [receiver, rest @ ..]) if member => {
            format!("found no matching overload for `{function}`: `{receiver}.({})`", rest.join(", "))
        }
        _ => format!("found no matching overload for `{function}`: `({})`", types.join(", ")),
    }
}
