//! The fields `generators`, `transformers`, and `validators`: where the objects that configure plugins come from.
//!
//! An item is inline YAML, a file, or a directory to build; all inline items come before the others. Objects from a
//! directory are used as accumulated: without hash suffixes, and local configuration is not dropped.
//! Behavior: kustomize's `configureExternalGenerators`, `configureExternalTransformers`, and `runValidators`.

use std::sync::Arc;

use super::{Accumulator, Layer, Transformers, objects, words};
use crate::diagnostic::{Diagnostics, Result};
use crate::resource::origin::{Origin, Plugin};
use crate::resource::{ResMap, Resource};
use crate::yaml::{Dialect, Located};
use crate::{generate, plugin, transform};

/// An object that configures a plugin, and the item it comes from, such as `transformers[2]`.
struct Config {
    field: String,
    object: Resource,
}

impl Layer<'_> {
    /// The generators that objects configure.
    pub(super) fn generator_objects(&mut self) -> Result<Vec<(Option<Arc<Origin>>, generate::Configured)>> {
        let mut errors = Vec::new();
        let mut configured = Vec::new();
        let configs = self.plugin_configs("generators");
        let configs = configs.map_err(|errors| errors.reword(|words| words.surround("loading generator plugins: ", "")))?;
        for Config { field, object } in configs {
            let step = self.kustomization.step(named(&field, &object), self.records);
            let accumulator = self.no_accumulator();
            match plugin::generators(&object, &mut self.context(&accumulator, step)) {
                Ok(runs) => {
                    let origin = plugin_origin(&object);
                    let run = |run| (origin.clone(), generate::Configured { field: named(&field, &object), run });
                    configured.extend(runs.into_iter().map(run));
                }
                Err(error) => {
                    let before = "loading generator plugins: failed to load generator: ";
                    let error = error.reword(|words| words.configure(|| before.to_owned()));
                    errors.extend(self.traced_step(error, &named(&field, &object)).into_vec());
                }
            }
        }
        Diagnostics::check(errors)?;
        Ok(configured)
    }

    /// The transformers that the objects of a field configure.
    pub(super) fn transformer_objects(&mut self, field: &str) -> Result<Vec<Transformers>> {
        let mut errors = Vec::new();
        let mut configured = Vec::new();
        for Config { field, object } in self.plugin_configs(field)? {
            let step = self.kustomization.step(named(&field, &object), self.records);
            let accumulator = self.no_accumulator();
            match plugin::transformers(&object, &mut self.context(&accumulator, step)) {
                Ok(runs) => {
                    let run = |run| transform::Configured { field: named(&field, &object), run };
                    let list = runs.into_iter().map(run).collect();
                    configured.push(Transformers { origin: plugin_origin(&object), count: 1, list });
                }
                Err(error) => errors.extend(self.traced_step(error, &named(&field, &object)).into_vec()),
            }
        }
        Diagnostics::check(errors)?;
        Ok(configured)
    }

    /// Validators are transformers that must not change anything.
    pub(super) fn validators(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let validators = self.transformer_objects("validators")?;
        let run = validators.into_iter().flat_map(|validators| validators.list).filter(|_| !self.is_faulty);
        for validator in run.collect::<Vec<_>>() {
            let before = accumulator.resources.clone();
            self.transform(&validator, accumulator)?;
            let unchanged = plugin::validator::check_unchanged(&before, &accumulator.resources, &mut self.records.provenance);
            unchanged.map_err(|error| self.traced_step(error.into(), &validator.field))?;
        }
        Ok(())
    }

    /// The objects of all items of a field.
    fn plugin_configs(&mut self, field: &str) -> Result<Vec<Config>> {
        let entries: Vec<Located<String>> = self.kustomization.valid(field);
        let mut accumulator = self.no_accumulator();
        let mut fields = Vec::new();
        let mut paths = Vec::new();
        let mut errors = Vec::new();
        for (index, entry) in entries.into_iter().enumerate() {
            let field = format!("{field}[{index}]");
            match self.inline_configs(&field, &entry, &mut accumulator.resources) {
                Ok(true) => fields.resize(accumulator.resources.len(), field),
                Ok(false) => paths.push((field, entry)),
                Err(error) => errors.extend(self.traced_step(error, &field).into_vec()),
            }
        }
        for (field, path) in paths {
            if let Err(error) = self.resource(&field, &path, &mut accumulator) {
                errors.extend(self.traced(error, &field, &path).into_vec());
            }
            fields.resize(accumulator.resources.len(), field);
        }
        Diagnostics::check(errors)?;
        let objects = accumulator.resources.into_resources();
        Ok(fields.into_iter().zip(objects).map(|(field, object)| Config { field, object }).collect())
    }

    /// Adds the objects of an item that is inline YAML; returns whether it is.
    fn inline_configs(&mut self, field: &str, entry: &Located<String>, configs: &mut ResMap) -> Result<bool> {
        let span = entry.span.unwrap_or(self.kustomization.span);
        let source = self.records.inline_text(entry, span);
        let step = self.kustomization.step(field, self.records);
        match self.records.documents(source, step, Dialect::Manifest).and_then(|documents| objects(documents, || false)) {
            Ok(objects) => {
                let file = self.kustomization.file_name();
                let origin = self.origin.as_ref().map(|origin| Arc::new(origin.join(file)));
                for mut object in objects {
                    object.origin = origin.clone();
                    configs.append(object)?;
                }
                Ok(true)
            }
            // Only a string with several lines can be intended as YAML.
            Err(error) if entry.contains('\n') => {
                let named = words::of_resource(error.clone(), entry, self.loader);
                Err(if self.loader.file_words(entry).is_some() { named } else { error })
            }
            Err(_) => Ok(false),
        }
    }

    /// Plugins are configured independently of what the layer has collected: an object specifies its own field specs.
    fn no_accumulator(&self) -> Accumulator {
        Accumulator { resources: ResMap::default(), field_specs: Arc::clone(self.shared.defaults), ..Accumulator::default() }
    }
}

/// The origin of objects that a configured plugin creates or changes.
fn plugin_origin(config: &Resource) -> Option<Arc<Origin>> {
    let id = config.id();
    let plugin = Plugin {
        api_version: id.gvk.api_version().into(),
        kind: id.gvk.kind.as_str().into(),
        name: id.name.as_str().into(),
        namespace: id.namespace.as_str().into(),
    };
    config.origin.as_ref().map(|origin| Arc::new(origin.configures(plugin)))
}

/// The item and the object, for messages and provenance: `transformers[0] (LabelTransformer/labels)`.
fn named(field: &str, object: &Resource) -> String {
    format!("{field} ({}/{})", object.kind(), object.id().name)
}
