//! How a command checks objects: its flags, and the settings files that apply to the directory of the objects.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::choice::{Base, BaseFlag, SettingsFlags};
use super::flags::BuildFlags;
use crate::assertion::SharedAssertions;
use crate::check::{Placeholders, Plan, Silences};
use crate::definitions::DefinitionPath;
use crate::deps::Needs;
use crate::diagnostic::Result;
use crate::load::{Disk, Files, tidy};
use crate::options::BuildOptions;
use crate::records::Records;
use crate::repository::Patterns;
use crate::schema::VersionRange;
use crate::settings::{self, Place, Settings};
use crate::snapshot::TestSettings;

/// Flags that control validation.
#[derive(Default, clap::Args)]
#[command(next_help_heading = "Validation options")]
pub struct CheckFlags {
    /// Kubernetes version to validate against, or a range of versions such as 1.30..1.33 [default: the newest known version]
    #[arg(long, value_name = "VERSION")]
    kubernetes_version: Option<VersionRange>,
    /// File or directory with CustomResourceDefinitions or JSON schemas, or a path such as
    /// schemas/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json; may be repeated
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
    /// Update names in custom resources that refer to renamed objects; kustomize only updates names in the kinds that it knows
    #[arg(long)]
    custom_references: bool,
    #[command(flatten)]
    settings: SettingsFlags,
    #[command(flatten)]
    base: BaseFlag,
}

impl CheckFlags {
    /// The flags of a command that only has those about settings.
    pub fn of(settings: &SettingsFlags, base: &BaseFlag) -> Self {
        CheckFlags { settings: settings.clone(), base: base.clone(), ..CheckFlags::default() }
    }
}

/// The build options for a directory that is checked by a plan.
pub fn options(flags: &BuildFlags, plan: &Plan) -> BuildOptions {
    let custom_lists = plan.merge_custom_lists.then(|| plan.crds.clone());
    BuildOptions { custom_lists, custom_references: plan.custom_references, ..flags.options() }
}

/// The plans of a run. Each settings file is read only once.
pub struct Plans<'f> {
    flags: &'f CheckFlags,
    known: BTreeMap<PathBuf, Settings>,
    /// The root of the working tree, where the paths in settings of a revision start.
    root: Option<PathBuf>,
    /// The revision that settings come from, once it is open.
    base: Option<Base>,
}

impl<'f> Plans<'f> {
    /// Starts without any settings file read.
    pub fn new(flags: &'f CheckFlags) -> Self {
        Plans { flags, known: BTreeMap::new(), root: None, base: None }
    }

    /// The same for settings of revisions, whose paths are those of a working tree.
    pub fn rooted(self, root: &Path) -> Self {
        Plans { root: Some(root.to_owned()), ..self }
    }

    /// The plan for the objects of a directory on disk; see [`Plans::of`].
    pub fn on_disk(&mut self, directory: &Path, records: &mut Records) -> Result<Plan> {
        let disk: Arc<dyn Files> = Arc::new(Disk);
        self.of(&disk, directory, records)
    }

    /// The plan for the objects of a directory: the flags, and the settings files for everything that the flags leave open.
    pub fn of(&mut self, files: &Arc<dyn Files>, directory: &Path, records: &mut Records) -> Result<Plan> {
        let flags = self.flags;
        let crds = flags.crds.iter().map(|path| DefinitionPath::of_user(path)).collect::<Result<_, _>>()?;
        let mut plan = Plan { crds, require_schemas: flags.require_schemas, ..Plan::default() };
        plan.strict = flags.strict;
        plan.merge_custom_lists = flags.merge_custom_lists;
        plan.custom_references = flags.custom_references;
        let mut versions = flags.kubernetes_version;
        if flags.settings.chosen().is_none() {
            settings::misnamed(files.as_ref(), directory).into_iter().for_each(|finding| records.find_once(finding));
        }
        for place in self.places(files, directory)? {
            let settings = self.load(&place, records)?;
            versions = versions.or(settings.versions);
            plan.crds.extend(settings.crds.iter().cloned());
            plan.require_schemas |= settings.require_schemas;
            plan.strict |= settings.strict;
            plan.merge_custom_lists |= settings.merge_custom_lists;
            if let (Placeholders::None, Some(found)) = (&plan.placeholders, &settings.placeholders) {
                plan.placeholders = found.clone();
            }
            plan.custom_references |= settings.custom_references;
            plan.silences.push(Arc::clone(&settings.silences));
        }
        Ok(Plan { versions: versions.unwrap_or_default(), ..plan })
    }

