//! Rules for ValidatingAdmissionPolicies, MutatingAdmissionPolicies, and their bindings.
//!
//! Behavior: `pkg/apis/admissionregistration/validation`.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::admission_rules::{expression, match_conditions, rule};
use super::admission_types::{self, PatchTypes, json_patch, object, of_variable, with_authorizer};
use super::look::{as_text, choice, count, items, required_form, required_text, set, text, texts};
use super::selectors::label_selector;
use super::{Findings, Path, Rule, names};
use crate::cel::environment::Environment;
use crate::cel::parse::is_reserved;
use crate::cel::types::Type;
use crate::yaml::Node;

const GROUP: &str = "admissionregistration.k8s.io";

/// Rules for admission policies.
pub const RULES: &[Rule] = &[
    Rule { group: GROUP, kinds: &["ValidatingAdmissionPolicy"], check: validating },
    Rule { group: GROUP, kinds: &["MutatingAdmissionPolicy"], check: mutating },
    Rule { group: GROUP, kinds: &["ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicyBinding"], check: binding },
];

const ACTIONS: &[&str] = &["Audit", "Deny", "Warn"];

/// The environments of the expressions in a policy.
struct Environments {
    /// The environment with `authorizer`.
    full: Environment,
    /// For messages.
    message: Environment,
}

/// Checks the fields that both kinds of policies share. Returns the spec and the environments of expressions.
fn policy<'n>(node: &'n Node, path: &Path<'_>, out: &mut Findings) -> (&'n Node, Environments) {
    let spec = set(node, "spec").unwrap_or(node);
    choice(spec, "failurePolicy", &["Fail", "Ignore"], path, out);
    if let Some(kind) = set(spec, "paramKind") {
        param_kind(kind, &path.field("paramKind"), out);
    }
    let mut message = admission_types::environment(out.version(), set(spec, "paramKind").is_some());
    let mut full = with_authorizer(message.clone());
    let constraints = path.field("matchConstraints");
    match set(spec, "matchConstraints") {
        None => out.required(spec, &constraints, "`matchConstraints` is required"),
        Some(found) => {
            match_resources(found, &constraints, out);
            if count(found, "resourceRules") == 0 {
                out.required(found, &constraints.field("resourceRules"), "at least one rule is required");
            }
        }
    }
    match_conditions(spec, &full, path, out);
    let mut known = Vec::new();
    let list = path.field("variables");
    for (at, variable) in items(spec, "variables") {
        let path = list.index(at);
        full.declare("variables", admission_types::variables(&known));
        let checked = expression(variable, "expression", &[], &full, &path, out);
        if let Some((name, place)) = required_text(variable, "name", &path, out) {
            if !is_identifier(name) {
                out.invalid(place, &path.field("name"), format!("`{name}` is not a valid CEL identifier"));
            }
            known.push((name.into(), checked.map_or(Type::Dyn, |checked| of_variable(checked.output()))));
        }
    }
    if count(spec, "variables") > 0 {
        full.declare("variables", admission_types::variables(&known));
        message.declare("variables", admission_types::variables(&known));
    }
    (spec, Environments { full, message })
}

fn is_identifier(name: &str) -> bool {
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    first && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !is_reserved(name)
}

fn validating(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let (spec, known) = policy(node, &path, out);
    if count(spec, "validations") + count(spec, "auditAnnotations") == 0 {
        for field in ["validations", "auditAnnotations"] {
            out.required(spec, &path.field(field), "at least one item of `validations` or `auditAnnotations` is required");
        }
    }
    let list = path.field("validations");
    for (at, validation) in items(spec, "validations") {
        let path = list.index(at);
        expression(validation, "expression", &[Type::Bool], &known.full, &path, out);
        if text(validation, "messageExpression").is_some() {
            expression(validation, "messageExpression", &[Type::String], &known.message, &path, out);
        }
        if let Some((message, place)) = text(validation, "message")
            && (message.trim().is_empty() || message.trim().contains(['\n', '\r']))
        {
            out.invalid(place, &path.field("message"), "the message must be a single line and must not be blank");
        }
        choice(validation, "reason", &["Forbidden", "Invalid", "RequestEntityTooLarge"], &path, out);
    }
    audit_annotations(spec, &known, &path, out);
}

fn audit_annotations(spec: &Node, known: &Environments, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("auditAnnotations");
    if count(spec, "auditAnnotations") > 20 {
        out.invalid(set(spec, "auditAnnotations").unwrap_or(spec), &list, "must have at most 20 items");
    }
    let mut seen = FxHashSet::default();
    for (at, annotation) in items(spec, "auditAnnotations") {
        let path = list.index(at);
        let key = text(annotation, "key").map_or("", |(key, _)| key);
        let place = set(annotation, "key").unwrap_or(annotation);
        if let Err(cause) = names::qualified_name(key) {
            out.invalid(place, &path.field("key"), format!("`{key}` is not a valid key: {cause}"));
        }
        if !seen.insert(key) {
            out.duplicate(place, &path.field("key"), format!("the key `{key}` appears twice"));
        }
        expression(annotation, "valueExpression", &[Type::String, Type::Null], &known.full, &path, out);
    }
}

