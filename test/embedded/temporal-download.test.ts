import { execFileSync } from 'node:child_process';
import { accessSync, constants, createReadStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { downloadTemporalCli } from '../../src/embedded/temporal-download.ts';
import { scratch } from './programs.ts';

const { folder, clean } = scratch();
const realFetch = globalThis.fetch;
let server: Server;
afterEach(() => {
  globalThis.fetch = realFetch;
  server.closeAllConnections();
  server.close();
  clean();
});

/** Stands in for temporal.download: tells where an archive with the program is, which this server sends. */
async function serve(send: (response: import('node:http').ServerResponse) => void): Promise<URL[]> {
  server = createServer((_, response) => send(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const archiveUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/temporal.tar.gz`;
  const asked: URL[] = [];
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.host !== 'temporal.download') return realFetch(input, init);
    asked.push(url);
    return Response.json({ archiveUrl, fileToExtract: 'temporal' });
  };
  return asked;
}

function archive(): string {
  const parent = folder();
  mkdirSync(join(parent, 'in'));
  writeFileSync(join(parent, 'in/temporal'), '#!/bin/sh\necho a server\n');
  writeFileSync(join(parent, 'in/LICENSE'), 'MIT');
  execFileSync('tar', ['-czf', join(parent, 'a.tar.gz'), '-C', join(parent, 'in'), 'LICENSE', 'temporal']);
  return join(parent, 'a.tar.gz');
}

describe('the official download', () => {
  it('is asked for by platform, unpacked, and can be run', async () => {
    const file = archive();
    const asked = await serve((response) => createReadStream(file).pipe(response));
    const target = join(folder(), 'temporal');
    await downloadTemporalCli(target, () => {});

    expect(asked[0]!.pathname).toBe('/cli/v1.9.1');
    expect(asked[0]!.searchParams.get('platform')).toBe(process.platform);
    expect(readFileSync(target, 'utf8')).toBe('#!/bin/sh\necho a server\n');
    accessSync(target, constants.X_OK);
  });

  it('that breaks off half way is an error, not half a program', async () => {
    const file = archive();
    await serve((response) => {
      response.write(readFileSync(file).subarray(0, 60));
      setTimeout(() => response.destroy(), 50);
    });
    await expect(downloadTemporalCli(join(folder(), 'temporal'), () => {})).rejects.toThrow();
  });
});
