//! How a command checks objects: its flags, and the settings files that apply to the directory of the objects.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::flags::BuildFlags;
use crate::check::{Plan, Silences};
use crate::diagnostic::Result;
use crate::load::{Disk, Files};
use crate::options::BuildOptions;
use crate::records::Records;
use crate::schema::VersionRange;
use crate::settings::{self, Settings};
use crate::snapshot::TestSettings;

/// Flags that control validation.
#[derive(Default, clap::Args)]
#[command(next_help_heading = "Validation options")]
pub struct CheckFlags {
    /// Kubernetes version to validate against, or a range of versions such as 1.30..1.33 [default: the newest known version]
    #[arg(long, value_name = "VERSION")]
    kubernetes_version: Option<VersionRange>,
    /// File or directory with CustomResourceDefinitions; may be repeated
    #[arg(long, value_name = "PATH")]
    crds: Vec<PathBuf>,
    /// Report an error for each kind without a known schema
    #[arg(long)]
    require_schemas: bool,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Merge lists in custom resources by the keys in their definitions; kustomize replaces such lists
    #[arg(long)]
    merge_custom_lists: bool,
}

/// The build options for a directory that is checked by a plan.
pub fn options(flags: &BuildFlags, plan: &Plan) -> BuildOptions {
    BuildOptions { custom_lists: plan.merge_custom_lists.then(|| plan.crds.clone()), ..flags.options() }
}

/// The plans of a run. Each settings file is read only once.
pub struct Plans<'f> {
    flags: &'f CheckFlags,
    known: BTreeMap<PathBuf, Settings>,
}

impl<'f> Plans<'f> {
    /// Starts without any settings file read.
    pub fn new(flags: &'f CheckFlags) -> Self {
        Plans { flags, known: BTreeMap::new() }
    }

    /// The plan for the objects of a directory: the flags, and the settings files for everything that the flags leave open.
    pub fn of(&mut self, files: &dyn Files, directory: &Path, records: &mut Records) -> Result<Plan> {
        let flags = self.flags;
        let mut plan = Plan { crds: flags.crds.clone(), require_schemas: flags.require_schemas, ..Plan::default() };
        plan.strict = flags.strict;
        plan.merge_custom_lists = flags.merge_custom_lists;
        let mut versions = flags.kubernetes_version;
        for file in settings::find(files, directory) {
            let settings = self.load(file, files, records)?;
            versions = versions.or(settings.versions);
            plan.crds.extend(settings.crds.iter().cloned());
            plan.require_schemas |= settings.require_schemas;
            plan.strict |= settings.strict;
            plan.merge_custom_lists |= settings.merge_custom_lists;
            plan.silences.push(Rc::clone(&settings.silences));
        }
        Ok(Plan { versions: versions.unwrap_or_default(), ..plan })
    }

    /// The test settings of a directory, from the nearest settings file to the farthest.
    pub fn tests(&mut self, directory: &Path, records: &mut Records) -> Result<Vec<Rc<TestSettings>>> {
        let found = settings::find(&Disk, directory).into_iter();
        found.map(|file| Ok(Rc::clone(&self.load(file, &Disk, records)?.test))).collect()
    }

    fn load(&mut self, file: PathBuf, files: &dyn Files, records: &mut Records) -> Result<&Settings> {
        Ok(match self.known.entry(file) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let settings = settings::load(place.key(), files, records)?;
                place.insert(settings)
            }
        })
    }

    /// The findings that the settings files silence.
    pub fn silences(&self) -> impl Iterator<Item = &Rc<Silences>> {
        self.known.values().map(|settings| &settings.silences)
    }
}
