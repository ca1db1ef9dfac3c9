//! The commands of kustomize, for callers who invoke this program by that name: table [`COMMANDS`].
//!
//! `commands.txt` lists all commands with their flags and texts, as kustomize 5.8.1 prints them; `frame.rs` runs them.

mod build;
mod build_metadata;
mod built;
mod cfg_cat;
mod cfg_count;
mod cfg_grep;
mod cfg_tree;
mod change;
mod completion;
mod create;
mod detect;
mod edit_add_annotation;
mod edit_add_base;
mod edit_add_buildmetadata;
mod edit_add_component;
mod edit_add_configmap;
mod edit_add_generator;
mod edit_add_label;
mod edit_add_patch;
mod edit_add_resource;
mod edit_add_secret;
mod edit_add_transformer;
mod edit_alpha_list_builtin_plugin;
mod edit_fix;
mod edit_remove_annotation;
mod edit_remove_buildmetadata;
mod edit_remove_configmap;
mod edit_remove_label;
mod edit_remove_patch;
mod edit_remove_resource;
mod edit_remove_secret;
mod edit_remove_transformer;
mod edit_set_annotation;
mod edit_set_buildmetadata;
mod edit_set_configmap;
mod edit_set_image;
mod edit_set_label;
mod edit_set_nameprefix;
mod edit_set_namespace;
mod edit_set_namesuffix;
mod edit_set_replicas;
mod edit_set_secret;
mod edit_sync;
mod edited_tree;
mod failure;
mod fn_run;
pub mod frame;
mod generator_entry;
mod generator_flags;
pub(super) mod glob;
mod go_path;
mod key_values;
mod loader;
mod localize;
mod log;
mod metadata;
mod openapi;
mod package_output;
mod patch;
mod print;
mod printed;
mod program;
mod sync_settings;
mod vars_to_replacements;
mod version;

use crate::go_cli::Call;

/// Runs a command. An error is printed the way kustomize prints it: `Error: `, the text, and the usage of the command.
type Run = fn(&Call) -> anyhow::Result<()>;

/// The commands: the words that invoke each one, and what it does.
const COMMANDS: &[(&str, Run)] = &[
    ("build", build::run),
    ("cfg cat", cfg_cat::run),
    ("cfg count", cfg_count::run),
    ("cfg grep", cfg_grep::run),
    ("cfg tree", cfg_tree::run),
    ("completion", completion::run),
    ("create", create::run),
    ("edit add annotation", edit_add_annotation::run),
    ("edit add base", edit_add_base::run),
    ("edit add buildmetadata", edit_add_buildmetadata::run),
    ("edit add component", edit_add_component::run),
    ("edit add configmap", edit_add_configmap::run),
    ("edit add generator", edit_add_generator::run),
    ("edit add label", edit_add_label::run),
    ("edit add patch", edit_add_patch::run),
    ("edit add resource", edit_add_resource::run),
    ("edit add secret", edit_add_secret::run),
    ("edit add transformer", edit_add_transformer::run),
    ("edit alpha-list-builtin-plugin", edit_alpha_list_builtin_plugin::run),
    ("edit fix", edit_fix::run),
    ("edit remove annotation", edit_remove_annotation::run),
    ("edit remove buildmetadata", edit_remove_buildmetadata::run),
    ("edit remove configmap", edit_remove_configmap::run),
    ("edit remove label", edit_remove_label::run),
    ("edit remove patch", edit_remove_patch::run),
    ("edit remove resource", edit_remove_resource::run),
    ("edit remove secret", edit_remove_secret::run),
    ("edit remove transformer", edit_remove_transformer::run),
    ("edit set annotation", edit_set_annotation::run),
    ("edit set buildmetadata", edit_set_buildmetadata::run),
    ("edit set configmap", edit_set_configmap::run),
    ("edit set image", edit_set_image::run),
    ("edit set label", edit_set_label::run),
    ("edit set nameprefix", edit_set_nameprefix::run),
    ("edit set namespace", edit_set_namespace::run),
    ("edit set namesuffix", edit_set_namesuffix::run),
    ("edit set replicas", edit_set_replicas::run),
    ("edit set secret", edit_set_secret::run),
    ("edit sync", edit_sync::run),
    ("fn run", fn_run::run),
    ("localize", localize::run),
    ("openapi fetch", openapi::fetch),
    ("openapi info", openapi::info),
    ("version", version::run),
];
