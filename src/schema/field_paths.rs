//! Whether a field path exists in the schema of a kind, and the path that was probably meant.
//!
//! Users: replacements, vars, JSON patches, field specs, and unknown fields. A misspelled step, a missing step (`metadata` in
//! `spec.template.labels`), a superfluous one, and a missing list item are corrected, if exactly one path results.

use super::shape::{Below, Shape};
use crate::diagnostic::did_you_mean;

/// How a path is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `spec.containers.[name=web].image`, in replacements and vars.
    Dotted,
    /// `spec/containers[]/image`, in field specs; lists are entered without a step of their own.
    Slashed,
    /// `/spec/containers/0/image`, in JSON patches.
    Pointer,
    /// `spec.containers[0].image`, in findings.
    Field,
}

/// What the schema says about a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It may exist.
    Possible,
    /// No object of the kind can have it.
    Impossible {
        /// The path that was probably meant.
        near: Option<String>,
    },
}

/// How many levels a missing part of a path may have.
const DEEPEST: usize = 4;
/// How many corrections a path may need.
const CORRECTIONS: usize = 2;

/// Judges a path by its steps.
pub fn judge(root: &Shape, steps: &[&str], notation: Notation) -> Judged {
    let owned: Vec<String> = steps.iter().map(|step| (*step).to_owned()).collect();
    match walk(root, &owned, notation) {
        Ok(()) => Judged::Possible,
        Err(_) => {
            Judged::Impossible { near: corrected(root, &owned, notation, CORRECTIONS).map(|steps| written(&steps, notation)) }
        }
    }
}

/// The path that was probably meant in place of one that does not exist, as steps; without list items of unknown position.
pub fn relocated(root: &Shape, steps: &[&str], notation: Notation) -> Option<Vec<String>> {
    let owned: Vec<String> = steps.iter().map(|step| (*step).to_owned()).collect();
    walk(root, &owned, notation).err()?;
    corrected(root, &owned, notation, 1).filter(|path| !path.iter().any(|step| step == "*"))
}

/// As [`relocated`], for a message: only the next level and those above, since deeper fields rarely are what was meant.
pub fn misplaced(root: &Shape, steps: &[&str]) -> Option<String> {
    let path = relocated(root, steps, Notation::Field).filter(|path| path.len() <= steps.len() + 1)?;
    Some(written(&path, Notation::Field))
}

impl Judged {
    /// The suggestion, if there is one.
    pub fn help(&self) -> Option<String> {
        match self {
            Judged::Impossible { near: Some(near) } => Some(format!("did you mean `{near}`?")),
            _ => None,
        }
    }
}

/// The schemas up to the step that does not exist, and that step.
struct Stuck {
    shapes: Vec<Shape>,
    at: usize,
}

fn is_list_step(step: &str) -> bool {
    step == "*" || step == "-" || step.starts_with('[') || !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit())
}

/// Follows a path as far as the schema has it.
fn walk(root: &Shape, steps: &[String], notation: Notation) -> Result<(), Stuck> {
    let mut shapes = vec![root.clone()];
    for (at, step) in steps.iter().enumerate() {
        let Some(mut shape) = shapes.last().cloned() else { return Ok(()) };
        let mut name = step.as_str();
        if notation == Notation::Slashed {
            name = name.strip_suffix("[]").unwrap_or(name);
            while let (Below::Items, Some(items)) = (shape.below(), shape.items()) {
                shape = items;
            }
        }
        let next = match shape.below() {
            Below::Anything => return Ok(()),
            // A string may contain a document, which replacements can enter.
            Below::Nothing if notation != Notation::Slashed => return Ok(()),
            Below::Nothing => None,
            Below::Items => shape.items().filter(|_| is_list_step(name)),
            Below::Fields => shape.value(name).filter(|_| !step.starts_with('[') || shape.has_free_keys()),
        };
        match next {
            Some(next) => shapes.push(next),
            None if shape.below() == Below::Fields && shape.has_free_keys() => return Ok(()),
            None => return Err(Stuck { shapes, at }),
        }
    }
    Ok(())
}

/// The path after at most this many corrections.
fn corrected(root: &Shape, steps: &[String], notation: Notation, left: usize) -> Option<Vec<String>> {
    let Err(Stuck { shapes, at }) = walk(root, steps, notation) else { return Some(steps.to_vec()) };
    if left == 0 {
        return None;
    }
    let (here, step, rest) = (shapes.last()?, steps.get(at)?, steps.get(at..)?);
    let before = steps.get(..at)?;
    let fits = |path: Vec<String>| walk(root, &path, notation).is_ok().then_some(path);
    let joined = |before: &[String], inside: &[String]| [before, inside, rest].concat();
    if here.below() == Below::Items {
        let item = if notation == Notation::Pointer { "0" } else { "*" };
        return corrected(root, &joined(before, &[item.to_owned()]), notation, left - 1);
    }
    // Fields of an enclosing value: the last steps before this one are superfluous.
    let above = (0..at).rev().find_map(|end| fits(joined(steps.get(..end)?, &[])));
    if above.is_some() {
        return above;
    }
    let bare = step.strip_suffix("[]").unwrap_or(step);
    if let Some(inside) = missing_steps(here, bare, notation, |inside| fits(joined(before, inside)).is_some()) {
        return Some(joined(before, &inside));
    }
    let fields = here.fields();
    match did_you_mean(bare, fields.iter().map(|(name, ..)| name.as_str())) {
        Some(near) => {
            let mut path = steps.to_vec();
            *path.get_mut(at)? = near.to_owned();
            corrected(root, &path, notation, left - 1)
        }
        // The step itself is superfluous.
        None if rest.len() > 1 => fits([before, rest.get(1..)?].concat()),
        None => None,
    }
}

