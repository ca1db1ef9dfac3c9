//! Kustomize's data about built-in kinds: the keys by which their lists are merged, and which kinds are cluster-scoped.
//!
//! Used by strategic merge patches, the namespace transformer and resource ids. The data is that of the OpenAPI document of
//! Kubernetes 1.21.2 in kustomize 5.8.1 (kyaml/openapi), with kustomize's rules: `x-kubernetes-list-map-keys` takes precedence
//! over `x-kubernetes-patch-merge-key`, and keys count only together with a patch strategy. Newer kinds are unknown on
//! purpose: kustomize replaces their lists and treats them as namespaced.

use super::table::{Names, Table, Words, lower_bound};
use super::vocabulary::Strategy;

static TABLE: Table = Table::new(include_bytes!("kustomize.bin"));
const RESOURCES: usize = Table::OWN;
const DEFINITIONS: usize = Table::OWN + 1;
const RECORDS: usize = Table::OWN + 2;
const TYPE_NAMES: usize = Table::OWN + 3;

const ROW: usize = 4;
const FIELD: usize = 4;
const IS_LIST: u16 = 1;

/// The scope of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Outside of namespaces.
    Cluster,
    /// In a namespace.
    Namespaced,
}

/// How to merge one value: an object of a kind, or a field in it. Cheap to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergeType {
    /// Number of the definition of the value (for a list: of its items) plus one; 0 if there is nothing to merge by.
    definition: u16,
    flags: u16,
    keys: u16,
}

/// How kustomize merges objects with this `apiVersion` and `kind`; `None` if nothing in them merges in a special way or if it
/// does not know them.
///
/// Kustomize uses this for the root of an object, and again for any mapping below it that has an `apiVersion` and a `kind` of
/// its own and is not described by the surrounding schema.
pub fn merge_schema(api_version: &str, kind: &str) -> Option<MergeType> {
    let row = find(api_version, kind)?;
    MergeType::of_definition(TABLE.words(RESOURCES).get(row * ROW + 2), 0, 0)
}

/// How kustomize merges values of a definition in its document, such as `io.k8s.api.core.v1.PodSpec`; `None` if nothing in
/// them merges in a special way or if there is no definition of this name.
pub fn definition(name: &str) -> Option<MergeType> {
    let names = TABLE.words(TYPE_NAMES);
    let order = |number: usize| TABLE.compare(names.get(number), name);
    let number = lower_bound(names.len(), order);
    let found = number < names.len() && order(number).is_eq();
    found.then(|| MergeType::of_definition(number as u16 + 1, 0, 0)).flatten()
}

/// Whether kustomize treats this kind as cluster-scoped or as namespaced; `None` if it does not know the kind, and therefore
/// treats it as namespaced.
pub fn scope(group: &str, version: &str, kind: &str) -> Option<Scope> {
    let row = match group {
        "" => find(version, kind),
        _ => find(&format!("{group}/{version}"), kind),
    }?;
    match TABLE.words(RESOURCES).get(row * ROW + 3) {
        1 => Some(Scope::Cluster),
        2 => Some(Scope::Namespaced),
        _ => None,
    }
}

fn find(api_version: &str, kind: &str) -> Option<usize> {
    let rows = TABLE.words(RESOURCES);
    let order = |row: usize| {
        let api = TABLE.compare(rows.get(row * ROW), api_version);
        api.then_with(|| TABLE.compare(rows.get(row * ROW + 1), kind))
    };
    let count = rows.len() / ROW;
    let row = lower_bound(count, order);
    (row < count && order(row).is_eq()).then_some(row)
}

impl MergeType {
    /// The merge type of the field `name` of an object; `None` if nothing below it merges in a special way.
    pub fn field(self, name: &str) -> Option<MergeType> {
        if self.is_list() {
            return None;
        }
        let (records, at) = self.record()?;
        let count = usize::from(records.get(at));
        let place = |field: usize| at + 1 + field * FIELD;
        let order = |field: usize| TABLE.compare(records.get(place(field)), name);
        let field = lower_bound(count, order);
        (field < count && order(field).is_eq()).then(|| {
            let at = place(field);
            MergeType { definition: records.get(at + 1), flags: records.get(at + 2), keys: records.get(at + 3) }
        })
    }

    /// The merge type of the items of a list; `None` if it is not a list or if its items do not merge in a special way.
    pub fn items(self) -> Option<MergeType> {
        self.is_list().then(|| MergeType::of_definition(self.definition, 0, 0)).flatten()
    }

