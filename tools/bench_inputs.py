"""The inputs of `bench.py`: each writes the files of a row into an empty directory."""

import subprocess

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{i}
  labels:
    app: app-{i}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: app-{i}
  template:
    metadata:
      labels:
        app: app-{i}
    spec:
      containers:
      - name: app
        image: registry.example.com/app-{image}:1.0
        env:
        - name: NUMBER
          value: "{i}"
        ports:
        - name: http
          containerPort: 8080
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
"""


def deployments(numbers, images=1):
    return "---\n".join(DEPLOYMENT.format(i=i, image=i % images) for i in numbers)


def write(directory, name, text):
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def of_deployments(directory, count, fields="", images=1):
    """Deployments in files of a hundred, because repositories have several objects per file."""
    names = []
    for start in range(0, count, 100):
        names.append(f"deployments-{start}.yaml")
        write(directory, names[-1], deployments(range(start, min(start + 100, count)), images))
    resources = "".join(f"- {name}\n" for name in names)
    write(directory, "kustomization.yaml", f"resources:\n{resources}{fields}")


def with_labels(directory, count):
    of_deployments(directory, count, "namespace: bench\nlabels:\n- pairs:\n    team: bench\n  includeTemplates: true\n")


def with_images(directory, count, entries):
    fields = "".join(f"- name: registry.example.com/app-{i}\n  newTag: v{i}\n" for i in range(entries))
    of_deployments(directory, count, f"images:\n{fields}", entries)


def with_patches(directory, count, target):
    """A patch per object, which `target` selects: a mapping, or nothing for the name in the patch itself."""
    form = "- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n      name: app-{i}\n    spec:\n      replicas: 3\n"
    fields = "".join((form + target).format(i=i) for i in range(count))
    of_deployments(directory, count, f"patches:\n{fields}")


def with_replacements(directory, count):
    form = (
        "- source:\n    kind: Deployment\n    name: app-{i}\n    fieldPath: metadata.labels.app\n"
        "  targets:\n  - select:\n      kind: Deployment\n      name: app-{i}\n    fieldPaths:\n    - spec.template.metadata.labels.app\n"
    )
    of_deployments(directory, count, "replacements:\n" + "".join(form.format(i=i) for i in range(count)))


def overlays(directory, count, objects):
    """Overlays of one base: o0, o1, and so on. Each object refers to a ConfigMap that does not exist."""
    of_deployments(directory / "base", objects)
    for path in (directory / "base").glob("deployments-*.yaml"):
        path.write_text(path.read_text().replace("        ports:\n", "        envFrom:\n        - configMapRef:\n            name: missing\n        ports:\n"))
    for i in range(count):
        write(directory, f"o{i}/kustomization.yaml", f"namespace: space-{i}\nresources:\n- ../base\n")
    return [f"o{i}" for i in range(count)]


def chain(directory, length, objects):
    """Overlays on top of each other, each with a prefix and a label of its own."""
    of_deployments(directory / "0", objects)
    for i in range(1, length):
        fields = f"namePrefix: p{i}-\nlabels:\n- pairs:\n    layer-{i}: value\n"
        write(directory, f"{i}/kustomization.yaml", f"resources:\n- ../{i - 1}\n{fields}")
    return str(length - 1)


def two_overlays(directory, objects):
    """Two overlays of one base, in which everything has another namespace and another image."""
    of_deployments(directory / "base", objects)
    for side in ["a", "b"]:
        image = f"images:\n- name: registry.example.com/app-0\n  newTag: {side}\n"
        write(directory, f"{side}/kustomization.yaml", f"resources:\n- ../base\n{image}")


def two_files(directory, objects):
    """The same objects in two files, with another image."""
    text = deployments(range(objects))
    write(directory, "a.yaml", text)
    write(directory, "b.yaml", text.replace(":1.0", ":2.0"))


def with_tests(directory, objects, assertions):
    with_labels(directory, objects)
    form = "name: test {i}\ntarget:\n  kind: Deployment\n  name: app-{i}\ncontains:\n  spec:\n    replicas: 2\n"
    write(directory, "a.render-test.yaml", "---\n".join(form.format(i=i) for i in range(assertions)))


def repository(directory, count):
    """A committed repository of overlays that have two bases, with one changed file."""
    for base in ["base", "other"]:
        of_deployments(directory / base, 2)
    for i in range(count):
        base = "base" if i % 2 else "other"
        write(directory, f"o{i}/kustomization.yaml", f"namePrefix: p{i}-\nresources:\n- ../{base}\n")
    git = ["git", "-C", str(directory), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in [["init", "-q"], ["add", "."], ["commit", "-qm", "first"]]:
        subprocess.run([*git, *command], check=True)
    write(directory, "base/deployments-0.yaml", deployments(range(3)))


def size(directory):
    """The bytes of all files, without those of git."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file() and ".git" not in path.parts)
