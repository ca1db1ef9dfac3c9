//! The types of a kustomization file, as Go's structs declare them: names of fields, their kinds, and what is left out if empty.
//!
//! The one place of `edit/` that knows the fields: reading, printing, and error messages follow these tables. The names of types
//! and of fields in Go appear in the error messages of `encoding/json`.
//! Behavior: kustomize's `types.Kustomization`, and all types that it contains.

/// The type of a value.
#[derive(Debug)]
pub enum Kind {
    /// A string, with the name of its Go type.
    Text(&'static str),
    /// `bool`
    Bool,
    /// An integer, with the name of its Go type.
    Int(&'static str),
    /// A list.
    List(&'static Kind),
    /// A mapping with strings as keys.
    Map(&'static Kind),
    /// A struct.
    Struct(&'static Struct),
    /// A pointer, which can be null.
    Pointer(&'static Kind),
    /// `interface {}`
    Any,
}

/// A struct.
#[derive(Debug)]
pub struct Struct {
    /// The name without the package.
    pub name: &'static str,
    /// The package.
    pub package: &'static str,
    /// Its fields, in order.
    pub fields: &'static [Field],
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field {
    /// The name in Go.
    pub go: &'static str,
    /// The name in files; empty if the fields of this struct are those of the outer one.
    pub json: &'static str,
    /// The type.
    pub kind: Kind,
    /// Whether an empty value is left out.
    pub omitempty: bool,
}

/// A field that was found in a struct or in one that it embeds.
pub struct Found {
    /// The field.
    pub field: &'static Field,
    /// The names of the embedded structs around it.
    pub embedded: Vec<&'static str>,
}

impl Kind {
    /// The name of the type, as Go's reflection prints it.
    pub fn go_name(&self) -> String {
        match self {
            Kind::Text(name) | Kind::Int(name) => (*name).to_owned(),
            Kind::Bool => "bool".to_owned(),
            Kind::List(item) => format!("[]{}", item.go_name()),
            Kind::Map(value) => format!("map[string]{}", value.go_name()),
            Kind::Struct(fields) => format!("{}.{}", fields.package, fields.name),
            Kind::Pointer(to) => format!("*{}", to.go_name()),
            Kind::Any => "interface {}".to_owned(),
        }
    }
}

impl Struct {
    /// All fields, including those of embedded structs.
    pub fn all(&'static self) -> Vec<Found> {
        let mut all = Vec::new();
        self.collect(&[], &mut all);
        all
    }

    fn collect(&'static self, embedded: &[&'static str], all: &mut Vec<Found>) {
        for field in self.fields {
            match &field.kind {
                Kind::Struct(inner) if field.json.is_empty() => inner.collect(&[embedded, &[field.go]].concat(), all),
                _ => all.push(Found { field, embedded: embedded.to_vec() }),
            }
        }
    }

    /// The field that a key in a file means: the one with this name, or else one with this name in another case.
    pub fn find(&'static self, key: &str) -> Option<Found> {
        let mut folded = None;
        for found in self.all() {
            if found.field.json == key {
                return Some(found);
            }
            if folded.is_none() && folds_to(key, found.field.json) {
                folded = Some(found);
            }
        }
        folded
    }

    /// The field with this name in Go.
    pub fn by_go_name(&'static self, name: &str) -> Option<&'static Field> {
        self.all().into_iter().find(|found| found.field.go == name).map(|found| found.field)
    }
}

/// Whether two names are equal except for case. Two letters beyond ASCII fold to letters of ASCII.
pub fn folds_to(key: &str, name: &str) -> bool {
    let fold = |c: char| match c {
        '\u{212a}' => 'k',
        '\u{17f}' => 's',
        c => c.to_ascii_lowercase(),
    };
    key.chars().map(fold).eq(name.chars().map(fold))
}

const TEXT: Kind = Kind::Text("string");
const TEXTS: Kind = Kind::List(&TEXT);
const TEXT_MAP: Kind = Kind::Map(&TEXT);
const ANY_MAP: Kind = Kind::Map(&Kind::Any);

const fn field(go: &'static str, json: &'static str, kind: Kind) -> Field {
    Field { go, json, kind, omitempty: true }
}

/// A field that is printed even if it is empty.
const fn always(go: &'static str, json: &'static str, kind: Kind) -> Field {
    Field { go, json, kind, omitempty: false }
}

/// A struct whose fields are those of the outer one.
const fn embedded(go: &'static str, fields: &'static Struct) -> Field {
    Field { go, json: "", kind: Kind::Struct(fields), omitempty: true }
}

const fn of(name: &'static str, fields: &'static [Field]) -> Struct {
    Struct { name, package: "types", fields }
}

/// The kustomization file.
pub static KUSTOMIZATION: Struct = of(
    "Kustomization",
    &[
        embedded("TypeMeta", &TYPE_META),
        field("MetaData", "metadata", Kind::Pointer(&Kind::Struct(&OBJECT_META))),
        field("OpenAPI", "openapi", TEXT_MAP),
        field("NamePrefix", "namePrefix", TEXT),
        field("NameSuffix", "nameSuffix", TEXT),
        field("Namespace", "namespace", TEXT),
        field("CommonLabels", "commonLabels", TEXT_MAP),
        field("Labels", "labels", Kind::List(&Kind::Struct(&LABEL))),
        field("CommonAnnotations", "commonAnnotations", TEXT_MAP),
        field("PatchesStrategicMerge", "patchesStrategicMerge", Kind::List(&Kind::Text("types.PatchStrategicMerge"))),
        field("PatchesJson6902", "patchesJson6902", Kind::List(&Kind::Struct(&PATCH))),
        field("Patches", "patches", Kind::List(&Kind::Struct(&PATCH))),
        field("Images", "images", Kind::List(&Kind::Struct(&IMAGE))),
        field("ImageTags", "imageTags", Kind::List(&Kind::Struct(&IMAGE))),
        field("Replacements", "replacements", Kind::List(&Kind::Struct(&REPLACEMENT_FIELD))),
        field("Replicas", "replicas", Kind::List(&Kind::Struct(&REPLICA))),
        field("Vars", "vars", Kind::List(&Kind::Struct(&VAR))),
        field("SortOptions", "sortOptions", Kind::Pointer(&Kind::Struct(&SORT_OPTIONS))),
        field("Resources", "resources", TEXTS),
        field("Components", "components", TEXTS),
        field("Crds", "crds", TEXTS),
        field("Bases", "bases", TEXTS),
        field("ConfigMapGenerator", "configMapGenerator", Kind::List(&Kind::Struct(&CONFIG_MAP_ARGS))),
        field("SecretGenerator", "secretGenerator", Kind::List(&Kind::Struct(&SECRET_ARGS))),
        field("HelmGlobals", "helmGlobals", Kind::Pointer(&Kind::Struct(&HELM_GLOBALS))),
        field("HelmCharts", "helmCharts", Kind::List(&Kind::Struct(&HELM_CHART))),
        field("HelmChartInflationGenerator", "helmChartInflationGenerator", Kind::List(&Kind::Struct(&HELM_CHART_ARGS))),
        field("GeneratorOptions", "generatorOptions", Kind::Pointer(&Kind::Struct(&GENERATOR_OPTIONS))),
        field("Configurations", "configurations", TEXTS),
        field("Generators", "generators", TEXTS),
        field("Transformers", "transformers", TEXTS),
        field("Validators", "validators", TEXTS),
        field("BuildMetadata", "buildMetadata", TEXTS),
    ],
);

static TYPE_META: Struct = of("TypeMeta", &[field("Kind", "kind", TEXT), field("APIVersion", "apiVersion", TEXT)]);

static OBJECT_META: Struct = of(
    "ObjectMeta",
    &[
        field("Name", "name", TEXT),
        field("Namespace", "namespace", TEXT),
        field("Labels", "labels", TEXT_MAP),
        field("Annotations", "annotations", TEXT_MAP),
    ],
);

static LABEL: Struct = of(
    "Label",
    &[
        field("Pairs", "pairs", TEXT_MAP),
        field("IncludeSelectors", "includeSelectors", Kind::Bool),
        field("IncludeTemplates", "includeTemplates", Kind::Bool),
        field("FieldSpecs", "fields", Kind::List(&Kind::Struct(&FIELD_SPEC))),
    ],
);

static FIELD_SPEC: Struct =
    of("FieldSpec", &[embedded("Gvk", &GVK), field("Path", "path", TEXT), field("CreateIfNotPresent", "create", Kind::Bool)]);

static GVK: Struct = Struct {
    name: "Gvk",
    package: "resid",
    fields: &[field("Group", "group", TEXT), field("Version", "version", TEXT), field("Kind", "kind", TEXT)],
};

static RES_ID: Struct = Struct {
    name: "ResId",
    package: "resid",
    fields: &[embedded("Gvk", &GVK), field("Name", "name", TEXT), field("Namespace", "namespace", TEXT)],
};

/// An item of `patches` and of `patchesJson6902`.
pub static PATCH: Struct = of(
    "Patch",
    &[
        field("Path", "path", TEXT),
        field("Patch", "patch", TEXT),
        field("Target", "target", Kind::Pointer(&Kind::Struct(&SELECTOR))),
        field("Options", "options", Kind::Pointer(&Kind::Struct(&PATCH_ARGS))),
    ],
);

static SELECTOR: Struct = of(
    "Selector",
    &[
        embedded("ResId", &RES_ID),
        field("AnnotationSelector", "annotationSelector", TEXT),
        field("LabelSelector", "labelSelector", TEXT),
    ],
);

static PATCH_ARGS: Struct = of(
    "PatchArgs",
    &[field("AllowNameChange", "allowNameChange", Kind::Bool), field("AllowKindChange", "allowKindChange", Kind::Bool)],
);

/// An item of `images`.
pub static IMAGE: Struct = of(
    "Image",
    &[
        field("Name", "name", TEXT),
        field("NewName", "newName", TEXT),
        field("TagSuffix", "tagSuffix", TEXT),
        field("NewTag", "newTag", TEXT),
        field("Digest", "digest", TEXT),
    ],
);

static REPLACEMENT_FIELD: Struct = of("ReplacementField", &[embedded("Replacement", &REPLACEMENT), field("Path", "path", TEXT)]);

static REPLACEMENT: Struct = of(
    "Replacement",
    &[
        field("Source", "source", Kind::Pointer(&Kind::Struct(&SOURCE_SELECTOR))),
        field("Targets", "targets", Kind::List(&Kind::Pointer(&Kind::Struct(&TARGET_SELECTOR)))),
        field("SourceValue", "sourceValue", Kind::Pointer(&TEXT)),
    ],
);

static SOURCE_SELECTOR: Struct = of(
    "SourceSelector",
    &[
        embedded("ResId", &RES_ID),
        field("FieldPath", "fieldPath", TEXT),
        field("Options", "options", Kind::Pointer(&Kind::Struct(&FIELD_OPTIONS))),
    ],
);

static TARGET_SELECTOR: Struct = of(
    "TargetSelector",
    &[
        always("Select", "select", Kind::Pointer(&Kind::Struct(&SELECTOR))),
        field("Reject", "reject", Kind::List(&Kind::Pointer(&Kind::Struct(&SELECTOR)))),
        field("FieldPaths", "fieldPaths", TEXTS),
        field("Options", "options", Kind::Pointer(&Kind::Struct(&FIELD_OPTIONS))),
    ],
);

static FIELD_OPTIONS: Struct = of(
    "FieldOptions",
    &[
        field("Delimiter", "delimiter", TEXT),
        field("Index", "index", Kind::Int("int")),
        field("Encoding", "encoding", TEXT),
        field("Create", "create", Kind::Bool),
    ],
);

static REPLICA: Struct = of("Replica", &[field("Name", "name", TEXT), always("Count", "count", Kind::Int("int64"))]);

static VAR: Struct = of(
    "Var",
    &[
        always("Name", "name", TEXT),
        always("ObjRef", "objref", Kind::Struct(&TARGET)),
        field("FieldRef", "fieldref", Kind::Struct(&FIELD_SELECTOR)),
    ],
);

static TARGET: Struct = of(
    "Target",
    &[
        field("APIVersion", "apiVersion", TEXT),
        embedded("Gvk", &GVK),
        always("Name", "name", TEXT),
        field("Namespace", "namespace", TEXT),
    ],
);

static FIELD_SELECTOR: Struct = of("FieldSelector", &[field("FieldPath", "fieldPath", TEXT)]);

static SORT_OPTIONS: Struct = of(
    "SortOptions",
    &[
        field("Order", "order", Kind::Text("types.SortOrder")),
        field("LegacySortOptions", "legacySortOptions", Kind::Pointer(&Kind::Struct(&LEGACY_SORT_OPTIONS))),
    ],
);

static LEGACY_SORT_OPTIONS: Struct =
    of("LegacySortOptions", &[always("OrderFirst", "orderFirst", TEXTS), always("OrderLast", "orderLast", TEXTS)]);

static CONFIG_MAP_ARGS: Struct = of("ConfigMapArgs", &[embedded("GeneratorArgs", &GENERATOR_ARGS)]);

static SECRET_ARGS: Struct = of("SecretArgs", &[embedded("GeneratorArgs", &GENERATOR_ARGS), field("Type", "type", TEXT)]);

static GENERATOR_ARGS: Struct = of(
    "GeneratorArgs",
    &[
        field("Namespace", "namespace", TEXT),
        field("Name", "name", TEXT),
        field("Behavior", "behavior", TEXT),
        embedded("KvPairSources", &KV_PAIR_SOURCES),
        field("Options", "options", Kind::Pointer(&Kind::Struct(&GENERATOR_OPTIONS))),
    ],
);

static KV_PAIR_SOURCES: Struct = of(
    "KvPairSources",
    &[
        field("LiteralSources", "literals", TEXTS),
        field("FileSources", "files", TEXTS),
        field("EnvSources", "envs", TEXTS),
        field("EnvSource", "env", TEXT),
    ],
);

static GENERATOR_OPTIONS: Struct = of(
    "GeneratorOptions",
    &[
        field("Labels", "labels", TEXT_MAP),
        field("Annotations", "annotations", TEXT_MAP),
        field("DisableNameSuffixHash", "disableNameSuffixHash", Kind::Bool),
        field("Immutable", "immutable", Kind::Bool),
    ],
);

static HELM_GLOBALS: Struct =
    of("HelmGlobals", &[field("ChartHome", "chartHome", TEXT), field("ConfigHome", "configHome", TEXT)]);

static HELM_CHART: Struct = of(
    "HelmChart",
    &[
        field("Name", "name", TEXT),
        field("Version", "version", TEXT),
        field("Repo", "repo", TEXT),
        field("ReleaseName", "releaseName", TEXT),
        field("Namespace", "namespace", TEXT),
        field("AdditionalValuesFiles", "additionalValuesFiles", TEXTS),
        field("ValuesFile", "valuesFile", TEXT),
        field("ValuesInline", "valuesInline", ANY_MAP),
        field("ValuesMerge", "valuesMerge", TEXT),
        field("IncludeCRDs", "includeCRDs", Kind::Bool),
        field("SkipHooks", "skipHooks", Kind::Bool),
        field("ApiVersions", "apiVersions", TEXTS),
        field("KubeVersion", "kubeVersion", TEXT),
        field("NameTemplate", "nameTemplate", TEXT),
        field("SkipTests", "skipTests", Kind::Bool),
        field("Debug", "debug", Kind::Bool),
        field("Devel", "devel", Kind::Bool),
    ],
);

static HELM_CHART_ARGS: Struct = of(
    "HelmChartArgs",
    &[
        field("ChartName", "chartName", TEXT),
        field("ChartVersion", "chartVersion", TEXT),
        field("ChartRepoURL", "chartRepoUrl", TEXT),
        field("ChartHome", "chartHome", TEXT),
        field("ChartRepoName", "chartRepoName", TEXT),
        field("HelmBin", "helmBin", TEXT),
        field("HelmHome", "helmHome", TEXT),
        field("Values", "values", TEXT),
        field("ValuesLocal", "valuesLocal", ANY_MAP),
        field("ValuesMerge", "valuesMerge", TEXT),
        field("ReleaseName", "releaseName", TEXT),
        field("ReleaseNamespace", "releaseNamespace", TEXT),
        field("ExtraArgs", "extraArgs", TEXTS),
    ],
);
