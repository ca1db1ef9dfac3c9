//! `kustomize edit alpha-list-builtin-plugin`: the kinds of the generators and transformers that are built in.
//!
//! Behavior: kustomize's `GetBuiltinPluginNames`.

use super::print::print;
use crate::go_cli::Call;

const PLUGINS: [&str; 18] = [
    "ConfigMapGenerator",
    "IAMPolicyGenerator",
    "SecretGenerator",
    "HelmChartInflationGenerator",
    "PrefixSuffixTransformer",
    "PrefixTransformer",
    "SuffixTransformer",
    "AnnotationsTransformer",
    "HashTransformer",
    "NamespaceTransformer",
    "PatchJson6902Transformer",
    "ReplacementTransformer",
    "ReplicaCountTransformer",
    "ValueAddTransformer",
    "ImageTagTransformer",
    "LabelTransformer",
    "PatchStrategicMergeTransformer",
    "PatchTransformer",
];

/// Prints the kinds.
pub fn run(_: &Call) -> anyhow::Result<()> {
    let lines: String = PLUGINS.iter().map(|kind| format!(" * {kind}\n")).collect();
    print(&format!("Builtin plugins:\n\n{lines}"))
}
