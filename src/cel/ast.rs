//! The syntax tree of an expression, as the parser leaves it: macros are expanded, operators are calls.
//!
//! Behaviour: `common/ast` of cel-go. Calls of operators have the names that cel-go gives them (`_+_`, `_[_]`, `@in`, `_?_:_`,
//! `_?._`, `_[?_]`, ...), so the table of overloads covers them like any function.

use std::ops::Range;
use std::sync::Arc;

use ecow::EcoString;

/// A node of the tree.
#[derive(Clone, Debug)]
pub struct Expr {
    /// The number of this node in its expression, from 0 without gaps; nodes that a macro creates have their own.
    pub id: u32,
    /// Where it is in the text, in bytes; a node that a macro creates has the range of the macro's call.
    pub span: Range<u32>,
    /// What it is.
    pub kind: Kind,
}

/// The kinds of nodes.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A literal.
    Literal(Literal),
    /// A name; a leading dot is kept.
    Ident(EcoString),
    /// `operand.field`; `test` in `has(operand.field)`.
    Select {
        /// What the field is taken from.
        operand: Box<Expr>,
        /// Its name, without backticks.
        field: EcoString,
        /// Whether only its presence is asked for.
        test: bool,
    },
    /// A function, a method or an operator.
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
        /// Its fields.
        fields: Vec<FieldInit>,
    },
    /// What macros such as `all` and `map` become.
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
    /// Where the name is.
    pub span: Range<u32>,
    /// The value.
    pub value: Expr,
    /// Whether it is written `?field: value`.
    pub optional: bool,
}

/// A fold over the items of a list or the keys of a map.
#[derive(Clone, Debug)]
pub struct Comprehension {
    /// The macro that made it, such as `all`: for cost estimates and messages.
    pub source: &'static str,
    /// The variable of the item, key or (with two variables) index.
    pub iter_var: EcoString,
    /// The variable of the value, in macros with two variables.
    pub iter_var2: Option<EcoString>,
    /// What is iterated over.
    pub iter_range: Expr,
    /// The variable of the accumulator; `@result` in macros, the user's own in `cel.bind`.
    pub accu_var: EcoString,
    /// Its first value.
    pub accu_init: Expr,
    /// Whether to go on.
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

/// Why a text is not an expression, or an expression not valid, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The range in the text, in bytes.
    pub span: Range<u32>,
    /// What is wrong, in lower case and without a period.
    pub message: String,
}

impl Fault {
    /// The message with its place in the text.
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
