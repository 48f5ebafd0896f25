import { chmodSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LocalStore } from "../../lib/store/local.ts";
import { withTmp } from "../helpers/tmp.ts";

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

test("what a draft cannot remove is removed when the next one begins", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    const first = store.draft();
    first.write("entry.json", [Buffer.from("{}")]);
    const tmp = join(directory, "ndmemo/tmp");
    const [name = ""] = readdirSync(tmp);
    chmodSync(tmp, 0o500);
    // Root may remove everything.
    if (isRoot) process.seteuid?.(NOBODY);
    first.discard();
    if (isRoot) process.seteuid?.(0);
    chmodSync(tmp, 0o700);
    assert.ok(existsSync(join(tmp, name)));

    const second = store.draft();
    assert.not(existsSync(join(tmp, name)));
    assert.is(readdirSync(tmp).length, 1);
    second.discard();
    assert.equal(readdirSync(tmp), []);
  }));

test.run();
