"""How the peak memory of commands grows with their input: `bench.py --memory`.

Each command runs with N and 2N objects. The last column is the additional memory per byte of additional input: what a program keeps
for each byte of a large input.
"""

import pathlib
import tempfile

import bench_inputs as inputs
import bench_programs as programs

CASES = [
    ("build", inputs.with_labels, ["build", "."]),
    ("build and validate", inputs.with_labels, ["."]),
    ("write a directory", inputs.with_labels, ["--no-validate", ".", "-o", "out/"]),
    ("validate a file", inputs.two_files, ["validate", "a.yaml"]),
    ("validate with a finding per object", lambda directory, n: inputs.overlays(directory, 1, n), ["validate", "o0"]),
    ("300 overlays of one base", lambda directory, n: inputs.overlays(directory, 300, n // 300), ["--no-validate", *(f"o{i}" for i in range(300))]),
    ("the same, validated", lambda directory, n: inputs.overlays(directory, 300, n // 300), [f"o{i}" for i in range(300)]),
    ("diff of two files", inputs.two_files, ["diff", "a.yaml", "b.yaml"]),
    ("diff of two overlays", inputs.two_overlays, ["diff", "a", "b"]),
    ("diff without differences", inputs.two_files, ["diff", "a.yaml", "a.yaml"]),
    ("diff, unified", inputs.two_files, ["diff", "--format", "unified", "a.yaml", "b.yaml"]),
    ("blame", inputs.with_labels, ["blame", "."]),
    ("blame, JSON", inputs.with_labels, ["blame", "--format", "json", "."]),
    ("compare", inputs.two_overlays, ["compare", "a", "b"]),
    ("test", lambda directory, n: inputs.with_tests(directory, n, n // 10), ["test", "."]),
    ("affected", lambda directory, n: inputs.repository(directory, n // 32), ["affected", "--since", "HEAD"]),
]


def run(program, words, size, limit):
    """Prints a line per command; returns the names of the commands above the limit."""
    print(f"| command | input | memory, {size:,} | input | memory, {2 * size:,} | memory per byte |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    above = []
    for name, make, arguments in CASES:
        if words and not any(word in name for word in words):
            continue
        given, peaks = [], []
        for n in [size, 2 * size]:
            with tempfile.TemporaryDirectory() as scratch:
                directory = pathlib.Path(scratch)
                make(directory, n)
                given.append(inputs.size(directory))
                if "test" in arguments:
                    programs.Measured([program, "test", "--update", "."], directory).run(600)
                if name.startswith(("300", "the same")):
                    given[-1] *= 300
                peaks.append(programs.peak_memory([program, *arguments], directory) or 0)
        rate = (peaks[1] - peaks[0]) / max(given[1] - given[0], 1)
        above += [name] if rate > limit else []
        cells = " | ".join(f"{n / 2**20:.1f} MiB" for n in [given[0], peaks[0], given[1], peaks[1]])
        print(f"| {name} | {cells} | {rate:.1f}{' ABOVE THE LIMIT' if rate > limit else ''} |", flush=True)
    return above
