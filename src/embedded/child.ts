/** One process that Holdfast starts: its log, its end, and what is said when it dies. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { keep } from './guard.ts';

export interface ChildPlan {
  /** What people call it, in messages: `the Temporal server`. */
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Its output goes here; the output of the run before is kept beside it as `.old`. */
  logFile: string;
  /** What asks it to end in good order. (Default: SIGTERM) */
  stopSignal?: 'SIGINT' | 'SIGTERM';
  uid?: number;
  gid?: number;
  /** The arguments by which its process is known in the end, when `command` turns itself into another. (Default: `args`) */
  knownBy?: readonly string[];
}

export interface Child {
  name: string;
  pid: number;
  /** How it ended, as `exited with code 1`; undefined while it runs. */
  ended(): string | undefined;
  /** Settles when it ends; never rejects. */
  exit: Promise<string>;
  /** What it has written in this run. */
  output(): string;
  /** Asks it to end and waits; after `patienceMs` (default: 10 s) ends it by force. A second call waits for the first. */
  stop(patienceMs?: number): Promise<void>;
}

/** Starts the process in a group of its own, so that a Ctrl-C in the terminal leaves the order of stopping to us. */
export async function startChild(plan: ChildPlan): Promise<Child> {
  const { name, stopSignal = 'SIGTERM' } = plan;
  const log = openLog(plan.logFile);
  const child = spawn(plan.command, plan.args, {
    env: plan.env,
    detached: true,
    stdio: ['ignore', log, log],
    ...(plan.uid !== undefined && { uid: plan.uid, gid: plan.gid }),
  });
  closeSync(log);
  await once(child, 'spawn');
  const pid = child.pid!;
  const release = keep({ pid, words: (plan.knownBy ?? plan.args).join(' '), signal: stopSignal });

  let ended: string | undefined;
  const exit = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = signal ? `was ended by ${signal}` : `exited with code ${code}`;
      release();
      resolve(ended);
    });
  });
  let stopping: Promise<void> | undefined;
  const stop = async (patienceMs: number) => {
    if (ended) return;
    child.kill(stopSignal);
    const impatience = new AbortController();
    const outcome = await Promise.race([exit, pause(patienceMs, 'late', { signal: impatience.signal })]);
    impatience.abort();
    if (outcome !== 'late') return;
    killGroup(pid);
    await exit;
  };
  return {
    name,
    pid,
    exit,
    ended: () => ended,
    output: () => readFileSync(plan.logFile, 'utf8'),
    stop: (patienceMs = 10_000) => (stopping ??= stop(patienceMs)),
  };
}

/**
 * Waits until `ready` says yes; a failing `ready` counts as "not yet".
 * Throws with the child's last lines when it ends before, or has not become ready in time (then it is stopped).
 */
export async function untilReady(child: Child, ready: () => Promise<boolean>, patienceMs = 60_000): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const isReady = await ready().catch(() => false);
    const ended = child.ended();
    if (ended) throw new Error(`${child.name} ${ended}${lastWords(child)}`);
    if (isReady) return;
    if (Date.now() > until) {
      await child.stop();
      throw new Error(`${child.name} was not ready after ${Math.round(patienceMs / 1000)} s${lastWords(child)}`);
    }
    await pause(50);
  }
}

/** The last lines a child wrote, as the end of a message about it. */
export function lastWords(child: Child, lines = 3): string {
  const words = child.output().trim().split('\n').slice(-lines).join('\n  ');
  return words && `:\n  ${words}`;
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file)) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in the same moment.
  }
}
