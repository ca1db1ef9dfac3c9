//! A `$(NAME)` in a container refers to a variable that is defined later in `env`, or that does not exist.
//!
//! The kubelet replaces `$(NAME)` in `env` only by variables that are earlier in the list, and leaves the text unchanged otherwise; in
//! `command` and `args`, all variables of the container count. A strategic merge patch puts new variables at the start of the list, before
//! those that they refer to: use a JSON patch that adds them at the end (`path: /spec/template/spec/containers/0/env/-`), or list the
//! variables in the right order in the patch. `$$(NAME)` is the text `$(NAME)`. Variables of services and names that do not look like
//! those of variables are not reported, and neither are unknown names in a container with `envFrom`.

use rustc_hash::FxHashMap;

use super::{Lint, Reporter, Set};
use crate::validate::look::{as_text, count, items, text, texts};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "unresolved-variable", file: include_str!("unresolved_variable.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            for (at, container) in items(pod.spec, list) {
                for Found { node, path, message, help } in unresolved(container) {
                    out.warn(owner, node, format!("{}.{list}[{at}].{path}", pod.path), message, &help);
                }
            }
        }
    }
}

struct Found<'n> {
    node: &'n Node,
    path: String,
    message: String,
    help: String,
}

fn unresolved(container: &Node) -> Vec<Found<'_>> {
    // The last definition of a name counts, but a reference finds the first one before it.
    let mut known: FxHashMap<&str, usize> = FxHashMap::default();
    for (at, variable) in items(container, "env") {
        if let Some((name, _)) = text(variable, "name") {
            known.entry(name).or_insert(at);
        }
    }
    let others = count(container, "envFrom") > 0;
    let is_unknown = |name: &str| !others && !is_of_service(name);
    let mut found = Vec::new();
    for (at, variable) in items(container, "env") {
        let Some((value, node)) = variable.get("value").and_then(|node| Some((as_text(node)?, node))) else { continue };
        for name in references(value) {
            let (message, help) = match known.get(name) {
                Some(&defined) if defined < at => continue,
                Some(&defined) if defined > at => (
                    format!("`$({name})` is not replaced, because the variable `{name}` is defined later in the list"),
                    format!("move `{name}` before this variable, or add this one at the end of the list with a JSON patch"),
                ),
                _ if !(is_identifier(name) && is_unknown(name)) => continue,
                _ => (format!("`$({name})` is not replaced, because no variable before this one has this name"), define(name)),
            };
            found.push(Found { node, path: format!("env[{at}].value"), message, help });
        }
    }
    for field in ["command", "args"] {
        // Several lines are a script, in which `$(NAME)` runs a command, or is part of a comment.
        for (at, value, node) in texts(container, field).filter(|(_, value, _)| !value.trim_end().contains('\n')) {
            for name in references(value).filter(|name| !known.contains_key(name) && is_variable(name) && is_unknown(name)) {
                let message = format!("`$({name})` is not replaced, because the container has no variable `{name}`");
                found.push(Found { node, path: format!("{field}[{at}]"), message, help: define(name) });
            }
        }
    }
    found
}

fn define(name: &str) -> String {
    format!("define `{name}` in `env`, or write `$$({name})` for the text itself")
}

/// The names in `$(NAME)`; `$$` is an escaped dollar sign.
fn references(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('$')?;
            if let Some(escaped) = after.strip_prefix('$') {
                rest = escaped;
                continue;
            }
            rest = after;
            let Some((name, after)) = after.strip_prefix('(').and_then(|inner| inner.split_once(')')) else { continue };
            rest = after;
            return Some(name);
        }
    })
}

/// Whether a name can be that of a variable. A value in `env` is not run by a shell, so it contains no commands.
fn is_identifier(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.is_empty()
}

/// Whether a name is written like that of a variable, and not like a command of a shell or a parameter of a template.
fn is_variable(name: &str) -> bool {
    let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() > 1 && name.bytes().all(is_upper) && name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Whether a name is that of a variable for a Service, which the kubelet adds.
fn is_of_service(name: &str) -> bool {
    name.ends_with("_SERVICE_HOST") || name.contains("_SERVICE_PORT") || name.contains("_PORT_") || name.ends_with("_PORT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_as_by_the_kubelet() {
        let found = |value: &'static str| references(value).collect::<Vec<_>>();
        assert_eq!(found("a $(A)-$(B_1)$$(C) $$$(D) $(E"), ["A", "B_1", "D"]);
        assert_eq!(found("$()$"), [""]);
        assert!(is_variable("POD_IP") && !is_variable("hostname") && !is_variable("date +%s") && !is_variable("params.x"));
        assert!(is_identifier("b_1") && !is_identifier("params.x") && !is_identifier("date +%s") && !is_identifier(""));
        assert!(is_of_service("WEB_PORT_80_TCP_ADDR") && is_of_service("KUBERNETES_SERVICE_HOST") && !is_of_service("POD_IP"));
    }
}
