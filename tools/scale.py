"""Generated inputs of a given size for `bench.py --scale`, each with the command that is run with them.

A case writes its input of size n into an empty directory and returns the arguments for `render`, which runs there. Sizes are
doubled twice: the exponent is that of the additional work, so start-up does not count.
"""

import collections
import math
import pathlib
import re
import resource
import shutil
import subprocess
import tempfile

Case = collections.namedtuple("Case", "name size make reason")

CASES = []


def case(name, size, reason=None):
    """Registers a case; `reason` explains an exponent above the limit."""

    def register(make):
        CASES.append(Case(name, size, make, reason))
        return make

    return register


def write(directory, files):
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def lines(form, n, **more):
    """One piece of text per number."""
    return "".join(form.format(i=i, **more) for i in range(n))


DEPLOYMENT = """\
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{i}
  labels: {{app: app-{i}, tier: web}}
  annotations: {{owner: team-{i}}}
spec:
  selector: {{matchLabels: {{app: app-{i}}}}}
  template:
    metadata: {{labels: {{app: app-{i}}}}}
    spec:
      containers:
      - name: app
        image: example.com/image-{i}:1.0
        args: [--value=$(VAR_{i})]
        envFrom:
        - configMapRef: {{name: settings-{i}}}
"""
SERVICE = """\
---
apiVersion: v1
kind: Service
metadata: {{name: service-{i}, namespace: space-{i}}}
spec: {{selector: {{app: app-{i}}}, ports: [{{port: 80}}]}}
"""
SETTINGS = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings-{i}}}\ndata: {{key: value-{i}}}\n"
BUILD = ["build", "."]


def objects(form, fields, entry=""):
    """A kustomization with n objects and fields that have an item per object."""

    def make(directory, n):
        write(directory, {
            "all.yaml": lines(form, n),
            "kustomization.yaml": f"resources: [all.yaml]\n{fields}\n{lines(entry, n)}",
        })
        return BUILD

    return make


def given(files_of, command=BUILD):
    """The files for each size, and the command."""

    def make(directory, n):
        write(directory, files_of(n))
        return command

    return make


def add(name, size, make, reason=None):
    CASES.append(Case(name, size, make, reason))


# Objects, and each field with one item for all objects or one per object.
add("objects", 400, objects(DEPLOYMENT, ""))
add("namespace", 400, objects(DEPLOYMENT, "namespace: a"))
add("namePrefix, nameSuffix", 300, objects(DEPLOYMENT, "namePrefix: a-\nnameSuffix: -b"))
add("commonLabels: objects", 300, objects(DEPLOYMENT, "commonLabels: {a: b}"))
add("commonAnnotations: objects", 300, objects(DEPLOYMENT, "commonAnnotations: {a: b}"))
add("labels: objects", 300, objects(DEPLOYMENT, "labels: [{pairs: {a: b}, includeTemplates: true}]"))
add("images x objects", 300, objects(DEPLOYMENT, "images:", "- {{name: example.com/image-{i}, newTag: v{i}}}\n"))
add("images that match all", 400, objects(DEPLOYMENT, "images: [{name: example.com/.*, newTag: '2'}]"))
add("images that match nothing", 300, objects(DEPLOYMENT, "images:", "- {{name: other-{i}, newTag: v{i}}}\n"))
add("images, patterns x objects", 200, objects(DEPLOYMENT, "images:", "- {{name: 'example.com/image-{i}$', newTag: v{i}}}\n"),
    "a pattern may match any image")
add("replicas x objects", 300, objects(DEPLOYMENT, "replicas:", "- {{name: app-{i}, count: {i}}}\n"))
add("replicas for one object", 300, objects(DEPLOYMENT, "replicas: [{name: app-0, count: 3}]"))

PATCH = "  patch: '{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: app-{i}}}, spec: {{replicas: {i}}}}}'\n"
JSON_PATCH = "  patch: '- {{op: add, path: /spec/replicas, value: {i}}}'\n"
for kind, target in {
    "name": "name: app-{i}",
    "kind and name": "kind: Deployment, name: app-{i}",
    "escaped name": "name: 'app\\-{i}'",
    "anchored name": "name: '^app-{i}$'",
    "label": "labelSelector: app=app-{i}",
    "several labels": "labelSelector: 'tier=web,app in (app-{i})'",
    "annotation": "annotationSelector: owner=team-{i}",
}.items():
    add(f"patches by {kind} x objects", 250, objects(DEPLOYMENT, "patches:", "- target: {{" + target + "}}\n" + PATCH))
