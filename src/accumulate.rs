//! The recursion over one kustomization directory.
//!
//! In each layer: resources, field specs, generators, components, transformers, validators. A base is built apart and joined when it
//! is finished; a component works on what its parent has collected so far. Behaviour: kustomize's `KustTarget`.

mod plugins;

use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Diagnostics, Result, did_you_mean};
use crate::finish::build_metadata;
use crate::finish::vars::Vars;
use crate::generate::{self, GENERATORS};
use crate::kustomization::{Kustomization, entries};
use crate::load::credentials::mask;
use crate::load::{Found, Loader};
use crate::openapi;
use crate::pipeline::BuildOptions;
use crate::prefetch;
use crate::provenance::Edit;
use crate::resource::{Behavior, Origin, ResMap, Resource};
use crate::source::Span;
use crate::stage::{Context, Records};
use crate::transform::field_specs::{Conflict, FieldSpecs};
use crate::transform::{self, TRANSFORMERS, configurations, crds};
use crate::yaml::{Dialect, Key, Located, Mapping, Node, Scalar, Value, check_json, json};

/// What a layer has collected.
#[derive(Clone, Default)]
pub struct Accumulator {
    /// The objects, in order.
    pub resources: ResMap,
    /// The field specs of this layer and those below.
    pub field_specs: Rc<FieldSpecs>,
    /// The vars of this layer and those below.
    pub vars: Vars,
}

/// Builds the kustomization in a directory.
///
/// # Errors
/// Everything that is wrong with it or below it, with the way that led there.
pub fn accumulate(
    kustomization: &Kustomization,
    loader: &Loader,
    origin: Option<Origin>,
    records: &mut Records,
    shared: &Shared<'_>,
) -> Result<Accumulator> {
    let mut accumulator = Accumulator::default();
    Layer { kustomization, loader, origin, records, shared }.run(&mut accumulator)?;
    Ok(accumulator)
}

/// What all layers of a build share.
pub struct Shared<'a> {
    /// kustomize's field specs.
    pub defaults: &'a Rc<FieldSpecs>,
    /// How the build is done.
    pub options: &'a BuildOptions,
}

/// Transformers that are one, or `count`, for kustomize, and where they are configured, when that is tracked.
struct Transformers {
    origin: Option<Rc<Origin>>,
    count: usize,
    list: Vec<transform::Configured>,
}

struct Layer<'a> {
    kustomization: &'a Kustomization,
    loader: &'a Loader,
    /// The directory as `buildMetadata` tells of it; `None` when nothing is tracked.
    origin: Option<Origin>,
    records: &'a mut Records,
    shared: &'a Shared<'a>,
}

