#!/usr/bin/env python3
"""Writes the catalog of custom resources, `src/schema/catalogue.jsonl`.

    tools/generate-catalogue.py CRDS... [--output FILE]

CRDS   files with CustomResourceDefinitions (YAML or JSON, several documents in one are fine), or directories of them

The catalog contains the kinds that the stacks under bases/ use, for users who do not have their definitions. It has two parts
of lines of JSON, with an empty line between:
    kinds     {"group", "kind", "scope", "versions": [{"name", "schema", "status", "replicas"}]}, sorted by group and kind
    schemas   the content of a schema, without parts that are only for readers. `schema`, and a schema below `properties`, `items` and
              `additionalProperties`, is the number of its line, counted from 0: equal ones appear only once. A line refers
              only to earlier lines.
The same input gives the same bytes. Needs PyYAML.
"""

import argparse
import json
import pathlib

import yaml

FOR_READERS = {"description", "title", "example", "externalDocs"}
UNWANTED = ("tag:yaml.org,2002:value", "tag:yaml.org,2002:timestamp")


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """`=` and dates are strings."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in UNWANTED]
    for first, resolvers in Loader.yaml_implicit_resolvers.items()
}


def compact(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


class Schemas:
    """The lines of the distinct schemas."""

    def __init__(self):
        self.lines, self.numbers = [], {}

    def number(self, schema):
        schema = {word: value for word, value in schema.items() if word not in FOR_READERS}
        if "properties" in schema:
            schema["properties"] = {name: self.number(field) for name, field in schema["properties"].items()}
        for word in ("items", "additionalProperties"):
            if isinstance(schema.get(word), dict):
                schema[word] = self.number(schema[word])
        line = compact(schema)
        if line not in self.numbers:
            self.numbers[line] = len(self.lines)
            self.lines.append(line)
        return self.numbers[line]


def version(given, schemas):
    subresources = given.get("subresources") or {}
    found = {"name": given["name"], "schema": schemas.number(given["schema"]["openAPIV3Schema"])}
    if subresources.get("status") is not None:
        found["status"] = True
    if subresources.get("scale"):
        found["replicas"] = subresources["scale"]["specReplicasPath"]
    return found


def definitions(paths):
    for path in map(pathlib.Path, paths):
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        for file in files:
            for document in yaml.load_all(file.read_text(), Loader=Loader):
                if document and document.get("kind") == "CustomResourceDefinition":
                    yield document["spec"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("crds", nargs="+")
    here = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--output", default=here / "src/schema/catalogue.jsonl", type=pathlib.Path)
    arguments = parser.parse_args()
    schemas, kinds = Schemas(), []
    for spec in sorted(definitions(arguments.crds), key=lambda spec: (spec["group"], spec["names"]["kind"])):
        versions = [version(given, schemas) for given in spec["versions"] if given["served"]]
        kinds.append({"group": spec["group"], "kind": spec["names"]["kind"], "scope": spec["scope"], "versions": versions})
    text = "\n".join([*map(compact, kinds), "", *schemas.lines, ""])
    arguments.output.write_text(text)
    print(f"{len(kinds)} kinds, {len(schemas.lines)} schemas, {len(text)} bytes")


if __name__ == "__main__":
    main()
