//! Runs assertions: selects their objects and reports the conditions that are not met.

use std::cell::OnceCell;
use std::path::Path;

use super::contains::{Mismatch, mismatches};
use super::expression::{Expression, list, value};
use super::file::{Assertion, Condition, Target};
use super::shared::{Reach, SharedAssertion};
use crate::cel::expression::Outcome;
use crate::cel::value::Value;
use crate::confidential::{Copies, masked_object};
use crate::diagnostic::{Diagnostic, Frame};
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::{ResMap, Resource};
use crate::source::Span;
use crate::suite::{Case, Subject};
use crate::yaml::Node;

/// Runs assertions on the objects of a build; each yields one case.
pub fn run<'a>(assertions: impl IntoIterator<Item = &'a Assertion>, resources: &ResMap, records: &Records) -> Vec<Case> {
    let world = World::new(resources, records);
    assertions.into_iter().map(|assertion| world.case(assertion).0).collect()
}

/// Runs assertions of the settings; each yields a case if it checks something in this build.
pub fn run_shared<'a>(
    assertions: impl Iterator<Item = &'a SharedAssertion>,
    overlay: &Path,
    resources: &ResMap,
    records: &Records,
) -> Vec<Case> {
    let world = World::new(resources, records);
    let cases = assertions.filter_map(|shared| {
        let (case, reach) = world.case(&shared.assertion);
        shared.note(reach);
        (reach == Reach::Checked).then(|| Case { overlay: Some(overlay.to_owned()), ..case })
    });
    cases.collect()
}

struct World<'r> {
    resources: &'r ResMap,
    records: &'r Records,
    /// Values that messages must not contain.
    copies: Copies<'r>,
    /// All objects in the form that expressions use.
    objects: OnceCell<Value>,
    /// The same without secret values, for messages.
    masked: OnceCell<Value>,
}

impl<'r> World<'r> {
    fn new(resources: &'r ResMap, records: &'r Records) -> Self {
        let copies = Copies::of_build(resources, &records.sources, &records.provenance);
        World { resources, records, copies, objects: OnceCell::new(), masked: OnceCell::new() }
    }

    /// The result of an assertion, and what it was about.
    fn case(&self, assertion: &Assertion) -> (Case, Reach) {
        let mut case = Case::new(Subject::Assertion, &assertion.name, &assertion.file);
        let Some(target) = &assertion.target else {
            if let Some(condition) = &assertion.assert {
                case.findings.extend(self.condition(condition, None).map(Finding::from));
            }
            return (with_severity(case, assertion), Reach::Checked);
        };
        let candidates = target.selector.candidates(self.resources).into_iter().filter_map(|at| self.resources.get(at));
        let selected: Vec<&Resource> = candidates.filter(|resource| target.selects(resource)).collect();
        let is_checked = !selected.is_empty() || assertion.count.is_some();
        case.findings.extend(self.count(assertion, target, &selected));
        for resource in selected {
            let parts = [(&assertion.contains, false), (&assertion.exactly, true)];
            for (expected, exact) in parts.into_iter().filter_map(|(expected, exact)| Some((expected.as_ref()?, exact))) {
                let wrong = mismatches(expected, resource.node(), exact);
                case.findings.extend(wrong.into_iter().map(|mismatch| self.mismatch(mismatch, resource)));
            }
            let condition = assertion.assert.as_ref().and_then(|condition| self.condition(condition, Some(resource)));
            case.findings.extend(condition.map(|error| Finding::about(resource.id(), "", error)));
        }
        (with_severity(case, assertion), if is_checked { Reach::Checked } else { Reach::Overlay })
    }

    /// An error unless the target selects the expected number of objects.
    fn count(&self, assertion: &Assertion, target: &Target, selected: &[&Resource]) -> Option<Finding> {
        match &assertion.count {
            Some(count) if count.value == selected.len() as u64 => None,
            Some(count) => {
                let objects = |count: u64| if count == 1 { "1 object".to_owned() } else { format!("{count} objects") };
                let message =
                    format!("expected {}, but the target selects {}", objects(count.value), objects(selected.len() as u64));
                let error = Diagnostic::error("assert-count", message).at(count.span.unwrap_or(target.span));
                let first = selected.iter().take(3);
                Some(first.fold(error, |error, resource| error.label(self.named(resource), "selected by the target")).into())
            }
            None if selected.is_empty() && !assertion.is_shared => {
                let error = Diagnostic::error("assert-target", "the target selects no objects, so nothing was checked");
                let near = target.selector.nearest(self.resources);
                let help = near.unwrap_or_else(|| "fix the target, or write `absent: true` if no object is expected".into());
                Some(error.at(target.span).help(help).into())
            }
            None => None,
        }
    }

