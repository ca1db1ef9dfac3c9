//! `vars`: fields of objects whose values replace `$(NAME)` in other objects.
//!
//! A var looks up its object in the layer that declares it, by any id that the object has had. Its value is read at the
//! root, when names are final, and inserted into the fields of `varReference`: alone in a field, it keeps its type.
//! Behavior: kustomize's `MergeVars`, `ResolveVars`, and `refvar.Filter`.

use std::collections::BTreeMap;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::expansion::{Replacement, expand};
use crate::diagnostic::{Diagnostic, Diagnostics, Result, did_you_mean};
use crate::fields::field_specs::{FieldSpec, SpecList};
use crate::fields::visit::{self, Create};
use crate::fields::{suggestion, value_path};
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::{Gvk, ResMap, Resource, effective};
use crate::schema::Notation;
use crate::source::Span;
use crate::usage;
use crate::yaml::provenance::Edit;
use crate::yaml::{Located, Node, Scalar, Tag, Value, path, scalar};

/// The vars of a layer and those below, by name.
#[derive(Clone, Debug, Default)]
pub struct Vars(BTreeMap<EcoString, Var>);

#[derive(Clone, Debug)]
struct Var {
    field_path: EcoString,
    span: Span,
    /// The var as Go prints it.
    words: String,
}

