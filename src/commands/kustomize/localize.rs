//! `kustomize localize`: a copy of a kustomization with everything that it refers to, and a check that both build the same.
//!
//! Behavior: kustomize's `commands/localize`, which builds both but compares nothing: under its name, a difference is only a line of
//! the log.

use std::path::Path;
use std::sync::Arc;

use anyhow::bail;

use super::{failure, log};
use crate::go_cli::Call;
use crate::kustomize_words::quote;
use crate::load::{Access, Disk};
use crate::localize;
use crate::options::BuildOptions;
use crate::pipeline;
use crate::records::Records;

/// Localizes a directory.
pub fn run(call: &Call) -> anyhow::Result<()> {
    let mut arguments = call.args().iter().map(String::as_str);
    let target = arguments.next().unwrap_or(".");
    let (destination, scope) = (arguments.next().unwrap_or_default(), call.text("scope"));
    let mut records = Records::default();
    let request = localize::Request { target, scope, destination, access: Access::default() };
    let path = localize::run(&request, &mut records)?;
    let shown = path.display().to_string();
    if !call.on("no-verify") {
        let original = build(target, &mut records)?;
        // With a scope, the target is expected directly below it, wherever it really is.
        let inner = if scope.is_empty() || scope == target { path } else { localize::join(&path, base(target)) };
        let localized = build(&inner.to_string_lossy(), &mut records)?;
        let both = format!("`kustomize build` for {target} and {shown}");
        if original == localized {
            log::line(&format!("VERIFICATION SUCCESS: {both} are the same after localization."));
        } else if call.program == "kustomize" {
            log::line(&format!("VERIFICATION FAILED: {both} are different after localization."));
        } else {
            bail!("{both} are different after localization");
        }
    }
    log::line(&format!("SUCCESS: localized {} to directory {shown}", quote(target)));
    Ok(())
}

/// The last part of a path. Behavior: Go's `filepath.Base`.
fn base(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" if path.is_empty() => ".",
        "" => "/",
        path => path.rsplit('/').next().unwrap_or(path),
    }
}

/// What a directory builds to.
fn build(directory: &str, records: &mut Records) -> anyhow::Result<String> {
    let mut records = records.for_next_build();
    let built = pipeline::build(Path::new(directory), Arc::new(Disk), &BuildOptions::default(), &mut records);
    let words = match built {
        Err(errors) => failure::words(&errors.into_vec(), &records),
        Ok(objects) => {
            failure::warnings(&records, None);
            failure::unused_vars(&records);
            match pipeline::emit(&objects, &records) {
                Ok(text) => return Ok(text),
                Err(errors) => failure::unprintable(&errors.into_vec(), &objects, &records).unwrap_or_default(),
            }
        }
    };
    log::line(&format!(
        "If your target directory requires flags to build: \n\
         1. Add executable permissions for the downloaded exec binaries in '{directory}'. \n\
         2. Run kustomize build with the necessary flags and self-verify the outputs."
    ));
    Err(anyhow::Error::msg(words))
}
