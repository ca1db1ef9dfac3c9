//! Checks the objects of a side, so that the findings of both sides can be compared.
//!
//! The settings of the base decide about the findings of both sides: a change can't silence what it introduces. Two paths have no
//! base: the settings of a side decide about its own findings. The findings are left in the records of the side.

use std::path::Path;
use std::sync::Arc;

use crate::check::{Plan, Report, Revisions, Whole, check, find_effects, of_build};
use crate::commands::checking::{CheckFlags, Plans};
use crate::commands::choice::{BaseFlag, SettingsFlags};
use crate::diagnostic::{Result, Severity};
use crate::diff::Object;
use crate::load::{Disk, Files};
use crate::records::Records;
use crate::resource::ResMap;
use crate::yaml::Node;

/// The settings of a side: those of the same directory, in its own tree or in that of the other side.
pub struct SettingsOf<'a> {
    /// The tree.
    pub files: &'a Arc<dyn Files>,
    /// The directory in it.
    pub directory: &'a Path,
    /// The flags about settings.
    pub flags: &'a SettingsFlags,
    /// The root of the working tree, where the paths in settings of a revision start.
    pub root: &'a Path,
}

impl SettingsOf<'_> {
    /// The plan for building the directory.
    pub fn plan(&self, records: &mut Records) -> Result<Plan> {
        let flags = CheckFlags::of(&self.flags.of_side(), &BaseFlag::default());
        Plans::new(&flags).rooted(self.root).of(self.files, self.directory, records)
    }
}

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
    pub fn manifests(&self, objects: &[Object], path: &Path, settings: &SettingsOf<'_>, records: &mut Records) -> Result<()> {
        if !self.validate {
            return Ok(());
        }
        let directory = if path.is_dir() { Some(path) } else { path.parent() };
        let directory = directory.filter(|directory| *directory != Path::new("")).unwrap_or(Path::new("."));
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let own = SettingsOf { files: &disk, directory, flags: settings.flags, root: settings.root }.plan(records)?;
        let nodes = || objects.iter().filter(|object| !object.is_document()).map(|object| object.node.clone()).collect();
        self.run(nodes, &Whole::Part, own, records)?;
        // They are about what may be elsewhere, which differs with each reference.
        records.findings.retain(|finding| finding.diagnostic.severity > Severity::Note);
        Ok(())
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
