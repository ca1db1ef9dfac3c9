//! The fields of a kustomization that name files and directories.
//!
//! Empty paths stay empty: whether a field may be empty is up to the build. Behavior: `localizeNativeFields` of kustomize's
//! localizer, which goes through `bases`, `components`, `configurations`, `crds`, and `resources` in random order.

use serde_json::{Map, Value};

use super::root::Root;
use super::words::{Failure, Result, Within};
use crate::kustomize_words::quote;

/// The fields of a kustomization, by their names.
pub type Fields = Map<String, Value>;

impl Root<'_> {
    /// Localizes all fields except charts and objects that configure plugins.
    pub(super) fn native_fields(&mut self, fields: &mut Fields) -> Result<()> {
        if let Some(path) = fields.get_mut("openapi").and_then(|openapi| openapi.get_mut("path")) {
            self.replace(path, Root::file).within(|| "unable to localize openapi path")?;
        }
        self.paths(fields, "bases", Root::directory)?;
        self.paths(fields, "components", Root::directory)?;
        self.paths(fields, "configurations", Root::file)?;
        self.paths(fields, "crds", Root::file)?;
        self.paths(fields, "resources", Root::resource)?;
        for field in ["configMapGenerator", "secretGenerator"] {
            for generator in items(fields, field) {
                self.generator(generator).within(|| format!("unable to localize {field}"))?;
            }
        }
        self.charts(fields)?;
        for field in ["patches", "patchesJson6902"] {
            for patch in items(fields, field) {
                self.field(patch, "path").within(|| format!("unable to localize {field}"))?;
            }
        }
        self.paths(fields, "patchesStrategicMerge", Root::entry)?;
        for replacement in items(fields, "replacements") {
            self.field(replacement, "path").within(|| "unable to localize replacements entry")?;
        }
        Ok(())
    }

    /// The paths in a list.
    fn paths(&mut self, fields: &mut Fields, field: &str, localize: fn(&mut Self, &str) -> Result<String>) -> Result<()> {
        for path in items(fields, field) {
            self.replace(path, localize).within(|| format!("unable to localize {field} entry"))?;
        }
        Ok(())
    }

    /// The files of a generator.
    fn generator(&mut self, generator: &mut Value) -> Result<()> {
        self.field(generator, "env").within(|| "unable to localize generator env file")?;
        for file in items_of(generator, "envs") {
            self.replace(file, Root::file).within(|| "unable to localize generator envs file")?;
        }
        for source in items_of(generator, "files") {
            self.replace(source, Root::file_source)?;
        }
        Ok(())
    }

    /// A file of a generator, with or without a key.
    pub(super) fn file_source(&mut self, source: &str) -> Result<String> {
        let (key, file) = parse_source(source)?;
        let new = self.file(file).within(|| format!("invalid file source {}", quote(source)))?;
        Ok(key.map_or_else(|| new.clone(), |key| format!("{key}={new}")))
    }

    /// The file that a field of an object names, if it has the field.
    pub(super) fn field(&mut self, object: &mut Value, field: &str) -> Result<()> {
        object.get_mut(field).map_or(Ok(()), |path| self.replace(path, Root::file))
    }

    /// Replaces a path.
    pub(super) fn replace(&mut self, path: &mut Value, localize: fn(&mut Self, &str) -> Result<String>) -> Result<()> {
        let new = localize(self, path.as_str().unwrap_or_default())?;
        *path = Value::String(new);
        Ok(())
    }
}

/// The items of a list.
pub fn items<'f>(fields: &'f mut Fields, field: &str) -> impl Iterator<Item = &'f mut Value> {
    fields.get_mut(field).and_then(Value::as_array_mut).into_iter().flatten()
}

/// The items of a list in an object.
pub fn items_of<'o>(object: &'o mut Value, field: &str) -> impl Iterator<Item = &'o mut Value> {
    object.get_mut(field).and_then(Value::as_array_mut).into_iter().flatten()
}

/// The key, if there is one, and the path of a file of a generator. Behavior: kustomize's `ParseFileSource`.
fn parse_source(source: &str) -> Result<(Option<&str>, &str)> {
    let Some((key, file)) = source.split_once('=') else { return Ok((None, source)) };
    let in_quotes = quote(source);
    if file.contains('=') {
        return Err(Failure(format!("source {in_quotes} key name or file path contains '='")));
    }
    match (key, file) {
        ("", file) => Err(Failure(format!("missing key name for file path {} in source {in_quotes}", quote(file)))),
        (key, "") => Err(Failure(format!("missing file path for key name {} in source {in_quotes}", quote(key)))),
        (key, file) => Ok((Some(key), file)),
    }
}
