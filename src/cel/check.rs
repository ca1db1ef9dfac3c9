//! The type checker: checks whether names are declared and types match.
//!
//! Behavior: `checker/checker.go` of cel-go. After an error, a type is `dyn`, so that one error does not cause others.

use std::sync::Arc;

use ecow::EcoString;

use super::ast::{Comprehension, Expr, Fault, FieldInit, Item, Kind, Literal};
use super::environment::Environment;
use super::library::Overload;
use super::types::Type;
use super::unify::{Bindings, most_general};

/// A checked expression: its names are resolved, and its types are known.
#[derive(Debug)]
pub struct Checked {
    /// The expression, with the declared names of variables and functions.
    pub expr: Expr,
    /// The types of the nodes, by node number.
    pub types: Vec<Type>,
    /// The possible overloads of calls, by node number.
    pub overloads: Vec<Vec<&'static Overload>>,
}

impl Checked {
    /// The type of the result.
    pub fn output(&self) -> &Type {
        self.type_of(&self.expr)
    }

    /// The type of a node.
    pub fn type_of(&self, expr: &Expr) -> &Type {
        self.types.get(expr.id as usize).unwrap_or(&Type::Dyn)
    }

    /// The possible overloads of a call.
    pub fn overloads_of(&self, expr: &Expr) -> &[&'static Overload] {
        self.overloads.get(expr.id as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether the expression uses a declared variable.
    pub fn uses(&self, variable: &str) -> bool {
        let mut found = false;
        self.expr.walk(&mut |node| found |= matches!(&node.kind, Kind::Ident(name) if name == variable));
        found
    }
}

impl std::fmt::Debug for Overload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// Checks an expression.
pub(super) fn check(mut expr: Expr, environment: &Environment) -> Result<Checked, Vec<Fault>> {
    let nodes = super::walk::number(&mut expr) as usize;
    let mut checker = Checker {
        environment,
        bindings: Bindings::default(),
        types: vec![Type::Dyn; nodes],
        overloads: vec![Vec::new(); nodes],
        scope: Vec::new(),
        faults: Vec::new(),
    };
    checker.check(&mut expr);
    let Checker { bindings, mut types, overloads, mut faults, .. } = checker;
    if !faults.is_empty() {
        faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
        return Err(faults);
    }
    types.iter_mut().for_each(|of| *of = bindings.substitute(of, true));
    Ok(Checked { expr, types, overloads })
}

/// The state of the checker.
pub(super) struct Checker<'e> {
    pub(super) environment: &'e Environment,
    pub(super) bindings: Bindings,
    types: Vec<Type>,
    pub(super) overloads: Vec<Vec<&'static Overload>>,
    /// The variables of comprehensions, innermost last.
    pub(super) scope: Vec<(EcoString, Type)>,
    faults: Vec<Fault>,
}

impl Checker<'_> {
    /// Checks a node and all nodes below it; returns its type.
    pub(super) fn check(&mut self, expr: &mut Expr) -> Type {
        let found = match &mut expr.kind {
            Kind::Literal(literal) => of_literal(literal),
            Kind::Ident(_) => self.ident(expr),
            Kind::Select { .. } => self.select(expr),
            Kind::Call { .. } => self.call(expr),
            Kind::List(items) => self.list(items),
            Kind::Map(entries) => {
                let (mut keys, mut values) = (None, None);
                for entry in entries {
                    let key = self.check(&mut entry.key);
                    keys = Some(self.join(&entry.key, keys, key));
                    let value = self.item(&mut entry.value, entry.optional);
                    values = Some(self.join(&entry.value, values, value));
                }
                let keys = keys.unwrap_or_else(|| self.bindings.fresh());
                let values = values.unwrap_or_else(|| self.bindings.fresh());
                Type::Map(Arc::new(keys), Arc::new(values))
            }
            Kind::Struct { .. } => self.structure(expr),
            Kind::Comprehension(c) => self.comprehension(c),
        };
        if let Some(of) = self.types.get_mut(expr.id as usize) {
            *of = found.clone();
        }
        found
    }

    pub(super) fn fault(&mut self, at: &Expr, message: String) -> Type {
        self.faults.push(Fault { span: at.span.clone(), message });
        Type::Dyn
    }

    fn mismatch(&mut self, at: &Expr, expected: &Type, found: &Type) -> Type {
        let (expected, found) = (self.bindings.substitute(expected, true), self.bindings.substitute(found, true));
        self.fault(at, format!("expected type `{expected}`, found `{found}`"))
    }

