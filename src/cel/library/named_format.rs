//! Formats by name: `!format.dns1123Label().validate(self.name).hasValue()`.
//!
//! Behavior: `format.go` of Kubernetes with apimachinery's `validation` and kube-openapi's `strfmt`; the messages differ.

use std::any::Any;

use ecow::{EcoString, eco_format};

use super::super::machine::{Failure, Machine};
use super::super::types::Signature::{self, String};
use super::super::value::{Opaque, Value};
use super::go_url::Url;
use super::row::{LIST_STRING, Library, function, method, no_overload, text};
use crate::formats;

const FORMAT: Signature = Signature::Opaque("kubernetes.NamedFormat");

macro_rules! named {
    ($name:literal) => {
        function(concat!("format.", $name), concat!("format.", $name), &[], FORMAT, |_, _| {
            find($name).map(Value::opaque).ok_or_else(no_overload)
        })
    };
}

/// The functions.
pub static LIBRARY: Library = Library {
    name: "formats",
    since: 31,
    until: None,
    overloads: &[
        named!("dns1123Label"),
        named!("dns1123Subdomain"),
        named!("dns1035Label"),
        named!("qualifiedName"),
        named!("dns1123LabelPrefix"),
        named!("dns1123SubdomainPrefix"),
        named!("dns1035LabelPrefix"),
        named!("labelValue"),
        named!("uri"),
        named!("uuid"),
        named!("byte"),
        named!("date"),
        named!("datetime"),
        function("format-named", "format.named", &[String], Signature::Optional(&FORMAT), |_, args| {
            Ok(find(text(args, 0)?).map_or(Value::Optional(None), |format| Value::some(Value::opaque(format))))
        }),
        method("format-validate", "validate", &[FORMAT, String], Signature::Optional(&LIST_STRING), validate),
    ],
};

/// A named format.
#[derive(Clone, Copy, Debug)]
struct Format {
    name: &'static str,
    /// Returns the errors in a string.
    check: fn(&str) -> Vec<EcoString>,
}

/// The length of the regular expression that the server assumes for the cost of a format; `None` if the value is not a format.
pub fn pattern_size(format: &Value) -> Option<u64> {
    Some(match format.as_opaque::<Format>()?.name {
        "dns1123Label" | "dns1035Label" | "dns1123LabelPrefix" | "dns1035LabelPrefix" => 30,
        "labelValue" => 40,
        "uri" => 1103,
        "uuid" => 74,
        "byte" => 84,
        "date" | "datetime" => 75,
        _ => 60,
    })
}

const FORMATS: [Format; 13] = [
    Format { name: "dns1123Label", check: |text| label(text, false) },
    Format { name: "dns1123Subdomain", check: |text| subdomain(text) },
    Format { name: "dns1035Label", check: |text| label(text, true) },
    Format { name: "qualifiedName", check: qualified_name },
    Format { name: "dns1123LabelPrefix", check: |text| label(&without_dash(text), false) },
    Format { name: "dns1123SubdomainPrefix", check: |text| subdomain(&without_dash(text)) },
    Format { name: "dns1035LabelPrefix", check: |text| label(&without_dash(text), true) },
    Format { name: "labelValue", check: label_value },
    Format { name: "uri", check: |text| wrong_if(!Url::is_request_uri(text), "it is not a valid URI") },
    Format { name: "uuid", check: |text| wrong_if(!formats::is_uuid(text, None), "it is not a valid UUID") },
    Format { name: "byte", check: |text| wrong_if(!formats::is_base64(text), "it is not valid base64") },
    Format { name: "date", check: |text| wrong_if(!formats::is_date(text), "it is not a valid date") },
    Format { name: "datetime", check: |text| wrong_if(!formats::is_date_time(text), "it is not a valid date and time") },
];

fn find(name: &str) -> Option<Format> {
    FORMATS.into_iter().find(|format| format.name == name)
}

impl Opaque for Format {
    fn type_name(&self) -> &'static str {
        "kubernetes.NamedFormat"
    }
    fn equals(&self, other: &dyn Opaque) -> bool {
        (other as &dyn Any).downcast_ref::<Format>().is_some_and(|other| other.name == self.name)
    }
}

fn validate(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let format = args.first().and_then(Value::as_opaque::<Format>).ok_or_else(no_overload)?;
    let text = text(args, 1)?;
    machine.allocate(text.len())?;
    let wrong = (format.check)(text);
    Ok(match wrong.is_empty() {
        true => Value::Optional(None),
        false => Value::some(Value::list(wrong.into_iter().map(Value::String).collect())),
    })
}

fn wrong_if(wrong: bool, message: &str) -> Vec<EcoString> {
    if wrong { vec![message.into()] } else { Vec::new() }
}

fn too_long(text: &str, most: usize) -> Vec<EcoString> {
    if text.len() > most { vec![eco_format!("must be no more than {most} characters")] } else { Vec::new() }
}

/// A prefix may end with a dash, because a suffix follows.
fn without_dash(text: &str) -> EcoString {
    match text.strip_suffix('-') {
        Some(rest) if !rest.is_empty() => {
            let kept = rest.char_indices().next_back().map_or(0, |(at, _)| at);
            eco_format!("{}a", rest.get(..kept).unwrap_or_default())
        }
        _ => text.into(),
    }
}

fn is_label(text: &str, first: fn(&u8) -> bool) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.bytes().all(inner) && text.as_bytes().first().is_some_and(first) && !text.ends_with('-')
}

fn label(text: &str, with_letter: bool) -> Vec<EcoString> {
    let first: fn(&u8) -> bool =
        if with_letter { u8::is_ascii_lowercase } else { |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() };
    let mut wrong = too_long(text, 63);
    if !is_label(text, first) {
        let start = if with_letter { "start with a letter" } else { "start with a letter or digit" };
        let form = "must consist of lowercase letters, digits, and '-', and must";
        wrong.push(eco_format!("{form} {start} and end with a letter or digit"));
    }
    wrong
}

fn subdomain(text: &str) -> Vec<EcoString> {
    let mut wrong = too_long(text, 253);
    if !text.split('.').all(|label| is_label(label, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())) {
        wrong.push("must consist of lowercase letters, digits, '-', and '.', and start and end with a letter or digit".into());
    }
    wrong
}

/// Whether a string consists of letters, digits, `-`, `_`, and `.`, and starts and ends with a letter or digit.
fn is_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let ends = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    text.bytes().all(inner) && ends(text.as_bytes().first()) && ends(text.as_bytes().last())
}

fn qualified_name(text: &str) -> Vec<EcoString> {
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    let mut wrong = Vec::new();
    match prefix {
        Some("") => wrong.push("the prefix part must not be empty".into()),
        Some(prefix) => wrong.extend(subdomain(prefix).into_iter().map(|wrong| eco_format!("the prefix part {wrong}"))),
        None => {}
    }
    wrong.extend(too_long(name, 63).into_iter().map(|wrong| eco_format!("the name part {wrong}")));
    if !is_name(name) {
        wrong.push(
            "the name part must consist of letters, digits, '-', '_', and '.', and start and end with a letter or digit".into(),
        );
    }
    wrong
}

fn label_value(text: &str) -> Vec<EcoString> {
    let mut wrong = too_long(text, 63);
    if !text.is_empty() && !is_name(text) {
        wrong.push("must be empty, or letters, digits, '-', '_', and '.', and must start and end with a letter or digit".into());
    }
    wrong
}
