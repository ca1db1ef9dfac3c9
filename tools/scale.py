"""Runs the cases of `bench.py --scale`: generated inputs of a given size, each with the command that is run with them.

Sizes are doubled twice: the exponent is that of the additional work, so start-up does not count.
"""

import math
import pathlib
import re
import resource
import shutil
import subprocess
import tempfile

import scale_commands  # noqa: F401
import scale_fields  # noqa: F401
import scale_shapes  # noqa: F401
from scale_forms import CASES

ROOT = pathlib.Path(__file__).resolve().parent.parent

def measured(program, arguments, directory, valgrind):
    """Instructions, or milliseconds of CPU time: the least of three runs."""
    command = [str(pathlib.Path(program).resolve()), *arguments]
    if not valgrind:
        times = []
        for _ in range(1 if arguments[0] in ONCE else 3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return 1000 * min(times), done
    with tempfile.NamedTemporaryFile(mode="r") as log:
        prefix = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", f"--log-file={log.name}"]
        done = subprocess.run(prefix + command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        counts = re.findall(r"I\s+refs:\s+([\d,]+)", log.read())
    return int(counts[-1].replace(",", "")), done


# Commands that change the files of their input.
ONCE = {"create", "edit", "kustomize", "localize"}
# The exit codes of commands that report differences or findings.
EXPECTED = {"diff": [0, 1], "validate": [0, 1], "affected": [0, 1], "test": [0, 1]}
# The names of cases that must fail.
FAILS = ("that miss", "unknown fields", "missing files", "duplicate keys")


# Fields and commands that need no case, with the reason.
NO_CASE = {
    "apiVersion": "one value", "kind": "one value", "metadata": "not used", "explain": "no input", "catalogue": "no input", "help": "no input",
    "helmCharts": "needs another program", "helmGlobals": "needs another program", "helmChartInflationGenerator": "needs another program",
}


def missing(program):
    """The fields of a kustomization and the commands of the program that have no case."""
    fields = re.search(r"const FIELDS: &\[&str\] = &\[(.*?)\];", (ROOT / "src/kustomization/file.rs").read_text(), re.DOTALL)[1]
    sections = subprocess.run([program, "--help"], capture_output=True, text=True).stdout.split("Commands:\n")[1].split("\n\n")[0]
    wanted = re.findall(r'"(\w+)"', fields) + re.findall(r"^  (\w+)", sections, re.MULTILINE)
    cases = " ".join(path.read_text() for path in pathlib.Path(__file__).parent.glob("scale_*.py"))
    return [name for name in wanted if name not in NO_CASE and not re.search(rf"\b{name}\b", cases)]


def run(program, words, limit, cpu_time):
    """Prints a line per case; returns the names of the cases above the limit that have no reason."""
    valgrind = not cpu_time and shutil.which("valgrind") is not None
    unit = "M instructions" if valgrind else "ms of CPU time"
    print(f"| case | N | N, {unit} | 2N | 4N | exponent |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    above = [f"no case for {name}" for name in missing(program)]
    for name, size, make, reason in CASES:
        if words and not any(word in name for word in words):
            continue
        scale = 1e6 if valgrind else 1
        factor = 1 if valgrind or name.startswith("depth") else 4
        costs, failed = [], ""
        for n in [size * factor, 2 * size * factor, 4 * size * factor]:
            with tempfile.TemporaryDirectory() as scratch:
                arguments = make(pathlib.Path(scratch), n)
                cost, done = measured(program, arguments, scratch, valgrind)
                costs.append(cost / scale)
                if done.returncode not in EXPECTED.get(arguments[0], [0]) and not name.endswith(FAILS):
                    failed = (done.stderr.decode("utf8", "replace").strip().splitlines() or ["failed"])[0]
        first, second = max(costs[1] - costs[0], 1e-9), max(costs[2] - costs[1], 1e-9)
        exponent = math.log2(second / first)
        note = failed
        if exponent > limit:
            note = reason or "ABOVE THE LIMIT"
            above += [] if reason else [name]
        shown = " | ".join(f"{cost:,.1f}" for cost in costs)
        print(f"| {name} | {size * factor} | {shown} | {exponent:.2f} {note} |", flush=True)
    return above
