/**
 * A Ceph cluster on the loopback of this machine, for tests: one monitor, storage daemons, gateways.
 *
 * No service manager, no keys, nothing that outlives {@link Ceph.stop}: all state lies in a directory
 * of its own. As root, the daemons run as the user `ceph`.
 *
 * @module
 */

import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { configuration } from "./ceph-conf.ts";
import { answers, freePorts } from "./ports.ts";
import { missingPrograms } from "./programs.ts";

const run = promisify(execFile);

/** How large a cluster is. */
export interface CephOptions {
  readonly osds?: number;
  readonly gateways?: number;
}

/** A user of the gateways. */
export interface CephUser {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What has to be installed; `undefined` where nothing is missing. */
export function missingForCeph(): string | undefined {
  return missingPrograms(
    ["ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph"],
    "ceph-mon ceph-osd ceph-common radosgw",
  );
}

/** A running cluster. */
export class Ceph {
  readonly endpoints: readonly string[];
  readonly bucket = "ndmemo-test";
  readonly user: CephUser = { accessKeyId: "testaccess", secretAccessKey: "testsecret0123456789" };
  readonly #directory: string;
  readonly #commands = new Map<string, readonly string[]>();
  readonly #daemons = new Map<string, ChildProcess>();

  /** Where a test failed before it could stop the cluster. */
  readonly #abandon = (): void => {
    for (const daemon of this.#daemons.values()) daemon.kill("SIGKILL");
    rmSync(this.#directory, { recursive: true, force: true });
  };

  private constructor(directory: string, endpoints: readonly string[]) {
    this.#directory = directory;
    this.endpoints = endpoints;
    process.once("exit", this.#abandon);
  }

  /** Starts a cluster and makes a bucket; with one storage daemon in about three seconds. */
  static async start({ osds = 1, gateways = 1 }: CephOptions = {}): Promise<Ceph> {
    const directory = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-ceph-"));
    const [monitor = 0, ...ports] = await freePorts(1 + gateways);
    const ceph = new Ceph(
      directory,
      ports.map((port) => `http://127.0.0.1:${port}`),
    );
    try {
      await ceph.#start(osds, monitor, ports);
      return ceph;
    } catch (error) {
      await ceph.stop();
      throw error;
    }
  }

  /** Kills a daemon, such as `osd0` or `rgw1`, in the midst of whatever it does. */
  async kill(name: string): Promise<void> {
    const daemon = this.#daemons.get(name);
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const exit = once(daemon, "exit");
    daemon.kill("SIGKILL");
    await exit;
  }

  /** Starts a daemon that was killed; resolves when a gateway answers. */
  async revive(name: string): Promise<void> {
    this.#spawn(name, this.#commands.get(name) ?? []);
    const gateway = /^rgw(\d+)$/.exec(name)?.[1];
    if (gateway !== undefined) await answers(this.endpoints[Number(gateway)] ?? "");
  }

  /** Holds a daemon up: its connections stay open. */
  pause(name: string): void {
    this.#daemons.get(name)?.kill("SIGSTOP");
  }

  /** Lets a daemon go on. */
  resume(name: string): void {
    this.#daemons.get(name)?.kill("SIGCONT");
  }

  /** Runs `radosgw-admin`. */
  async admin(...args: string[]): Promise<string> {
    const { uid, gid } = runAs();
    const options = { timeout: 60_000, maxBuffer: 2 ** 24, ...(uid && { uid, gid }) };
    return (await run("radosgw-admin", ["-c", this.#conf, ...args], options)).stdout;
  }

  /** Makes a user and returns the keys. */
  async addUser(name: string): Promise<CephUser> {
    const keys = { accessKeyId: `${name}access`, secretAccessKey: `${name}secret0123456789` };
    const { accessKeyId, secretAccessKey } = keys;
    await this.admin(
      ...["user", "create", `--uid=${name}`, `--display-name=${name}`],
      ...[`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`],
    );
    return keys;
  }

  /** The environment in which tests find the cluster. */
  environment(): Record<string, string> {
    return {
      NDMEMO_S3_ENDPOINT: this.endpoints.join(" "),
      NDMEMO_S3_BUCKET: this.bucket,
      AWS_ACCESS_KEY_ID: this.user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.user.secretAccessKey,
    };
  }

  /** Kills all daemons and removes everything. */
  async stop(): Promise<void> {
    process.off("exit", this.#abandon);
    await Promise.all([...this.#daemons.keys()].map((name) => this.kill(name)));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #conf(): string {
    return join(this.#directory, "ceph.conf");
  }

  async #start(osds: number, monitor: number, ports: readonly number[]): Promise<void> {
    const directory = this.#directory;
    const folders = [
      "mon",
      "rgw",
      "log",
      "run",
      ...Array.from({ length: osds }, (_, i) => `osd${i}`),
    ];
    for (const folder of folders) mkdirSync(join(directory, folder));
    const id = randomUUID();
    writeFileSync(this.#conf, configuration({ directory, id, monitor, osds, ports }));
    const { user } = runAs();
    if (user) execFileSync("chown", ["-R", user, directory]);

    const map = join(directory, "monmap");
    const address = `[v2:127.0.0.1:${monitor}]`;
    await this.#run("monmaptool", "--create", "--fsid", id, "--addv", "a", address, map);
    await this.#run("ceph-mon", "-c", this.#conf, "--mkfs", "-i", "a", "--monmap", map);
    this.#spawn("mon", ["ceph-mon", "-c", this.#conf, "-i", "a", "-f"]);
    await this.#ceph("mon", "stat");
    await Promise.all(Array.from({ length: osds }, (_, i) => this.#addOsd(i)));
    for (let i = 0; i < osds; i++) {
      this.#spawn(`osd${i}`, ["ceph-osd", "-c", this.#conf, "-i", `${i}`, "-f"]);
    }
    const { accessKeyId, secretAccessKey } = this.user;
    await this.admin(
      ...["user", "create", "--uid=test", "--display-name=test"],
      ...[`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`],
    );
    // The first gateway makes the pools.
    for (const [i, endpoint] of this.endpoints.entries()) {
      this.#spawn(`rgw${i}`, ["radosgw", "-c", this.#conf, "-n", `client.rgw.g${i}`, "-f"]);
      await answers(endpoint);
    }
    const client = new S3Client({
      endpoint: this.endpoints[0] ?? "",
      ...{ region: "us-east-1", forcePathStyle: true, credentials: this.user },
    });
    await client.send(new CreateBucketCommand({ Bucket: this.bucket }));
    client.destroy();
  }

  async #addOsd(i: number): Promise<void> {
    const id = randomUUID();
    await this.#ceph("osd", "new", id, `${i}`);
    await this.#ceph("osd", "crush", "add", `osd.${i}`, "1.0", `host=host${i}`, "root=default");
    await this.#run("ceph-osd", "-c", this.#conf, "-i", `${i}`, "--mkfs", "--osd-uuid", id);
  }

  async #ceph(...args: string[]): Promise<void> {
    await this.#run("ceph", "-c", this.#conf, "--connect-timeout", "60", ...args);
  }

  async #run(program: string, ...args: string[]): Promise<void> {
    const { uid, gid } = runAs();
    await run(program, args, { timeout: 90_000, ...(uid && { uid, gid }) });
  }

  #spawn(name: string, command: readonly string[]): void {
    const [program = "", ...args] = command;
    this.#commands.set(name, command);
    const log = openSync(join(this.#directory, "log", `${name}.out`), "a");
    const { uid, gid } = runAs();
    const daemon = spawn(program, args, { stdio: ["ignore", log, log], ...(uid && { uid, gid }) });
    this.#daemons.set(name, daemon);
  }
}

/** The user that daemons run as, where this process may choose. */
function runAs(): { readonly user?: string; readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const of = (flag: string): number =>
    Number(execFileSync("id", [flag, "ceph"], { encoding: "utf8" }));
  return { user: "ceph", uid: of("-u"), gid: of("-g") };
}
