//! Finds the object that an argument refers to: `KIND/NAME` or `KIND/NAMESPACE/NAME`.
//!
//! The name is the printed one, or any name that the object had before: `Deployment/web` finds `prod-web`.

use crate::diagnostic::{Diagnostic, Result, did_you_mean};
use crate::resource::{ResMap, Resource};

/// The object that the argument refers to.
///
/// # Errors
/// The argument is malformed, or it refers to no object or to several.
pub fn object<'r>(word: &str, resources: &'r ResMap) -> Result<&'r Resource, Diagnostic> {
    let parts: Vec<&str> = word.split('/').collect();
    let (kind, namespace, name) = match parts.as_slice() {
        [kind, name] if !kind.is_empty() && !name.is_empty() => (*kind, None, *name),
        [kind, namespace, name] if ![kind, namespace, name].iter().any(|part| part.is_empty()) => {
            (*kind, Some(*namespace), *name)
        }
        _ => {
            let error = Diagnostic::error("unknown-object", format!("`{word}` is not a valid object reference"));
            return Err(error.help("write `KIND/NAME` or `KIND/NAMESPACE/NAME`, for example `Deployment/web`"));
        }
    };
    let is_kind = |resource: &&Resource| resource.kind().eq_ignore_ascii_case(kind);
    let in_namespace = |resource: &&Resource| {
        let had = |namespace| resource.former().iter().any(|former| former.namespace == namespace);
        namespace.is_none_or(|namespace| resource.namespace() == namespace || had(namespace))
    };
    let candidates: Vec<&Resource> = resources.iter().filter(is_kind).filter(in_namespace).collect();
    let with_name: Vec<&Resource> = candidates.iter().copied().filter(|resource| resource.id().name == name).collect();
    let had_name = |resource: &&Resource| resource.former().iter().any(|former| former.name == name);
    let found = if with_name.is_empty() { candidates.into_iter().filter(had_name).collect() } else { with_name };
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(unknown(word, kind, name, resources)),
        several => {
            let words: Vec<String> = several.iter().map(|resource| format!("`{}`", self::word(resource))).collect();
            let error = Diagnostic::error("ambiguous-object", format!("`{word}` matches {} objects", several.len()));
            Err(error.help(format!("use one of {}", words.join(", "))))
        }
    }
}

/// The reference to an object.
fn word(resource: &Resource) -> String {
    let id = resource.id();
    match id.namespace.as_str() {
        "" => format!("{}/{}", id.gvk.kind, id.name),
        namespace => format!("{}/{namespace}/{}", id.gvk.kind, id.name),
    }
}

fn unknown(word: &str, kind: &str, name: &str, resources: &ResMap) -> Diagnostic {
    let error = Diagnostic::error("unknown-object", format!("there is no object `{word}`"));
    let of_kind: Vec<&Resource> = resources.iter().filter(|resource| resource.kind().eq_ignore_ascii_case(kind)).collect();
    let near = match of_kind.is_empty() {
        true => did_you_mean(kind, resources.iter().map(Resource::kind)).map(|near| format!("did you mean the kind `{near}`?")),
        false => {
            let near = did_you_mean(name, of_kind.iter().map(|resource| resource.id().name.as_str()));
            let near = of_kind.iter().find(|resource| near == Some(resource.id().name.as_str()));
            near.map(|near| format!("did you mean `{}`?", self::word(near)))
        }
    };
    let all = if of_kind.is_empty() { resources.iter().collect() } else { of_kind };
    let mut words: Vec<String> = all.iter().take(10).map(|resource| self::word(resource)).collect();
    words.extend((all.len() > 10).then(|| "...".to_owned()));
    match (near, words.is_empty()) {
        (Some(near), _) => error.help(near),
        (None, false) => error.help(format!("available objects: {}", words.join(", "))),
        (None, true) => error.help("the build produces no objects"),
    }
}
