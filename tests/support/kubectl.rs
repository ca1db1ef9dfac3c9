//! The kubectl that tests compare with: the program in `RENDER_KUBECTL`, or else the first one that works.

use std::process::{Command, Output};

/// The names under which kubectl is installed.
pub const NAMES: &[&str] = &["kubectl137", "kubectl"];

/// The first of these programs that is or includes kustomize 5.8.
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

/// The first of these programs that prints an accepted version.
fn first(names: &[&str], well: impl Fn(&Output) -> bool) -> Option<String> {
    let known = names.iter().map(|name| (*name).to_owned()).collect();
    let names = std::env::var("RENDER_KUBECTL").map_or(known, |name| vec![name]);
    names.into_iter().find(|name| {
        let arguments: &[&str] = if is_kustomize(name) { &["version"] } else { &["version", "--client"] };
        Command::new(name).args(arguments).output().is_ok_and(|output| well(&output))
    })
}
