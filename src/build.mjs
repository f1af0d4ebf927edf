// Builds dist/: the TypeScript as JavaScript, and beside it what the code reads while it runs.
//     node src/build.mjs
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const typescript = join(root, 'node_modules/typescript/bin/tsc');

rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [typescript, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);

// Policies, texts, decline tables; style sheets; the guardian and the sources of the Temporal server.
const isAsset = (path) => statSync(path).isDirectory() || !path.endsWith('.ts');
for (const room of ['config', 'src/sandbox', 'src/embedded']) {
  cpSync(join(root, room), join(dist, room), { recursive: true, filter: isAsset });
}
