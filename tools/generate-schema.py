#!/usr/bin/env python3
"""Writes the schema tables of `src/schema/`: kubernetes.bin and kustomize.bin.

    tools/generate-schema.py KUBERNETES_JSON_SCHEMA MERGE_SCHEMA [OUTPUT_DIRECTORY]

KUBERNETES_JSON_SCHEMA   the directory `kubernetes_validate/kubernetes-json-schema` of the unpacked PyPI package
                         kubernetes-validate; each `vX.Y.0-local/_definitions.json` in it becomes one version
MERGE_SCHEMA             the merge keys that kustomize uses, extracted from its built-in OpenAPI document, as JSON:
                         {"definitions": {NAME: {FIELD: {"ref" | "items": NAME, "strategy": S, "keys": [..]}}},
                          "resources": {"GROUP/VERSION/KIND": {"def": NAME, "scope": "Cluster" | "Namespaced"}}}

The same input gives the same bytes. Structure only: no descriptions, no enums of apiVersion and kind.

Both files are a header and sections; numbers are little-endian, a "word" has 16 bits. `src/schema/table.rs` reads them.
    header       4 bytes magic, then (offset, length) in bytes, 32 bits each, for every section
    STRINGS      32-bit ends of the strings in TEXT; a string's number is its rank, so numbers compare as the strings do
    TEXT         the strings' bytes, one after the other
    NAMES        lists of strings: count, then string numbers; a list is named by the word it starts at
The other sections are described in the two `*_sections` functions below.
"""

import json
import pathlib
import re
import struct
import sys

CLASSES = ["any", "object", "array", "string", "integer", "number", "boolean", "int-or-string", "quantity", "reference"]
FORMATS = [None, "int32", "int64", "double", "byte", "date-time"]
STRATEGIES = [None, "merge", "replace", "retainKeys", "merge,retainKeys"]
LIST_TYPES = [None, "atomic", "set", "map"]
MAP_TYPES = [None, "atomic", "granular"]
SCOPES = [None, "Cluster", "Namespaced"]

# Objects without properties are empty structs, except these, which allow any content.
OPEN = {"FieldsV1", "Patch", "RawExtension"}
REQUIRED = 0x8000
ABSENT = 0xFFFF
EXTENSION = "x-kubernetes-"


class Strings:
    """Strings are numbered after all of them have been collected."""

    def __init__(self, strings):
        self.sorted = sorted(strings)
        self.number = {s: i for i, s in enumerate(self.sorted)}

    def sections(self):
        text, ends = b"", []
        for s in self.sorted:
            text += s.encode()
            ends.append(len(text))
        return struct.pack(f"<{len(ends)}I", *ends), text


class Pool:
    """Records of words; equal ones are stored once. `add` returns the word at which the record starts."""

    def __init__(self, first):
        self.words, self.places = [], {}
        self.add(first)

    def add(self, record):
        record = tuple(record)
        if record not in self.places:
            self.places[record] = len(self.words)
            self.words += record
        return self.places[record]


def words(numbers):
    numbers = list(numbers)
    return struct.pack(f"<{len(numbers)}H", *numbers)  # fails for numbers that do not fit in 16 bits


def write(path, magic, sections):
    offset, header = 4 + 8 * len(sections), magic
    for s in sections:
        header += struct.pack("<II", offset, len(s))
        offset += len(s)
    path.write_bytes(header + b"".join(sections))
    print(f"{path}: {offset} bytes; sections {[len(s) for s in sections]}")


# ---------------------------------------------------------------- kubernetes.bin


def read_versions(directory):
    """{minor: {definition: schema}}, oldest first, without gaps."""
    found = {}
    for path in directory.glob("v1.*.0-local/_definitions.json"):
        minor = int(re.match(r"v1\.(\d+)\.", path.parent.name).group(1))
        found[minor] = json.loads(path.read_text())["$defs"]
    minors = sorted(found)
    assert minors and minors == list(range(minors[0], minors[-1] + 1)), f"versions with gaps: {minors}"
    return {m: found[m] for m in minors}


