//! Where a new key belongs between others.

/// The fields of a kustomization file in the order in which kustomize writes them.
const FIELDS: [&str; 34] = [
    "apiVersion",
    "kind",
    "metadata",
    "sortOptions",
    "resources",
    "bases",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "crds",
    "commonLabels",
    "labels",
    "commonAnnotations",
    "patchesStrategicMerge",
    "patchesJson6902",
    "patches",
    "configMapGenerator",
    "secretGenerator",
    "helmCharts",
    "helmChartInflationGenerator",
    "helmGlobals",
    "generatorOptions",
    "vars",
    "images",
    "imageTags",
    "replacements",
    "replicas",
    "configurations",
    "generators",
    "transformers",
    "validators",
    "components",
    "openapi",
    "buildMetadata",
];

/// The entries of items, in the order in which people write them.
const ENTRIES: [&str; 32] = [
    "source",
    "targets",
    "select",
    "reject",
    "group",
    "version",
    "kind",
    "name",
    "namespace",
    "fieldPath",
    "fieldPaths",
    "newName",
    "newTag",
    "tagSuffix",
    "digest",
    "count",
    "behavior",
    "type",
    "files",
    "literals",
    "env",
    "envs",
    "path",
    "patch",
    "target",
    "includeSelectors",
    "includeTemplates",
    "pairs",
    "fields",
    "disableNameSuffixHash",
    "immutable",
    "options",
];

/// The position of a field of the file.
pub fn of_field(name: &str) -> (usize, String) {
    place(&FIELDS, name)
}

/// The position of an entry of an item; entries that people choose come last, in the order of the alphabet.
pub fn of_entry(name: &str) -> (usize, String) {
    place(&ENTRIES, name)
}

fn place(known: &[&str], name: &str) -> (usize, String) {
    let at = known.iter().position(|known| known.eq_ignore_ascii_case(name));
    (at.unwrap_or(known.len()), if at.is_some() { String::new() } else { name.to_owned() })
}

/// The number of entries in front of which a new one stands with the fewest others on the wrong side; the last such place.
pub fn gap<K: Ord>(existing: &[K], new: &K) -> usize {
    let mut wrong = existing.iter().filter(|other| *other < new).count();
    let (mut best, mut least) = (0, wrong);
    for (at, other) in existing.iter().enumerate() {
        if other < new {
            wrong -= 1
        } else {
            wrong += 1
        }
        if wrong <= least {
            (best, least) = (at + 1, wrong);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_has_the_fewest_on_the_wrong_side() {
        assert_eq!(gap(&[1, 2, 5, 6], &4), 2);
        assert_eq!(gap(&[9, 1, 2], &4), 3);
        assert_eq!(gap(&[5, 6], &1), 0);
        assert_eq!(gap::<i32>(&[], &1), 0);
    }
}
