"""Reads a cache of ndmemo with NumPy: read_entries.py CACHE prints every entry and its arrays.

Needs numpy, and the program zstd for compressed arrays; others are mapped. What is no array, and
small arrays inside other values, are in a clone that only V8 reads. Tables and arrays with the filter
bitshuffle are named, not read.
"""

import io
import json
import pathlib
import subprocess
import sys
import numpy as np


def entries(cache):
    """The directory and the manifest of every entry."""
    for path in sorted(pathlib.Path(cache, "ndmemo", "v1").glob("*/*/*/*/entry.json")):
        yield path.parent, json.loads(path.read_bytes())


def unshuffled(content, offset, how):
    """Puts the bytes of elements together again that were sorted by their place in the element."""
    size, frame = how["itemSize"], how["frame"]
    if how["filter"] == "none":
        return content
    parts = [content[:offset]]
    for start in range(offset, len(content), frame):
        block = np.frombuffer(content[start : start + frame], np.uint8)
        whole = block.size // size * size
        parts.append(block[:whole].reshape(size, -1).T.tobytes() + block[whole:].tobytes())
    return b"".join(parts)


def array(directory, record):
    """The array of a record of a manifest, shaped as it was."""
    path = directory / record["file"]
    if "compressed" not in record:
        return np.load(path, mmap_mode="r")
    content = subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout
    return np.load(io.BytesIO(unshuffled(content, record["offset"], record["compressed"])))


def main(cache):
    for directory, manifest in entries(cache):
        key, metadata = manifest["key"], manifest["metadata"]
        arguments = ", ".join(metadata["inputArgs"])
        print(f"{key['functionId']}({arguments}) took {metadata['duration']:.3g} s")
        if "json" in manifest["value"]:
            print("   ", manifest["value"]["json"])
        for record in manifest["arrays"]:
            if "arrow" in record or record.get("compressed", {}).get("filter") == "bitshuffle":
                print("    not read:", record["file"])
                continue
            found = array(directory, record)
            print("   ", record["className"], found.dtype.str, list(found.shape), f"{found.sum():.10g}")


if __name__ == "__main__":
    main(sys.argv[1])