add("patches by namespace x objects", 250, objects(
    SERVICE, "patches:", "- target: {{namespace: space-{i}}}\n  patch: '- {{op: add, path: /spec/type, value: NodePort}}'\n"))
add("patches by pattern x objects", 200, objects(DEPLOYMENT, "patches:", "- target: {{name: 'app-{i}|b'}}\n" + PATCH),
    "a regular expression may match any name")
add("patches, JSON x objects", 250, objects(DEPLOYMENT, "patches:", "- target: {{name: app-{i}}}\n" + JSON_PATCH))
add("patches without target x objects", 250, objects(DEPLOYMENT, "patches:", "-" + PATCH[1:]))
add("patches for one object", 200, objects(DEPLOYMENT, "patches:", "- target: {{name: app-0}}\n" + PATCH))
add("patches that match nothing", 400, objects(DEPLOYMENT, "patches:", "- target: {{name: missing-{i}}}\n" + PATCH))
add("patchesStrategicMerge x objects", 250, objects(
    DEPLOYMENT, "patchesStrategicMerge:",
    "- '{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: app-{i}}}, spec: {{replicas: {i}}}}}'\n"))
add("patchesStrategicMerge that miss", 250, objects(
    DEPLOYMENT, "patchesStrategicMerge:",
    "- '{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: none-{i}}}, spec: {{replicas: {i}}}}}'\n"))
add("patchesJson6902 x objects", 250, objects(
    DEPLOYMENT, "patchesJson6902:", "- target: {{version: v1, kind: Deployment, name: app-{i}}}\n" + JSON_PATCH))

SOURCE = "- source: {{kind: Deployment, name: app-{i}, fieldPath: metadata.labels.tier}}\n"
REPLACED = "  targets: [{{select: {{kind: Deployment, name: app-{i}}}, fieldPaths: [spec.template.metadata.labels.app]}}]\n"
add("replacements x objects", 200, objects(
    DEPLOYMENT, "replacements:", SOURCE + REPLACED))
add("replacements by label x objects", 200, objects(
    DEPLOYMENT, "replacements:", SOURCE.replace("{i}", "0")
    + REPLACED.replace("kind: Deployment, name: app-{i}", "labelSelector: app=app-{i}")))
add("replacements that reject", 200, objects(
    DEPLOYMENT, "replacements:", SOURCE
    + REPLACED.replace("fieldPaths", "reject: [{{name: other}}], fieldPaths")))
add("replacements, one for all objects", 300, objects(
    DEPLOYMENT, "replacements:\n- sourceValue: x\n  targets: [{select: {kind: Deployment}, fieldPaths: [spec.template.metadata.labels.app]}]"))
add("replacements, targets of one", 200, objects(
    DEPLOYMENT, "replacements:\n- sourceValue: x\n  targets:",
    "  - {{select: {{kind: Deployment, name: app-{i}}}, fieldPaths: [spec.template.metadata.labels.app]}}\n"))
add("replacements, paths of one target", 200, objects(
    SETTINGS, "replacements:\n- sourceValue: x\n  targets:\n  - select: {name: settings-0}\n    options: {create: true}\n    fieldPaths:",
    "    - data.key-{i}\n"))
add("vars x objects", 150, objects(
    DEPLOYMENT, "vars:", "- {{name: VAR_{i}, objref: {{apiVersion: apps/v1, kind: Deployment, name: app-{i}}}}}\n"))
add("vars, one in all objects", 300, objects(
    DEPLOYMENT.replace("VAR_{i}", "VAR"), "vars: [{name: VAR, objref: {apiVersion: apps/v1, kind: Deployment, name: app-0}}]"))
add("name references x objects", 200, objects(DEPLOYMENT + SETTINGS, "namePrefix: a-"))
add("name references, one name", 200, objects(
    "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: pod-{i}, namespace: space-{i}}}\n"
    "spec: {{containers: [{{name: a, image: b, envFrom: [{{configMapRef: {{name: settings}}}}]}}]}}\n"
    + SETTINGS.replace("settings-{i}", "settings, namespace: space-{i}"), "namePrefix: a-"))
