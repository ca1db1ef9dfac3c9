//! Checks the objects of a side, so that the findings of both sides can be compared.
//!
//! The settings of the base decide about the findings of both sides: a change can't silence what it introduces. Two paths have no
//! base: the settings of a side decide about its own findings. The findings are left in the records of the side.

use std::path::Path;
use std::sync::Arc;

use super::side::SettingsOf;
use crate::check::{Plan, Report, Revisions, Whole, check, find_effects, of_build};
use crate::diagnostic::Result;
use crate::load::{Disk, Files};
use crate::records::Records;
use crate::resource::ResMap;
use crate::yaml::Node;

/// How a side is checked.
pub struct Checks<'a> {
    /// Whether the objects are validated; the findings of builds are always compared.
    pub validate: bool,
    /// The settings that decide about findings; `None` for those that the side is built with.
    pub settings: Option<SettingsOf<'a>>,
    /// The revisions that are compared.
    pub revisions: &'a Revisions,
}

impl Checks<'_> {
    /// Checks the objects of a build. `own` is the plan that they were built with.
    ///
    /// # Errors
    /// The settings can't be read.
    pub fn build(&self, resources: &ResMap, directory: &Path, own: Plan, records: &mut Records) -> Result<()> {
        find_effects(resources, records);
        let nodes = || resources.iter().map(|resource| resource.node().clone()).collect();
        self.run(nodes, &Whole::build(directory), own, records)
    }

    /// Checks the objects of manifests, with the settings of a path. Documents that are not objects are not checked.
    ///
    /// # Errors
    /// The settings can't be read.
    pub fn manifests(&self, objects: &[Node], path: &Path, settings: &SettingsOf<'_>, records: &mut Records) -> Result<()> {
        if !self.validate {
            return Ok(());
        }
        let directory = if path.is_dir() { Some(path) } else { path.parent() };
        let directory = directory.filter(|directory| *directory != Path::new("")).unwrap_or(Path::new("."));
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let own = SettingsOf { files: &disk, directory, flags: settings.flags, root: settings.root }.plan(records)?;
        let is_object = |node: &&Node| ["apiVersion", "kind"].iter().all(|key| node.get(key).is_some());
        self.run(|| objects.iter().filter(is_object).cloned().collect(), &Whole::Part, own, records)
    }

    fn run(&self, nodes: impl FnOnce() -> Vec<Node>, whole: &Whole, own: Plan, records: &mut Records) -> Result<()> {
        let before = records.findings.len();
        let plan = match &self.settings {
            Some(settings) => settings.plan(records)?,
            None => own,
        };
        // Findings about settings of the other side belong to that side.
        records.findings.truncate(before);
        let plan = Plan { revisions: self.revisions.clone(), ..plan };
        let mut report = Report::default();
        if self.validate {
            report.extend(check(&nodes(), whole, &plan, records));
        }
        report.extend(of_build(&plan, records));
        records.findings = report.into_findings(&records.sources);
        Ok(())
    }
}
