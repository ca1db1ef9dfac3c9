//! Builds one kustomization directory, recursively.
//!
//! In each layer: resources, field specs, generators, components, transformers, validators. A base is built separately and
//! added when it is finished; a component operates on what its parent has collected so far. Behavior: kustomize's
//! `KustTarget`.

mod absorb;
mod empty;
mod errors;
mod field_specs;
mod plugins;
mod words;

use std::cell::RefCell;
use std::sync::Arc;

use absorb::absorb;
use empty::{Empty, Key};
use errors::Errors;

use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::fields::field_specs::FieldSpecs;
use crate::finish::build_metadata;
use crate::finish::vars::Vars;
use crate::generate::{self, GENERATORS};
use crate::kustomization::{Kustomization, entries};
use crate::kustomize_words::Words;
use crate::load::credentials::mask;
use crate::load::{Found, Loader};
use crate::openapi;
use crate::options::BuildOptions;
use crate::prefetch;
use crate::records::Records;
use crate::resource::{Origin, ResMap, objects};
use crate::source::Span;
use crate::stage::Context;
use crate::transform::{self, TRANSFORMERS};
use crate::yaml::provenance::Edit;
use crate::yaml::{Dialect, Located};

/// What a layer has collected.
#[derive(Clone, Default)]
pub struct Accumulator {
    /// The objects, in order.
    pub resources: ResMap,
    /// The field specs of this layer and those below.
    pub field_specs: Arc<FieldSpecs>,
    /// The vars of this layer and those below.
    pub vars: Vars,
}

/// Builds the kustomization in a directory.
///
/// # Errors
/// Every error in it or below it, with the references that led there.
pub fn accumulate(
    kustomization: &Kustomization,
    loader: &Loader,
    origin: Option<Origin>,
    records: &mut Records,
    shared: &Shared<'_>,
) -> Result<Accumulator> {
    let mut accumulator = Accumulator::default();
    Layer { kustomization, loader, origin, records, shared, is_faulty: false }.run(&mut accumulator)?;
    Ok(accumulator)
}

/// What all layers of a build share.
pub struct Shared<'a> {
    /// kustomize's field specs.
    pub defaults: &'a Arc<FieldSpecs>,
    /// The options of the build.
    pub options: &'a BuildOptions,
    /// Directories without effect.
    empty: RefCell<Empty<Accumulator>>,
}

impl<'a> Shared<'a> {
    /// What the layers of a build with these field specs and options share.
    pub fn new(defaults: &'a Arc<FieldSpecs>, options: &'a BuildOptions) -> Self {
        Shared { defaults, options, empty: RefCell::default() }
    }

    /// Whether a layer has collected nothing.
    fn is_empty(&self, accumulator: &Accumulator) -> bool {
        let Accumulator { resources, field_specs, vars } = accumulator;
        resources.is_empty() && vars.is_empty() && Arc::ptr_eq(field_specs, self.defaults)
    }
}

/// Transformers that kustomize counts as one, or as `count`, and where they are configured, if origins are tracked.
struct Transformers {
    origin: Option<Arc<Origin>>,
    count: usize,
    list: Vec<transform::Configured>,
}

/// Fields of transformers that require that their objects exist.
const UNAFFECTED: [&str; 2] = ["patches", "replicas"];

/// Fields of generators that only read files.
const FROM_FILES: [&str; 2] = ["configMapGenerator", "secretGenerator"];

struct Layer<'a> {
    kustomization: &'a Kustomization,
    loader: &'a Loader,
    /// The directory as `buildMetadata` reports it; `None` if origins are not tracked.
    origin: Option<Origin>,
    records: &'a mut Records,
    shared: &'a Shared<'a>,
    /// Whether an error was found here. From then on, only files and configuration are checked: objects may be missing.
    is_faulty: bool,
}

