/** What a process id stands for at this moment: ids are given out again, so an id alone proves nothing. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** The words a running process was started with, joined by blanks; undefined when there is no such process. */
export function commandLine(pid: number): string | undefined {
  try {
    // Read from /proc where there is one: `ps` is missing in slim containers.
    const words = existsSync('/proc/self/cmdline')
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' });
    return words.trim() || undefined;
  } catch {
    return undefined;
  }
}