/// An item of `vars` as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct VarConfig {
    name: Located<String>,
    objref: Target,
    fieldref: Field,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Target {
    api_version: String,
    group: String,
    version: String,
    kind: String,
    name: Located<String>,
    namespace: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Field {
    field_path: Located<String>,
}

impl VarConfig {
    /// The var as Go prints it: as written, or with its defaults. Behavior: `%v` of kustomize's `Var`.
    fn words(&self, is_complete: bool) -> String {
        let target = &self.objref;
        let written = Gvk {
            group: target.group.as_str().into(),
            version: target.version.as_str().into(),
            kind: target.kind.as_str().into(),
        };
        let gvk = if is_complete { target.gvk() } else { written };
        let path = match self.fieldref.field_path.as_str() {
            "" if is_complete => "metadata.name",
            path => path,
        };
        self.words_of(&gvk, path)
    }

    fn words_of(&self, gvk: &Gvk, path: &str) -> String {
        format!("{{{} {} {{{path}}}}}", self.name.value, gvk.words())
    }
}

impl Target {
    /// `apiVersion` takes precedence over `group` and `version`, for the parts that it has.
    fn gvk(&self) -> Gvk {
        let kind = self.kind.as_str().into();
        match self.api_version.split('/').collect::<Vec<_>>().as_slice() {
            [version] if !version.is_empty() => Gvk { group: self.group.as_str().into(), version: (*version).into(), kind },
            [group, version] => Gvk { group: (*group).into(), version: (*version).into(), kind },
            _ => Gvk { group: self.group.as_str().into(), version: self.version.as_str().into(), kind },
        }
    }

    /// Whether an object has or had this id. Without a namespace, the object may be in any namespace.
    fn means(&self, gvk: &Gvk, resource: &Resource) -> bool {
        let namespace = effective(&self.namespace.as_str().into());
        resource.all_ids().any(|id| {
            id.name == self.name.as_str()
                && id.gvk == *gvk
                && (self.namespace.is_empty() || (!resource.is_cluster_scoped() && effective(&id.namespace) == namespace))
        })
    }
}

impl Vars {
    /// Whether there are no vars.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the vars of a kustomization and marks the objects that they read from.
    ///
    /// # Errors
    /// A var refers to no object or to several, or its name is already used.
    pub fn declare(&mut self, declared: Vec<Located<VarConfig>>, resources: &mut ResMap) -> Result<()> {
        if declared.is_empty() {
            return Ok(());
        }
        let by_name = positions_by_name(resources);
        let mut errors = Vec::new();
        for Located { value: config, span } in &declared {
            let Some(span) = *span else { continue };
            let name: EcoString = config.name.as_str().into();
            let span = config.name.span.unwrap_or(span);
            match find(config, span, &by_name, resources) {
                Ok(at) => resources.edit_body(at, |resource| resource.var_names.push(name.clone())),
                Err(error) => errors.push(error),
            }
            let field_path = match config.fieldref.field_path.as_str() {
                "" => "metadata.name".into(),
                path => path.into(),
            };
            let span = config.fieldref.field_path.span.unwrap_or(span);
            let words = config.words(true);
            errors.extend(self.add(name, Var { field_path, span, words }).err());
        }
        // kustomize looks for the objects in the order of names, after everything else.
        if errors.iter().all(|error| error.words.is_late()) {
            errors.sort_by(|a, b| a.words.text().cmp(&b.words.text()));
        }
        Diagnostics::check(errors).map_err(|errors| {
            errors.reword(|words| {
                words.configure(|| {
                    let all: Vec<String> = declared.iter().map(|var| var.value.words(false)).collect();
                    format!("merging vars [{}]: ", all.join(" "))
                });
            })
        })
    }

    /// Adds the vars of a layer below.
    ///
    /// # Errors
    /// Two have the same name.
    pub fn merge(&mut self, other: Vars) -> Result<()> {
        if self.is_empty() {
            *self = other;
            return Ok(());
        }
        Diagnostics::check(other.0.into_iter().filter_map(|(name, var)| self.add(name, var).err()).collect())
    }

    fn add(&mut self, name: EcoString, var: Var) -> Result<(), Diagnostic> {
        match self.0.get(&name) {
            Some(other) => Err(Diagnostic::error("duplicate-var", format!("the var `{name}` is defined twice"))
                .at(var.span)
                .words(format!("var '{name}' already encountered"))
                .label(other.span, "first defined here")
                .help("rename one of them, or use `replacements`")),
            None => {
                self.0.insert(name, var);
                Ok(())
            }
        }
    }
}

/// The positions of all objects by every name they ever had.
fn positions_by_name(resources: &ResMap) -> FxHashMap<EcoString, Vec<usize>> {
    let mut by_name: FxHashMap<EcoString, Vec<usize>> = FxHashMap::default();
    for at in resources.positions() {
        for id in resources.get(at).into_iter().flat_map(Resource::all_ids) {
            let positions = by_name.entry(id.name).or_default();
            if positions.last() != Some(&at) {
                positions.push(at);
            }
        }
    }
    by_name
}

/// The one object that a var reads from.
fn find(
    config: &VarConfig,
    span: Span,
    by_name: &FxHashMap<EcoString, Vec<usize>>,
    resources: &ResMap,
) -> Result<usize, Diagnostic> {
    let target = &config.objref;
    let gvk = target.gvk();
    let named = by_name.get(target.name.as_str()).map_or(&[][..], Vec::as_slice);
    let meant = |at: &&usize| resources.get(**at).is_some_and(|resource| target.means(&gvk, resource));
    let found: Vec<usize> = named.iter().filter(meant).copied().collect();
    match found.as_slice() {
        [at] => Ok(*at),
        [] => Err(no_object(config, span, &gvk, resources)),
        several => {
            let message = format!("the var `{}` may refer to {} objects", config.name.value, several.len());
            let var = config.words_of(&gvk, config.fieldref.field_path.as_str());
            let words = format!("found {} resId matches for var {var} (unable to disambiguate)", several.len());
            let mut error = Diagnostic::error("ambiguous-var", message).at(span).words(words);
            for resource in several.iter().filter_map(|&at| resources.get(at)) {
                error = error.label(resource.name_span(), resource.id().to_string());
            }
            Err(error.help("specify its namespace: `objref: {namespace: ...}`"))
        }
    }
}

fn no_object(config: &VarConfig, span: Span, gvk: &Gvk, resources: &ResMap) -> Diagnostic {
    let name = config.objref.name.as_str();
    let message =
        format!("the var `{}` reads from {}/{name} ({}), which does not exist", config.name.value, gvk.kind, gvk.api_version());
    let words = format!("var '{}' cannot be mapped to a field in the set of known resources", config.words(true));
    let error = Diagnostic::error("no-match", message).at(config.objref.name.span.unwrap_or(span)).finishing_words(words);
    let of_kind = || resources.iter().filter(|resource| resource.kind() == gvk.kind);
    let same_name = of_kind().find(|resource| resource.all_ids().any(|id| id.name == name));
    let help = match same_name {
        Some(other) if other.gvk() != gvk => format!("did you mean `apiVersion: {}`?", other.gvk().api_version()),
        Some(other) if other.is_cluster_scoped() => {
            format!("{gvk_kind} objects have no namespace: remove `namespace`", gvk_kind = gvk.kind)
        }
        Some(other) => format!("it is in the namespace `{}`", other.namespace()),
        None => match did_you_mean(name, of_kind().map(|resource| resource.id().name.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a var can only read from objects in its own kustomization or below".into(),
        },
    };
    error.help(help)
}

/// Inserts the values of all vars.
///
/// # Errors
/// A var's field does not exist, or a list to expand contains something other than strings.
pub fn run(resources: &mut ResMap, vars: &Vars, specs: &SpecList, records: &mut Records) -> Result<()> {
    if vars.is_empty() {
        return Ok(());
    }
    let values = values(resources, vars)?;
    let mut expansion = Expansion { vars, values: &values, used: FxHashSet::default(), warnings: Vec::new() };
    let step = records.provenance.step("", "vars");
    let mut specs_of: FxHashMap<Gvk, Vec<&FieldSpec>> = FxHashMap::default();
    for at in resources.positions() {
        let Some(resource) = resources.get(at) else { continue };
        let gvk = resource.gvk();
        let specs = specs_of.entry(gvk.clone()).or_insert_with(|| specs.iter().filter(|spec| spec.applies_to(gvk)).collect());
        let mut changed: Option<Node> = None;
        for spec in specs.iter() {
            if !concerns(changed.as_ref().unwrap_or(resource.node()), &spec.parts) {
                continue;
            }
            let node = changed.get_or_insert_with(|| resource.node().clone());
            let mut edit = Edit::new(&mut records.provenance, step, node.span());
            visit::visit(node, spec, Create::Nothing, &mut edit, &mut |field, edit| expansion.field(field, edit))
                .map_err(|error| error.label(resource.name_span(), format!("in {}", resource.id())))?;
        }
        if let Some(node) = changed {
            resources.edit(at, |resource| resource.edit(|old| *old = node));
        }
    }
    expansion.warn_of_unused();
    records.findings.extend(expansion.warnings.into_iter().map(Finding::from));
    Ok(())
}

/// Whether a walk along a path finds a string with `$`, or something to report.
fn concerns(node: &Node, parts: &[EcoString]) -> bool {
    let text = |node: &Node| node.as_str().is_some_and(|text| text.contains('$'));
    match (node.value(), parts.split_first()) {
        (Value::Sequence(items), None) => items.iter().any(|item| item.as_str().is_none() || text(item)),
        (Value::Mapping(mapping), None) => mapping.iter().any(|entry| entry.key.tag() != Tag::Str || text(&entry.value)),
        (Value::Scalar(_), None) => text(node),
        (Value::Sequence(items), Some(_)) => items.iter().any(|item| concerns(item, parts)),
        (Value::Mapping(_), Some((part, _))) if visit::is_refused(part) => true,
        (Value::Mapping(_), Some((part, rest))) => match visit::next(node, part) {
            Some(field) if field.is_null() => part.ends_with("[]"),
            Some(field) => concerns(field, rest),
            None => false,
        },
        (Value::Scalar(scalar), Some(_)) => scalar.tag != Tag::Null,
    }
}

/// The value of a var, and where it was written.
struct VarValue {
    /// `None` for a list or mapping, which can't be inserted into a string.
    replacement: Option<Replacement>,
    span: Span,
}

fn values(resources: &ResMap, vars: &Vars) -> Result<FxHashMap<EcoString, VarValue>> {
    let mut values = FxHashMap::default();
    let mut errors = Vec::new();
    for resource in resources.iter() {
        for name in &resource.var_names {
            let Some(var) = vars.0.get(name).filter(|_| !values.contains_key(name)) else { continue };
            match value(resource, name, var, resources) {
                Ok(value) => _ = values.insert(name.clone(), value),
                Err(error) => errors.push(error),
            }
        }
    }
    Diagnostics::check(errors)?;
    let lost = vars.0.iter().filter(|(name, _)| !values.contains_key(*name)).map(|(name, var)| {
        Diagnostic::error("no-match", format!("the object that the var `{name}` reads from was removed")).at(var.span)
    });
    Diagnostics::check(lost.collect())?;
    Ok(values)
}

fn value(resource: &Resource, name: &str, var: &Var, all: &ResMap) -> Result<VarValue, Diagnostic> {
    let parts = split(&var.field_path);
    let place = || resource.name_span();
    let steps = path::clean(&parts);
    let suggested = |error| suggestion::add(error, resource.gvk(), &steps, Notation::Dotted, all);
    let found = value_path::lookup(resource.node(), &steps).map_err(|error| suggested(error.at(var.span)))?;
    let Some(node) = found else {
        let message = format!("the var `{name}` reads `{}` of {}, which does not exist", var.field_path, resource.id());
        let words = format!("field specified in var '{}' not found in corresponding resource", var.words);
        return Err(suggested(Diagnostic::error("no-match", message).at(var.span).words(words)).label(place(), "the object"));
    };
    let replacement = match node.as_scalar() {
        None => None,
        Some(scalar) => Some(replacement(scalar).ok_or_else(|| {
            let message = format!("the value of the var `{name}` is {} that is not in decimal digits", scalar.tag.name());
            Diagnostic::error("wrong-value", message)
                .at(var.span)
                .label(node.span(), "the value")
                .help("write the value in decimal digits, or quote it")
        })?),
    };
    Ok(VarValue { replacement, span: node.span() })
}

/// The parts of a dotted path; `ports[0]` is `ports` and `0`.
fn split(field_path: &str) -> Vec<EcoString> {
    let mut parts = Vec::new();
    for part in path::split_dotted(field_path) {
        let indexed = part.strip_suffix(']').and_then(|part| part.rsplit_once('['));
        match indexed.filter(|(_, index)| !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit())) {
            Some((name, index)) => parts.extend([name, index].into_iter().filter(|part| !part.is_empty()).map(EcoString::from)),
            None => parts.push(part),
        }
    }
    parts
}

/// A scalar as Go reads and prints it; `None` for a number that is not in plain decimal digits.
fn replacement(scalar: &Scalar) -> Option<Replacement> {
    let same = |text: EcoString, tag| Replacement { alone: Scalar::new(tag, text.clone()), inside: text };
    Some(match scalar.tag {
        Tag::Int => same(ecow::eco_format!("{}", scalar.text.parse::<i64>().ok()?), Tag::Int),
        Tag::Bool => same(scalar.text.to_lowercase(), Tag::Bool),
        Tag::Float => {
            let value: f64 = scalar.text.parse().ok().filter(|value: &f64| value.is_finite())?;
            let mut inside = String::new();
            scalar::print_general(value, &mut inside);
            Replacement { alone: Scalar::new(Tag::Float, ecow::eco_format!("{value}")), inside: inside.into() }
        }
        Tag::Null | Tag::Timestamp | Tag::Str => same(scalar.text.clone(), Tag::Str),
    })
}

/// The pass over all fields.
struct Expansion<'a> {
    vars: &'a Vars,
    values: &'a FxHashMap<EcoString, VarValue>,
    used: FxHashSet<EcoString>,
    warnings: Vec<Diagnostic>,
}

