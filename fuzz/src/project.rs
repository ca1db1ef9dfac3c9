//! Generated projects: objects with related names in a base, and an overlay and a component with entries that refer to them.
//!
//! libFuzzer changes the bytes from which the values are chosen, so that nearly every input is a tree that builds, or that fails
//! late. `Project::text` is the form of `tests/fuzz/inputs/tree`.

use std::fmt::Write as _;

use arbitrary::Arbitrary;

/// One of a few names, so that entries often match.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Word(u8);

/// Most words are ordinary ones.
const WORDS: [&str; 16] = [
    "web", "web", "web", "api", "api", "settings", "settings", "nginx", "app", "key", "\"\"", "\"1\"", "\"yes\"", "a.b/c",
    "\"*\"", "é",
];

impl Word {
    fn text(self) -> &'static str {
        WORDS[usize::from(self.0) % WORDS.len()]
    }
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Kind {
    Deployment,
    Service,
    ConfigMap,
    Secret,
    Ingress,
    Role,
    Namespace,
    CronJob,
    Custom,
}

impl Kind {
    fn head(self) -> &'static str {
        match self {
            Kind::Deployment => "apiVersion: apps/v1\nkind: Deployment\n",
            Kind::Service => "apiVersion: v1\nkind: Service\n",
            Kind::ConfigMap => "apiVersion: v1\nkind: ConfigMap\n",
            Kind::Secret => "apiVersion: v1\nkind: Secret\n",
            Kind::Ingress => "apiVersion: networking.k8s.io/v1\nkind: Ingress\n",
            Kind::Role => "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n",
            Kind::Namespace => "apiVersion: v1\nkind: Namespace\n",
            Kind::CronJob => "apiVersion: batch/v1\nkind: CronJob\n",
            Kind::Custom => "apiVersion: example.com/v1\nkind: Thing\n",
        }
    }

    fn name(self) -> &'static str {
        self.head().rsplit(' ').next().unwrap_or_default().trim_end()
    }

    fn body(self, word: &str) -> String {
        let pod = |indent: &str| {
            format!(
                "{indent}spec:\n{indent}  containers:\n{indent}  - name: {word}\n{indent}    image: nginx:1\n{indent}    \
                 envFrom: [{{configMapRef: {{name: {word}}}}}, {{secretRef: {{name: {word}}}}}]\n{indent}  volumes:\n{indent}  \
                 - {{name: v, configMap: {{name: {word}}}}}\n"
            )
        };
        match self {
            Kind::Deployment => format!("spec:\n  selector: {{matchLabels: {{app: {word}}}}}\n  template:\n{}", pod("    ")),
            Kind::CronJob => format!("spec:\n  jobTemplate:\n    spec:\n      template:\n{}", pod("        ")),
            Kind::Service => format!("spec:\n  selector: {{app: {word}}}\n  ports: [{{port: 80, name: {word}}}]\n"),
            Kind::ConfigMap | Kind::Secret => format!("data:\n  key: {word}\n  $(VAR): $(VAR) $$(VAR)\n"),
            Kind::Ingress => format!("spec:\n  defaultBackend: {{service: {{name: {word}, port: {{number: 80}}}}}}\n"),
            Kind::Role => format!("roleRef: {{kind: Role, name: {word}}}\nsubjects: [{{kind: ServiceAccount, name: {word}}}]\n"),
            Kind::Namespace => String::new(),
            Kind::Custom => format!("spec:\n  list: [a, {{name: {word}}}]\n  deep: {{a: {{b: {word}}}}}\n"),
        }
    }
}

#[derive(Arbitrary, Clone, Debug)]
pub struct Object {
    kind: Kind,
    name: Word,
    namespace: Option<Word>,
    refers: Word,
}

impl Object {
    fn text(&self) -> String {
        let namespace = self.namespace.map(|word| format!("  namespace: {}\n", word.text())).unwrap_or_default();
        let (head, name) = (self.kind.head(), self.name.text());
        format!("---\n{head}metadata:\n  name: {name}\n{namespace}{}", self.kind.body(self.refers.text()))
    }
}

/// A path to a field, often one that exists.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Field {
    Name,
    Image,
    Data,
    Key,
    Item,
    Label,
    Escaped,
    Wildcard,
    Missing,
    Last,
}