add("name references, one name in all kinds", 200, objects(
    "---\napiVersion: example.com/v1\nkind: Kind{i}\nmetadata: {{name: same}}\nspec: {{a: b}}\n", "namePrefix: a-"))
BINDING = (
    "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: default, namespace: space-{i}}}\n"
    "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: binding-{i}, namespace: space-{i}}}\n"
    "roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}}\n"
    "subjects: [{{kind: ServiceAccount, name: default, namespace: space-{i}}}]\n")
add("role bindings", 200, objects(BINDING, "namePrefix: a-"))
add("role bindings with a namespace", 200, objects(BINDING.replace("name: default, namespace: space-{i}}}\n---", "name: a-{i}}}\n---"), "namespace: a"))
add("sortOptions: legacy", 400, objects(DEPLOYMENT + SERVICE, "sortOptions: {order: legacy}"))
add("sortOptions: kinds", 300, objects(
    "---\napiVersion: example.com/v1\nkind: Kind{i}\nmetadata: {{name: a}}\n", "sortOptions:\n  order: fifo\n"))
add("buildMetadata", 300, objects(
    DEPLOYMENT, "buildMetadata: [originAnnotations, transformerAnnotations, managedByLabel]\nnamePrefix: a-"))
add("configMapGenerator: generators", 300, objects("", "configMapGenerator:", "- {{name: a-{i}, literals: [a=b]}}\n"))
add("configMapGenerator: merge", 300, objects(SETTINGS, "configMapGenerator:", "- {{name: settings-{i}, behavior: merge, literals: [a=b]}}\n"))
add("configMapGenerator: literals", 1000, objects("", "configMapGenerator:\n- name: a\n  literals:", "  - key-{i}=value\n"))
add("secretGenerator: literals", 1000, objects("", "secretGenerator:\n- name: a\n  literals:", "  - key-{i}=value\n"))
add("configMapGenerator: references", 200, objects(DEPLOYMENT, "configMapGenerator:", "- {{name: settings-{i}, literals: [a=b]}}\n"))


@case("configMapGenerator: files", 150)
def generator_files(directory, n):
    write(directory, {f"file-{i}.txt": "text\n" for i in range(n)})
    write(directory, {"kustomization.yaml": "configMapGenerator:\n- name: a\n  files:\n" + lines("  - file-{i}.txt\n", n)})
    return BUILD


@case("configMapGenerator: lines of envs", 1000)
def generator_envs(directory, n):
    write(directory, {"a.env": lines("KEY_{i}=value\n", n),
                      "kustomization.yaml": "configMapGenerator:\n- {name: a, envs: [a.env]}\n"})
    return BUILD


@case("resources: files", 150)
def files(directory, n):
    write(directory, {f"{i}.yaml": SETTINGS.format(i=i) for i in range(n)})
    write(directory, {"kustomization.yaml": "resources:\n" + lines("- {i}.yaml\n", n)})
    return BUILD


@case("resources: overlays", 100)
def overlays(directory, n):
    for i in range(n):
        write(directory, {f"o{i}/a.yaml": SETTINGS.format(i=i), f"o{i}/kustomization.yaml": f"namePrefix: p{i}-\nresources: [a.yaml]\n"})
    write(directory, {"kustomization.yaml": "resources:\n" + lines("- o{i}\n", n)})
    return BUILD


@case("resources: overlays of one base", 100)
def diamond(directory, n):
    for i in range(n):
        write(directory, {f"o{i}/kustomization.yaml": f"namePrefix: p{i}-\nresources: [../base]\n"})
    write(directory, {"kustomization.yaml": "resources:\n" + lines("- o{i}\n", n), "base/kustomization.yaml": "resources: [a.yaml]\n",
                      "base/a.yaml": (DEPLOYMENT + SETTINGS).format(i=0)})
    return BUILD


def chain(fields, size=200):
    """A chain of n overlays over some objects."""

    def make(directory, n):
        write(directory, {"0/a.yaml": lines(DEPLOYMENT + SETTINGS, size), "0/kustomization.yaml": "resources: [a.yaml]\n"})
        for i in range(1, n + 1):
            write(directory, {f"{i}/kustomization.yaml": f"resources: [../{i - 1}]\n" + fields.format(i=i)})
        return ["build", str(n)]

    return make


