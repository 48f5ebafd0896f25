/**
 * Ports of the loopback for services that tests start.
 *
 * @module
 */

import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port);
  for (const server of servers) server.close();
  return ports;
}

/** Resolves when a service answers, whatever it says. */
export async function answers(address: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    try {
      await fetch(address);
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error(`nothing answers at ${address}`);
}
