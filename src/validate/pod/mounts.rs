//! Rules for `volumeMounts` and `volumeDevices` of containers.

use rustc_hash::FxHashSet;

use super::volumes::{Volumes, is_claimed};
use crate::validate::look::{Unique, is_true, items, required_text, set, text};
use crate::validate::{Findings, Path};
use crate::yaml::Node;

/// The maximum number of names that are searched for a similar one.
const MAX_NAMES: usize = 100;

/// Checks `volumeMounts` and `volumeDevices` of a container.
pub fn check(container: &Node, volumes: &Volumes<'_>, path: &Path<'_>, out: &mut Findings) {
    let mounted = Used::by(container, "volumeMounts", "mountPath");
    let devices = Used::by(container, "volumeDevices", "devicePath");
    let list = path.field("volumeMounts");
    let mut paths = Unique::default();
    for (at, mount) in items(container, "volumeMounts") {
        let path = list.index(at);
        volume(mount, volumes, &path, out);
        if let Some((found, place)) = required_text(mount, "mountPath", &path, out)
            && !paths.insert(found)
        {
            out.duplicate(place, &path.field("mountPath"), format!("`{found}` is mounted twice"));
        }
        devices.overlap(mount, "mountPath", "volumeDevices", &path, out);
        inside(mount, &list, &path, out);
        propagation(container, mount, &list, out);
    }
    self::devices(container, &mounted, volumes, path, out);
}

/// Checks that the named volume is one of the pod's.
fn volume(mount: &Node, volumes: &Volumes<'_>, path: &Path<'_>, out: &mut Findings) {
    let Some((name, place)) = required_text(mount, "name", path, out) else { return };
    if !volumes.contains_key(name) {
        let near = crate::diagnostic::did_you_mean(name, volumes.keys().copied().take(MAX_NAMES));
        let error = place.error("unknown-volume", format!("the pod has no volume `{name}`"));
        out.push(error.help_if(near.map(|near| format!("did you mean `{near}`?"))), path.field("name").to_string());
    }
}

/// Checks `subPath` and `subPathExpr`. The server reports errors in them at the list.
fn inside(mount: &Node, list: &Path<'_>, path: &Path<'_>, out: &mut Findings) {
    for field in ["subPath", "subPathExpr"] {
        let Some((found, place)) = text(mount, field) else { continue };
        if found.starts_with('/') {
            out.invalid(place, &list.field(field), format!("the path `{found}` must be relative"));
        }
        if found.split('/').any(|part| part == "..") {
            out.invalid(place, &list.field(field), format!("the path `{found}` must not contain `..`"));
        }
    }
    if let (Some(_), Some((_, place))) = (text(mount, "subPath"), text(mount, "subPathExpr")) {
        out.invalid(place, &path.field("subPathExpr"), "`subPathExpr` and `subPath` are mutually exclusive");
    }
}

/// Checks `mountPropagation` and `recursiveReadOnly`. The server reports errors in them at the list too.
fn propagation(container: &Node, mount: &Node, list: &Path<'_>, out: &mut Findings) {
    let found = text(mount, "mountPropagation");
    if let Some((mode, place)) = found {
        let path = list.field("mountPropagation");
        let privileged = set(container, "securityContext").is_some_and(|context| is_true(context, "privileged"));
        match mode {
            "None" | "HostToContainer" => {}
            "Bidirectional" if privileged => {}
            "Bidirectional" => out.forbidden(place, &path, "`Bidirectional` is allowed only for privileged containers"),
            _ => out.unsupported(place, &path, &["None", "HostToContainer", "Bidirectional"]),
        }
    }
    let Some((recursive, place)) = text(mount, "recursiveReadOnly").filter(|_| out.since(31)) else { return };
    let path = list.field("recursiveReadOnly");
    match recursive {
        "Disabled" => {}
        "IfPossible" | "Enabled" => {
            if !is_true(mount, "readOnly") {
                out.forbidden(place, &path, "`recursiveReadOnly` requires `readOnly: true`");
            }
            if found.is_some_and(|(mode, _)| mode != "None") {
                out.forbidden(place, &path, "`recursiveReadOnly` requires `mountPropagation: None`");
            }
        }
        _ => out.unsupported(place, &path, &["Disabled", "IfPossible", "Enabled"]),
    }
}

fn devices(container: &Node, mounted: &Used<'_>, volumes: &Volumes<'_>, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("volumeDevices");
    let (mut names, mut paths) = (Unique::default(), Unique::default());
    for (at, device) in items(container, "volumeDevices") {
        let path = list.index(at);
        volume(device, volumes, &path, out);
        if let Some((name, place)) = text(device, "name") {
            if !names.insert(name) {
                out.duplicate(place, &path.field("name"), format!("the volume `{name}` appears twice"));
            }
            if volumes.get(name).is_some_and(|kind| !is_claimed(kind)) {
                out.invalid(
                    place,
                    &path.field("name"),
                    format!("the volume `{name}` must be of type `persistentVolumeClaim` or `ephemeral` to be used as a device"),
                );
            }
        }
        if let Some((found, place)) = required_text(device, "devicePath", &path, out) {
            if found.split('/').any(|part| part == "..") {
                out.invalid(place, &path.field("devicePath"), format!("the path `{found}` must not contain `..`"));
            } else if !paths.insert(found) {
                out.duplicate(place, &path.field("devicePath"), format!("the path `{found}` appears twice"));
            }
        }
        mounted.overlap(device, "devicePath", "volumeMounts", &path, out);
    }
}

/// The names and paths that one of the two lists uses.
struct Used<'n> {
    names: FxHashSet<&'n str>,
    paths: FxHashSet<&'n str>,
}

impl<'n> Used<'n> {
    fn by(container: &'n Node, list: &str, field: &str) -> Self {
        let texts = |field| items(container, list).filter_map(move |(_, item)| Some(text(item, field)?.0)).collect();
        Used { names: texts("name"), paths: texts(field) }
    }

    /// Reports a name or path that is also in the other list.
    fn overlap(&self, item: &Node, field: &str, other: &str, path: &Path<'_>, out: &mut Findings) {
        if let Some((name, place)) = text(item, "name").filter(|(name, _)| self.names.contains(name)) {
            out.invalid(place, &path.field("name"), format!("the volume `{name}` is also in `{other}`"));
        }
        if let Some((found, place)) = text(item, field).filter(|(found, _)| self.paths.contains(found)) {
            out.invalid(place, &path.field(field), format!("the path `{found}` is also in `{other}`"));
        }
    }
}
