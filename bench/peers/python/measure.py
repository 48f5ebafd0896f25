"""What the programs that measure a peer have in common."""

import importlib.metadata
import itertools
import json
import resource
import sys
import time


MOST_WARM_UP_SECONDS = 2
MOST_SECONDS = 3


def measure(run, between=None):
    """Seconds of each run after the warm-up; how many runs, the command line says."""
    warm_up, samples = map(int, sys.argv[3:5])
    if sys.platform == "linux":  # what was needed to prepare does not count
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    turns = itertools.count()

    def repeat(most, most_seconds):
        seconds = []
        spent = 0
        while len(seconds) < most and spent < most_seconds:
            turn = next(turns)
            start = time.perf_counter()
            run(turn)
            seconds.append(time.perf_counter() - start)
            spent += seconds[-1]
            if between:
                between(turn)
        return seconds

    repeat(warm_up, MOST_WARM_UP_SECONDS)
    return repeat(samples, MOST_SECONDS)


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
