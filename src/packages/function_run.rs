//! Runs the functions of a directory, or given ones, and writes the result. Behavior: kyaml's `RunFns`.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use anyhow::{Context, anyhow};

use super::directory::PackageReader;
use super::file_annotations::{INDEX, PATH, complete};
use super::function::Function;
use super::function_config::Spec;
use super::go_path::{absolute, working_directory};
use super::meta::Meta;
use super::object::{Object, objects_of};
use super::pipeline::{Filter, filter};
use super::write_back::{files, write_back};
use super::writer::Writer;
use super::{fields, stream};
use crate::go_yaml::{self, Node, Printer};
use crate::kustomize_words::paths::{base, dir, join};
use crate::options::FunctionOptions;
use crate::plugin::{self, Mount};
use crate::yaml::{Located, is_other_than_text};

/// The annotation that describes a function.
const ANNOTATION: &str = "config.kubernetes.io/function";

/// What is run, and on what.
#[derive(Default)]
pub struct FunctionRun {
    /// The directory; empty for the working directory.
    pub path: String,
    /// Standard input, if the objects are read from there.
    pub input: Option<Vec<u8>>,
    /// Whether the result is printed and not written back.
    pub prints: bool,
    /// Directories with functions, in place of those among the objects.
    pub function_paths: Vec<String>,
    /// A function in place of those among the objects.
    pub function: Option<Node>,
    /// Whether all functions apply to all objects.
    pub is_global: bool,
    /// Whether containers that request a network may run.
    pub network: bool,
    /// Whether programs may run.
    pub programs: bool,
    /// Directories that all containers see.
    pub mounts: Vec<String>,
    /// The directory for the results of functions; empty if they are not written.
    pub results: String,
    /// Environment variables of functions.
    pub env: Vec<String>,
    /// Whether containers run as the user who runs this program.
    pub as_current_user: bool,
}

impl FunctionRun {
    /// Runs the functions; returns what is printed. `log` gets the name of each one before it runs.
    ///
    /// # Errors
    /// A function fails or is not valid, or a file can't be read or written.
    pub fn run(&self, log: &dyn Fn(&str)) -> anyhow::Result<String> {
        let root = absolute(&self.path)?;
        let objects = match &self.input {
            Some(bytes) => stream::read(bytes)?,
            None => PackageReader { path: &root, with_json: true, ..PackageReader::default() }.read()?,
        };
        let before = files(&objects);
        let functions = self.functions(&objects)?;
        let logged = |function: &Function, objects| {
            log(&function.label);
            function.run(objects)
        };
        let filters = functions.iter().map(|function| Box::new(move |objects| logged(function, objects)) as Filter<'_>);
        let mut printed = String::new();
        if let Some(objects) = filter(objects, filters.collect())? {
            match self.prints {
                true => printed = Writer::default().print(&objects)?,
                false => write_back(&root, &before, &objects)?,
            }
        }
        let failures: Vec<String> = functions.iter().filter_map(|function| function.failure.take()).collect();
        match failures.is_empty() {
            true => Ok(printed),
            false => Err(Failed { printed, failures: failures.join("\n---\n") }.into()),
        }
    }

    fn functions(&self, objects: &[Object]) -> anyhow::Result<Vec<Function>> {
        let mut functions = Functions { run: self, directory: working_directory()?, results: 0, found: Vec::new() };
        if self.function_paths.is_empty() && self.function.is_none() {
            let found = filter(objects.to_vec(), vec![Box::new(configurations)])?.unwrap_or_default();
            functions.add(sorted(found)?, false)?;
        }
        let mut found = Vec::new();
        for path in &self.function_paths {
            // As in kyaml, only the functions of the last directory count.
            found = PackageReader { path, ..PackageReader::default() }.read()?;
        }
        functions.add(found, true)?;
        functions.add(objects_of(self.function.iter().cloned().collect()), true)?;
        Ok(functions.found)
    }
}

/// Functions failed, but the others were run, and the result was written.
#[derive(Debug)]
pub struct Failed {
    /// What is printed nevertheless.
    pub printed: String,
    failures: String,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.failures)
    }
}

impl std::error::Error for Failed {}

/// The objects that configure functions.
fn configurations(objects: Vec<Object>) -> anyhow::Result<Vec<Object>> {
    let mut found = Vec::new();
    for object in objects {
        let spec = Spec::of(&object.borrow())?;
        if spec.is_some() {
            found.push(object);
        }
    }
    Ok(found)
}

/// Functions in deeper directories come first.
fn sorted(objects: Vec<Object>) -> anyhow::Result<Vec<Object>> {
    let mut keyed = Vec::with_capacity(objects.len());
    for object in objects {
        _ = complete(&mut object.borrow_mut());
        let meta = Meta::of(&object.borrow());
        keyed.push((meta.annotation(PATH).to_owned(), meta.annotation(INDEX).to_owned(), object));
    }
    let place = |path: &str| {
        let directory = dir(path);
        let directory = if base(&directory) == "functions" { dir(&directory) } else { directory };
        (if directory == "." { 0 } else { directory.split('/').count() }, directory)
    };
    let number = |text: &str| text.parse::<i64>().map_err(|_| anyhow!("strconv.Atoi: parsing {text:?}: invalid syntax"));
    // The order is not total, so that the steps of the sort matter.
    for end in 1..keyed.len() {
        let mut at = end;
        while at > 0 {
            let ((path, index, _), (before, before_index, _)) = (&keyed[at], &keyed[at - 1]);
            let order = if path == before {
                number(index)?.cmp(&number(before_index)?)
            } else {
                let ((depth, directory), (before_depth, before_directory)) = (place(path), place(before));
                before_depth.cmp(&depth).then(directory.cmp(&before_directory))
            };
            if order != Ordering::Less {
                break;
            }
            keyed.swap(at, at - 1);
            at -= 1;
        }
    }
    Ok(keyed.into_iter().map(|(_, _, object)| object).collect())
}