add("depth", 45, chain(""))
add("depth with a namespace", 45, chain("namespace: n{i}\n", 50))
add("depth with labels", 45, chain("labels: [{{pairs: {{a: b{i}}}}}]\n", 50))
add("depth with new labels", 45, chain("labels: [{{pairs: {{a{i}: b}}}}]\n", 20), "the objects grow with the depth, and each layer visits them")
add("depth with a patch", 45, chain(
    "patches: [{{patch: '{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: app-0}}, spec: {{replicas: {i}}}}}'}}]\n", 20))
add("depth with an image", 45, chain("images: [{{name: example.com/image-0, newTag: v{i}}}]\n", 20))
add("depth with prefixes", 45, chain("namePrefix: p{i}-\n", 5), "names and their histories grow with the depth, and each layer visits them")
add("depth with a generator", 45, chain("configMapGenerator: [{{name: new-{i}, literals: [a=b]}}]\n", 1), "each layer visits the objects below")


@case("objects below twenty overlays", 60)
def deep_objects(directory, n):
    return chain("namePrefix: p{i}-\n", n)(directory, 20)


@case("components", 100)
def components(directory, n):
    head = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    patch = "patches: [{{patch: '{{apiVersion: v1, kind: ConfigMap, metadata: {{name: settings-{i}}}, data: {{new: x}}}}'}}]\n"
    for i in range(n):
        write(directory, {f"c{i}/kustomization.yaml": head + patch.format(i=i)})
    return objects(SETTINGS, "components:", "- c{i}\n")(directory, n)


@case("components with objects", 100)
def component_objects(directory, n):
    head = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    for i in range(n):
        write(directory, {f"c{i}/kustomization.yaml": head + "resources: [a.yaml]\n", f"c{i}/a.yaml": SETTINGS.format(i=i)})
    write(directory, {"kustomization.yaml": "components:\n" + lines("- c{i}\n", n)})
    return BUILD


@case("configurations", 60)
def configurations(directory, n):
    write(directory, {f"{i}.yaml": f"images:\n- {{kind: Kind{i}, path: spec/image{i}}}\n" for i in range(n)})
    return objects(DEPLOYMENT, "images: [{name: a, newTag: b}]\nconfigurations:", "- {i}.yaml\n")(directory, n)


@case("configurations: specs of one file", 300)
def configuration_specs(directory, n):
    write(directory, {"c.yaml": "nameReference:\n" + lines(
        "- kind: Kind{i}\n  fieldSpecs: [{{kind: User{i}, path: spec/name}}]\n", n) + "images:\n" + lines("- path: spec/image{i}\n", n)})
    write(directory, {"kustomization.yaml": "namePrefix: a-\nimages: [{name: a, newTag: b}]\nresources: [a.yaml]\nconfigurations: [c.yaml]\n",
                      "a.yaml": SETTINGS.format(i=0)})
    return BUILD


@case("crds", 200)
def crds(directory, n):
    write(directory, {"crds.json": "{" + ",".join(
        f'"example.com/v1.Kind{i}": {{"Schema": {{"properties": {{"apiVersion": {{}}, "kind": {{}}, "metadata": {{}}, '
        f'"spec": {{"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "Secret", "x-kubernetes-object-ref-name-key": "name"}}}}}}}}'
        for i in range(n)) + "}",
        "kustomization.yaml": "crds: [crds.json]\nresources: [a.yaml]\n", "a.yaml": SETTINGS.format(i=0)})
    return BUILD


# The shape of one object.
def one(text, fields=""):
    def make(directory, n):
        write(directory, {"a.yaml": text(n), "kustomization.yaml": f"resources: [a.yaml]\n{fields}"})
        return BUILD

    return make


MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n{more}data:\n"


def wide(n):
    return MAP.format(more="") + lines("  key-{i}: value\n", n)


def labels(n):
    return MAP.format(more="  labels:\n" + lines("    key-{i}: value\n", n)) + "  a: b\n"


def merge_patch(text):
    """A patch with as many items as the object."""

    def make(directory, n):
        write(directory, {"a.yaml": text(n), "patch.yaml": text(n).replace("value", "changed"),
                          "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: patch.yaml}]\n"})
        return BUILD

    return make


def pod(form):
    return lambda n: ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n" + lines(form, n, v="value"))


