import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { builtServerName } from '../../src/embedded/temporal-build.ts';
import { findTemporalBinary } from '../../src/embedded/temporal-binary.ts';
import { scratch } from './programs.ts';

const { folder, clean } = scratch();
afterEach(clean);

function cli(version: string): string {
  const file = join(folder(), 'temporal');
  writeFileSync(file, `#!/bin/sh\necho "temporal version ${version} (Server 1.29.1, UI 2.41.0)"\n`);
  chmodSync(file, 0o755);
  return file;
}

const missing = '/nowhere/temporal';
const closed = async () => {
  throw new Error('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') });
};
const noGo = async () => {
  throw new Error('go is not installed');
};
const writes = async (draft: string) => writeFileSync(draft, 'a server');

describe('finding a Temporal server', () => {
  it('takes a `temporal` on PATH when it is new enough', async () => {
    const command = cli('1.10.0');
    expect(await findTemporalBinary({ command, cache: folder() })).toBe(command);
  });

  it('passes by one that is too old, and keeps what it fetches for the next time', async () => {
    const cache = folder();
    const first = await findTemporalBinary({
      command: cli('1.8.2'),
      cache,
      fetchBy: { download: writes, build: noGo },
    });
    const second = await findTemporalBinary({ command: missing, cache, fetchBy: { download: closed, build: noGo } });
    expect(first).toBe(join(cache, 'temporal-cli-v1.9.1'));
    expect(second).toBe(first);
  });

  it('builds one where the download is closed', async () => {
    const cache = folder();
    const found = await findTemporalBinary({ command: missing, cache, fetchBy: { download: closed, build: writes } });
    expect(found).toBe(join(cache, builtServerName()));
  });

  it('two that look at once make one server', async () => {
    const cache = folder();
    let builds = 0;
    const build = async (draft: string) => {
      builds += 1;
      await pause(300);
      await writes(draft);
    };
    const look = () => findTemporalBinary({ command: missing, cache, fetchBy: { download: closed, build } });
    const [one, other] = await Promise.all([look(), look()]);
    expect(one).toBe(other);
    expect(builds).toBe(1);
  });

  it('names all four ways, each with what stands in it, and leaves nothing half done', async () => {
    const cache = folder();
    const halfWay = async (draft: string) => {
      writeFileSync(draft, 'half a ser');
      return noGo();
    };
    const looking = findTemporalBinary({ command: missing, cache, fetchBy: { download: closed, build: halfWay } });
    await expect(looking).rejects.toThrow(
      [
        'no Temporal server was found; any one of these helps:',
        '  - TEMPORAL_ADDRESS: set it to a server that runs already',
        '  - temporal 1.9 or newer on PATH: not found (https://docs.temporal.io/cli#install)',
        '  - the official download: fetch failed (getaddrinfo ENOTFOUND)',
        '  - a build by Go 1.21 or newer (https://go.dev/dl): go is not installed',
      ].join('\n'),
    );
    expect(existsSync(join(cache, builtServerName()))).toBe(false);
    expect(readdirSync(cache)).toEqual([]);
  });
});
