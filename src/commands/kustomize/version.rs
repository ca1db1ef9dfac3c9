//! `kustomize version`: the version of kustomize whose behavior is reproduced.
//!
//! Scripts check it before they use a feature. Behavior: kustomize's `provenance`, with the data of its release.

use anyhow::bail;

use super::print::print;
use crate::go_cli::Call;

/// The version of kustomize that this program replaces.
const VERSION: &str = "v5.8.1";
const BUILD_DATE: &str = "2026-02-09T00:00:00Z";
const COMMIT: &str = "unknown";
const GO_VERSION: &str = "go1.26.4";

/// Prints the version.
pub fn run(call: &Call) -> anyhow::Result<()> {
    let output = call.text("output");
    if call.on("short") && !output.is_empty() {
        bail!("--short and --output are mutually exclusive");
    }
    let fields = [
        ("version", format!("kustomize/{VERSION}")),
        ("gitCommit", COMMIT.to_owned()),
        ("buildDate", BUILD_DATE.to_owned()),
        ("goOs", system().to_owned()),
        ("goArch", architecture().to_owned()),
        ("goVersion", GO_VERSION.to_owned()),
    ];
    print(&match output {
        "" if call.on("short") => format!("{{kustomize/{VERSION}  {BUILD_DATE}   }}\n"),
        "" => format!("{VERSION}\n"),
        "yaml" => {
            // A date is in quotes, because it would not be a string without them.
            let line = |(key, value): &(&str, String)| match *key {
                "buildDate" => format!("{key}: \"{value}\"\n"),
                _ => format!("{key}: {value}\n"),
            };
            fields.iter().map(line).collect::<String>() + "\n"
        }
        "json" => {
            let lines: Vec<String> = fields.iter().map(|(key, value)| format!("  \"{key}\": \"{value}\"")).collect();
            format!("{{\n{}\n}}\n", lines.join(",\n"))
        }
        _ => return Ok(()),
    })
}

/// The operating system, as Go names it.
fn system() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        system => system,
    }
}

/// The processor, as Go names it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
        processor => processor,
    }
}
