/**
 * stripe-mock: Stripe's own stateless checker of requests, made from its published specification. The binary is looked
 * for in STRIPE_MOCK and in the user's cache, else built there once through the Go module proxy.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const VERSION = 'v0.203.0';
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdfast');
const START_MS = 20_000;

export interface StripeMock {
  url: string;
  stop(): Promise<void>;
}

/** Starts one on a free port of this machine. @throws Error when there is no binary and none can be built */
export async function startStripeMock(): Promise<StripeMock> {
  const binary = await findOrBuild();
  const port = await freePort();
  const child = spawn(binary, ['-http-addr', `127.0.0.1:${port}`], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await untilAnswering(url, () => child.exitCode !== null);
  return {
    url,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

async function findOrBuild(): Promise<string> {
  const named = process.env['STRIPE_MOCK'];
  if (named) return named;
  const binary = join(CACHE, 'stripe-mock');
  if (existsSync(binary)) return binary;
  mkdirSync(CACHE, { recursive: true });
  try {
    await promisify(execFile)('go', ['install', `github.com/stripe/stripe-mock@${VERSION}`], {
      env: { ...process.env, GOBIN: CACHE },
    });
  } catch (error) {
    throw new Error('stripe-mock is missing: install Go, or put its path into STRIPE_MOCK', { cause: error });
  }
  return binary;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilAnswering(url: string, gone: () => boolean): Promise<void> {
  for (const end = Date.now() + START_MS; Date.now() < end;) {
    if (gone()) throw new Error('stripe-mock ended before it answered');
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`stripe-mock did not answer within ${START_MS / 1000} seconds`);
}
