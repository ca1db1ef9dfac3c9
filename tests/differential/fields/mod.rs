//! The fields of a kustomization, each with the function that generates it. [`FIELDS`] is the list, with one line per field.

mod generators;
mod names;
mod patches;
mod replacements;
mod selection;
mod settings;

use super::tree::Layer;
use super::values::Values;

/// Generates a field of a layer.
pub type Make = fn(&mut Values, &mut Layer);

/// Field, percentage, function. The fields before `components` are generated before the components.
pub const FIELDS: &[(&str, usize, Make)] = &[
    ("configMapGenerator", 30, generators::config_map),
    ("secretGenerator", 15, generators::secret),
    ("generatorOptions", 12, generators::options),
    ("configurations", 6, settings::configurations),
    ("components", 0, |_, _| {}),
    ("namespace", 25, names::namespace),
    ("namePrefix", 20, names::prefix),
    ("nameSuffix", 12, names::suffix),
    ("labels", 25, names::labels),
    ("commonLabels", 12, names::common_labels),
    ("commonAnnotations", 15, names::common_annotations),
    ("images", 20, names::images),
    ("replicas", 12, names::replicas),
    ("patches", 40, patches::patches),
    ("patchesStrategicMerge", 12, patches::strategic_merge),
    ("patchesJson6902", 10, patches::json6902),
    ("replacements", 20, replacements::replacements),
    ("sortOptions", 8, settings::sort_options),
    ("buildMetadata", 0, settings::build_metadata),
];
