import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../src/embedded/ports.ts';
import { nodeProcesses } from '../../src/embedded/processes.ts';
import { isRunning, runProgram, scratch, untilGone } from './programs.ts';

const { folder, clean } = scratch();
afterEach(clean);

function program(text: string): string {
  const file = join(folder(), 'program.mts');
  writeFileSync(file, text);
  return file;
}

const deaf = program(`
  process.on('SIGTERM', () => console.log('asked to end'));
  setInterval(() => {}, 1000);
  console.log('I am ready');
`);

describe('the processes of a start', () => {
  it('are ready when they say so, and end in reverse order, the deaf ones by force', async () => {
    const deaths: string[] = [];
    const processes = nodeProcesses({ logs: folder(), onDeath: (message) => deaths.push(message) });
    const port = await freePort();
    const server = program(`
      import { createServer } from 'node:http';
      const server = createServer((_, response) => response.writeHead(404).end());
      setTimeout(() => server.listen(${port}, '127.0.0.1'), 100);
    `);
    const first = await processes.start({
      name: 'api',
      file: server,
      ready: { url: `http://127.0.0.1:${port}/health` },
    });
    const second = await processes.start({ name: 'worker', file: deaf, ready: { line: /ready$/ } });
    expect([first, second].map(isRunning)).toEqual([true, true]);

    await processes.stop(200);
    expect([first, second].map(isRunning)).toEqual([false, false]);
    expect(deaths).toEqual([]);
  });

  it('one that dies before it is ready is told with its last lines', async () => {
    const processes = nodeProcesses({ logs: folder(), onDeath: () => {} });
    const file = program(`console.error('the ledger is locked'); process.exit(3);`);
    await expect(processes.start({ name: 'worker', file, ready: { line: /ready/ } })).rejects.toThrow(
      'worker exited with code 3:\n  the ledger is locked',
    );
  });

  it('one that dies later is told too', async () => {
    const file = program(
      `console.log('ready'); setTimeout(() => { console.log('no memory'); process.exit(9); }, 300);`,
    );
    const death = await new Promise<string>((resolve, reject) => {
      nodeProcesses({ logs: folder(), onDeath: resolve })
        .start({ name: 'worker', file, ready: { line: /ready/ } })
        .catch(reject);
    });
    expect(death).toBe('worker exited with code 9:\n  ready\n  no memory');
  });

  it('end when the process that started them is killed', async () => {
    const child = program(`console.log('ready'); setInterval(() => {}, 1000);`);
    const starter = runProgram(
      folder(),
      `
      import { nodeProcesses } from 'src/embedded/processes.ts';
      const processes = nodeProcesses({ logs: ${JSON.stringify(folder())}, onDeath() {} });
      console.log(await processes.start({ name: 'worker', file: ${JSON.stringify(child)}, ready: { line: /ready/ } }));
      `,
    );
    const pid = Number(await starter.line());
    expect(isRunning(pid)).toBe(true);
    starter.process.kill('SIGKILL');
    await untilGone([pid]);
  });

  it('that outlived even the guardian are ended when the data folder is opened again', async () => {
    const path = join(folder(), 'data');
    const child = program(`console.log('ready'); setInterval(() => {}, 1000);`);
    const open = `
      import { openDataFolder } from 'src/embedded/data-folder.ts';
      const data = await openDataFolder({ path: ${JSON.stringify(path)} });
    `;
    const starter = runProgram(
      folder(),
      `${open}
      import { execFileSync } from 'node:child_process';
      import { nodeProcesses } from 'src/embedded/processes.ts';
      const processes = nodeProcesses({ logs: data.at('logs'), onDeath() {} });
      console.log(await processes.start({ name: 'worker', file: ${JSON.stringify(child)}, ready: { line: /ready/ } }));
      const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
      console.log(Number.parseInt(children.split('\\n').find((line) => line.includes('guardian.mjs'))!, 10));
      `,
    );
    const pid = Number(await starter.line());
    const guardian = Number(await starter.line());
    for (const victim of [guardian, starter.process.pid!]) process.kill(victim, 'SIGKILL');
    await untilGone([guardian, starter.process.pid!]);
    expect(isRunning(pid)).toBe(true);

    const next = runProgram(folder(), `${open} console.log('open');`);
    expect(await next.line()).toBe('open');
    expect(isRunning(pid)).toBe(false);
  });
});
