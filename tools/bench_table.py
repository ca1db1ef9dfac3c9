"""The table of `bench.py`: its rows, and how they are printed and written into README.md."""

import collections
import pathlib
import re
import sys
import tempfile

import bench_inputs as inputs
import bench_programs as programs

ROOT = pathlib.Path(__file__).resolve().parent.parent

# A row: `make` writes the input into a directory and returns the commands: {"render": ..., "kubectl": ..., ...}.
Row = collections.namedtuple("Row", "name make")
ROWS = []


def row(name):
    def register(make):
        ROWS.append(Row(name, make))
        return make

    return register


def shell(script, *arguments):
    return ["bash", "-c", script, "bash", *arguments]


def built(known, directory="."):
    """One build, by all programs that build."""
    commands = {"render": ["render", "build", directory]}
    if known.has("kubectl"):
        commands["kubectl"] = [known.path["kubectl"], "kustomize", directory]
    if known.has("kustomize"):
        commands["kustomize"] = [known.path["kustomize"], "build", directory]
    return commands


def each(known, directories):
    """A build of each directory in one call of render, or in as many calls of the others."""
    commands = {"render": ["render", "--no-validate", *directories]}
    for name, verb in [("kubectl", "kustomize"), ("kustomize", "build")]:
        if known.has(name):
            commands[name] = shell(f'for d; do "{known.path[name]}" {verb} "$d" || exit 2; echo ---; done', *directories)
    return commands


def validated(known, directories, schemas):
    """Builds with validation, compared with kustomize and kubeconform in a pipe."""
    commands = {"render": ["render", *directories]}
    if known.has("kustomize", "kubeconform"):
        location = f'-schema-location "{schemas}"' if schemas else ""
        check = f'"{known.path["kubeconform"]}" -strict -ignore-missing-schemas -kubernetes-version 1.37.0 {location}'
        build = f'for d; do "{known.path["kustomize"]}" build "$d"; echo ---; done'
        commands["kustomize \\| kubeconform"] = shell(f"({build}) | {check}", *directories)
    return commands


def generated(name, make):
    """A row for an input that is built in the directory where it is generated."""

    @row(name)
    def build(known, directory, asked):
        make(directory)
        return built(known)


@row("one Deployment")
def one_deployment(known, directory, asked):
    inputs.of_deployments(directory, 1)
    return built(known)


@row("`overlays/production`, 278 objects")
def production(known, directory, asked):
    return built(known, str(ROOT / "overlays/production"))


@row("`overlays/production`, validated")
def production_validated(known, directory, asked):
    return validated(known, [str(ROOT / "overlays/production")], asked.schemas)


generated("1,000 Deployments, namespace and labels", lambda directory: inputs.with_labels(directory, 1000))
generated("64,000 Deployments, namespace and labels", lambda directory: inputs.with_labels(directory, 64000))


@row("300 overlays over one base of 200 objects, one call")
def many_overlays(known, directory, asked):
    return each(known, inputs.overlays(directory, 300, 200))


@row("the same, validated (60,000 findings)")
def many_overlays_validated(known, directory, asked):
    return validated(known, inputs.overlays(directory, 300, 200), asked.schemas)


generated("200 images x 2,000 Deployments", lambda directory: inputs.with_images(directory, 2000, 200))
generated("2,000 patches by label x 2,000 objects", lambda directory: inputs.with_patches(
    directory, 2000, "  target:\n    labelSelector: app=app-{i}\n"))
generated("1,000 replacements x 1,000 objects", lambda directory: inputs.with_replacements(directory, 1000))
generated("4,000 strategic merge patches x 4,000 objects", lambda directory: inputs.with_patches(directory, 4000, ""))


# No build may have more than 200 layers.
@row("chain of 200 overlays, 500 objects")
def long_chain(known, directory, asked):
    return built(known, inputs.chain(directory, 200, 500))


def two_files(known, directory, size):
    inputs.two_files(directory, size)
    commands = {"render": ["render", "diff", "a.yaml", "b.yaml"]}
    if known.has("dyff"):
        commands["dyff"] = [known.path["dyff"], "between", "a.yaml", "b.yaml"]
    return commands


@row("`render diff` of two files of 10,000 objects, all changed")
def diff_files(known, directory, asked):
    return two_files(known, directory, 10000)


@row("`render diff` of two overlays of 10,000 objects, all changed")
def diff_overlays(known, directory, asked):
    inputs.two_overlays(directory, 10000)
    commands = {"render": ["render", "diff", "a", "b"]}
    if known.has("dyff", "kustomize"):
        build = f'"{known.path["kustomize"]}" build'
        commands["kustomize, dyff"] = shell(f'"{known.path["dyff"]}" between <({build} a) <({build} b)')
    return commands