ENV_LIST = lambda n: pod("")(n) + "    env:\n" + lines("    - {{name: KEY_{i}, value: value}}\n", n)  # noqa: E731
PORT_LIST = lambda n: pod("")(n) + "    ports:\n" + lines(  # noqa: E731
    "    - {{containerPort: {i}, name: value}}\n", n)
SERVICE_PORTS = lambda n: "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  ports:\n" + lines(  # noqa: E731
    "  - {{port: {i}, protocol: TCP, name: value-{i}}}\n", n)
CONTAINERS = lambda n: "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n" + lines(  # noqa: E731
    "  - {{name: c-{i}, image: value}}\n", n)
FINALIZERS = lambda n: "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  finalizers:\n" + lines("  - f-{i}\n", n)  # noqa: E731

add("keys of a mapping", 2000, one(wide))
add("keys of a mapping: strategic merge", 1000, merge_patch(wide))
add("labels of an object", 1000, one(labels))
add("labels of an object: strategic merge", 500, merge_patch(labels))
add("labels of an object: labels", 1000, one(labels, "labels: [{pairs: {new: label}}]\n"))
add("labels: pairs", 1000, given(lambda n: {
    "a.yaml": SETTINGS.format(i=0),
    "kustomization.yaml": "resources: [a.yaml]\nlabels:\n- pairs:\n" + lines("    key-{i}: value\n", n)}))
add("commonAnnotations: pairs", 1000, given(lambda n: {
    "a.yaml": SETTINGS.format(i=0),
    "kustomization.yaml": "resources: [a.yaml]\ncommonAnnotations:\n" + lines("  key-{i}: value\n", n)}))
add("operations of a JSON patch", 500, given(lambda n: {
    "a.yaml": SETTINGS.format(i=0), "patch.yaml": lines("- {{op: add, path: /data/key-{i}, value: x}}\n", n),
    "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: patch.yaml, target: {kind: ConfigMap}}]\n"}))
add("operations of a JSON patch on a list", 500, given(lambda n: {
    "a.yaml": CONTAINERS(2), "patch.yaml": lines("- {{op: add, path: /spec/containers/-, value: {{name: x{i}}}}}\n", n),
    "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: patch.yaml, target: {kind: Pod}}]\n"}))
for kind, text in {"env": ENV_LIST, "container ports": PORT_LIST, "service ports": SERVICE_PORTS, "containers": CONTAINERS,
                   "finalizers": FINALIZERS}.items():
    add(f"list merged by key: {kind}", 200, merge_patch(text))
add("items of a list", 2000, one(FINALIZERS))
add("bytes of a value", 50000, one(lambda n: MAP.format(more="") + "  a: " + "x" * n + "\n"))
add("lines of a value", 5000, one(lambda n: MAP.format(more="") + "  a: |\n" + lines("    line {i}\n", n)))
add("words of a quoted value", 5000, one(lambda n: MAP.format(more="") + '  a: "' + lines("word{i} ", n) + '"\n'))
add("escapes of a value", 5000, one(lambda n: MAP.format(more="") + '  a: "' + "\\u00e9\\n" * n + '"\n'))
add("depth of a value", 40, one(lambda n: "apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec:\n" + "".join(
    " " * (i + 1) + f"k{i}:\n" for i in range(n)) + " " * (n + 1) + "a: b\n"), "indentation grows with the depth")
add("comments", 5000, one(lambda n: lines("# comment {i}\n", n) + SETTINGS.format(i=0)))
add("aliases", 1000, one(lambda n: MAP.format(more="") + "  a: &a text\n" + lines("  k{i}: *a\n", n)))
add("documents without content", 2000, one(lambda n: "---\n# nothing\n" * n + SETTINGS.format(i=0)))


# Errors and findings.
@case("unknown fields", 500)
def unknown_fields(directory, n):
    write(directory, {"kustomization.yaml": lines("field{i}: a\n", n)})
    return BUILD


@case("missing files", 300)
def missing_files(directory, n):
    write(directory, {"kustomization.yaml": "resources:\n" + lines("- missing-{i}.yaml\n", n)})
    return BUILD


@case("duplicate keys", 1000)
def duplicate_keys(directory, n):
    write(directory, {"a.yaml": MAP.format(more="") + lines("  key-{i}: a\n  key-{i}: b\n", n), "kustomization.yaml": "resources: [a.yaml]\n"})
    return BUILD


