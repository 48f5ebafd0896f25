"""Measures one case with C-Blosc, shuffle and zstd, and a file.

blosc_case.py CASE DIRECTORY WARM_UP SAMPLES, the result as JSON on stdout.
"""

import os
import sys

import blosc
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from joblib_functions import counts, temperatures
from measure import check, main, measure

LEVEL = 3


def write(path, array):
    with open(path, "wb") as file:
        file.write(
            blosc.compress_ptr(
                array.ctypes.data, array.size, array.itemsize, LEVEL, blosc.SHUFFLE, "zstd"
            )
        )


def compressing(directory, array):
    path = os.path.join(directory, "array.blosc")
    seconds = measure(lambda turn: write(path, array))
    return seconds, {"times smaller": array.nbytes / os.path.getsize(path)}


def loading(directory, array):
    path = os.path.join(directory, "array.blosc")
    write(path, array)

    def run(_turn):
        with open(path, "rb") as file:
            loaded = np.empty_like(array)
            blosc.decompress_ptr(file.read(), loaded.ctypes.data)
        check(loaded[-1] == array[-1])

    return measure(run)


def case_compress_f8(directory):
    return compressing(directory, temperatures(2**23))


def case_load_f8(directory):
    return loading(directory, temperatures(2**23))


def case_compress_i4(directory):
    return compressing(directory, counts(2**24))


def case_load_i4(directory):
    return loading(directory, counts(2**24))


if __name__ == "__main__":
    main(globals(), "blosc", "numpy")
