//! Fields that change names, labels, annotations, images and replica counts.

use crate::document::{Yaml, map};
use crate::tree::Layer;
use crate::values::Values;

pub fn namespace(values: &mut Values, layer: &mut Layer) {
    let namespace = values.namespace();
    layer.kustomization.set("namespace", namespace);
}

pub fn prefix(values: &mut Values, layer: &mut Layer) {
    layer.prefix = values.random.pick(&["dev-", "p-", "a.", "x"]).to_owned();
    layer.kustomization.set("namePrefix", layer.prefix.clone());
}

pub fn suffix(values: &mut Values, layer: &mut Layer) {
    layer.suffix = values.random.pick(&["-v1", "-s", "2", "-dev"]).to_owned();
    layer.kustomization.set("nameSuffix", layer.suffix.clone());
}

pub fn labels(values: &mut Values, layer: &mut Layer) {
    for _ in 0..values.random.between(1, 2) {
        let mut entry = map! { "pairs" => pairs(values) };
        for (option, chance) in [("includeSelectors", 30), ("includeTemplates", 30), ("includeVolumeClaimTemplates", 8)] {
            let value = values.random.chance(80);
            entry.set_if(values.random.chance(chance), option, || value.into());
        }
        if values.random.one_in(8) {
            let spec =
                field_spec(values, &["spec/labels", "spec/template/metadata/labels", "spec/list[]/labels", "metadata/labels"]);
            entry.set("fields", vec![spec]);
        }
        layer.push("labels", entry);
    }
}

/// A field spec with one of these paths.
pub fn field_spec(values: &mut Values, paths: &[&str]) -> Yaml {
    let mut spec = map! { "path" => values.random.pick(paths) };
    let create = values.random.chance(70);
    spec.set_if(values.random.chance(60), "create", || create.into());
    let kind = values.random.pick(&["Foo", "Deployment", "ConfigMap", "Service"]);
    spec.set_if(values.random.chance(50), "kind", || kind.into());
    spec.set_if(kind == "Foo" && values.random.one_in(3), "group", || "example.com".into());
    spec.set_if(values.random.one_in(5), "version", || "v1".into());
    spec
}

/// Labels or annotations that are valid in a kustomization: strings only.
fn pairs(values: &mut Values) -> Yaml {
    let mut pairs = map! {};
    for _ in 0..values.random.between(1, 2) {
        let key = values.key();
        let value = values.random.pick(&["web", "api", "x", "v2", "1", "true", "", "a b"]);
        pairs.set(&key, value);
    }
    pairs
}

pub fn common_labels(values: &mut Values, layer: &mut Layer) {
    let pairs = pairs(values);
    layer.kustomization.set("commonLabels", pairs);
}

pub fn common_annotations(values: &mut Values, layer: &mut Layer) {
    let mut pairs = pairs(values);
    let text = values.string();
    pairs.set("note", text);
    layer.kustomization.set("commonAnnotations", pairs);
}

pub fn images(values: &mut Values, layer: &mut Layer) {
    for _ in 0..values.random.between(1, 2) {
        let names = [
            "nginx",
            "busybox",
            "app",
            "team/app",
            "registry.example.com/team/app",
            "registry.example.com:5000/team/app",
            "localhost:5000/app",
            "gcr.io/p/app",
            "docker.io/library/nginx",
            "ng.*",
            ".*",
            "nginx|busybox",
            "nginx:1.25",
        ];
        let mut image = map! { "name" => values.random.pick(&names) };
        let new_name = values.random.pick(&["httpd", "mirror.example.com/x", "mirror.example.com:5000/x/y", "nginx"]);
        image.set_if(values.random.chance(45), "newName", || new_name.into());
        let tag = values.random.pick(&["1.26", "latest", "v2", "2", "1.0"]);
        image.set_if(values.random.chance(50), "newTag", || tag.into());
        let digest = "sha256:25a0d4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3";
        image.set_if(values.random.chance(15), "digest", || digest.into());
        image.set_if(values.random.chance(12), "tagSuffix", || "-x".into());
        layer.push("images", image);
    }
}

pub fn replicas(values: &mut Values, layer: &mut Layer) {
    let kinds = ["Deployment", "StatefulSet", "ReplicaSet"];
    let workloads: Vec<_> = layer.objects.iter().filter(|object| kinds.contains(&object.kind.as_str())).cloned().collect();
    let Some(workload) = values.random.choose(&workloads) else { return };
    let name = workload.some_name(values);
    let count = values.random.between(0, 5);
    layer.push("replicas", map! { "name" => name, "count" => count });
}
