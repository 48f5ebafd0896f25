"""Measures one case with joblib: joblib_case.py CASE DIRECTORY WARM_UP SAMPLES.

The result is JSON on stdout.
"""

import multiprocessing
import os
import shutil
import sys

import joblib
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from joblib_functions import (
    LENGTH_6_GIB,
    LENGTH_64_MIB,
    LENGTH_256_MIB,
    counts,
    ends,
    make_array,
    make_constant,
    ready,
    slow,
    square,
    temperatures,
    walk,
    zeros,
)
from measure import check, main, measure


def case_hash(directory):
    array = walk(LENGTH_256_MIB)
    expected = joblib.hash(array.copy())
    return measure(lambda turn: check(joblib.hash(array) == expected))


def case_hit_small(directory):
    cached = joblib.Memory(directory, verbose=0).cache(square)
    cached(7)
    return measure(lambda turn: check(cached(7) == 49))


def case_hit_first(directory):
    return case_hit_small(directory)


def case_miss(directory):
    cached = joblib.Memory(directory, verbose=0).cache(square)
    return measure(lambda turn: check(cached(turn) == turn * turn))


def case_miss_memory(directory):
    return case_miss(directory)


def case_hit_mapped(directory):
    cached = joblib.Memory(directory, verbose=0, mmap_mode="r").cache(make_array)
    expected = cached(LENGTH_256_MIB, 0)[1000]
    return measure(lambda turn: check(cached(LENGTH_256_MIB, 0)[1000] == expected))


def case_hit_read(directory):
    cached = joblib.Memory(directory, verbose=0).cache(make_array)
    expected = cached(10_000_000, 0)[1000]
    return measure(lambda turn: check(cached(10_000_000, 0)[1000] == expected))


def case_store(directory):
    ready.array = walk(LENGTH_256_MIB)
    memory = joblib.Memory(directory, verbose=0)
    cached = memory.cache(ready)
    run = lambda turn: check(cached(turn) is ready.array)
    return measure(run, lambda turn: memory.clear(warn=False))


def case_reduce_size(directory):
    """Copies of one entry, by hand: storing them would take minutes."""
    entries = int(os.environ.get("NDMEMO_BENCH_ENTRIES", "100000"))
    memory = joblib.Memory(directory, verbose=0)
    memory.cache(square)(7)
    [model] = [path for path, _, files in os.walk(directory) if "output.pkl" in files]
    copies = {name: open(os.path.join(model, name), "rb").read() for name in os.listdir(model)}
    shutil.rmtree(model)
    for i in range(entries):
        entry = os.path.join(os.path.dirname(model), f"{i:032x}")
        os.mkdir(entry)
        for name, content in copies.items():
            with open(os.path.join(entry, name), "wb") as file:
                file.write(content)
    limit = entries // 2 * sum(map(len, copies.values()))

    def run(_turn):
        if hasattr(memory, "bytes_limit"):  # before joblib 1.3
            memory.bytes_limit = limit
            memory.reduce_size()
        else:
            memory.reduce_size(bytes_limit=limit)
        left = len(os.listdir(os.path.dirname(model)))
        check(abs(left - entries // 2) <= 2)

    return measure(run)


def case_hash_mapped(directory):
    array = joblib.Memory(directory, verbose=0, mmap_mode="r").cache(make_array)(LENGTH_256_MIB, 0)
    expected = joblib.hash(array)
    return measure(lambda turn: check(joblib.hash(array) == expected))


def hits_of_many(directory, heap_objects):
    """3,000 entries and 5,000 to warm up, copies with holes in place of the zeros but for the first."""
    entries = 1000
    cached = joblib.Memory(directory, verbose=0, mmap_mode="r").cache(zeros)
    cached(LENGTH_64_MIB, 0)
    [model] = [path for path, _, files in os.walk(directory) if "output.pkl" in files]
    with open(os.path.join(model, "output.pkl"), "rb") as file:
        blocks = [(i, block) for i, block in enumerate(iter(lambda: file.read(4096), b"")) if any(block)]
        size = file.tell()
    for turn in range(8 * entries):
        entry = os.path.join(os.path.dirname(model), cached._get_argument_hash(LENGTH_64_MIB, turn))
        os.makedirs(entry, exist_ok=True)
        if turn > 0:
            shutil.copy(os.path.join(model, "metadata.json"), entry)
        with open(os.path.join(entry, "sparse"), "wb") as file:
            for i, block in blocks:
                file.seek(i * 4096)
                file.write(block)
            file.truncate(size)
        os.rename(os.path.join(entry, "sparse"), os.path.join(entry, "output.pkl"))
    heap = [{"i": i} for i in range(heap_objects)]

    def run(turn):
        for i in range(turn * entries, (turn + 1) * entries):
            array = cached(LENGTH_64_MIB, i)
            check(isinstance(array, np.memmap) and len(array) == LENGTH_64_MIB)
        check(len(heap) == heap_objects)

    return [seconds / entries for seconds in measure(run)]


def case_maps_many(directory):
    return hits_of_many(directory, 0)


def case_maps_heap(directory):
    return hits_of_many(directory, 2_000_000)


def stored(directory):
    cached = joblib.Memory(directory, verbose=0, mmap_mode="r").cache(make_constant)
    cached(LENGTH_6_GIB)
    return cached


def case_store_6_gib(directory):
    ready.array = make_constant(LENGTH_6_GIB)
    cached = joblib.Memory(directory, verbose=0).cache(ready)
    return measure(lambda turn: check(cached(turn) is ready.array))


def case_hit_6_gib(directory):
    cached = stored(directory)
    return measure(lambda turn: check(cached(LENGTH_6_GIB)[1000] == 1.5))


def case_chain_6_gib(directory):
    array = stored(directory)(LENGTH_6_GIB)
    cached = joblib.Memory(directory, verbose=0).cache(ends)
    return measure(lambda turn: check(cached(array) == 3))


def answer_turns(directory, pipe):
    """One of the processes of case_stampede."""
    cached = joblib.Memory(directory, verbose=0).cache(slow)
    pipe.send("ready")
    for turn in iter(pipe.recv, None):
        pipe.send(float(cached(directory, turn)[0]))


def case_stampede(directory):
    context = multiprocessing.get_context("spawn")
    pipes = []
    for _ in range(4):
        ours, theirs = context.Pipe()
        context.Process(target=answer_turns, args=(directory, theirs), daemon=True).start()
        check(ours.recv() == "ready")
        pipes.append(ours)

    def run(turn):
        for pipe in pipes:
            pipe.send(turn)
        for pipe in pipes:
            check(pipe.recv() == turn)

    seconds = measure(run)
    for pipe in pipes:
        pipe.send(None)
    return seconds, {"runs": os.path.getsize(os.path.join(directory, "runs")) / len(seconds)}


def compressing(directory, array):
    path = os.path.join(directory, "array.pkl")
    seconds = measure(lambda turn: joblib.dump(array, path, compress=("zlib", 3)))
    return seconds, {"times smaller": array.nbytes / os.path.getsize(path)}


def loading(directory, array):
    path = os.path.join(directory, "array.pkl")
    joblib.dump(array, path, compress=("zlib", 3))
    return measure(lambda turn: check(joblib.load(path)[-1] == array[-1]))


def case_compress_f8(directory):
    return compressing(directory, temperatures(2**23))


def case_load_f8(directory):
    return loading(directory, temperatures(2**23))


def case_compress_i4(directory):
    return compressing(directory, counts(2**24))


def case_load_i4(directory):
    return loading(directory, counts(2**24))


if __name__ == "__main__":
    main(globals(), "joblib", "numpy")
