//! The kustomization file: its name and its fields.
//!
//! Field names are case-insensitive; an unknown one is an error that suggests the nearest known name. Each stage decodes its
//! own fields. Behavior: kustomize's `Kustomization.Unmarshal` (YAML 1.1, unknown fields rejected), `CheckEmpty` and
//! `EnforceFields`.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::sort_options;
use crate::diagnostic::{Diagnostic, Diagnostics, Result, did_you_mean};
use crate::load::{Kind as FileKind, Loader};
use crate::records::Records;
use crate::resource::sort_order::SortOrder;
use crate::source::Span;
use crate::yaml::provenance::StepId;
use crate::yaml::{Dialect, Entry, Node, Tag, Unknown, Value, decode, decode_valid, known_field, unknown_field};

/// The names that a kustomization file may have.
pub const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// All fields that a kustomization file may have.
pub const FIELDS: &[&str] = &[
    "apiVersion",
    "bases",
    "buildMetadata",
    "commonAnnotations",
    "commonLabels",
    "components",
    "configMapGenerator",
    "configurations",
    "crds",
    "generatorOptions",
    "generators",
    "helmChartInflationGenerator",
    "helmCharts",
    "helmGlobals",
    "imageTags",
    "images",
    "kind",
    "labels",
    "metadata",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "openapi",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "replicas",
    "resources",
    "secretGenerator",
    "sortOptions",
    "transformers",
    "validators",
    "vars",
];

/// Checks of fields that are only used in the root kustomization, or not at all.
const FORMS: &[Form] = &[
    |kustomization| kustomization.decode::<String>("apiVersion").map(|_| ()),
    |kustomization| kustomization.decode::<Vec<String>>("buildMetadata").map(|_| ()),
    |kustomization| kustomization.decode::<String>("kind").map(|_| ()),
    |kustomization| kustomization.decode::<Metadata>("metadata").map(|_| ()),
    |kustomization| sort_options::order(kustomization.field("sortOptions"), &SortOrder::default()).map(|_| ()),
];

type Form = fn(&Kustomization) -> Result<()>;

/// `metadata` of a kustomization, which is not used.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "namespace")]
    _namespace: String,
    #[serde(rename = "labels")]
    _labels: BTreeMap<String, String>,
    #[serde(rename = "annotations")]
    _annotations: BTreeMap<String, String>,
}

/// Fields that kustomize deprecates, and their replacements.
pub const DEPRECATED: &[(&str, &str)] = &[
    ("bases", "resources"),
    ("commonLabels", "labels"),
    ("helmChartInflationGenerator", "helmCharts"),
    ("imageTags", "images"),
    ("patchesJson6902", "patches"),
    ("patchesStrategicMerge", "patches"),
    ("vars", "replacements"),
];

/// A kustomization or component as written.
pub struct Kustomization {
    fields: Fields,
    /// Fields that are set twice.
    shadowed: Vec<Diagnostic>,
    /// Errors in its fields. What the other fields name is read nevertheless, to report all errors in one run.
    faults: Vec<Diagnostic>,
    /// Errors in fields of which the rest was used.
    deferred: RefCell<Vec<Diagnostic>>,
    /// The directory as the user would write it.
    pub directory: String,
    /// The file as the user would write it.
    pub path: PathBuf,
    file_name: &'static str,
    /// The whole file.
    pub span: Span,
    /// The namespace of the nearest kustomization above that sets one, which is passed to charts.
    pub outer_namespace: Option<String>,
}

