//! Macros with two variables: index and item of a list, or key and value of a map.
//!
//! Behaviour: `ext/comprehensions.go` of cel-go.

use super::ast::{Expr, Fault, Kind, Literal};
use super::make::{Make, fault, iteration_variable, take};

/// Whether a method with so many arguments is such a macro.
pub(super) fn is_macro(name: &str, args: usize) -> bool {
    match name {
        "all" | "exists" | "existsOne" | "exists_one" => args == 3,
        "transformList" | "transformMap" | "transformMapEntry" => matches!(args, 3 | 4),
        _ => false,
    }
}

/// Expands it.
pub(super) fn expand(make: &Make, name: &str, target: Expr, args: Vec<Expr>) -> Result<Expr, Fault> {
    let (first, second, filter, body) = match args.len() {
        3 => {
            let [first, second, body] = take(args, &make.span)?;
            (first, second, None, body)
        }
        _ => {
            let [first, second, filter, body] = take(args, &make.span)?;
            (first, second, Some(filter), body)
        }
    };
    let key = iteration_variable(&first)?;
    let value = iteration_variable(&second)?;
    if key == value {
        return Err(fault(&second.span, &format!("the variable `{key}` is named twice")));
    }
    let with =
        |first: Expr, step: Expr| [first, make.literal(Literal::Bool(true)), make.filtered(filter.clone(), step), make.result()];
    let map = || make.node(Kind::Map(Vec::new()));
    let (source, parts) = match name {
        "all" => ("all", make.quantifier_parts(name, body)),
        "exists" => ("exists", make.quantifier_parts(name, body)),
        "existsOne" | "exists_one" => ("existsOne", make.quantifier_parts(name, body)),
        "transformList" => {
            let step = make.call("_+_", vec![make.result(), make.list(vec![body])]);
            ("transformList", with(make.list(Vec::new()), step))
        }
        "transformMap" => {
            let step = make.call("cel.@mapInsert", vec![make.result(), make.ident(&key), body]);
            ("transformMap", with(map(), step))
        }
        _ => ("transformMapEntry", with(map(), make.call("cel.@mapInsert", vec![make.result(), body]))),
    };
    Ok(make.fold(source, target, (key, Some(value)), parts))
}
