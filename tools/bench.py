#!/usr/bin/env python3
"""Measures whole commands, alone and compared with other programs, and prints a table in Markdown.

    cargo build --release
    tools/bench.py                              # the table of README.md, without the programs that are not installed
    tools/bench.py --rows images blame          # only the rows whose names contain one of these words
    tools/bench.py --write-readme               # and write the table into README.md

    tools/bench.py --sizes 4000,16000           # whether the time grows linearly, render alone
    tools/bench.py --memory                     # how peak memory grows with the input of each command
    tools/bench.py --validate                   # the cost of checking, compared with `kubernetes-validate` (PyPI) if it is installed
    tools/bench.py --scale                      # how the work of each field and each command grows with its input
    tools/bench.py --scale patches "diff:"      # only the cases whose names contain one of these

The other programs are kubectl, kustomize, kubeconform, and dyff: from PATH, or as named by --kubectl and so on; `none` omits one.
Programs run in turn. A time is the median of --runs runs, fewer for a program that is slow (--patience); one that takes longer
than --timeout is stopped. Memory is the largest resident set (GNU time), and instructions are counted by valgrind, if installed.
The outputs of builds are compared as well. kubeconform downloads its schemas; --schemas names a directory that has them.
"""

import argparse
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import bench_inputs
import bench_memory
import bench_table
import scale

ROOT = pathlib.Path(__file__).resolve().parent.parent


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--render", default=str(ROOT / "target/release/render"), metavar="PROGRAM")
    for program in ["kubectl", "kustomize", "kubeconform", "dyff"]:
        parser.add_argument(f"--{program}", default=program, metavar="PROGRAM")
    parser.add_argument("--schemas", metavar="DIR", help="schemas for kubeconform, as its option -schema-location has them")
    parser.add_argument("--rows", nargs="+", metavar="WORD", help="only the rows whose names contain one of these words")
    parser.add_argument("--runs", type=int, default=7, metavar="N")
    parser.add_argument("--patience", type=float, default=10, metavar="SECONDS", help="start no further run of a program after this time")
    parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="stop a program after this time")
    parser.add_argument("--instructions", type=float, default=0.1, metavar="SECONDS", help="count the instructions of commands up to this time")
    parser.add_argument("--write-readme", action="store_true", help="write the table into README.md")
    parser.add_argument("--sizes", metavar="N,N,...", help="measure only these numbers of Deployments, and the growth")
    parser.add_argument("--max-growth", type=float, metavar="RATIO", help="fail if four times the input takes more than RATIO times as long")
    parser.add_argument("--validate", action="store_true", help="measure only the cost of checking")
    parser.add_argument("--scale", nargs="*", metavar="WORD", help="measure each case of tools/scale_*.py with N, 2N, and 4N")
    parser.add_argument("--memory", nargs="*", metavar="WORD", help="measure how peak memory grows, for each command of tools/bench_memory.py")
    parser.add_argument("--objects", type=int, default=16000, metavar="N", help="with --memory: the number of objects")
    parser.add_argument("--max-memory", type=float, default=8, metavar="X", help="with --memory: the largest memory per byte of input")
    parser.add_argument("--cpu-time", action="store_true", help="measure CPU time, which depends less on the load; with --scale: even with valgrind")
    parser.add_argument("--max-exponent", type=float, default=1.15, metavar="X", help="the largest exponent without a reason")
    return parser.parse_args()


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


def validation(asked):
    """Rendering without and with checking, and the time of another checker for the same objects."""
    other = shutil.which("kubernetes-validate")
    print("| input | objects | render --no-validate | render | checking |" + (" kubernetes-validate |" if other else ""))
    print("| --- | ---: | ---: | ---: | ---: |" + (" ---: |" if other else ""))
    with tempfile.TemporaryDirectory() as scratch:
        for name, directory in [("overlays/production", ROOT / "overlays/production"), *of_sizes(scratch, [1, 1000, 4000, 16000])]:
            validation_of(asked, name, directory, other)


def validation_of(asked, name, directory, other):
    plain, output = measure([asked.render, "--no-validate", str(directory)], asked.runs, asked.patience)
    checked, _ = measure([asked.render, str(directory)], asked.runs, asked.patience)
    objects = output.count(b"\n---\n") + 1
    row = f"| {name} | {objects:,} | {shown(plain)} | {shown(checked)} | {shown(max(checked - plain, 0))} |"
    if other and objects <= 1000:
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


def of_sizes(scratch, sizes):
    """Generated trees of Deployments that get a namespace and labels."""
    for size in sizes:
        directory = pathlib.Path(scratch) / str(size)
        directory.mkdir()
        bench_inputs.with_labels(directory, size)
        yield f"{size:,} Deployments", directory


def growth(asked, sizes):
    """The time for each number of Deployments."""
    of_size = {}
    print("| input | render |\n| --- | ---: |")
    with tempfile.TemporaryDirectory() as scratch:
        for size, (name, directory) in zip(sizes, of_sizes(scratch, sizes)):
            of_size[size], _ = measure([asked.render, "build", str(directory)], asked.runs, asked.patience)
            print(f"| {name} | {shown(of_size[size])} |", flush=True)
    print()
    for small, large in zip(sizes, sizes[1:]):
        ratio = of_size[large] / of_size[small]
        print(f"{large:,} / {small:,} Deployments: {ratio:.1f} times the time ({large / small:.1f} is linear)")
        if asked.max_growth and ratio > asked.max_growth * large / small / 4:
            sys.exit(f"four times the input takes more than {asked.max_growth} times as long")


def main():
    asked = options()
    if not shutil.which(asked.render):
        sys.exit(f"{asked.render} not found: run `cargo build --release` first, or name another program with --render")
    if asked.scale is not None:
        above = scale.run(asked.render, asked.scale, asked.max_exponent, asked.cpu_time)
        sys.exit(f"above {asked.max_exponent}: {', '.join(above)}" if above else 0)
    if asked.memory is not None:
        above = bench_memory.run(asked.render, asked.memory, asked.objects, asked.max_memory)
        sys.exit(f"above {asked.max_memory}: {', '.join(above)}" if above else 0)
    if asked.validate:
        validation(asked)
    elif asked.sizes:
        growth(asked, sorted(int(size) for size in asked.sizes.split(",") if size))
    else:
        lines = bench_table.table(asked)
        if asked.write_readme:
            bench_table.write_readme(lines, ROOT / "README.md")


if __name__ == "__main__":
    main()
