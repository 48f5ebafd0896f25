"""The one function of the package xxhash that the examples use, on the system's library."""

import ctypes


class Digest(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


compute = ctypes.CDLL("libxxhash.so.0").XXH3_128bits
compute.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
compute.restype = Digest


def xxh3_128_digest(data):
    digest = compute(data, len(data))
    return digest.high.to_bytes(8, "big") + digest.low.to_bytes(8, "big")
