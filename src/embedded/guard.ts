/**
 * Keeps the promise that nothing is left behind, whatever ends this process.
 * Two nets: a guardian (guardian.mjs) ends our children when this process is gone, `kill -9` included; and a record in the
 * data folder lets the next start end what even the guardian could not.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { commandLine } from './command-line.ts';
import { jsonText } from './json-text.ts';

const keptProcess = z.object({
  pid: z.number().int().positive(),
  /** The end of its command line: tells our process from a stranger that was given the same id. */
  words: z.string().min(1),
  /** What asks it to end in good order. */
  signal: z.enum(['SIGINT', 'SIGTERM']),
});
export type KeptProcess = z.infer<typeof keptProcess>;
const recorded = jsonText.pipe(z.array(keptProcess));

const processes: KeptProcess[] = [];
const folders: string[] = [];
let guardian: ChildProcess | undefined;
let record: string | undefined;

/** Has `child` ended should this process die; the returned function says that it has ended. */
export function keep(child: KeptProcess): () => void {
  return addTo(processes, child);
}

/** Has `folder` removed should this process die, after the processes; the returned function withdraws that. */
export function keepFolder(folder: string): () => void {
  return addTo(folders, folder);
}

/**
 * Ends the processes that an earlier run recorded in `file` and that still run, and from now on records ours there.
 * Only for the one who holds the data folder's lock: to anyone else these are the processes of a living neighbour.
 */
export async function endLeftovers(file: string): Promise<void> {
  // A record that cannot be read (the disk was full, say) must not keep anyone from starting.
  const left = existsSync(file) ? (recorded.safeParse(readFileSync(file, 'utf8')).data ?? []) : [];
  await endProcesses(left.filter(({ pid, words }) => commandLine(pid)?.endsWith(words)));
  record = file;
  writeRecord();
}

/** No longer records anything in the data folder: it is about to be given up. */
export function forgetRecord(): void {
  record = undefined;
}

/** Ends processes that are not our children, the youngest first, by force after ten seconds each. */
export async function endProcesses(toEnd: readonly KeptProcess[]): Promise<void> {
  if (toEnd.length === 0) return;
  const ender = spawnGuardian();
  ender.stdin!.end(line(toEnd, []));
  await once(ender, 'exit');
}

function addTo<Item>(list: Item[], item: Item): () => void {
  list.push(item);
  tell();
  return () => {
    const at = list.indexOf(item);
    if (at < 0) return;
    list.splice(at, 1);
    tell();
  };
}

function tell(): void {
  writeRecord();
  if (processes.length + folders.length === 0) {
    guardian?.stdin!.end(line([], []));
    guardian = undefined;
    return;
  }
  if (!guardian) {
    guardian = spawnGuardian();
    // It waits for us, not we for it.
    guardian.unref();
    (guardian.stdin as Socket).unref();
  }
  guardian.stdin!.write(line(processes, folders));
}

function writeRecord(): void {
  if (!record) return;
  try {
    writeFileSync(`${record}.new`, JSON.stringify(processes, null, 2));
    renameSync(`${record}.new`, record);
  } catch {
    // A full disk, or the data folder was removed under us: the guardian remains, and stopping must not fail over this.
  }
}

function spawnGuardian(): ChildProcess {
  const started = spawn(process.execPath, [fileURLToPath(new URL('guardian.mjs', import.meta.url))], {
    // In a group of its own: the terminal's Ctrl-C ends this process, never its guardian.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A guardian that was killed leaves the second net, the record; it must not take this process with it.
  started.on('error', () => {});
  started.stdin.on('error', () => {});
  return started;
}

function line(ending: readonly KeptProcess[], removing: readonly string[]): string {
  return `${JSON.stringify({ processes: ending, folders: removing })}\n`;
}
