//! One chart on its way to objects: found or pulled, given its values, rendered by helm.
//!
//! The command lines are kustomize's, to the order of the options. Behaviour: `Generate` of kustomize's
//! `HelmChartInflationGenerator`, and `AsHelmArgs`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ecow::EcoString;

use super::helm_chart::{Chart, Globals};
use super::helm_output::{ChartPlace, Names};
use super::helm_values::{Values, ValuesMerge};
use crate::diagnostic::{Diagnostic, Diagnostics, Result, did_you_mean};
use crate::load::helm::{Helm, Pull, PullError, Ran, names};
use crate::load::{Kind, tidy};
use crate::pipeline::HelmOptions;
use crate::resource::Resource;
use crate::source::Span;
use crate::stage::{Context, Generator};
use crate::yaml::{Dialect, Node};

/// Where charts are when `chartHome` says nothing.
const CHART_HOME: &str = "charts";

/// A chart that is to be inflated.
pub struct Inflation {
    /// What the entry says.
    pub chart: Chart,
    /// What counts for all charts.
    pub globals: Globals,
    /// The entry's inline values.
    pub inline: Option<Node>,
    /// How they come together with the values file.
    pub merge: ValuesMerge,
    /// The program, and what the command line says.
    pub options: HelmOptions,
    /// The entry.
    pub span: Span,
}

impl Generator for Inflation {
    fn generate(&self, context: &mut Context<'_>) -> Result<Vec<Resource>> {
        let home = Some(self.globals.config_home.as_str()).filter(|home| !home.is_empty());
        let helm = Helm::new(&self.options.command, home).map_err(|error| error.at(self.span))?;
        self.check_helm(&helm, context)?;
        let relative = tidy(&self.outer_directory().join(self.chart.name.as_str()));
        let (directory, shown) = (tidy(&context.loader.root().join(&relative)), tidy(&context.loader.shown().join(&relative)));
        let place = ChartPlace { directory: &directory, shown: &shown, span: self.span };
        self.find(&place, &helm, context)?;
        let mut names = Names::default();
        let values = self.values(&relative, &helm, &mut names, context)?;
        names.add(&directory, &shown);
        let arguments = self.chart.template_arguments(&directory, &values, &self.options);
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
        place: &ChartPlace<'_>,
        helm: &Helm,
        mut arguments: Vec<OsString>,
        ran: &Ran,
        names: &Names,
        context: &mut Context<'_>,
    ) -> Diagnostics {
        // helm tells a line of what it rendered, but shows that only when it is asked to: then our reader tells the place.
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
        if !context.records.fit_helms.contains(helm.program()) {
            helm.check_version().map_err(|error| error.at(self.span))?;
            context.records.fit_helms.insert(helm.program().to_owned());
        }
        Ok(())
    }

    fn chart_home(&self) -> &str {
        if self.globals.chart_home.is_empty() { CHART_HOME } else { &self.globals.chart_home }
    }

    /// The directory that the chart's own directory stands in, relative to the kustomization unless `chartHome` is
    /// absolute. A pulled chart's tells its version.
    fn outer_directory(&self) -> PathBuf {
        let Chart { name, version, repo, .. } = &self.chart;
        let home = Path::new(self.chart_home());
        if version.is_empty() || repo.is_empty() {
            return home.to_owned();
        }
        home.join(format!("{}-{}", name.value, version.value))
    }

