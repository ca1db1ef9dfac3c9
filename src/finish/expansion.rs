//! The syntax of vars in a string: `$(NAME)` is a reference, `$$` is a single `$`, anything else is literal.
//!
//! An unknown reference is left unchanged, for the kubelet to expand. Behavior: kustomize's `refvar.DoReplacements`,
//! including its bug: `$` before a non-ASCII character breaks that character's UTF-8, and the whole string becomes base64.

use ecow::EcoString;

use crate::yaml::{Scalar, wrapped_base64};

/// What replaces a reference to a var.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The typed value, for a string that consists of the reference alone.
    pub alone: Scalar,
    /// The value inside a longer string.
    pub inside: EcoString,
}

/// A string after expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expanded {
    /// The value that replaces the string.
    pub scalar: Scalar,
    /// Whether the string was corrupted.
    pub is_broken: bool,
}

/// Expands all references in a string; `None` if that changes nothing.
pub fn expand<'r>(text: &str, mut find: impl FnMut(&str) -> Option<&'r Replacement>) -> Option<Expanded> {
    if let Some((name, [])) = reference(text.as_bytes()) {
        return find(name).map(|value| Expanded { scalar: value.alone.clone(), is_broken: false });
    }
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| byte == b'$') {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let after = match (reference(rest), rest.get(1)) {
            (Some((name, after)), _) => {
                let value = find(name).map_or(&rest[..rest.len() - after.len()], |value| value.inside.as_bytes());
                out.extend_from_slice(value);
                after
            }
            (None, Some(b'$')) => {
                out.push(b'$');
                &rest[2..]
            }
            (None, Some(&byte)) => {
                out.push(b'$');
                out.extend_from_slice(char::from(byte).encode_utf8(&mut [0; 4]).as_bytes());
                &rest[2..]
            }
            (None, None) => break,
        };
        rest = after;
    }
    out.extend_from_slice(rest);
    match String::from_utf8(out) {
        Ok(new) => (new != text).then(|| Expanded { scalar: Scalar::string(new), is_broken: false }),
        Err(error) => Some(Expanded { scalar: Scalar::string(wrapped_base64(error.as_bytes())), is_broken: true }),
    }
}

/// The name in `$(NAME)` at the start of a string, and what follows it.
fn reference(text: &[u8]) -> Option<(&str, &[u8])> {
    let inner = text.strip_prefix(b"$(")?;
    let end = inner.iter().position(|&byte| byte == b')')?;
    Some((std::str::from_utf8(&inner[..end]).ok()?, &inner[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result of expansion when `A` is `a`, `N` is the number 8, `EMPTY` is empty, and `REF` is another reference.
    fn expanded(text: &str) -> String {
        let value = |alone: Scalar| Replacement { inside: alone.text.clone(), alone };
        let known = [
            ("A", value(Scalar::string("a"))),
            ("N", value(Scalar::plain("8"))),
            ("EMPTY", value(Scalar::string(""))),
            ("REF", value(Scalar::string("$(A)"))),
        ];
        let find = |name: &str| known.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        expand(text, find).map_or_else(|| text.to_owned(), |expanded| expanded.scalar.text.into())
    }

    #[test]
    fn references_are_replaced_once() {
        for (text, expected) in [
            ("$(A)", "a"),
            ("x$(A)-$(N)y", "xa-8y"),
            ("foo$(EMPTY)bar", "foobar"),
            ("$(REF)", "$(A)"),
            ("%$(REF)--$(REF)%", "%$(A)--$(A)%"),
            ("foo\\$(A)bar", "foo\\abar"),
        ] {
            assert_eq!(expanded(text), expected, "{text}");
        }
    }

    #[test]
    fn two_dollar_signs_become_one() {
        for (text, expected) in [
            ("$$(A)", "$(A)"),
            ("$$(A)_$$(N)", "$(A)_$(N)"),
            ("f-$$A", "f-$A"),
            ("$$$$$$(A)", "$$$(A)"),
            ("$$$$$$$(A)", "$$$a"),
            ("$$$$$$$(X)", "$$$$(X)"),
        ] {
            assert_eq!(expanded(text), expected, "{text}");
        }
    }

    #[test]
    fn everything_else_is_left_unchanged() {
        for text in
            ["", "\n", "$(X)", "$(A$(A))", "$(A$(N)", "f__(A)__", "$?_$!", "$A", "${A}", "x$(", "x$", "--$($($(--", "$(a$$b)"]
        {
            assert_eq!(expanded(text), text);
        }
    }

    #[test]
    fn a_dollar_sign_before_a_non_ascii_character_corrupts_the_string() {
        assert_eq!(expanded("$é"), "JMODqQ==");
        assert_eq!(expanded("é$(A)"), "éa");
    }

    #[test]
    fn a_reference_alone_keeps_its_type() {
        let eight = Replacement { alone: Scalar::plain("8"), inside: "8".into() };
        let scalar = |text: &str| expand(text, |_| Some(&eight)).map(|expanded| expanded.scalar);
        assert_eq!(scalar("$(N)"), Some(Scalar::plain("8")));
        assert_eq!(scalar("$(N)$(N)"), Some(Scalar::string("88")));
    }
}
