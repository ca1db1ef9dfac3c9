//! Inflates one chart: finds or pulls it, prepares its values, and renders it with helm.
//!
//! The command lines are the same as kustomize's, down to the order of the options. Behavior: `Generate` of kustomize's
//! `HelmChartInflationGenerator`, and `AsHelmArgs`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::helm_entry::{Chart, Globals};
use super::helm_output::{ChartPlace, Names};
use super::helm_values::{Values, ValuesFile, ValuesMerge};
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::load::helm::{Helm, Ran};
use crate::options::HelmOptions;
use crate::resource::Resource;
use crate::source::Span;
use crate::stage::{Context, Generator};
use crate::yaml::Node;

/// A chart that is to be inflated.
pub struct Inflation {
    /// The item of `helmCharts`.
    pub chart: Chart,
    /// The settings for all charts.
    pub globals: Globals,
    /// The item's inline values.
    pub inline: Option<Node>,
    /// How they are combined with the values file.
    pub merge: ValuesMerge,
    /// The program, and the options from the command line.
    pub options: HelmOptions,
    /// The location of the item.
    pub span: Span,
}

impl Generator for Inflation {
    fn generate(&self, context: &mut Context<'_>) -> Result<Vec<Resource>> {
        let home = Some(self.globals.config_home.as_str()).filter(|home| !home.is_empty());
        let helm = Helm::new(&self.options.command, home).map_err(|error| error.at(self.span))?;
        self.check_helm(&helm, context)?;
        let place = self.find(&helm, context)?;
        let mut names = Names::default();
        let values = self.values(&place, &helm, &mut names, context)?;
        names.add(&place.directory, &place.shown);
        let arguments = self.chart.template_arguments(&place.directory, &values, &self.options);
        let ran = helm.run(&arguments).map_err(|error| error.at(self.span))?;
        if ran.success {
            place.warnings(&ran.stderr, context);
            return place.objects(ran.stdout, context);
        }
        let command = format!("`{}`", names.put_into(&ran.command));
        Err(self.failure(&place, &helm, arguments, &ran, &names, context).trace(command, None))
    }
}

impl Inflation {
    /// Why helm can't render the chart.
    fn failure(
        &self,
        place: &ChartPlace,
        helm: &Helm,
        mut arguments: Vec<OsString>,
        ran: &Ran,
        names: &Names,
        context: &mut Context<'_>,
    ) -> Diagnostics {
        // helm reports a line of its rendered output, but prints that only with `--debug`; parsing it yields the location.
        if ran.stderr.contains("YAML parse error on") {
            arguments.push("--debug".into());
            let again = helm.run(&arguments).map_err(|error| error.at(self.span).into());
            if let Err(errors) = again.and_then(|again| place.objects(again.stdout, context)) {
                return errors;
            }
        }
        let what = format!("helm can't render the chart `{}`", self.chart.name.value);
        place.failure(&what, ran, names, context).into()
    }

    fn check_helm(&self, helm: &Helm, context: &mut Context<'_>) -> Result<(), Diagnostic> {
        context.records.check_helm(helm.program(), || helm.check_version().map_err(|error| error.at(self.span)))
    }

    /// The values files that helm reads.
    fn values(&self, place: &ChartPlace, helm: &Helm, names: &mut Names, context: &mut Context<'_>) -> Result<Vec<PathBuf>> {
        let file = match &place.path {
            _ if !self.chart.values_file.is_empty() => ValuesFile::Named(&self.chart.values_file),
            Some(chart) => ValuesFile::Own(chart.join("values.yaml").display().to_string()),
            None => ValuesFile::Pulled { file: place.directory.join("values.yaml"), shown: place.shown.join("values.yaml") },
        };
        let values = Values { file, inline: self.inline.as_ref(), merge: self.merge, span: self.span };
        let mut texts = vec![(values.file.shown(context), values.text(context)?)];
        for file in &self.chart.additional_values_files {
            texts.push(context.loader.read(file, context.step).map_err(|error| error.at(file.span.unwrap_or(self.span)))?);
        }
        let mut paths = Vec::new();
        // helm reads copies of what was read here, not the files again: it only gets what is allowed.
        for (index, (shown, text)) in texts.into_iter().enumerate() {
            let path = helm.keep(&format!("values-{index}.yaml"), &text).map_err(|error| error.at(self.span))?;
            names.add(&path, &shown);
            paths.push(path);
        }
        Ok(paths)
    }
}

impl Chart {
    /// The arguments of `helm template`.
    fn template_arguments(&self, directory: &Path, values: &[PathBuf], options: &HelmOptions) -> Vec<OsString> {
        let release = if self.release_name.is_empty() { "--generate-name" } else { self.release_name.as_str() };
        let mut arguments: Vec<OsString> = vec!["template".into(), release.into(), directory.into()];
        let mut option = |name: &str, value: &str| {
            if !value.is_empty() {
                arguments.extend([name.into(), value.into()]);
            }
        };
        option("--namespace", &self.namespace);
        option("--name-template", &self.name_template);
        values.iter().for_each(|path| arguments.extend(["-f".into(), path.into()]));
        let api_versions = if self.api_versions.is_empty() { &options.api_versions } else { &self.api_versions };
        let kube_version = Some(&self.kube_version).filter(|version| !version.is_empty()).or(options.kube_version.as_ref());
        let pairs = api_versions.iter().map(|version| ("--api-versions", version));
        pairs.chain(kube_version.map(|version| ("--kube-version", version))).for_each(|(name, value)| {
            arguments.extend([name.into(), value.into()]);
        });
        let flags = [
            ("--include-crds", self.include_crds),
            ("--skip-tests", self.skip_tests),
            ("--no-hooks", self.skip_hooks),
            ("--debug", self.debug || options.debug),
            ("--devel", self.devel),
        ];
        arguments.extend(flags.into_iter().filter(|(_, set)| *set).map(|(flag, _)| flag.into()));
        arguments
    }
}