/// The steps that lead from here to a field with this name: the shortest ones, if they are the only ones, or all required.
fn missing_steps(here: &Shape, name: &str, notation: Notation, fits: impl Fn(&[String]) -> bool) -> Option<Vec<String>> {
    // Each candidate: its schema, its steps, and whether all of them are required.
    let mut level = vec![(here.clone(), Vec::new(), true)];
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for (shape, steps, required) in &level {
            for (field, value, is_required) in shape.fields() {
                if matches!(field.as_str(), "status" | "managedFields") || next.len() > 2000 {
                    continue;
                }
                let (mut steps, mut value) = (steps.clone(), value);
                steps.push(field);
                while let (Below::Items, Some(items)) = (value.below(), value.items()) {
                    value = items;
                    match notation {
                        Notation::Slashed => {}
                        Notation::Pointer => steps.push("0".into()),
                        Notation::Dotted | Notation::Field => steps.push("*".into()),
                    }
                }
                if value.below() == Below::Fields {
                    next.push((value, steps, *required && is_required));
                }
            }
        }
        let has_it = |(shape, steps, _): &&(Shape, Vec<String>, bool)| {
            !shape.has_free_keys() && shape.value(name).is_some() && fits(steps)
        };
        let found: Vec<_> = next.iter().filter(has_it).collect();
        let mut required = found.iter().filter(|(.., required)| *required);
        match (found.as_slice(), required.next(), required.next()) {
            ([], ..) => {}
            ([(_, steps, _)], ..) | (_, Some((_, steps, _)), None) => return Some(steps.clone()),
            _ => return None,
        }
        level = next;
    }
    None
}

/// Writes a path.
fn written(steps: &[String], notation: Notation) -> String {
    match notation {
        Notation::Pointer => steps.iter().flat_map(|step| ["/".to_owned(), step.replace('~', "~0").replace('/', "~1")]).collect(),
        Notation::Slashed => steps.iter().map(|step| step.replace('/', "\\/")).collect::<Vec<_>>().join("/"),
        Notation::Dotted => {
            let quoted =
                |step: &String| if step.contains('.') && !step.starts_with('[') { format!("[{step}]") } else { step.clone() };
            steps.iter().map(quoted).collect::<Vec<_>>().join(".")
        }
        Notation::Field => {
            let mut all = String::new();
            for step in steps {
                match step.as_str() {
                    "*" => all.push_str("[*]"),
                    index if is_list_step(index) => all.push_str(&format!("[{index}]")),
                    name if all.is_empty() => all.push_str(name),
                    name => all.push_str(&format!(".{name}")),
                }
            }
            all
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Definitions, Gvk};
    use super::*;

    fn near(kind: &str, path: &str) -> Option<String> {
        let gvk = Gvk::new(if kind == "CronJob" { "batch/v1" } else { "apps/v1" }, kind);
        let root = Shape::of(&gvk, &Definitions::default()).unwrap();
        let (notation, mark) = if path.contains('/') { (Notation::Slashed, '/') } else { (Notation::Dotted, '.') };
        match judge(&root, &path.split(mark).collect::<Vec<_>>(), notation) {
            Judged::Possible => Some("possible".into()),
            Judged::Impossible { near } => near,
        }
    }

    #[test]
    fn paths_of_the_schema_are_possible() {
        for path in ["spec.replicas", "metadata.labels.app", "spec.template.spec.containers.*.image", "data.x"] {
            assert_eq!(near("Deployment", path).as_deref() == Some("possible"), path != "data.x", "{path}");
        }
        assert_eq!(near("Deployment", "spec/template/spec/containers[]/image").as_deref(), Some("possible"));
        assert_eq!(near("Deployment", "spec/template/spec/containers/image").as_deref(), Some("possible"));
    }

    #[test]
    fn the_path_that_was_meant_is_found() {
        for (kind, path, meant) in [
            ("Deployment", "spec.template.labels.version", "spec.template.metadata.labels.version"),
            ("Deployment", "spec.template.metadata.label.version", "spec.template.metadata.labels.version"),
            ("Deployment", "spec.template.containers.0.image", "spec.template.spec.containers.0.image"),
            ("Deployment", "spec.template.spec.containers.image", "spec.template.spec.containers.*.image"),
            ("Deployment", "spec.template.spec.replicas", "spec.replicas"),
            ("Deployment", "spec/template/labels", "spec/template/metadata/labels"),
            ("CronJob", "spec.template.spec.restartPolicy", "spec.jobTemplate.spec.template.spec.restartPolicy"),
            ("Deployment", "spec.pods.replicas", "spec.replicas"),
            ("Deployment", "labels.app", "metadata.labels.app"),
            ("Deployment", "spec.template.spec.container.0.image", "spec.template.spec.containers.0.image"),
        ] {
            assert_eq!(near(kind, path).as_deref(), Some(meant), "{path}");
        }
        assert_eq!(near("Deployment", "spec.nothing.like.this"), None);
    }
}
