#!/usr/bin/env python3
"""Compares the run time of whole commands with `kubectl kustomize`, and prints a table in Markdown.

    cargo build --release
    tools/bench.py                              # kubectl from PATH, up to 4,000 Deployments
    tools/bench.py --kubectl none --runs 20     # render alone

    tools/bench.py --validate                   # the cost of checking, compared with `kubernetes-validate` (PyPI) if it is installed
    tools/bench.py --scale                      # how the work of each field and each command grows with its input
    tools/bench.py --scale patches "diff:"      # only the cases whose names contain one of these

Inputs: a kustomization of one object, overlays/production, and generated trees of Deployments that get a namespace and
labels. Each number is the median of --runs runs; a slow program is run less often (--patience). kubectl takes minutes for
16,000 objects, so it is not run with more than --kubectl-max. The outputs are compared as well.

The last lines show whether the time grows linearly with the input.
"""

import argparse
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import scale

ROOT = pathlib.Path(__file__).resolve().parent.parent

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{number}
  labels:
    app: app-{number}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: app-{number}
  template:
    metadata:
      labels:
        app: app-{number}
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.0
        env:
        - name: NUMBER
          value: "{number}"
        ports:
        - name: http
          containerPort: 8080
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
"""


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--render", default=str(ROOT / "target/release/render"), metavar="PROGRAM")
    parser.add_argument("--kubectl", default="kubectl", metavar="PROGRAM", help="kubectl or kustomize, or `none`")
    parser.add_argument("--sizes", default="1000,4000,16000", metavar="N,N,...", help="numbers of Deployments")
    parser.add_argument("--runs", type=int, default=7, metavar="N")
    parser.add_argument("--kubectl-max", type=int, default=4000, metavar="N", help="the largest size that kubectl is run with")
    parser.add_argument("--patience", type=float, default=10, metavar="SECONDS", help="start no further run of a program after this time")
    parser.add_argument("--max-growth", type=float, metavar="RATIO", help="fail if four times the input takes more than RATIO times as long")
    parser.add_argument("--validate", action="store_true", help="measure only the cost of checking")
    parser.add_argument("--scale", nargs="*", metavar="WORD", help="measure each case of tools/scale.py with N, 2N, and 4N")
    parser.add_argument("--cpu-time", action="store_true", help="with --scale: measure CPU time even if valgrind is installed")
    parser.add_argument("--max-exponent", type=float, default=1.15, metavar="X", help="the largest exponent without a reason")
    return parser.parse_args()


def one_object(directory):
    (directory / "deployment.yaml").write_text(DEPLOYMENT.format(number=1))
    (directory / "kustomization.yaml").write_text("resources:\n- deployment.yaml\n")


def many_objects(directory, count):
    """Deployments in files of a hundred, because repositories have several objects per file."""
    names = []
    for start in range(0, count, 100):
        documents = [DEPLOYMENT.format(number=number) for number in range(start, min(start + 100, count))]
        names.append(f"deployments-{start}.yaml")
        (directory / names[-1]).write_text("---\n".join(documents))
    resources = "".join(f"- {name}\n" for name in names)
    (directory / "kustomization.yaml").write_text(
        f"namespace: bench\nlabels:\n- pairs:\n    team: bench\n  includeTemplates: true\nresources:\n{resources}"
    )


def measure(command, runs, patience):
    """The median time of a command, and its output."""
    times = []
    with tempfile.TemporaryFile() as output:
        while len(times) < runs and sum(times) < patience:
            output.seek(0)
            output.truncate()
            start = time.perf_counter()
            done = subprocess.run(command, stdout=output, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
            times.append(time.perf_counter() - start)
            if done.returncode != 0:
                sys.exit(f"{' '.join(command)} failed:\n{done.stderr.decode('utf8', 'replace')[:2000]}")
        output.seek(0)
        return statistics.median(times), output.read()


def validation(asked, inputs):
    """Rendering without and with checking, and the time of another checker for the same objects."""
    other = shutil.which("kubernetes-validate")
    print("| input | objects | render --no-validate | render | checking |" + (" kubernetes-validate |" if other else ""))
    print("| --- | ---: | ---: | ---: | ---: |" + (" ---: |" if other else ""))
    for name, _, directory in inputs:
        plain, output = measure([asked.render, "--no-validate", str(directory)], asked.runs, asked.patience)
        checked, _ = measure([asked.render, str(directory)], asked.runs, asked.patience)
        objects = output.count(b"\n---\n") + 1
        row = f"| {name} | {objects:,} | {shown(plain)} | {shown(checked)} | {shown(max(checked - plain, 0))} |"
        if other and objects <= asked.kubectl_max:
            with tempfile.NamedTemporaryFile(suffix=".yaml") as manifests:
                manifests.write(output)
                manifests.flush()
                start = time.perf_counter()
                subprocess.run([other, manifests.name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                row += f" {shown(time.perf_counter() - start)} |"
        elif other:
            row += " |"
        print(row, flush=True)


def shown(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def main():
    asked = options()
    sizes = sorted(int(size) for size in asked.sizes.split(",") if size)
    if not pathlib.Path(asked.render).exists() and not shutil.which(asked.render):
        sys.exit(f"{asked.render} not found: run `cargo build --release` first, or name another program with --render")
    if asked.scale is not None:
        above = scale.run(asked.render, asked.scale, asked.max_exponent, asked.cpu_time)
        sys.exit(f"above {asked.max_exponent}: {', '.join(above)}" if above else 0)
    kubectl = None if asked.kubectl == "none" else shutil.which(asked.kubectl)
    if asked.kubectl != "none" and not kubectl:
        print(f"{asked.kubectl} not found: measuring render alone\n", file=sys.stderr)
    reference = [kubectl, "build" if "kubectl" not in pathlib.Path(kubectl).name else "kustomize"] if kubectl else None

    of_size = {}
    with tempfile.TemporaryDirectory() as scratch:
        one = pathlib.Path(scratch) / "one"
        one.mkdir()
        one_object(one)
        inputs = [("one Deployment", 1, one), ("overlays/production", None, ROOT / "overlays/production")]
        for size in sizes:
            directory = pathlib.Path(scratch) / str(size)
            directory.mkdir()
            many_objects(directory, size)
            inputs.append((f"{size:,} Deployments", size, directory))
        if asked.validate:
            return validation(asked, inputs)
        print("| input | objects | render |" + (" kubectl | ratio | same output |" if reference else ""))
        print("| --- | ---: | ---: |" + (" ---: | ---: | --- |" if reference else ""))
        for name, size, directory in inputs:
            ours, output = measure([asked.render, "build", str(directory)], asked.runs, asked.patience)
            objects = output.count(b"\n---\n") + 1
            of_size[size] = ours
            row = f"| {name} | {objects:,} | {shown(ours)} |"
            if reference and (size or 0) <= asked.kubectl_max:
                theirs, expected = measure([*reference, str(directory)], asked.runs, asked.patience)
                row += f" {shown(theirs)} | {theirs / ours:.0f} | {'yes' if output == expected else 'NO'} |"
            elif reference:
                row += " | | |"
            print(row, flush=True)
    print()
    for small, large in zip(sizes, sizes[1:]):
        ratio = of_size[large] / of_size[small]
        print(f"{large:,} / {small:,} Deployments: {ratio:.1f} times the time ({large / small:.1f} is linear)")
        if asked.max_growth and ratio > asked.max_growth * large / small / 4:
            sys.exit(f"four times the input takes more than {asked.max_growth} times as long")


if __name__ == "__main__":
    main()
