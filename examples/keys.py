"""Keys of ndmemo computed in Python: the digest of a value, and where the result of a call lies.

docs/key-format.md says what is computed here. Needs xxhash, and numpy where arrays are arguments.
Numbers are those of JavaScript: 1 and 1.0 are one, and integers are exact up to 2**53.
"""

import re
import struct
import xxhash

CLASSES = {
    "int8": "Int8Array", "int16": "Int16Array", "int32": "Int32Array", "int64": "BigInt64Array",
    "uint8": "Uint8Array", "uint16": "Uint16Array", "uint32": "Uint32Array", "uint64": "BigUint64Array",
    "float32": "Float32Array", "float64": "Float64Array",
}
NO_CODE = "0" * 32


def digest(data):
    """XXH3-128 with seed 0, most significant byte first."""
    return xxhash.xxh3_128_digest(data)


def text(string):
    units = string.encode("utf-16-le", "surrogatepass")
    return struct.pack("<Q", len(units) // 2) + units


def in_js_order(name):
    """JavaScript compares code units of 16 bits."""
    return name.encode("utf-16-be", "surrogatepass")


def dense(array, class_name=None):
    """An array of one axis as a typed array, or as the class that is named."""
    class_name = class_name or CLASSES[array.dtype.name]
    shape = struct.pack("<QQ", 1, array.size)
    return b"N" + text(class_name) + text(array.dtype.name) + shape + text("C") + digest(array.tobytes())


def encode(value):
    """The canonical encoding of a value."""
    if value is None:
        return b"z"
    if value is True:
        return b"t"
    if value is False:
        return b"f"
    if isinstance(value, (int, float)):
        nan = value != value
        return b"d" + (bytes.fromhex("000000000000f87f") if nan else struct.pack("<d", value))
    if isinstance(value, str):
        return b"s" + text(value)
    if isinstance(value, list):
        return b"A" + struct.pack("<Q", len(value)) + b"".join(map(inside, value))
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: in_js_order(item[0]))
        return b"O" + struct.pack("<Q", len(items)) + b"".join(text(k) + inside(v) for k, v in items)
    return dense(value)


def inside(value):
    """The encoding of a value that stands in another one: of long objects, the digest."""
    encoding = encode(value)
    is_long = len(encoding) > 1024 and not isinstance(value, str)
    return b"#" + digest(encoding) if is_long else encoding


def hash(value):
    """The same as `hash(value)` of ndmemo."""
    return digest(encode(value)).hex()


def code_id(version):
    """The code of a function with the option `version` and without `captures`."""
    return digest(f'["version","{hash(version)}"]'.encode()).hex()


def args_id(parts):
    """The digest of all arguments; of one, the part is "a" and its hash."""
    return digest("".join(parts).encode()).hex()


def directory_name(function_id):
    """`<module>#<name>` as a name that every file system takes."""
    escaped = re.sub(rb"[^A-Za-z0-9_.#@+=,-]", lambda m: b"%%%02X" % m[0][0], function_id.encode()).decode()
    refused = re.search(r"^\.|\.$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", escaped, re.I)
    if len(escaped) <= 100 and not refused:
        return escaped
    return f"%{escaped[:82]}~{digest(function_id.encode('utf-16-le')).hex()[:16]}"


def entry_path(function_id, code, arguments):
    """Where the entry of a call lies below the directory that was given to `new Memory`."""
    args = args_id("a" + hash(argument) for argument in arguments)
    return f"ndmemo/v1/{directory_name(function_id)}/{code}/{args[:2]}/{args[2:]}"
