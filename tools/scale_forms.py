"""What the cases of `bench.py --scale` have in common: how they are registered, and the objects in them.

A case writes its input of size n into an empty directory and returns the arguments for `render`, which runs there.
"""

import collections

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
