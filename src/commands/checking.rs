//! How a command checks objects: its flags, and the settings of the place where the objects stand.

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

/// Flags of checking.
#[derive(Default, clap::Args)]
#[command(next_help_heading = "Validation options")]
pub struct CheckFlags {
    /// The Kubernetes version to check for, or a range such as 1.30..1.33 [default: the newest known]
    #[arg(long, value_name = "VERSION")]
    kubernetes_version: Option<VersionRange>,
    /// Files and directories with CustomResourceDefinitions
    #[arg(long, value_name = "PATH")]
    crds: Vec<PathBuf>,
    /// A kind without a known schema is an error
    #[arg(long)]
    require_schemas: bool,
    /// Warnings are errors
    #[arg(long)]
    strict: bool,
    /// Merge lists of custom resources by the keys of their definitions; kustomize replaces them
    #[arg(long)]
    merge_custom_lists: bool,
}

/// How a directory is built that is checked by a plan.
pub fn options(flags: &BuildFlags, plan: &Plan) -> BuildOptions {
    BuildOptions { custom_lists: plan.merge_custom_lists.then(|| plan.crds.clone()), ..flags.options() }
}

/// The plans of a run. Each settings file is read once.
pub struct Plans<'f> {
    flags: &'f CheckFlags,
    known: BTreeMap<PathBuf, Settings>,
}

impl<'f> Plans<'f> {
    /// No file is known yet.
    pub fn new(flags: &'f CheckFlags) -> Self {
        Plans { flags, known: BTreeMap::new() }
    }

    /// The plan for objects of a directory: what the flags say, and the settings where they say nothing.
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

    /// How a directory is tested, the nearest file first.
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

    /// What the files silence.
    pub fn silences(&self) -> impl Iterator<Item = &Rc<Silences>> {
        self.known.values().map(|settings| &settings.silences)
    }
}
