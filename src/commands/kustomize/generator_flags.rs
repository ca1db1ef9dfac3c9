//! The flags of the commands that edit entries of `configMapGenerator` and `secretGenerator`.
//!
//! Behavior: `ValidateAdd`, `ValidateSet`, `ExpandFileSource`, and `UpdateLiteralSources` of kustomize's
//! `ConfigMapSecretFlagsAndArgs`. kustomize changes the order of literals at random when it updates them; here they keep it.

use anyhow::{Result, bail};

use super::loader;
use crate::go_cli::Call;

/// Checks the flags of `edit add`, with the files that were found; returns the name.
///
/// # Errors
/// There is not exactly one name, there are no sources, or they can't be combined.
pub fn check_add<'c>(call: &'c Call, files: &[String]) -> Result<&'c str> {
    let name = only_name(call)?;
    let (has_env, has_others) =
        (!call.text("from-env-file").is_empty(), !files.is_empty() || !call.list("from-literal").is_empty());
    if !has_env && !has_others {
        bail!("at least from-env-file, or from-file or from-literal must be set");
    }
    if has_env && has_others {
        bail!("from-env-file cannot be combined with from-file or from-literal");
    }
    if !matches!(call.text("behavior"), "" | "create" | "merge" | "replace") {
        bail!(r#"invalid behavior: must be one of "create", "merge", or "replace""#);
    }
    Ok(name)
}

/// Checks the flags of `edit set`; returns the name.
///
/// # Errors
/// There is not exactly one name, or nothing to change.
pub fn check_set(call: &Call) -> Result<&str> {
    let name = only_name(call)?;
    if call.list("from-literal").is_empty() && call.text("new-namespace").is_empty() {
        bail!("at least one of [--from-literal, --new-namespace] must be specified");
    }
    Ok(name)
}

fn only_name(call: &Call) -> Result<&str> {
    match call.args() {
        [name] => Ok(name),
        _ => bail!("name must be specified once"),
    }
}

/// The files that sources of the form `[key=]pattern` name. A pattern with a key must match one file.
///
/// # Errors
/// A pattern is not well-formed, or one with a key matches no file or several.
pub fn expanded(sources: &[String]) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for source in sources {
        let parts: Vec<&str> = source.split('=').collect();
        let (key, pattern) = match parts.as_slice() {
            [key, pattern] => (*key, *pattern),
            other => ("", other.first().copied().unwrap_or_default()),
        };
        let found = loader::matching(&[pattern.to_owned()])?;
        match (key, found.as_slice()) {
            ("", _) => files.extend(found),
            (key, [file]) => files.push(format!("{key}={file}")),
            (_, several) => {
                bail!("'pattern '{source}' catches files [{}], should catch only one", several.join(" "))
            }
        }
    }
    Ok(files)
}

/// Literals with the values of others, whose keys must exist.
///
/// # Errors
/// A literal does not have the form `key=value`, or a key does not exist.
pub fn updated(literals: &[String], updates: &[String]) -> Result<Vec<String>> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for literal in literals {
        let (key, value) = pair(literal)?;
        match pairs.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = value,
            None => pairs.push((key, value)),
        }
    }
    for literal in updates {
        let (key, value) = pair(literal)?;
        match pairs.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = value,
            None => bail!("key '{key}' not found in resource"),
        }
    }
    Ok(pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect())
}

fn pair(literal: &str) -> Result<(&str, &str)> {
    match literal.split_once('=') {
        Some((key, value)) if !value.contains('=') => Ok((key, value)),
        _ => bail!("failed to update resource: invalid format: literal values must be specified in the key=value format"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn literals_are_updated_in_place() {
        let after = updated(&owned(&["a=1", "b=2", "a=3"]), &owned(&["b=4", "b="])).expect("literals");
        assert_eq!(after, ["a=3", "b="]);
        let error = |before: &[&str], update: &str| updated(&owned(before), &owned(&[update])).unwrap_err().to_string();
        assert_eq!(error(&["a=1"], "b=2"), "key 'b' not found in resource");
        assert!(error(&["a=1"], "a=2=3").starts_with("failed to update resource: invalid format"));
        assert!(error(&["a=1=2"], "a=2").starts_with("failed to update resource: invalid format"));
        assert_eq!(error(&[], "=2"), "key '' not found in resource");
    }
}