impl Layer<'_> {
    fn run(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        self.records.reads.usage.enter().map_err(|error| error.at(self.kustomization.span.at_start()))?;
        let before = self.records.deprecated.len();
        let done = self.stages(accumulator).map_err(|errors| {
            let is_read = self.kustomization.faults().is_empty();
            errors.reword(|words| words.note_warnings(if is_read { self.records.deprecated.len() } else { before }))
        });
        self.records.reads.usage.leave();
        self.shared.empty.borrow_mut().end(self.loader.root());
        done
    }

    fn stages(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        entries::run(self.kustomization, self.records);
        let mut errors = Errors::new(self.kustomization.faults());
        let stages: [fn(&mut Self, &mut Accumulator) -> Result<()>; 9] = [
            Self::openapi,
            Self::resources,
            Self::field_specs,
            Self::crds,
            Self::generators,
            Self::components,
            Self::transformers,
            Self::validators,
            Self::vars,
        ];
        for stage in stages {
            self.is_faulty |= errors.exist();
            errors.take(stage(self, accumulator));
            errors.add(self.kustomization.deferred());
            if errors.are_final() {
                break;
            }
        }
        errors.check()
    }

    fn vars(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let vars = self.kustomization.decode("vars")?;
        if self.is_faulty { Ok(()) } else { accumulator.vars.declare(vars, &mut accumulator.resources) }
    }

    /// Selects the OpenAPI document that is used for merging, unless one is already selected.
    fn openapi(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        if self.kustomization.field("openapi").is_some() {
            let step = self.kustomization.step("openapi", self.records);
            let chosen = openapi::choose(self.kustomization, self.loader, step, self.records);
            chosen.map_err(|error| {
                let error = self.traced_step(error, "openapi");
                error.reword(Words::note_before)
            })?;
        }
        accumulator.resources.use_schema(self.records.schema.current());
        Ok(())
    }

    fn resources(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        prefetch::run(self.kustomization, self.loader, self.records);
        let mut errors = Errors::default();
        let mut entries: Vec<(String, Located<String>)> = Vec::new();
        for field in ["resources", "bases"] {
            let paths: Vec<Located<String>> = self.kustomization.valid(field);
            entries.extend(paths.into_iter().enumerate().map(|(index, path)| (format!("{field}[{index}]"), path)));
        }
        for (field, path) in entries {
            let added = match errors.have_first() {
                true => self.found(&field, &path, accumulator),
                false => self.resource(&field, &path, accumulator),
            };
            errors.take(added.map_err(|error| self.traced(error, &field, &path)));
            if errors.are_final() {
                break;
            }
        }
        errors.check().map_err(|errors| errors.reword(|words| words.surround("accumulating resources: ", "")))
    }

    /// An item of `resources`, with kustomize's words for its errors.
    fn resource(&mut self, field: &str, path: &Located<String>, accumulator: &mut Accumulator) -> Result<()> {
        self.found(field, path, accumulator).map_err(|errors| words::of_resource(errors, path, self.loader))
    }

    /// An item of `resources`: a file of objects or a directory to build.
    fn found(&mut self, field: &str, path: &Located<String>, accumulator: &mut Accumulator) -> Result<()> {
        let step = self.kustomization.step(field, self.records);
        match self.loader.find(path, step)? {
            Found::File(shown, content) => {
                let source = self.records.add_text(shown, content)?;
                let (documents, errors) = self.records.valid_documents(source, step, Dialect::Manifest);
                let mut errors = Errors::new(&errors);
                if errors.are_final() {
                    return errors.check();
                }
                let origin = self.origin.as_ref().map(|origin| Arc::new(origin.join(path)));
                let is_split = || parts(self.records.sources.get(source).text()) > 1;
                for mut resource in errors.take(objects(documents, is_split)).into_iter().flatten() {
                    resource.origin = origin.clone();
                    self.records.schema.note_kind(resource.gvk());
                    errors.take(accumulator.resources.append(resource).map_err(|error| words::of_merge(error, path)));
                    if errors.are_final() {
                        break;
                    }
                }
                errors.check()
            }
            Found::Directory(loader) => {
                let base = self.base(path, &loader)?;
                self.merge(accumulator, base, path.span).map_err(|errors| {
                    let before = format!("recursed merging from path '{}': ", loader.root().display());
                    errors.reword(|words| words.surround(before, ""))
                })
            }
        }
    }

    /// Adds what a directory collected.
    fn merge(&mut self, accumulator: &mut Accumulator, base: Accumulator, span: Option<Span>) -> Result<()> {
        accumulator.resources.append_all(base.resources)?;
        accumulator.vars.merge(base.vars)?;
        self.merge_field_specs(accumulator, &base.field_specs, span)
    }

    /// Builds a directory that is listed in `resources`.
    fn base(&mut self, path: &str, loader: &Loader) -> Result<Accumulator> {
        let (root, shown) = (loader.root().to_owned(), loader.shown());
        let (namespace, has_schema) = (self.kustomization.nearest_namespace(), self.records.schema.is_chosen());
        let key = Key { root, shown, namespace, has_schema };
        if let Some(known) = self.shared.empty.borrow_mut().get(&key, loader.ancestors()) {
            self.records.reads.usage.enter()?;
            self.records.reads.usage.leave();
            return Ok(known);
        }
        let (mark, findings) = (self.shared.empty.borrow().mark(), self.records.findings.len());
        let kustomization = words::load(loader, self.records)?.below(self.kustomization);
        if kustomization.is_component() {
            let message = format!("`{}` is a component", loader.shown().display());
            let words = format!("expected kind != 'Component' for path '{}'", loader.root().display());
            let error = Diagnostic::error("component-as-resource", message).words(words);
            let error = Diagnostics::from(error.help("list it under `components`"));
            return Err(words::of_wrong_kind(error, &kustomization, loader));
        }
        let origin = self.origin.as_ref().map(|origin| origin.join(path));
        let base = accumulate(&kustomization, loader, origin, self.records, self.shared)
            .map_err(|errors| words::of_built(errors, &kustomization, loader))?;
        let is_silent = findings == self.records.findings.len() && has_schema == self.records.schema.is_chosen();
        if is_silent && self.shared.is_empty(&base) {
            self.shared.empty.borrow_mut().remember(key, mark, &base);
        }
        Ok(base)
    }

    fn generators(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let kustomization = self.kustomization;
        let mut errors = Errors::default();
        let mut configured = Vec::new();
        for kind in GENERATORS {
            let step = self.kustomization.step(kind.field, self.records);
            let mut context = self.context(accumulator, step);
            if let Some(generators) = errors.take((kind.decode)(generate::Form::Field(kustomization), &mut context)) {
                let origin = self.built_in_origin(kind.kind);
                configured.extend(generators.into_iter().map(|generator| (origin.clone(), generator)));
            }
        }
        configured.extend(errors.take(self.generator_objects()).into_iter().flatten());
        errors.add(self.kustomization.deferred());
        for (origin, generate::Configured { field, run }) in configured {
            self.is_faulty |= errors.exist();
            // In a build that fails, files are still read, but no programs are started.
            if errors.are_final() || self.is_faulty && !FROM_FILES.iter().any(|kind| field.starts_with(kind)) {
                continue;
            }
            let step = self.kustomization.step(&field, self.records);
            let generated = run.generate(&mut self.context(accumulator, step));
            let generated = errors.take(generated.map_err(|error| self.traced_step(error, &field)));
            for mut resource in generated.into_iter().flatten().filter(|_| !self.is_faulty) {
                resource.origin = resource.origin.or_else(|| origin.clone());
                self.records.schema.note_kind(resource.gvk());
                let mut edit = Edit::new(&mut self.records.provenance, step, resource.name_span());
                let absorbed = absorb(&mut accumulator.resources, resource, &mut edit);
                errors.take(absorbed.map_err(|mut error| {
                    // kustomize prints the address of the generator here.
                    error.words.surround("merging from generator &{0xc000000000 <nil>}: ", "");
                    self.traced_step(error.into(), &field)
                }));
            }
        }
        errors.check()
    }

    fn components(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let paths: Vec<Located<String>> = self.kustomization.valid("components");
        let mut errors = Errors::default();
        for (index, path) in paths.iter().enumerate() {
            self.is_faulty |= errors.exist();
            let field = format!("components[{index}]");
            let added = self.component(&field, path, accumulator);
            errors.take(added.map_err(|error| self.traced(error, &field, path)));
            if errors.are_final() {
                break;
            }
        }
        errors.check()
    }

    fn component(&mut self, field: &str, path: &str, accumulator: &mut Accumulator) -> Result<()> {
        let step = self.kustomization.step(field, self.records);
        let loader = self.loader.directory(path, step).map_err(|mut error| {
            error.words.quote("accumulating components: loader.New ");
            if error.code == "not-a-directory" { error.help("a component must be a directory") } else { error }
        })?;
        self.component_at(path, &loader, accumulator).map_err(words::of_component)
    }

    fn component_at(&mut self, path: &str, loader: &Loader, accumulator: &mut Accumulator) -> Result<()> {
        let kustomization = words::load(loader, self.records)?.below(self.kustomization);
        if !kustomization.is_component() {
            let message = format!("`{}` is not a component", kustomization.path.display());
            let help =
                "list it under `resources`, or set `kind: Component` and `apiVersion: kustomize.config.k8s.io/v1alpha1` in it";
            let words = words::not_a_component(loader);
            let error = Diagnostics::from(Diagnostic::error("resource-as-component", message).words(words).help(help));
            return Err(words::of_wrong_kind(error, &kustomization, loader));
        }
        let origin = self.origin.as_ref().map(|origin| origin.join(path));
        let (records, shared, is_faulty) = (&mut *self.records, self.shared, self.is_faulty);
        let done = Layer { kustomization: &kustomization, loader, origin, records, shared, is_faulty }.run(accumulator);
        done.map_err(|errors| words::of_built(errors, &kustomization, loader))?;
        if is_faulty {
            return Ok(());
        }
        accumulator.resources.check_unique().map_err(|error| {
            let before = format!("recursed merging from path '{}': ", loader.root().display());
            Diagnostics::from(error).reword(|words| words.surround(before, ""))
        })?;
        self.gather_field_specs(accumulator)
    }

    fn transformers(&mut self, accumulator: &mut Accumulator) -> Result<()> {
        let kustomization = self.kustomization;
        let mut errors = Errors::default();
        let mut configured = Vec::new();
        for kind in TRANSFORMERS.iter().filter(|kind| kind.fields.iter().any(|field| self.kustomization.field(field).is_some())) {
            // The values of a patch file are attributed to the patch's step, so the file is loaded here.
            let step = self.kustomization.step(kind.fields[0], self.records);
            let mut context = self.context(accumulator, step);
            if let Some(list) = errors.take((kind.decode)(transform::Form::Fields(kustomization), &mut context)) {
                let count = build_metadata::transformer_count(kind.kind, kustomization, list.len());
                configured.push(Transformers { origin: self.built_in_origin(kind.kind), count, list });
            }
        }
        configured.extend(errors.take(self.transformer_objects("transformers")).into_iter().flatten());
        errors.add(self.kustomization.deferred());
        if self.is_faulty || errors.exist() {
            return errors.check();
        }
        for transformers in configured {
            // A record is lost if a later item removes the annotations, so each item is recorded before the next one runs.
            let one_each = transformers.count == transformers.list.len();
            let record = |accumulator: &mut Accumulator, count: usize| {
                let origin = transformers.origin.iter();
                origin.for_each(|origin| (0..count).for_each(|_| accumulator.resources.add_transformation(origin)));
            };
            for transformer in &transformers.list {
                match errors.exist() {
                    false => _ = errors.take(self.transform(transformer, accumulator)),
                    // After an error, the content of objects is uncertain, but not which ones exist.
                    true if UNAFFECTED.iter().any(|field| transformer.field.starts_with(field)) => {
                        errors.take_unmatched(self.transform(transformer, accumulator));
                    }
                    true => {}
                }
                record(accumulator, usize::from(one_each));
                accumulator.resources.compact();
            }
            record(accumulator, if one_each { 0 } else { transformers.count });
        }
        errors.check()
    }

    fn transform(&mut self, transformer: &transform::Configured, accumulator: &mut Accumulator) -> Result<()> {
        let transform::Configured { field, run } = transformer;
        let step = self.kustomization.step(field, self.records);
        let mut context = self.context(accumulator, step);
        let done = run.transform(&mut accumulator.resources, &mut context);
        done.map_err(|error| self.traced_step(error, field))
    }

    /// The origin of objects that fields of this kustomization create or change, if origins are tracked.
    fn built_in_origin(&self, kind: &str) -> Option<Arc<Origin>> {
        self.origin.as_ref().map(|origin| Arc::new(origin.built_in(self.kustomization.file_name(), kind)))
    }

    fn context(&mut self, accumulator: &Accumulator, step: crate::yaml::provenance::StepId) -> Context<'_> {
        let field_specs = Arc::clone(&accumulator.field_specs);
        Context { records: self.records, loader: self.loader, options: self.shared.options, field_specs, step }
    }

    /// Adds the item that led to an error.
    fn traced(&self, error: Diagnostics, field: &str, path: &Located<String>) -> Diagnostics {
        let span = path.span.unwrap_or(self.kustomization.span.at_start());
        let error = error.reword(|words| words.note_warnings(self.records.deprecated.len()));
        error.at(span).trace(format!("{field} `{}`", mask(path)), Some(span))
    }

    fn traced_step(&self, error: Diagnostics, field: &str) -> Diagnostics {
        let error = error.reword(|words| words.note_warnings(self.records.deprecated.len()));
        error.trace(format!("{}: {field}", self.kustomization.path.display()), None)
    }
}

/// How many documents kyaml splits a text into: at lines that begin with `---`, even if a document is empty.
fn parts(text: &str) -> usize {
    let lines = text.match_indices("\n---").filter(|(at, _)| text[at + 1..].contains('\n'));
    lines.count() + 1
}
