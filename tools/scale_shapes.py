"""Cases of `bench.py --scale`: the shape of one object or one file: keys, items, lines, bytes, depth."""

from scale_forms import BUILD, DEPLOYMENT, SERVICE, SETTINGS, add, case, given, lines, objects, write

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