/// Collects the functions of a run.
struct Functions<'r> {
    run: &'r FunctionRun,
    directory: String,
    /// The number of files for results so far.
    results: usize,
    found: Vec<Function>,
}

impl Functions<'_> {
    fn add(&mut self, configs: Vec<Object>, is_global: bool) -> anyhow::Result<()> {
        for config in configs {
            let spec = Spec::of(&config.borrow()).context("failed to get FunctionSpec")?;
            let Some(spec) = spec else { continue };
            if spec.network && !self.run.network {
                return Err(anyhow!("network required but not enabled with --network"));
            }
            let results_file = self.results_file();
            let function = Function {
                label: String::new(),
                program: String::new(),
                args: Vec::new(),
                env: Vec::new(),
                directory: self.directory.clone(),
                config,
                is_global: self.run.is_global,
                results_file,
                defer_failure: spec.defer_failure,
                failure: Default::default(),
            };
            if !spec.image.is_empty() {
                let args = self.container_args(&spec);
                let is_global = is_global || self.run.is_global;
                let program = plugin::container_engine().to_owned();
                self.found.push(Function { label: spec.image, program, args, is_global, ..function });
            } else if self.run.programs && !spec.program.is_empty() {
                let env = self.program_env(&spec.program_env);
                self.found.push(Function {
                    label: spec.program.clone(),
                    program: spec.program,
                    args: spec.args,
                    env,
                    ..function
                });
            }
        }
        Ok(())
    }

    fn results_file(&mut self) -> String {
        if self.run.results.is_empty() {
            return String::new();
        }
        self.results += 1;
        join(&self.run.results, &format!("results-{}.yaml", self.results - 1))
    }

    fn container_args(&self, spec: &Spec) -> Vec<String> {
        let located = |mount: &Mount| Located { value: mount.clone(), span: None };
        let container = plugin::Container {
            image: Located { value: spec.image.clone(), span: None },
            network: spec.network,
            mounts: spec.mounts.iter().map(located).collect(),
            envs: spec.container_env.clone(),
        };
        let options = FunctionOptions {
            exec: false,
            as_current_user: self.run.as_current_user,
            env: self.run.env.clone(),
            mounts: self.run.mounts.clone(),
            network: None,
        };
        let user = if self.run.as_current_user { plugin::current_user() } else { "nobody".to_owned() };
        plugin::container_args(&container, &options, std::path::Path::new(&self.directory), &user)
    }

    /// The variables of a program; those with a second `=` are left out.
    fn program_env(&self, of_spec: &[String]) -> Vec<(String, String)> {
        let pair = |text: &String| {
            let (name, value) = text.split_once('=')?;
            (!value.contains('=')).then(|| (name.to_owned(), value.to_owned()))
        };
        let variables: BTreeMap<String, String> = of_spec.iter().chain(&self.run.env).filter_map(pair).collect();
        variables.into_iter().collect()
    }
}

/// The configuration of a function that the command line names: an image or a program, and `KIND` or `KEY=VALUE`.
///
/// # Errors
/// An item is not a pair of key and value.
pub fn function_config(image: &str, network: bool, program: &str, items: &[String]) -> anyhow::Result<Node> {
    let mut root = parsed("metadata:\n  name: function-input\ndata: {}\n");
    let mut kind = "ConfigMap";
    for (at, item) in items.iter().enumerate() {
        match item.split_once('=') {
            None if at == 0 => kind = item,
            None => return Err(anyhow!("args must have keys and values separated by =")),
            Some((name, value)) => {
                let Some(data) = fields::lookup_mut(&mut root, &["data"])? else { continue };
                if name.is_empty() {
                    fields::check_kind(data, go_yaml::Kind::Scalar)?;
                }
                fields::set(data, name, Node::scalar(value))?;
            }
        }
    }
    fields::set(root.root_mut(), "kind", scalar(kind))?;
    fields::set(root.root_mut(), "apiVersion", scalar("v1"))?;
    let mut function = parsed(if image.is_empty() { "exec: {}\n" } else { "container: {}\n" });
    let (section, name, value) = if image.is_empty() { ("exec", "path", program) } else { ("container", "image", image) };
    if let Some(section) = fields::lookup_mut(&mut function, &[section])? {
        fields::set(section, name, scalar(value))?;
        if network && !image.is_empty() {
            fields::set(section, "network", Node { tag: "!!bool".to_owned(), ..Node::scalar("true") })?;
        }
    }
    if let Some(metadata) = fields::lookup_mut(&mut root, &["metadata"])?
        && let Some(annotations) = fields::get_or_create(metadata, "annotations", Node::mapping())?
    {
        fields::set(annotations, ANNOTATION, Node::scalar(Printer::text_of(&function)))?;
    }
    Ok(root)
}

fn parsed(text: &str) -> Node {
    go_yaml::parse_text(text).ok().flatten().unwrap_or_default()
}

/// A scalar that is a string: in quotes if it would not be one without.
fn scalar(value: &str) -> Node {
    let style = if is_other_than_text(value) { go_yaml::Style::DOUBLE_QUOTED } else { go_yaml::Style::default() };
    Node { style, ..Node::scalar(value) }
}