    /// The test settings of a directory on disk, from the nearest settings file to the farthest.
    pub fn tests(&mut self, directory: &Path, records: &mut Records) -> Result<Vec<Arc<TestSettings>>> {
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let found = self.places(&disk, directory)?.into_iter();
        found.map(|place| Ok(Arc::clone(&self.load(&place, records)?.test))).collect()
    }

    /// The assertions about a directory on disk, from the nearest settings file to the farthest.
    pub fn assertions(&mut self, directory: &Path, records: &mut Records) -> Result<Vec<Arc<SharedAssertions>>> {
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let found = self.places(&disk, directory)?.into_iter();
        found.map(|place| Ok(Arc::clone(&self.load(&place, records)?.assertions))).collect()
    }

    /// What the settings for a directory on disk leave out of a search, nearest first, each with the directory of its patterns.
    pub fn ignored(&mut self, directory: &Path, records: &mut Records) -> Result<Vec<(PathBuf, Arc<Patterns>)>> {
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let found = self.places(&disk, directory)?.into_iter();
        found.map(|place| Ok(self.load(&place, records)?.ignored.clone())).collect()
    }

    /// Adds the files that a plan for a directory on disk is made from, and those that are looked for. Files of a revision never
    /// change.
    ///
    /// # Errors
    /// The settings or a directory with definitions can't be read.
    pub fn add_needs(&mut self, directory: &Path, needs: &mut Needs, records: &mut Records) -> Result<()> {
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let mut definitions = self.flags.crds.iter().map(|path| DefinitionPath::of_user(path)).collect::<Result<Vec<_>, _>>()?;
        if self.flags.settings.revision(&self.flags.base).is_none() {
            if self.flags.settings.chosen().is_none() {
                settings::places(&Disk, directory).into_iter().for_each(|place| needs.look_above(place));
            }
            for place in self.places(&disk, directory)? {
                definitions.extend(self.load(&place, records)?.crds.iter().cloned());
                needs.add(tidy(&place.path));
            }
        }
        for path in definitions {
            // The time of a directory changes with the names in it.
            needs.add(tidy(&path.input.path));
            path.files()?.into_iter().for_each(|(file, _)| needs.add(tidy(&file.path)));
        }
        Ok(())
    }

    /// The settings files for a directory, nearest first.
    fn places(&mut self, files: &Arc<dyn Files>, directory: &Path) -> Result<Vec<Place>> {
        if let Some(chosen) = self.flags.settings.chosen() {
            return Ok(chosen);
        }
        let Some(revision) = self.flags.settings.revision(&self.flags.base) else {
            let found = settings::find(files, directory).into_iter();
            let root = self.root.as_deref().filter(|_| !files.on_disk());
            return Ok(found.map(|place| if let Some(root) = root { place.rooted(root) } else { place }).collect());
        };
        let base = match self.base.take() {
            Some(base) => base,
            None => Base::open(revision)?,
        };
        Ok(self.base.insert(base).find(directory)?)
    }

    fn load(&mut self, place: &Place, records: &mut Records) -> Result<&Settings> {
        Ok(match self.known.entry(place.path.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => vacant.insert(settings::load(place, records)?),
        })
    }

    /// The findings that the settings files silence.
    pub fn silences(&self) -> impl Iterator<Item = &Arc<Silences>> {
        self.known.values().map(|settings| &settings.silences)
    }
}
