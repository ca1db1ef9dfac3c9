//! Determines what an object configures: a built-in kind, a KRM function, or an exec plugin.
//!
//! An object of `apiVersion: builtin` configures a generator or transformer of the tables. Any other object
//! configures an external program or container, which must be allowed. Behavior: kustomize's plugin `Loader`.

use super::exec_plugin::ExecPlugin;
use super::function::Function;
use super::function_spec;
use crate::diagnostic::{Diagnostic, Diagnostics, Result, did_you_mean};
use crate::generate::{self, GENERATORS};
use crate::resource::Resource;
use crate::stage::{Context, Generator, Transformer};
use crate::transform::{self, TRANSFORMERS};
use crate::yaml;

/// The generators that an object under `generators` configures.
///
/// # Errors
/// The object does not configure a generator, or its configuration is not valid.
pub fn generators(config: &Resource, context: &mut Context<'_>) -> Result<Vec<Box<dyn Generator>>> {
    if !is_builtin(config) {
        return Ok(vec![outside(config, context)?]);
    }
    let Some(kind) = GENERATORS.iter().find(|kind| kind.kind == config.kind()) else {
        return Err(wrong_kind(config, "generator").into());
    };
    let failed = |errors: Diagnostics| errors.reword(|words| words.configure(|| failing(config)));
    check(config)?;
    let configured = (kind.decode)(generate::Form::Object(config.node()), context).map_err(failed)?;
    Ok(configured.into_iter().map(|configured| configured.run).collect())
}

/// The transformers that an object under `transformers` or `validators` configures.
///
/// # Errors
/// The object does not configure a transformer, or its configuration is not valid.
pub fn transformers(config: &Resource, context: &mut Context<'_>) -> Result<Vec<Box<dyn Transformer>>> {
    if !is_builtin(config) {
        return Ok(vec![outside(config, context)?]);
    }
    let Some(kind) = TRANSFORMERS.iter().find(|kind| kind.kind == config.kind()) else {
        return Err(wrong_kind(config, "transformer").into());
    };
    let failed = |errors: Diagnostics| errors.reword(|words| words.configure(|| failing(config)));
    check(config)?;
    let configured = (kind.decode)(transform::Form::Object(config.node()), context).map_err(failed)?;
    Ok(configured.into_iter().map(|configured| configured.run).collect())
}

fn failing(config: &Resource) -> String {
    format!("plugin {} fails configuration: ", config.original_id().words())
}

fn is_builtin(config: &Resource) -> bool {
    config.gvk().group.is_empty() && config.gvk().version == "builtin"
}

/// Rejects an object that can't be printed, because kustomize prints it and reads it again.
fn check(config: &Resource) -> Result<()> {
    yaml::emit(config.node(), &mut String::new())
}

/// An external program: it generates or transforms, depending on where it is listed.
trait Outside: Generator + Transformer {}

impl<T: Generator + Transformer> Outside for T {}

fn outside(config: &Resource, context: &mut Context<'_>) -> Result<Box<dyn Outside>> {
    if context.options.functions.is_none() {
        return Err(disabled(config).into());
    }
    match function_spec::of(config.node(), context)? {
        Some(spec) => Ok(Box::new(Function::new(spec, config, context)?)),
        None => Ok(Box::new(ExecPlugin::new(config, context)?)),
    }
}

fn disabled(config: &Resource) -> Diagnostic {
    let known = GENERATORS.iter().map(|row| row.kind).chain(TRANSFORMERS.iter().map(|row| row.kind));
    let kind = config.kind();
    let message = format!("`{kind}` is not a built-in kind, and functions and plugins are not enabled");
    let words = format!("external plugins disabled; unable to load external plugin '{kind}'");
    let error = at_kind(config, "external-plugin", message).words(words);
    if known.into_iter().any(|known| known == kind) {
        return error.help("use `apiVersion: builtin` for the built-in kind");
    }
    error.help("enable them with `--enable-alpha-plugins`; a function that is a program also requires `--enable-exec`")
}

/// The error for a kind that is not one of the expected ones.
fn wrong_kind(config: &Resource, expected: &str) -> Diagnostic {
    let kind = config.kind();
    let (generators, transformers) = (GENERATORS.iter().map(|row| row.kind), TRANSFORMERS.iter().map(|row| row.kind));
    let is_other = generators.clone().chain(transformers.clone()).any(|known| known == kind);
    if is_other {
        let (other, field) = if expected == "generator" { ("transformer", "transformers") } else { ("generator", "generators") };
        let error = at_kind(config, "plugin-kind", format!("expected a {expected}, found the {other} `{kind}`"));
        let words = format!("plugin {} not a {expected}", config.original_id().words());
        return error.words(words).help(format!("list it under `{field}`"));
    }
    let known: Vec<&str> = if expected == "generator" { generators.collect() } else { transformers.collect() };
    let error = at_kind(config, "plugin-kind", format!("there is no built-in {expected} `{kind}`"));
    let error = error.words(format!("unable to load builtin {}", config.gvk().words()));
    error.help(match did_you_mean(kind, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known {expected}s: {}", known.join(", ")),
    })
}

fn at_kind(config: &Resource, code: &'static str, message: impl Into<String>) -> Diagnostic {
    config.node().get("kind").unwrap_or(config.node()).error(code, message)
}