impl Field {
    fn dotted(self) -> &'static str {
        match self {
            Field::Name => "metadata.name",
            Field::Image => "spec.template.spec.containers.[name=web].image",
            Field::Data => "data",
            Field::Key => "data.key",
            Field::Item => "spec.list.1.name",
            Field::Label => "metadata.labels.app",
            Field::Escaped => "metadata.annotations.a\\.b/c",
            Field::Wildcard => "spec.template.spec.containers.*.name",
            Field::Missing => "spec.none.[x=y].z",
            Field::Last => "spec.list.-",
        }
    }

    fn pointer(self) -> &'static str {
        match self {
            Field::Name => "/metadata/name",
            Field::Image => "/spec/template/spec/containers/0/image",
            Field::Data => "/data",
            Field::Key => "/data/key",
            Field::Item => "/spec/list/1/name",
            Field::Label => "/metadata/labels/app",
            Field::Escaped => "/metadata/annotations/a.b~1c",
            Field::Wildcard => "",
            Field::Missing => "/spec/none/0/x",
            Field::Last => "/spec/list/-",
        }
    }
}

#[derive(Arbitrary, Clone, Debug)]
pub enum Entry {
    NamePrefix(Word),
    NameSuffix(Word),
    Namespace(Word),
    Labels { key: Word, value: Word, selectors: bool, templates: bool },
    Annotations(Word, Word),
    Images { name: Word, new: Option<Word>, tag: Option<Word>, digest: bool },
    Replicas(Word, i8),
    ConfigMap { name: Word, behavior: u8, key: Word, value: Word, secret: bool, no_hash: bool },
    Merge { object: Object, directive: u8 },
    Operations { target: Kind, name: Option<Word>, operations: [Option<(u8, Field, Field, Word)>; 4] },
    Replacement { kind: Kind, name: Word, from: Field, to: Field, target: Kind, delimiter: Option<u8>, index: i8, create: bool },
    Var { name: Word, kind: Kind, of: Word, field: Option<Field> },
    Order(bool),
    Metadata(u8),
    Raw(Word, Word),
}

impl Entry {
    /// The field of the kustomization, and its value or item.
    fn text(&self) -> (&'static str, String) {
        match self {
            Entry::NamePrefix(word) => ("namePrefix", word.text().into()),
            Entry::NameSuffix(word) => ("nameSuffix", word.text().into()),
            Entry::Namespace(word) => ("namespace", word.text().into()),
            Entry::Labels { key, value, selectors, templates } => {
                let (key, value) = (key.text(), value.text());
                let text = format!("{{pairs: {{{key}: {value}}}, includeSelectors: {selectors}, includeTemplates: {templates}}}");
                ("labels", text)
            }
            Entry::Annotations(key, value) => ("commonAnnotations", format!("{{{}: {}}}", key.text(), value.text())),
            Entry::Images { name, new, tag, digest } => {
                let of =
                    |field: &str, word: &Option<Word>| word.map(|word| format!(", {field}: {}", word.text())).unwrap_or_default();
                let digest = if *digest { ", digest: \"sha256:0\"" } else { "" };
                ("images", format!("{{name: {}{}{}{digest}}}", name.text(), of("newName", new), of("newTag", tag)))
            }
            Entry::Replicas(name, count) => ("replicas", format!("{{name: {}, count: {count}}}", name.text())),
            Entry::ConfigMap { name, behavior, key, value, secret, no_hash } => {
                let behavior = ["create", "merge", "replace", "\"\""][usize::from(*behavior) % 4];
                let literal = format!("'{}={}'", key.text(), value.text());
                let text = format!(
                    "{{name: {}, behavior: {behavior}, literals: [{literal}], files: [x=r.yaml], options: \
                     {{disableNameSuffixHash: {no_hash}, labels: {{a: b}}}}}}",
                    name.text()
                );
                (if *secret { "secretGenerator" } else { "configMapGenerator" }, text)
            }
            Entry::Merge { object, directive } => {
                let directive = ["", "$patch: delete\n", "$patch: replace\n", "spec: null\n"][usize::from(*directive) % 4];
                let text = format!("{}{directive}", object.text());
                ("patches", format!("patch: |\n{}", indented(&text)))
            }
            Entry::Operations { target, name, operations } => ("patches", operations_text(*target, *name, operations)),
            Entry::Replacement { .. } => ("replacements", self.replacement()),
            Entry::Var { name, kind, of, field } => {
                let field = field.map(|field| format!(", fieldref: {{fieldpath: '{}'}}", field.dotted())).unwrap_or_default();
                let head = kind.head().trim_end().replace('\n', ", ");
                ("vars", format!("{{name: {}, objref: {{{head}, name: {}}}{field}}}", name.text(), of.text()))
            }
            Entry::Order(legacy) => ("sortOptions", format!("{{order: {}}}", if *legacy { "legacy" } else { "fifo" })),
            Entry::Metadata(which) => {
                let all = ["originAnnotations", "transformerAnnotations", "managedByLabel", "none"];
                ("buildMetadata", format!("[{}]", all[usize::from(*which) % all.len()]))
            }
            Entry::Raw(key, value) => ("commonLabels", format!("{{{}: {}}}", key.text(), value.text())),
        }
    }

