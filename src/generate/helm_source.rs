//! Finds a chart: in `chartHome`, regardless of its version, or pulled into it.
//!
//! The name of the directory contains the version if both `version` and `repo` are given. A kustomization of a fetched
//! repository has its own temporary `chartHome`, since the repository is shared between builds; its charts can't lie
//! outside the repository. A chart of a git revision is copied to where helm can read it. Behavior: kustomize's
//! `chartExistsLocally` and `pullCommand`.

use std::path::Path;

use ecow::EcoString;

use super::helm_entry::Chart;
use super::helm_inflation::Inflation;
use super::helm_output::{ChartPlace, Names};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::load::helm::{Helm, Pull, PullError, leaves, names};
use crate::load::reads::What;
use crate::load::{Guard, Kind, Restrictions, tidy};
use crate::stage::Context;
use crate::yaml::{Dialect, Node};

/// Where charts are if `chartHome` is not set.
const CHART_HOME: &str = "charts";

impl Inflation {
    /// The chart, pulled if it does not exist locally.
    pub(super) fn find(&self, helm: &Helm, context: &mut Context<'_>) -> Result<ChartPlace, Diagnostic> {
        let path = tidy(&self.chart_home().join(self.outer_directory()).join(self.chart.name.as_str()));
        context.loader.note(Some(context.step), What::Chart, &path.to_string_lossy());
        let mut place = ChartPlace {
            directory: tidy(&context.loader.root().join(&path)),
            shown: context.loader.show(&path.to_string_lossy()),
            span: self.span,
            path: Some(path),
        };
        let shown = place.shown.display();
        self.check_repository(&place, context)?;
        match context.loader.files().kind(&place.directory) {
            Some(Kind::Directory) => {
                self.warn_of_other_version(&place, context);
                if !context.loader.files().on_disk() {
                    place.directory = helm
                        .copy(&**context.loader.files(), &place.directory, &place.shown)
                        .map_err(|error| error.at(self.span))?;
                }
                Ok(place)
            }
            Some(Kind::File) => Err(self.no_chart(format!("`{shown}` is a file, but a chart must be a directory"))),
            None if self.chart.repo.is_empty() => {
                let there = names(&context.loader.root().join(self.chart_home()));
                let near = did_you_mean(&self.chart.name, there.iter().map(String::as_str));
                let help = near.map_or("add the chart, or set `repo`".into(), |near| format!("did you mean `{near}`?"));
                Err(self.no_chart(format!("there is no chart in `{shown}`, and no `repo` to pull it from")).help(help))
            }
            None if context.options.offline => {
                Err(self.no_chart(format!("there is no chart in `{shown}`, and `--offline` prevents pulling it")))
            }
            None if !context.options.allowed_hosts.is_empty() => {
                let message = format!("there is no chart in `{shown}`, and `--allow-remote` prevents pulling it");
                Err(self.no_chart(message).help("helm can't be limited to some servers: pull the chart before the build"))
            }
            None => self.pull(place, helm, context),
        }
    }

    fn no_chart(&self, message: String) -> Diagnostic {
        Diagnostic::error("no-chart", message).at(self.chart.name.span.unwrap_or(self.span))
    }

    fn chart_home(&self) -> &Path {
        Path::new(if self.globals.chart_home.is_empty() { CHART_HOME } else { &self.globals.chart_home })
    }

    /// The directory in `chartHome` that contains the chart's own directory.
    fn outer_directory(&self) -> String {
        let Chart { name, version, repo, .. } = &self.chart;
        if version.is_empty() || repo.is_empty() { String::new() } else { format!("{}-{}", name.value, version.value) }
    }

    fn pull(&self, mut place: ChartPlace, helm: &Helm, context: &mut Context<'_>) -> Result<ChartPlace, Diagnostic> {
        let mut home = tidy(&context.loader.root().join(self.chart_home()));
        if context.loader.repository_root().is_some() || !context.loader.files().on_disk() {
            home = helm.directory("charts").map_err(|error| error.at(self.span))?;
            place.directory = home.join(self.outer_directory()).join(self.chart.name.as_str());
            place.path = None;
        }
        let shown = context.loader.show(&self.chart_home().to_string_lossy());
        let directory = tidy(&home.join(self.outer_directory()));
        let arguments = self.chart.pull_arguments();
        let pull = Pull { home: &home, shown: &shown, directory: &directory, name: &self.chart.name, arguments };
        match pull.run(helm) {
            Ok(()) => Ok(place),
            Err(PullError::Other(error)) => Err(error.at(self.span)),
            Err(PullError::Helm(ran)) => {
                let what = format!("helm can't pull the chart `{}` from `{}`", self.chart.name.value, self.chart.repo.value);
                Err(place.failure(&what, &ran, &Names::default(), context))
            }
        }
    }

