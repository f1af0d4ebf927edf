/** Finds a Temporal development server that can skip the time of single workflows, or gets one. */
import { execFile } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './cache-folder.ts';
import { waitForLock } from './lock.ts';
import { withProgress } from './progress.ts';
import { SetupError } from './setup-error.ts';
import { buildTemporalServer, builtServerName } from './temporal-build.ts';
import { downloadTemporalCli, temporalCliVersion } from './temporal-download.ts';

/** The ways to get one that need the network; a caller may put its own in their place. */
const ways = { download: downloadTemporalCli, build: buildTemporalServer };

/** CLI 1.9 brings server 1.32, the first with time skipping of single workflows. */
const oldestCli = [1, 9] as const;

/**
 * The path of a program that understands `server start-dev`: `temporal` on PATH (1.9 or newer), one that was fetched or
 * built before, the official download, or a build through the Go module proxy. Throws a SetupError that names them all.
 */
export async function findTemporalBinary({
  cache = cacheFolder(),
  command = 'temporal',
  fetchBy = ways,
} = {}): Promise<string> {
  const onPath = await versionOnPath(command);
  if (onPath.usable) return command;

  const downloaded = join(cache, `temporal-cli-${temporalCliVersion}`);
  const built = join(cache, builtServerName());
  const present = [downloaded, built].find((path) => existsSync(path));
  if (present) return present;

  // Two that start at once on a bare machine: the second waits, and finds what the first has made.
  const lock = await waitForLock(join(cache, 'lock'));
  try {
    const obstacles: string[] = [];
    for (const [path, label, get] of [
      [downloaded, 'fetching Temporal (once)', fetchBy.download],
      [built, 'building a Temporal server from its Go modules (once, takes minutes)', fetchBy.build],
    ] as const) {
      if (existsSync(path)) return path;
      try {
        await withProgress(label, (say) => makeWhole(path, (draft) => get(draft, say)));
        return path;
      } catch (error) {
        obstacles.push(reason(error));
      }
    }
    throw new SetupError(
      [
        'no Temporal server was found; any one of these helps:',
        '  - TEMPORAL_ADDRESS: set it to a server that runs already',
        `  - temporal ${oldestCli.join('.')} or newer on PATH: ${onPath.obstacle} (https://docs.temporal.io/cli#install)`,
        `  - the official download: ${obstacles[0]}`,
        `  - a build by Go 1.21 or newer (https://go.dev/dl): ${obstacles[1]}`,
      ].join('\n'),
    );
  } finally {
    lock.release();
  }
}

async function versionOnPath(command: string): Promise<{ usable: boolean; obstacle: string }> {
  const answer = await promisify(execFile)(command, ['--version'], { timeout: 10_000 }).catch(() => undefined);
  if (!answer) return { usable: false, obstacle: 'not found' };
  const [, major, minor] = /version v?(\d+)\.(\d+)/.exec(answer.stdout)?.map(Number) ?? [];
  if (major === undefined || minor === undefined) return { usable: false, obstacle: 'did not tell its version' };
  const usable = major > oldestCli[0] || (major === oldestCli[0] && minor >= oldestCli[1]);
  return { usable, obstacle: `is version ${major}.${minor}` };
}

/** A program under its own name is always a whole one; the caller holds the cache's lock, so there is one draft at most. */
async function makeWhole(path: string, make: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${path}.draft`;
  try {
    await make(draft);
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** `fetch failed` alone says nothing: its cause does. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