impl Expansion<'_> {
    /// Expands a string, the strings of a list, or the values of a mapping.
    fn field(&mut self, field: &mut Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        if field.as_scalar().is_some() {
            self.text(field, edit)?;
        } else if let Some(items) = field.items_mut() {
            for item in items {
                if item.as_str().is_none() {
                    return Err(item
                        .error("wrong-type", format!("expected a string in a list with vars, found {}", item.type_name()))
                        .help("quote the value"));
                }
                self.text(item, edit)?;
            }
        } else if let Some(mapping) = field.as_mapping_mut() {
            for entry in mapping.iter_mut() {
                if entry.key.tag() != Tag::Str {
                    let message = format!("expected a string as key, found {} `{}`", entry.key.tag().name(), entry.key.text);
                    return Err(Diagnostic::error("wrong-type", message).at(entry.key.span()).help("quote the key"));
                }
                self.text(&mut entry.value, edit)?;
            }
        }
        Ok(())
    }

    fn text(&mut self, field: &mut Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        let Some(text) = field.as_str().filter(|text| text.contains('$')) else { return Ok(()) };
        let mut first: Option<Span> = None;
        let values = self.values;
        let mut inserted = 0;
        let expanded = expand(text, |name| {
            let value = values.get(name)?;
            match &value.replacement {
                Some(replacement) => {
                    inserted += replacement.inside.len();
                    usage::value(inserted).ok()?;
                    self.used.insert(name.into());
                    first.get_or_insert(value.span);
                    Some(replacement)
                }
                None => {
                    self.warnings.push(not_single(name, field, value));
                    None
                }
            }
        });
        usage::value(inserted).map_err(|error| error.at(field.span()))?;
        let Some(expanded) = expanded else { return Ok(()) };
        if expanded.is_broken {
            let warning =
                field.warning("broken-text", "`$` is followed by a non-ASCII character: the string is written as base64");
            self.warnings.push(warning.help("where vars are expanded, write `$$` for a single `$`"));
        }
        let asked = field.span();
        edit.at(asked).count_text(expanded.scalar.text.len())?;
        field.set_copy(Value::Scalar(expanded.scalar), first.unwrap_or(asked), &mut edit.at(asked));
        Ok(())
    }

    fn warn_of_unused(&mut self) {
        for (name, var) in &self.vars.0 {
            if !self.used.contains(name) {
                let warning = Diagnostic::warning("unused-var", format!("the var `{name}` is never used"))
                    .at(var.span)
                    .words(name.as_str());
                self.warnings
                    .push(warning.help("fields where vars are expanded are listed under `varReference` in `configurations`"));
            }
        }
    }
}

