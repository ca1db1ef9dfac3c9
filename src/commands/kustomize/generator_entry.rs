//! The entries of `configMapGenerator` and `secretGenerator`, as the commands under `edit` find and change them.
//!
//! Both commands are the same but for a few words. Behavior: kustomize's `ConfigMapSecretFlagsAndArgs`.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use super::generator_flags::{check_add, check_set, expanded, updated};
use super::key_values::{self, Entry, texts};
use super::log;
use crate::edit::{Kustomization, KustomizationFile};
use crate::go_cli::Call;
use crate::kustomize_words::quote;

/// What an entry generates.
pub struct Generated {
    /// The field of the kustomization.
    pub field: &'static str,
    /// The kind of the object.
    pub kind: &'static str,
    /// The kind in the words of errors.
    pub word: &'static str,
}

/// ConfigMaps.
pub const CONFIG_MAP: Generated = Generated { field: "configMapGenerator", kind: "ConfigMap", word: "configmap" };

/// Secrets.
pub const SECRET: Generated = Generated { field: "secretGenerator", kind: "Secret", word: "secret" };

/// The namespace of objects without one.
const DEFAULT_NAMESPACE: &str = "default";

impl Generated {
    /// `edit add`: adds an entry, or sources to an entry with the same name.
    ///
    /// # Errors
    /// The arguments are not valid, the kustomization can't be read or written, or the object can't be generated.
    pub fn add(&self, call: &Call) -> Result<()> {
        let files = expanded(call.list("from-file")).context("failed to expand file source")?;
        let name = check_add(call, &files).context("failed to validate flags")?;
        self.change(call, |kustomization| {
            let namespace = call.text("namespace");
            let position = self.position(kustomization, name, namespace);
            let common = kustomization.value("generatorOptions").cloned();
            let entries = kustomization.list_mut(self.field);
            if position.is_none() {
                let of_type = if self.kind == SECRET.kind { call.text("type") } else { "" };
                let fields = [("name", name), ("namespace", namespace), ("type", of_type)];
                let fields = fields.into_iter().filter(|(_, text)| !text.is_empty());
                entries.push(Value::Object(fields.map(|(field, text)| (field.to_owned(), text.into())).collect()));
            }
            let at = position.unwrap_or(entries.len().saturating_sub(1));
            let Some(entry) = entries.get_mut(at).and_then(Value::as_object_mut) else { bail!("an entry is not a mapping") };
            extend(entry, "literals", call.list("from-literal"));
            extend(entry, "files", &files);
            let env = call.text("from-env-file").to_owned();
            extend(entry, "envs", if env.is_empty() { &[] } else { std::slice::from_ref(&env) });
            if call.on("disableNameSuffixHash") {
                let options = Map::from_iter([("disableNameSuffixHash".to_owned(), true.into())]);
                entry.insert("options".into(), options.into());
            }
            if !call.text("behavior").is_empty() {
                entry.insert("behavior".into(), call.text("behavior").into());
            }
            merge_options(entry, common.as_ref());
            key_values::check(entry)
        })
    }

    /// `edit set`: changes the values of literals, or the namespace of an entry.
    ///
    /// # Errors
    /// As [`Self::add`], or there is no such entry or key.
    pub fn set(&self, call: &Call) -> Result<()> {
        let name = check_set(call).context("failed to validate flags")?;
        self.change(call, |kustomization| {
            let position = self.position(kustomization, name, call.text("namespace"));
            let common = kustomization.value("generatorOptions").cloned();
            let entry = position.and_then(|at| kustomization.list_mut(self.field).get_mut(at)).and_then(Value::as_object_mut);
            let Some(entry) = entry else {
                let kind = self.kind;
                bail!("could not set new {kind} value: unable to find {kind} with name {}", quote(name));
            };
            if !call.list("from-literal").is_empty() {
                let literals = updated(&texts(entry, "literals"), call.list("from-literal"));
                let literals = literals.context("failed to update literal sources")?;
                entry.insert("literals".into(), literals.into());
            }
            if !call.text("new-namespace").is_empty() {
                entry.insert("namespace".into(), call.text("new-namespace").into());
            }
            merge_options(entry, common.as_ref());
            key_values::check(entry).with_context(|| format!("failed to validate {} structure", self.kind))
        })
    }