impl Layer<'_> {
    fn run(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        entries::run(self.kustomization, self.records);
        self.openapi(accumulator)?;
        prefetch::run(self.kustomization, self.loader, self.records);
        self.resources(accumulator)?;
        self.field_specs(accumulator)?;
        self.crds(accumulator)?;
        self.generators(accumulator)?;
        self.components(accumulator)?;
        self.transformers(accumulator)?;
        self.validators(accumulator)?;
        accumulator.vars.declare(self.kustomization.decode("vars")?, &mut accumulator.resources)
    }

    /// Chooses the OpenAPI document that the run merges by, unless one is chosen.
    fn openapi(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        if self.kustomization.field("openapi").is_some() {
            let step = self.kustomization.step("openapi", self.records);
            let chosen = openapi::choose(self.kustomization, self.loader, step, self.records);
            chosen.map_err(|error| self.traced_step(error, "openapi"))?;
        }
        accumulator.resources.use_schema(self.records.schema.current());
        Ok(())
    }

    fn resources(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let mut entries: Vec<(String, Located<String>)> = Vec::new();
        for field in ["resources", "bases"] {
            let paths: Vec<Located<String>> = self.kustomization.decode(field)?;
            entries.extend(paths.into_iter().enumerate().map(|(index, path)| (format!("{field}[{index}]"), path)));
        }
        let mut errors = Vec::new();
        for (field, path) in entries {
            let added = self.resource(&field, &path, accumulator);
            if let Err(error) = added {
                errors.extend(self.traced(error, &field, &path).into_vec());
            }
        }
        Diagnostics::check(errors)
    }

    /// An entry of `resources`: a file of objects or a directory to build.
    fn resource(&mut self, field: &str, path: &Located<String>, accumulator: &mut Accumulator) -> Result<()> {
        let step = self.kustomization.step(field, self.records);
        match self.loader.find(path, step)? {
            Found::File(shown, content) => {
                let source = self.records.add_text(shown, content)?;
                let documents = self.records.documents(source, step, Dialect::Manifest)?;
                let origin = self.origin.as_ref().map(|origin| Rc::new(origin.join(path)));
                for mut resource in objects(documents)? {
                    resource.origin = origin.clone();
                    self.records.schema.note_kind(resource.gvk());
                    accumulator.resources.append(resource)?;
                }
                Ok(())
            }
            Found::Directory(loader) => {
                let kustomization = Kustomization::load(&loader, self.records)?.below(self.kustomization);
                if kustomization.is_component() {
                    let message = format!("`{}` is a component", loader.shown().display());
                    return Err(Diagnostic::error("component-as-resource", message).help("list it under `components`").into());
                }
                let origin = self.origin.as_ref().map(|origin| origin.join(path));
                let base = accumulate(&kustomization, &loader, origin, self.records, self.shared)?;
                accumulator.resources.append_all(base.resources)?;
                accumulator.vars.merge(base.vars)?;
                self.merge_field_specs(accumulator, &base.field_specs, path.span)
            }
        }
    }

    fn merge_field_specs(&self, accumulator: &mut Accumulator, other: &Rc<FieldSpecs>, span: Option<Span>) -> Result<()> {
        let is_default = Rc::ptr_eq(other, self.shared.defaults);
        match accumulator.field_specs.is_empty() {
            true if is_default => accumulator.field_specs = Rc::clone(other),
            // Whatever was merged before has kustomize's own field specs already.
            false if is_default || Rc::ptr_eq(&accumulator.field_specs, other) => {}
            _ => Rc::make_mut(&mut accumulator.field_specs).merge(other).map_err(|conflict| self.conflict(conflict, span))?,
        }
        Ok(())
    }

    fn conflict(&self, Conflict(path): Conflict, span: Option<Span>) -> Diagnostic {
        let error = Diagnostic::error("conflicting-field-specs", format!("the field `{path}` is known with another `create`"));
        error.at(span.unwrap_or(self.kustomization.span))
    }

    /// kustomize's field specs with those of the files of `configurations`.
    fn field_specs(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let paths: Vec<Located<String>> = self.kustomization.decode("configurations")?;
        let mut read = FieldSpecs::default();
        for (index, path) in paths.iter().enumerate() {
            let field = format!("configurations[{index}]");
            let added = self
                .configuration(&field, path)
                .and_then(|specs| Ok(read.merge(&specs).map_err(|conflict| self.conflict(conflict, path.span))?));
            added.map_err(|error| self.traced(error, &field, path))?;
        }
        let mut specs = Rc::clone(self.shared.defaults);
        let span = paths.first().and_then(|path| path.span);
        if !paths.is_empty() {
            Rc::make_mut(&mut specs).merge(&read).map_err(|conflict| self.conflict(conflict, span))?;
        }
        self.merge_field_specs(accumulator, &specs, span)
    }

    fn configuration(&mut self, field: &str, path: &str) -> Result<FieldSpecs> {
        let step = self.kustomization.step(field, self.records);
        let (shown, content) = self.loader.read(path, step)?;
        let source = self.records.add_text(shown, content)?;
        let Some(document) = self.records.first_document(source, step, Dialect::Yaml11)? else {
            return Ok(FieldSpecs::default());
        };
        Ok(configurations::field_specs(&document)?)
    }

    /// Field specs from the files of `crds`.
    fn crds(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let paths: Vec<Located<String>> = self.kustomization.decode("crds")?;
        let mut read = FieldSpecs::default();
        for (index, path) in paths.iter().enumerate() {
            let field = format!("crds[{index}]");
            self.crd(&field, path, &mut read).map_err(|error| self.traced(error, &field, path))?;
        }
        if read.is_empty() {
            return Ok(());
        }
        self.merge_field_specs(accumulator, &Rc::new(read), paths.first().and_then(|path| path.span))
    }

    fn crd(&mut self, field: &str, path: &Located<String>, read: &mut FieldSpecs) -> Result<()> {
        let step = self.kustomization.step(field, self.records);
        let (shown, content) = self.loader.read(path, step)?;
        let source = self.records.add_text(shown, content)?;
        let definitions = self.records.decode_json_or_yaml(source, step).map_err(|errors| {
            errors.help("`crds` wants OpenAPI definitions by type name; a CustomResourceDefinition belongs under `resources`")
        })?;
        let specs = definitions.map_or_else(|| Ok(FieldSpecs::default()), |definitions| crds::field_specs(&definitions));
        let merged = specs.and_then(|specs| read.merge(&specs));
        Ok(merged.map_err(|conflict| self.conflict(conflict, path.span))?)
    }

    fn generators(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let kustomization = self.kustomization;
        let mut errors = Vec::new();
        let mut configured = Vec::new();
        for kind in GENERATORS {
            let step = self.kustomization.step(kind.field, self.records);
            let mut context = self.context(accumulator, step);
            match (kind.decode)(generate::Form::Field(kustomization), &mut context) {
                Ok(generators) => {
                    let origin = self.built_in_origin(kind.kind);
                    configured.extend(generators.into_iter().map(|generator| (origin.clone(), generator)));
                }
                Err(error) => errors.extend(error.into_vec()),
            }
        }
        match self.generator_objects() {
            Ok(generators) => configured.extend(generators),
            Err(error) => errors.extend(error.into_vec()),
        }
        Diagnostics::check(errors)?;
        for (origin, generate::Configured { field, run }) in configured {
            let step = self.kustomization.step(&field, self.records);
            let generated =
                run.generate(&mut self.context(accumulator, step)).map_err(|error| self.traced_step(error, &field))?;
            for mut resource in generated {
                resource.origin = resource.origin.or_else(|| origin.clone());
                self.records.schema.note_kind(resource.gvk());
                let mut edit = Edit::new(&mut self.records.provenance, step, resource.name_span());
                let absorbed = absorb(&mut accumulator.resources, resource, &mut edit);
                absorbed.map_err(|error| self.traced_step(error.into(), &field))?;
            }
        }
        Ok(())
    }

    fn components(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let paths: Vec<Located<String>> = self.kustomization.decode("components")?;
        for (index, path) in paths.iter().enumerate() {
            let field = format!("components[{index}]");
            self.component(&field, path, accumulator).map_err(|error| self.traced(error, &field, path))?;
        }
        Ok(())
    }

    fn component(&mut self, field: &str, path: &str, accumulator: &mut Accumulator) -> Result<()> {
        let step = self.kustomization.step(field, self.records);
        let loader = self.loader.directory(path, step).map_err(|error| match error.code {
            "not-a-directory" => error.help("a component is a directory"),
            _ => error,
        })?;
        let kustomization = Kustomization::load(&loader, self.records)?.below(self.kustomization);
        if !kustomization.is_component() {
            let message = format!("`{}` is no component", kustomization.path.display());
            let help =
                "list it under `resources`, or write `kind: Component` and `apiVersion: kustomize.config.k8s.io/v1alpha1` there";
            return Err(Diagnostic::error("resource-as-component", message).help(help).into());
        }
        let origin = self.origin.as_ref().map(|origin| origin.join(path));
        Layer { kustomization: &kustomization, loader: &loader, origin, records: self.records, shared: self.shared }
            .run(accumulator)?;
        accumulator.resources.check_unique()?;
        self.gather_field_specs(accumulator)
    }

    /// Merges the field specs anew, as kustomize does behind each component: in the order that they have now, some hide
    /// others.
    fn gather_field_specs(&self, accumulator: &mut Accumulator) -> Result<()> {
        if !Rc::ptr_eq(&accumulator.field_specs, self.shared.defaults) {
            let all = std::mem::take(&mut accumulator.field_specs);
            self.merge_field_specs(accumulator, &all, None)?;
        }
        Ok(())
    }

    fn transformers(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let kustomization = self.kustomization;
        let mut errors = Vec::new();
        let mut configured = Vec::new();
        for kind in TRANSFORMERS.iter().filter(|kind| kind.fields.iter().any(|field| self.kustomization.field(field).is_some())) {
            // What a patch file holds is written by the patch's step: it is loaded here.
            let step = self.kustomization.step(kind.fields[0], self.records);
            let mut context = self.context(accumulator, step);
            match (kind.decode)(transform::Form::Fields(kustomization), &mut context) {
                Ok(list) => {
                    let count = build_metadata::transformer_count(kind.kind, kustomization, list.len());
                    configured.push(Transformers { origin: self.built_in_origin(kind.kind), count, list });
                }
                Err(error) => errors.extend(error.into_vec()),
            }
        }
        match self.transformer_objects("transformers") {
            Ok(transformers) => configured.extend(transformers),
            Err(error) => errors.extend(error.into_vec()),
        }
        Diagnostics::check(errors)?;
        for transformers in configured {
            for transformer in &transformers.list {
                self.transform(transformer, accumulator)?;
                accumulator.resources.compact();
            }
            if let Some(origin) = &transformers.origin {
                (0..transformers.count).for_each(|_| accumulator.resources.add_transformation(origin));
            }
        }
        Ok(())
    }

    fn transform(&mut self, transformer: &transform::Configured, accumulator: &mut Accumulator) -> Result<()> {
        let transform::Configured { field, run } = transformer;
        let step = self.kustomization.step(field, self.records);
        let mut context = self.context(accumulator, step);
        let done = run.transform(&mut accumulator.resources, &mut context);
        done.map_err(|error| self.traced_step(error, field))
    }

    /// The origin of what fields of this kustomization make or change, when origins are tracked.
    fn built_in_origin(&self, kind: &str) -> Option<Rc<Origin>> {
        self.origin.as_ref().map(|origin| Rc::new(origin.built_in(self.kustomization.file_name(), kind)))
    }

    fn context(&mut self, accumulator: &Accumulator, step: crate::provenance::StepId) -> Context<'_> {
        let field_specs = Rc::clone(&accumulator.field_specs);
        Context { records: self.records, loader: self.loader, options: self.shared.options, field_specs, step }
    }

    /// Adds the entry that led to an error.
    fn traced(&self, error: Diagnostics, field: &str, path: &Located<String>) -> Diagnostics {
        let span = path.span.unwrap_or(self.kustomization.span.at_start());
        error.at(span).trace(format!("{field} `{}`", mask(path)), Some(span))
    }

    fn traced_step(&self, error: Diagnostics, field: &str) -> Diagnostics {
        error.trace(format!("{}: {field}", self.kustomization.path.display()), None)
    }
}

