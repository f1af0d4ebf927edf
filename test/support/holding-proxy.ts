/** A proxy that can keep an answer back: what was asked is done on the other side, and the asker does not hear of it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HoldingProxy {
  url: string;
  /** Requests that came by so far, as `POST /email`. */
  passed(): string[];
  /** Requests whose answer has come from the other side and is kept back. */
  held(): string[];
  /** From now on every answer goes through. */
  release(): void;
  stop(): Promise<void>;
}

/** @param holds says of which requests, such as `POST /email`, the answers are kept back */
export async function startHoldingProxy(target: string, holds: (request: string) => boolean): Promise<HoldingProxy> {
  const passed: string[] = [];
  const held: string[] = [];
  let holding = true;
  const server = createServer((asked, answer) => void pass(asked, answer));

  async function pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const request = `${asked.method} ${asked.url?.split('?')[0]}`;
    passed.push(request);
    const response = await forward(target, asked);
    const body = Buffer.from(await response.arrayBuffer());
    // Nobody will ever hear it: the asker is ended, or gives up.
    if (holding && holds(request)) return void held.push(request);
    answer.writeHead(response.status, { 'content-type': response.headers.get('content-type') ?? 'application/json' });
    answer.end(body);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed: () => [...passed],
    held: () => [...held],
    release: () => void (holding = false),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function forward(target: string, asked: IncomingMessage): Promise<Response> {
  const body = Buffer.concat(await asked.toArray());
  const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...headers } = asked.headers;
  return fetch(`${target}${asked.url}`, {
    method: asked.method!,
    headers: headers as Record<string, string>,
    ...(body.length > 0 && { body }),
  });
}
