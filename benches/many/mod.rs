//! The kustomization of 1,000 Deployments that benchmarks build.

use std::path::Path;

const DEPLOYMENTS: usize = 1_000;

/// Writes a kustomization of many Deployments that get a namespace, labels and an image; `more` are other fields of it.
pub fn deployments(directory: &Path, more: &str) {
    let deployment = |at: usize| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-{at}\nspec:\n  selector:\n    matchLabels:\n      \
             app: app-{at}\n  template:\n    metadata:\n      labels:\n        app: app-{at}\n    spec:\n      containers:\n      \
             - name: app\n        image: registry.example.com/app:1.0\n        ports:\n        - containerPort: 8080\n"
        )
    };
    let documents: Vec<String> = (0..DEPLOYMENTS).map(deployment).collect();
    let kustomization = "resources: [deployments.yaml]\nnamespace: many\nlabels:\n- pairs: {team: bench}\n  \
                         includeTemplates: true\nimages:\n- name: registry.example.com/app\n  newTag: \"1.1\"\n";
    std::fs::write(directory.join("deployments.yaml"), documents.join("---\n")).expect("a file");
    std::fs::write(directory.join("kustomization.yaml"), kustomization.to_owned() + more).expect("a file");
}
