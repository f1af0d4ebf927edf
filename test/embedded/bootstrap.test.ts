import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository, scratch } from './programs.ts';

const { folder, clean } = scratch();
afterEach(clean);

/** A clone with nothing installed, whose lock file asks for nothing but tsx, which npm finds beside it. */
function clone(entry: string): string {
  const root = folder();
  mkdirSync(join(root, 'src'));
  cpSync(join(repository, 'src/bootstrap.mjs'), join(root, 'src/bootstrap.mjs'));
  writeFileSync(join(root, 'src/entry.ts'), entry);
  mkdirSync(join(root, 'tsx'));
  writeFileSync(
    join(root, 'tsx/package.json'),
    '{ "name": "tsx", "version": "1.0.0", "exports": "./index.mjs", "type": "module" }',
  );
  writeFileSync(
    join(root, 'tsx/index.mjs'),
    `import ${JSON.stringify(join(repository, 'node_modules/tsx/dist/loader.mjs'))};`,
  );
  const dependencies = { tsx: 'file:tsx' };
  writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({ name: 'clone', version: '1.0.0', type: 'module', dependencies }),
  );
  const packages = {
    '': { name: 'clone', version: '1.0.0', dependencies },
    'node_modules/tsx': { resolved: 'tsx', link: true },
    tsx: { version: '1.0.0' },
  };
  writeFileSync(
    join(root, 'package-lock.json'),
    JSON.stringify({ name: 'clone', version: '1.0.0', lockfileVersion: 3, packages }),
  );
  return root;
}

/** The repository itself with another entry: everything is installed already. */
function installed(entry: string): string {
  const root = clone(entry);
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  cpSync(join(repository, 'package-lock.json'), join(root, 'package-lock.json'));
  return root;
}

const run = (root: string, ...args: string[]) =>
  spawnSync(process.execPath, ['src/bootstrap.mjs', 'src/entry.ts', ...args], { cwd: root, encoding: 'utf8' });

describe('bootstrap', () => {
  it('installs what is missing, once, then runs the entry with its arguments and ends with its code', () => {
    const root = clone(`const words: string[] = process.argv.slice(2); console.log(words.join('+')); process.exit(7);`);
    const first = run(root, '--fresh', 'x');
    // On a busy machine even this install takes the two seconds after which bootstrap says what it is doing.
    const stderr = first.stderr.replaceAll(/^installing dependencies.*\n/gm, '');
    expect({ stdout: first.stdout, stderr, status: first.status }).toEqual({
      stdout: '--fresh+x\n',
      stderr: '',
      status: 7,
    });

    const again = spawnSync(process.execPath, ['src/bootstrap.mjs', 'src/entry.ts'], {
      cwd: root,
      env: { ...process.env, PATH: '/nowhere', npm_execpath: '' },
    });
    expect(again.status).toBe(7);
  });

  it('says why an install failed', () => {
    const root = clone('');
    writeFileSync(
      join(root, 'package-lock.json'),
      '{ "lockfileVersion": 3, "packages": { "": {}, "node_modules/a": { "version": "1.0.0" } } }',
    );
    const { status, stderr } = run(root);
    expect(status).toBe(1);
    expect(stderr).toMatch(/Holdfast could not install its dependencies: npm ci ended with code 1\.\n$/);
  });

  it('passes a signal on once, and ends with the code that the entry chooses', async () => {
    const root = installed(`
      let asked = 0;
      process.on('SIGINT', () => { asked += 1; setTimeout(() => process.exit(10 + asked), 400); });
      setInterval(() => {}, 1000);
      console.log('ready');
    `);
    const child = spawn(process.execPath, ['src/bootstrap.mjs', 'src/entry.ts'], { cwd: root, stdio: 'pipe' });
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code).toBe(11);
  });

  it('an entry that a signal ends counts as the shell counts it', () => {
    expect(run(installed(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`)).status).toBe(137);
  });
});
