//! How a command checks objects: its flags, and the settings of the place where the objects stand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::check::{Plan, Silences};
use crate::diagnostic::Result;
use crate::schema::VersionRange;
use crate::settings::{self, Settings};
use crate::stage::Records;

/// Flags of checking.
#[derive(clap::Args)]
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
}

/// The plans of a run: one for each settings file.
pub struct Plans<'f> {
    flags: &'f CheckFlags,
    known: BTreeMap<Option<PathBuf>, Plan>,
}

impl<'f> Plans<'f> {
    /// No plan yet.
    pub fn new(flags: &'f CheckFlags) -> Self {
        Plans { flags, known: BTreeMap::new() }
    }

    /// The plan for objects of a directory. Those with one settings file share it.
    pub fn of(&mut self, directory: &Path, records: &mut Records) -> Result<Plan> {
        let file = settings::find(directory);
        if let Some(plan) = self.known.get(&file) {
            return Ok(plan.clone());
        }
        let settings = file.as_deref().map(|file| settings::load(file, records)).transpose()?.unwrap_or_default();
        let plan = self.flags.over(settings);
        self.known.insert(file, plan.clone());
        Ok(plan)
    }

    /// What the plans silence, file by file.
    pub fn silences(&self) -> impl Iterator<Item = &Rc<Silences>> {
        self.known.values().map(|plan| &plan.silences)
    }
}

impl CheckFlags {
    /// The flags, and the settings where they say nothing.
    fn over(&self, settings: Settings) -> Plan {
        Plan {
            versions: self.kubernetes_version.or(settings.versions).unwrap_or_default(),
            crds: [self.crds.clone(), settings.crds].concat(),
            require_schemas: self.require_schemas || settings.require_schemas,
            strict: self.strict || settings.strict,
            silences: settings.silences,
        }
    }
}