    fn undeclared(&mut self, at: &Expr, name: &str) -> Type {
        self.fault(at, format!("undeclared reference to `{name}`"))
    }

    fn ident(&mut self, expr: &mut Expr) -> Type {
        let Kind::Ident(name) = &expr.kind else { return Type::Dyn };
        let name = name.clone();
        match self.resolve(&name) {
            Some((name, of)) => {
                expr.kind = Kind::Ident(name);
                of
            }
            None => self.undeclared(expr, name.trim_start_matches('.')),
        }
    }

    /// Resolves a simple name: the variable of a comprehension, a declared variable, or a type.
    fn resolve(&self, name: &str) -> Option<(EcoString, Type)> {
        let local = self.local(name);
        if let Some(of) = local {
            return Some((name.into(), of.clone()));
        }
        self.global(name, self.local(name.trim_start_matches('.')).is_some())
    }

    fn local(&self, name: &str) -> Option<&Type> {
        self.scope.iter().rev().find(|(known, _)| known == name).map(|(_, of)| of)
    }

    /// Resolves a name outside of comprehensions; it keeps a leading dot if the variable of a comprehension hides it.
    fn global(&self, name: &str, hidden: bool) -> Option<(EcoString, Type)> {
        self.environment.candidates(name).into_iter().find_map(|name| {
            let of = match self.environment.variable(&name) {
                Some(of) => of.clone(),
                None => Type::Type(Arc::new(self.environment.type_named(&name)?)),
            };
            Some((if hidden { format!(".{name}").into() } else { name }, of))
        })
    }

    fn select(&mut self, expr: &mut Expr) -> Type {
        if let Some(parts) = qualified(expr)
            && let Some(first) = parts.first()
            && self.local(first).is_none()
            && let Some((name, of)) = self.global(&parts.join("."), self.local(first.trim_start_matches('.')).is_some())
        {
            expr.kind = Kind::Ident(name);
            return of;
        }
        let span = expr.span.clone();
        let Kind::Select { operand, field, test } = &mut expr.kind else { return Type::Dyn };
        let (field, test) = (field.clone(), *test);
        let found = self.field(operand, &field, false, span);
        if test { Type::Bool } else { self.bindings.substitute(&found, false) }
    }

    /// The type of a field.
    pub(super) fn field(&mut self, operand: &mut Expr, field: &str, optional: bool, span: std::ops::Range<u32>) -> Type {
        let operand = self.check(operand);
        let operand = self.bindings.substitute(&operand, false);
        let (target, is_optional) = unwrap_optional(operand);
        let fault = |message: String| Fault { span, message };
        let found = match target {
            Type::Map(_, value) => (*value).clone(),
            Type::Object(object) => match object.0.field(field) {
                Some(of) => of,
                None => {
                    self.faults.push(fault(format!("undefined field `{field}`")));
                    Type::Dyn
                }
            },
            Type::Param(_) => {
                self.bindings.assignable(&Type::Dyn, &target);
                Type::Dyn
            }
            Type::Dyn => Type::Dyn,
            other => {
                self.faults.push(fault(format!("a value of type `{other}` has no field `{field}`")));
                Type::Dyn
            }
        };
        if is_optional || optional { Type::Optional(Arc::new(found)) } else { found }
    }

    fn list(&mut self, items: &mut [Item]) -> Type {
        let mut of = None;
        for item in items {
            let found = self.item(&mut item.value, item.optional);
            of = Some(self.join(&item.value, of, found));
        }
        let of = of.unwrap_or_else(|| self.bindings.fresh());
        Type::List(Arc::new(of))
    }

    /// The type of an item of a list or map; for `?item`, the type inside the optional value.
    fn item(&mut self, value: &mut Expr, optional: bool) -> Type {
        let found = self.check(value);
        if !optional {
            return found;
        }
        match unwrap_optional(found) {
            (of, true) => of,
            (Type::Dyn, false) => Type::Dyn,
            (of, false) => {
                let expected = Type::Optional(Arc::new(of.clone()));
                self.mismatch(value, &expected, &of)
            }
        }
    }

