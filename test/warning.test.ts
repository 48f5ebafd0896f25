import { constants } from "node:os";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { errorCode } from "../lib/warning.ts";

test("an error that Node has no name for has that of the system", () => {
  const { EDQUOT, ENOSPC } = constants.errno;
  const unnamed = { errno: -EDQUOT, code: `Unknown system error -${EDQUOT}` };
  assert.is(errorCode(Object.assign(new Error("write"), unnamed)), "EDQUOT");
  assert.is(
    errorCode(Object.assign(new Error("write"), { ...unnamed, code: "UNKNOWN" })),
    "EDQUOT",
  );
  // As the addon throws it.
  const { code } = unnamed;
  assert.is(errorCode(Object.assign(new Error(`${code}, reserving`), { code })), "EDQUOT");
  const named = { errno: -ENOSPC, code: "ENOSPC" };
  assert.is(errorCode(Object.assign(new Error("write"), named)), "ENOSPC");
  assert.is(errorCode(new TypeError("wrong")), "TypeError");
  assert.is(errorCode("text"), "ERR_UNKNOWN");
});

test.run();