/// The objects of documents: lists are opened, and each object must have a kind and a name.
///
/// # Errors
/// A document is no mapping, or has no kind or no name.
pub fn objects(mut documents: Vec<Node>) -> Result<Vec<Resource>> {
    if let [only] = documents.as_slice() {
        let kind = only.get("kind").and_then(Node::as_str);
        let wrapped = only.get("items").or_else(|| only.get("functionConfig"));
        if matches!(kind, Some("List" | "ResourceList")) && wrapped.is_some() {
            if let Some(items) = only.get("items").filter(|items| items.as_mapping().is_some()) {
                return Err(no_list(items).into());
            }
            documents = only.get("items").and_then(Node::as_sequence).unwrap_or_default().to_vec();
        }
    }
    let mut errors = Vec::new();
    let mut objects = Vec::new();
    let mut queue: std::collections::VecDeque<Node> = documents.into();
    while let Some(node) = queue.pop_front() {
        let empty = node.as_mapping().is_some_and(Mapping::is_empty) || node.as_sequence().is_some_and(<[Node]>::is_empty);
        if node.is_null() || empty {
            continue;
        }
        if let Err(error) = check_object(&node) {
            errors.push(error);
            continue;
        }
        if list_items(&node).is_some()
            && let Err(found) = check_json(&node)
        {
            errors.extend(found.into_vec());
            continue;
        }
        match list_items(&node) {
            Some(items) if items.is_null() => {}
            Some(items) => match items.as_sequence() {
                Some(items) => queue.extend(items.iter().cloned().map(|mut item| {
                    json::respell(&mut item);
                    item
                })),
                None => errors.push(no_list(items)),
            },
            None => objects.push(Resource::from_input(node)),
        }
    }
    Diagnostics::check(errors)?;
    Ok(objects)
}

