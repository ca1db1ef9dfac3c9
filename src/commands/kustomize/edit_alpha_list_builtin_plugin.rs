//! `edit alpha-list-builtin-plugin`: lists the generators and transformers that kustomize contains.

use anyhow::Result;

use crate::commands::output;
use crate::go_cli::Call;

/// Generators, then transformers. kustomize lists each group in random order.
const PLUGINS: [&str; 18] = [
    "ConfigMapGenerator",
    "HelmChartInflationGenerator",
    "IAMPolicyGenerator",
    "SecretGenerator",
    "AnnotationsTransformer",
    "HashTransformer",
    "ImageTagTransformer",
    "LabelTransformer",
    "NamespaceTransformer",
    "PatchJson6902Transformer",
    "PatchStrategicMergeTransformer",
    "PatchTransformer",
    "PrefixSuffixTransformer",
    "PrefixTransformer",
    "ReplacementTransformer",
    "ReplicaCountTransformer",
    "SuffixTransformer",
    "ValueAddTransformer",
];

/// Runs the command.
///
/// # Errors
/// There are none.
pub fn run(_: &Call) -> Result<()> {
    let lines: String = PLUGINS.iter().map(|plugin| format!(" * {plugin}\n")).collect();
    output::print(&format!("Builtin plugins:\n\n{lines}"));
    Ok(())
}
