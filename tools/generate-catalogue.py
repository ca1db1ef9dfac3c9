#!/usr/bin/env python3
"""Writes the catalog of custom resources, `src/schema/catalogue.bin`.

    tools/generate-catalogue.py CLONES [--sources FILE] [--output FILE]

CLONES   a directory with the git repositories of the table of sources, as OWNER+NAME/repo, OWNER/NAME, or OWNER/NAME.git

The catalog contains the kinds of `tools/catalogue-sources.txt`, for users who do not have their definitions: structure, validation,
and rules, without descriptions. All numbers are little-endian; `n` is a number in groups of seven bits, the lowest first, of which all
but the last have the highest bit set.

    header    6 × u32: the number of strings, of kinds, and of sources; where the texts, the schemas, and the kinds start
    offsets   u32 for each string and one more: where it starts in the texts
    index     u32 for each kind: where it starts, counted from the kinds; sorted by group and kind
    sources   3 × u32 for each source: the strings project, repository, tag
    texts     the strings, the most frequent first
    schemas   n flags, then for each flag that has a content, in this order:
              words      n string: JSON of all words that have no flag of their own
              fields     n count, then for each n string, n distance to the schema of the field; sorted by name
              additional n distance to a schema
              items      n distance to a schema
              required   n count, then n string for each
              The distance is from the start of this schema back to the start of the other one. Equal schemas appear once.
    kinds     n group, n kind (strings), n 1 if cluster-scoped, n count of versions, then for each
              n name (string), n flags (1: status, 2: replicas), n replicas (string, if flagged), n source, n position of the schema

The same input gives the same bytes. Needs PyYAML and git.
"""

import argparse
import collections
import fnmatch
import json
import pathlib
import struct
import subprocess

import yaml

FOR_READERS = {"description", "title", "example", "externalDocs", "$schema"}
UNWANTED = ("tag:yaml.org,2002:value", "tag:yaml.org,2002:timestamp")
TYPES = ["", "object", "array", "string", "integer", "number", "boolean"]
BOOLEANS = {
    "x-kubernetes-int-or-string": 8,
    "nullable": 16,
    "x-kubernetes-preserve-unknown-fields": 32,
    "x-kubernetes-embedded-resource": 64,
}
WORDS, FIELDS, ADDITIONAL, ANY, ITEMS, REQUIRED = 128, 256, 512, 1024, 2048, 4096
# Words that validation does not use.
UNUSED = {"x-kubernetes-map-type", "uniqueItems"}
# Types of OpenShift's API server that are not custom resources; the server's own group is `NAME.openshift.io`.
SERVED = {
    "apps.v1": ["DeploymentConfig"],
    "authorization.v1": ["Role", "RoleBinding", "ClusterRole/Cluster", "ClusterRoleBinding/Cluster"],
    "build.v1": ["Build", "BuildConfig"],
    "image.v1": ["Image/Cluster", "ImageStream", "ImageStreamTag", "ImageTag", "ImageStreamImport", "ImageStreamMapping"],
    "oauth.v1": ["OAuthClient/Cluster"],
    "project.v1": ["Project/Cluster", "ProjectRequest/Cluster"],
    "template.v1": ["Template", "TemplateInstance"],
    "user.v1": ["User/Cluster", "Group/Cluster", "Identity/Cluster"],
}
# Groups whose webhooks or admission plugins complete objects before the server validates them.
COMPLETED = {"tekton.dev", "triggers.tekton.dev", "security.openshift.io", "serving.knative.dev", "eventing.knative.dev", "messaging.knative.dev",
             "flows.knative.dev", "sources.knative.dev", "apps.kruise.io"}
