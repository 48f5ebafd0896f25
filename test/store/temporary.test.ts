import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LocalStore } from "../../lib/store/local.ts";
import { hiddenFile, sweep, sweepHidden, temporaryName } from "../../lib/store/temporary.ts";
import { asOrdinaryUser, hasPermissions } from "../helpers/ordinary-user.ts";
import { withTmp } from "../helpers/tmp.ts";

if (hasPermissions) {
  test("what a draft cannot remove is removed when the next one begins", () =>
    withTmp(async (directory) => {
      const store = new LocalStore(directory, { durable: false });
      const first = store.draft();
      first.write("entry.json", [Buffer.from("{}")]);
      const tmp = join(directory, "ndmemo/tmp");
      const [name = ""] = readdirSync(tmp);
      chmodSync(tmp, 0o500);
      await asOrdinaryUser(directory, () => first.discard());
      chmodSync(tmp, 0o700);
      assert.ok(existsSync(join(tmp, name)));

      const second = store.draft();
      assert.not(existsSync(join(tmp, name)));
      assert.is(readdirSync(tmp).length, 1);
      second.discard();
      assert.equal(readdirSync(tmp), []);
    }));
}

test("a temporary name is another one each time", () => {
  const names = Array.from({ length: 1000 }, temporaryName);
  assert.is(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[\w.]+-\d+-[0-9a-f]{12}$/);
});

test("what an earlier process with this number left is swept, and what this one has is not", () =>
  withTmp((directory) => {
    const tmp = join(directory, "ndmemo/tmp");
    const draft = new LocalStore(directory, { durable: false }).draft();
    const [own = ""] = readdirSync(tmp);
    const left = join(tmp, own.replace(/[0-9a-f]{12}$/, "0".repeat(12)));
    mkdirSync(left);
    sweep(tmp);
    assert.equal(readdirSync(tmp).length, 2);
    const before = Date.now() / 1000 - process.uptime() - 60;
    utimesSync(left, before, before);
    sweep(tmp);
    assert.equal(readdirSync(tmp), [own]);
    draft.discard();
  }));

test("beside files of others only what a dead process wrote a minute ago is swept", () =>
  withTmp((directory) => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const dead = hiddenFile(directory).replace(`-${process.pid}-`, `-${pid}-`);
    const own = hiddenFile(directory);
    const others = [dead, dead.slice(0, -1), join(directory, ".hidden")];
    for (const name of [own, ...others]) writeFileSync(name, "");
    sweepHidden(directory);
    assert.is(readdirSync(directory).length, 4);
    const before = Date.now() / 1000 - 61;
    for (const name of others) utimesSync(name, before, before);
    sweepHidden(directory);
    assert.not(existsSync(dead));
    assert.is(readdirSync(directory).length, 3);
  }));

test.run();
