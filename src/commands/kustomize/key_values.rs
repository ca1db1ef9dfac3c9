//! Whether kustomize could generate an object from the entry of a generator: its sources are read, and its keys compared.
//!
//! The commands that edit such entries refuse those that a build would refuse. A build reads the same sources with messages of its
//! own (`generate/key_values.rs`). Behavior: kustomize's `kv.Loader` and `makeValidatedDataMap`, with the words of their errors.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use serde_json::{Map, Value};

use super::go_path;
use crate::edit::go_error;
use crate::kustomize_words::paths;
use crate::kustomize_words::quote;
use crate::load::{Access, Disk, Files, Remote};

/// The longest line of an env file; reading ends at a longer one. Behavior: Go's `bufio.Scanner`.
const LINE_BYTES: usize = 65_535;

/// An entry of a generator: the fields of an object to generate.
pub type Entry = Map<String, Value>;

/// The strings of a list in an entry.
pub fn texts(entry: &Entry, field: &str) -> Vec<String> {
    let items = entry.get(field).and_then(Value::as_array).into_iter().flatten();
    items.map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
}

/// Reads the sources of an entry.
///
/// # Errors
/// The entry has no name, a source can't be read or is not well-formed, or a key appears twice.
pub fn check(entry: &Entry) -> Result<()> {
    let name = entry.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() {
        bail!("a configmap must have a name");
    }
    let keys = keys(entry).map_err(|error| anyhow!("loading KV pairs: {error}"))?;
    let mut known = HashSet::new();
    match keys.iter().find(|key| !known.insert(key.as_str())) {
        Some(key) => bail!("configmap {name} illegally repeats the key `{key}`"),
        None => Ok(()),
    }
}

/// The keys of all sources: env files, literals, and files, in this order.
fn keys(entry: &Entry) -> Result<Vec<String>, String> {
    let mut keys = Vec::new();
    let sources = texts(entry, "envs");
    let around = |error: String| format!("env source files: [{}]: {error}", sources.join(" "));
    for path in &sources {
        keys.extend(load(path).and_then(|content| keys_of_lines(&content)).map_err(around)?);
    }
    let sources = texts(entry, "literals");
    for literal in &sources {
        let key = literal.split_once('=').map(|(key, _)| key).filter(|key| !key.is_empty());
        let around = || format!("literal sources [{}]: invalid literal source {literal}, expected key=value", sources.join(" "));
        keys.push(key.ok_or_else(around)?.to_owned());
    }
    let sources = texts(entry, "files");
    let around = |error: String| format!("file sources: [{}]: {error}", sources.join(" "));
    for source in &sources {
        let (key, path) = file_source(source).map_err(around)?;
        load(path).map_err(around)?;
        keys.push(key.to_owned());
    }
    Ok(keys)
}

/// The keys of an env file. Lines without a key are skipped.
fn keys_of_lines(content: &[u8]) -> Result<Vec<String>, String> {
    let mut keys = Vec::new();
    for (at, line) in content.split(|byte| *byte == b'\n').enumerate() {
        if line.len() > LINE_BYTES {
            break;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Ok(text) = std::str::from_utf8(line) else {
            let bytes: Vec<String> = line.iter().map(u8::to_string).collect();
            let text = String::from_utf8_lossy(line);
            return Err(format!("line [{}] has invalid utf8 bytes : {text}", bytes.join(" ")));
        };
        let text = if at == 0 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text }.trim_start();
        let key = text.split('=').next().filter(|key| !key.is_empty() && !text.starts_with('#'));
        keys.extend(key.map(str::to_owned));
    }
    Ok(keys)
}

/// The key and the path of `[key=]path`.
fn file_source(source: &str) -> Result<(&str, &str), String> {
    match source.split_once('=') {
        None => Ok((paths::base(source), source)),
        Some((_, path)) if path.contains('=') => Err(format!("source {} key name or file path contains '='", quote(source))),
        Some(("", path)) => Err(format!("missing key name for file path {} in source {}", quote(path), quote(source))),
        Some((key, "")) => Err(format!("missing file path for key name {} in source {}", quote(key), quote(source))),
        Some(parts) => Ok(parts),
    }
}

/// The content of a file in or below the working directory, or of a URL.
fn load(path: &str) -> Result<Vec<u8>, String> {
    if is_url(path) {
        let content = Remote::new(Access::default()).file(path).map_err(|error| error.message.clone())?;
        return Ok(content.to_vec());
    }
    let root = working_directory()?;
    let path = if path.starts_with('/') { path.to_owned() } else { paths::clean(&format!("{root}/{path}")) };
    let resolved = go_path::resolve(&path).map_err(|cause| format!("evalsymlink failure on '{path}' : {cause}"))?;
    if Path::new(&resolved).is_dir() {
        return Err(format!("'{path}' must resolve to a file"));
    }
    let directory = resolved.rsplit_once('/').map_or("", |(directory, _)| directory);
    if root != "/" && directory != root && !directory.starts_with(&format!("{root}/")) {
        return Err(format!("security; file '{path}' is not in or below '{root}'"));
    }
    Disk.read(Path::new(&resolved)).map_err(|cause| go_error::path("open", &resolved, &cause))
}

/// The working directory without symbolic links.
fn working_directory() -> Result<String, String> {
    let directory = std::env::current_dir().map_err(|cause| go_error::path("getwd", ".", &cause))?;
    go_path::resolve(&directory.to_string_lossy())
}

/// Behavior: kustomize's `IsRemoteFile`.
fn is_url(path: &str) -> bool {
    let scheme = path.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| scheme == "http" || scheme == "https")
}
