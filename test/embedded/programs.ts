/** Small programs of their own processes: what these tests are about happens between processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
const tsx = pathToFileURL(join(repository, 'node_modules/tsx/dist/loader.mjs')).href;

export interface Program {
  process: ChildProcess;
  /** The next line that it writes. */
  line(): Promise<string>;
}

/** A folder for one test; `clean` removes all that were made. */
export function scratch(): { folder(): string; clean(): void } {
  const made: string[] = [];
  return {
    folder() {
      made.push(mkdtempSync(join(tmpdir(), 'holdfast-test-')));
      return made.at(-1)!;
    },
    clean: () => made.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })),
  };
}

/** Runs TypeScript text that may import from `src/embedded/…` by that path. */
export function runProgram(folder: string, text: string, env: NodeJS.ProcessEnv = {}): Program {
  const file = join(folder, `program-${Math.random().toString(36).slice(2)}.mts`);
  writeFileSync(file, text.replaceAll("'src/", `'${repository}src/`));
  const child = spawn(process.execPath, ['--import', tsx, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    line: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error('the program ended without another line');
      return value;
    },
  };
}

/** A process that has ended and only waits for its parent to notice counts as ended. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch (error) {
    // No /proc on this system: the signal alone decides.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
}

export async function untilGone(pids: readonly number[], patienceMs = 15_000): Promise<void> {
  const until = Date.now() + patienceMs;
  while (pids.some(isRunning)) {
    if (Date.now() > until) throw new Error(`still running: ${pids.filter(isRunning).join(', ')}`);
    await pause(50);
  }
}
