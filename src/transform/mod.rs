//! The transformers, one file each. [`TRANSFORMERS`] is the order in which they run.

mod common_annotations;
mod common_labels;
mod hash;
mod image_names;
mod images;
mod kind;
mod loose_patterns;
mod name_prefix;
mod namespace;
pub mod patches;
mod patches_json6902;
mod patches_strategic_merge;
mod replacements;
mod replicas;
mod value_add;

pub use kind::{Configured, Form, TransformerKind};

/// All transformers, in the order in which they run; those that only objects configure come last.
pub const TRANSFORMERS: &[TransformerKind] = &[
    patches_strategic_merge::KIND,
    patches::KIND,
    namespace::KIND,
    name_prefix::PREFIX,
    name_prefix::SUFFIX,
    common_labels::KIND,
    common_annotations::KIND,
    patches_json6902::KIND,
    replicas::KIND,
    images::KIND,
    replacements::KIND,
    name_prefix::BOTH,
    hash::KIND,
    value_add::KIND,
];

#[cfg(test)]
mod tests {
    use super::TRANSFORMERS;
    use crate::kustomization::FIELDS;

    #[test]
    fn the_kustomization_file_has_their_fields_and_each_has_one_transformer() {
        let mut fields: Vec<&str> = TRANSFORMERS.iter().flat_map(|kind| kind.fields.iter()).copied().collect();
        assert!(fields.iter().all(|field| FIELDS.contains(field)), "{fields:?}");
        let count = fields.len();
        fields.sort_unstable();
        fields.dedup();
        assert_eq!(fields.len(), count);
    }
}
