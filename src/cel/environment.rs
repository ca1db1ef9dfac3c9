//! What an expression may use: the version of Kubernetes, its libraries, the variables and types that are declared.
//!
//! Behaviour: `pkg/cel/environment` of apiserver. New expressions are compiled with what the version before already had, so that
//! an API server can be rolled back (`DefaultCompatibilityVersion`).

use std::sync::{Arc, OnceLock};

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::ast::{Expr, Fault};
use super::library::{self, Library, Overload};
use super::macros::Syntax;
use super::parse::parse;
use super::types::{ObjectType, Type};

/// Types that expressions can name and create: `Object{...}`.
pub trait Types: Send + Sync {
    /// The type of this name.
    fn named(&self, name: &str) -> Option<ObjectType>;
}

/// Functions, macros and rules of a version, without variables; cheap to copy.
#[derive(Clone)]
pub struct Language(Arc<Inner>);

struct Inner {
    functions: FxHashMap<&'static str, Vec<&'static Overload>>,
    syntax: Syntax,
    /// The version of `base.go`, 1.N.
    minor: u16,
}

/// A language with variables and types.
#[derive(Clone)]
pub struct Environment {
    language: Language,
    container: EcoString,
    variables: FxHashMap<EcoString, Type>,
    types: Option<Arc<dyn Types>>,
}

/// The version whose features new expressions may use.
fn compatible_with(minor: u16) -> u16 {
    if minor >= 28 { minor - 1 } else { minor }
}

impl Language {
    /// What expressions may use that are new to Kubernetes 1.`minor`.
    pub fn of_kubernetes(minor: u16) -> Self {
        static KNOWN: [OnceLock<Language>; 64] = [const { OnceLock::new() }; 64];
        let compatible = compatible_with(minor);
        let make = || {
            let syntax = Syntax { exists_one: minor >= 32, ..Syntax::of(compatible) };
            Self::new(compatible, syntax, library::ALL.iter().copied().filter(|library| library.is_in(compatible)))
        };
        KNOWN.get(usize::from(minor)).map_or_else(make, |known| known.get_or_init(make).clone())
    }

    /// What selectors of devices may use (`dynamic-resource-allocation/cel`): `cel.bind` and semantic versions, too.
    pub fn of_devices(minor: u16) -> Self {
        let compatible = compatible_with(minor);
        let syntax = Syntax { exists_one: minor >= 32, bind: true, ..Syntax::of(compatible) };
        let has = |library: &&'static Library| library.is_in(compatible) || library.name == "semantic versions";
        Self::new(compatible, syntax, library::ALL.iter().copied().filter(has))
    }

    /// All libraries, those that Kubernetes lacks too.
    pub fn everything() -> Self {
        Self::new(u16::MAX, Syntax::EVERYTHING, library::ALL.iter().copied().filter(|library| library.until.is_none()))
    }

    fn new(minor: u16, syntax: Syntax, libraries: impl Iterator<Item = &'static Library>) -> Self {
        let mut functions: FxHashMap<&'static str, Vec<&'static Overload>> = FxHashMap::default();
        for overload in libraries.flat_map(|library| library.overloads) {
            functions.entry(overload.function).or_default().push(overload);
        }
        Language(Arc::new(Inner { functions, syntax, minor }))
    }

    /// The overloads of a function.
    pub fn function(&self, name: &str) -> Option<&[&'static Overload]> {
        self.0.functions.get(name).map(Vec::as_slice)
    }

    /// Parses an expression.
    ///
    /// # Errors
    /// As [`parse`].
    pub fn parse(&self, text: &str) -> Result<Expr, Fault> {
        parse(text, &self.0.syntax)
    }

    /// Whether numbers of different types can be compared.
    pub(super) fn compares_across_types(&self) -> bool {
        self.0.minor >= 28
    }

