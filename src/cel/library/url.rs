//! URLs: `url(self.endpoint).getHostname()`.
//!
//! Behaviour: `urls.go` of Kubernetes.

use std::any::Any;
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::super::machine::{Failure, Machine};
use super::super::types::Signature::{self, Bool, String};
use super::super::value::{Entries, Key, Map, Opaque, Value};
use super::go_url::Url;
use super::row::{LIST_STRING, Library, function, made, method, no_overload, text};

const URL: Signature = Signature::Opaque("kubernetes.URL");

/// The functions.
pub static LIBRARY: Library = Library {
    name: "URLs",
    since: 0,
    until: None,
    overloads: &[
        function("string_to_url", "url", &[String], URL, |machine, args| {
            let text = text(args, 0)?;
            machine.allocate(text.len())?;
            Url::parse(text).map(Value::opaque).ok_or_else(|| Failure::Error(eco_format!("`{text}` is not a valid URL")))
        }),
        function("is_url_string", "isURL", &[String], Bool, |machine, args| {
            let text = text(args, 0)?;
            machine.allocate(text.len())?;
            Ok(Value::Bool(Url::parse(text).is_some()))
        }),
        method("url_get_scheme", "getScheme", &[URL], String, |machine, args| get(machine, args, |url| url.scheme.clone())),
        method("url_get_host", "getHost", &[URL], String, |machine, args| get(machine, args, |url| url.host.clone())),
        method("url_get_hostname", "getHostname", &[URL], String, |machine, args| {
            get(machine, args, |url| url.hostname().into())
        }),
        method("url_get_port", "getPort", &[URL], String, |machine, args| get(machine, args, |url| url.port().into())),
        method("url_get_escaped_path", "getEscapedPath", &[URL], String, |machine, args| {
            get(machine, args, |url| url.path.clone())
        }),
        method("url_get_query", "getQuery", &[URL], Signature::Map(&String, &LIST_STRING), query),
    ],
};

impl Opaque for Url {
    fn type_name(&self) -> &'static str {
        "kubernetes.URL"
    }
    fn equals(&self, other: &dyn Opaque) -> bool {
        (other as &dyn Any).downcast_ref() == Some(self)
    }
}

fn url(args: &[Value]) -> Result<&Url, Failure> {
    args.first().and_then(Value::as_opaque).ok_or_else(no_overload)
}

fn get(machine: &mut Machine<'_>, args: &[Value], part: fn(&Url) -> EcoString) -> Result<Value, Failure> {
    made(machine, part(url(args)?))
}

fn query(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let mut entries = Entries::default();
    for (name, values) in url(args)?.values() {
        machine.allocate(name.len() + values.iter().map(EcoString::len).sum::<usize>())?;
        machine.allocate_items(values.len() + 3)?;
        entries.insert(Key::String(name), Value::list(values.into_iter().map(Value::String).collect()));
    }
    Ok(Value::Map(Map::Own(Arc::new(entries))))
}
