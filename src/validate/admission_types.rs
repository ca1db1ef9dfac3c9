//! The variables of admission expressions, and their types.
//!
//! Behavior: `pkg/admission/plugin/cel/compile.go` and `composition.go` of apiserver; `pkg/cel/mutation/typeresolver.go` for the
//! types that mutations create.

use std::sync::{Arc, LazyLock};

use ecow::EcoString;

use crate::cel::environment::{Environment, Language, Types};
use crate::cel::types::{Fields, ObjectType, Type};
use crate::schema::Version;

/// An object type with these fields.
struct Record {
    name: EcoString,
    fields: Vec<(EcoString, Type)>,
}

impl Fields for Record {
    fn name(&self) -> &str {
        &self.name
    }

    fn field(&self, name: &str) -> Option<Type> {
        self.fields.iter().rev().find(|(known, _)| known == name).map(|(_, of)| of.clone())
    }
}

fn record(name: &str, fields: &[(&str, Type)]) -> Type {
    let fields = fields.iter().map(|(name, of)| (EcoString::from(*name), of.clone())).collect();
    Type::Object(ObjectType(Arc::new(Record { name: name.into(), fields })))
}

fn list(of: Type) -> Type {
    Type::List(Arc::new(of))
}

fn map(of: Type) -> Type {
    Type::Map(Arc::new(Type::String), Arc::new(of))
}

/// The type of `request`.
static REQUEST: LazyLock<Type> = LazyLock::new(|| {
    let text = || Type::String;
    let kind = record("kubernetes.GroupVersionKind", &[("group", text()), ("version", text()), ("kind", text())]);
    let resource = record("kubernetes.GroupVersionResource", &[("group", text()), ("version", text()), ("resource", text())]);
    let user = record(
        "kubernetes.UserInfo",
        &[("username", text()), ("uid", text()), ("groups", list(text())), ("extra", map(list(text())))],
    );
    record(
        "kubernetes.AdmissionRequest",
        &[
            ("kind", kind.clone()),
            ("resource", resource.clone()),
            ("subResource", text()),
            ("requestKind", kind),
            ("requestResource", resource),
            ("requestSubResource", text()),
            ("name", text()),
            ("namespace", text()),
            ("operation", text()),
            ("userInfo", user),
            ("dryRun", Type::Bool),
            ("options", Type::Dyn),
        ],
    )
});

/// The type of `namespaceObject`.
static NAMESPACE: LazyLock<Type> = LazyLock::new(|| {
    let text = || Type::String;
    let metadata = record(
        "kubernetes.NamespaceMetadata",
        &[
            ("name", text()),
            ("generateName", text()),
            ("namespace", text()),
            ("labels", map(text())),
            ("annotations", map(text())),
            ("UID", text()),
            ("creationTimestamp", Type::Timestamp),
            ("deletionGracePeriodSeconds", Type::Int),
            ("deletionTimestamp", Type::Timestamp),
            ("generation", Type::Int),
            ("resourceVersion", text()),
            ("finalizers", list(text())),
        ],
    );
    let condition = record(
        "kubernetes.NamespaceCondition",
        &[("status", text()), ("type", text()), ("lastTransitionTime", Type::Timestamp), ("message", text()), ("reason", text())],
    );
    record(
        "kubernetes.Namespace",
        &[
            ("metadata", metadata),
            ("spec", record("kubernetes.NamespaceSpec", &[("finalizers", list(text()))])),
            ("status", record("kubernetes.NamespaceStatus", &[("conditions", list(condition)), ("phase", text())])),
        ],
    )
});

/// The environment of admission expressions, without `authorizer`.
pub fn environment(version: Version, has_params: bool) -> Environment {
    let mut environment = Language::of_kubernetes(version.number())
        .environment()
        .with("object", Type::Dyn)
        .with("oldObject", Type::Dyn)
        .with("namespaceObject", NAMESPACE.clone())
        .with("request", REQUEST.clone());
    if has_params {
        environment.declare("params", Type::Dyn);
    }
    environment
}

/// Adds `authorizer` to an environment.
pub fn with_authorizer(environment: Environment) -> Environment {
    environment
        .with("authorizer", Type::Opaque("kubernetes.authorization.Authorizer"))
        .with("authorizer.requestResource", Type::Opaque("kubernetes.authorization.ResourceCheck"))
}