fn mutating(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let (spec, known) = policy(node, &path, out);
    if let Some(constraints) = set(spec, "matchConstraints") {
        mutable_operations(constraints, &path.field("matchConstraints"), out);
    }
    let environment = known.full.with_types(Arc::new(PatchTypes));
    let list = path.field("mutations");
    if count(spec, "mutations") == 0 {
        out.required(set(spec, "mutations").unwrap_or(spec), &list, "at least one mutation is required");
    }
    for (at, mutation) in items(spec, "mutations") {
        let path = list.index(at);
        let Some((patch_type, _)) = required_text(mutation, "patchType", &path, out) else { continue };
        choice(mutation, "patchType", &["ApplyConfiguration", "JSONPatch"], &path, out);
        let patch = Type::List(Arc::new(json_patch()));
        let fields = [("ApplyConfiguration", "applyConfiguration", object()), ("JSONPatch", "jsonPatch", patch)];
        let is_known = fields.iter().any(|(known, ..)| *known == patch_type);
        for (of_type, field, wanted) in fields.into_iter().filter(|_| is_known) {
            match set(mutation, field) {
                Some(found) if of_type == patch_type => {
                    expression(found, "expression", &[wanted], &environment, &path.field(field), out);
                }
                None if of_type == patch_type => {
                    out.required(mutation, &path.field(field), format!("`patchType: {of_type}` requires `{field}`"));
                }
                Some(found) => {
                    let message = format!("`{field}` is not allowed with `patchType: {patch_type}`");
                    out.invalid(found, &path.field(field), message);
                }
                None => {}
            }
        }
    }
    match set(spec, "reinvocationPolicy") {
        None => out.required(spec, &path.field("reinvocationPolicy"), "`reinvocationPolicy` is required"),
        Some(_) => choice(spec, "reinvocationPolicy", &["IfNeeded", "Never"], &path, out),
    }
}

/// Checks that no rule matches deletions: an object that is deleted can't be mutated.
fn mutable_operations(constraints: &Node, path: &Path<'_>, out: &mut Findings) {
    let rules = path.field("resourceRules");
    let path = rules.field("operations");
    for (_, found) in items(constraints, "resourceRules") {
        for (_, operation) in items(found, "operations") {
            if as_text(operation) == Some("DELETE") {
                out.unsupported(operation, &path, &["*", "CONNECT", "CREATE", "UPDATE"]);
            }
        }
    }
}

fn binding(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let spec = set(node, "spec").unwrap_or(node);
    required_form(spec, "policyName", names::dns_subdomain, &path, out);
    if let Some(reference) = set(spec, "paramRef") {
        param_ref(reference, &path.field("paramRef"), out);
    }
    if let Some(resources) = set(spec, "matchResources") {
        match_resources(resources, &path.field("matchResources"), out);
    }
    if out.object().gvk.kind != "ValidatingAdmissionPolicyBinding" {
        return;
    }
    let path = path.field("validationActions");
    let place = set(spec, "validationActions").unwrap_or(spec);
    let mut seen = FxHashSet::default();
    for (at, action, place) in texts(spec, "validationActions") {
        if !ACTIONS.contains(&action) {
            out.unsupported(place, &path.index(at), ACTIONS);
        }
        if !seen.insert(action) {
            out.duplicate(place, &path.index(at), format!("`{action}` appears twice"));
        }
    }
    if seen.is_empty() {
        out.required(place, &path, "at least one action is required");
    } else if seen.contains("Deny") && seen.contains("Warn") {
        out.invalid(place, &path, "`Deny` and `Warn` are mutually exclusive");
    }
}

fn param_kind(kind: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some((version, place)) = required_text(kind, "apiVersion", path, out) {
        let (group, number) = version.split_once('/').unwrap_or(("", version));
        let wrong = match group {
            "" => Ok(()),
            group => names::dns_subdomain(group),
        };
        if let Err(cause) = wrong.and_then(|()| names::dns_1035_label(number)) {
            out.invalid(place, &path.field("apiVersion"), format!("`{version}` {cause}"));
        }
    }
    required_form(kind, "kind", kind_name, path, out);
}

fn kind_name(kind: &str) -> Result<(), String> {
    names::dns_1035_label(&kind.to_lowercase())
}

fn param_ref(reference: &Node, path: &Path<'_>, out: &mut Findings) {
    let name = text(reference, "name");
    let selector = set(reference, "selector");
    match (name, selector) {
        (None, None) => out.required(reference, path, "one of `name` or `selector` is required"),
        (Some(_), Some(place)) => out.forbidden(place, &path.field("name"), "`name` and `selector` are mutually exclusive"),
        _ => {}
    }
    if let Some((name, place)) = name
        && let Err(cause) = names::path_segment(name)
    {
        out.invalid(place, &path.field("name"), format!("`{name}` {cause}"));
    }
    if let Some(selector) = selector {
        label_selector(selector, &path.field("selector"), out);
    }
    match set(reference, "parameterNotFoundAction") {
        None => out.required(reference, &path.field("parameterNotFoundAction"), "`parameterNotFoundAction` is required"),
        Some(_) => choice(reference, "parameterNotFoundAction", &["Allow", "Deny"], path, out),
    }
}

fn match_resources(found: &Node, path: &Path<'_>, out: &mut Findings) {
    choice(found, "matchPolicy", &["Equivalent", "Exact"], path, out);
    for field in ["namespaceSelector", "objectSelector"] {
        if let Some(selector) = set(found, field) {
            label_selector(selector, &path.field(field), out);
        }
    }
    for field in ["resourceRules", "excludeResourceRules"] {
        let list = path.field(field);
        for (at, named) in items(found, field) {
            let path = list.index(at);
            resource_names(named, &path.field("resourceNames"), out);
            rule(named, &path, out);
        }
    }
}

fn resource_names(named: &Node, path: &Path<'_>, out: &mut Findings) {
    let mut seen = FxHashSet::default();
    for (at, name, place) in texts(named, "resourceNames") {
        if let Err(cause) = names::path_segment(name) {
            out.invalid(place, &path.index(at), format!("`{name}` {cause}"));
        }
        if !seen.insert(name) {
            out.duplicate(place, &path.index(at), format!("`{name}` appears twice"));
        }
    }
}
