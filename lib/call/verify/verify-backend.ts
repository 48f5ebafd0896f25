/**
 * Verification of a store of another kind: the manifest and the files of every entry that it lists.
 *
 * @module
 */

import type { StoreBackend } from "../../store/backend.ts";
import { type EntryKey, MANIFEST } from "../../store/layout.ts";
import { type EntryManifest, manifestOf } from "../entries/entries.ts";
import { run } from "../flow.ts";
import { checkFiles, type FileProblem, problemWith } from "./entry-check.ts";
import { Findings, type Verification, type Verifying } from "./verify.ts";

/**
 * Verifies the entries of a store. Reads all of it, however it is reached.
 *
 * @param pathOf what messages call the place of an entry.
 * @throws errors of the store for its list and its manifests.
 */
export async function verifyBackend(
  store: StoreBackend,
  pathOf: (key: EntryKey) => string,
  verifying: Verifying,
): Promise<Verification> {
  const findings = new Findings(verifying);
  for await (const { key, bytes } of store.list()) {
    const path = pathOf(key);
    const problems = await problemsOf(store, key, path, (read) => findings.read(read));
    const isDamaged = problems.some(({ isUnreadable }) => !isUnreadable);
    const removed = verifying.repair && isDamaged && (await store.remove(key));
    const { functionId, codeId, argsId } = key;
    for (const { file, reason } of problems) {
      findings.damaged.push({ functionId, codeId, argsId, path, file, reason, removed });
    }
    if (removed) {
      findings.removed.items++;
      findings.removed.bytes += bytes;
    }
    findings.entry();
  }
  return findings.result();
}

async function problemsOf(
  store: StoreBackend,
  key: EntryKey,
  path: string,
  onRead: (bytes: number) => void,
): Promise<readonly FileProblem[]> {
  const bytes = await store.get(key, false);
  // It was removed since it was listed.
  if (!bytes) return [];
  onRead(bytes.byteLength);
  let manifest: EntryManifest;
  try {
    manifest = manifestOf(key, Buffer.from(bytes));
  } catch (error) {
    return [problemWith(MANIFEST, error)];
  }
  const problems = await run(
    checkFiles(
      {
        ...{ isModified: false, onRead },
        where: (file) => `${path}/${file}`,
        read: (file, position, target) => store.read(key, file, position, target),
        sumOf: () => undefined,
      },
      manifest,
    ),
  );
  if (problems.length === 0) return [];
  const now = await store.get(key, false);
  return now && Buffer.from(now).equals(bytes) ? problems : [];
}
