//! Keys and values from env files, literals, and files, in this order.
//!
//! Behavior: kustomize's `kv.Loader`. An env file has one `KEY=value` per line, without quotes or `export`; one pair
//! of surrounding quotes is removed from a literal; the content of a file is the value.

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::source::Span;
use crate::stage::Context;
use crate::yaml::Located;

/// A key and its value, and where it is defined.
pub struct Pair {
    /// The key.
    pub key: String,
    /// The value: any bytes.
    pub value: Vec<u8>,
    /// The line of the env file, the literal, or the whole file.
    pub span: Span,
}

/// Where keys and values come from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct KeyValueSources {
    /// `key=value`
    pub literals: Vec<Located<String>>,
    /// `[key=]path`
    pub files: Vec<Located<String>>,
    /// Files of `key=value` lines.
    pub envs: Vec<Located<String>>,
    /// One such file: the older spelling.
    pub env: Located<String>,
}

impl KeyValueSources {
    /// Reads all pairs. With `secret`, no line of the files is ever shown.
    ///
    /// # Errors
    /// Files can't be read, or items are malformed; all of them are reported.
    pub fn load(&self, around: Span, secret: bool, context: &mut Context<'_>) -> Result<Vec<Pair>> {
        let (mut pairs, mut errors) = (Vec::new(), Vec::new());
        let mut add = |read: Result<Vec<Pair>>| match read {
            Ok(read) => pairs.extend(read),
            Err(found) => errors.extend(found.into_vec()),
        };
        let env = Some(&self.env).filter(|env| !env.is_empty());
        for path in self.envs.iter().chain(env) {
            add(env_file(path, path.span.unwrap_or(around), context));
        }
        for literal in &self.literals {
            add(parse_literal(literal, literal.span.unwrap_or(around)).map(|pair| vec![pair]).map_err(Diagnostics::from));
        }
        for file in &self.files {
            add(read_file(file, file.span.unwrap_or(around), context).map(|pair| vec![pair]));
        }
        Diagnostics::check(errors)?;
        if secret {
            pairs
                .iter()
                .filter(|pair| pair.span.source != around.source)
                .for_each(|pair| context.records.sources.hide(pair.span.source));
        }
        Ok(pairs)
    }
}

fn env_file(path: &str, at: Span, context: &mut Context<'_>) -> Result<Vec<Pair>> {
    let (shown, content) = context.loader.read(path, context.step).map_err(|error| error.at(at))?;
    let source = context.records.add_raw(shown, &content)?;
    let text = context.records.sources.get(source).text().clone();
    let mut pairs = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = Span { source, start: start as u32, end: (start + line.len()) as u32 };
        let first = start == 0;
        start += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let line = if first { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        pairs.push(Pair { key: key.to_owned(), value: value.as_bytes().to_vec(), span });
    }
    Ok(pairs)
}

fn parse_literal(literal: &str, at: Span) -> Result<Pair, Diagnostic> {
    match literal.split_once('=') {
        Some((key, value)) if !key.is_empty() => {
            Ok(Pair { key: key.to_owned(), value: unquoted(value).as_bytes().to_vec(), span: at })
        }
        _ => Err(Diagnostic::error("literal", format!("expected `key=value`, found `{literal}`")).at(at)),
    }
}

fn unquoted(value: &str) -> &str {
    let quoted = |quote| value.len() >= 2 && value.starts_with(quote) && value.ends_with(quote);
    if quoted('"') || quoted('\'') { &value[1..value.len() - 1] } else { value }
}

fn read_file(entry: &str, at: Span, context: &mut Context<'_>) -> Result<Pair> {
    let wrong = |message: String| Diagnostic::error("file-source", message).at(at);
    let (key, path) = match entry.split_once('=') {
        None => (entry.rsplit('/').next().unwrap_or(entry), entry),
        Some((_, rest)) if rest.contains('=') => return Err(wrong(format!("`{entry}` has more than one `=`")).into()),
        Some(("", path)) => return Err(wrong(format!("there is no key before `={path}`")).into()),
        Some((key, "")) => return Err(wrong(format!("there is no path after `{key}=`")).into()),
        Some((key, path)) => (key, path),
    };
    let (shown, value) = context.loader.read(path, context.step).map_err(|error| error.at(at))?;
    let span = match std::str::from_utf8(&value) {
        Ok(_) => {
            let source = context.records.add_raw(shown, &value)?;
            context.records.sources.whole(source)
        }
        Err(_) => at,
    };
    Ok(Pair { key: key.to_owned(), value, span })
}
