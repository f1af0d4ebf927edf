/**
 * `npm test`: lint, format, types and tests, each to its end even when one before it failed. Ends with the line
 * `N passed, N failed` (each of the three checks counts as one) and an exit code that says whether all is well.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

interface Counts {
  passed: number;
  failed: number;
}

const root = join(import.meta.dirname, '..');
const program = (name: string) => join(root, 'node_modules', name);
const counted = z.object({ passed: z.number(), failed: z.number() });

const total: Counts = { passed: 0, failed: 0 };
for (const [name, run] of Object.entries({
  lint: () => check(program('eslint/bin/eslint.js'), '.'),
  format: () => check(program('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'),
  types: () => check(program('typescript/bin/tsc'), '-p', '.'),
  tests,
})) {
  const counts = await timed(name, run);
  total.passed += counts.passed;
  total.failed += counts.failed;
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function timed(name: string, run: () => Promise<Counts>): Promise<Counts> {
  console.log(`\n── ${name}`);
  const startedAt = Date.now();
  const counts = await run();
  const outcome = counts.failed === 0 ? 'passed' : 'failed';
  console.log(`── ${name}: ${outcome} in ${Math.round((Date.now() - startedAt) / 1000)} s`);
  return counts;
}

async function check(...command: string[]): Promise<Counts> {
  const code = await node(command);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Jest's own counts. A run that ends badly though no test failed (a server that did not start) counts as one failure. */
async function tests(): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  const file = join(folder, 'counts.json');
  try {
    const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', program('jest/bin/jest.js')];
    const code = await node([...args, ...process.argv.slice(2)], { JEST_COUNTS: file });
    const counts = existsSync(file) ? counted.parse(JSON.parse(readFileSync(file, 'utf8'))) : { passed: 0, failed: 0 };
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function node(args: string[], env: NodeJS.ProcessEnv = {}): Promise<number | null> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve, reject) => {
    child.on('close', resolve).on('error', reject);
  });
}
