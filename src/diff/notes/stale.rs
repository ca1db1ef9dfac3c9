//! A Secret or ConfigMap with a fixed name whose content changes: no pod template changes with it, so running pods keep what they
//! read when they started. A generated name changes with the content and restarts the pods, so it needs no note.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::restart::is_rolled;
use super::rules::{KEEPS_OLD_VALUE, RELOADED, UPDATED_LATER};
use super::subject::{Subject, effect, is, listed, name_of, text};
use super::uses::{Content, When, when};
use crate::diff::note::{Note, Rule};
use crate::diff::object::Object;
use crate::diff::same::same;
use crate::references::templates;
use crate::yaml::{Node, scalar};

/// The notes about a Secret or ConfigMap.
pub fn notes(subject: &Subject<'_, '_>) -> Vec<Note> {
    let is_known = |object: &Object| is(object, "", "Secret") || is(object, "", "ConfigMap") || is_sealed(object);
    let Some((old, new)) = subject.stays().filter(|(_, new)| is_known(new)) else { return Vec::new() };
    let [before, after] = [old, new].map(values);
    let mut keys: Vec<&str> = before.keys().chain(after.keys()).map(|key| key.as_str()).collect();
    keys.retain(|key| before.get(*key) != after.get(*key));
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return Vec::new();
    }
    let kind = if is_sealed(new) { "Secret" } else { new.id.gvk.kind.as_str() };
    let content = Content { kind, name: &new.id.name, keys };
    let is_frozen = text(&old.node, &["immutable"]).is_some_and(scalar::bool_value);
    let mut found = Found::default();
    for (at, user) in subject.context.new_side().users(content.kind, &new.id.effective_namespace(), &new.id.name) {
        let Some(before) = subject.context.before(at) else { continue };
        if let Some(when) = when(&user.node, &user.id.gvk.group, &user.id.gvk.kind, &content).filter(|_| !restarts(before, user))
        {
            found.add(user, content.kind, if is_frozen { When::RestartForSubPath } else { when }, is_frozen);
        }
    }
    found.notes()
}

/// Whether a controller creates a Secret of the same name from an object that contains encrypted values.
fn is_sealed(object: &Object) -> bool {
    is(object, "bitnami.com", "SealedSecret")
}

/// The values of all keys, compared as they are mounted.
fn values(object: &Object) -> FxHashMap<EcoString, Vec<u8>> {
    let mut found = FxHashMap::default();
    let is_secret = is(object, "", "Secret");
    let fields: &[&[&str]] =
        if is_sealed(object) { &[&["spec", "encryptedData"]] } else { &[&["data"], &["binaryData"], &["stringData"]] };
    for field in fields {
        for entry in object.node.at_path(field).and_then(Node::as_mapping).into_iter().flatten() {
            let Some(text) = entry.value.as_text() else { continue };
            let is_encoded = *field == ["binaryData"] || (is_secret && *field == ["data"]);
            let decoded = if is_encoded { decoded(text) } else { None };
            found.insert(entry.key.text.into(), decoded.unwrap_or_else(|| text.as_bytes().to_vec()));
        }
    }
    found
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.split_ascii_whitespace().collect::<String>()).ok()
}

/// Whether the pods of a workload are replaced anyway.
fn restarts(old: &Object, new: &Object) -> bool {
    let [before, after] = [old, new].map(|object| templates(&object.node, &object.id.gvk.group, &object.id.gvk.kind));
    let template = |object: &Object| object.node.at_path(&["spec", "template"]).cloned();
    let is_same = match (template(old), template(new)) {
        (Some(old), Some(new)) => same(&old, &new),
        _ => before.len() == after.len() && before.iter().zip(&after).all(|(old, new)| same(old.spec, new.spec)),
    };
    !is_same && is_rolled(old, new)
}

/// Kinds that create new pods for each run.
const RUNS: &[&str] = &[
    "CronJob",
    "CronWorkflow",
    "WorkflowTemplate",
    "ClusterWorkflowTemplate",
    "ScaledJob",
    "ScheduledSparkApplication",
    "Task",
    "Pipeline",
];

/// Annotations by which a program restarts the pods of a workload: the program, the annotation, and whether it is for all kinds.
const RELOADERS: &[(&str, &str, &str)] = &[
    ("Reloader", "reloader.stakater.com/auto", ""),
    ("Reloader", "secret.reloader.stakater.com/auto", "Secret"),
    ("Reloader", "configmap.reloader.stakater.com/auto", "ConfigMap"),
    ("Reloader", "secret.reloader.stakater.com/reload", "Secret"),
    ("Reloader", "configmap.reloader.stakater.com/reload", "ConfigMap"),
    ("Wave", "wave.pusher.com/update-on-config-change", ""),
];

/// The program that restarts the pods of a workload when the content of a kind changes.
fn reloader(workload: &Object, kind: &str) -> Option<&'static str> {
    let annotation = |key: &str| text(&workload.node, &["metadata", "annotations", key]);
    let is_on = |key: &str| annotation(key).is_some_and(|value| value != "false" && !value.is_empty());
    RELOADERS.iter().find(|(_, key, of)| (of.is_empty() || *of == kind) && is_on(key)).map(|(program, ..)| *program)
}

/// The workloads that use the content, by what happens to their pods.
#[derive(Default)]
struct Found {
    groups: Vec<(Rule, String, Vec<String>)>,
}

impl Found {
    fn add(&mut self, workload: &Object, kind: &str, when: When, is_frozen: bool) {
        let (object, is_pod) = (&workload.id.gvk.kind, workload.id.gvk.kind == "Pod");
        let (rule, text) = if RUNS.contains(&object.as_str()) {
            (UPDATED_LATER, "the next run of {} uses the new value".to_owned())
        } else if let Some(program) = reloader(workload, kind) {
            (RELOADED, format!("pods of {{}} restart: {program} restarts them"))
        } else {
            let pods = if is_pod { "{}" } else { "pods of {}" };
            let why = match when {
                _ if is_frozen => "immutable",
                When::RestartForEnvironment => "environment variables",
                When::RestartForSubPath => "subPath",
                When::Soon => "volume",
            };
            match when {
                When::Soon => (UPDATED_LATER, format!("{pods} get the new value after up to a minute ({why})")),
                _ if is_pod => (KEEPS_OLD_VALUE, format!("{pods} keeps the old value until it is recreated ({why})")),
                _ => (KEEPS_OLD_VALUE, format!("{pods} keep the old value until they restart ({why})")),
            }
        };
        let name = name_of(workload);
        match self.groups.iter_mut().find(|(_, known, _)| *known == text) {
            Some((.., names)) => names.push(name),
            None => self.groups.push((rule, text, vec![name])),
        }
    }

    fn notes(mut self) -> Vec<Note> {
        let order = |rule: &Rule| [KEEPS_OLD_VALUE, RELOADED, UPDATED_LATER].iter().position(|known| known == rule);
        self.groups.sort_by(|(a, x, _), (b, y, _)| (order(a), x).cmp(&(order(b), y)));
        let note = |(rule, text, mut names): (Rule, String, Vec<String>)| {
            names.sort();
            effect(rule, text.replacen("{}", &listed(&names), 1))
        };
        self.groups.into_iter().map(note).collect()
    }
}