impl Kustomization {
    /// Reads the kustomization file of a directory.
    ///
    /// Unknown fields and the like are among its [`faults`](Self::faults).
    ///
    /// # Errors
    /// There is no file or more than one, or it is not valid YAML.
    pub fn load(loader: &Loader, records: &mut Records) -> Result<Self> {
        let directory = loader.shown().display().to_string();
        let name = file_name(loader)?;
        let step = records.provenance.step(directory.clone(), name);
        let (path, content) = loader.read_kustomization(name, step)?;
        let source = records.add_text(&path, content).map_err(|mut error| {
            let words = error.words.text().unwrap_or_default().trim_start_matches("MalformedYAMLError: ").to_owned();
            error.words.replace(format!("invalid Kustomization: {words}"));
            error
        })?;
        let span = records.sources.whole(source);
        let invalid = |errors: Diagnostics| errors.reword(|words| words.within_file(source, "", "invalid Kustomization: "));
        let document = records.first_document(source, step, Dialect::Yaml11).map_err(invalid)?;
        let (fields, shadowed, faults) = fields(document.as_ref()).map_err(invalid)?;
        let mut kustomization = Kustomization {
            fields,
            shadowed,
            faults,
            deferred: RefCell::default(),
            directory,
            path,
            file_name: name,
            span,
            outer_namespace: None,
        };
        if kustomization.faults.is_empty() {
            records.deprecated.extend(kustomization.deprecated().map(|field| (source, field)));
        }
        let errors = kustomization.check(&loader.root().display().to_string());
        kustomization.faults.extend(errors);
        Ok(kustomization)
    }

    /// The errors in its fields; if there are any, the build fails.
    pub fn faults(&self) -> &[Diagnostic] {
        &self.faults
    }

    /// A kustomization without a directory: a document that has the content of a kustomization file.
    ///
    /// # Errors
    /// A field is unknown, or it is empty.
    pub fn of_document(document: &Node) -> Result<Self> {
        let (fields, shadowed, mut faults) = fields(Some(document))?;
        let kustomization = Kustomization {
            fields,
            shadowed,
            faults: faults.clone(),
            deferred: RefCell::default(),
            directory: String::new(),
            path: PathBuf::new(),
            file_name: FILE_NAMES[0],
            span: document.span(),
            outer_namespace: None,
        };
        faults.extend(kustomization.check(""));
        Diagnostics::check(faults)?;
        Ok(kustomization)
    }

    /// The same kustomization, used by another one.
    pub fn below(mut self, outer: &Kustomization) -> Self {
        self.outer_namespace = outer.nearest_namespace();
        self
    }

    /// The namespace that it sets, or else the nearest kustomization above that sets one.
    pub fn nearest_namespace(&self) -> Option<String> {
        let own = self.text("namespace").filter(|namespace| !namespace.is_empty());
        own.map(str::to_owned).or_else(|| self.outer_namespace.clone())
    }

    /// Warnings about fields that are set twice.
    pub(super) fn shadowed(&self) -> &[Diagnostic] {
        &self.shadowed
    }

