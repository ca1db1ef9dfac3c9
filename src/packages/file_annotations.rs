//! Annotations about the file that an object comes from, under their present and their former name.
//!
//! Behavior: `kioutil` in kyaml, and the migration of annotations in `kio.go`.

use std::collections::BTreeMap;

use anyhow::anyhow;

use super::annotations::{clear, set};
use super::meta::Meta;
use super::object::Object;
use crate::go_yaml::Node;

const PREFIX: &str = "internal.config.kubernetes.io/";
/// The position in its file.
pub(super) const INDEX: &str = "internal.config.kubernetes.io/index";
/// The path of its file.
pub(super) const PATH: &str = "internal.config.kubernetes.io/path";
/// How its lists are indented.
pub(super) const SEQUENCE_INDENT: &str = "internal.config.kubernetes.io/seqindent";
/// Its number in the input of a function.
pub(super) const ID: &str = "internal.config.kubernetes.io/id";
/// The former name of [`INDEX`].
pub(super) const LEGACY_INDEX: &str = "config.kubernetes.io/index";
/// The former name of [`PATH`].
pub(super) const LEGACY_PATH: &str = "config.kubernetes.io/path";
/// The former name of [`ID`].
pub(super) const LEGACY_ID: &str = "config.k8s.io/id";
/// Its number while a filter runs.
const MIGRATION: &str = "internal.config.kubernetes.io/annotations-migration-resource-id";

/// Each annotation with its former name, and what it is about.
const PAIRS: [(&str, &str, &str); 3] = [(PATH, LEGACY_PATH, "path"), (INDEX, LEGACY_INDEX, "index"), (ID, LEGACY_ID, "id")];

/// Adds the annotations that are there under one name only.
///
/// # Errors
/// `metadata` or `annotations` is not a mapping.
pub(super) fn complete(node: &mut Node) -> anyhow::Result<()> {
    let meta = Meta::of(node);
    for (key, legacy, _) in PAIRS {
        match (meta.annotation(key), meta.annotation(legacy)) {
            ("", "") => {}
            ("", value) => set(node, key, value)?,
            (value, "") => set(node, legacy, value)?,
            _ => {}
        }
    }
    Ok(())
}

/// The path of an object's file.
pub(super) fn path_of(node: &Node) -> String {
    let meta = Meta::of(node);
    meta.annotations.get(PATH).or_else(|| meta.annotations.get(LEGACY_PATH)).cloned().unwrap_or_default()
}

/// What the objects said about their files before a filter.
pub(super) struct Before(Vec<BTreeMap<String, String>>);

impl Before {
    /// Numbers the objects, and remembers their annotations.
    ///
    /// # Errors
    /// The two names of an annotation have different values.
    pub(super) fn number(objects: &[Object]) -> anyhow::Result<Before> {
        let mut before = Vec::with_capacity(objects.len());
        for (number, object) in objects.iter().enumerate() {
            let mut node = object.borrow_mut();
            set(&mut node, MIGRATION, &number.to_string())?;
            let is_internal = |key: &str| key.starts_with(PREFIX) || [LEGACY_PATH, LEGACY_INDEX, LEGACY_ID].contains(&key);
            before.push(Meta::of(&node).annotations.into_iter().filter(|(key, _)| is_internal(key)).collect());
            complete(&mut node)?;
            check_same(&Meta::of(&node))?;
        }
        Ok(Before(before))
    }

    /// Applies what the filter changed to both names, and keeps those names that the objects had.
    ///
    /// # Errors
    /// The two names of an annotation have different values, or only some objects have one of the names.
    pub(super) fn reconcile(&self, objects: &[Object]) -> anyhow::Result<()> {
        let uses = self.names()?;
        for object in objects {
            let mut node = object.borrow_mut();
            complete(&mut node)?;
            self.apply_changes(&mut node)?;
            for (key, legacy, _) in [PAIRS[2], PAIRS[0], PAIRS[1]] {
                if !uses.0 {
                    clear(&mut node, key)?;
                }
                if !uses.1 {
                    clear(&mut node, legacy)?;
                }
            }
            check_same(&Meta::of(&node))?;
            clear(&mut node, MIGRATION)?;
        }
        Ok(())
    }

    /// Whether the objects have the present names, and whether they have the former names.
    fn names(&self) -> anyhow::Result<(bool, bool)> {
        if self.0.is_empty() {
            return Ok((true, true));
        }
        let has = |annotations: &BTreeMap<String, String>| {
            let present = PAIRS.iter().any(|(key, _, _)| annotations.contains_key(*key));
            (present, PAIRS.iter().any(|(_, legacy, _)| annotations.contains_key(*legacy)))
        };
        let mut all = self.0.iter().map(has).filter(|has| *has != (false, false));
        let Some(first) = all.next() else { return Ok((false, false)) };
        if all.any(|has| has != first) {
            return Err(anyhow!("the annotation formatting in the input resources is not consistent"));
        }
        Ok(first)
    }

    fn apply_changes(&self, node: &mut Node) -> anyhow::Result<()> {
        let meta = Meta::of(node);
        let number = meta.annotation(MIGRATION);
        let at = number.parse().ok().filter(|at: &usize| at.to_string() == number);
        let Some(before) = at.and_then(|at| self.0.get(at)) else { return Ok(()) };
        for (key, legacy, name) in &PAIRS[..2] {
            let Some(old) = before.get(*key).or_else(|| before.get(*legacy)).filter(|old| !old.is_empty()) else { continue };
            let (now, legacy_now) = (meta.annotation(key), meta.annotation(legacy));
            if old != now && old != legacy_now && now != legacy_now {
                return Err(mismatched(name));
            }
            if old != now {
                set(node, legacy, now)?;
            } else if old != legacy_now {
                set(node, key, legacy_now)?;
            }
        }
        Ok(())
    }
}

fn check_same(meta: &Meta) -> anyhow::Result<()> {
    for (key, legacy, name) in PAIRS {
        let (value, former) = (meta.annotation(key), meta.annotation(legacy));
        if !value.is_empty() && !former.is_empty() && value != former {
            return Err(mismatched(name));
        }
    }
    Ok(())
}

fn mismatched(name: &str) -> anyhow::Error {
    anyhow!("resource input to function has mismatched legacy and internal {name} annotations")
}