VALIDATE = ["validate", "a.yaml"]
add("validate: objects", 200, given(lambda n: {"a.yaml": lines(DEPLOYMENT + SERVICE + SETTINGS, n)}, VALIDATE))
WRONG = DEPLOYMENT.replace("  template:", "  wrong: a\n  replicas: x\n  template:")
for style in ["human", "json", "sarif", "junit", "github"]:
    add(f"validate: findings, {style}", 100, given(lambda n: {"a.yaml": lines(WRONG, n)}, [*VALIDATE, "--format", style]))


@case("validate: silences x findings", 100)
def silences(directory, n):
    entry = "- {{code: unknown-config-map, object: Deployment/app-{i}, reason: x}}\n"
    write(directory, {".render.yaml": "silence:\n" + lines(entry, n), "a.yaml": lines(DEPLOYMENT, n)})
    return VALIDATE


@case("validate: overlays with findings", 30)
def overlays_with_findings(directory, n):
    write(directory, {"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": lines(DEPLOYMENT, 30)})
    for i in range(n):
        write(directory, {f"o{i}/kustomization.yaml": "resources: [../base]\n"})
    return ["validate", *(f"o{i}" for i in range(n))]


@case("render: overlays of one base", 30)
def rendered_overlays(directory, n):
    write(directory, {"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": lines(SETTINGS, 30)})
    for i in range(n):
        write(directory, {f"o{i}/kustomization.yaml": f"namePrefix: p{i}-\nresources: [../base]\n"})
    return [f"o{i}" for i in range(n)]


add("validate: keys of a mapping", 1000, given(lambda n: {"a.yaml": wide(n)}, VALIDATE))
for kind, text in {"env": ENV_LIST, "containers": CONTAINERS, "service ports": SERVICE_PORTS, "container ports": PORT_LIST}.items():
    add(f"validate: {kind}", 200, given(lambda n, text=text: {"a.yaml": text(n)}, VALIDATE))


# Two sides.
def two_sides(old, new, *command):
    def make(directory, n):
        write(directory, {"old.yaml": old(n), "new.yaml": new(n)})
        return [*command, "old.yaml", "new.yaml"]

    return make


def many(n):
    return lines(DEPLOYMENT, n)


def changed(n):
    return many(n).replace(":1.0", ":2.0")


def renamed(n):
    return many(n).replace("name: app-", "name: new-")


def text(form, n):
    return MAP.format(more="") + "  a: |\n" + lines(form, n)


for style in ["human", "unified", "json", "json-patch", "markdown", "html", "github", "summary"]:
    add(f"diff: changed objects, {style}", 150, two_sides(many, changed, "diff", "--format", style))
add("diff: same objects", 300, two_sides(many, many, "diff"))
add("diff: renamed objects", 100, two_sides(many, renamed, "diff"))
add("diff: other objects", 150, two_sides(many, lambda n: lines(SERVICE, n), "diff"))
add("diff: keys of a mapping", 1000, two_sides(wide, lambda n: wide(n).replace("value", "new"), "diff"))
add("diff: items by key", 300, two_sides(ENV_LIST, lambda n: ENV_LIST(n).replace("value: value", "value: x"), "diff"))
add("diff: items without key", 1000, two_sides(FINALIZERS, lambda n: FINALIZERS(n).replace("f-", "g-"), "diff"))
add("diff: lines, all changed", 4000, two_sides(lambda n: text("    line {i}\n", n), lambda n: text("    new {i}\n", n), "diff"))
add("diff: lines, every other one changed", 4000, two_sides(
    lambda n: text("    line {i}\n    same {i}\n", n), lambda n: text("    new {i}\n    same {i}\n", n), "diff"))
