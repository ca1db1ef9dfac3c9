//! One side of a comparison: the objects of a path with the records of their build.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{Args, name};
use super::checks::{Checks, SettingsOf};
use super::documents::{Documents, name_alike};
use crate::commands::checking::options;
use crate::commands::flags::BuildFlags;
use crate::diagnostic::{Diagnostics, Result};
use crate::diff::{FindingsOfSide, Object, Side};
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
    /// The directory or the manifest.
    home: PathBuf,
    /// The name of the file, if the side is a single one.
    file: Option<String>,
}

impl Loaded {
    /// A side without objects, because the overlay does not exist there.
    pub fn nothing() -> Self {
        Loaded { objects: Vec::new(), records: Records::default(), home: PathBuf::new(), file: None }
    }

    /// The objects of an overlay in a tree of files. The records are those of a build in the run of `run`.
    ///
    /// # Errors
    /// The overlay does not build. The text is formatted for people.
    pub fn overlay(
        files: &Arc<dyn Files>,
        directory: &Path,
        settings: &SettingsOf<'_>,
        checks: &Checks<'_>,
        flags: &BuildFlags,
        run: &Records,
    ) -> Result<Self, String> {
        Loaded::with(directory, run, |records| {
            let plan = settings.plan(records)?;
            let resources = build(directory, Arc::clone(files), &options(flags, &plan), records)?;
            checks.build(&resources, directory, plan, records)?;
            Ok(resources.iter().map(Object::built).collect())
        })
    }

    /// The objects of a path on the command line.
    ///
    /// # Errors
    /// They can't be read or built. The text is formatted for people.
    pub fn path(path: &Path, args: &Args, checks: &Checks<'_>, run: &Records) -> Result<Self, String> {
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let Args { settings, flags, allow_empty, .. } = args;
        let settings = SettingsOf { files: &disk, directory: path, flags: settings, root: Path::new("") };
        if has_kustomization(disk.as_ref(), path) {
            let built = Loaded::overlay(&disk, path, &settings, checks, flags, run)?;
            return match built.objects.is_empty() && !allow_empty {
                true => Err(formatted(Documents::default().none(&name(path)).into(), &built.records)),
                false => Ok(built),
            };
        }
        let mut file = None;
        let mut loaded = Loaded::with(path, run, |records| {
            let found = Documents::read(path, records)?;
            if found.objects.is_empty() && !allow_empty && path != Path::new("/dev/null") {
                return Err(found.none(&name(path)).into());
            }
            checks.manifests(&found.objects, path, &settings, records)?;
            file = found.file;
            Ok(found.objects)
        })?;
        loaded.file = file;
        Ok(loaded)
    }

    fn with(home: &Path, run: &Records, load: impl FnOnce(&mut Records) -> Result<Vec<Object>>) -> Result<Self, String> {
        let mut records = run.for_next_build();
        match load(&mut records) {
            Ok(objects) => Ok(Loaded { objects, records, home: home.to_owned(), file: None }),
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

    /// What was found in it.
    pub fn findings(&self) -> FindingsOfSide<'_> {
        FindingsOfSide { list: &self.records.findings, home: &self.home }
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

fn formatted(errors: Diagnostics, records: &Records) -> String {
    let texts: Vec<String> = errors.into_vec().iter().map(|error| human::diagnostic(error, &records.sources)).collect();
    texts.join("\n")
}

/// Whether a directory has a kustomization.
pub fn has_kustomization(files: &dyn Files, directory: &Path) -> bool {
    FILE_NAMES.iter().any(|name| files.kind(&PathBuf::from(directory).join(name)) == Some(Kind::File))
}