fn no_list(items: &Node) -> Diagnostic {
    items.error("wrong-type", format!("found {}, but `items` of a list must be a list", items.type_name()))
}

/// The `items` of an object whose kind ends in `List`.
fn list_items(node: &Node) -> Option<&Node> {
    let kind = node.get("kind").and_then(Node::as_text)?;
    kind.ends_with("List").then(|| node.get("items"))?
}

fn check_object(node: &Node) -> Result<(), Diagnostic> {
    let help = "a Kubernetes object has `apiVersion`, `kind` and `metadata.name`";
    if node.as_mapping().is_none() {
        return Err(node.error("not-an-object", format!("found {}, but an object is wanted", node.type_name())).help(help));
    }
    let set = |node: Option<&Node>| node.and_then(Node::as_text).is_some_and(|text| !text.is_empty());
    let place = node.as_mapping().and_then(|mapping| mapping.iter().next()).map_or(node.span(), |entry| entry.key.span);
    if !set(node.get("kind")) {
        return Err(Diagnostic::error("not-an-object", "the object has no `kind`").at(place).help(help));
    }
    let is_list = node.get("kind").and_then(Node::as_text).is_some_and(|kind| kind.ends_with("List"));
    if !is_list && !set(node.at_path(&["metadata", "name"])) {
        return Err(Diagnostic::error("not-an-object", "the object has no `metadata.name`").at(place).help(help));
    }
    Ok(())
}

