//! Helm charts: their values files are copied as other files are, and the directory that contains the charts as a whole.
//!
//! A directory that does not exist stays as it is: helm may put charts there. Links in it are left out.
//! Behavior: `localizeHelmInflationGenerator`, `localizeHelmCharts`, and `copyChartHomeEntry` of kustomize's localizer.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::go_path::{Ground, clean, join, relative};
use super::native::{Fields, items, items_of};
use super::place::Place;
use super::root::{Root, shown};
use super::words::{Failure, Result, Within, path_error, quoted_path};
use crate::kustomize_words::quote;
use crate::load::Kind;

/// Where charts are if a kustomization does not say it.
const DEFAULT_HOME: &str = "charts";

impl Root<'_> {
    /// Localizes all fields about charts.
    pub(super) fn charts(&mut self, fields: &mut Fields) -> Result<()> {
        for (at, chart) in items(fields, "helmChartInflationGenerator").enumerate() {
            let field = "helmChartInflationGenerator";
            self.field(chart, "values").within(|| format!("unable to localize {field} entry {at} values"))?;
            self.home(chart).within(|| format!("unable to copy {field} entry {at}"))?;
        }
        let mut has_charts = false;
        for (at, chart) in items(fields, "helmCharts").enumerate() {
            has_charts = true;
            let place = |field: &str| format!("unable to localize helmCharts entry {at} {field}");
            self.field(chart, "valuesFile").within(|| place("valuesFile"))?;
            for file in items_of(chart, "additionalValuesFiles") {
                self.replace(file, Root::file).within(|| place("additionalValuesFiles"))?;
            }
        }
        match fields.get_mut("helmGlobals").filter(|globals| !globals.is_null()) {
            Some(globals) => self.home(globals).within(|| "unable to copy helmGlobals"),
            None if has_charts => self.chart_home("").within(|| "unable to copy default chart home").map(drop),
            None => Ok(()),
        }
    }

    /// The field `chartHome` of an object.
    fn home(&mut self, object: &mut Value) -> Result<()> {
        match object.get_mut("chartHome") {
            Some(home) => self.replace(home, Root::chart_home),
            None => self.chart_home("").map(drop),
        }
    }

    /// Copies the directory that contains charts, and returns its new path; an empty path is the default and stays empty.
    pub(super) fn chart_home(&mut self, entry: &str) -> Result<String> {
        let path = if entry.is_empty() { DEFAULT_HOME } else { entry };
        if Path::new(path).is_absolute() {
            return Err(Failure(format!("absolute path {} not handled in alpha", quote(path))));
        }
        let is_default = join(self.place.root(), path) == join(self.place.root(), DEFAULT_HOME);
        let new = self.copy_home(path, !is_default).within(|| format!("unable to copy home {}", quote(entry)))?;
        Ok(if entry.is_empty() { String::new() } else { shown(&new) })
    }

    /// Copies a directory of charts, to the place that links lead to if `follows` is set.
    fn copy_home(&mut self, path: &str, follows: bool) -> Result<PathBuf> {
        let path = relative(self.place.root(), &join(self.place.root(), path));
        if !self.place.exists(&path) {
            return Ok(path);
        }
        let place = self.place.directory(&shown(&path)).within(|| "invalid chart home")?;
        let new = if follows { relative(self.place.root(), place.root()) } else { path.clone() };
        let to = clean(&self.to.join(&new));
        if !self.place.bounds.destination.exists(&to) {
            let copied = copy(&place, Path::new(""), &to);
            let copied = copied.within(|| format!("unable to copy directory {}", quoted_path(place.root())));
            copied.within(|| format!("unable to copy chart home {}", quoted_path(&path)))?;
        }
        Ok(new)
    }
}

/// Copies what is below a path of a directory, without following links.
fn copy(from: &Place, path: &Path, to: &Path) -> Result<()> {
    let destination = &from.bounds.destination;
    let directory = from.root().join(path);
    // What is already at the destination is not copied into itself.
    if [destination.path(), &destination.actual(destination.path())].contains(&directory.as_path()) {
        return Ok(());
    }
    destination.create_directory(&clean(&to.join(path)))?;
    let names = from.files().list(&directory).map_err(|cause| path_error("open", &directory, &cause))?;
    for name in names {
        let (inner, whole) = (path.join(&name), directory.join(&name));
        if from.files().link(&whole).is_some() {
            continue;
        }
        if from.files().kind(&whole) == Some(Kind::Directory) {
            copy(from, &inner, to)?;
        } else {
            let content = from.files().read(&whole).map_err(|cause| path_error("open", &whole, &cause))?;
            destination.write(&clean(&to.join(&inner)), &content)?;
        }
    }
    Ok(())
}