    fn mismatch(&self, mismatch: Mismatch, resource: &Resource) -> Finding {
        let Mismatch { path, message, expected, found, exists } = mismatch;
        let public = ["apiVersion", "kind", "type", "metadata.name", "metadata.namespace"];
        let is_secret =
            (Copies::is_of_secret(resource) && !public.contains(&path.as_str())) || self.copies.masked(&found).is_some();
        let message = if is_secret { "the value does not match or is missing".to_owned() } else { message };
        let mut error = Diagnostic::error("assert-contains", message).at(expected);
        if found.span() != expected {
            error = error.label(found.span(), if exists { "the rendered value" } else { "expected in here" });
        }
        error.trace.push(self.writer(&found));
        Finding::about(resource.id(), path, error)
    }

    /// What is wrong with a condition: it is false, or it can't be evaluated.
    fn condition(&self, condition: &Condition, resource: Option<&Resource>) -> Option<Diagnostic> {
        let mut error = match self.evaluate(&condition.expression, resource) {
            Outcome::Bool(true) => return None,
            Outcome::Bool(false) => {
                let message = self.message(condition, resource);
                Diagnostic::error("assert-false", message).at(condition.span)
            }
            other => Diagnostic::error("assert-unknown", format!("the expression can't be evaluated: {}", cause(other)))
                .at(condition.span),
        };
        if let Some(resource) = resource {
            error = error.label(self.named(resource), "for this object");
            error.trace.push(self.writer(resource.node()));
        }
        Some(error)
    }

    fn message(&self, condition: &Condition, resource: Option<&Resource>) -> String {
        let computed =
            condition.message_expression.as_ref().map(|(expression, _)| match self.evaluate_masked(expression, resource) {
                Outcome::Text(text) => text.into(),
                Outcome::Bool(_) => "the condition is false (`messageExpression` does not yield a string)".to_owned(),
                other => format!("the condition is false (`messageExpression` can't be evaluated: {})", cause(other)),
            });
        let plain = || Some(condition.message.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        computed.or_else(plain).unwrap_or_else(|| format!("`{}` is false", condition.text.lines().collect::<Vec<_>>().join(" ")))
    }

    fn evaluate(&self, expression: &Expression, resource: Option<&Resource>) -> Outcome {
        let mut variables = Vec::new();
        if expression.uses("objects") {
            let all = || list(self.resources.iter().map(|resource| resource.node().clone()).collect());
            variables.push(("objects", self.objects.get_or_init(all).clone()));
        }
        if let Some(resource) = resource.filter(|_| expression.uses("object")) {
            variables.push(("object", value(resource.node())));
        }
        expression.evaluate(&variables)
    }

    /// The value of an expression for a message: it sees masks in place of secret values.
    fn evaluate_masked(&self, expression: &Expression, resource: Option<&Resource>) -> Outcome {
        let masked = |resource: &Resource| masked_object(resource, &self.copies);
        let mut variables = Vec::new();
        if expression.uses("objects") {
            let all = || list(self.resources.iter().map(masked).collect());
            variables.push(("objects", self.masked.get_or_init(all).clone()));
        }
        if let Some(resource) = resource.filter(|_| expression.uses("object")) {
            variables.push(("object", value(&masked(resource))));
        }
        expression.evaluate(&variables)
    }

    /// The location of the object's first name.
    fn named(&self, resource: &Resource) -> Span {
        let name = resource.node().at_path(&["metadata", "name"]).unwrap_or(resource.node());
        self.records.provenance.history(name).first().map_or(name.span(), Node::span)
    }

    fn writer(&self, node: &Node) -> Frame {
        let step = self.records.provenance.get_step(self.records.provenance.get(node.origin()).step);
        Frame { step: step.to_string(), span: None }
    }
}

/// The case, with warnings in place of errors if the assertion says so.
fn with_severity(mut case: Case, assertion: &Assertion) -> Case {
    case.findings.iter_mut().for_each(|finding| finding.diagnostic.severity = assertion.severity);
    case
}

fn cause(outcome: Outcome) -> String {
    match outcome {
        Outcome::Failed(cause) | Outcome::Unknown(cause) => cause.into(),
        Outcome::Text(_) => "expected a boolean, found a string".to_owned(),
        Outcome::Bool(_) => String::new(),
    }
}

impl Target {
    /// Whether the object is selected by its name and namespace, or by those that it had at any step.
    fn selects(&self, resource: &Resource) -> bool {
        let selector = &self.selector;
        if !selector.matches_gvk(resource.gvk()) || !selector.matches_metadata(resource) {
            return false;
        }
        let id = resource.id();
        let former = resource.former();
        let name = selector.name.matches(&id.name) || former.iter().any(|former| selector.name.matches(&former.name));
        let namespaces = [&id.namespace, &resource.namespace()];
        name && (namespaces.iter().any(|namespace| selector.namespace.matches(namespace))
            || former.iter().any(|former| selector.namespace.matches(&former.namespace)))
    }
}
