/** A lock file that outlives no process: whoever finds the holder dead takes it over. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { commandLine } from './command-line.ts';
import { jsonText } from './json-text.ts';

const holding = jsonText.pipe(z.object({ pid: z.number(), words: z.string() }));

/** A lock file of our own id was left by an earlier process of the same id, unless we took it ourselves. */
const heldByUs = new Set<string>();

export interface Lock {
  release(): void;
}

/** Takes the lock, or says which process holds it. */
export async function takeLock(file: string): Promise<Lock | { heldBy: number }> {
  const mine = JSON.stringify({ pid: process.pid, words: commandLine(process.pid) ?? '' });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, mine);
  const release = () => {
    heldByUs.delete(file);
    if (contentOf(file) === mine) rmSync(file, { force: true });
  };
  try {
    // A link of a written file appears whole: nobody ever reads half a lock.
    linkSync(draft, file);
    heldByUs.add(file);
    return { release };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = livingHolder(file);
    if (holder !== undefined) return { heldBy: holder };
    renameSync(draft, file);
    // Two may find the same dead holder at once: the one whose name stands there a moment later has it.
    await pause(100);
    if (contentOf(file) !== mine) return { heldBy: livingHolder(file) ?? 0 };
    heldByUs.add(file);
    return { release };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Waits for the lock as long as another living process holds it. */
export async function waitForLock(file: string): Promise<Lock> {
  for (;;) {
    const lock = await takeLock(file);
    if ('release' in lock) return lock;
    await pause(200);
  }
}

/** A process id is given out again, after a restart of a container almost surely: the command line must be the same too. */
function livingHolder(file: string): number | undefined {
  const holder = holding.safeParse(contentOf(file)).data;
  if (!holder) return undefined;
  if (holder.pid === process.pid) return heldByUs.has(file) ? holder.pid : undefined;
  return commandLine(holder.pid) === holder.words ? holder.pid : undefined;
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
