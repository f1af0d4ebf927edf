/** An HTTP server that says what a test tells it to say, to misbehave as providers and the gateways before them do. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
  headers: IncomingHttpHeaders;
}

/** `cut` closes the connection without an answer: the work may have been done. */
export type Reply = 'cut' | { status?: number; json?: unknown; text?: string; headers?: Record<string, string> };

export interface ScriptedServer {
  url: string;
  asked: Asked[];
  stop(): Promise<void>;
}

export async function startScripted(reply: (asked: Asked) => Reply): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://scripted');
      const one = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        body: Buffer.concat(chunks).toString(),
        headers: request.headers,
      };
      asked.push(one);
      const said = reply(one);
      if (said === 'cut') return void request.socket.destroy();
      const json = said.text === undefined;
      response.writeHead(said.status ?? 200, {
        'content-type': json ? 'application/json' : 'text/html',
        ...said.headers,
      });
      response.end(json ? JSON.stringify(said.json) : said.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
