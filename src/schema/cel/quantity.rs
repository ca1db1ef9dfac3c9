//! Kubernetes' quantities as values of CEL: `quantity('1Gi').isGreaterThan(self.limit)`.

use std::any::Any;

use cel::common::types::{CelBool, CelDouble, CelInt, CelString, Type};
use cel::common::value::{CowVal, StaticVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

use crate::schema::quantity::parse;

static QUANTITY: Type = Type::new_unspecified_type("kubernetes.Quantity");

/// A quantity, in thousandths.
#[derive(Clone, Copy, Debug)]
struct Quantity(f64);

impl Val for Quantity {
    fn get_type(&self) -> &Type {
        &QUANTITY
    }
    fn cel_type() -> &'static Type {
        &QUANTITY
    }
    fn equals(&self, other: &dyn Val) -> bool {
        other.downcast_ref::<Quantity>().is_some_and(|other| other.0 == self.0)
    }
    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(*self)
    }
    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Quantity {}

/// Registers the functions.
pub fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    cel::add_overload!(env, fn quantity: (CelString) -> Result<Quantity>)?;
    cel::add_overload!(env, fn is_quantity: (CelString) -> CelBool)?;
    cel::add_member_overload!(env, fn is_greater_than: (Quantity, Quantity) -> CelBool)?;
    cel::add_member_overload!(env, fn is_less_than: (Quantity, Quantity) -> CelBool)?;
    cel::add_member_overload!(env, fn compare_to: (Quantity, Quantity) -> CelInt)?;
    cel::add_member_overload!(env, fn is_integer: (Quantity) -> CelBool)?;
    cel::add_member_overload!(env, fn as_integer: (Quantity) -> Result<CelInt>)?;
    cel::add_member_overload!(env, fn as_approximate_float: (Quantity) -> CelDouble)?;
    cel::add_member_overload!(env, fn sign: (Quantity) -> CelInt)?;
    cel::add_member_overload!(env, fn add: (Quantity, Quantity) -> Quantity)?;
    cel::add_member_overload!(env, fn sub: (Quantity, Quantity) -> Quantity)?;
    env.add_member_overload("add", "quantity_add_int", QUANTITY.to_owned(), vec![cel::common::types::INT_TYPE], add_int)?;
    env.add_member_overload("sub", "quantity_sub_int", QUANTITY.to_owned(), vec![cel::common::types::INT_TYPE], sub_int)
}

fn quantity(text: &CelString<'_>) -> Result<Quantity, ExecutionError> {
    parse(text.inner()).map(Quantity).ok_or_else(|| ExecutionError::function_error("quantity", "no quantity"))
}

fn is_quantity(text: &CelString<'_>) -> CelBool {
    parse(text.inner()).is_some().into()
}

fn is_greater_than(a: &Quantity, b: &Quantity) -> CelBool {
    (a.0 > b.0).into()
}

fn is_less_than(a: &Quantity, b: &Quantity) -> CelBool {
    (a.0 < b.0).into()
}

fn compare_to(a: &Quantity, b: &Quantity) -> CelInt {
    a.0.partial_cmp(&b.0).map_or(0, |order| order as i64).into()
}

fn is_integer(a: &Quantity) -> CelBool {
    (a.0 % 1000.0 == 0.0).into()
}

fn as_integer(a: &Quantity) -> Result<CelInt, ExecutionError> {
    match a.0 % 1000.0 == 0.0 {
        true => Ok(((a.0 / 1000.0) as i64).into()),
        false => Err(ExecutionError::function_error("asInteger", "the quantity is no integer")),
    }
}

fn as_approximate_float(a: &Quantity) -> CelDouble {
    (a.0 / 1000.0).into()
}

fn sign(a: &Quantity) -> CelInt {
    (if a.0 == 0.0 { 0 } else { a.0.signum() as i64 }).into()
}

fn add(a: &Quantity, b: &Quantity) -> Quantity {
    Quantity(a.0 + b.0)
}

fn sub(a: &Quantity, b: &Quantity) -> Quantity {
    Quantity(a.0 - b.0)
}

fn add_int<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    with_int(&args, |a, b| a + b)
}

fn sub_int<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    with_int(&args, |a, b| a - b)
}

fn with_int<'b, 'v>(args: &[CowVal<'b, 'v>], operate: fn(f64, f64) -> f64) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let quantity = args.first().and_then(|value| value.as_ref().downcast_ref::<Quantity>());
    let number = args.get(1).and_then(|value| value.as_ref().downcast_ref::<CelInt>());
    match (quantity, number) {
        (Some(quantity), Some(number)) => Ok(CowVal::owned(Quantity(operate(quantity.0, *number.inner() as f64 * 1000.0)))),
        _ => Err(ExecutionError::invalid_argument_count(2, args.len())),
    }
}
