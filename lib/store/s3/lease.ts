/**
 * Locks of entries: objects that hold for a time and are renewed while their holder lives.
 *
 * A lease is taken by writing its object on the condition that there is none. Whether one is over is
 * told by the service alone: by the time at which its object was written, and the time of the answer.
 * It is then taken over on the condition that it is still the same object. Each lease has a number
 * that is larger than those before it; an entry keeps the number of the lease under which it was
 * made, and does not give way to one with a smaller number.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import type { BackendLock, LockOwner, TakenLock } from "../backend.ts";
import type { Bucket } from "./bucket.ts";
import type { WholeObject } from "./object.ts";

/** What is in the object of a lease. */
interface LeaseRecord {
  readonly owner: LockOwner;
  readonly fence: number;
  readonly leaseTime: number;
}

/** Times of the service are exact to a second. */
const ROUNDING_MS = 2000;
const encoder = new TextEncoder();

/** A lease that was got. */
export class Lease implements BackendLock {
  /** Its number. */
  readonly fence: number;
  readonly #bucket: Bucket;
  readonly #name: string;
  readonly #body: Uint8Array;
  readonly #writer: string;
  readonly #leaseTime: number;
  readonly #onRelease: (lease: Lease) => Promise<void>;
  #validUntil: number;
  #timer: NodeJS.Timeout;
  #renewal: Promise<void> | undefined;

  private constructor(
    bucket: Bucket,
    name: string,
    record: LeaseRecord,
    writer: string,
    asked: number,
    onRelease: (lease: Lease) => Promise<void>,
  ) {
    this.#bucket = bucket;
    this.#name = name;
    this.fence = record.fence;
    this.#body = encode(record);
    this.#writer = writer;
    this.#leaseTime = record.leaseTime;
    this.#validUntil = asked + record.leaseTime;
    this.#onRelease = onRelease;
    this.#timer = setInterval(() => {
      this.#renewal ??= this.#renew().finally(() => {
        this.#renewal = undefined;
      });
    }, record.leaseTime / 3);
    this.#timer.unref();
  }

  /**
   * Asks for a lease, once.
   *
   * @param onRelease called when it is given up, before its object goes.
   */
  static async take(
    bucket: Bucket,
    name: string,
    owner: LockOwner,
    leaseTime: number,
    onRelease: (lease: Lease) => Promise<void>,
  ): Promise<Lease | TakenLock | undefined> {
    const now = Math.floor(bucket.clock.now());
    const asked = performance.now();
    const writer = randomUUID();
    let record: LeaseRecord = { owner, fence: now, leaseTime };
    let outcome = await bucket.put(name, encode(record), { writer }, { is: "absent" }, false);
    if (outcome === "refused") {
      const there = await bucket.get(name);
      const before = there && decode(there);
      if (!there || (before && !isOver(bucket, there, before))) return { owner: before?.owner };
      record = { owner, fence: Math.max(now, (before?.fence ?? 0) + 1), leaseTime };
      const condition = { is: "same", etag: there.etag } as const;
      outcome = await bucket.put(name, encode(record), { writer }, condition, false);
      if (outcome === "refused") return { owner: undefined };
    }
    if (outcome === "unknown") return undefined;
    return new Lease(bucket, name, record, writer, asked, onRelease);
  }

  /** Whether nobody else can have it by now. */
  get isHeld(): boolean {
    return performance.now() < this.#validUntil;
  }

  /** Gives it up. */
  async release(): Promise<void> {
    await this.#onRelease(this);
    clearInterval(this.#timer);
    await this.#renewal;
    if (!this.isHeld) {
      // It may be somebody else's now.
      const there = await this.#bucket.head(this.#name);
      if (there?.metadata["writer"] !== this.#writer) return;
    }
    await this.#bucket.delete([this.#name]);
  }

  async #renew(): Promise<void> {
    try {
      const asked = performance.now();
      const there = await this.#bucket.head(this.#name);
      if (there?.metadata["writer"] !== this.#writer) {
        clearInterval(this.#timer);
        this.#validUntil = 0;
        return;
      }
      const condition = { is: "same", etag: there.etag } as const;
      const metadata = { writer: this.#writer };
      const outcome = await this.#bucket.put(this.#name, this.#body, metadata, condition, false);
      if (outcome === "written") this.#validUntil = asked + this.#leaseTime;
    } catch {
      // The next renewal may succeed; without one the lease ends.
    }
  }
}

function isOver({ clock }: Bucket, { modified }: WholeObject, { leaseTime }: LeaseRecord): boolean {
  return clock.now() - modified > leaseTime + ROUNDING_MS;
}

function encode(record: LeaseRecord): Uint8Array {
  return encoder.encode(JSON.stringify(record));
}

/** What is in the object of a lease; what cannot be read counts as over. */
function decode({ body }: WholeObject): LeaseRecord | undefined {
  try {
    const { owner, fence, leaseTime } = JSON.parse(Buffer.from(body).toString()) as LeaseRecord;
    const isWhole = Number.isSafeInteger(fence) && Number.isFinite(leaseTime);
    return isWhole ? { owner, fence, leaseTime } : undefined;
  } catch {
    return undefined;
  }
}
