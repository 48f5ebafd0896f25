"""Measures one case with joblib: joblib_case.py CASE DIRECTORY, the result as JSON on stdout."""

import importlib.metadata
import json
import os
import resource
import shutil
import sys
import time

import joblib
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from joblib_functions import LENGTH_256_MIB, make_array, ready, square, walk


def measure(run, warm_up, samples, between=None):
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


def case_hash(directory):
    array = walk(LENGTH_256_MIB)
    expected = joblib.hash(array.copy())
    return measure(lambda turn: check(joblib.hash(array) == expected), 1, 5)


def case_hit_small(directory):
    cached = joblib.Memory(directory, verbose=0).cache(square)
    cached(7)
    return measure(lambda turn: check(cached(7) == 49), 200, 1000)


def case_miss(directory):
    cached = joblib.Memory(directory, verbose=0).cache(square)
    return measure(lambda turn: check(cached(turn) == turn * turn), 20, 200)


def case_hit_mapped(directory):
    cached = joblib.Memory(directory, verbose=0, mmap_mode="r").cache(make_array)
    expected = cached(LENGTH_256_MIB, 0)[1000]
    return measure(lambda turn: check(cached(LENGTH_256_MIB, 0)[1000] == expected), 20, 200)


def case_hit_read(directory):
    cached = joblib.Memory(directory, verbose=0).cache(make_array)
    expected = cached(10_000_000, 0)[1000]
    return measure(lambda turn: check(cached(10_000_000, 0)[1000] == expected), 1, 7)


def case_store(directory):
    ready.array = walk(LENGTH_256_MIB)
    memory = joblib.Memory(directory, verbose=0)
    cached = memory.cache(ready)
    run = lambda turn: check(cached(turn) is ready.array)
    return measure(run, 1, 3, lambda turn: memory.clear(warn=False))


if __name__ == "__main__":
    name, directory = sys.argv[1:3]
    seconds = globals()["case_" + name.replace("-", "_")](directory)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    versions = {
        "joblib": joblib.__version__,
        "numpy": np.__version__,
        "python": sys.version.split()[0],
    }
    print(json.dumps({"seconds": seconds, "peakBytes": peak, "versions": versions}))
