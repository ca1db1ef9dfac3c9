//! Walks over the nodes of an expression, and their numbers.

use super::ast::{Expr, Kind};

/// Numbers the nodes from 0, parents before children.
pub fn number(expr: &mut Expr) -> u32 {
    let mut next = 0;
    walk_mut(expr, &mut |node| {
        node.id = next;
        next += 1;
    });
    next
}

fn walk_mut(expr: &mut Expr, visit: &mut impl FnMut(&mut Expr)) {
    visit(expr);
    match &mut expr.kind {
        Kind::Literal(_) | Kind::Ident(_) => {}
        Kind::Select { operand, .. } => walk_mut(operand, visit),
        Kind::Call { target, args, .. } => {
            if let Some(target) = target {
                walk_mut(target, visit);
            }
            args.iter_mut().for_each(|arg| walk_mut(arg, visit));
        }
        Kind::List(items) => items.iter_mut().for_each(|item| walk_mut(&mut item.value, visit)),
        Kind::Map(entries) => entries.iter_mut().for_each(|entry| {
            walk_mut(&mut entry.key, visit);
            walk_mut(&mut entry.value, visit);
        }),
        Kind::Struct { fields, .. } => fields.iter_mut().for_each(|field| walk_mut(&mut field.value, visit)),
        Kind::Comprehension(c) => {
            for part in [&mut c.iter_range, &mut c.accu_init, &mut c.loop_condition, &mut c.loop_step, &mut c.result] {
                walk_mut(part, visit);
            }
        }
    }
}

impl Expr {
    /// Calls `visit` with this node and all below, parents first.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        visit(self);
        self.for_each_child(&mut |child| child.walk(visit));
    }

    /// Calls `visit` with the nodes directly below.
    pub fn for_each_child<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        match &self.kind {
            Kind::Literal(_) | Kind::Ident(_) => {}
            Kind::Select { operand, .. } => visit(operand),
            Kind::Call { target, args, .. } => target.as_deref().into_iter().chain(args).for_each(visit),
            Kind::List(items) => items.iter().for_each(|item| visit(&item.value)),
            Kind::Map(entries) => entries.iter().for_each(|entry| {
                visit(&entry.key);
                visit(&entry.value);
            }),
            Kind::Struct { fields, .. } => fields.iter().for_each(|field| visit(&field.value)),
            Kind::Comprehension(c) => {
                [&c.iter_range, &c.accu_init, &c.loop_condition, &c.loop_step, &c.result].into_iter().for_each(visit);
            }
        }
    }
}

/// The name that a chain of fields may be: `google.protobuf.Timestamp`.
pub fn qualified_name(node: &Expr) -> Option<String> {
    match &node.kind {
        Kind::Ident(name) => Some(name.trim_start_matches('.').to_owned()),
        Kind::Select { operand, field, test: false } => Some(format!("{}.{field}", qualified_name(operand)?)),
        _ => None,
    }
}
