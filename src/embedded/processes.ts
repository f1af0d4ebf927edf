/** Worker, API and sandbox as processes of their own: started until ready, watched, and stopped in reverse order. */
import { join } from 'node:path';
import { type Child, lastWords, startChild, untilReady } from './child.ts';

export interface ProcessPlan {
  /** `worker`; its output goes to `<logs>/worker.log`. */
  name: string;
  /** The TypeScript file it runs. */
  file: string;
  args?: readonly string[];
  /** Added to the environment of this process. */
  env?: NodeJS.ProcessEnv;
  /** A URL that answers (with whatever status), or a line it writes. */
  ready: { url: string } | { line: RegExp };
  /** (Default: a minute) */
  patienceMs?: number;
}

export interface Processes {
  /** Resolves with the process id when it is ready; throws with its last lines when it dies before. */
  start(plan: ProcessPlan): Promise<number>;
  /** Stops all, the last started first; each gets `patienceMs` (default: 10 s) before it is ended by force. */
  stop(patienceMs?: number): Promise<void>;
}

/** @param onDeath is told once, with its last lines, when a process that was ready ends without being stopped */
export function nodeProcesses({ logs, onDeath }: { logs: string; onDeath: (message: string) => void }): Processes {
  const running: Child[] = [];
  let stopping = false;
  return {
    async start({ name, file, args = [], env, ready, patienceMs }) {
      const child = await startChild({
        name,
        command: process.execPath,
        args: ['--import', import.meta.resolve('tsx'), file, ...args],
        env: { ...process.env, ...env },
        logFile: join(logs, `${name}.log`),
      });
      running.push(child);
      await untilReady(child, () => isReady(child, ready), patienceMs);
      void child.exit.then((how) => {
        if (!stopping) onDeath(`${name} ${how}${lastWords(child)}`);
      });
      return child.pid;
    },
    async stop(patienceMs) {
      stopping = true;
      for (const child of running.splice(0).reverse()) await child.stop(patienceMs);
    },
  };
}

async function isReady(child: Child, ready: ProcessPlan['ready']): Promise<boolean> {
  if ('line' in ready)
    return child
      .output()
      .split('\n')
      .some((line) => ready.line.test(line));
  const response = await fetch(ready.url, { signal: AbortSignal.timeout(2000) });
  await response.body?.cancel();
  return true;
}