fn not_single(name: &str, field: &Node, value: &VarValue) -> Diagnostic {
    let message = format!("the var `{name}` is a list or mapping and can't be inserted here: `$({name})` is left unchanged");
    field.warning("var-not-single", message).label(value.span, "its value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_in_brackets_are_parts() {
        assert_eq!(split("spec.ports[0].port"), ["spec", "ports", "0", "port"]);
        assert_eq!(split("spec.containers.[name=a.b].image"), ["spec", "containers", "[name=a.b]", "image"]);
        assert_eq!(split("metadata.annotations.[a.b/c]"), ["metadata", "annotations", "a.b/c"]);
        assert_eq!(split("[0]"), ["0"]);
    }

    #[test]
    fn numbers_are_printed_as_go_does() {
        let both =
            |text: &str| replacement(&Scalar::plain(text)).map(|value| (value.alone.text.to_string(), value.inside.to_string()));
        let pair = |alone: &str, inside: &str| Some((alone.to_owned(), inside.to_owned()));
        assert_eq!(both("0644"), pair("644", "644"));
        assert_eq!(both("1e3"), pair("1000", "1000"));
        assert_eq!(both("1.0e30"), pair("1000000000000000000000000000000", "1e+30"));
        assert_eq!(both("True"), pair("true", "true"));
        assert_eq!(both("~"), pair("~", "~"));
        assert_eq!(both("0x1F"), None);
    }
}
