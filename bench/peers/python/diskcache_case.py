"""Measures one case with diskcache: diskcache_case.py CASE DIRECTORY WARM_UP SAMPLES.

The result is JSON on stdout.
"""

import os
import sys

import diskcache
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from joblib_functions import LENGTH_256_MIB, make_array, ready, square, walk
from measure import check, main, measure

MORE_THAN_ALL = 2**40


def open_cache(directory):
    return diskcache.Cache(directory, size_limit=MORE_THAN_ALL)


def case_hit_small(directory):
    cached = open_cache(directory).memoize()(square)
    cached(7)
    return measure(lambda turn: check(cached(7) == 49))


def case_hit_first(directory):
    return case_hit_small(directory)


def case_miss(directory):
    cached = open_cache(directory).memoize()(square)
    return measure(lambda turn: check(cached(turn) == turn * turn))


def case_hit_read(directory):
    cached = open_cache(directory).memoize()(make_array)
    expected = cached(10_000_000, 0)[1000]
    return measure(lambda turn: check(cached(10_000_000, 0)[1000] == expected))


def case_store(directory):
    ready.array = walk(LENGTH_256_MIB)
    cache = open_cache(directory)
    cached = cache.memoize()(ready)
    run = lambda turn: check(isinstance(cached(turn), np.ndarray))
    return measure(run, lambda turn: cache.clear())


if __name__ == "__main__":
    main(globals(), "diskcache", "numpy")
