/**
 * Swift with its S3 middleware on the loopback of this machine, for tests: a second engine, which
 * knows no conditions for `PutObject`. One server of each kind, one copy of everything.
 *
 * No service manager, nothing that outlives {@link Swift.stop}: all state lies in a directory of its
 * own, on a file system with extended attributes.
 *
 * @module
 */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { answers, freePorts } from "./ports.ts";
import { missingPrograms } from "./programs.ts";

const run = promisify(execFile);
const SERVERS = ["account", "container", "object"] as const;

/** Swift reads one file from a fixed place, whatever it is told. */
const LAUNCH = `
import runpy, sys
import swift.common.utils
swift.common.utils.SWIFT_CONF_FILE = sys.argv.pop(1)
sys.argv.pop(0)
runpy.run_path(sys.argv[0], run_name="__main__")
`;
const PYTHON = "/usr/bin/python3";
const PROGRAMS = "/usr/bin";

/** What has to be installed; `undefined` where nothing is missing. */
export function missingForSwift(): string | undefined {
  const programs = [...SERVERS, "proxy"].map((kind) => `swift-${kind}-server`);
  return missingPrograms(
    [...programs, "swift-ring-builder", "memcached"],
    "swift-proxy swift-account swift-container swift-object memcached",
  );
}

/** A running Swift. */
export class Swift {
  readonly endpoint: string;
  readonly bucket = "ndmemo-test";
  readonly user = { accessKeyId: "test:tester", secretAccessKey: "testing" } as const;
  readonly #directory: string;
  readonly #servers: ChildProcess[] = [];

  /** Where a test failed before it could stop the servers. */
  readonly #abandon = (): void => {
    for (const server of this.#servers) server.kill("SIGKILL");
    rmSync(this.#directory, { recursive: true, force: true });
  };

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.endpoint = `http://127.0.0.1:${port}`;
    process.once("exit", this.#abandon);
  }

  /** Starts the servers and makes a bucket. */
  static async start(): Promise<Swift> {
    const directory = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-swift-"));
    const [proxy = 0, cache = 0, ...ports] = await freePorts(2 + SERVERS.length);
    const swift = new Swift(directory, proxy);
    try {
      await swift.#start(proxy, cache, ports);
      return swift;
    } catch (error) {
      await swift.stop();
      throw error;
    }
  }

  /** The environment in which tests find it. */
  environment(): Record<string, string> {
    return {
      NDMEMO_S3_ENDPOINT: this.endpoint,
      NDMEMO_S3_BUCKET: this.bucket,
      AWS_ACCESS_KEY_ID: this.user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.user.secretAccessKey,
    };
  }

  /** Kills all servers and removes everything. */
  async stop(): Promise<void> {
    process.off("exit", this.#abandon);
    for (const server of this.#servers) {
      if (server.exitCode !== null || server.signalCode !== null) continue;
      const exit = once(server, "exit");
      server.kill("SIGKILL");
      await exit;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #start(proxy: number, cache: number, ports: readonly number[]): Promise<void> {
    const directory = this.#directory;
    for (const folder of ["log", "cache", "srv/d1"]) {
      mkdirSync(join(directory, folder), { recursive: true });
    }
    writeFileSync(
      join(directory, "swift.conf"),
      "[swift-hash]\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = one\ndefault = yes\n",
    );
    await Promise.all(
      SERVERS.map(async (kind, i) => {
        const builder = join(directory, `${kind}.builder`);
        const ring = (...args: string[]) =>
          run(join(PROGRAMS, "swift-ring-builder"), [builder, ...args]);
        await ring("create", "4", "1", "1");
        await ring("add", `r1z1-127.0.0.1:${ports[i]}/d1`, "1");
        await ring("rebalance");
      }),
    );
    for (const [i, kind] of SERVERS.entries()) {
      this.#spawn(kind, this.#common(ports[i] ?? 0, `${kind}-server`));
    }
    const where = ["-l", "127.0.0.1", "-p", `${cache}`, "-U", "0", "-u", userInfo().username];
    this.#servers.push(spawn("memcached", where, { stdio: "ignore" }));
    const memory = `[filter:cache]\nuse = egg:swift#memcache\nmemcache_servers = 127.0.0.1:${cache}\n`;
    this.#spawn("proxy", `${this.#common(proxy, PIPELINE)}${PROXY}${memory}`);
    for (const port of [...ports, proxy]) await answers(`http://127.0.0.1:${port}/healthcheck`);
    const client = new S3Client({
      endpoint: this.endpoint,
      ...{ region: "us-east-1", forcePathStyle: true, credentials: this.user },
    });
    await client.send(new CreateBucketCommand({ Bucket: this.bucket }));
    client.destroy();
  }

  /** What the configurations of all servers have in common. */
  #common(port: number, pipeline: string): string {
    const directory = this.#directory;
    const app = pipeline.split(" ").at(-1) ?? "";
    return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
swift_dir = ${directory}
devices = ${directory}/srv
mount_check = false
# One process, and nobody else to become.
workers = 0
user = ${userInfo().username}
fallocate_reserve = 0
log_level = WARNING
[pipeline:main]
pipeline = healthcheck ${pipeline}
[filter:healthcheck]
use = egg:swift#healthcheck
[app:${app}]
use = egg:swift#${app === PROXY_APP ? "proxy" : app.replace("-server", "")}
recon_cache_path = ${directory}/cache
`;
  }

  #spawn(kind: string, configuration: string): void {
    const file = join(this.#directory, `${kind}.conf`);
    writeFileSync(file, configuration);
    const log = openSync(join(this.#directory, "log", `${kind}.out`), "a");
    const program = join(PROGRAMS, `swift-${kind}-server`);
    const args = ["-c", LAUNCH, join(this.#directory, "swift.conf"), program, file];
    this.#servers.push(spawn(PYTHON, args, { stdio: ["ignore", log, log] }));
  }
}

const PROXY_APP = "proxy-server";
const PIPELINE = `catch_errors gatekeeper cache listing_formats bulk s3api tempauth slo dlo ${PROXY_APP}`;
const FILTERS = ["catch_errors", "gatekeeper", "listing_formats", "bulk", "slo", "dlo"];
const PROXY = `account_autocreate = true
${FILTERS.map((name) => `[filter:${name}]\nuse = egg:swift#${name}\n`).join("")}
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
`;