    fn replacement(&self) -> String {
        let Entry::Replacement { kind, name, from, to, target, delimiter, index, create } = self else { return String::new() };
        let delimiter = delimiter.map(|at| format!("delimiter: '{}', ", ["/", ":", ".", ""][usize::from(at) % 4]));
        let options = format!("options: {{{}index: {index}, create: {create}}}", delimiter.unwrap_or_default());
        let source =
            format!("source: {{kind: {}, name: {}, fieldPath: '{}', {options}}}", kind.name(), name.text(), from.dotted());
        let select = format!("{{select: {{kind: {}}}, fieldPaths: ['{}'], {options}}}", target.name(), to.dotted());
        format!("{{{source}, targets: [{select}]}}")
    }
}

fn operations_text(target: Kind, name: Option<Word>, operations: &[Option<(u8, Field, Field, Word)>]) -> String {
    let name = name.map(|name| format!(", name: {}", name.text())).unwrap_or_default();
    let mut text = format!("target: {{kind: {}{name}}}\n  patch: |\n", target.name());
    for (op, path, from, value) in operations.iter().flatten() {
        let op = ["add", "remove", "replace", "move", "copy", "test"][usize::from(*op) % 6];
        let (path, from, value) = (path.pointer(), from.pointer(), value.text());
        let _ = writeln!(text, "    - {{op: {op}, path: '{path}', from: '{from}', value: {value}}}");
    }
    text
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// A base, an overlay, and a component.
#[derive(Arbitrary, Debug)]
pub struct Project {
    objects: [Object; 5],
    base: [Option<Entry>; 4],
    component: [Option<Entry>; 3],
    overlay: [Option<Entry>; 6],
    twice: bool,
}

impl Project {
    /// Its files as one text.
    pub fn text(&self) -> String {
        let objects: String = self.objects.iter().map(Object::text).collect();
        let bases = if self.twice { "[base, other]" } else { "[base]" };
        let kustomization = |head: &str, entries: &[Option<Entry>]| format!("{head}{}", fields(entries));
        format!(
            "-- base/kustomization.yaml --\n{}-- base/r.yaml --\n{objects}-- other/kustomization.yaml --\nnameSuffix: -2\n\
             resources: [../base]\n-- component/kustomization.yaml --\n{}-- component/r.yaml --\na: b\n-- kustomization.yaml --\n\
             {}-- r.yaml --\na: b\n",
            kustomization("resources: [r.yaml]\n", &self.base),
            kustomization("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n", &self.component),
            kustomization(&format!("resources: {bases}\ncomponents: [component]\n"), &self.overlay),
        )
    }
}

/// Entries grouped by their fields, since a field may only be written once.
fn fields(entries: &[Option<Entry>]) -> String {
    let mut fields: Vec<(&str, Vec<String>)> = Vec::new();
    for (field, value) in entries.iter().flatten().map(Entry::text) {
        match fields.iter_mut().find(|(name, _)| *name == field) {
            Some((_, values)) => values.push(value),
            None => fields.push((field, vec![value])),
        }
    }
    let mut text = String::new();
    for (field, values) in fields {
        let single =
            ["namePrefix", "nameSuffix", "namespace", "commonAnnotations", "sortOptions", "buildMetadata", "commonLabels"];
        if single.contains(&field) {
            let _ = writeln!(text, "{field}: {}", values[0]);
        } else {
            let _ = writeln!(text, "{field}:");
            values.iter().for_each(|value| text.push_str(&format!("- {}\n", value.trim_end())));
        }
    }
    text
}