def short(definition):
    """io.k8s.api.core.v1.PodSpec -> PodSpec"""
    return definition.rsplit(".", 1)[-1]


def one_type(schema):
    """`null` is allowed for every field that is not required, so it is ignored."""
    kind = schema.get("type")
    if isinstance(kind, list):
        (kind,) = [k for k in kind if k != "null"]
    return kind


def classify(schema):
    if "$ref" in schema:
        return "reference"
    if "oneOf" in schema:
        alternatives = {one_type(s) for s in schema["oneOf"]}
        return {frozenset({"string", "integer"}): "int-or-string", frozenset({"string", "number"}): "quantity"}[frozenset(alternatives)]
    return one_type(schema) or "any"


class Types:
    """The type records of all versions."""

    def __init__(self, strings, definitions):
        self.strings, self.definitions = strings, definitions
        self.pool = Pool([CLASSES.index("any")])  # word 0: any, also "none" where a type is optional
        self.names = Pool([0])
        self.attributes = Pool([ABSENT, 0, 0])

    def add(self, schema, definition=""):
        """schema -> word at which its record starts"""
        kind = classify(schema)
        head = CLASSES.index(kind) | FORMATS.index(schema.get("format")) << 4
        if kind == "reference":
            return self.pool.add([head, self.definitions[schema["$ref"].rsplit("/", 1)[-1]]])
        if kind == "array":
            return self.pool.add([head, self.add(plain(schema["items"]))])
        if kind != "object":
            return self.pool.add([head])
        if short(definition) in OPEN:
            head |= 1 << 8
        head |= MAP_TYPES.index(schema.get(EXTENSION + "map-type")) << 9
        required = set(schema.get("required", []))
        properties = schema.get("properties", {})
        assert required <= set(properties), f"{definition}: required, but no property: {required - set(properties)}"
        fields = []
        for name in sorted(properties):
            attributes = self.attribute(properties[name])
            fields += [self.strings.number[name], self.add(properties[name]), attributes | (REQUIRED if name in required else 0)]
        additional = schema.get("additionalProperties")
        additional = self.add(plain(additional)) if isinstance(additional, dict) else 0
        return self.pool.add([head, additional, len(properties)] + fields)

    def attribute(self, schema):
        """a field's merge keys and list and map types -> word at which their record starts"""
        key = schema.get(EXTENSION + "patch-merge-key")
        keys = schema.get(EXTENSION + "list-map-keys", [])
        return self.attributes.add([
            self.strings.number[key] if key else ABSENT,
            STRATEGIES.index(schema.get(EXTENSION + "patch-strategy"))
            | LIST_TYPES.index(schema.get(EXTENSION + "list-type")) << 4
            | MAP_TYPES.index(schema.get(EXTENSION + "map-type")) << 8,
            self.names.add([len(keys)] + [self.strings.number[k] for k in keys]),
        ])


def plain(schema):
    """items and values of maps: the table has no place for merge keys here, and there are none"""
    lost = {k: v for k, v in schema.items() if k.startswith(EXTENSION) and v != "atomic"}
    assert not lost, lost
    return schema


def kinds_of(versions):
    """{(group, version, kind, definition): bits of the versions that have it} for all kinds with metadata"""
    kinds = {}
    for bit, definitions in enumerate(versions.values()):
        for name, schema in definitions.items():
            if "metadata" not in schema.get("properties", {}):
                continue
            for g in schema.get(EXTENSION + "group-version-kind", []):
                key = (g["group"], g["version"], g["kind"], name)
                kinds[key] = kinds.get(key, 0) | 1 << bit
    return kinds


def strings_of(schema):
    for name, field in schema.get("properties", {}).items():
        assert "enum" not in field or name in ("apiVersion", "kind"), f"{name}: the tables do not support enums yet"
        yield name
        yield from strings_of(field)
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict):
            yield from strings_of(inner)
    yield from schema.get(EXTENSION + "list-map-keys", [])
    if EXTENSION + "patch-merge-key" in schema:
        yield schema[EXTENSION + "patch-merge-key"]