add("diff: lines of two kinds", 4000, two_sides(
    lambda n: text("    a\n", n), lambda n: text("    b\n    a\n", n // 2), "diff"))
add("diff: unified, lines", 4000, two_sides(
    lambda n: text("    line {i}\n", n), lambda n: text("    new {i}\n", n), "diff", "--format", "unified"))


def in_both(*command):
    """Two overlays of n objects."""

    def make(directory, n):
        for side in ["a", "b"]:
            write(directory, {f"{side}/kustomization.yaml": f"resources: [../base]\nnamespace: {side}\n"})
        write(directory, {"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": many(n)})
        return [*command, "a", "b"]

    return make


add("compare", 150, in_both("compare"))
add("render: two overlays", 150, in_both("--no-validate"))


@case("compare: overlays", 30)
def compare_overlays(directory, n):
    rendered_overlays(directory, n)
    return ["compare", *(f"o{i}" for i in range(n))]


def overlay(*command, fields="namePrefix: a-\n"):
    def make(directory, n):
        objects(DEPLOYMENT, fields)(directory, n)
        return list(command)

    return make


add("blame", 150, overlay("blame", "."))
add("render: a file", 200, overlay("--no-validate", ".", "-o", "out.yaml"))
add("render: a directory", 150, overlay("--no-validate", ".", "-o", "out/"))
add("deps", 150, lambda directory, n: files(directory, n) and ["deps", "."])
add("deps: overlays", 60, lambda directory, n: overlays(directory, n) and ["deps", "."])


@case("test: assertions", 150)
def assertions(directory, n):
    objects(SETTINGS, "")(directory, n)
    write(directory, {"a.render-test.yaml": lines(
        "---\nname: test {i}\ntarget: {{kind: ConfigMap, name: settings-{i}}}\ncontains: {{data: {{key: value-{i}}}}}\n", n)})
    return ["test", "."]


@case("test: snapshots", 100)
def snapshots(directory, n):
    objects(SETTINGS, "")(directory, n)
    return ["test", "--update", "."]


def committed(directory):
    """Makes a repository of a directory, and changes a file after the commit."""
    git = ["git", "-C", str(directory), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in [["init", "-q"], ["add", "."], ["commit", "-qm", "first"]]:
        subprocess.run([*git, *command], check=True)
    write(directory, {"o0/a.yaml": SETTINGS.format(i="new")})


@case("affected: overlays", 60)
def affected(directory, n):
    overlays(directory, n)
    committed(directory)
    return ["affected", "--since", "HEAD"]


@case("diff: overlays since a revision", 60)
def revisions(directory, n):
    overlays(directory, n)
    committed(directory)
    return ["diff", "--base", "HEAD", "."]


def measured(program, arguments, directory, valgrind):
    """Instructions, or milliseconds of CPU time: the least of three runs."""
    command = [str(pathlib.Path(program).resolve()), *arguments]
    if not valgrind:
        times = []
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return 1000 * min(times), done
    with tempfile.NamedTemporaryFile(mode="r") as log:
        prefix = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", f"--log-file={log.name}"]
        done = subprocess.run(prefix + command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        counts = re.findall(r"I\s+refs:\s+([\d,]+)", log.read())
    return int(counts[-1].replace(",", "")), done


# The exit codes of commands that report differences or findings.
EXPECTED = {"diff": [0, 1], "validate": [0, 1], "affected": [0, 1]}
# The names of cases that must fail.
FAILS = ("that miss", "unknown fields", "missing files", "duplicate keys")


def run(program, words, limit, cpu_time):
    """Prints a line per case; returns the names of the cases above the limit that have no reason."""
    valgrind = not cpu_time and shutil.which("valgrind") is not None
    unit = "M instructions" if valgrind else "ms of CPU time"
    print(f"| case | N | N, {unit} | 2N | 4N | exponent |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    above = []
    for name, size, make, reason in CASES:
        if words and not any(word in name for word in words):
            continue
        scale = 1e6 if valgrind else 1
        factor = 1 if valgrind or name.startswith("depth") else 4
        costs, failed = [], ""
        for n in [size * factor, 2 * size * factor, 4 * size * factor]:
            with tempfile.TemporaryDirectory() as scratch:
                arguments = make(pathlib.Path(scratch), n)
                cost, done = measured(program, arguments, scratch, valgrind)
                costs.append(cost / scale)
                if done.returncode not in EXPECTED.get(arguments[0], [0]) and not name.endswith(FAILS):
                    failed = (done.stderr.decode("utf8", "replace").strip().splitlines() or ["failed"])[0]
        first, second = max(costs[1] - costs[0], 1e-9), max(costs[2] - costs[1], 1e-9)
        exponent = math.log2(second / first)
        note = failed
        if exponent > limit:
            note = reason or "ABOVE THE LIMIT"
            above += [] if reason else [name]
        shown = " | ".join(f"{cost:,.1f}" for cost in costs)
        print(f"| {name} | {size * factor} | {shown} | {exponent:.2f} {note} |", flush=True)
    return above
