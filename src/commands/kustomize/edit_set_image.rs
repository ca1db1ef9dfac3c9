//! `edit set image`: sets new names, tags, and digests of the field `images`, which is then sorted by name.
//!
//! A part that is `*` stays as it is in the file.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use super::change::{self, Changed};
use crate::go_cli::Call;

const NEW_NAME: &str = "newName";
const NEW_TAG: &str = "newTag";
const DIGEST: &str = "digest";

/// Stands for what the file contains.
const KEEP: &str = "*";

const INVALID: &str = "invalid format of image, use one of the following options:
- <image>=<newimage>:<newtag>
- <image>=<newimage>@<digest>
- <image>=<newimage>:<newtag>@<digest>
- <image>=<newimage>
- <image>:<newtag>
- <image>:<newtag>@<digest>
- <image>@<digest>";

/// An item of `images`, without empty fields.
type Image = Map<String, Value>;

/// Runs the command.
///
/// # Errors
/// An argument does not describe an image, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    if call.args().is_empty() {
        bail!("no image specified");
    }
    let mut images = BTreeMap::new();
    for argument in call.args() {
        let Some((name, image)) = parse(argument) else { bail!(INVALID) };
        images.insert(name.to_owned(), image);
    }
    change::kustomization(call, |kustomization| {
        for item in kustomization.list("images") {
            let Some(item) = item.as_object() else { continue };
            let name = text(item, "name");
            match images.get_mut(name) {
                Some(image) => keep(image, Some(item)),
                None => drop(images.insert(name.to_owned(), item.clone())),
            }
        }
        images.values_mut().for_each(|image| keep(image, None));
        *kustomization.list_mut("images") = images.into_values().map(Value::Object).collect();
        Ok(Changed::Yes)
    })
}

/// Replaces the parts that are `*` by those of the file. An image with such a part loses the suffix of its tag.
fn keep(image: &mut Image, item: Option<&Image>) {
    for field in [NEW_NAME, NEW_TAG, DIGEST] {
        if text(image, field) == KEEP {
            image.remove("tagSuffix");
            set(image, field, item.map_or("", |item| text(item, field)));
        }
    }
}

/// The name of an image and what an argument says about it.
fn parse(argument: &str) -> Option<(&str, Image)> {
    let (name, value) = argument.split_once('=').unwrap_or(("", argument));
    let (new_name, tag, digest) = split(value);
    if new_name == argument {
        return None;
    }
    let mut image = Image::new();
    let name = if name.is_empty() {
        new_name
    } else {
        set(&mut image, NEW_NAME, new_name);
        name
    };
    set(&mut image, "name", name);
    set(&mut image, NEW_TAG, tag);
    set(&mut image, DIGEST, digest);
    Some((name, image))
}

/// Name, tag, and digest. A colon before the first slash belongs to the host. Behavior: kustomize's `image.Split`.
fn split(image: &str) -> (&str, &str, &str) {
    let path = image.find('/').unwrap_or_default();
    let colon = image[path..].find(':').map(|at| path + at);
    let at = image[path..].find('@').map(|at| path + at);
    match (colon, at) {
        (None, None) => (image, "", ""),
        (Some(colon), Some(at)) if colon < at => (&image[..colon], &image[colon + 1..at], &image[at + 1..]),
        (_, Some(at)) => (&image[..at], "", &image[at + 1..]),
        (Some(colon), None) => (&image[..colon], &image[colon + 1..], ""),
    }
}

fn text<'a>(image: &'a Image, field: &str) -> &'a str {
    image.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn set(image: &mut Image, field: &str, text: &str) {
    if text.is_empty() {
        image.remove(field);
    } else {
        image.insert(field.to_owned(), Value::from(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_split_as_in_kustomize() {
        for (image, expected) in [
            ("nginx", ("nginx", "", "")),
            ("nginx:1", ("nginx", "1", "")),
            ("nginx:1@sha256:x", ("nginx", "1", "sha256:x")),
            ("nginx@sha256:x", ("nginx", "", "sha256:x")),
            ("host:5000/a", ("host:5000/a", "", "")),
            ("host:5000/a:1@d", ("host:5000/a", "1", "d")),
            ("/a:1", ("/a", "1", "")),
            ("a@b:c/d", ("a@b:c/d", "", "")),
            (":1", ("", "1", "")),
            ("", ("", "", "")),
        ] {
            assert_eq!(split(image), expected, "{image}");
        }
    }
}