# Fields whose values other distributions extend: the kinds that Flux sends events about.
EXTENDED = {("notification.toolkit.fluxcd.io", "Alert", "eventSources"), ("notification.toolkit.fluxcd.io", "Receiver", "resources")}
CLUSTER_KINDS = {
    "CiliumBGPAdvertisement", "CiliumBGPClusterConfig", "CiliumBGPNodeConfig", "CiliumBGPNodeConfigOverride", "CiliumBGPPeerConfig",
    "CiliumBGPPeeringPolicy", "CiliumCIDRGroup", "CiliumClusterwideEnvoyConfig", "CiliumClusterwideNetworkPolicy",
    "CiliumEgressGatewayPolicy", "CiliumEndpointSlice", "CiliumExternalWorkload", "CiliumIdentity", "CiliumL2AnnouncementPolicy",
    "CiliumLoadBalancerIPPool", "CiliumNode", "CiliumPodIPPool",
}
# Kinds of catalogs of JSON schemas, whose paths are in lower case.
NAMED = CLUSTER_KINDS | {
    "CiliumEndpoint", "CiliumEnvoyConfig", "CiliumLocalRedirectPolicy", "CiliumNetworkPolicy", "CiliumNodeConfig",
    "Keycloak", "KeycloakRealmImport",
}


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """`=` and dates are strings."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in UNWANTED]
    for first, resolvers in Loader.yaml_implicit_resolvers.items()
}


def compact(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def number(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def for_machines(value):
    """A clause without the words for readers."""
    if isinstance(value, dict):
        return {word: for_machines(below) for word, below in value.items() if word not in FOR_READERS or isinstance(below, dict)}
    if isinstance(value, list):
        return [for_machines(item) for item in value]
    return value


def rules(given):
    """A message that only repeats the rule is not needed."""
    return [{word: value for word, value in rule.items() if word in ("rule", "message", "messageExpression", "fieldPath", "reason", "optionalOldSelf")}
            for rule in given]


def union(new, old):
    """The schema of a version that also allows fields and values that only an older release has; conditions are those of the newer one."""
    if not new.get("type") == old.get("type"):
        return {"x-kubernetes-preserve-unknown-fields": True}
    found = dict(new)
    for word in ("nullable", "x-kubernetes-preserve-unknown-fields"):
        if old.get(word):
            found[word] = True
    if "properties" in old:
        found["properties"] = dict(new.get("properties") or {})
        for name, field in old["properties"].items():
            known = found["properties"].get(name)
            found["properties"][name] = field if known is None else union(known, field)
    for word in ("items", "additionalProperties"):
        if isinstance(old.get(word), dict):
            found[word] = union(new[word], old[word]) if isinstance(new.get(word), dict) else old[word]
    if "properties" in found and found.get("required"):
        # What an older release does not require was probably filled in.
        found["required"] = [name for name in found["required"] if name in (old.get("required") or [])]
    if isinstance(new.get("enum"), list):
        found["enum"] = new["enum"] + [value for value in old["enum"] if value not in new["enum"]] if old.get("enum") else None
    return found


def relaxed(schema):
    """Without required fields, which an admission plugin or webhook fills in before the server validates."""
    if isinstance(schema, dict):
        return {word: relaxed(value) for word, value in schema.items() if word != "required" or not isinstance(value, list)}
    return [relaxed(item) for item in schema] if isinstance(schema, list) else schema


class Schemas:
    """The distinct schemas, each after those it refers to; strings are numbers in order of appearance."""

    def __init__(self):
        self.strings, self.uses, self.seen, self.all = {}, collections.Counter(), {}, []

    def string(self, text):
        self.uses[text] += 1
        return self.strings.setdefault(text, text)

    def add(self, schema):
        flags = TYPES.index(schema.get("type", "")) if schema.get("type", "") in TYPES else 0
        words, fields, additional, items, required = {}, None, None, None, None
        for word, value in schema.items():
            if word in FOR_READERS or word in UNUSED or word == "type" or value is None:
                continue
            if word in BOOLEANS:
                flags |= BOOLEANS[word] if value is True else 0
            elif word == "properties":
                fields = tuple((self.string(name), self.add(value[name])) for name in sorted(value))
            elif word == "items" and isinstance(value, dict):
                items = self.add(value)
            elif word == "additionalProperties":
                if isinstance(value, dict):
                    additional = self.add(value)
                elif value is True:
                    flags |= ANY
            elif word == "required":
                required = tuple(self.string(name) for name in value or [])
            elif word == "x-kubernetes-validations":
                words[word] = rules(value)
            elif word == "format" and value in ("int64", "double", "float"):
                continue
            elif word in ("allOf", "anyOf", "oneOf") and schema.get("x-kubernetes-int-or-string") and is_either(value):
                continue
            else:
                words[word] = for_machines(value) if word in ("allOf", "anyOf", "oneOf", "not") else value
        if "format" in words and flags & 7:
            words["type"] = TYPES[flags & 7]
        text = self.string(compact(words)) if words else None
        flags |= WORDS * (text is not None) | FIELDS * bool(fields) | ADDITIONAL * (additional is not None)
        flags |= ITEMS * (items is not None) | REQUIRED * bool(required)
        key = (flags, text, fields, additional, items, required)
        if key not in self.seen:
            self.seen[key] = len(self.all)
            self.all.append(key)
        return self.seen[key]

    def order(self):
        """The number of each string."""
        ordered = sorted(self.uses, key=lambda text: (-self.uses[text], text))
        return ordered, {text: at for at, text in enumerate(ordered)}

    def encode(self, numbers):
        out, places = bytearray(), []
        for flags, text, fields, additional, items, required in self.all:
            start = len(out)
            places.append(start)
            out += number(flags)
            if text is not None:
                out += number(numbers[text])
            if fields:
                out += number(len(fields))
                for name, below in fields:
                    out += number(numbers[name]) + number(start - places[below])
            for below in (additional, items):
                if below is not None:
                    out += number(start - places[below])
            if required:
                out += number(len(required)) + b"".join(number(numbers[name]) for name in required)
        return bytes(out), places


def is_either(clauses):
    """Whether this is the redundant `integer or string` of `x-kubernetes-int-or-string`."""
    types = sorted(clause.get("type", "") for clause in clauses if isinstance(clause, dict) and set(clause) == {"type"})
    return types == ["integer", "string"] == sorted(clause.get("type", "") for clause in clauses)


class Repository:
    """A clone at a tag."""

    def __init__(self, clones, name, tag):
        owner, short = name.split("/")
        places = [clones / f"{owner}+{short}" / "repo", clones / owner / short / ".git", clones / owner / f"{short}.git"]
        self.directory = next(place for place in places if place.exists())
        self.tag = tag

    def git(self, *arguments):
        command = ["git", f"--git-dir={self.directory}", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def paths(self, pattern):
        listed = self.git("ls-tree", "-r", "--name-only", self.tag).splitlines()
        found = [path for path in listed if fnmatch.fnmatchcase(path, pattern)]
        assert found, f"{self.directory} has no {pattern} at {self.tag}"
        return [path for path in found if path.endswith((".yaml", ".yml", ".json"))]

    def read(self, path):
        return self.git("show", f"{self.tag}:{path}")


def definitions(repository, pattern):
    """The CustomResourceDefinitions, without the lines that only a template has."""
    for path in repository.paths(pattern):
        text = repository.read(path)
        if "CustomResourceDefinition" not in text:
            continue
        lines = [line for line in text.splitlines() if "{{" not in line]
        for document in yaml.load_all("\n".join(lines), Loader=Loader):
            if document and document.get("kind") == "CustomResourceDefinition":
                yield document["spec"]


def version_of(given):
    subresources = given.get("subresources") or {}
    schema = (given.get("schema") or {}).get("openAPIV3Schema") or {"x-kubernetes-preserve-unknown-fields": True}
    scale = (subresources.get("scale") or {}).get("specReplicasPath")
    return given["name"], schema, subresources.get("status") is not None, scale


def opened(schema):
    """A schema of a catalog of JSON schemas, as it was in the definition."""
    if isinstance(schema, dict):
        schema = {word: opened(value) for word, value in schema.items() if not (word == "additionalProperties" and value is False)}
        clauses = schema.get("oneOf")
        if isinstance(clauses, list) and is_either(clauses):
            schema.pop("oneOf")
            schema["x-kubernetes-int-or-string"] = True
        return schema
    return [opened(item) for item in schema] if isinstance(schema, list) else schema


def json_schemas(repository, pattern):
    kinds = {kind.lower(): kind for kind in NAMED}
    for path in repository.paths(pattern):
        group, file = path.split("/")
        name, _, version = file.removesuffix(".json").partition("_")
        kind = kinds[name]
        schema = opened(json.loads(repository.read(path)))
        yield group, kind, kind in CLUSTER_KINDS, [(version, schema, "status" in schema["properties"], None)]


def typed(document, schema, following=()):
    """The structure of a type of an API server: what its decoder checks."""
    while "$ref" in schema:
        name = schema["$ref"].split("/")[-1]
        if name in following or name.endswith((".RawExtension", ".JSON", ".Fields", ".FieldsV1")):
            return {"x-kubernetes-preserve-unknown-fields": True}
        if name.endswith((".Quantity", ".IntOrString")):
            return {"x-kubernetes-int-or-string": True}
        following = (*following, name)
        schema = document["definitions"][name]
    if schema.get("format") == "int-or-string":
        return {"x-kubernetes-int-or-string": True}
    found = {word: schema[word] for word in ("type", "format") if word in schema}
    if "properties" in schema:
        found["properties"] = {name: typed(document, field, following) for name, field in schema["properties"].items()}
    for word in ("items", "additionalProperties"):
        if word in schema:
            found[word] = typed(document, schema[word], following)
    if not {"properties", "additionalProperties"} & set(found) and found.get("type", "object") == "object":
        found["x-kubernetes-preserve-unknown-fields"] = True
    return found


def served(repository, path):
    document = json.loads(repository.read(path))
    for package, kinds in SERVED.items():
        group, version = package.split(".")
        for kind, _, scope in (kind.partition("/") for kind in kinds):
            name = f"com.github.openshift.api.{group}.{version}.{kind}"
            schema = typed(document, document["definitions"][name])
            schema["properties"]["metadata"] = {"type": "object"}
            yield f"{group}.openshift.io", kind, bool(scope), [(version, schema, True, None)]


def entries(repository, pattern):
    form, _, path = pattern.partition(":")
    if form == "openapi":
        yield from served(repository, path)
    elif form == "json":
        yield from json_schemas(repository, path)
    else:
        for spec in definitions(repository, pattern):
            versions = [version_of(given) for given in spec["versions"] if given["served"]]
            yield spec["group"], spec["names"]["kind"], spec["scope"] == "Cluster", versions


def adapted(group, kind, schema):
    """The schema without what an object does not have to satisfy."""
    if group in COMPLETED:
        schema = relaxed(schema)
    for _, _, field in (row for row in EXTENDED if row[:2] == (group, kind)):
        schema["properties"]["spec"]["properties"][field]["items"]["properties"]["kind"].pop("enum", None)
    return schema


def collect(clones, table):
    """All kinds, and the sources of their versions."""
    kinds, sources = {}, []
    for line in table.read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        project, name, tag, *patterns = line.split()
        repository, source = Repository(clones, name, tag), None
        shown = (project.replace("_", " "), name, tag)
        before = sum(len(versions) for _, versions in kinds.values())
        for pattern in patterns:
            for group, kind, cluster, versions in entries(repository, pattern):
                if shown not in sources:
                    sources.append(shown)
                source = sources.index(shown)
                known = kinds.setdefault((group, kind), (cluster, {}))[1]
                for version, schema, *rest in versions:
                    schema = adapted(group, kind, schema)
                    if version in known:
                        newer, *others = known[version]
                        known[version] = (union(newer, schema), *others)
                    else:
                        known[version] = (schema, *rest, source)
        after = sum(len(versions) for _, versions in kinds.values())
        print(f"{name} {tag}: {after - before} versions")
    return kinds, sources


def order(version):
    """`v2`, `v1`, `v1beta1`, `v1alpha1`: the order of the server."""
    stable = 2 if "alpha" not in version and "beta" not in version else 1 if "beta" in version else 0
    digits = [int(part) for part in "".join(c if c.isdigit() else " " for c in version).split()]
    return [-stable, [-digit for digit in digits], version]


def encode(kinds, sources):
    schemas, rows = Schemas(), []
    for (group, kind), (cluster, versions) in sorted(kinds.items()):
        row = []
        for name in sorted(versions, key=order):
            schema, status, replicas, source = versions[name]
            row.append((schemas.string(name), status, replicas and schemas.string(replicas), source, schemas.add(schema)))
        rows.append((schemas.string(group), schemas.string(kind), cluster, row))
    for source in sources:
        for text in source:
            schemas.string(text)
    ordered, numbers = schemas.order()
    body, places = schemas.encode(numbers)
    texts = [text.encode() for text in ordered]
    offsets = [0]
    for text in texts:
        offsets.append(offsets[-1] + len(text))
    records, index = bytearray(), []
    for group, kind, cluster, row in rows:
        index.append(len(records))
        records += number(numbers[group]) + number(numbers[kind]) + number(int(cluster)) + number(len(row))
        for name, status, replicas, source, schema in row:
            records += number(numbers[name]) + number(status + 2 * bool(replicas))
            records += number(numbers[replicas]) if replicas else b""
            records += number(source) + number(places[schema])
    start = 4 * (6 + len(offsets) + len(index) + 3 * len(sources))
    at_schemas = start + offsets[-1]
    head = [len(texts), len(index), len(sources), start, at_schemas, at_schemas + len(body)]
    flat = [numbers[text] for source in sources for text in source]
    table = struct.pack(f"<{len(head) + len(offsets) + len(index) + len(flat)}I", *head, *offsets, *index, *flat)
    print(f"{len(rows)} kinds, {len(schemas.all)} schemas, {len(texts)} strings: {offsets[-1]} + {len(body)} + {len(records)} bytes")
    return table + b"".join(texts) + body + bytes(records)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", type=pathlib.Path)
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--sources", default=here / "catalogue-sources.txt", type=pathlib.Path)
    parser.add_argument("--output", default=here.parent / "src/schema/catalogue.bin", type=pathlib.Path)
    arguments = parser.parse_args()
    found = encode(*collect(arguments.clones, arguments.sources))
    arguments.output.write_bytes(found)
    print(f"{len(found)} bytes")


if __name__ == "__main__":
    main()
