"""What the programs that measure a peer have in common."""

import importlib.metadata
import json
import resource
import sys
import time


def measure(run, warm_up, samples, between=None):
    if sys.platform == "linux":  # what was needed to prepare does not count
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    seconds = []
    for turn in range(warm_up + samples):
        start = time.perf_counter()
        run(turn)
        end = time.perf_counter()
        if turn >= warm_up:
            seconds.append(end - start)
        if between:
            between(turn)
    return seconds


def check(condition):
    if not condition:
        raise AssertionError


def peak_bytes():
    if sys.platform == "linux":
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(cases, *packages):
    """Measures the case that the command line names, the function case_<name> of a module."""
    name, directory = sys.argv[1:3]
    found = cases["case_" + name.replace("-", "_")](directory)
    seconds, facts = found if isinstance(found, tuple) else (found, None)
    versions = {package: importlib.metadata.version(package) for package in packages}
    versions["python"] = sys.version.split()[0]
    measurement = {"seconds": seconds, "peakBytes": peak_bytes(), "versions": versions}
    if facts:
        measurement["facts"] = facts
    print(json.dumps(measurement))
