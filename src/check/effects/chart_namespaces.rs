//! Finds objects of helm charts that the `namespace` of a kustomization does not reach.
//!
//! Since kustomize 5.8, helm gets the namespace, and the transformer leaves the objects of charts unchanged. Objects whose
//! templates do not use it have no namespace or keep their own; those of a chart in a base are not moved by an overlay.

use std::sync::Arc;

use super::custom::is_custom;
use crate::diagnostic::{Diagnostic, Frame};
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::{PassedOver, ResMap, Resource};

/// How many objects a message names.
const NAMED: usize = 5;

/// Records a finding for each `namespace` with objects that it does not reach.
pub fn find(resources: &ResMap, records: &mut Records) {
    let mut groups: Vec<(Arc<PassedOver>, Vec<&Resource>)> = Vec::new();
    for resource in resources.iter() {
        let Some(passed) = resource.passed_over.as_ref().filter(|passed| is_missed(resource, &passed.name)) else { continue };
        match groups.iter_mut().find(|(known, _)| Arc::ptr_eq(known, passed)) {
            Some((_, missed)) => missed.push(resource),
            None => groups.push((Arc::clone(passed), vec![resource])),
        }
    }
    for (passed, missed) in groups {
        let mut finding = warning(&passed, &missed);
        let step = records.provenance.get_step(passed.step).to_string();
        finding.diagnostic.trace.push(Frame { step, span: None });
        records.find(finding);
    }
}

/// Whether an object ends up elsewhere. Whether a custom resource without a namespace has one in the cluster is not known, and
/// what a chart puts into the namespaces of the system belongs there.
fn is_missed(resource: &Resource, expected: &str) -> bool {
    let own = &resource.id().namespace;
    let is_known = !own.is_empty() || !is_custom(resource);
    own != expected && is_known && !own.starts_with("kube-")
}

fn warning(passed: &PassedOver, missed: &[&Resource]) -> Finding {
    let name = &passed.name;
    let place = |resource: &&Resource| match resource.id().namespace.as_str() {
        "" => format!("{}/{} has no namespace", resource.kind(), resource.id().name),
        own => format!("{}/{} is in `{own}`", resource.kind(), resource.id().name),
    };
    let mut places: Vec<String> = missed.iter().take(NAMED).map(place).collect();
    if missed.len() > NAMED {
        places.push(format!("and {} more", missed.len() - NAMED));
    }
    let objects = if missed.len() == 1 { "an object of a chart" } else { "objects of charts" };
    let message = format!("the namespace `{name}` is not set in {objects}: {}", places.join(", "));
    let help = match missed.iter().any(|resource| !resource.id().namespace.is_empty()) {
        true => {
            format!("set `namespace: {name}` in the kustomization or item that lists the chart, or patch `metadata.namespace`")
        }
        false => "use `namespace: {{ .Release.Namespace }}` in the templates of the chart, or patch `metadata.namespace`".into(),
    };
    let warning = Diagnostic::warning("chart-namespace", message).at(passed.span).help(help);
    match missed.first() {
        Some(first) => Finding::about(first.id(), "metadata.namespace", warning),
        None => warning.into(),
    }
}
