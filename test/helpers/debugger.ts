/**
 * A debugger that attaches to another Node process, as an editor does: by WebSocket.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** An attached debugger. */
export class Debugger {
  /** What the process reported so far. */
  readonly events: Message[] = [];

  readonly #socket: Socket;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #waiting: { readonly method: string; readonly done: () => void }[] = [];
  #received: Buffer = Buffer.alloc(0);
  #sent = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (data) => this.#receive(data));
    socket.on("error", () => {});
  }

  /** Attaches to the address that Node prints: `ws://127.0.0.1:9229/…`. */
  static async attach(address: string): Promise<Debugger> {
    const request = get(address.replace(/^ws:/, "http:"), {
      headers: {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
        "Sec-WebSocket-Version": "13",
      },
    });
    const [, socket] = (await once(request, "upgrade")) as [IncomingMessage, Socket];
    return new Debugger(socket);
  }

  /** Sends a command, and returns its result. */
  async send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#sent;
    const answer = new Promise<Message>((resolve) => this.#answers.set(id, resolve));
    this.#write(JSON.stringify({ id, method, params }));
    const { result, error } = await answer;
    if (result === undefined) throw new Error(`${method}: ${error?.message}`);
    return result;
  }

  /** Waits for the next event with this name. */
  async next(method: string): Promise<void> {
    await new Promise<void>((done) => this.#waiting.push({ method, done }));
  }

  /** Detaches. */
  close(): void {
    this.#socket.destroy();
  }

  /** Sends a text in one frame, under a mask of zeros. */
  #write(text: string): void {
    const payload = Buffer.from(text);
    const header = Buffer.alloc(8);
    header[0] = 0x81;
    header[1] = 0x80 | 126;
    header.writeUInt16BE(payload.length, 2);
    this.#socket.write(Buffer.concat([header, payload]));
  }

  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const frame = this.#received;
      if (frame.length < 2) return;
      const short = (frame[1] ?? 0) & 0x7f;
      const start = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (frame.length < start) return;
      const length =
        short === 127
          ? Number(frame.readBigUInt64BE(2))
          : short === 126
            ? frame.readUInt16BE(2)
            : short;
      if (frame.length < start + length) return;
      this.#received = frame.subarray(start + length);
      // Other kinds of frames hold no text.
      if (((frame[0] ?? 0) & 0x0f) === 1) {
        this.#handle(JSON.parse(frame.toString("utf8", start, start + length)) as Message);
      }
    }
  }

  #handle(message: Message): void {
    if (message.id !== undefined) {
      this.#answers.get(message.id)?.(message);
      return;
    }
    this.events.push(message);
    for (const [i, { method, done }] of this.#waiting.entries()) {
      if (method !== message.method) continue;
      this.#waiting.splice(i, 1);
      done();
      return;
    }
  }
}
