//! Equality and order.
//!
//! Numbers of different types have an order since Kubernetes 1.28 (`cel.CrossTypeNumericComparisons`). The checker sees to it,
//! since older versions have it within comprehensions, too.

use std::cmp::Ordering;

use super::super::compare::{self, equal};
use super::super::machine::{Failure, Machine};
use super::super::types::Signature::{Bool, Bytes, Double, Duration, Int, String, Timestamp, Uint};
use super::super::value::Value;
use super::row::{A, Library, function, no_overload};

/// Equality.
pub static EQUALITY: Library = Library {
    name: "operators",
    since: 0,
    until: None,
    overloads: &[
        function("equals", "_==_", &[A, A], Bool, |machine, args| equality(machine, args, true)),
        function("not_equals", "_!=_", &[A, A], Bool, |machine, args| equality(machine, args, false)),
    ],
};

fn equality(machine: &mut Machine<'_>, args: &[Value], wanted: bool) -> Result<Value, Failure> {
    match args {
        [a, b] => Ok(Value::Bool(equal(a, b, machine)? == wanted)),
        _ => Err(no_overload()),
    }
}

fn compare(machine: &mut Machine<'_>, args: &[Value], holds: fn(Ordering) -> bool) -> Result<Value, Failure> {
    let [a, b] = args else { return Err(no_overload()) };
    if let (Value::String(a), Value::String(b)) = (a, b) {
        machine.spend(a.len().min(b.len()) as u64 / 64)?;
    }
    match compare::order(a, b) {
        Some(order) => Ok(Value::Bool(holds(order))),
        None if matches!((a, b), (Value::Double(_), _) | (_, Value::Double(_))) => {
            Err(Failure::error("NaN values cannot be ordered"))
        }
        None => Err(no_overload()),
    }
}

macro_rules! comparison {
    ($same:ident, $mixed:ident, $operator:literal, $id:literal, $holds:expr) => {
        #[doc = concat!("`", $operator, "` for values of one type.")]
        pub static $same: Library = Library {
            name: "operators",
            since: 0,
            until: None,
            overloads: &[
                function(concat!($id, "_bool"), $operator, &[Bool, Bool], Bool, |m, args| compare(m, args, $holds)),
                function(concat!($id, "_int64"), $operator, &[Int, Int], Bool, |m, args| compare(m, args, $holds)),
                function(concat!($id, "_uint64"), $operator, &[Uint, Uint], Bool, |m, args| compare(m, args, $holds)),
                function(concat!($id, "_double"), $operator, &[Double, Double], Bool, |m, args| compare(m, args, $holds)),
                function(concat!($id, "_string"), $operator, &[String, String], Bool, |m, args| compare(m, args, $holds)),
                function(concat!($id, "_bytes"), $operator, &[Bytes, Bytes], Bool, |m, args| compare(m, args, $holds)),
                function(concat!($id, "_timestamp"), $operator, &[Timestamp, Timestamp], Bool, |m, args| {
                    compare(m, args, $holds)
                }),
                function(concat!($id, "_duration"), $operator, &[Duration, Duration], Bool, |m, args| compare(m, args, $holds)),
            ],
        };

        #[doc = concat!("`", $operator, "` for numbers of different types.")]
        pub static $mixed: Library = Library {
            name: "numbers of different types",
            // Older versions have them as well, but the checker leaves them out.
            since: 0,
            until: None,
            overloads: &[
                function(concat!($id, "_int64_double"), $operator, &[Int, Double], Bool, |m, args| compare(m, args, $holds)),
                function(concat!($id, "_int64_uint64"), $operator, &[Int, Uint], Bool, |m, args| compare(m, args, $holds)),
                function(concat!($id, "_uint64_double"), $operator, &[Uint, Double], Bool, |m, args| compare(m, args, $holds)),
                function(concat!($id, "_uint64_int64"), $operator, &[Uint, Int], Bool, |m, args| compare(m, args, $holds)),
                function(concat!($id, "_double_int64"), $operator, &[Double, Int], Bool, |m, args| compare(m, args, $holds)),
                function(concat!($id, "_double_uint64"), $operator, &[Double, Uint], Bool, |m, args| compare(m, args, $holds)),
            ],
        };
    };
}

comparison!(LESS, MIXED_LESS, "_<_", "less", Ordering::is_lt);
comparison!(LESS_EQUALS, MIXED_LESS_EQUALS, "_<=_", "less_equals", Ordering::is_le);
comparison!(GREATER, MIXED_GREATER, "_>_", "greater", Ordering::is_gt);
comparison!(GREATER_EQUALS, MIXED_GREATER_EQUALS, "_>=_", "greater_equals", Ordering::is_ge);
