//! An image has no tag or the tag `latest`, so the version that runs depends on when a node pulled the image.
//!
//! Set a version or, better, a digest (`nginx:1.29` or `nginx@sha256:...`) in the manifest, or under `images` in an overlay.

use super::set::Pod;
use super::{Lint, Reporter, Set};
use crate::validate::look::{items, text};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "image-tag", file: include_str!("image_tag.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        containers(pod, &mut |container, path| {
            // An expression of a workflow is replaced when it runs, and OpenShift replaces a blank image.
            let Some((image, node)) = text(container, "image").filter(|(image, _)| !is_set_later(image)) else { return };
            let message = match tag(image) {
                Tag::None => format!("the image `{image}` has no tag"),
                Tag::Latest => format!("the image `{image}` has the tag `latest`"),
                Tag::Fixed => return,
            };
            out.warn(owner, node, format!("{path}.image"), message, "set a version or a digest");
        });
    }
}

/// Visits all containers of a pod.
pub fn containers<'n>(pod: &Pod<'n>, visit: &mut dyn FnMut(&'n Node, String)) {
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for (at, container) in items(pod.spec, list) {
            visit(container, format!("{}.{list}[{at}]", pod.path));
        }
    }
}

fn is_set_later(image: &str) -> bool {
    image.contains("{{") || image.trim().is_empty()
}

enum Tag {
    None,
    Latest,
    Fixed,
}

fn tag(image: &str) -> Tag {
    if image.contains('@') {
        return Tag::Fixed;
    }
    // A colon before the last slash belongs to the port of a registry.
    match image.rsplit('/').next().unwrap_or(image).split_once(':') {
        None => Tag::None,
        Some((_, "latest")) => Tag::Latest,
        Some(_) => Tag::Fixed,
    }
}
