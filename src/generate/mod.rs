//! The generators, one file each. [`GENERATORS`] is the order in which they run.

mod config_map;
mod helm_chart;
mod helm_entry;
mod helm_inflation;
mod helm_output;
mod helm_source;
mod helm_values;
mod iam_policy;
mod key_values;
mod kind;

pub use kind::{Configured, Form, GeneratorKind};

/// All generators, in the order in which they run.
pub const GENERATORS: &[GeneratorKind] = &[config_map::CONFIG_MAP, config_map::SECRET, helm_chart::KIND, iam_policy::KIND];

#[cfg(test)]
mod tests {
    use super::GENERATORS;
    use crate::kustomization::FIELDS;

    #[test]
    fn the_kustomization_file_has_their_fields_and_each_has_one_generator() {
        let mut fields: Vec<&str> =
            GENERATORS.iter().flat_map(|kind| [&kind.field].into_iter().filter(|field| !field.is_empty())).copied().collect();
        assert!(fields.iter().all(|field| FIELDS.contains(field)), "{fields:?}");
        let count = fields.len();
        fields.sort_unstable();
        fields.dedup();
        assert_eq!(fields.len(), count);
    }
}