    /// A kustomization of a repository can't read outside it: neither through `chartHome` nor through links in the chart.
    fn check_repository(&self, place: &ChartPlace, context: &Context<'_>) -> Result<(), Diagnostic> {
        let Some(root) = context.loader.repository_root() else { return self.check_links(place, context) };
        let outside = |what: String| Diagnostic::error("outside-root", what).at(self.span);
        if !self.globals.config_home.is_empty() {
            let message = "a kustomization of a remote repository can't set helm's home: it may contain programs";
            return Err(outside(message.into()).help("remove `configHome`"));
        }
        if !place.directory.starts_with(root) {
            return Err(outside(format!("`{}` is outside its repository", place.shown.display())));
        }
        match leaves(&place.directory, root) {
            Some(link) => {
                let link = place.shown.join(link.strip_prefix(&place.directory).unwrap_or(&link));
                Err(outside(format!("`{}` links to a path outside its repository", link.display())))
            }
            None => Ok(()),
        }
    }

    /// The links of a local chart can't leave its repository (without one, the chart): helm would follow them.
    fn check_links(&self, place: &ChartPlace, context: &Context<'_>) -> Result<(), Diagnostic> {
        let files = context.loader.files();
        if context.options.restrictions == Restrictions::None || files.kind(&place.directory) != Some(Kind::Directory) {
            return Ok(());
        }
        let guard = Guard::around(files, &place.directory);
        let Some(link) = leaves(&place.directory, guard.root()).filter(|_| files.on_disk()) else { return Ok(()) };
        let link = place.shown.join(link.strip_prefix(&place.directory).unwrap_or(&link));
        let message = format!("`{}` links to a path outside the repository of the chart", link.display());
        let help = "replace the link by a copy, or allow it with `--load-restrictor LoadRestrictionsNone`";
        Err(Diagnostic::error("outside-root", message).at(self.span).help(help))
    }

    /// kustomize uses an existing chart without checking its version.
    fn warn_of_other_version(&self, place: &ChartPlace, context: &mut Context<'_>) {
        let wanted = &self.chart.version;
        let Some(span) = wanted.span.filter(|_| is_exact(wanted)) else { return };
        let Some(found) = chart_version(place, context).filter(|version| is_exact(version)) else { return };
        if found.trim_start_matches('v') != wanted.trim_start_matches('v') {
            let message = format!("expected version {}, found version {found} in `{}`", wanted.value, place.shown.display());
            let warning = Diagnostic::warning("chart-version", message).at(span);
            context.records.find(warning.help("an existing chart is used regardless of its version"));
        }
    }
}

impl Chart {
    /// The arguments of `helm pull`, except the directory.
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
}

/// The version in a chart's `Chart.yaml`.
fn chart_version(place: &ChartPlace, context: &mut Context<'_>) -> Option<EcoString> {
    let content = Guard::at(context.loader.files(), &place.directory).read(&place.directory.join("Chart.yaml")).ok()?;
    let source = context.records.add_text(place.shown.join("Chart.yaml"), content).ok()?;
    let about = context.records.first_document(source, context.step, Dialect::Values).ok()??;
    about.get("version").and_then(Node::as_text).cloned()
}

/// Whether a version is exact, not a range.
fn is_exact(version: &str) -> bool {
    let digits = version.strip_prefix('v').unwrap_or(version);
    let core = digits.split(['-', '+']).next().unwrap_or("");
    core.split('.').count() == 3 && core.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Located;

    #[test]
    fn charts_of_registries_are_named_with_the_registry() {
        let text = |value: &str| Located { value: value.to_owned(), span: None };
        let mut chart = Chart { name: text("shop"), repo: text("oci://registry.example.com/charts/"), ..Chart::default() };
        assert_eq!(chart.pull_arguments(), ["oci://registry.example.com/charts/shop"]);
        chart.version = text("1.2.3");
        chart.repo = text("https://charts.example.com/");
        chart.devel = true;
        let arguments = ["--repo", "https://charts.example.com/", "shop", "--version", "1.2.3", "--devel"];
        assert_eq!(chart.pull_arguments(), arguments);
    }

    #[test]
    fn version_ranges_are_recognized() {
        assert!(["1.2.3", "v1.2.3", "1.2.3-rc.1+build"].into_iter().all(is_exact));
        assert!(!["1.2", "^1.2.3", "1.2.x", ">1.2.3", ""].into_iter().any(is_exact));
    }
}
