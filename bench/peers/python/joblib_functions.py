"""The functions that joblib caches: in a module, where it looks for their code."""

import os
import time

import numpy as np

LENGTH_64_MIB = 2**23
LENGTH_256_MIB = 2**25
LENGTH_6_GIB = 3 * 2**28


def states_of(length):
    """The states of the linear congruential generator of data.ts, in blocks."""
    block = 1 << 16
    multipliers = np.empty(block, dtype=np.int64)
    additions = np.empty(block, dtype=np.int64)
    a, c = 1, 0
    for i in range(block):
        a, c = (a * 1103515245) & 0x7FFFFFFF, (c * 1103515245 + 12345) & 0x7FFFFFFF
        multipliers[i], additions[i] = a, c
    states = np.empty(length, dtype=np.int64)
    state = 12345
    for start in range(0, length, block):
        count = min(block, length - start)
        steps = (multipliers[:count] * state + additions[:count]) & 0x7FFFFFFF
        states[start : start + count] = steps
        state = int(steps[-1])
    return states


def walk(length):
    """The same random walk as in data.ts."""
    return np.cumsum(states_of(length) / 0x7FFFFFFF - 0.5)


def counts(length):
    """The same whole numbers as in data.ts."""
    return np.cumsum((states_of(length) >> 16) % 101 - 50).astype(np.int32)


def temperatures(length):
    return counts(length) / 100


def square(x):
    return x * x


def make_array(length, _turn):
    return walk(length)


def ready(_turn):
    return ready.array


def zeros(length, _turn):
    return np.zeros(length)


def make_constant(length):
    return np.full(length, 1.5)


def ends(array):
    return float(array[0] + array[-1])


def slow(directory, turn):
    with open(os.path.join(directory, "runs"), "a") as file:
        file.write("x")
    time.sleep(0.8)
    return np.array([turn], dtype=float)