    /// Whether literals are validated after the check (`ASTValidators`), and all items of a list must have one type.
    pub(super) fn validates_literals(&self) -> bool {
        self.0.minor >= 29 && self.is_homogeneous()
    }

    /// Whether items of a list literal must have a common type.
    pub(super) fn is_homogeneous(&self) -> bool {
        self.0.minor != u16::MAX
    }

    /// The environment without variables.
    pub fn environment(&self) -> Environment {
        Environment { language: self.clone(), container: EcoString::new(), variables: FxHashMap::default(), types: None }
    }
}

impl Environment {
    /// Declares a variable; its name may have dots.
    #[must_use]
    pub fn with(mut self, name: &str, of: Type) -> Self {
        self.declare(name, of);
        self
    }

    /// Declares a variable.
    pub fn declare(&mut self, name: &str, of: Type) {
        self.variables.insert(name.into(), of);
    }

    /// Declares types.
    #[must_use]
    pub fn with_types(mut self, types: Arc<dyn Types>) -> Self {
        self.types = Some(types);
        self
    }

    /// Names are looked for in this namespace first, such as `a.b`.
    #[must_use]
    pub fn in_container(mut self, name: &str) -> Self {
        self.container = name.into();
        self
    }

    /// Its functions and version.
    pub fn language(&self) -> &Language {
        &self.language
    }

    pub(super) fn variable(&self, name: &str) -> Option<&Type> {
        self.variables.get(name)
    }

    /// The type that a name stands for, such as `int`, `google.protobuf.Duration`, `kubernetes.Quantity` or a declared one.
    pub(super) fn type_named(&self, name: &str) -> Option<Type> {
        let dynamic = || Arc::new(Type::Dyn);
        Some(match name {
            "bool" | "google.protobuf.BoolValue" => Type::Bool,
            "bytes" | "google.protobuf.BytesValue" => Type::Bytes,
            "double" | "google.protobuf.DoubleValue" | "google.protobuf.FloatValue" => Type::Double,
            "int" | "google.protobuf.Int64Value" | "google.protobuf.Int32Value" => Type::Int,
            "uint" | "google.protobuf.UInt64Value" | "google.protobuf.UInt32Value" => Type::Uint,
            "string" | "google.protobuf.StringValue" => Type::String,
            "list" | "google.protobuf.ListValue" => Type::List(dynamic()),
            "map" => Type::Map(dynamic(), dynamic()),
            "google.protobuf.Struct" => Type::Map(Arc::new(Type::String), dynamic()),
            "null_type" => Type::Null,
            "type" => Type::Type(dynamic()),
            "dyn" | "google.protobuf.Value" | "google.protobuf.Any" => Type::Dyn,
            "google.protobuf.Timestamp" => Type::Timestamp,
            "google.protobuf.Duration" => Type::Duration,
            "optional_type" if self.language.0.syntax.optional => Type::Optional(dynamic()),
            "kubernetes.URL" => Type::Opaque("kubernetes.URL"),
            "kubernetes.Quantity" => Type::Opaque("kubernetes.Quantity"),
            "kubernetes.Semver" => Type::Opaque("kubernetes.Semver"),
            "kubernetes.NamedFormat" => Type::Opaque("kubernetes.NamedFormat"),
            "net.IP" => Type::Opaque("net.IP"),
            "net.CIDR" => Type::Opaque("net.CIDR"),
            _ => return self.types.as_ref()?.named(name).map(Type::Object),
        })
    }

    /// What a name may mean, the innermost namespace first.
    pub(super) fn candidates(&self, name: &str) -> Vec<EcoString> {
        if let Some(global) = name.strip_prefix('.') {
            return vec![global.into()];
        }
        let mut found = Vec::new();
        let mut container = self.container.as_str();
        while !container.is_empty() {
            found.push(format!("{container}.{name}").into());
            container = container.rfind('.').map_or("", |at| &container[..at]);
        }
        found.push(name.into());
        found
    }
}