/// The type of `variables`, from the types of the previous expressions.
pub fn variables(known: &[(EcoString, Type)]) -> Type {
    Type::Object(ObjectType(Arc::new(Record { name: "kubernetes.variables".into(), fields: known.to_vec() })))
}

/// The type of a variable, from the type of its expression: optional values and values of libraries are dynamic.
pub fn of_variable(of: &Type) -> Type {
    match of {
        Type::List(of) => list(of_variable(of)),
        Type::Map(key, value) => Type::Map(Arc::new(of_variable(key)), Arc::new(of_variable(value))),
        Type::Optional(_) | Type::Opaque(_) | Type::Object(_) | Type::Type(_) | Type::Param(_) => Type::Dyn,
        plain => plain.clone(),
    }
}

/// The types `Object{...}`, `Object.spec{...}`, and `JSONPatch{...}`.
pub struct PatchTypes;

/// A part of an object, which has any field.
struct Part(EcoString);

impl Fields for Part {
    fn name(&self) -> &str {
        &self.0
    }

    fn field(&self, _: &str) -> Option<Type> {
        Some(Type::Dyn)
    }
}

impl Types for PatchTypes {
    fn named(&self, name: &str) -> Option<ObjectType> {
        match json_patch() {
            Type::Object(patch) if name == "JSONPatch" => Some(patch),
            _ if name == "Object" || name.starts_with("Object.") => Some(ObjectType(Arc::new(Part(name.into())))),
            _ => None,
        }
    }
}

/// The type of an apply configuration.
pub fn object() -> Type {
    Type::Object(ObjectType(Arc::new(Part("Object".into()))))
}

/// The type of a JSON patch operation.
pub fn json_patch() -> Type {
    let fields = [("op", Type::String), ("path", Type::String), ("from", Type::String), ("value", Type::Dyn)];
    record("JSONPatch", &fields)
}

#[cfg(test)]
mod tests {
    use super::super::expressions::compile;
    use super::*;

    fn check(text: &str, wanted: &[Type]) -> Result<(), String> {
        let known = [("env".into(), Type::String), ("ports".into(), list(Type::Int))];
        let environment = with_authorizer(environment(Version::NEWEST, false)).with("variables", variables(&known));
        compile(text, wanted, &environment.with_types(Arc::new(PatchTypes))).map(drop)
    }

    #[test]
    fn valid_expressions_compile() {
        for text in [
            "object.spec.replicas <= 5",
            "!has(object.metadata.labels) || object.metadata.labels['a'] == \"b\"",
            "object.spec.containers.all(c, c.image.startsWith('x/') && [1, 2,].exists(i, i == c.n))",
            "variables.env in ['a', 'b'] ? true : -1 < 2 // a comment",
            "variables.ports.exists(p, p > 1024)",
            "object.?a.orValue({'k': [object[?'x']]}).k.size() > 0",
            "object.m.all(k, v, k != v)",
            "type(object) == string && int(object.x) > 2",
            "quantity('1').isGreaterThan(quantity('2'))",
            "request.userInfo.groups.exists(g, g == 'x') && request.operation == 'CREATE'",
            "authorizer.group('apps').resource('deployments').check('get').allowed()",
            "authorizer.requestResource.check('custom').allowed()",
            "namespaceObject.metadata.labels.env == 'prod' || namespaceObject == null",
        ] {
            assert_eq!(check(text, &[Type::Bool]), Ok(()), "{text}");
        }
        assert_eq!(check("Object{spec: Object.spec{replicas: 1}}", &[object()]), Ok(()));
        assert_eq!(check("[JSONPatch{op: 'add', path: '/a', value: 1}]", &[list(json_patch())]), Ok(()));
        assert_eq!(check("'a' + string(object.x)", &[Type::String]), Ok(()));
    }

    #[test]
    fn invalid_expressions_do_not_compile() {
        for text in ["object.x", "1 + 1", "'x'", "[true]", "nope.x == 1", "variables.other == 1", "params.x == 1"] {
            assert!(check(text, &[Type::Bool]).is_err(), "{text}");
        }
        for text in ["request.opration == ''", "namespaceObject.metadata.uid == ''", "authorizer.allowed()", "object.x ==", ""] {
            assert!(check(text, &[]).is_err(), "{text}");
        }
        assert!(check("[JSONPatch{op: 1}]", &[]).is_err() && check("[]", &[list(json_patch())]).is_err());
    }
}
