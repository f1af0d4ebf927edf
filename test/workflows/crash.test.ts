/**
 * kill -9 of a worker at the two worst moments: the bank has charged and the worker has not heard it; a mail is sent and
 * the worker has not recorded it. Another worker takes over. Real worker processes, real time.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { sql } from 'kysely';
import { rulebooks } from '../../activities/rulebook.ts';
import { loadDeclines, loadPolicies } from '../../config/rules.ts';
import { startLife } from '../../src/api/subscriptions/lives.ts';
import { agenda } from '../../src/core/decide.ts';
import { newState } from '../../src/core/state.ts';
import { instant, localDate, type Zone } from '../../src/core/time.ts';
import { viewOf } from '../../src/core/view.ts';
import type { Child } from '../../src/embedded/child.ts';
import { migrate, openLedger, type Ledger } from '../../src/ledger/database.ts';
import { insertSubscription, subscriptionById } from '../../src/ledger/queries/subscriptions.ts';
import { stripeClient } from '../../src/providers/index.ts';
import { rehearsedTerms } from '../../src/rehearsal/life.ts';
import { sandboxKeys } from '../../src/rehearsal/stage.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import { subscriptionWorkflowId } from '../../workflows/messages.ts';
import { startHoldingProxy, type HoldingProxy } from '../support/holding-proxy.ts';
import { startWorkerProcess } from '../support/worker-process.ts';
import { until, variable } from '../support/world.ts';

const name = `crash_${randomUUID().replaceAll('-', '')}`;
const charged = { id: `charged-${name}`, card: 'pm_sandbox_slow_bank', effect: '2/cycle/charge/1' };
const mailed = { id: `mailed-${name}`, card: 'pm_sandbox_expired_card' };

let folder: string;
let sandbox: Sandbox;
let postmark: HoldingProxy;
let stripe: ReturnType<typeof stripeClient>;
let connection: Connection;
let client: Client;
let ledger: Ledger;
const workers: Child[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-crash-'));
  sandbox = await startSandbox({ port: 0 });
  postmark = await startHoldingProxy(sandbox.url, (request) => request === 'POST /email');
  stripe = stripeClient({ apiKey: sandboxKeys.stripe, baseUrl: sandbox.url });
  connection = await Connection.connect({ address: variable('TEST_TEMPORAL_ADDRESS') });
  client = new Client({ connection });
  ledger = openLedger(variable('TEST_DATABASE_URL'), name, 2);
  await migrate(ledger, name);
  await startWorker();
  await enrol(mailed);
  await until('a mail is sent and not answered', async () => postmark.held().length > 0);
  await enrol(charged);
  await until('the bank has charged and not answered', async () => (await paymentsOf(charged.id)).length > 0);
  process.kill(workers[0]!.pid, 'SIGKILL');
  await workers[0]!.exit;
  // Both are done in the world, and neither is recorded.
  expect(await effectsOf(charged.id, 'charge')).toEqual([{ done: false }]);
  expect(await effectsOf(mailed.id, 'sendMessage')).toEqual([{ done: false }]);
  postmark.release();
  await startWorker();
  await Promise.all([noticeTheCrash(charged.id), noticeTheCrash(mailed.id)]);
}, 180_000);

afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await postmark.stop();
  await sandbox.close();
  await sql`drop schema ${sql.id(name)} cascade`.execute(ledger);
  await ledger.destroy();
  await connection.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a worker that dies between the answer of the bank and its record', () => {
  it('has charged once, and the next worker records it and renews', async () => {
    const isSettled = async () => (await subscriptionById(ledger, charged.id))?.state.invoices.length === 0;
    await until('it is renewed', isSettled, 150_000);
    expect(await paymentsOf(charged.id)).toEqual([{ status: 'succeeded', amount: 4900 }]);
    expect(await effectsOf(charged.id, 'charge')).toEqual([{ done: true }]);
    const row = await subscriptionById(ledger, charged.id);
    expect(row).toMatchObject({ standing: 'active', access: 'full' });
    expect(row?.state.cycle).toBe(2);
  }, 180_000);

  it('has left one chain of decisions, in which the answer is heard once', async () => {
    const decisions = await ledger
      .selectFrom('decisions')
      .select('number')
      .where('subscription_id', '=', charged.id)
      .orderBy('number')
      .execute();
    expect(decisions.map(({ number }) => number)).toEqual(decisions.map((_, index) => index + 1));
    const answers = await ledger
      .selectFrom('facts')
      .select('id')
      .where('subscription_id', '=', charged.id)
      .where('kind', '=', 'chargeAnswered')
      .execute();
    expect(answers).toEqual([{ id: `${charged.id}/${charged.effect}/answer` }]);
  });
});

describe('a worker that dies between the sending of a mail and its record', () => {
  it('has sent it once: the next worker finds it at the provider', async () => {
    await until('the mail is recorded', async () => (await effectsOf(mailed.id, 'sendMessage'))[0]?.done, 150_000);
    const sent = await mailsTo(`${mailed.id}@example.com`);
    expect(sent).toHaveLength(1);
    const { reference } = await ledger
      .selectFrom('effects')
      .select('reference')
      .where('subscription_id', '=', mailed.id)
      .where('kind', '=', 'sendMessage')
      .executeTakeFirstOrThrow();
    expect(reference).toBe(sent[0]?.MessageID);
    expect(postmark.passed().filter((request) => request === 'POST /email')).toHaveLength(1);
    expect(postmark.passed()).toContain('GET /messages/outbound');
  }, 180_000);
});

async function startWorker(): Promise<void> {
  const logFile = join(folder, `worker-${workers.length}.log`);
  const urls = { stripeUrl: sandbox.url, postmarkUrl: postmark.url, twilioUrl: sandbox.url };
  workers.push(await startWorkerProcess({ name, logFile, ...urls }));
}

/** A subscription whose first renewal is due at once: it is noon where the customer lives, and the renewal was at nine. */
async function enrol({ id, card }: { id: string; card: string }): Promise<void> {
  const zone = whereItIsNoon();
  const firstRenewalOn = localDate(instant(Date.now()), zone);
  const terms = rehearsedTerms({
    id,
    policy: 'cure',
    firstRenewalOn,
    zone,
  });
  const customer = await stripe.customers.create({ name: 'Anna Bruni' });
  const { id: instrument } = await stripe.paymentMethods.attach(card, { customer: customer.id });
  const rulebookFor = await rulebooks(ledger, loadPolicies().values(), loadDeclines());
  const state = newState(terms, instrument);
  const view = viewOf(state, agenda(state, instant(Date.now()), await rulebookFor(state)));
  const person = { id: terms.customer, name: 'Anna Bruni', email: `${id}@example.com` };
  await insertSubscription(ledger, {
    enrolment: {},
    customer: person,
    terms,
    planName: 'Pro',
    billingCustomer: customer.id,
    state,
    view,
  });
  const row = await subscriptionById(ledger, id);
  await startLife({ client, taskQueue: name, rulebookFor }, row!);
}

