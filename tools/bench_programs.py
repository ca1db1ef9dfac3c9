"""The programs that `bench.py` compares, and how it measures them."""

import os
import pathlib
import platform
import re
import resource
import shutil
import signal
import statistics
import subprocess
import tempfile
import threading
import time

# How each program prints its version.
VERSIONS = {
    "render": ["--version"],
    "kubectl": ["version", "--client"],
    "kustomize": ["version"],
    "kubeconform": ["-v"],
    "dyff": ["version"],
}


class Programs:
    """The programs that are available, by name: path and version."""

    def __init__(self, asked):
        self.path, self.version = {}, {}
        for name, arguments in VERSIONS.items():
            path = shutil.which(getattr(asked, name))
            if path:
                self.path[name] = str(pathlib.Path(path).resolve())
                done = subprocess.run([path, *arguments], capture_output=True, text=True)
                found = re.search(r"\d+\.\d+\.\d+\S*|\(\w+\)", done.stdout)
                self.version[name] = found[0].strip("()") if found else "unknown version"

    def has(self, *names):
        return all(name in self.path for name in names)

    def described(self):
        """All programs with their versions, and those that are missing."""
        found = ", ".join(f"{name} {version}" for name, version in self.version.items())
        missing = [name for name in VERSIONS if name not in self.path]
        return found + (f"; not found: {', '.join(missing)}" if missing else "")


def machine():
    """The processor, the number of its cores, and the load at the time."""
    try:
        model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
        model = model[1] if model else platform.machine()
    except OSError:
        model = platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, load {os.getloadavg()[0]:.1f}"


def cpu_clock():
    """The CPU time of all commands so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Measured:
    """The runs of one command."""

    def __init__(self, command, directory, cpu_time=False):
        self.command, self.directory = command, directory
        self.clock = cpu_clock if cpu_time else time.perf_counter
        self.times, self.output, self.status, self.problem = [], b"", 0, ""

    def run(self, timeout):
        """Runs the command once. A program that exceeds the time is killed with everything that it has started."""
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            start = self.clock()
            running = subprocess.Popen(
                self.command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True)
            # `wait` with a time looks only every few milliseconds.
            alarm = threading.Timer(timeout, os.killpg, (running.pid, signal.SIGKILL))
            alarm.start()
            self.status = running.wait()
            alarm.cancel()
            if self.status == -signal.SIGKILL:
                self.problem = f"> {timeout:.0f} s"
                return
            self.times.append(self.clock() - start)
            output.seek(0)
            self.output = output.read()
            errors.seek(0)
            # The exit code is 1 if there are differences or findings, which are printed.
            if self.status not in (0, 1) or (self.status == 1 and not self.output):
                self.problem = "failed: " + errors.read().decode("utf8", "replace")[:80].replace("\n", " ")

    @property
    def median(self):
        return statistics.median(self.times) if self.times else None


def interleaved(commands, directory, asked):
    """Runs commands in turn, so that other load concerns all of them; a slow one is run less often."""
    all_measured = [Measured(command, directory, asked.cpu_time) for command in commands]
    for number in range(asked.runs):
        for measured in all_measured:
            if not measured.problem and (number == 0 or sum(measured.times) + measured.times[0] < asked.patience):
                measured.run(asked.timeout)
    return all_measured


def peak_memory(command, directory):
    """The largest resident set in bytes; `None` without GNU time."""
    gnu_time = shutil.which("time")
    if not gnu_time:
        return None
    with tempfile.NamedTemporaryFile(mode="r") as log:
        subprocess.run(
            [gnu_time, "-q", "-f", "%M", "-o", log.name, *command],
            cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        text = log.read().strip()
    return int(text) * 1024 if text.isdigit() else None


def instructions(command, directory):
    """The instructions that a command executes; `None` without valgrind."""
    if not shutil.which("valgrind"):
        return None
    with tempfile.NamedTemporaryFile(mode="r") as log:
        prefix = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", f"--log-file={log.name}"]
        subprocess.run(
            [*prefix, *command], cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        counts = re.findall(r"I\s+refs:\s+([\d,]+)", log.read())
    return int(counts[-1].replace(",", "")) if counts else None