    /// The name of the value's definition (for a list: of its items), if it has one.
    pub fn definition_name(self) -> Option<&'static str> {
        let number = usize::from(self.definition).checked_sub(1)?;
        Some(TABLE.string(TABLE.words(TYPE_NAMES).get(number)))
    }

    /// Whether this is a list.
    pub fn is_list(self) -> bool {
        self.flags & IS_LIST != 0
    }

    /// The fields that identify an item of a list, in the order in which kustomize tries them. Empty for a list that is merged
    /// as a set (`finalizers`) or replaced.
    pub fn merge_keys(self) -> Names {
        TABLE.names(self.keys)
    }

    /// The effect of a patch on this value.
    pub fn strategy(self) -> Strategy {
        Strategy::from_code(self.flags >> 4)
    }

    fn of_definition(definition: u16, flags: u16, keys: u16) -> Option<MergeType> {
        (definition != 0).then_some(MergeType { definition, flags, keys })
    }

    fn record(self) -> Option<(Words, usize)> {
        let definition = usize::from(self.definition).checked_sub(1)?;
        Some((TABLE.words(RECORDS), usize::from(TABLE.words(DEFINITIONS).get(definition))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(api_version: &str, kind: &str, path: &str) -> Option<MergeType> {
        let root = merge_schema(api_version, kind);
        path.split('/').fold(root, |at, step| if step == "[]" { at?.items() } else { at?.field(step) })
    }

    fn keys(found: Option<MergeType>) -> Vec<&'static str> {
        found.map(|found| found.merge_keys().collect()).unwrap_or_default()
    }

    const POD: &str = "spec/template/spec";

    #[test]
    fn containers_merge_by_name_and_their_ports_by_port_and_protocol() {
        let containers = path("apps/v1", "Deployment", &format!("{POD}/containers"));
        assert_eq!(keys(containers), ["name"]);
        assert_eq!(containers.map(MergeType::strategy), Some(Strategy::Merge));
        assert_eq!(keys(path("apps/v1", "Deployment", &format!("{POD}/containers/[]/ports"))), ["containerPort", "protocol"]);
        assert_eq!(keys(path("apps/v1", "Deployment", &format!("{POD}/containers/[]/volumeMounts"))), ["mountPath"]);
        assert_eq!(keys(path("v1", "Service", "spec/ports")), ["port", "protocol"]);
    }

    #[test]
    fn strategies_other_than_merge_are_kept() {
        let volumes = path("v1", "Pod", "spec/volumes");
        assert_eq!(volumes.map(MergeType::strategy), Some(Strategy::MergeRetainKeys));
        assert!(volumes.is_some_and(|v| v.strategy().merges()));
        let strategy = path("apps/v1", "Deployment", "spec/strategy");
        assert_eq!(strategy.map(MergeType::strategy), Some(Strategy::RetainKeys));
        let selector = path("policy/v1", "PodDisruptionBudget", "spec/selector");
        assert_eq!(selector.map(MergeType::strategy), Some(Strategy::Replace));
    }

    #[test]
    fn lists_of_scalars_merge_without_keys_and_other_lists_are_replaced() {
        let finalizers = path("v1", "ConfigMap", "metadata/finalizers");
        assert!(finalizers.is_some_and(|f| f.is_list() && f.strategy().merges() && f.merge_keys().len() == 0));
        assert_eq!(finalizers.and_then(MergeType::items), None);
        assert_eq!(path("apps/v1", "Deployment", &format!("{POD}/tolerations")), None);
        assert_eq!(path("networking.k8s.io/v1", "Ingress", "spec/rules"), None);
    }

    #[test]
    fn newer_kinds_are_unknown() {
        assert_eq!(merge_schema("autoscaling/v2", "HorizontalPodAutoscaler"), None);
        assert_eq!(scope("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy"), None);
        assert_eq!(merge_schema("example.com/v1", "Deployment"), None);
        assert_eq!(merge_schema("", ""), None);
    }

    #[test]
    fn definitions_have_names() {
        let pod_spec = definition("io.k8s.api.core.v1.PodSpec");
        assert_eq!(keys(pod_spec.and_then(|spec| spec.field("containers"))), ["name"]);
        let containers = path("v1", "Pod", "spec/containers");
        assert_eq!(containers.and_then(MergeType::definition_name), Some("io.k8s.api.core.v1.Container"));
        assert_eq!(definition("io.k8s.api.core.v1.Nothing"), None);
        let names = TABLE.words(TYPE_NAMES);
        assert!((0..names.len()).map(|at| names.get(at)).is_sorted());
        assert_eq!(names.len(), TABLE.words(DEFINITIONS).len());
    }

    #[test]
    fn scopes() {
        assert_eq!(scope("", "v1", "Namespace"), Some(Scope::Cluster));
        assert_eq!(scope("", "v1", "Secret"), Some(Scope::Namespaced));
        assert_eq!(scope("rbac.authorization.k8s.io", "v1", "ClusterRole"), Some(Scope::Cluster));
        assert_eq!(scope("", "v1", "PodExecOptions"), Some(Scope::Namespaced));
        assert_eq!(scope("", "v1", "NamespaceList"), None);
        assert_eq!(scope("batch", "v1", "Namespace"), None);
    }

    #[test]
    fn the_table_is_sorted_and_has_no_dangling_references() {
        assert_eq!(TABLE.magic(), b"rKZ2");
        assert!(TABLE.strings_are_sorted());
        let (rows, definitions, records) = (TABLE.words(RESOURCES), TABLE.words(DEFINITIONS), TABLE.words(RECORDS));
        let names: Vec<_> = (0..rows.len() / ROW).map(|row| (rows.get(row * ROW), rows.get(row * ROW + 1))).collect();
        assert!(names.is_sorted_by(|a, b| a < b));
        assert!((0..names.len()).all(|row| usize::from(rows.get(row * ROW + 2)) <= definitions.len()));
        for definition in 0..definitions.len() {
            let at = usize::from(definitions.get(definition));
            let count = usize::from(records.get(at));
            assert!(at + count * FIELD < records.len());
            let fields: Vec<_> = (0..count).map(|field| at + 1 + field * FIELD).collect();
            assert!(fields.is_sorted_by_key(|field| records.get(*field)));
            assert!(fields.iter().all(|field| usize::from(records.get(field + 1)) <= definitions.len()));
        }
    }
}
