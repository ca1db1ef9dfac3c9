//! The labels of a namespace that select a level of the Pod Security Standards, and the rule for their values.

use crate::schema::Version;
use crate::validate::look::{as_text, entries, set};
use crate::validate::{Findings, Path, Rule};
use crate::yaml::Node;

/// The rule for the labels of Namespaces.
pub const RULES: &[Rule] = &[Rule { group: "", kinds: &["Namespace"], check }];

/// The start of the labels.
const PREFIX: &str = "pod-security.kubernetes.io/";

/// A level of the Pod Security Standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is checked.
    Privileged,
    /// Known ways to gain access to the node are closed.
    Baseline,
    /// Pods are hardened.
    Restricted,
}

/// What the server does about a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It rejects the pod.
    Enforce,
    /// It warns the client.
    Warn,
    /// It writes a line in its log.
    Audit,
}

impl Mode {
    /// All modes, the strictest first.
    pub const ALL: [Mode; 3] = [Mode::Enforce, Mode::Warn, Mode::Audit];

    /// Its name in labels.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Enforce => "enforce",
            Mode::Warn => "warn",
            Mode::Audit => "audit",
        }
    }
}

impl Level {
    const ALL: [Level; 3] = [Level::Privileged, Level::Baseline, Level::Restricted];

    /// Its name in labels.
    pub fn name(self) -> &'static str {
        match self {
            Level::Privileged => "privileged",
            Level::Baseline => "baseline",
            Level::Restricted => "restricted",
        }
    }
}

/// What a namespace demands of its pods in one mode.
pub struct Demand<'n> {
    /// What the server does about a violation.
    pub mode: Mode,
    /// The level.
    pub level: Level,
    /// The version of the policy as written; `latest` if there is none.
    pub version: &'n str,
    /// The label.
    pub node: &'n Node,
}

impl<'n> Demand<'n> {
    /// What a Namespace demands in a mode; nothing if its labels are not valid.
    pub fn of(namespace: &'n Node, mode: Mode) -> Option<Self> {
        let labels = set(namespace, "metadata").and_then(|metadata| set(metadata, "labels"))?;
        let node = labels.get(&format!("{PREFIX}{}", mode.name()))?;
        let level = Level::ALL.into_iter().find(|level| as_text(node) == Some(level.name()))?;
        let version = labels.get(&format!("{PREFIX}{}-version", mode.name())).and_then(as_text).unwrap_or("latest");
        is_version(version).then_some(Demand { mode, level, version, node })
    }

    /// The minor version of the policy on a server, which is never newer than the server.
    pub fn minor(&self, server: Version) -> u16 {
        let minor = self.version.strip_prefix("v1.").map_or(u16::MAX, |minor| minor.parse().unwrap_or(u16::MAX));
        minor.min(server.number())
    }
}

fn check(node: &Node, out: &mut Findings) {
    let Some(metadata) = set(node, "metadata") else { return };
    let path = Path::ROOT.field("metadata");
    let path = path.field("labels");
    for entry in entries(metadata, "labels") {
        let key = entry.key.text.as_str();
        let Some(name) = key.strip_prefix(PREFIX) else { continue };
        let value = as_text(&entry.value).unwrap_or_default();
        let is_mode = |name: &str| Mode::ALL.iter().any(|mode| mode.name() == name);
        if is_mode(name) {
            let names = Level::ALL.map(Level::name);
            if !names.contains(&value) {
                let message = format!("expected one of `privileged`, `baseline`, `restricted`, found `{value}`");
                out.invalid(&entry.value, &path.key(key), message);
            }
        } else if name.strip_suffix("-version").is_some_and(is_mode) && !is_version(value) {
            out.invalid(&entry.value, &path.key(key), format!("expected `latest` or a version such as `v1.30`, found `{value}`"));
        }
    }
}

/// Whether a text is `latest` or `v1.N`.
fn is_version(text: &str) -> bool {
    let minor = text.strip_prefix("v1.").filter(|minor| minor.bytes().all(|byte| byte.is_ascii_digit()));
    text == "latest" || minor.is_some_and(|minor| minor == "0" || !minor.is_empty() && !minor.starts_with('0'))
}
