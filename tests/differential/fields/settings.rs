//! Fields that change how a build works.

use super::names::field_spec;
use crate::document::{Yaml, map};
use crate::tree::Layer;
use crate::values::Values;

pub fn configurations(values: &mut Values, layer: &mut Layer) {
    let mut configuration = map! {};
    if values.random.chance(60) {
        let mut spec =
            map! { "path" => values.random.pick(&["spec/secretRef/name", "spec/ref", "spec/list/name", "spec/config/ref"]) };
        spec.set_if(values.random.chance(70), "kind", || "Foo".into());
        let kind = values.random.pick(&["ConfigMap", "Secret", "Deployment", "Foo"]);
        configuration.set("nameReference", vec![map! { "kind" => kind, "fieldSpecs" => vec![spec] }]);
    }
    let lists: [(&str, &[&str]); 8] = [
        ("commonLabels", &["spec/selector/matchLabels", "spec/labels", "metadata/labels"]),
        ("templateLabels", &["spec/template/metadata/labels", "spec/pod/labels"]),
        ("commonAnnotations", &["spec/annotations", "metadata/annotations"]),
        ("namePrefix", &["spec/name", "metadata/name"]),
        ("nameSuffix", &["spec/name"]),
        ("namespace", &["spec/namespace", "spec/config/namespace"]),
        ("images", &["spec/image", "spec/config/image", "spec/list[]/image"]),
        ("replicas", &["spec/size", "spec/count"]),
    ];
    for (list, paths) in lists {
        if values.random.one_in(6) {
            let spec = field_spec(values, paths);
            configuration.set(list, vec![spec]);
        }
    }
    let path = layer.add_file("configuration", vec![configuration]);
    layer.push("configurations", path.into());
}

pub fn sort_options(values: &mut Values, layer: &mut Layer) {
    let mut options = map! { "order" => "fifo" };
    if values.random.chance(50) {
        options.set("order", "legacy");
        let first = values.random.some(&["Service", "Deployment", "ConfigMap", "Foo"], 50);
        let last = values.random.some(&["Namespace", "Secret", "Ingress"], 50);
        let legacy = map! { "orderFirst" => first, "orderLast" => last };
        options.set_if(values.random.chance(60), "legacySortOptions", || legacy);
    }
    layer.kustomization.set("sortOptions", options);
}

pub fn build_metadata(values: &mut Values, layer: &mut Layer) {
    let all: Vec<Yaml> = ["originAnnotations", "transformerAnnotations", "managedByLabel"].map(Into::into).to_vec();
    let some = values.random.some(&all, 50);
    layer.kustomization.set("buildMetadata", some);
}
