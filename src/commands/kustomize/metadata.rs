//! Labels and annotations on the command line, and in the kustomization file.
//!
//! Behavior: kustomize's `ConvertSliceToMap` and its commands for metadata. Go visits the pairs in random order; here they are
//! sorted by key.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use super::change::{self, Changed};
use crate::go_cli::Call;

/// Pairs by key.
pub type Pairs = BTreeMap<String, String>;

/// The pairs `key:value` of the command line. Without a colon, the value is empty; one pair of double quotes around it is removed.
///
/// # Errors
/// There are no arguments, or one has no key.
pub fn pairs(arguments: &[String], kind: &str) -> Result<Pairs> {
    let mut pairs = Pairs::new();
    for argument in arguments {
        let (key, value) = argument.split_once(':').unwrap_or((argument, ""));
        if key.is_empty() && !argument.is_empty() {
            bail!("invalid {kind}: '{argument}' (need k:v pair where v may be quoted)");
        }
        let unquoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        pairs.insert(key.to_owned(), unquoted.unwrap_or(value).to_owned());
    }
    Ok(pairs)
}

/// Checks that there are arguments.
///
/// # Errors
/// There are none.
pub fn require(arguments: &[String], kind: &str) -> Result<()> {
    if arguments.is_empty() {
        bail!("must specify {kind}");
    }
    Ok(())
}

/// Adds pairs to those of the file. Only with `force`, keys may already be there.
///
/// # Errors
/// A key is already there.
pub fn insert(into: &mut Map<String, Value>, pairs: Pairs, kind: &str, force: bool) -> Result<()> {
    for (key, value) in pairs {
        if into.contains_key(&key) && !force {
            bail!("{kind} {key} already in kustomization file. Use --force to override.");
        }
        into.insert(key, Value::String(value));
    }
    Ok(())
}

/// Runs `edit remove label` and `edit remove annotation`, which both speak of labels until they look into the file.
///
/// # Errors
/// The arguments are wrong, a key is not in the file, or the file can't be changed.
pub fn remove(call: &Call, field: &str, kind: &str) -> Result<()> {
    require(call.args(), "label")?;
    let [argument] = call.args() else {
        bail!("labels must be comma-separated, with no spaces");
    };
    let keys: Vec<&str> = argument.split(',').collect();
    if keys.contains(&"") {
        bail!("invalid label: '' (name is empty)");
    }
    let ignore = call.on("ignore-non-existence");
    change::kustomization(call, |kustomization| {
        if kustomization.map(field).is_none() {
            if !ignore {
                bail!("{field} is not defined in kustomization file");
            }
            return Ok(Changed::Yes);
        }
        let pairs = kustomization.map_mut(field);
        for key in keys {
            if pairs.remove(key).is_none() && !ignore {
                bail!("{kind} {key} is not defined in kustomization file");
            }
        }
        Ok(Changed::Yes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_as_kustomize_does() {
        let read = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
            pairs(&arguments, "label").map(|pairs| pairs.into_iter().collect::<Vec<_>>()).map_err(|error| error.to_string())
        };
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(read(&["b:1:2", "a"]), Ok(vec![pair("a", ""), pair("b", "1:2")]));
        assert_eq!(read(&["k:\"x y\"", "q:\""]), Ok(vec![pair("k", "x y"), pair("q", "\"")]));
        assert_eq!(read(&["", "a:1", "a:2"]), Ok(vec![pair("", ""), pair("a", "2")]));
        assert_eq!(read(&[":x"]), Err("invalid label: ':x' (need k:v pair where v may be quoted)".into()));
    }
}