@row("`render diff` of two files of 500 objects, all changed")
def diff_small(known, directory, asked):
    return two_files(known, directory, 500)


@row("`render compare` of two overlays of 10,000 objects")
def compare(known, directory, asked):
    inputs.two_overlays(directory, 10000)
    return {"render": ["render", "compare", "a", "b"]}


@row("`render blame` of 10,000 objects")
def blame(known, directory, asked):
    inputs.with_labels(directory, 10000)
    return {"render": ["render", "blame", "."]}


@row("`render test`: a snapshot of 10,000 objects, 1,000 assertions")
def tests(known, directory, asked):
    inputs.with_tests(directory, 10000, 1000)
    programs.Measured([known.path["render"], "test", "--update", "."], directory).run(600)
    return {"render": ["render", "test", "."]}


@row("`render affected` in a repository of 2,000 overlays")
def affected(known, directory, asked):
    inputs.repository(directory, 2000)
    return {"render": ["render", "affected", "--since", "HEAD"]}


def time(seconds):
    if seconds is None:
        return ""
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def size(count):
    if count is None:
        return ""
    return f"{count / 2**10:.0f} KiB" if count < 2**20 else f"{count / 2**20:.1f} MiB" if count < 2**23 else f"{count / 2**20:.0f} MiB"


def beside(ours, other):
    """The time of another program, and how many times longer it takes."""
    if other.median is None:
        return other.problem + (f" (> {float(other.problem[2:-2]) / ours.median:,.0f}x)" if other.problem.startswith(">") else "")
    ratio = other.median / ours.median
    note = f", {other.problem}" if other.problem else ""
    return f"{time(other.median)} ({ratio:,.1f}x{note})" if ratio < 10 else f"{time(other.median)} ({ratio:,.0f}x{note})"


def line(known, asked, name, make):
    """A row of the table, and whether the outputs of the programs that build are the same."""
    with tempfile.TemporaryDirectory() as scratch:
        directory = pathlib.Path(scratch)
        commands = make(known, directory, asked)
        ours = commands.pop("render")
        ours[0] = known.path["render"]
        given = inputs.size(directory) or None
        measured = programs.interleaved([ours, *commands.values()], directory, asked)
        first, others = measured[0], dict(zip(commands, measured[1:]))
        if first.median is None or first.problem:
            return f"| {name} | {size(given)} | {first.problem} | | | | | |", []
        memory = size(programs.peak_memory(ours, directory))
        count = programs.instructions(ours, directory) if first.median < asked.instructions else None
        differ = [other for other in others if len(commands[other]) == 3 and others[other].times and others[other].output != first.output]
        cells = [beside(first, others.pop(other)) if other in others else "" for other in ["kubectl", "kustomize"]]
        cells.append("; ".join(f"{other}: {beside(first, result)}" for other, result in others.items()))
        work = f"{count / 1e6:,.1f} M" if count else ""
        start = f"| {name} | {size(given)} | {time(first.median)} | {memory} | {work} | "
        return start + " | ".join(cells).replace("|  |", "| |") + " |", [f"{name}: {other} prints something else" for other in differ]


def table(asked):
    """Measures all rows, prints each as soon as it is known, and returns the lines."""
    known = programs.Programs(asked)
    lines = [
        f"{'CPU time' if asked.cpu_time else 'Medians'}, measured on {programs.machine()}.",
        f"Versions: {known.described()}.",
        "",
        "| Work | Input | render | Memory | Instructions | kubectl kustomize | kustomize | Other programs |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    print("\n".join(lines), flush=True)
    problems = []
    for name, make in ROWS:
        if asked.rows and not any(word in name for word in asked.rows):
            continue
        text, found = line(known, asked, name, make)
        print(text, flush=True)
        lines.append(text)
        problems += found
    for problem in problems:
        print(problem, file=sys.stderr)
    return lines


def write_readme(lines, path):
    """Replaces what is between the two marks of the table."""
    text = path.read_text()
    block = "\n".join(["<!-- bench: begin -->", *lines, "<!-- bench: end -->"])
    changed, count = re.subn(r"<!-- bench: begin -->.*<!-- bench: end -->", lambda _: block, text, flags=re.DOTALL)
    if count != 1:
        sys.exit(f"{path} does not have the marks of the table")
    path.write_text(changed)
