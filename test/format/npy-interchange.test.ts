import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dtypeOfDescr, encodeNpyHeader, swapBytes } from "../../lib/format/npy.ts";
import { requires } from "../helpers/requirement.ts";
import { aHeader, parse } from "./npy-headers.ts";

requires("python3-numpy", test, "NumPy writes the same headers, and reads ours", () => {
  const headers = fc.sample(aHeader, { numRuns: 150, seed: 1 }).filter(({ shape }) => {
    return shape.length <= 32 && shape.reduce((a, b) => a * b, 1) < 2 ** 16;
  });
  const encoded = headers.map((header) => Buffer.from(encodeNpyHeader(header)).toString("base64"));
  const script = `
import base64, io, json, sys
import numpy as np
from numpy.lib import format
for case in json.load(sys.stdin):
    descr, shape, ours = case["descr"], tuple(case["shape"]), base64.b64decode(case["encoded"])
    out = io.BytesIO()
    fields = {"descr": descr, "fortran_order": case["fortranOrder"], "shape": shape}
    format.write_array_header_1_0(out, fields)
    assert out.getvalue() == ours, (out.getvalue(), ours)
    size = int(np.prod(shape, dtype=object)) * np.dtype(descr).itemsize
    array = np.load(io.BytesIO(ours + bytes(size)))
    assert array.shape == shape and array.dtype == np.dtype(descr), (array.shape, array.dtype)
print("ok")
`;
  const cases = headers.map((header, i) => ({ ...header, encoded: encoded[i] }));
  assert.is(python(script, JSON.stringify(cases)).trim(), "ok");
  assert.ok(headers.length > 20);
});

requires("python3-numpy", test, "arrays that NumPy saves are read element by element", () => {
  const script = `
import base64, io, json
import numpy as np
cases = []
for order in "<>":
    for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8", "c8", "c16", "b1"]:
        for layout in "CF":
            values = np.array([[0, 1, 2], [100, 5, 127]])
            array = np.asarray(values.astype(order + kind), order=layout)
            out = io.BytesIO()
            np.save(out, array)
            parts = array.ravel(order="K").astype("=" + kind)
            if kind[0] == "c": parts = parts.view("f4" if kind == "c8" else "f8")
            cases.append([base64.b64encode(out.getvalue()).decode(), [float(x) for x in parts]])
print(json.dumps(cases))
`;
  const cases = JSON.parse(python(script, "")) as [file: string, numbers: number[]][];
  for (const [base64, numbers] of cases) {
    const file = Buffer.from(base64, "base64");
    const header = parse(file);
    const { dtype, swap } = dtypeOfDescr(header.descr);
    const bytes = new Uint8Array(file.subarray(header.dataOffset));
    const array = new dtype.array(
      bytes.buffer,
      0,
      bytes.byteLength / dtype.array.BYTES_PER_ELEMENT,
    );
    if (swap) swapBytes(array);
    assert.equal(Array.from(array as ArrayLike<number | bigint>, Number), numbers, header.descr);
    assert.equal(header.shape, [2, 3]);
  }
  assert.is(cases.length, 52);
});

function python(script: string, input: string): string {
  const { status, stdout, stderr } = spawnSync("python3", ["-c", script], {
    input,
    encoding: "utf8",
  });
  assert.is(status, 0, stderr);
  return stdout;
}

test.run();
