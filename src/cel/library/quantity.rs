//! Quantities: `quantity('1Gi').isGreaterThan(quantity(self.limit))`.
//!
//! Behaviour: `quantity.go` of Kubernetes.

use std::any::Any;
use std::cmp::Ordering;

use ecow::eco_format;

use super::super::machine::Failure;
use super::super::types::Signature::{self, Bool, Double, Int, String};
use super::super::value::{Opaque, Value};
use super::quantity_amount::Amount;
use super::row::{Library, function, int, method, no_overload, text};

const QUANTITY: Signature = Signature::Opaque("kubernetes.Quantity");

/// The functions.
pub static LIBRARY: Library = Library {
    name: "quantities",
    since: 28,
    until: None,
    overloads: &[
        function("string_to_quantity", "quantity", &[String], QUANTITY, |_, args| {
            let text = text(args, 0)?;
            let parsed = Amount::parse(text).map(made);
            parsed.ok_or_else(|| Failure::Error(eco_format!("`{text}` is not a valid quantity")))
        }),
        function("is_quantity_string", "isQuantity", &[String], Bool, |_, args| {
            Ok(Value::Bool(Amount::parse(text(args, 0)?).is_some()))
        }),
        // In Kubernetes, too, this one is no method.
        function("quantity_sign", "sign", &[QUANTITY], Int, |_, args| Ok(Value::Int(amount(args, 0)?.sign()))),
        method("quantity_is_greater_than", "isGreaterThan", &[QUANTITY, QUANTITY], Bool, |_, args| {
            Ok(Value::Bool(compare(args)?.is_gt()))
        }),
        method("quantity_is_less_than", "isLessThan", &[QUANTITY, QUANTITY], Bool, |_, args| {
            Ok(Value::Bool(compare(args)?.is_lt()))
        }),
        method("quantity_compare_to", "compareTo", &[QUANTITY, QUANTITY], Int, |_, args| Ok(Value::Int(compare(args)? as i64))),
        method("quantity_get_float", "asApproximateFloat", &[QUANTITY], Double, |_, args| {
            Ok(Value::Double(amount(args, 0)?.as_float()))
        }),
        method("quantity_get_int", "asInteger", &[QUANTITY], Int, |_, args| {
            let integer = amount(args, 0)?.as_integer().map(Value::Int);
            integer.ok_or_else(|| Failure::error("cannot convert value to integer"))
        }),
        method("quantity_is_integer", "isInteger", &[QUANTITY], Bool, |_, args| {
            Ok(Value::Bool(amount(args, 0)?.as_integer().is_some()))
        }),
        method("quantity_add", "add", &[QUANTITY, QUANTITY], QUANTITY, |_, args| {
            Ok(made(amount(args, 0)?.plus(amount(args, 1)?)))
        }),
        method("quantity_add_int", "add", &[QUANTITY, Int], QUANTITY, |_, args| {
            Ok(made(amount(args, 0)?.plus(Amount::of(int(args, 1)?))))
        }),
        method("quantity_sub", "sub", &[QUANTITY, QUANTITY], QUANTITY, |_, args| {
            Ok(made(amount(args, 0)?.plus(amount(args, 1)?.negated())))
        }),
        method("quantity_sub_int", "sub", &[QUANTITY, Int], QUANTITY, |_, args| {
            Ok(made(amount(args, 0)?.plus(Amount::of(int(args, 1)?).negated())))
        }),
    ],
};

/// A quantity as a value.
#[derive(Debug)]
struct Quantity(Amount);

impl Opaque for Quantity {
    fn type_name(&self) -> &'static str {
        "kubernetes.Quantity"
    }
    fn equals(&self, other: &dyn Opaque) -> bool {
        (other as &dyn Any).downcast_ref::<Quantity>().is_some_and(|other| self.0.order(other.0).is_eq())
    }
}

fn made(amount: Amount) -> Value {
    Value::opaque(Quantity(amount))
}

fn amount(args: &[Value], at: usize) -> Result<Amount, Failure> {
    args.get(at).and_then(Value::as_opaque::<Quantity>).map(|quantity| quantity.0).ok_or_else(no_overload)
}

fn compare(args: &[Value]) -> Result<Ordering, Failure> {
    Ok(amount(args, 0)?.order(amount(args, 1)?))
}
