//! `edit set annotation`: sets pairs of the field `commonAnnotations`.

use anyhow::{Result, bail};

use super::change::{self, Changed};
use super::metadata;
use crate::go_cli::Call;

const INVALID_KEY: &str = "invalid annotation key: see the syntax and character set rules at \
    https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/";

/// Runs the command.
///
/// # Errors
/// An argument is not a pair, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    metadata::require(call.args(), "annotation")?;
    let pairs = metadata::pairs(call.args(), "annotation")?;
    if !pairs.keys().all(|key| is_valid_key(key)) {
        bail!("{INVALID_KEY}");
    }
    change::kustomization(call, |kustomization| {
        metadata::insert(kustomization.map_mut("commonAnnotations"), pairs, "annotation", true)?;
        Ok(Changed::Yes)
    })
}

/// Whether a key is a name of up to 63 characters, with an optional prefix, by kustomize's own rules.
fn is_valid_key(key: &str) -> bool {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    let is_prefix = |prefix: &str| {
        let ends = prefix.starts_with(|c: char| c.is_ascii_alphabetic()) && !prefix.ends_with(['-', '.']);
        ends && prefix.len() <= 253 && prefix.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c))
    };
    let ends = |c: char| c.is_ascii_alphanumeric();
    let is_name = (1..=63).contains(&name.len())
        && name.starts_with(ends)
        && name.ends_with(ends)
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    prefix.is_none_or(is_prefix) && is_name
}
