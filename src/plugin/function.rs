//! KRM functions: programs and containers that read objects and write objects.
//!
//! They run in the directory of the kustomization that lists them, and only when flags allow it. Their `results` are
//! reported as warnings, or together with the failure. Behavior: kustomize's `FnPlugin` over kyaml's `RunFns`.

use ecow::EcoString;

use super::function_spec::FunctionSpec;
use super::process::{Finished, Program};
use super::resource_list::{self, Answer, Item};
use super::{exchange, launch};
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::kustomize_words::{self, quote};
use crate::resource::{ResMap, Resource};
use crate::source::Span;
use crate::stage::{Context, Generator, Transformer};
use crate::yaml::{Dialect, Node};

/// A configured function.
pub struct Function {
    spec: FunctionSpec,
    /// The program; `None` if the function specifies neither a program nor an image.
    program: Option<Program>,
    /// The object that configures it, with kustomize's internal state.
    config: Node,
}

impl Function {
    /// Finds the program of a function.
    ///
    /// # Errors
    /// The flag that enables it is not set, or there is no program that starts containers.
    pub fn new(spec: FunctionSpec, config: &Resource, context: &mut Context<'_>) -> Result<Self> {
        let node = config.annotated(&mut context.edit(config.node().span()));
        let Some(options) = &context.options.functions else {
            return Err(Diagnostic::error("external-plugin", "functions are not enabled").into());
        };
        launch::check_directory(context.loader).map_err(|error| error.at(config.node().span()))?;
        launch::note(&spec, options, context.loader, context.step);
        let program = launch::program(&spec, options, context.loader.root()).map_err(|error| error.at(config.node().span()))?;
        if program.is_none() {
            let message = "the function specifies neither an image nor a program: it has no effect";
            context.records.find(config.node().warning("empty-function", message));
        }
        Ok(Function { spec, program, config: node })
    }

    /// What is run, for messages.
    fn name(&self) -> &str {
        if self.spec.container.image.is_empty() { &self.spec.exec.path } else { &self.spec.container.image }
    }

    /// The location that names what is run.
    fn span(&self) -> Span {
        let place = if self.spec.container.image.is_empty() { &self.spec.exec.path } else { &self.spec.container.image };
        place.span.unwrap_or(self.config.span())
    }

    /// Runs the function on objects.
    fn call(&self, items: Vec<Item<'_>>, context: &mut Context<'_>) -> Result<Vec<Node>> {
        let sent: Vec<EcoString> = items.iter().map(|item| resource_list::path_of(item.node)).collect();
        let Some(program) = &self.program else { return Ok(items.into_iter().map(|item| item.node.clone()).collect()) };
        let numbered: Vec<Item<'_>> =
            items.into_iter().enumerate().map(|(index, item)| item.numbered(index)).collect::<Result<_, _>>()?;
        let input = resource_list::print(&numbered, &Item::config(&self.config))?;
        let Finished { output, status } = program.run(input.as_bytes()).map_err(|cause| self.not_started(program, &cause))?;
        let answer = self.read(output, context);
        if !status.success() {
            let failure = Diagnostic::error("function-failed", format!("the function `{}` failed: {status}", self.name()));
            let results = answer.map(|answer| self.results(&answer, &numbered)).unwrap_or_default();
            return Err(failed(failure.at(self.span()).io(), results));
        }
        let mut answer = answer?;
        self.results(&answer, &numbered).into_iter().for_each(|result| context.records.find(result));
        answer.settle(&sent, &mut context.edit(self.span()))?;
        Ok(answer.items)
    }

    fn read(&self, output: Vec<u8>, context: &mut Context<'_>) -> Result<Answer> {
        let source = context.records.add_text(format!("output of {}", self.name()), output)?;
        let documents = context.documents(source, Dialect::Manifest);
        documents.map(Answer::open).map_err(|error| error.trace(format!("the output of `{}`", self.name()), Some(self.span())))
    }

    fn not_started(&self, program: &Program, cause: &std::io::Error) -> Diagnostic {
        let error = Diagnostic::error("function-start", format!("can't run `{}`: {}", self.name(), crate::load::reason(cause)));
        let error = error.at(self.span()).io();
        let name = self.name();
        let error = error.words(match cause.kind() {
            std::io::ErrorKind::NotFound if !name.contains('/') => {
                format!("couldn't execute function: exec: {}: executable file not found in $PATH", quote(name))
            }
            _ => format!("couldn't execute function: fork/exec {name}: {}", kustomize_words::cause(cause)),
        });
        match cause.kind() {
            std::io::ErrorKind::NotFound if !program.path.exists() => {
                error.help(format!("check that `{}` exists", program.path.display()))
            }
            std::io::ErrorKind::NotFound => error.help("the interpreter in its first line does not exist"),
            std::io::ErrorKind::PermissionDenied => error.help("make it executable with `chmod +x`"),
            _ => error.help("start a script with a line such as `#!/bin/sh`"),
        }
    }

    /// The results of the function, at the objects that they are about.
    fn results(&self, answer: &Answer, items: &[Item<'_>]) -> Vec<Diagnostic> {
        let text = |node: &Node, path: &[&str]| node.at_path(path).and_then(Node::as_text).cloned().unwrap_or_default();
        let diagnostic = |result: &Node| {
            let message = format!("`{}` reported: {}", self.name(), text(result, &["message"]));
            let is_error = matches!(text(result, &["severity"]).as_str(), "" | "error");
            let found = if is_error { Diagnostic::error } else { Diagnostic::warning }("function-result", message);
            let (kind, name) = (text(result, &["resourceRef", "kind"]), text(result, &["resourceRef", "name"]));
            let meant =
                items.iter().find(|item| text(item.node, &["kind"]) == kind && text(item.node, &["metadata", "name"]) == name);
            let field = text(result, &["field", "path"]);
            let keys: Vec<&str> = field.split('.').collect();
            let place = meant.map(|item| item.node.at_path(&keys).unwrap_or(item.node).span());
            found.at(place.unwrap_or(self.span()))
        };
        answer.results.iter().map(diagnostic).collect()
    }
}

/// A failure, with the function's results.
fn failed(failure: Diagnostic, results: Vec<Diagnostic>) -> Diagnostics {
    let mut errors = vec![failure.clone()];
    errors.extend(results);
    Diagnostics::check(errors).err().unwrap_or(failure.into())
}

impl Generator for Function {
    fn generate(&self, context: &mut Context<'_>) -> Result<Vec<Resource>> {
        if self.program.is_none() {
            return Ok(Vec::new());
        }
        let nodes = self.call(vec![Item::config(&self.config)], context)?;
        exchange::generated(nodes)
    }
}

impl Transformer for Function {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        let outgoing = exchange::outgoing(resources, &mut context.edit(self.span()))?;
        let items = outgoing.iter().map(|node| Item { node, annotations: Vec::new() }).collect();
        let nodes = self.call(items, context)?;
        exchange::take_over(resources, nodes, &format!("`{}`", self.name()), &mut context.edit(self.span()))
    }
}
