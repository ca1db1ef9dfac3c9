//! What every kustomization becomes when it is read: deprecated fields are moved to those that replaced them.
//!
//! Behavior: kustomize's `FixKustomization`.

use serde_json::{Map, Value, json};

use super::kustomization::Kustomization;

pub(super) fn fix(kustomization: &mut Kustomization) {
    if kustomization.text("kind").is_empty() {
        kustomization.set_text("kind", "Kustomization");
    }
    if kustomization.text("apiVersion").is_empty() {
        let version = if kustomization.text("kind") == "Component" { "v1alpha1" } else { "v1beta1" };
        kustomization.set_text("apiVersion", &format!("kustomize.config.k8s.io/{version}"));
    }
    append(kustomization, "resources", "bases");
    append(kustomization, "images", "imageTags");
    for field in ["configMapGenerator", "secretGenerator"] {
        if kustomization.has(field) {
            kustomization.list_mut(field).iter_mut().for_each(env_to_envs);
        }
    }
    inflation_generators(kustomization);
}

/// Moves the items of a list to the end of another one.
fn append(kustomization: &mut Kustomization, to: &str, from: &str) {
    if let Some(Value::Array(items)) = kustomization.remove(from)
        && !items.is_empty()
    {
        kustomization.list_mut(to).extend(items);
    }
}

fn env_to_envs(generator: &mut Value) {
    let Some(fields) = generator.as_object_mut() else { return };
    if let Some(env) = fields.remove("env") {
        match fields.get_mut("envs") {
            Some(Value::Array(envs)) => envs.push(env),
            _ => _ = fields.insert("envs".to_owned(), json!([env])),
        }
    }
}

/// `helmChartInflationGenerator` is split into charts and what applies to all of them.
fn inflation_generators(kustomization: &mut Kustomization) {
    const FIELDS: [(&str, &str); 7] = [
        ("chartName", "name"),
        ("chartVersion", "version"),
        ("chartRepoUrl", "repo"),
        ("values", "valuesFile"),
        ("valuesLocal", "valuesInline"),
        ("valuesMerge", "valuesMerge"),
        ("releaseName", "releaseName"),
    ];
    let Some(Value::Array(generators)) = kustomization.remove("helmChartInflationGenerator") else { return };
    let (mut charts, mut globals) = (Vec::new(), Map::new());
    for generator in generators {
        let moved = FIELDS.iter().filter_map(|(old, new)| Some(((*new).to_owned(), generator.get(*old)?.clone())));
        charts.push(Value::Object(moved.collect()));
        for (old, new) in [("helmHome", "configHome"), ("chartHome", "chartHome")] {
            globals.extend(generator.get(old).map(|value| (new.to_owned(), value.clone())));
        }
    }
    if !kustomization.has("helmGlobals") && !globals.is_empty() {
        kustomization.set("helmGlobals", Value::Object(globals));
    }
    if !charts.is_empty() {
        kustomization.list_mut("helmCharts").extend(charts);
    }
}
