//! Determines whether a type can be assigned to another, and binds type parameters.
//!
//! Behavior: `checker/types.go` of cel-go, function by function.

use std::sync::Arc;

use super::types::{Signature, Type};

/// The types that are bound to type parameters.
#[derive(Debug, Default)]
pub struct Bindings {
    /// The bound types, by parameter number.
    bound: Vec<Option<Type>>,
    /// Previous bindings, newest last, for restoring them if an attempt fails.
    changes: Vec<(u32, Option<Type>)>,
}

impl Bindings {
    /// A new unbound type parameter.
    pub fn fresh(&mut self) -> Type {
        self.bound.push(None);
        Type::Param(self.bound.len() as u32 - 1)
    }

    /// Whether `a` can be assigned to `b`; if so, binds parameters.
    pub fn assignable(&mut self, a: &Type, b: &Type) -> bool {
        self.attempt(|bindings| bindings.is_assignable(a, b))
    }

    /// The same for all arguments of a function.
    pub fn all_assignable<'t>(&mut self, a: &[Type], b: impl ExactSizeIterator<Item = &'t Type>) -> bool {
        a.len() == b.len() && self.attempt(|bindings| a.iter().zip(b).all(|(a, b)| bindings.is_assignable(a, b)))
    }

    fn attempt(&mut self, attempt: impl FnOnce(&mut Self) -> bool) -> bool {
        self.changes.clear();
        let succeeds = attempt(self);
        if !succeeds {
            while let Some((number, before)) = self.changes.pop() {
                self.bound[number as usize] = before;
            }
        }
        succeeds
    }

    fn bind(&mut self, number: u32, to: Type) {
        if let Some(bound) = self.bound.get_mut(number as usize) {
            self.changes.push((number, bound.replace(to)));
        }
    }

    fn find(&self, of: &Type) -> Option<&Type> {
        match of {
            Type::Param(number) => self.bound.get(*number as usize)?.as_ref(),
            _ => None,
        }
    }

    fn is_assignable(&mut self, a: &Type, b: &Type) -> bool {
        if matches!(b, Type::Param(_)) {
            match self.is_substitution(a, b) {
                (true, _) => return true,
                (false, true) => return false,
                // Try the other direction.
                (false, false) => {}
            }
        }
        if matches!(a, Type::Param(_)) {
            return self.is_substitution(b, a).0;
        }
        match (a, b) {
            (Type::Dyn, _) | (_, Type::Dyn) => true,
            (Type::Null, other) | (other, Type::Null) => is_nullable(other),
            (Type::Type(_), Type::Type(_)) => true,
            (Type::List(a), Type::List(b)) | (Type::Optional(a), Type::Optional(b)) => self.is_assignable(a, b),
            (Type::Map(a, x), Type::Map(b, y)) => self.is_assignable(a, b) && self.is_assignable(x, y),
            _ => a == b,
        }
    }

    /// Whether the parameter `param` can be bound to `other`, and whether it is already bound.
    fn is_substitution(&mut self, other: &Type, param: &Type) -> (bool, bool) {
        let Type::Param(number) = param else { return (false, false) };
        if other == param {
            return (true, true);
        }
        let Some(bound) = self.find(param).cloned() else {
            let free = !self.occurs(param, other);
            if free {
                self.bind(*number, other.clone());
            }
            return (free, false);
        };
        if *other == bound {
            return (true, true);
        }
        if !self.is_assignable(other, &bound) {
            return (false, true);
        }
        let general = most_general(other, &bound);
        if !self.occurs(param, general) {
            self.bind(*number, general.clone());
        }
        (true, true)
    }

    /// Whether a parameter occurs within a type.
    fn occurs(&self, param: &Type, within: &Type) -> bool {
        if param == within {
            return true;
        }
        match within {
            Type::Param(_) => self.find(within).is_some_and(|bound| self.occurs(param, bound)),
            Type::List(of) | Type::Optional(of) | Type::Type(of) => self.occurs(param, of),
            Type::Map(key, value) => self.occurs(param, key) || self.occurs(param, value),
            _ => false,
        }
    }

    /// The type with bound parameters replaced; unbound parameters stay, or become `dyn`.
    pub fn substitute(&self, of: &Type, free_is_dyn: bool) -> Type {
        let deep = |of: &Type| Arc::new(self.substitute(of, free_is_dyn));
        match of {
            Type::Param(_) => match self.find(of) {
                Some(bound) => self.substitute(bound, free_is_dyn),
                None if free_is_dyn => Type::Dyn,
                None => of.clone(),
            },
            Type::List(of) => Type::List(deep(of)),
            Type::Optional(of) => Type::Optional(deep(of)),
            Type::Type(of) => Type::Type(deep(of)),
            Type::Map(key, value) => Type::Map(deep(key), deep(value)),
            other => other.clone(),
        }
    }

    /// The type of a signature; `params` maps its type parameters to new ones.
    pub fn instantiate(&mut self, signature: &Signature, params: &mut Vec<(&'static str, Type)>) -> Type {
        match signature {
            Signature::Dyn => Type::Dyn,
            Signature::Null => Type::Null,
            Signature::Bool => Type::Bool,
            Signature::Int => Type::Int,
            Signature::Uint => Type::Uint,
            Signature::Double => Type::Double,
            Signature::String => Type::String,
            Signature::Bytes => Type::Bytes,
            Signature::Timestamp => Type::Timestamp,
            Signature::Duration => Type::Duration,
            Signature::List(of) => Type::List(Arc::new(self.instantiate(of, params))),
            Signature::Optional(of) => Type::Optional(Arc::new(self.instantiate(of, params))),
            Signature::Type(of) => Type::Type(Arc::new(self.instantiate(of, params))),
            Signature::Map(key, value) => {
                let key = self.instantiate(key, params);
                Type::Map(Arc::new(key), Arc::new(self.instantiate(value, params)))
            }
            Signature::Opaque(name) => Type::Opaque(name),
            Signature::Param(name) => match params.iter().find(|(known, _)| known == name) {
                Some((_, param)) => param.clone(),
                None => {
                    let param = self.fresh();
                    params.push((name, param.clone()));
                    param
                }
            },
        }
    }
}