/// Adds a generated object, or merges it into the one that is there.
fn absorb(resources: &mut ResMap, mut new: Resource, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
    let merges = matches!(new.behavior, Behavior::Merge | Behavior::Replace);
    let at = match resources.find_ever(new.id()) {
        [] if merges => {
            let names: Vec<&str> =
                resources.iter().filter(|other| other.kind() == new.kind()).map(|other| other.id().name.as_str()).collect();
            let near = did_you_mean(&new.id().name, names);
            return Err(new
                .error("no-match", format!("there is no {} to merge with or replace", new.id()))
                .help_if(near.map(|near| format!("did you mean `{near}`?"))));
        }
        [] => return resources.append(new).map(|_| ()),
        [at] => *at,
        several => {
            let error = new.error("ambiguous-merge", format!("{} objects are or were called {}", several.len(), new.id()));
            let found = several.iter().filter_map(|&at| resources.get(at));
            return Err(found.fold(error, |error, other| error.label(other.name_span(), format!("{}", other.id()))));
        }
    };
    let Some(old) = resources.get(at) else { return Ok(()) };
    if !merges {
        return Err(new
            .error("duplicate-object", format!("{} is already there", new.id()))
            .label(old.name_span(), "the first one is here")
            .help(if new.from_helm {
                "objects of charts merge with nothing: give the release another `releaseName`, or list the chart once"
            } else {
                "to change it, set `behavior: merge` or `behavior: replace`"
            }));
    }
    let merge_data = new.behavior == Behavior::Merge;
    let old_node = old.node().clone();
    new.edit(|node| {
        ["data", "binaryData"].into_iter().for_each(|field| remember(node.get_mut(field), old_node.get(field), edit));
        take_metadata(node, &old_node, merge_data);
    });
    new.take_history(old);
    if merge_data && old.origin.is_some() {
        new.origin = old.origin.clone();
    }
    new.needs_hash &= old.needs_hash;
    new.from_helm |= old.from_helm;
    new.behavior = old.behavior;
    resources.replace(at, new);
    Ok(())
}

/// Makes the values that a new entry takes the place of part of its history.
fn remember(new: Option<&mut Node>, old: Option<&Node>, edit: &mut Edit<'_>) {
    let Some(old) = old.and_then(Node::as_mapping) else { return };
    for entry in new.and_then(Node::as_mapping_mut).into_iter().flat_map(Mapping::iter_mut) {
        if let (Some(before), Some(scalar)) = (old.get(&entry.key.text), entry.value.as_scalar().cloned()) {
            let span = entry.value.span();
            entry.value = before.clone();
            entry.value.set(Value::Scalar(scalar), &mut edit.at(span));
        }
    }
}

