//! One side of a comparison: the objects of a path with the records of their build.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{Args, name};
use super::documents::{Documents, name_alike};
use crate::check::Plan;
use crate::commands::checking::{CheckFlags, Plans, options};
use crate::commands::choice::{BaseFlag, SettingsFlags};
use crate::commands::flags::BuildFlags;
use crate::diagnostic::{Diagnostics, Result};
use crate::diff::{Object, Side};
use crate::kustomization::FILE_NAMES;
use crate::load::reads::Read;
use crate::load::{Disk, Files, Kind};
use crate::pipeline::build;
use crate::records::Records;
use crate::report::human;
use crate::yaml::emit;

/// The objects with the records that show where they come from.
pub struct Loaded {
    objects: Vec<Object>,
    records: Records,
    /// The name of the file, if the side is a single one.
    file: Option<String>,
}

impl Loaded {
    /// A side without objects, because the overlay does not exist there.
    pub fn nothing() -> Self {
        Loaded { objects: Vec::new(), records: Records::default(), file: None }
    }

    /// The objects of an overlay in a tree of files. The records are those of a build in the run of `run`.
    ///
    /// # Errors
    /// The overlay does not build. The text is formatted for people.
    pub fn overlay(
        files: &Arc<dyn Files>,
        directory: &Path,
        settings: &SettingsOf<'_>,
        flags: &BuildFlags,
        run: &Records,
    ) -> Result<Self, String> {
        Loaded::with(run, |records| {
            let plan = settings.plan(records)?;
            let resources = build(directory, Arc::clone(files), &options(flags, &plan), records)?;
            Ok(resources.iter().map(Object::built).collect())
        })
    }

    /// The objects of a path on the command line.
    ///
    /// # Errors
    /// They can't be read or built. The text is formatted for people.
    pub fn path(path: &Path, args: &Args, run: &Records) -> Result<Self, String> {
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let Args { settings, flags, allow_empty, .. } = args;
        if has_kustomization(disk.as_ref(), path) {
            let settings = SettingsOf { files: &disk, directory: path, flags: settings };
            let built = Loaded::overlay(&disk, path, &settings, flags, run)?;
            return match built.objects.is_empty() && !allow_empty {
                true => Err(formatted(Documents::default().none(&name(path)).into(), &built.records)),
                false => Ok(built),
            };
        }
        let mut file = None;
        let mut loaded = Loaded::with(run, |records| {
            let found = Documents::read(path, records)?;
            if found.objects.is_empty() && !allow_empty && path != Path::new("/dev/null") {
                return Err(found.none(&name(path)).into());
            }
            file = found.file;
            Ok(found.objects)
        })?;
        loaded.file = file;
        Ok(loaded)
    }

    fn with(run: &Records, load: impl FnOnce(&mut Records) -> Result<Vec<Object>>) -> Result<Self, String> {
        let mut records = run.for_next_build();
        match load(&mut records) {
            Ok(objects) => Ok(Loaded { objects, records, file: None }),
            Err(errors) => Err(formatted(errors, &records)),
        }
    }

    /// What the build read.
    pub fn reads(&self) -> Vec<Read> {
        self.records.reads.list()
    }

    /// Makes the names of documents that are not objects comparable.
    pub fn name_alike(sides: &mut [Loaded]) {
        if let [old, new] = sides {
            name_alike([(&old.file, &mut old.objects), (&new.file, &mut new.objects)]);
        }
    }

    /// The side, ready to be compared.
    pub fn side(&self) -> Side<'_> {
        Side { objects: self.objects.clone(), sources: &self.records.sources, provenance: &self.records.provenance }
    }

    /// Checks that the objects at these positions can be printed, because a build would reject the others.
    ///
    /// # Errors
    /// The objects that can't be printed. The text is formatted for people.
    pub fn check(&self, positions: impl Iterator<Item = usize>) -> Result<(), String> {
        let mut errors = Vec::new();
        let mut out = String::new();
        for at in positions {
            out.clear();
            if let Err(found) = emit(&self.objects[at].node, &mut out) {
                errors.extend(found.in_order_of(&self.records.sources).into_vec());
            }
        }
        Diagnostics::check(errors).map_err(|errors| formatted(errors, &self.records))
    }
}

/// The settings of a side: those of the same directory, in its own tree or in that of the other side.
pub struct SettingsOf<'a> {
    /// The tree.
    pub files: &'a Arc<dyn Files>,
    /// The directory in it.
    pub directory: &'a Path,
    /// The flags about settings.
    pub flags: &'a SettingsFlags,
}

impl SettingsOf<'_> {
    /// The plan for building the directory.
    fn plan(&self, records: &mut Records) -> Result<Plan> {
        let flags = CheckFlags::of(&self.flags.of_side(), &BaseFlag::default());
        Plans::new(&flags).of(self.files, self.directory, records)
    }
}

fn formatted(errors: Diagnostics, records: &Records) -> String {
    let texts: Vec<String> = errors.into_vec().iter().map(|error| human::diagnostic(error, &records.sources)).collect();
    texts.join("\n")
}

/// Whether a directory has a kustomization.
pub fn has_kustomization(files: &dyn Files, directory: &Path) -> bool {
    FILE_NAMES.iter().any(|name| files.kind(&PathBuf::from(directory).join(name)) == Some(Kind::File))
}