/** Zones of this kind count westwards: `Etc/GMT-3` is three hours ahead. */
function whereItIsNoon(): Zone {
  const ahead = 12 - new Date().getUTCHours();
  return (ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`) as Zone;
}

/** The server takes a lost worker for a slow one for two minutes; as an operator who knows better, we shorten that. */
async function noticeTheCrash(id: string): Promise<void> {
  await client.workflowService.updateActivityOptions({
    namespace: 'default',
    execution: { workflowId: subscriptionWorkflowId(id) },
    matchAll: true,
    activityOptions: { startToCloseTimeout: { seconds: 15 as never } },
    updateMask: { paths: ['start_to_close_timeout'] },
  });
}

async function paymentsOf(id: string): Promise<{ status: string; amount: number }[]> {
  const row = await subscriptionById(ledger, id);
  const { data } = await stripe.paymentIntents.list({ customer: row!.billing_customer });
  return data.filter(({ status }) => status === 'succeeded').map(({ status, amount }) => ({ status, amount }));
}

async function effectsOf(id: string, kind: string): Promise<{ done: boolean }[]> {
  return ledger
    .selectFrom('effects')
    .select(sql<boolean>`result is not null`.as('done'))
    .where('subscription_id', '=', id)
    .where('kind', '=', kind)
    .execute();
}

async function mailsTo(recipient: string): Promise<{ MessageID: string }[]> {
  const query = new URLSearchParams({ recipient, count: '10', offset: '0' });
  const response = await fetch(`${sandbox.url}/messages/outbound?${query}`, {
    headers: { 'x-postmark-server-token': sandboxKeys.postmark },
  });
  const found = (await response.json()) as { Messages: { MessageID: string }[] };
  return found.Messages;
}