/// Takes over name, namespace, labels and annotations, and with `data` the entries that the new object does not have.
fn take_metadata(node: &mut Node, old: &Node, data: bool) {
    if let Some(metadata) = node.get_mut("metadata").and_then(Node::as_mapping_mut) {
        for field in ["labels", "annotations"] {
            match (old.at_path(&["metadata", field]), metadata.get_mut(field)) {
                (Some(value), Some(own)) => add_missing(own, value, as_string),
                (Some(value), None) => metadata.put(Key::new(field, value.span()), as_strings(value, as_string)),
                (None, _) => {}
            }
        }
        for field in ["name", "namespace"] {
            take_text(metadata, old.at_path(&["metadata", field]), field);
        }
    }
    for field in ["labels", "annotations"] {
        let mapping = node.at_path_mut(&["metadata", field]).and_then(Node::as_mapping_mut);
        for entry in mapping.into_iter().flat_map(Mapping::iter_mut) {
            entry.key = Key::new(entry.key.text.clone(), entry.key.span);
            entry.value = as_string(&entry.value);
        }
        if let Some(metadata) = node.get_mut("metadata").and_then(Node::as_mapping_mut)
            && metadata.get(field).is_some_and(|node| node.as_mapping().is_none_or(Mapping::is_empty))
        {
            metadata.remove(field);
        }
    }
    if !data {
        return;
    }
    for field in ["data", "binaryData"] {
        if let Some(mapping) = node.as_mapping_mut()
            && mapping.get(field).is_none_or(|own| own.as_mapping().is_some_and(Mapping::is_empty))
            && old.get(field).and_then(Node::as_mapping).is_none_or(Mapping::is_empty)
        {
            mapping.remove(field);
            continue;
        }
        let (Some(value), Some(mapping)) = (old.get(field).filter(|value| value.as_mapping().is_some()), node.as_mapping_mut())
        else {
            continue;
        };
        match mapping.get_mut(field) {
            Some(own) => add_missing(own, value, as_data),
            None => mapping.put(Key::new(field, value.span()), as_strings(value, as_data)),
        }
    }
}

/// Takes over a name or namespace: its text, without a type, in the quotes that the generated one has.
fn take_text(metadata: &mut Mapping, old: Option<&Node>, field: &str) {
    let Some((old, text)) = old.and_then(|old| Some((old, old.as_scalar()?.text.clone()))) else {
        metadata.remove(field);
        return;
    };
    let scalar = match metadata.get(field).and_then(Node::as_scalar) {
        Some(own) => Scalar::rewritten(own, text),
        None => Scalar::untagged(text),
    };
    metadata.put(Key::new(field, old.span()), Node::read(Value::Scalar(scalar), old.span(), old.origin()));
}

/// A mapping whose values are strings, as kustomize writes it back.
fn as_strings(node: &Node, string: fn(&Node) -> Node) -> Node {
    let Some(mapping) = node.as_mapping() else { return node.clone() };
    let entries = mapping
        .iter()
        .map(|entry| crate::yaml::Entry { key: Key::new(entry.key.text.clone(), entry.key.span), value: string(&entry.value) });
    Node::read(Value::Mapping(entries.collect()), node.span(), node.origin())
}

/// A label or annotation, written as a new one. What is no single value has no text.
fn as_string(node: &Node) -> Node {
    let text = node.as_scalar().map(|scalar| scalar.text.clone()).unwrap_or_default();
    Node::read(Value::Scalar(Scalar::set_text(text)), node.span(), node.origin())
}

/// A value of `data`, where a null is an empty text. It is written as a new one.
fn as_data(node: &Node) -> Node {
    let text = node.as_text().cloned().unwrap_or_default();
    Node::read(Value::Scalar(Scalar::set_text(text)), node.span(), node.origin())
}

fn add_missing(own: &mut Node, old: &Node, string: fn(&Node) -> Node) {
    let Some(mapping) = own.as_mapping_mut() else { return };
    for entry in old.as_mapping().into_iter().flatten() {
        if mapping.get(&entry.key.text).is_none() {
            mapping.push(Key::new(entry.key.text.clone(), entry.key.span), string(&entry.value));
        }
    }
}
