//! `test` and `assert` in `.render.yaml`: how `render test` handles snapshots, and what it asserts about every overlay.

use std::path::Path;

use serde::Deserialize;

use super::entry::{lacks, no_object};
use crate::assertion::SharedAssertions;
use crate::diagnostic::Diagnostic;
use crate::load::Guard;
use crate::records::Records;
use crate::resource::wildcard::ObjectPattern;
use crate::snapshot::{Field, Mask, Masks, TestSettings};
use crate::yaml::{Located, Node};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Form {
    snapshots: Located<String>,
    show_secrets: Option<Located<ReasonForm>>,
    masks: Vec<Located<MaskForm>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ReasonForm {
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MaskForm {
    object: String,
    field: Located<String>,
    reason: String,
}

/// The settings under `test`. `home` is the directory of the file in the working tree; what it names must be inside `guard`.
pub(super) fn read(
    form: Form,
    directory: &Path,
    (home, guard): (&Path, &Guard),
    records: &mut Records,
    errors: &mut Vec<Diagnostic>,
) -> TestSettings {
    let mut masks = Masks::default();
    for Located { value, span } in form.masks {
        let lacks = |field: &str| lacks("a mask", field, span);
        if value.object.is_empty() {
            errors.push(lacks("object").help("write `Kind/name` or `Kind/namespace/name`, where `*` matches anything"));
        }
        if value.reason.trim().is_empty() {
            errors.push(lacks("reason").help("explain why the value is left out of snapshots"));
        }
        if value.field.is_empty() {
            errors.push(lacks("field").help("write the path of the value, such as `metadata.annotations[example.com/built]`"));
            continue;
        }
        let Some(field) = Field::parse(&value.field) else {
            let error = Diagnostic::error("wrong-value", format!("`{}` is not a valid field path", value.field.value));
            let help =
                "write `spec.containers[name=web].image`, or `metadata.annotations[example.com/built]` for a key with dots";
            errors.push(error.at_if(value.field.span).help(help));
            continue;
        };
        let object = ObjectPattern::from(value.object);
        if let Some(warning) = no_object(&object, "mask", span) {
            records.find(warning);
        }
        masks.push(Mask { object, field, span });
    }
    if let Some(Located { span, .. }) = form.show_secrets.as_ref().filter(|form| form.reason.trim().is_empty()) {
        errors.push(lacks("`showSecrets`", "reason", *span).help("explain why anybody may read the values of Secrets"));
    }
    let snapshots = (!form.snapshots.is_empty()).then(|| home.join(form.snapshots.as_str()));
    if snapshots.is_some() {
        let inside = guard.admits(&directory.join(form.snapshots.as_str()));
        errors.extend(inside.err().map(|error| error.at_if(form.snapshots.span)));
    }
    TestSettings { snapshots, root: home.to_owned(), masks, shows_secrets: form.show_secrets.is_some() }
}

/// The items under `assert`. They are checked when an overlay is tested: a mistake in one must not affect other commands.
pub(super) fn assertions(settings: &Node, file: &Path, home: &Path) -> SharedAssertions {
    let items = settings.get("assert").and_then(Node::as_sequence).unwrap_or_default();
    SharedAssertions::new(file, home, items)
}
