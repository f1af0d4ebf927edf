/** Fetches the official Temporal CLI from where the SDK's own test environment fetches it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** The release that src/embedded/temporal-server/go.mod builds from: both ways lead to the same server. */
export const temporalCliVersion = 'v1.9.1';

const downloadInfo = z.object({ archiveUrl: z.url(), fileToExtract: z.string().min(1) });

/** A closed network must cost seconds, not minutes: there is another way after this one. */
const answerWithinMs = 4000;
const silenceMs = 15_000;

/** Writes the program to `target`, executable. Throws when the network is closed or this platform has none. */
export async function downloadTemporalCli(target: string, say: (detail: string) => void): Promise<void> {
  const { archiveUrl, fileToExtract } = await askWhere();
  const impatience = new AbortController();
  let timer = setTimeout(() => impatience.abort(), answerWithinMs);
  try {
    const response = await fetch(archiveUrl, { signal: impatience.signal });
    if (!response.ok || !response.body) throw new Error(`${archiveUrl} answered ${response.status}`);
    let received = 0;
    const listener = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer);
        timer = setTimeout(() => impatience.abort(), silenceMs);
        received += chunk.length;
        say(`${Math.round(received / 1e6)} MB`);
        done(null, chunk);
      },
    });
    await extract([Readable.fromWeb(response.body), listener], fileToExtract, target);
  } finally {
    clearTimeout(timer);
  }
}

async function askWhere(): Promise<z.infer<typeof downloadInfo>> {
  const url = new URL(`https://temporal.download/cli/${temporalCliVersion}`);
  url.searchParams.set('platform', process.platform === 'win32' ? 'windows' : process.platform);
  url.searchParams.set('arch', process.arch === 'x64' ? 'amd64' : process.arch);
  url.searchParams.set('format', 'tar.gz');
  const response = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs) });
  if (!response.ok) throw new Error(`${url.host} answered ${response.status}`);
  return downloadInfo.parse(await response.json());
}

async function extract(archive: [Readable, Transform], file: string, target: string): Promise<void> {
  const tar = spawn('tar', ['-xzOf', '-', file], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(tar, 'spawn');
  const ended = once(tar, 'exit');
  await Promise.all([
    pipeline([...archive, tar.stdin]),
    pipeline(tar.stdout, createWriteStream(target, { mode: 0o755 })),
  ]);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`tar could not read ${file} from the archive`);
}