/// Types that null can be assigned to.
fn is_nullable(of: &Type) -> bool {
    matches!(
        of,
        Type::Null | Type::Optional(_) | Type::Opaque(_) | Type::Object(_) | Type::Timestamp | Type::Duration | Type::Dyn
    )
}

/// The more general of two types that can be assigned to each other.
pub fn most_general<'t>(a: &'t Type, b: &'t Type) -> &'t Type {
    if is_less_specific(a, b) { a } else { b }
}

/// Whether `a` is equal to or less specific than `b`.
fn is_less_specific(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Dyn | Type::Param(_), _) => true,
        (_, Type::Dyn | Type::Param(_)) => false,
        (Type::List(a), Type::List(b)) | (Type::Optional(a), Type::Optional(b)) => is_less_specific(a, b),
        (Type::Map(a, x), Type::Map(b, y)) => is_less_specific(a, b) && is_less_specific(x, y),
        (Type::Type(_), Type::Type(_)) => true,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(of: Type) -> Type {
        Type::List(Arc::new(of))
    }

    #[test]
    fn parameters_take_the_most_general_type() {
        let mut bindings = Bindings::default();
        let param = bindings.fresh();
        assert!(bindings.assignable(&Type::Int, &param));
        assert!(!bindings.assignable(&Type::String, &param));
        assert!(bindings.assignable(&Type::Dyn, &param));
        assert_eq!(bindings.substitute(&param, false), Type::Dyn);
    }

    #[test]
    fn a_failed_attempt_binds_nothing() {
        let mut bindings = Bindings::default();
        let param = bindings.fresh();
        let args = [Type::Int, Type::String];
        assert!(!bindings.all_assignable(&args, [param.clone(), Type::Int].iter()));
        assert_eq!(bindings.substitute(&param, false), param);
        assert!(bindings.all_assignable(&args, [param.clone(), Type::String].iter()));
        assert_eq!(bindings.substitute(&list(param), false), list(Type::Int));
    }

    #[test]
    fn null_can_only_be_assigned_to_objects() {
        let mut bindings = Bindings::default();
        assert!(bindings.assignable(&Type::Null, &Type::Timestamp));
        assert!(bindings.assignable(&Type::Opaque("net.IP"), &Type::Null));
        assert!(!bindings.assignable(&Type::Null, &Type::String));
        assert!(!bindings.assignable(&list(Type::Int), &Type::Null));
    }

    #[test]
    fn a_parameter_cannot_contain_itself() {
        let mut bindings = Bindings::default();
        let param = bindings.fresh();
        assert!(!bindings.assignable(&param, &list(param.clone())));
    }
}
