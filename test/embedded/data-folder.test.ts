import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { openDataFolder } from '../../src/embedded/data-folder.ts';
import { runProgram, scratch } from './programs.ts';

const { folder, clean } = scratch();
afterEach(clean);

/** A process that opens the folder, says its id, and stays. */
const holder = (path: string) => `
  import { openDataFolder } from 'src/embedded/data-folder.ts';
  await openDataFolder({ path: ${JSON.stringify(path)} });
  console.log(process.pid);
  setInterval(() => {}, 1000);
`;

describe('the data folder', () => {
  it('is made where it is missing, with secrets that stay and that only the owner reads', async () => {
    const path = join(folder(), 'a', 'data');
    const first = await openDataFolder({ path });
    first.close();
    const second = await openDataFolder({ path });
    second.close();

    expect(first.secrets.apiKey).toMatch(/^hf_test_[\w-]{32}$/);
    expect(first.secrets.webhookSecret).toMatch(/^whsec_[\w+/]{32}$/);
    expect(second.secrets).toEqual(first.secrets);
    expect(statSync(join(path, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('of a newer version is refused in one line that says what to do', async () => {
    const path = folder();
    writeFileSync(join(path, 'version.json'), '{ "dataVersion": 2 }');
    await expect(openDataFolder({ path })).rejects.toThrow(
      `${path} was written by a newer Holdfast (data version 2, this one reads 1): ` +
        'update Holdfast, start with --fresh, or set HOLDFAST_DATA to another folder',
    );
    const fresh = await openDataFolder({ path, fresh: true });
    fresh.close();
    expect(JSON.parse(readFileSync(join(path, 'version.json'), 'utf8'))).toEqual({ dataVersion: 1 });
  });

  it('begun fresh is empty, with new secrets', async () => {
    const path = folder();
    const before = await openDataFolder({ path });
    writeFileSync(before.at('temporal.db'), 'old');
    before.close();

    const after = await openDataFolder({ path, fresh: true });
    after.close();
    expect(existsSync(after.at('temporal.db'))).toBe(false);
    expect(after.secrets).not.toEqual(before.secrets);
  });

  it('is never a folder that holds something else, not even with --fresh', async () => {
    const path = folder();
    writeFileSync(join(path, 'thesis.txt'), 'years of work');
    await expect(openDataFolder({ path, fresh: true })).rejects.toThrow(
      /is not empty and not a data folder of Holdfast/,
    );
    expect(readFileSync(join(path, 'thesis.txt'), 'utf8')).toBe('years of work');
  });

  it('belongs to one process at a time, and to the next when that one was killed', async () => {
    const path = join(folder(), 'data');
    const program = runProgram(folder(), holder(path));
    const pid = await program.line();

    await expect(openDataFolder({ path })).rejects.toThrow(
      `${path} is in use by process ${pid}: stop that one, or set HOLDFAST_DATA to another folder`,
    );
    program.process.kill('SIGKILL');
    await once(program.process, 'exit');
    (await openDataFolder({ path })).close();
  });
});
