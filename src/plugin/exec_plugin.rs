//! Exec plugins: programs that are found by the apiVersion and kind of the object that configures them.
//!
//! `apiVersion: team.example.com/v1`, `kind: Sed` is `team.example.com/v1/sed/Sed` below the plugin home. The program gets
//! its configuration as a file and in its environment, and objects as plain YAML. Behavior: kustomize's `ExecPlugin`.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::process::{Program, is_executable};
use super::{exchange, launch};
use crate::diagnostic::{Diagnostic, Result};
use crate::load::reads::What;
use crate::resource::{ResMap, Resource};
use crate::stage::{Context, Generator, Transformer};
use crate::write::{self, Temporary};
use crate::yaml::{self, Dialect, Located, Node, Unknown, decode_object};

/// The longest string in the environment of a program on Linux, in bytes.
const LONGEST_VARIABLE: usize = 131_071;

/// A configured plugin.
pub struct ExecPlugin {
    path: PathBuf,
    args: Vec<String>,
    config: Node,
    /// The configuration as the plugin reads it.
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Arguments {
    args_one_liner: Located<String>,
    args_from_file: Located<String>,
}

impl ExecPlugin {
    /// Finds the plugin that an object configures.
    ///
    /// # Errors
    /// There is no plugin home, no program in it for this kind, or its arguments are malformed.
    pub fn new(config: &Resource, context: &mut Context<'_>) -> Result<Self> {
        launch::check_directory(context.loader).map_err(|error| error.at(config.node().span()))?;
        let path = find(config)?;
        context.loader.note(Some(context.step), What::Program, &path.to_string_lossy());
        let node = config.annotated(&mut context.edit(config.node().span()));
        let mut text = String::new();
        yaml::emit(&node, &mut text)?;
        let Arguments { args_one_liner, args_from_file } = decode_object(&node, Unknown::Ignore)?;
        let mut args = split_arguments(&args_one_liner).map_err(|message| {
            let error = Diagnostic::error("plugin-arguments", message);
            args_one_liner.span.map_or(error.clone(), |span| error.at(span))
        })?;
        if let Some(span) = args_from_file.span.filter(|_| !args_from_file.is_empty()) {
            let source = context.read_text(&args_from_file).map_err(|error| error.at(span))?;
            let lines = context.records.sources.get(source).text().clone();
            args.extend(
                lines.split('\n').map(|line| line.trim_start_matches(' ')).filter(|line| !line.is_empty()).map(str::to_owned),
            );
        }
        Ok(ExecPlugin { path, args, config: node, text })
    }

    /// Runs the plugin with some standard input; its configuration is in a file while it runs.
    fn call(&self, input: &str, context: &mut Context<'_>) -> Result<Vec<Node>> {
        let wrong = |message: String| Diagnostic::error("plugin-failed", message).at(self.config.span()).io();
        let (file, _temporary) =
            self.config_file().map_err(|cause| wrong(format!("can't write the configuration of a plugin: {cause}")))?;
        let root = context.loader.root();
        let args = std::iter::once(file.path().into()).chain(self.args.iter().map(OsString::from)).collect();
        let program = Program { path: self.path.clone(), args, env: self.environment(root), directory: root.to_owned() };
        let shown = self.path.display();
        let finished =
            program.run(input.as_bytes()).map_err(|cause| wrong(format!("can't run the plugin `{shown}`: {cause}")))?;
        if !finished.status.success() {
            return Err(wrong(format!("the plugin `{shown}` failed: {}", finished.status)).into());
        }
        let source = context.records.add_text(format!("output of {shown}"), finished.output)?;
        let documents = context.documents(source, Dialect::Manifest);
        documents.map_err(|error| error.trace(format!("the output of `{shown}`"), Some(self.config.span())))
    }

    fn config_file(&self) -> std::io::Result<(tempfile::NamedTempFile, Temporary)> {
        let make = || tempfile::Builder::new().prefix("kust-plugin-config-").tempfile();
        let (mut file, temporary) = write::temporary(make, tempfile::NamedTempFile::path)?;
        file.write_all(self.text.as_bytes())?;
        file.flush()?;
        Ok((file, temporary))
    }

