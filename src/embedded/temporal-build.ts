/** Builds Temporal's development server from its Go modules, for machines that reach a Go module proxy but not the download. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { keep } from './guard.ts';

const sources = fileURLToPath(new URL('temporal-server', import.meta.url));

/** The name of the program in the cache: another recipe, another name. */
export function builtServerName(): string {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.mod']) hash.update(readFileSync(join(sources, file)));
  return `temporal-server-${hash.digest('hex').slice(0, 16)}`;
}

/** Builds into `target`; two minutes on a quiet machine with an empty module cache, up to eight on a busy one. */
export async function buildTemporalServer(target: string, say: (detail: string) => void): Promise<void> {
  const go = await findGo();
  // Neither a Go workspace around the clone nor a git that distrusts its owner may stand in the way of the build.
  const args = ['build', '-v', '-buildvcs=false', '-o', target, '.'];
  const build = spawn(go, args, {
    cwd: sources,
    env: { ...process.env, GOWORK: 'off', GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? 'auto' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const release = build.pid ? keep({ pid: build.pid, words: args.join(' '), signal: 'SIGINT' }) : () => {};
  const lines: string[] = [];
  createInterface({ input: build.stderr }).on('line', (line) => {
    lines.push(line);
    say(line);
  });
  const ended = new Promise<number | null>((resolve, reject) => build.on('close', resolve).on('error', reject));
  const code = await ended.finally(release);
  if (code !== 0) throw new Error(`go build failed: ${lines.slice(-2).join(' ') || `code ${code}`}`);
}

async function findGo(): Promise<string> {
  // Go's installer puts it there; a shell without its profile does not have that on PATH.
  const go = (await versionOf('go')) ? 'go' : '/usr/local/go/bin/go';
  const version = go === 'go' || existsSync(go) ? await versionOf(go) : undefined;
  if (!version) throw new Error('go is not installed');
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) === 1 && Number(minor) < 21) {
    throw new Error(`${version} is too old; 1.21 and newer fetch the version they need by themselves`);
  }
  return go;
}

async function versionOf(go: string): Promise<string | undefined> {
  const answer = await promisify(execFile)(go, ['env', 'GOVERSION']).catch(() => undefined);
  return answer?.stdout.trim();
}
