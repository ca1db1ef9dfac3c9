//! The options of the field `buildMetadata` on the command line.
//!
//! Behavior: kustomize's `BuildMetadataValidator`.

use anyhow::{Result, bail};

/// The options that kustomize knows.
const OPTIONS: [&str; 3] = ["originAnnotations", "transformerAnnotations", "managedByLabel"];

/// The options of the only argument, which are separated by commas.
///
/// # Errors
/// There is no argument, more than one, or an unknown option.
pub fn options(arguments: &[String]) -> Result<Vec<String>> {
    let [argument] = arguments else {
        if arguments.is_empty() {
            bail!("must specify a buildMetadata option");
        }
        let all = arguments.join(" ");
        bail!("too many arguments: [{all}]; to provide multiple buildMetadata options, please separate options by comma");
    };
    let options: Vec<String> = argument.split(',').map(str::to_owned).collect();
    if let Some(unknown) = options.iter().find(|option| !OPTIONS.contains(&option.as_str())) {
        bail!("invalid buildMetadata option: {unknown}");
    }
    Ok(options)
}