    fn environment(&self, root: &Path) -> Vec<(String, String)> {
        let config = ("KUSTOMIZE_PLUGIN_CONFIG_STRING".to_owned(), self.text.clone());
        let root = ("KUSTOMIZE_PLUGIN_CONFIG_ROOT".to_owned(), root.display().to_string());
        [config, root].into_iter().filter(|(name, value)| name.len() + 1 + value.len() <= LONGEST_VARIABLE).collect()
    }
}

impl Generator for ExecPlugin {
    fn generate(&self, context: &mut Context<'_>) -> Result<Vec<Resource>> {
        let nodes = self.call("", context)?;
        exchange::generated(nodes)
    }
}

impl Transformer for ExecPlugin {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        let mut texts = Vec::new();
        for node in exchange::outgoing(resources, &mut context.edit(self.config.span()))? {
            let mut text = String::new();
            yaml::emit(&node, &mut text)?;
            texts.push(text);
        }
        let nodes = self.call(&texts.join("---\n"), context)?;
        let name = format!("`{}`", self.path.display());
        exchange::take_over(resources, nodes, &name, &mut context.edit(self.config.span()))
    }
}

/// The program for an object's apiVersion and kind.
fn find(config: &Resource) -> Result<PathBuf, Diagnostic> {
    let kind = config.kind();
    let wrong = |message: String| config.node().get("kind").unwrap_or(config.node()).error("plugin-not-found", message);
    let homes = homes(|name| std::env::var_os(name).filter(|value| !value.is_empty()));
    let Some(home) = homes.iter().find(|home| home.exists()) else {
        let tried: Vec<String> = homes.iter().map(|home| format!("`{}`", home.display())).collect();
        let error = wrong(format!("`{kind}` does not specify a function, and there is no plugin home"));
        let help = "specify a function with the annotation `config.kubernetes.io/function`";
        return Err(error.help(format!("{help}, or add the plugin to one of {}", tried.join(", "))));
    };
    let parts = [config.gvk().group.as_str(), config.gvk().version.as_str(), &kind.to_lowercase(), kind];
    let path = parts.iter().filter(|part| !part.is_empty()).fold(home.clone(), |path, part| path.join(part));
    if path.is_file() {
        return match is_executable(&path) {
            true => Ok(path),
            false => {
                Err(wrong(format!("the plugin `{}` is not executable", path.display()))
                    .help("make it executable with `chmod +x`"))
            }
        };
    }
    let library = path.with_file_name(format!("{kind}.so"));
    if library.is_file() {
        let message = format!("the plugin `{}` is a Go plugin: only kustomize itself can load it", library.display());
        return Err(wrong(message).help("convert it to a KRM function or an exec plugin"));
    }
    Err(wrong(format!("there is no plugin for `{kind}`")).help(format!("add it as `{}`", path.display())))
}

/// The possible plugin homes; the first one that exists is used.
fn homes(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let home = variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from);
    let candidates = [
        variable("KUSTOMIZE_PLUGIN_HOME").map(PathBuf::from),
        variable("XDG_CONFIG_HOME").map(|config| Path::new(&config).join("kustomize/plugin")),
        home.as_ref().map(|home| home.join(".config/kustomize/plugin")),
        home.as_ref().map(|home| home.join("kustomize/plugin")),
    ];
    candidates.into_iter().flatten().collect()
}

/// Splits words as a shell does: quotes, backslashes, and a comment at the end.
fn split_arguments(text: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut escaped = false;
    for c in text.chars() {
        match (quote, c) {
            _ if escaped => {
                word.push(c);
                escaped = false;
            }
            (quote, '\\') if quote != Some('\'') => escaped = true,
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '#') => break,
            (None, c) if c.is_whitespace() => words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty())),
            _ => word.push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote in `argsOneLiner` is not closed");
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_a_shell_does() {
        let split = |text: &str| split_arguments(text).unwrap();
        assert_eq!(
            split(r#"one "two three" 'fo\ur' fi\ ve si"x # no"y # comment"#),
            ["one", "two three", r"fo\ur", "fi ve", "six # noy"]
        );
        assert_eq!(split("  "), [""; 0]);
        assert!(split_arguments("'a").is_err());
    }

    #[test]
    fn plugin_homes_are_tried_in_order() {
        let variable = |name: &str| match name {
            "HOME" => Some("/home/me".into()),
            "XDG_CONFIG_HOME" => Some("/x".into()),
            _ => None,
        };
        let expected = ["/x/kustomize/plugin", "/home/me/.config/kustomize/plugin", "/home/me/kustomize/plugin"];
        assert_eq!(homes(variable), expected.map(PathBuf::from));
    }
}
