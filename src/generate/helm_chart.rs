//! `helmCharts`, with `helmGlobals`: the objects of helm charts, inflated by the helm program if the build allows that.
//!
//! A chart is in `chartHome` or is pulled into it. Its objects are those that `helm template` prints; the `namespace` of
//! the kustomization, or of the nearest one above, is passed to helm and not set afterwards. Behavior: kustomize's
//! `HelmChartInflationGenerator`; `helmChartInflationGenerator` is its older spelling.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::helm_entry::{Chart, Globals};
use super::helm_inflation::Inflation;
use super::helm_values::{ValuesMerge, string_keys};
use super::{Configured, Form, GeneratorKind};
use crate::diagnostic::{Diagnostic, Result};
use crate::kustomization::{Kustomization, config_words};
use crate::source::Span;
use crate::stage::Context;
use crate::yaml::{Located, Node, Unknown, decode, known_field};

/// The table row of charts.
pub const KIND: GeneratorKind = GeneratorKind { field: "helmCharts", kind: "HelmChartInflationGenerator", decode: configure };

/// The older spelling of the field.
const OLD_FIELD: &str = "helmChartInflationGenerator";

/// An item of `helmChartInflationGenerator`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OldChart {
    chart_name: Located<String>,
    chart_version: Located<String>,
    chart_repo_url: Located<String>,
    chart_home: String,
    chart_repo_name: Located<String>,
    helm_bin: Located<String>,
    helm_home: String,
    values: Located<String>,
    values_local: IgnoredAny,
    values_merge: Located<String>,
    release_name: Located<String>,
    release_namespace: Located<String>,
    extra_args: Located<Vec<String>>,
}

fn configure(form: Form<'_>, context: &mut Context<'_>) -> Result<Vec<Configured>> {
    let charts = match form {
        Form::Field(kustomization) => in_fields(kustomization, context)?,
        Form::Object(object) => {
            let (chart, globals) = (decode(object, Unknown::Ignore)?, decode(object, Unknown::Ignore)?);
            vec![Entry { field: KIND.field.into(), chart, inline: inline(object, "valuesInline")?, globals, span: object.span() }]
        }
    };
    let configured = charts.into_iter().enumerate().map(|(index, entry)| {
        entry.configured(context).map_err(|errors| match form {
            Form::Field(kustomization) => errors.reword(|words| {
                let Some(config) = config_words::chart(index, kustomization) else { return };
                words.configure(|| config_words::trouble(KIND.kind, &config));
            }),
            Form::Object(_) => errors,
        })
    });
    configured.collect()
}

/// A decoded chart.
struct Entry {
    field: String,
    chart: Chart,
    inline: Option<Node>,
    globals: Globals,
    span: Span,
}

/// The charts of a kustomization, those in the older spelling last.
fn in_fields(kustomization: &Kustomization, context: &mut Context<'_>) -> Result<Vec<Entry>> {
    let old: Vec<OldChart> = kustomization.decode(OLD_FIELD)?;
    let globals: Option<Globals> = kustomization.decode("helmGlobals")?;
    // In the old spelling, the last value counts, and only if the new one is not set at all.
    let last = |text: fn(&OldChart) -> &String| old.iter().map(text).rfind(|text| !text.is_empty()).cloned().unwrap_or_default();
    let globals = globals
        .unwrap_or_else(|| Globals { chart_home: last(|chart| &chart.chart_home), config_home: last(|chart| &chart.helm_home) });
    let namespace = kustomization.nearest_namespace().unwrap_or_default();
    let charts: Vec<Chart> = kustomization.decode(KIND.field)?;
    let mut entries = Vec::new();
    for (index, (mut chart, node)) in charts.into_iter().zip(items(kustomization, KIND.field)).enumerate() {
        if chart.namespace.is_empty() {
            chart.namespace.clone_from(&namespace);
        }
        let (field, inline) = (format!("{}[{index}]", KIND.field), inline(node, "valuesInline")?.as_ref().map(string_keys));
        entries.push(Entry { field, chart, inline, globals: globals.clone(), span: node.span() });
    }
    for (index, (old, node)) in old.into_iter().zip(items(kustomization, OLD_FIELD)).enumerate() {
        old.warn_of_ignored_fields(context);
        let (field, inline) = (format!("{OLD_FIELD}[{index}]"), inline(node, "valuesLocal")?.as_ref().map(string_keys));
        let chart = Chart { namespace: namespace.clone(), ..old.into() };
        entries.push(Entry { field, chart, inline, globals: globals.clone(), span: node.span() });
    }
    Ok(entries)
}

fn items<'k>(kustomization: &'k Kustomization, field: &str) -> impl Iterator<Item = &'k Node> {
    kustomization.field(field).and_then(Node::as_sequence).into_iter().flatten()
}

/// The mapping of inline values in an item: as written, because no type describes it.
fn inline(entry: &Node, field: &'static str) -> Result<Option<Node>, Diagnostic> {
    let mut entries = entry.as_mapping().into_iter().flatten();
    let found = entries.rfind(|entry| known_field(&entry.key.text, &[field]).is_some()).map(|entry| &entry.value);
    match found.filter(|node| !node.is_null()) {
        Some(node) if node.as_mapping().is_none() => {
            Err(node.error("wrong-type", format!("expected a mapping, found {}", node.type_name())))
        }
        found => Ok(found.cloned()),
    }
}

impl OldChart {
    fn warn_of_ignored_fields(&self, context: &mut Context<'_>) {
        let ignored = [
            ("chartRepoName", self.chart_repo_name.span, "`chartRepoUrl` is enough"),
            ("extraArgs", self.extra_args.span, "`helmCharts` has fields for most options"),
            ("helmBin", self.helm_bin.span, "specify the program with `--helm-command`"),
            ("releaseNamespace", self.release_namespace.span, "use `helmCharts` and its `namespace`"),
        ];
        for (field, span, help) in ignored {
            if let Some(span) = span {
                let warning = Diagnostic::warning("ignored-field", format!("`{field}` has no effect, as in kustomize"));
                context.records.find(warning.at(span).help(help));
            }
        }
    }
}

impl From<OldChart> for Chart {
    fn from(old: OldChart) -> Self {
        Chart {
            name: old.chart_name,
            version: old.chart_version,
            repo: old.chart_repo_url,
            release_name: old.release_name,
            values_file: old.values,
            values_merge: old.values_merge,
            ..Chart::default()
        }
    }
}

impl Entry {
    fn configured(self, context: &Context<'_>) -> Result<Configured> {
        let Entry { field, chart, inline, globals, span } = self;
        let Some(options) = context.options.helm.clone() else {
            let error =
                Diagnostic::error("helm-not-enabled", "inflating a chart requires helm, which is not enabled for this build");
            let error = error.at(span).words("must specify --enable-helm");
            return Err(error.help("enable it with `--enable-helm`").into());
        };
        chart.check(span)?;
        let merge = ValuesMerge::parse(&chart.values_merge)?;
        let run = Box::new(Inflation { chart, globals, inline, merge, options, span });
        Ok(Configured { field, run })
    }
}
