//! The walk over the expression that adds up the cost.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::range::Range;
use crate::cel::ast::{Expr, Kind, Literal};
use crate::cel::check::Checked;
use crate::cel::types::Type;

/// What traversing a character costs.
pub(super) const STRING: f64 = 0.1;
/// What a character of a regular expression costs.
pub(super) const PATTERN: f64 = 0.25;
pub(super) const NEW_LIST: Range = Range::exactly(10);
pub(super) const NEW_MAP: Range = Range::exactly(30);
pub(super) const NEW_STRUCT: Range = Range::exactly(40);

/// The largest sizes that a schema allows.
pub trait Sizes {
    /// The largest number of items, entries or characters of the value at a path: a variable, then names of fields, `@items`,
    /// `@keys`, `@values`. `None` if nothing is known of the path.
    fn max_size(&self, path: &[EcoString]) -> Option<u64>;
}

/// Estimates the cost of an expression.
pub fn estimate(checked: &Checked, sizes: &dyn Sizes) -> Range {
    let mut coster = Coster {
        checked,
        sizes,
        paths: FxHashMap::default(),
        computed: FxHashMap::default(),
        entries: FxHashMap::default(),
        locals: Vec::new(),
    };
    coster.cost(&checked.expr)
}

/// A node of the tree as the functions see it.
pub(super) struct Node<'c> {
    pub(super) path: Vec<EcoString>,
    pub(super) of: Type,
    pub(super) expr: Option<&'c Expr>,
    pub(super) size: Option<Range>,
}

/// What a call costs, without its arguments or with them, and the size of its result.
pub(super) struct Call {
    pub(super) cost: Range,
    pub(super) size: Option<Range>,
}

/// The sizes of keys (or indices) and values (or items).
#[derive(Clone, Copy)]
pub(super) struct Entries {
    pub(super) is_list: bool,
    pub(super) key: Range,
    pub(super) value: Range,
}

impl Entries {
    pub(super) fn union(self, other: Entries) -> Entries {
        Entries { is_list: self.is_list, key: self.key.union(other.key), value: self.value.union(other.value) }
    }
}

/// A variable of a comprehension.
pub(super) struct Local {
    pub(super) name: EcoString,
    pub(super) path: Vec<EcoString>,
    pub(super) size: Option<Range>,
    pub(super) entries: Option<Entries>,
}

pub(super) struct Coster<'c> {
    pub(super) checked: &'c Checked,
    pub(super) sizes: &'c dyn Sizes,
    /// Where the values of nodes are, by the number of the node.
    pub(super) paths: FxHashMap<u32, Vec<EcoString>>,
    /// Sizes of results that are known already.
    pub(super) computed: FxHashMap<u32, Range>,
    pub(super) entries: FxHashMap<u32, Entries>,
    pub(super) locals: Vec<Local>,
}

impl<'c> Coster<'c> {
    pub(super) fn cost(&mut self, expr: &'c Expr) -> Range {
        match &expr.kind {
            Kind::Literal(_) => Range::ZERO,
            Kind::Ident(name) => {
                let path = self.local(name).map_or_else(|| vec![name.clone()], |local| local.path.clone());
                self.paths.insert(expr.id, path);
                Range::ONE
            }
            Kind::Select { operand, test: true, .. } => self.cost(operand),
            Kind::Select { operand, field, .. } => {
                let cost = self.cost(operand);
                let costs = matches!(self.checked.type_of(operand), Type::Map(..) | Type::Object(_) | Type::Param(_));
                self.extend_path(expr, operand, field);
                cost.plus(if costs { Range::ONE } else { Range::ZERO })
            }
            Kind::Call { function, target, args } => self.call(expr, function, target.as_deref(), args),
            Kind::List(items) => {
                let mut known = Range { min: if items.is_empty() { 0 } else { u64::MAX }, max: 0 };
                let mut cost = NEW_LIST;
                for item in items {
                    cost = cost.plus(self.cost(&item.value));
                    known = known.union(self.size_or_unknown(&item.value));
                }
                self.entries.insert(expr.id, Entries { is_list: true, key: Range::ONE, value: known });
                cost
            }
            Kind::Map(entries) => {
                let start = Range { min: if entries.is_empty() { 0 } else { u64::MAX }, max: 0 };
                let mut known = Entries { is_list: false, key: start, value: start };
                let mut cost = NEW_MAP;
                for entry in entries {
                    cost = cost.plus(self.cost(&entry.key)).plus(self.cost(&entry.value));
                    known.key = known.key.union(self.size_or_unknown(&entry.key));
                    known.value = known.value.union(self.size_or_unknown(&entry.value));
                }
                self.entries.insert(expr.id, known);
                cost
            }
            Kind::Struct { fields, .. } => fields.iter().fold(NEW_STRUCT, |cost, field| cost.plus(self.cost(&field.value))),
            Kind::Comprehension(c) => self.comprehension(expr, c),
        }
    }