def kubernetes_sections(versions):
    """STRINGS, TEXT, NAMES, then
    NUMBERS      words: first minor version, number of versions, number of definitions, number of kinds
    KINDS        rows sorted by the first three: group, version, kind (strings), definition, bits of versions (2 words)
    DEFINITIONS  short name of each; then for each version the type each definition has in it (ABSENT: it has none)
    TYPES        records: class | format << 4 | open << 8 | map type << 9, then by class
                   reference: definition;  array: type of items
                   object: type of additional properties (0: none), number of fields, (name, type, attributes | REQUIRED) each
    ATTRIBUTES   records: merge key (ABSENT: none), strategy | list type << 4 | map type << 8, list map keys (in NAMES)"""
    kinds = kinds_of(versions)
    all_definitions = sorted({d for v in versions.values() for d in v})
    strings = {short(d) for d in all_definitions} | {s for k in kinds for s in k[:3]}
    for definitions in versions.values():
        for schema in definitions.values():
            strings.update(strings_of(schema))
    strings = Strings(strings)
    number = {d: i for i, d in enumerate(all_definitions)}
    types = Types(strings, number)
    places = [types.add(definitions[d], d) if d in definitions else ABSENT for definitions in versions.values() for d in all_definitions]
    rows = []
    for (group, version, kind, definition), bits in sorted(kinds.items()):
        rows += [strings.number[group], strings.number[version], strings.number[kind], number[definition], bits & 0xFFFF, bits >> 16]
    return [
        *strings.sections(),
        words(types.names.words),
        words([min(versions), len(versions), len(all_definitions), len(kinds)]),
        words(rows),
        words([strings.number[short(d)] for d in all_definitions] + places),
        words(types.pool.words),
        words(types.attributes.words),
    ]


# ---------------------------------------------------------------- kustomize.bin


def kustomize_sections(merge):
    """STRINGS, TEXT, NAMES, then
    RESOURCES    rows sorted by the first two: apiVersion, kind (strings), definition + 1 (0: none), scope
    DEFINITIONS  for each definition the word at which its record starts in RECORDS
    RECORDS      number of fields, then (name, definition + 1 of the value or, for a list, of its items, is-list | strategy << 4,
                 merge keys in NAMES) each
    TYPE_NAMES   the name of each definition, in their order"""
    definitions, resources = merge["definitions"], merge["resources"]
    api = {r: tuple(r.rsplit("/", 1)) for r in resources}
    strings = {s for pair in api.values() for s in pair} | set(definitions)
    for fields in definitions.values():
        for name, field in fields.items():
            strings.update([name, *field.get("keys", [])])
    strings = Strings(strings)
    number = {d: i for i, d in enumerate(sorted(definitions))}
    names, records, places = Pool([0]), Pool([0]), []
    for d in sorted(definitions):
        record = [len(definitions[d])]
        for name, field in sorted(definitions[d].items()):
            keys = [strings.number[k] for k in field.get("keys", [])]
            # A definition that is not in the file has no merge keys: its lists are replaced.
            target = number.get(field.get("ref") or field.get("items"), -1) + 1
            flags = int("items" in field) | STRATEGIES.index(field.get("strategy")) << 4
            record += [strings.number[name], target, flags, names.add([len(keys)] + keys)]
        places.append(records.add(record))
    rows = []
    for pair, resource in sorted((api[r], v) for r, v in resources.items()):
        definition = number[resource["def"]] + 1 if "def" in resource else 0
        rows += [strings.number[pair[0]], strings.number[pair[1]], definition, SCOPES.index(resource.get("scope"))]
    type_names = words(strings.number[d] for d in sorted(definitions))
    return [*strings.sections(), words(names.words), words(rows), words(places), words(records.words), type_names]


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    default = pathlib.Path(__file__).resolve().parent.parent / "src" / "schema"
    output = pathlib.Path(sys.argv[3]) if len(sys.argv) == 4 else default
    write(output / "kubernetes.bin", b"rKS1", kubernetes_sections(read_versions(pathlib.Path(sys.argv[1]))))
    write(output / "kustomize.bin", b"rKZ2", kustomize_sections(json.loads(pathlib.Path(sys.argv[2]).read_text())))


main()
