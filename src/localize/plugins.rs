//! Objects that configure generators, transformers, and validators: the files that built-in plugins read.
//!
//! An object may be in a file or in the kustomization itself. Behavior: `localizeBuiltinPlugins` of kustomize's localizer, with
//! the filters `fsslice` and `fieldspec`.

use super::native::{Fields, items};
use super::objects;
use super::root::Root;
use super::words::{Failure, Result, Within};
use crate::kustomize_words::quote;
use crate::pipeline;
use crate::resource::{ResMap, Resource};
use crate::yaml::{Node, Scalar, Value};

/// How the new value of a field is found.
type Localize = fn(&mut Root<'_>, &str) -> Result<String>;

/// The API version of objects that configure built-in plugins.
const VERSION: &str = "builtin";

const CHART: &str = "HelmChartInflationGenerator";

/// The fields of built-in plugins that name files: the kind, the path of the field, and how it is localized.
const FIELDS: [(&str, &[&str], Localize); 12] = [
    ("ConfigMapGenerator", &["env"], file),
    ("ConfigMapGenerator", &["envs"], file),
    ("SecretGenerator", &["env"], file),
    ("SecretGenerator", &["envs"], file),
    (CHART, &["valuesFile"], file),
    (CHART, &["additionalValuesFiles"], file),
    ("PatchTransformer", &["path"], file),
    ("PatchJson6902Transformer", &["path"], file),
    ("ReplacementTransformer", &["replacements", "path"], file),
    ("ConfigMapGenerator", &["files"], |root, source| root.file_source(source)),
    ("SecretGenerator", &["files"], |root, source| root.file_source(source)),
    ("PatchStrategicMergeTransformer", &["paths"], |root, entry| root.entry(entry)),
];

fn file(root: &mut Root<'_>, path: &str) -> Result<String> {
    root.file(path)
}

impl Root<'_> {
    /// Localizes the objects that configure plugins.
    pub(super) fn plugins(&mut self, fields: &mut Fields) -> Result<()> {
        for field in ["generators", "transformers", "validators"] {
            for item in items(fields, field) {
                let entry = item.as_str().unwrap_or_default().to_owned();
                let (mut objects, is_file) = self.entry_objects(&entry).within(|| format!("unable to load {field} entry"))?;
                for object in &mut objects {
                    self.plugin(object)?;
                }
                let text = self.printed(objects);
                let text = text.within(|| format!("unable to serialize localized {field} entry {}", quote(&entry)))?;
                let new = match is_file {
                    true => {
                        let written = self.file_with(&entry, text.as_bytes());
                        written.within(|| format!("unable to localize {field} entry"))?
                    }
                    false => text,
                };
                *item = serde_json::Value::String(new);
            }
        }
        Ok(())
    }

    fn plugin(&mut self, object: &mut Resource) -> Result<()> {
        let (version, kind) = (object.gvk().version.to_string(), object.kind().to_owned());
        if version != VERSION {
            return Ok(());
        }
        let id = objects::in_words(object.id());
        let fields = FIELDS.iter().filter(|(of, ..)| *of == kind);
        for (_, path, localize) in fields {
            let changed = object.edit_body(|node| self.in_field(node, path, *localize));
            changed.within(|| format!("considering field '{}' of object {id}", path.join("/")))?;
        }
        if kind == CHART {
            let changed = object.edit_body(|node| match node.get_mut("chartHome") {
                Some(home) => self.scalar(home, |root, path| root.chart_home(path)),
                None => self.chart_home("").map(drop),
            });
            changed.within(|| format!("plugin {id}"))?;
        }
        Ok(())
    }

    /// Localizes the values at a path below a node.
    fn in_field(&mut self, node: &mut Node, path: &[&str], localize: Localize) -> Result<()> {
        let Some((name, rest)) = path.split_first() else { return self.values(node, localize) };
        if node.is_null() {
            return Ok(());
        }
        match node.value() {
            Value::Mapping(_) => node.get_mut(name).map_or(Ok(()), |inner| self.in_field(inner, rest, localize)),
            Value::Sequence(_) => {
                let mut items = node.items_mut().into_iter().flatten();
                let done = items.try_for_each(|item| self.in_field(item, path, localize));
                done.within(|| format!("visit traversal on path: [{}]", path.join(" ")))
            }
            Value::Scalar(_) => Err(Failure::new("expected sequence or mapping node")),
        }
    }

    /// Localizes a value, or each value in a list.
    fn values(&mut self, node: &mut Node, localize: Localize) -> Result<()> {
        match node.value() {
            Value::Sequence(_) => {
                let mut items = node.items_mut().into_iter().flatten();
                items.try_for_each(|item| self.scalar(item, localize))
            }
            Value::Scalar(_) => self.scalar(node, localize),
            Value::Mapping(_) => Err(Failure::new("expected sequence or scalar node")),
        }
    }

    fn scalar(&mut self, node: &mut Node, localize: Localize) -> Result<()> {
        let old = node.as_scalar().cloned();
        let new = localize(self, old.as_ref().map_or("", |scalar| scalar.text.as_str()))?;
        match old {
            Some(old) if old.text != new.as_str() => node.respell(Scalar::plain(new).in_place_of(&old)),
            Some(_) => {}
            None => return Err(Failure::new("wrong node kind: expected ScalarNode but got MappingNode")),
        }
        Ok(())
    }

    fn printed(&self, objects: Vec<Resource>) -> Result<String> {
        let mut all = ResMap::default();
        for object in objects {
            all.append(object).map_err(|error| objects::words(&error.into()))?;
        }
        pipeline::emit(&all, self.records).map_err(|errors| objects::words(&errors))
    }
}
