"""Writes a result of Python into a cache of ndmemo, where Node finds it instead of computing it.

The function is cached there with a module, a name, and `track: "none"`; docs/disk-format.md says what
is written. Needs numpy and xxhash. Try it:

    write_entry.py cache

    const memory = new Memory("cache", { track: "none" });
    memory.cache((n) => …, { module: "steps.ts", name: "squares" })(1000); // Float64Array(1000)
"""

import json
import os
import pathlib
import re
import secrets
import socket
import sys
import time
import numpy as np
import keys


def store(cache, function_id, arguments, array, code=keys.NO_CODE):
    """Makes an array of one axis the result of a call; an entry that is there already stays."""
    parts = ["a" + keys.hash(argument) for argument in arguments]
    key = {"functionId": function_id, "codeId": code, "argsId": keys.args_id(parts)}
    tmp = pathlib.Path(cache, "ndmemo", "tmp")
    host = re.sub(r"[^A-Za-z0-9_.]", "_", socket.gethostname())
    draft = tmp / f"{host}-{os.getpid()}-{secrets.token_hex(6)}"
    draft.mkdir(parents=True)

    name = f"0-{secrets.token_hex(4)}.npy"
    np.save(draft / name, array)
    # Older than the entry by more than any clock's resolution: a later write to the file shows.
    modified = int(time.time()) - 10
    os.utime(draft / name, (modified, modified))

    kind = {"className": keys.CLASSES[array.dtype.name], "descr": array.dtype.str, "shape": [array.size]}
    kind |= {"order": "C", "bytes": array.nbytes}
    file = {"file": name, "shared": False, "modified": modified * 1000}
    file |= {"offset": (draft / name).stat().st_size - array.nbytes}
    file |= {"digest": keys.digest(array.tobytes()).hex()}
    took = {"hash": 0, "compute": 0, "store": 0}
    metadata = {"duration": 0, "time": time.time(), "inputArgs": [repr(one) for one in arguments], **key}
    metadata |= {"bytes": array.nbytes, "arrays": [kind], "timings": took, "ndmemo": "0.1.0", "node": "20.19.0"}
    manifest = {"format": 1, "key": {**key, "parts": parts}, "async": False, "value": {"array": 0}}
    manifest |= {"node": "20.19.0", "arrays": [{**kind, **file}], "metadata": metadata}
    body = json.dumps(manifest, ensure_ascii=False)[:-1].encode()
    (draft / "entry.json").write_bytes(body + b',"checksum":"%s"}' % keys.digest(body).hex().encode())

    entry = pathlib.Path(cache, keys.entry_path(function_id, code, arguments))
    entry.parent.mkdir(parents=True, exist_ok=True)
    draft.rename(entry)  # all of it at once


if __name__ == "__main__":
    store(sys.argv[1], "steps.ts#squares", [1000], np.arange(1000.0) ** 2)
