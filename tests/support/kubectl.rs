//! The kubectl that tests compare with. `RENDER_KUBECTL` names the only one that counts; else it is the first that works.

use std::process::{Command, Output};

/// kubectl under the names that it goes by.
pub const NAMES: &[&str] = &["kubectl137", "kubectl"];

/// The first of these programs that has kustomize 5.8, or is it.
pub fn find(names: &[&str]) -> Option<String> {
    first(names, |output| String::from_utf8_lossy(&output.stdout).contains("v5.8"))
}

/// A kubectl of any version.
pub fn any() -> Option<String> {
    first(NAMES, |output| output.status.success()).filter(|name| !is_kustomize(name))
}

/// Whether a program is kustomize itself.
pub fn is_kustomize(name: &str) -> bool {
    name.ends_with("kustomize")
}

/// The first of these programs that answers well when it is asked for its version.
fn first(names: &[&str], well: impl Fn(&Output) -> bool) -> Option<String> {
    let known = names.iter().map(|name| (*name).to_owned()).collect();
    let names = std::env::var("RENDER_KUBECTL").map_or(known, |name| vec![name]);
    names.into_iter().find(|name| {
        let arguments: &[&str] = if is_kustomize(name) { &["version"] } else { &["version", "--client"] };
        Command::new(name).args(arguments).output().is_ok_and(|output| well(&output))
    })
}
