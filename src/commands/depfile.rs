//! `--depfile` of commands that write the output of a build, and the rules of `render deps --format make|ninja`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::output::{self, Output, OutputFlags, Printed};
use crate::commands::outcome::Outcome;
use crate::deps::{Engine, Needs};
use crate::diagnostic::{Diagnostic, Result};
use crate::load::{Disk, tidy};
use crate::records::Records;
use crate::write;

/// The flags of a command that writes the output of a build to a file.
#[derive(clap::Args)]
#[command(next_help_heading = "Output options")]
pub struct DepfileFlags {
    /// Also write a rule for make or ninja by which the output file depends on every file that the build reads, like `gcc -MD`
    #[arg(long, value_name = "FILE", requires = "output")]
    depfile: Option<PathBuf>,
    /// Whose rules the depfile contains
    #[arg(long, value_enum, default_value = "make", value_name = "FORMAT", requires = "depfile")]
    depfile_format: Rules,
}

/// `--depfile-format`
#[derive(Clone, Copy, clap::ValueEnum)]
enum Rules {
    /// GNU make, with an empty rule per file, so that a file can be removed
    Make,
    /// ninja, with or without `deps = gcc`
    Ninja,
}

impl DepfileFlags {
    /// Refuses a depfile for output that is not a file.
    pub fn check(&self, flags: &OutputFlags) -> std::result::Result<(), Outcome> {
        if self.depfile.is_none() || matches!(flags.output()?, Output::File(_)) {
            return Ok(());
        }
        output::eprint("error: --depfile requires a file as the output\n");
        Err(Outcome::Failure)
    }

    /// Writes the depfile of builds whose output goes to a file, unless they can't be printed. It is written before the output, so
    /// that an output is never newer than what is known about it.
    pub fn write(
        &self,
        printed: &[Printed],
        output: &Output,
        records: &Records,
        checks: impl FnOnce(&mut Needs) -> Result<()>,
    ) -> Option<Outcome> {
        let (Some(depfile), Output::File(target)) = (&self.depfile, output) else { return None };
        if !printed.iter().all(Printed::is_complete) {
            return None;
        }
        let rule = Needs::of(&records.reads.list(), &Disk).and_then(|mut needs| {
            checks(&mut needs)?;
            let engine = if matches!(self.depfile_format, Rules::Make) { Engine::Make } else { Engine::Ninja };
            needs.rule(target, engine, &Disk)
        });
        let result = match rule {
            Ok(text) => write::file(depfile, &text, false).map(|_| ()),
            Err(errors) => return Some(output::failed(&errors.into_vec(), records)),
        };
        match output::written(result) {
            Outcome::Success => None,
            outcome => Some(outcome),
        }
    }
}

/// The target of a directory's rule: `{}` in a pattern stands for the directory.
///
/// # Errors
/// The pattern gives several directories the same target.
pub fn targets(directories: &[PathBuf], pattern: &str) -> Result<Vec<PathBuf>, Diagnostic> {
    let mut seen = BTreeSet::new();
    let mut targets = Vec::new();
    for directory in directories {
        let target = tidy(Path::new(&pattern.replace("{}", &tidy(directory).display().to_string())));
        if !seen.insert(target.clone()) {
            let message = format!("several directories have the target `{}`", target.display());
            let help = "name each directory once, and write `{}` in `--target` where the directory goes";
            return Err(Diagnostic::error("depfile", message).help(help));
        }
        targets.push(target);
    }
    Ok(targets)
}