    /// Sees to it that the chart is there.
    fn find(&self, place: &ChartPlace<'_>, helm: &Helm, context: &mut Context<'_>) -> Result<(), Diagnostic> {
        let shown = place.shown.display();
        let error = |message: String| Diagnostic::error("no-chart", message).at(self.chart.name.span.unwrap_or(self.span));
        match context.loader.files().kind(place.directory) {
            Some(Kind::Directory) => {
                self.warn_of_other_version(place, context);
                return Ok(());
            }
            Some(Kind::File) => return Err(error(format!("`{shown}` is a file, but a chart is a directory"))),
            None => {}
        }
        let root = context.loader.root();
        if self.chart.repo.is_empty() {
            let there = names(&root.join(self.chart_home()));
            let near = did_you_mean(&self.chart.name, there.iter().map(String::as_str));
            let help = near.map_or("put it there, or set `repo`".into(), |near| format!("did you mean `{near}`?"));
            return Err(error(format!("there is no chart in `{shown}`, and no `repo` to pull it from")).help(help));
        }
        if context.options.offline {
            return Err(error(format!("there is no chart in `{shown}`, and `--offline` forbids to pull it")));
        }
        let (home, directory) = (tidy(&root.join(self.chart_home())), tidy(&root.join(self.outer_directory())));
        let arguments = self.chart.pull_arguments();
        let shown = tidy(&context.loader.shown().join(self.chart_home()));
        let pull = Pull { home: &home, shown: &shown, directory: &directory, name: &self.chart.name, arguments };
        pull.run(helm).map_err(|error| match error {
            PullError::Other(error) => error.at(self.span),
            PullError::Helm(ran) => {
                let what = format!("helm can't pull the chart `{}` from `{}`", self.chart.name.value, self.chart.repo.value);
                place.failure(&what, &ran, &Names::default(), context)
            }
        })
    }

    /// kustomize takes a chart that is there without a look at its version.
    fn warn_of_other_version(&self, place: &ChartPlace<'_>, context: &mut Context<'_>) {
        let wanted = &self.chart.version;
        let Some(span) = wanted.span.filter(|_| is_exact(wanted)) else { return };
        let Some(found) = chart_version(place, context).filter(|version| is_exact(version)) else { return };
        if found.trim_start_matches('v') != wanted.trim_start_matches('v') {
            let message = format!("version {} is asked for, but `{}` is {found}", wanted.value, place.shown.display());
            let warning = Diagnostic::warning("chart-version", message).at(span);
            context.records.warnings.push(warning.help("a chart that is in its place is used whatever its version"));
        }
    }

    /// The files of values that helm reads.
    fn values(&self, chart: &Path, helm: &Helm, names: &mut Names, context: &mut Context<'_>) -> Result<Vec<PathBuf>> {
        let own_file = chart.join("values.yaml").display().to_string();
        let named = self.chart.values_file.span.filter(|_| !self.chart.values_file.is_empty());
        let file = if named.is_some() { self.chart.values_file.as_str() } else { own_file.as_str() };
        let values = Values { file, named_at: named, inline: self.inline.as_ref(), merge: self.merge, span: self.span };
        let mut texts = vec![(file, values.text(context)?)];
        for file in &self.chart.additional_values_files {
            let read = context.loader.read(file).map_err(|error| error.at(file.span.unwrap_or(self.span)))?;
            texts.push((file.as_str(), read.1));
        }
        let mut paths = Vec::new();
        // helm reads what was read here, not the files once more: what it gets is what was allowed.
        for (index, (file, text)) in texts.into_iter().enumerate() {
            let path = helm.keep(&format!("values-{index}.yaml"), &text).map_err(|error| error.at(self.span))?;
            names.add(&path, &tidy(&context.loader.shown().join(file)));
            paths.push(path);
        }
        Ok(paths)
    }
}

impl Chart {
    /// What `helm pull` is told besides the directory.
    fn pull_arguments(&self) -> Vec<String> {
        let mut arguments = match self.repo.as_str() {
            oci if oci.starts_with("oci://") => vec![format!("{}/{}", oci.strip_suffix('/').unwrap_or(oci), self.name.value)],
            repo => vec!["--repo".into(), repo.to_owned(), self.name.value.clone()],
        };
        if !self.version.is_empty() {
            arguments.extend(["--version".into(), self.version.value.clone()]);
        }
        if self.devel {
            arguments.push("--devel".into());
        }
        arguments
    }

    /// What `helm template` is told.
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

/// The version that a chart tells.
fn chart_version(place: &ChartPlace<'_>, context: &mut Context<'_>) -> Option<EcoString> {
    let content = context.loader.files().read(&place.directory.join("Chart.yaml")).ok()?;
    let source = context.records.add_text(place.shown.join("Chart.yaml"), content).ok()?;
    let about = context.records.first_document(source, context.step, Dialect::Values).ok()??;
    about.get("version").and_then(Node::as_text).cloned()
}

/// Whether a version names one version, and no range of them.
fn is_exact(version: &str) -> bool {
    let digits = version.strip_prefix('v').unwrap_or(version);
    let core = digits.split(['-', '+']).next().unwrap_or("");
    core.split('.').count() == 3 && core.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
