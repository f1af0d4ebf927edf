import { setTimeout as pause } from 'node:timers/promises';
import { withProgress } from '../../src/embedded/progress.ts';

function paper() {
  const written: string[] = [];
  return { written, output: { write: (text: string) => written.push(text), isTTY: false } };
}

describe('progress', () => {
  it('says nothing about what is quick', async () => {
    const { written, output } = paper();
    expect(await withProgress('building', async () => 7, { output, silentMs: 200 })).toBe(7);
    expect(written).toEqual([]);
  });

  it('says what takes long, what it does right now, and how long it took', async () => {
    const { written, output } = paper();
    const work = async (say: (detail: string) => void) => {
      say('half way');
      await pause(250);
    };
    await withProgress('building', work, { output, silentMs: 50, lineEveryMs: 150 });
    expect(written).toEqual(['building … 0 s  half way\n', 'building … 0 s  half way\n', 'building: done in 0 s\n']);
  });

  it('says that it failed, and lets the error through', async () => {
    const { written, output } = paper();
    const work = () => pause(60).then(() => Promise.reject(new Error('no network')));
    await expect(withProgress('fetching', work, { output, silentMs: 10 })).rejects.toThrow('no network');
    expect(written.at(-1)).toBe('fetching: failed after 0 s\n');
  });
});