    /// The common type of the previous items and the next one.
    fn join(&mut self, at: &Expr, previous: Option<Type>, next: Type) -> Type {
        let Some(previous) = previous else { return next };
        if self.bindings.assignable(&previous, &next) {
            return most_general(&previous, &next).clone();
        }
        if !self.environment.language().is_homogeneous() {
            return Type::Dyn;
        }
        self.mismatch(at, &previous, &next)
    }

    fn structure(&mut self, expr: &mut Expr) -> Type {
        let Kind::Struct { name, .. } = &expr.kind else { return Type::Dyn };
        let resolved = self.environment.candidates(name).into_iter().find_map(|name| {
            let of = self.environment.type_named(&name)?;
            Some((name, of))
        });
        let Some((full, of)) = resolved else {
            let name = name.clone();
            return self.undeclared(expr, &name);
        };
        let is_message = matches!(of, Type::Object(_)) || full.starts_with("google.protobuf.");
        if !is_message {
            return self.fault(expr, format!("`{full}` is not an object type"));
        }
        let Kind::Struct { name, fields } = &mut expr.kind else { return Type::Dyn };
        *name = full;
        let mut wrong = Vec::new();
        for field in fields {
            if let Some(message) = self.field_init(field, &of) {
                wrong.push(Fault { span: field.span.clone(), message });
            }
        }
        self.faults.extend(wrong);
        of
    }

    /// The error in a field of a struct, if its type does not match.
    fn field_init(&mut self, field: &mut FieldInit, object: &Type) -> Option<String> {
        let found = self.item(&mut field.value, field.optional);
        let Type::Object(object) = object else { return None };
        let name = &field.name;
        let Some(expected) = object.0.field(name) else { return Some(format!("undefined field `{name}`")) };
        if self.bindings.assignable(&expected, &found) {
            return None;
        }
        let found = self.bindings.substitute(&found, true);
        Some(format!("expected type `{expected}` for the field `{name}`, found `{found}`"))
    }

    fn comprehension(&mut self, c: &mut Comprehension) -> Type {
        let range = self.check(&mut c.iter_range);
        let accumulator = self.check(&mut c.accu_init);
        let range = self.bindings.substitute(&range, false);
        let two = c.iter_var2.is_some();
        let (first, second) = match range {
            Type::List(of) if two => (Type::Int, (*of).clone()),
            Type::List(of) => ((*of).clone(), Type::Dyn),
            Type::Map(key, value) => ((*key).clone(), (*value).clone()),
            Type::Dyn | Type::Param(_) => {
                self.bindings.assignable(&Type::Dyn, &range);
                (Type::Dyn, Type::Dyn)
            }
            other => {
                let message = format!("`{}` requires a list or a map, found a value of type `{other}`", c.source);
                self.fault(&c.iter_range, message);
                (Type::Dyn, Type::Dyn)
            }
        };
        let outside = self.scope.len();
        self.scope.push((c.accu_var.clone(), accumulator.clone()));
        self.scope.push((c.iter_var.clone(), first));
        if let Some(name) = &c.iter_var2 {
            self.scope.push((name.clone(), second));
        }
        for (part, expected) in [(&mut c.loop_condition, &Type::Bool), (&mut c.loop_step, &accumulator)] {
            let found = self.check(part);
            if !self.bindings.assignable(expected, &found) {
                self.mismatch(part, expected, &found);
            }
        }
        self.scope.truncate(outside + 1);
        let result = self.check(&mut c.result);
        self.scope.truncate(outside);
        self.bindings.substitute(&result, false)
    }
}

fn of_literal(literal: &Literal) -> Type {
    match literal {
        Literal::Null => Type::Null,
        Literal::Bool(_) => Type::Bool,
        Literal::Int(_) => Type::Int,
        Literal::Uint(_) => Type::Uint,
        Literal::Double(_) => Type::Double,
        Literal::String(_) => Type::String,
        Literal::Bytes(_) => Type::Bytes,
    }
}

fn unwrap_optional(of: Type) -> (Type, bool) {
    match of {
        Type::Optional(of) => ((*of).clone(), true),
        other => (other, false),
    }
}

/// The parts of a name with dots, `a.b.c`, that may be a single variable or function.
pub(super) fn qualified(expr: &Expr) -> Option<Vec<&str>> {
    match &expr.kind {
        Kind::Ident(name) => Some(vec![name.as_str()]),
        Kind::Select { operand, field, test: false } => {
            let mut parts = qualified(operand)?;
            parts.push(field);
            Some(parts)
        }
        _ => None,
    }
}
