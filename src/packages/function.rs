//! Runs one function on objects. Behavior: kyaml's `FunctionFilter`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitStatus;

use anyhow::anyhow;

use super::annotations;
use super::file_annotations::{ID, LEGACY_ID, LEGACY_PATH, PATH, complete};
use super::go_path::written;
use super::merge_back::{copy_comments, sync_order};
use super::meta::Meta;
use super::object::Object;
use super::stream::read_list;
use super::write_back::{default_path, set_both};
use super::writer::Writer;
use crate::go_yaml::{Node, Printer};
use crate::kustomize_words::paths::{base, clean, dir};
use crate::plugin::{Finished, Program};
use crate::write;

/// The directory whose functions apply to the directory above it.
const FUNCTIONS: &str = "functions";

/// A function with its configuration.
pub(super) struct Function {
    /// What is run, for the log.
    pub(super) label: String,
    pub(super) program: String,
    pub(super) args: Vec<String>,
    pub(super) env: Vec<(String, String)>,
    pub(super) directory: String,
    pub(super) config: Object,
    /// Whether it is run on all objects, and not only on those in its directory.
    pub(super) is_global: bool,
    /// Where its results are written; empty if they are not.
    pub(super) results_file: String,
    pub(super) defer_failure: bool,
    /// Why it failed, if it does not matter yet.
    pub(super) failure: RefCell<Option<String>>,
}

impl Function {
    /// The objects after the function.
    ///
    /// # Errors
    /// It fails, or what it prints is not valid.
    pub(super) fn run(&self, objects: Vec<Object>) -> anyhow::Result<Vec<Object>> {
        let scope = self.scope()?;
        let (input, saved) = self.split(&scope, objects)?;
        let by_id = number(&input)?;
        let writer = Writer {
            keep_annotations: true,
            wrap_kind: "ResourceList".to_owned(),
            wrap_version: "config.kubernetes.io/v1".to_owned(),
            function_config: Some(self.config.borrow().clone()),
            ..Writer::default()
        };
        let (output, failure) = self.execute(&writer.print(&input)?);
        let stream = read_list(&output)?;
        for object in &stream.objects {
            take_over(&by_id, &mut object.borrow_mut())?;
        }
        self.write_results(stream.results.as_ref())?;
        if let Some(failure) = failure {
            if !self.defer_failure {
                return Err(anyhow!(failure));
            }
            self.failure.replace(Some(failure));
        }
        for object in &stream.objects {
            let mut node = object.borrow_mut();
            complete(&mut node)?;
            let meta = Meta::required(&node)?;
            if !meta.annotations.contains_key(PATH) {
                set_both(&mut node, [PATH, LEGACY_PATH], &default_path(&scope, &meta))?;
            }
        }
        Ok(stream.objects.into_iter().chain(saved).collect())
    }

    /// The directory that the function applies to; empty for all.
    fn scope(&self) -> anyhow::Result<String> {
        let meta = Meta::required(&self.config.borrow())?;
        let Some(path) = meta.annotations.get(PATH).or_else(|| meta.annotations.get(LEGACY_PATH)) else {
            return Ok(String::new());
        };
        let directory = dir(path);
        Ok(if base(&directory) == FUNCTIONS { dir(&directory) } else { directory })
    }

    /// The objects that the function applies to, and the others.
    fn split(&self, scope: &str, objects: Vec<Object>) -> anyhow::Result<(Vec<Object>, Vec<Object>)> {
        if self.is_global || matches!(scope, "" | ".") {
            return Ok((objects, Vec::new()));
        }
        let (mut input, mut saved) = (Vec::new(), Vec::new());
        for object in objects {
            let meta = Meta::required(&object.borrow())?;
            let path = meta.annotations.get(PATH).or_else(|| meta.annotations.get(LEGACY_PATH));
            let directory = path.map(|path| clean(&dir(path)));
            let directory = directory.map(|found| if base(&found) == FUNCTIONS { dir(&found) } else { found });
            match directory {
                Some(directory) if directory.starts_with(scope) => input.push(object),
                _ => saved.push(object),
            }
        }
        Ok((input, saved))
    }

    /// What the program prints, and why it failed.
    fn execute(&self, input: &str) -> (Vec<u8>, Option<String>) {
        if self.directory == "/" {
            return (Vec::new(), Some("root working directory '/' not allowed".to_owned()));
        }
        let args = self.args.iter().map(OsString::from).collect();
        let (path, directory) = (Path::new(&self.program).to_owned(), Path::new(&self.directory).to_owned());
        match (Program { path, args, env: self.env.clone(), directory }).run(input.as_bytes()) {
            Ok(Finished { output, status }) => (output, failure(status)),
            Err(error) => (Vec::new(), Some(self.not_started(&error))),
        }
    }

    fn not_started(&self, error: &std::io::Error) -> String {
        if !self.program.contains('/') && error.kind() == std::io::ErrorKind::NotFound {
            return format!("exec: {:?}: executable file not found in $PATH", self.program);
        }
        super::go_path::failed("fork/exec", &self.program, error).to_string()
    }

    fn write_results(&self, results: Option<&Node>) -> anyhow::Result<()> {
        let Some(results) = results.filter(|_| !self.results_file.is_empty()) else { return Ok(()) };
        let path = &self.results_file;
        write::file(Path::new(path), &Printer::text_of(results), true).map(|_| ()).map_err(|error| written(path, error))
    }
}

/// Numbers the objects, and remembers them by number.
fn number(objects: &[Object]) -> anyhow::Result<HashMap<String, Object>> {
    let mut by_id = HashMap::new();
    for (at, object) in objects.iter().enumerate() {
        let id = (at + 1).to_string();
        set_both(&mut object.borrow_mut(), [ID, LEGACY_ID], &id)?;
        by_id.insert(id, object.clone());
    }
    Ok(by_id)
}

/// Gives an object the comments and the order of the one that it was.
fn take_over(by_id: &HashMap<String, Object>, node: &mut Node) -> anyhow::Result<()> {
    let id = match annotations::get(node, ID)? {
        Some(id) => Some(id),
        None => annotations::get(node, LEGACY_ID)?,
    };
    let Some(old) = id.and_then(|id| by_id.get(&id.value)) else { return Ok(()) };
    copy_comments(&old.borrow(), node)?;
    sync_order(&old.borrow(), node)?;
    annotations::clear(node, ID)?;
    annotations::clear(node, LEGACY_ID)
}

/// Why a program failed, as Go says it.
fn failure(status: ExitStatus) -> Option<String> {
    if status.success() {
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            let name = match signal {
                1 => "hangup".to_owned(),
                2 => "interrupt".to_owned(),
                6 => "aborted".to_owned(),
                9 => "killed".to_owned(),
                11 => "segmentation fault".to_owned(),
                13 => "broken pipe".to_owned(),
                15 => "terminated".to_owned(),
                _ => format!("signal {signal}"),
            };
            let core = if status.core_dumped() { " (core dumped)" } else { "" };
            return Some(format!("signal: {name}{core}"));
        }
    }
    Some(format!("exit status {}", status.code().unwrap_or(1)))
}
