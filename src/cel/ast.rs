//! The syntax tree of an expression, as the parser returns it: macros are expanded, and operators are calls.
//!
//! Behavior: `common/ast` of cel-go. Calls of operators have the names that cel-go gives them (`_+_`, `_[_]`, `@in`, `_?_:_`,
//! `_?._`, `_[?_]`, ...), so the table of overloads covers them like any function.

use std::ops::Range;
use std::sync::Arc;

use ecow::EcoString;

/// A node of the tree.
#[derive(Clone, Debug)]
pub struct Expr {
    /// The number of this node in its expression, from 0 without gaps; nodes that a macro creates have their own.
    pub id: u32,
    /// The range in the source text, in bytes; a node that a macro creates has the range of the macro call.
    pub span: Range<u32>,
    /// The kind of node.
    pub kind: Kind,
}

/// The kind of a node.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A literal.
    Literal(Literal),
    /// A name, with its leading dot if it has one.
    Ident(EcoString),
    /// `operand.field`; with `test`, `has(operand.field)`.
    Select {
        /// The value that has the field.
        operand: Box<Expr>,
        /// The name of the field, without backticks.
        field: EcoString,
        /// Whether only the presence of the field is tested.
        test: bool,
    },
    /// A call of a function, a method, or an operator.
    Call {
        /// The name: `size`, `_+_`, `math.greatest`.
        function: EcoString,
        /// The receiver of a method.
        target: Option<Box<Expr>>,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `[a, ?b]`
    List(Vec<Item>),
    /// `{k: v, ?k: v}`
    Map(Vec<Entry>),
    /// `Type{field: v, ?field: v}`
    Struct {
        /// The name of the type, with its dots.
        name: EcoString,
        /// The fields.
        fields: Vec<FieldInit>,
    },
    /// A comprehension, the expansion of macros such as `all` and `map`.
    Comprehension(Box<Comprehension>),
}

/// An item of a list literal.
#[derive(Clone, Debug)]
pub struct Item {
    /// The value.
    pub value: Expr,
    /// Whether it is written `?value`.
    pub optional: bool,
}

/// An entry of a map literal.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Expr,
    /// The value.
    pub value: Expr,
    /// Whether it is written `?key: value`.
    pub optional: bool,
}

/// A field of a struct literal.
#[derive(Clone, Debug)]
pub struct FieldInit {
    /// The name, without backticks.
    pub name: EcoString,
    /// The location of the name.
    pub span: Range<u32>,
    /// The value.
    pub value: Expr,
    /// Whether it is written `?field: value`.
    pub optional: bool,
}

/// A comprehension: a fold over the items of a list or the keys of a map.
#[derive(Clone, Debug)]
pub struct Comprehension {
    /// The macro that it comes from, such as `all`: for cost estimates and messages.
    pub source: &'static str,
    /// The variable for the item, for the key, or (with two variables) for the index.
    pub iter_var: EcoString,
    /// The variable for the value, in macros with two variables.
    pub iter_var2: Option<EcoString>,
    /// The list or map to iterate over.
    pub iter_range: Expr,
    /// The name of the accumulator: `@result` in macros, the name that the user chose in `cel.bind`.
    pub accu_var: EcoString,
    /// The initial value of the accumulator.
    pub accu_init: Expr,
    /// The condition for another step.
    pub loop_condition: Expr,
    /// The next value of the accumulator.
    pub loop_step: Expr,
    /// The result.
    pub result: Expr,
}

/// A literal.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(EcoString),
    Bytes(Arc<[u8]>),
}

/// The reason why an expression is not valid, and its location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The range in the source text, in bytes.
    pub span: Range<u32>,
    /// The message, in lower case and without a period.
    pub message: String,
}

impl Fault {
    /// The message with its location in the source text.
    pub fn within(&self, text: &str) -> String {
        let part = text.get(self.span.start as usize..self.span.end as usize).unwrap_or("").trim();
        if self.message.starts_with("syntax error") {
            let before = text.get(..self.span.start as usize).unwrap_or("");
            let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
            return match before.matches('\n').count() {
                0 => format!("{}, at column {column}", self.message),
                lines => format!("{}, at line {}, column {column}", self.message, lines + 1),
            };
        }
        match part.is_empty() || part.len() > 60 || part == text.trim() || self.message.contains(part) {
            true => self.message.clone(),
            false => format!("{}, in `{part}`", self.message),
        }
    }
}
