//! One side of a comparison: the objects of a path with the records of their build.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::checks::Checks;
use crate::check::Plan;
use crate::commands::checking::{CheckFlags, Plans, options};
use crate::commands::choice::{BaseFlag, SettingsFlags};
use crate::commands::flags::BuildFlags;
use crate::commands::manifest;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::diff::{FindingsOfSide, Object, Side};
use crate::kustomization::FILE_NAMES;
use crate::load::{Disk, Files, Input, Kind};
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
}

impl Loaded {
    /// A side without objects, because the overlay does not exist there.
    pub fn nothing() -> Self {
        Loaded { objects: Vec::new(), records: Records::default(), home: PathBuf::new() }
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
    pub fn path(
        path: &Path,
        settings: &SettingsFlags,
        checks: &Checks<'_>,
        flags: &BuildFlags,
        run: &Records,
    ) -> Result<Self, String> {
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let settings = SettingsOf { files: &disk, directory: path, flags: settings, root: Path::new("") };
        if has_kustomization(disk.as_ref(), path) {
            return Loaded::overlay(&disk, path, &settings, checks, flags, run);
        }
        Loaded::with(path, run, |records| {
            let mut objects = Vec::new();
            if path == Path::new("-") {
                objects.extend(manifest::read(Path::new("<stdin>"), manifest::stdin()?, records)?);
            } else {
                for file in Input::of_user(path).files()? {
                    let content = file.read()?;
                    objects.extend(manifest::read(&file.path, content, records)?);
                }
            }
            let wrong = objects.iter().filter(|object| object.as_mapping().is_none());
            let error = |object: &crate::yaml::Node| {
                object.error("wrong-type", format!("expected an object, found {}", object.type_name()))
            };
            Diagnostics::check(wrong.map(error).collect::<Vec<Diagnostic>>())?;
            checks.manifests(&objects, path, &settings, records)?;
            Ok(objects.into_iter().map(Object::plain).collect())
        })
    }

    fn with(home: &Path, run: &Records, load: impl FnOnce(&mut Records) -> Result<Vec<Object>>) -> Result<Self, String> {
        let mut records = run.for_next_build();
        match load(&mut records) {
            Ok(objects) => Ok(Loaded { objects, records, home: home.to_owned() }),
            Err(errors) => Err(formatted(errors, &records)),
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

fn formatted(errors: Diagnostics, records: &Records) -> String {
    let texts: Vec<String> = errors.into_vec().iter().map(|error| human::diagnostic(error, &records.sources)).collect();
    texts.join("\n")
}

/// Whether a directory has a kustomization.
pub fn has_kustomization(files: &dyn Files, directory: &Path) -> bool {
    FILE_NAMES.iter().any(|name| files.kind(&PathBuf::from(directory).join(name)) == Some(Kind::File))
}
