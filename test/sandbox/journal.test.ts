import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { openStore } from '../../src/sandbox/store.ts';
import { failure, openInvoice, stripeAt } from './clients.ts';

interface Notes {
  note: { id: string; says: string };
}

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  file = join(folder, 'deep', 'journal.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(...says: string[]): void {
  const store = openStore<Notes>({ file });
  for (const text of says) store.transaction(() => store.put('note', { id: text, says: text }));
  store.close();
}

function notes(): string[] {
  const store = openStore<Notes>({ file });
  const all = store.all('note').map((note) => note.says);
  store.close();
  return all;
}

describe('the store', () => {
  it('brings back what was committed, in order, also twice in a row', () => {
    write('one', 'two');
    write('three');
    expect(notes()).toEqual(['one', 'two', 'three']);
    expect(notes()).toEqual(['one', 'two', 'three']);
  });

  it('loses only the last line when the journal was cut in mid-line', () => {
    write('one', 'two', 'three');
    const whole = readFileSync(file, 'utf8');
    const lastLine = whole.trimEnd().lastIndexOf('\n') + 1;
    for (let cut = lastLine; cut < whole.length; cut++) {
      writeFileSync(file, whole.slice(0, cut));
      expect(notes()).toEqual(['one', 'two']);
    }
  });

  it('refuses a journal that is damaged before its end, and leaves it as it is', () => {
    write('one', 'two');
    const damaged = readFileSync(file, 'utf8').replace('one', 'o"ne');
    writeFileSync(file, damaged);
    expect(() => openStore({ file })).toThrow(/damaged at line 1/);
    expect(readFileSync(file, 'utf8')).toBe(damaged);
  });

  it('writes one line a transaction, and none for one that failed', () => {
    const store = openStore<Notes>({ file });
    store.transaction(() => {
      store.put('note', { id: 'a', says: 'a' });
      expect(() =>
        store.transaction(() => {
          store.put('note', { id: 'a', says: 'changed' });
          store.put('note', { id: 'b', says: 'b' });
          throw new Error('part of it fails');
        }),
      ).toThrow();
      store.put('note', { id: 'c', says: 'c' });
    });
    expect(() => store.transaction(() => (store.remove('note', 'a'), failing()))).toThrow();
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(1);
    expect(store.all('note').map((note) => note.says)).toEqual(['a', 'c']);
    store.close();
    expect(notes()).toEqual(['a', 'c']);
  });

  it('refuses a change outside a transaction', () => {
    expect(() => openStore<Notes>().put('note', { id: 'a', says: 'a' })).toThrow(/outside a transaction/);
  });
});

function failing(): never {
  throw new Error('all of it fails');
}

describe('a sandbox with a data file', () => {
  it('comes back with its objects, its keys and a payment page at its new address', async () => {
    const first = await startSandbox({ port: 0, dataFile: file });
    const invoice = await openInvoice(stripeAt(first.url), 'cus_sandbox');
    const pay = (at: Sandbox) => stripeAt(at.url).invoices.pay(invoice.id, {}, { idempotencyKey: 'k' });
    await pay(first);
    await first.close();
    const second = await startSandbox({ port: 0, dataFile: file });
    const replayed = await pay(second);
    expect(replayed.lastResponse.headers['idempotent-replayed']).toBe('true');
    const stripe = stripeAt(second.url);
    const again = await stripe.invoices.retrieve(invoice.id);
    expect(again).toMatchObject({ status: 'paid' });
    expect(again.hosted_invoice_url!.startsWith(second.url)).toBe(true);
    expect((await stripe.charges.list({ customer: 'cus_sandbox' })).data).toHaveLength(1);
    await second.close();
  });

  it('survives a torn line at the end of its journal', async () => {
    await (await startSandbox({ port: 0, dataFile: file })).close();
    appendFileSync(file, '[["customer","cus_1",{"id":"cu');
    const sandbox = await startSandbox({ port: 0, dataFile: file });
    expect(await stripeAt(sandbox.url).customers.retrieve('cus_sandbox')).toMatchObject({ id: 'cus_sandbox' });
    await sandbox.close();
  });
});

describe('the process', () => {
  function start(env: Record<string, string>) {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/sandbox/main.ts'], {
      env: { ...process.env, NODE_OPTIONS: '', HOLDFAST_SANDBOX_PORT: '0', HOLDFAST_SANDBOX_DATA: file, ...env },
    });
    return { child, line: (stream: 'stdout' | 'stderr') => firstLine(child[stream]) };
  }

  it('that is killed between the bank’s answer and ours has charged once, and says so when it is asked again', async () => {
    const first = start({});
    const before = stripeAt((await first.line('stdout')).split(' ').at(-1)!);
    const { id } = await openInvoice(before, 'cus_sandbox');
    const method = { payment_method: 'pm_sandbox_slow_bank' };
    const lost = failure(before.invoices.pay(id, method, { idempotencyKey: 'sub_1/3/charge/1' }));
    await new Promise((resolve) => setTimeout(resolve, 700));
    first.child.kill('SIGKILL');
    expect(await lost).toMatchObject({ type: 'StripeConnectionError' });

    const second = start({});
    const after = stripeAt((await second.line('stdout')).split(' ').at(-1)!);
    const answer = await after.invoices.pay(id, method, { idempotencyKey: 'sub_1/3/charge/1' });
    expect(answer).toMatchObject({ status: 'paid' });
    expect(answer.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect((await after.charges.list({ customer: 'cus_sandbox' })).data).toHaveLength(1);
    second.child.kill('SIGTERM');
    expect(await once(second.child, 'exit')).toEqual([0, null]);
  }, 40_000);

  it('says in one line that its port is taken', async () => {
    const holder = await startSandbox({ port: 0 });
    const port = new URL(holder.url).port;
    const { child, line } = start({ HOLDFAST_SANDBOX_PORT: port });
    const [said, [code]] = await Promise.all([line('stderr'), once(child, 'exit')]);
    expect(said).toBe(`sandbox: port ${port} is taken; set HOLDFAST_SANDBOX_PORT to a free one`);
    expect(code).toBe(1);
    await holder.close();
  }, 20_000);
});

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  const [line] = (await once(createInterface(stream), 'line')) as [string];
  return line;
}