    /// The name of the file.
    pub fn file_name(&self) -> &'static str {
        self.file_name
    }

    /// A field, if it is set to anything but null.
    pub fn field(&self, name: &str) -> Option<&Node> {
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, node)| node)
    }

    /// The fields that are set.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &Node)> {
        self.fields.iter().map(|(name, node)| (*name, node))
    }

    /// A field as a type; the default if it is not set.
    ///
    /// # Errors
    /// The field has a different type.
    pub fn decode<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T> {
        self.field(name).map_or_else(|| Ok(T::default()), |node| decode(node, Unknown::Refuse))
    }

    /// What is valid in a field, so that the rest of it can be checked too. The errors are [`deferred`](Self::deferred).
    pub fn valid<T: DeserializeOwned + Default>(&self, name: &str) -> T {
        let Some(node) = self.field(name) else { return T::default() };
        let (value, errors) = decode_valid(node, Unknown::Refuse);
        self.deferred.borrow_mut().extend(errors);
        value.unwrap_or_default()
    }

    /// Takes the errors in fields that were read with [`valid`](Self::valid); if there are any, the build fails.
    pub fn deferred(&self) -> Vec<Diagnostic> {
        self.deferred.take()
    }

    /// Whether it is a component.
    pub fn is_component(&self) -> bool {
        self.text("kind") == Some("Component")
    }

    /// A step of this kustomization.
    pub fn step(&self, field: impl Into<String>, records: &mut Records) -> StepId {
        records.provenance.step(self.directory.clone(), field)
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.field(field).and_then(Node::as_str)
    }

    /// The deprecated fields that kustomize warns about, in its order.
    fn deprecated(&self) -> impl Iterator<Item = &'static str> + use<'_> {
        let fields = ["bases", "commonLabels", "imageTags", "patchesJson6902", "patchesStrategicMerge", "vars"];
        fields.into_iter().filter(|field| self.field(field).is_some())
    }

    fn check(&self, root: &str) -> Vec<Diagnostic> {
        let unread = |words: String| format!("Failed to read kustomization file under {root}:\n{words}");
        let mut errors = Vec::new();
        let is_set = |(name, node): &(&str, Node)| !matches!(*name, "apiVersion" | "kind") && node.as_str() != Some("");
        if self.faults.is_empty() && !self.fields.iter().any(is_set) {
            errors.push(
                Diagnostic::error("empty-kustomization", "the kustomization is empty")
                    .at(self.span.at_start())
                    .words("kustomization.yaml is empty")
                    .help("list files under `resources`"),
            );
        }
        let kind = self.text("kind").unwrap_or_default();
        if let Some(node) = self.field("kind").filter(|_| !matches!(kind, "" | "Kustomization" | "Component")) {
            let near = did_you_mean(kind, ["Kustomization", "Component"]).unwrap_or("Kustomization");
            errors.push(
                node.error("wrong-kind", format!("expected one of `Kustomization`, `Component`, found `{kind}`"))
                    .words(unread("kind should be Kustomization or Component".into()))
                    .help(format!("did you mean `{near}`?")),
            );
        }
        let version = if self.is_component() { "kustomize.config.k8s.io/v1alpha1" } else { "kustomize.config.k8s.io/v1beta1" };
        if let Some(node) =
            self.field("apiVersion").filter(|node| node.as_str().is_some_and(|text| !text.is_empty() && text != version))
        {
            let kind = if kind.is_empty() { "Kustomization" } else { kind };
            errors.push(
                node.error("wrong-version", format!("expected `{version}`, found {}", shown(node)))
                    .words(unread(format!("apiVersion for {kind} should be {version}")))
                    .help(format!("set `apiVersion: {version}`")),
            );
        }
        errors.extend(FORMS.iter().filter_map(|check| check(self).err()).flat_map(Diagnostics::into_vec));
        errors
    }
}

fn shown(node: &Node) -> String {
    node.as_text().map_or_else(|| node.type_name().to_owned(), |text| format!("`{text}`"))
}

/// The one kustomization file of a directory.
fn file_name(loader: &Loader) -> Result<&'static str, Diagnostic> {
    let found: Vec<&str> = FILE_NAMES.into_iter().filter(|name| loader.kind(name) == Some(FileKind::File)).collect();
    let shown = loader.shown();
    let directory = shown.display();
    match found.as_slice() {
        [one] => Ok(FILE_NAMES.into_iter().find(|name| name == one).unwrap_or(FILE_NAMES[0])),
        [] => Err(Diagnostic::error("no-kustomization", format!("there is no kustomization file in `{directory}`"))
            .words(format!("unable to find one of {}", missing(loader)))
            .help(format!("expected one of the files {}", FILE_NAMES.map(|name| format!("`{name}`")).join(", ")))),
        several => {
            let names: Vec<String> = several.iter().map(|name| format!("`{}`", loader.show(name).display())).collect();
            Err(Diagnostic::error(
                "two-kustomizations",
                format!("there is more than one kustomization file: {}", names.join(", ")),
            )
            .words(format!("Found multiple kustomization files under: {}\n", loader.root().display()))
            .help("keep one of them"))
        }
    }
}

fn missing(loader: &Loader) -> String {
    format!("'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '{}'", loader.root().display())
}