    pub(super) fn call(&mut self, expr: &'c Expr, function: &str, target: Option<&'c Expr>, args: &'c [Expr]) -> Range {
        if let ("dyn", [arg]) = (function, args) {
            let cost = self.cost(arg);
            self.copy_sizes(expr, arg);
            return cost.plus(Range::ONE);
        }
        let (mut nodes, mut costs) = (Vec::with_capacity(args.len()), Vec::with_capacity(args.len()));
        for arg in args {
            costs.push(self.cost(arg));
            nodes.push(self.node(arg));
        }
        let overloads = self.checked.overloads_of(expr);
        if overloads.is_empty() {
            return Range::ZERO;
        }
        let of_target = target.map_or(Range::ZERO, |target| self.cost(target));
        let target = target.map(|target| self.node(target));
        let mut cost = Range { min: u64::MAX, max: 0 };
        let mut size: Option<Range> = None;
        for overload in overloads {
            let call = self.function(expr, function, overload.id, target.as_ref(), &nodes, &costs);
            cost = cost.union(call.cost);
            size = match (size, call.size) {
                (Some(size), Some(other)) => Some(size.union(other)),
                (size, other) => size.or(other),
            };
            if let ("index_list" | "index_map", [container, ..]) = (overload.id, args) {
                size = self.entries_of(container).map(|entries| entries.value);
                let part = if overload.id == "index_list" { "@items" } else { "@values" };
                self.extend_path(expr, container, part);
            }
            size = size.or_else(|| self.size(expr));
        }
        self.set_size(expr, size);
        of_target.plus(cost)
    }

    pub(super) fn node(&mut self, expr: &'c Expr) -> Node<'c> {
        let mut path = self.path(expr);
        if path.first().is_some_and(|first| first == crate::cel::make::RESULT) {
            path.clear();
        }
        Node { path, of: self.checked.type_of(expr).clone(), expr: Some(expr), size: self.size(expr) }
    }

    /// The innermost variable of a comprehension with this name.
    pub(super) fn local(&self, name: &str) -> Option<&Local> {
        self.locals.iter().rev().find(|local| local.name == name)
    }

    pub(super) fn path(&self, expr: &Expr) -> Vec<EcoString> {
        if let Kind::Ident(name) = &expr.kind
            && let Some(local) = self.local(name)
        {
            return local.path.clone();
        }
        self.paths.get(&expr.id).cloned().unwrap_or_default()
    }

    pub(super) fn extend_path(&mut self, expr: &Expr, from: &Expr, part: &str) {
        let mut path = self.path(from);
        path.push(part.into());
        self.paths.insert(expr.id, path);
    }

    pub(super) fn size(&mut self, expr: &Expr) -> Option<Range> {
        if let Some(size) = self.computed.get(&expr.id) {
            return Some(*size);
        }
        if let Some(size) = written_size(expr) {
            return Some(Range::exactly(size));
        }
        if let Some(max) = self.hint(&self.path(expr)) {
            self.computed.insert(expr.id, max);
            return Some(max);
        }
        if is_scalar(self.checked.type_of(expr)) {
            return Some(Range::ONE);
        }
        match &expr.kind {
            Kind::Ident(name) => self.local(name)?.size,
            _ => None,
        }
    }

    /// What the schema says of a path.
    pub(super) fn hint(&self, path: &[EcoString]) -> Option<Range> {
        if path.is_empty() { None } else { self.sizes.max_size(path).map(Range::up_to) }
    }

    pub(super) fn size_or_unknown(&mut self, expr: &Expr) -> Range {
        self.size(expr).unwrap_or(Range::UNKNOWN)
    }

    pub(super) fn set_size(&mut self, expr: &Expr, size: Option<Range>) {
        if let Some(size) = size {
            self.computed.insert(expr.id, size);
        }
    }

    pub(super) fn entries_of(&self, expr: &Expr) -> Option<Entries> {
        match (self.entries.get(&expr.id), &expr.kind) {
            (Some(entries), _) => Some(*entries),
            (None, Kind::Ident(name)) => self.local(name)?.entries,
            (None, _) => None,
        }
    }

    pub(super) fn set_entries(&mut self, expr: &Expr, entries: Option<Entries>) {
        if let Some(entries) = entries {
            self.entries.insert(expr.id, entries);
        }
    }

    pub(super) fn copy_sizes(&mut self, to: &Expr, from: &Expr) {
        let size = self.size(from);
        self.set_size(to, size);
        self.set_entries(to, self.entries_of(from));
    }
}

/// The size of what is written out.
pub(super) fn written_size(expr: &Expr) -> Option<u64> {
    Some(match &expr.kind {
        Kind::Literal(Literal::String(text)) => text.chars().count() as u64,
        Kind::Literal(Literal::Bytes(bytes)) => bytes.len() as u64,
        Kind::Literal(_) => 1,
        Kind::List(items) => items.len() as u64,
        Kind::Map(entries) => entries.len() as u64,
        _ => return None,
    })
}

pub(super) fn is_scalar(of: &Type) -> bool {
    match of {
        Type::Bool | Type::Double | Type::Duration | Type::Int | Type::Timestamp | Type::Uint => true,
        Type::Optional(of) => is_scalar(of),
        _ => false,
    }
}
