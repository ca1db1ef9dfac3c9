"""Cases of `bench.py --scale`: errors and findings, and the commands other than `build`."""

import subprocess

from scale_fields import files, overlays
from scale_forms import BUILD, DEPLOYMENT, SERVICE, SETTINGS, add, case, given, lines, objects, write
from scale_shapes import CONTAINERS, ENV_LIST, FINALIZERS, MAP, PORT_LIST, SERVICE_PORTS, wide

# Errors and findings.
@case("unknown fields", 500)
def unknown_fields(directory, n):
    write(directory, {"kustomization.yaml": lines("field{i:05}: a\n", n)})
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


def overlays_with_findings(*command):
    def make(directory, n):
        write(directory, {"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": lines(DEPLOYMENT, 30)})
        for i in range(n):
            write(directory, {f"o{i}/kustomization.yaml": "resources: [../base]\n"})
        return [*command, *(f"o{i}" for i in range(n))]

    return make


add("validate: overlays with findings", 30, overlays_with_findings("validate"))
add("render: overlays with findings", 30, overlays_with_findings())


@case("render: overlays of one base", 30)
def rendered_overlays(directory, n):
    write(directory, {"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": lines(SETTINGS, 30)})
    for i in range(n):
        write(directory, {f"o{i}/kustomization.yaml": f"namePrefix: p{i}-\nresources: [../base]\n"})
    return [f"o{i}" for i in range(n)]


add("validate: keys of a mapping", 1000, given(lambda n: {"a.yaml": wide(n)}, VALIDATE))
for kind, text in {"env": ENV_LIST, "containers": CONTAINERS, "service ports": SERVICE_PORTS, "container ports": PORT_LIST}.items():
    add(f"validate: {kind}", 500, given(lambda n, text=text: {"a.yaml": text(n)}, VALIDATE))


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
add("diff: renamed objects", 100, two_sides(many, renamed, "diff"), "at most 250,000 pairs are compared")
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


@case("test: changed snapshots", 60)
def changed_snapshots(directory, n):
    objects(SETTINGS, "")(directory, n)
    head = "# Snapshot of ConfigMap/settings-{i}, written by `render test --update`.\n"
    form = head + "apiVersion: v1\ndata:\n  key: old\nkind: ConfigMap\nmetadata:\n  name: settings-{i}\n"
    write(directory, {f"snapshots/configmap-settings-{i}.yaml": form.format(i=i) for i in range(n)})
    return ["test", "."]


# Commands of kustomize, and files that are edited.
def edited(kustomization, *command):
    def make(directory, n):
        write(directory, {"new.yaml": SETTINGS.format(i="new"), "kustomization.yaml": kustomization(n)})
        return list(command)

    return make


def listed(n):
    return "resources:\n" + lines("- file-{i}.yaml # comment\n", n)


def tagged(n):
    return "images:\n" + lines("- name: image-{i}\n  newTag: v{i}\n", n)


add("edit add resource", 500, edited(listed, "edit", "add", "resource", "new.yaml"))
add("edit set image", 500, edited(tagged, "edit", "set", "image", "image-1=new:2"))
add("edit remove resource", 500, edited(listed, "edit", "remove", "resource", "file-1.yaml"))
add("edit set label", 500, edited(lambda n: "labels:\n- pairs:\n" + lines("    key-{i}: value\n", n), "edit", "set", "label", "a:b"))
add("edit fix", 500, edited(
    lambda n: "patchesJson6902:\n" + lines("- path: new.yaml\n  target: {{version: v1, kind: Pod, name: a-{i}}}\n", n), "edit", "fix"))
add("kustomize edit add resource", 500, edited(listed, "kustomize", "edit", "add", "resource", "new.yaml"))
add("kustomize build", 300, lambda directory, n: objects(DEPLOYMENT, "")(directory, n) and ["kustomize", "build", "."])


def unlisted(*command):
    """Files that no kustomization names."""

    def make(directory, n):
        write(directory, {f"{i}.yaml": SETTINGS.format(i=i) for i in range(n)})
        if command[0] == "edit":
            write(directory, {"kustomization.yaml": "resources: []\n"})
        return list(command)

    return make


add("create", 400, unlisted("create", "--autodetect"))
add("edit sync", 400, unlisted("edit", "sync"))


@case("localize", 150)
def localized(directory, n):
    files(directory / "from", n)
    return ["localize", "from", "to"]


for words in [["cat"], ["count"], ["grep", "kind=ConfigMap"], ["tree"]]:
    add(f"cfg {words[0]}", 150, lambda directory, n, words=words: files(directory, n) and ["cfg", *words, "."])
add("cfg cat: objects of one file", 300, lambda directory, n: objects(DEPLOYMENT, "")(directory, n) and ["cfg", "cat", "."])
add("fn run: without functions", 150, lambda directory, n: files(directory, n) and ["fn", "run", "."])
