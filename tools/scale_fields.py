"""Cases of `bench.py --scale`: the fields of a kustomization, with objects, entries, files, overlays, and depth."""

from scale_forms import BUILD, DEPLOYMENT, SERVICE, SETTINGS, add, case, given, lines, objects, write

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
    "- '{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: none-{i}}}, spec: {{replicas: {i}}}}}'\n"),
    "the name of each missing object is compared with all names, in some 200 instructions")
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
add("depth with new labels", 45, chain("labels: [{{pairs: {{a{i}: b}}}}]\n", 20))
add("depth with a patch", 45, chain(
    "patches: [{{patch: '{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: app-0}}, spec: {{replicas: {i}}}}}'}}]\n", 20))
add("depth with an image", 45, chain("images: [{{name: example.com/image-0, newTag: v{i}}}]\n", 20))
add("depth with prefixes", 45, chain("namePrefix: p{i}-\n", 5))
add("depth with a generator", 45, chain("configMapGenerator: [{{name: new-{i}, literals: [a=b]}}]\n", 1))


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


# Fields that other fields replaced, and those whose objects configure generators, transformers, and validators.
add("imageTags x objects", 300, objects(DEPLOYMENT, "imageTags:", "- {{name: example.com/image-{i}, newTag: v{i}}}\n"))
add("generatorOptions", 300, objects(
    "", "generatorOptions: {labels: {a: b}, disableNameSuffixHash: true}\nconfigMapGenerator:", "- {{name: a-{i}, literals: [a=b]}}\n"))
add("customReferences, one former name", 200, given(lambda n: {
    ".render.yaml": "customReferences: true\n",
    "kustomization.yaml": "namePrefix: a-\nresources: [all.yaml]\n",
    "all.yaml": lines(
        "---\napiVersion: v1\nkind: Service\nmetadata: {{name: same, namespace: space-{i}}}\nspec: {{ports: [{{port: 80}}]}}\n"
        "---\napiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {{name: route, namespace: space-{i}}}\n"
        "spec: {{routes: [{{match: Host(`a`), kind: Rule, services: [{{name: same, port: 80}}]}}]}}\n", n)}))


@case("bases", 100)
def bases(directory, n):
    overlays(directory, n)
    write(directory, {"kustomization.yaml": "bases:\n" + lines("- o{i}\n", n)})
    return BUILD


def configured(field, text):
    """A file per item of a field, and as many objects."""

    def make(directory, n):
        write(directory, {f"{i}.yaml": text.format(i=i) for i in range(n)})
        return objects(SETTINGS, f"{field}:", "- {i}.yaml\n")(directory, n)

    return make


NAME = "apiVersion: builtin\nkind: {kind}\nmetadata: {{{{name: own-{{i}}}}}}\n"
add("generators", 100, configured("generators", NAME.format(kind="ConfigMapGenerator") + "literals: [a=b]\n"))
add("transformers", 100, configured("transformers", NAME.format(kind="PatchTransformer")
    + "target: {{name: settings-{i}}}\npatch: '{{apiVersion: v1, kind: ConfigMap, metadata: {{name: settings-{i}}}, data: {{new: x}}}}'\n"))
add("validators", 30, configured("validators", NAME.format(kind="LabelTransformer") + "labels: {{a: b}}\n"),
    "each validator visits all objects")


@case("openapi: definitions", 200)
def openapi(directory, n):
    form = (
        '"com.example.v1.Kind{i}": {{"type": "object", "properties": {{"spec": {{"type": "object", "properties": {{"items": {{"type": "array", '
        '"items": {{"type": "object"}}, "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge"}}}}}}}}, '
        '"x-kubernetes-group-version-kind": [{{"group": "example.com", "version": "v1", "kind": "Kind{i}"}}]}}')
    write(directory, {
        "schema.json": '{"definitions": {' + ", ".join(form.format(i=i) for i in range(n)) + "}}",
        "all.yaml": lines("---\napiVersion: example.com/v1\nkind: Kind{i}\nmetadata: {{name: a}}\nspec: {{items: [{{name: a}}]}}\n", n),
        "kustomization.yaml": "resources: [all.yaml]\nopenapi: {path: schema.json}\n"})
    return BUILD