    /// `edit remove`: removes entries by name.
    ///
    /// # Errors
    /// There is not exactly one argument, the kustomization can't be read or written, or has no such entry.
    pub fn remove(&self, call: &Call) -> Result<()> {
        let word = self.word;
        let names: Vec<&str> = match call.args() {
            [] => bail!("at least one {word} name must be specified"),
            [names] => names.split(',').collect(),
            several => bail!(
                "too many arguments: [{}]; to provide multiple {word}s to remove, please separate {word} names by commas",
                several.join(" ")
            ),
        };
        let mut file = KustomizationFile::find().context("could not read kustomization file")?;
        let mut kustomization = file.read().context("could not read kustomization file contents")?;
        let mut found = Vec::new();
        kustomization.list_mut(self.field).retain(|entry| {
            let (name, namespace) = (text(entry, "name"), text(entry, "namespace"));
            let is_named = names.contains(&name) && same_namespace(namespace, call.text("namespace"));
            if is_named {
                found.push(name.to_owned());
            }
            !is_named
        });
        if found.is_empty() {
            bail!("no specified {word}(s) were found in the kustomization.yaml file");
        }
        for name in names.into_iter().filter(|name| !found.iter().any(|found| found == name)) {
            log::line(&format!("{word} {name} doesn't exist in kustomization file"));
        }
        file.write(&kustomization, call.style()).context("failed to write kustomization file")
    }

    /// Changes the kustomization file of the working directory.
    fn change(&self, call: &Call, change: impl FnOnce(&mut Kustomization) -> Result<()>) -> Result<()> {
        let mut file = KustomizationFile::find().context("failed to load kustomization file")?;
        let mut kustomization = file.read().context("failed to read kustomization file")?;
        change(&mut kustomization).with_context(|| format!("failed to create {}", self.word))?;
        file.write(&kustomization, call.style()).context("failed to write kustomization file")
    }

    /// The first entry with a name in a namespace.
    fn position(&self, kustomization: &Kustomization, name: &str, namespace: &str) -> Option<usize> {
        let mut entries = kustomization.list(self.field).iter();
        entries.position(|entry| text(entry, "name") == name && same_namespace(text(entry, "namespace"), namespace))
    }
}

fn text<'e>(entry: &'e Value, field: &str) -> &'e str {
    entry.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn extend(entry: &mut Entry, field: &str, more: &[String]) {
    if !more.is_empty() {
        let all: Vec<String> = texts(entry, field).into_iter().chain(more.iter().cloned()).collect();
        entry.insert(field.into(), all.into());
    }
}

fn same_namespace(a: &str, b: &str) -> bool {
    let [a, b] = [a, b].map(|namespace| if namespace.is_empty() { DEFAULT_NAMESPACE } else { namespace });
    a == b
}

/// Adds the settings of `generatorOptions` to those of an entry, which take precedence unless they are switches.
/// Behavior: kustomize's `MergeGlobalOptionsIntoLocal`, whose result is written to the file.
fn merge_options(entry: &mut Entry, common: Option<&Value>) {
    let Some(common) = common.and_then(Value::as_object) else { return };
    let options = entry.entry("options").or_insert_with(|| Map::new().into());
    if !options.is_object() {
        *options = Map::new().into();
    }
    let Some(options) = options.as_object_mut() else { return };
    for field in ["labels", "annotations"] {
        let Some(common) = common.get(field).and_then(Value::as_object) else { continue };
        let own = options.entry(field).or_insert_with(|| Map::new().into());
        let Some(own) = own.as_object_mut() else { continue };
        for (key, value) in common {
            own.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    for field in ["disableNameSuffixHash", "immutable"] {
        if common.get(field) == Some(&Value::Bool(true)) {
            options.insert(field.into(), true.into());
        }
    }
}
