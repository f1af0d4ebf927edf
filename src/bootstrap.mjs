// Runs a TypeScript entry of this repository on a machine with Node and nothing else prepared:
//     node src/bootstrap.mjs <entry.ts> [args…]
// Checks Node, installs what package-lock.json asks for, then runs the entry with tsx and ends as it ends.
// Plain Node without imports of packages: it runs before there are any.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Holdfast needs Node 20.19 or newer; this is Node ${process.versions.node}. See https://nodejs.org/en/download`);
}
const [entry, ...args] = process.argv.slice(2);
if (!entry) fail('usage: node src/bootstrap.mjs <entry.ts> [args…]');
if (!installed()) await install();
await run(entry, args);

/**
 * npm writes what it installed into node_modules/.package-lock.json when it has finished; comparing the two lock files
 * notices a missing, a half-done and an outdated install, and leaves one alone that the user made by hand.
 */
function installed() {
  const done = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(done)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(done, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional, dev }]) => {
    const found = present[path];
    if (!found) return path === '' || optional || dev;
    return found.version === version && found.integrity === integrity;
  });
}

async function install() {
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const child = spawn(npm[0], [...npm.slice(1), 'ci', '--no-fund', '--no-audit'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && npm.length === 1,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));

  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const say = (end) =>
    process.stderr.write(`${end === '\r' ? '\r' : ''}installing dependencies … ${seconds()} s${end}`);
  const repeat = process.stderr.isTTY ? { every: 1000, end: '\r' } : { every: 15_000, end: '\n' };
  let ticking;
  const firstWord = setTimeout(() => {
    say(repeat.end);
    ticking = setInterval(() => say(repeat.end), repeat.every);
  }, 2000);
  const outcome = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.code === 'ENOENT' ? 'npm was not found on PATH' : error.message));
    child.on('close', (code) => resolve(code === 0 ? 'done' : `npm ci ended with code ${code}`));
  });
  clearTimeout(firstWord);
  clearInterval(ticking);
  if (outcome !== 'done') fail(`${output}\nHoldfast could not install its dependencies: ${outcome}.`);
  if (ticking)
    process.stderr.write(`${process.stderr.isTTY ? '\r' : ''}installing dependencies: done in ${seconds()} s\n`);
}

async function run(entry, args) {
  // Resolved from here, so that the entry may be run from any folder.
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), entry, ...args], { stdio: 'inherit' });

  // The terminal sends Ctrl-C to its whole foreground group: the child has it already, and a second one would make the
  // Temporal worker give up its orderly shutdown. npm passes on what it receives too, so one wish may arrive twice.
  const inTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  let forwardedAt = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (inTerminal && signal !== 'SIGTERM') return;
      if (Date.now() - forwardedAt < 1000) return;
      forwardedAt = Date.now();
      child.kill(signal);
    });
  }
  const code = await new Promise((resolve) => {
    child.on('error', (error) => fail(error.message));
    child.on('exit', (exitCode, signal) => resolve(exitCode ?? 128 + constants.signals[signal]));
  });
  process.exit(code);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