/// The fields of a document, those of them that are set twice, and errors about unknown ones. A misspelled field is read as the one
/// that it probably means.
fn fields(document: Option<&Node>) -> Result<(Fields, Vec<Diagnostic>, Vec<Diagnostic>)> {
    let Some(document) = document.filter(|document| !document.is_null()) else { return Ok(Default::default()) };
    let Some(mapping) = document.as_mapping() else {
        return Err(document.error("wrong-type", format!("expected a mapping, found {}", document.type_name())).into());
    };
    if let Some(version) = document.get("apiVersion").filter(|version| version.as_str().is_some_and(is_flux)) {
        return Err(version
            .error("wrong-version", "this is a Kustomization of Flux, not a kustomization file")
            .help("rename the file, so that it is only a manifest; build the directory that its `spec.path` names")
            .into());
    }
    let mut fields: Vec<(&'static str, &Entry, Node)> = Vec::new();
    let (mut errors, mut shadowed, mut misspelled) = (Vec::new(), Vec::new(), Vec::new());
    for entry in mapping {
        if entry.key.tag() != Tag::Str && entry.value.is_null() {
            continue;
        }
        let Some(field) = known_field(&entry.key.text, FIELDS) else {
            errors.push(unknown_field(entry, FIELDS));
            misspelled.extend(did_you_mean(&entry.key.text, FIELDS.iter().copied()).map(|near| (near, entry.value.clone())));
            continue;
        };
        match fields.iter_mut().find(|(name, ..)| *name == field) {
            None => fields.push((field, entry, entry.value.clone())),
            Some((_, key, value)) => {
                shadowed.push(hidden(value, &entry.value, &format!("the field `{field}`")));
                *value = match entry.key.text.cmp(&key.key.text) {
                    Ordering::Equal => entry.value.clone(),
                    Ordering::Greater => over(value, &entry.value),
                    Ordering::Less => over(&entry.value, value),
                };
                *key = if entry.key.text > key.key.text { entry } else { *key };
            }
        }
    }
    let set = fields.into_iter().filter(|(_, _, value)| !value.is_null());
    let mut set: Fields = set.map(|(field, _, value)| (field, value)).collect();
    for (near, value) in misspelled {
        let known = FIELDS.iter().copied().find(|field| *field == near && set.iter().all(|(known, _)| known != field));
        set.extend(known.map(|field| (field, value)));
    }
    Ok((set, shadowed, errors))
}

/// Whether an `apiVersion` is that of objects which tell Flux to build a kustomization.
fn is_flux(version: &str) -> bool {
    version.starts_with("kustomize.toolkit.fluxcd.io/")
}

/// Fields by their names.
type Fields = Vec<(&'static str, Node)>;

/// The value of a field that is written in two spellings (`namePrefix` and `NamePrefix`): the later one in alphabetical
/// order overrides the earlier one, except that null does not override a string, and mappings are merged.
fn over(earlier: &Node, later: &Node) -> Node {
    match (earlier.as_mapping(), later.as_mapping()) {
        _ if later.is_null() && earlier.as_scalar().is_some() => earlier.clone(),
        (Some(first), Some(second)) => {
            let joined = first.iter().filter(|entry| second.get(&entry.key.text).is_none()).chain(second).cloned();
            Node::read(Value::Mapping(joined.collect()), later.span(), later.origin())
        }
        _ => later.clone(),
    }
}

/// A value that a later one overrides.
pub(super) fn hidden(first: &Node, last: &Node, what: &str) -> Diagnostic {
    let warning = first.warning("shadowed-entry", format!("{what} is set again later, so this has no effect"));
    warning.label(last.span(), "this value is used").help("remove one of them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_fields_are_sorted_and_known() {
        assert!(FIELDS.is_sorted() && DEPRECATED.is_sorted());
        assert!(DEPRECATED.iter().map(|(field, _)| field).all(|field| FIELDS.contains(field)));
    }
}
