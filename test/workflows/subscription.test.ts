/** Lives of subscriptions on the real server, in skipped time, against the sandbox's Stripe, Postmark and Twilio. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { invoiceId, type Terms } from '../../src/core/subscription.ts';
import { instant } from '../../src/core/time.ts';
import { subscriptionById } from '../../src/ledger/queries/subscriptions.ts';
import { enrol } from '../../src/rehearsal/life.ts';
import { callTaskWorkflowId, factSignal, subscriptionWorkflowId, type FactMessage } from '../../workflows/messages.ts';
import { declined, declinesFirst, diary, live, on, paid, told, type LifeOptions } from '../support/life.ts';
import { startStripeMock, type StripeMock } from '../support/stripe-mock.ts';
import { momentOf, scriptOf, startWorld, until, zone, type LifeScript, type World } from '../support/world.ts';

let world: World;
let stripeMock: StripeMock;

beforeAll(async () => {
  stripeMock = await startStripeMock();
  world = await startWorld({ contractCheck: stripeMock.url });
}, 120_000);

afterAll(async () => {
  const violations = world.sandbox.contractViolations();
  await world.stop();
  await stripeMock.stop();
  // Every request of every life here was one that Stripe's own specification allows.
  expect(violations).toEqual([]);
});

const row = async ({ subscription }: Terms) => (await subscriptionById(world.stage().ledger, subscription))!;

const invoicesOf = async (terms: Terms) =>
  (await world.stage().stripe.invoices.list({ customer: (await row(terms)).billing_customer })).data;

const callOf = ({ subscription }: Terms) =>
  world.client.workflow.getHandle(callTaskWorkflowId(subscription, { case: 'case-2', n: 1 }));

const subscriptionOf = ({ subscription }: Terms) =>
  world.client.workflow.getHandle(subscriptionWorkflowId(subscription));

describe('a renewal that fails, and a card that has money again after three days', () => {
  it('is recovered by a retry, thanked for, and goes on in a fresh run', async () => {
    const terms = await world.live({ card: 'pm_sandbox_recovers_after_3_days', days: 6 });
    expect(await world.diary(terms)).toBe(
      told(`
        day -3 10:00  mail: renewal reminder
        day 0 09:00  charge the renewal of €49.00
        day 0 09:00  try 1 of €49.00 declined: insufficient funds (soft); a case opens, access stays full
        day 0 09:00  mail: payment failed
        day 1 09:00  try 2: charge €49.00
        day 1 09:00  try 2 of €49.00 declined: insufficient funds (soft)
        day 1 09:00  mail: the retry failed too
        day 2 10:00  SMS: payment failed
        day 3 09:00  try 3: charge €49.00
        day 3 09:00  try 3 of €49.00 paid; the case is closed
        day 3 09:00  mail: thank you
      `),
    );
    expect(await row(terms)).toMatchObject({ standing: 'active', access: 'full', amount_at_risk_minor: 0 });
    expect((await subscriptionOf(terms).describe()).status.name).toBe('RUNNING');
  });
});

describe('a customer who is locked and gives a new card', () => {
  it('is let in at once and thanked, and nobody phones any more', async () => {
    const terms = await world.live({ card: 'pm_sandbox_expired_card', days: 8, newCardAfterDays: 6 });
    expect(await world.diary(terms)).toContain(
      told(`
        day 5 18:00  lock: access to the payment page only
        day 5 18:00  mail: access is locked
        day 6 12:30  a new payment method is there
        day 6 12:30  try 2: charge €49.00
        day 6 12:30  try 2 of €49.00 paid; the case is closed; access full again
        day 6 12:30  call task 1 is withdrawn
        day 6 12:30  mail: thank you
      `),
    );
    expect(await row(terms)).toMatchObject({ standing: 'active', access: 'full' });
    expect(await callOf(terms).result()).toEqual({ status: 'withdrawn', because: 'paid' });
  });
});

describe('a customer who never pays', () => {
  it('is locked, tried a last time two days before the end, written off and taken leave of', async () => {
    const terms = await world.live({ card: 'pm_sandbox_insufficient_funds', days: 20 });
    const story = await world.diary(terms);
    expect(story).toContain('day 5 18:00  lock: access to the payment page only');
    expect(story).toContain(
      told(`
        day 12 09:00  try 5: charge €49.00
        day 12 09:00  try 5 of €49.00 declined: insufficient funds (soft)
        day 12 09:00  mail: the retry failed too
        day 14 18:00  end: write off and close the subscription
        day 14 18:00  €49.00 written off; the case is closed; the subscription has ended, access none
        day 14 18:00  call task 1 is withdrawn
        day 14 18:00  mail: farewell
      `),
    );
    expect(story.split('\n').at(-1)).toContain('farewell');
    expect((await subscriptionOf(terms).describe()).status.name).toBe('COMPLETED');
    expect(await row(terms)).toMatchObject({ standing: 'ended', access: 'none' });
    expect((await invoicesOf(terms)).map(({ status }) => status)).toEqual(['uncollectible']);
  });
});

describe('an agent who reaches the customer', () => {
  it('ends the call task with an outcome that the subscription learns, and the payment ends the case', async () => {
    const terms = await world.live({ card: 'pm_sandbox_expired_card', days: 5, call: { outcome: 'paid' } });
    expect(await world.diary(terms)).toContain(
      told(`
        day 3 09:00  call task 1: a person phones about €49.00
        day 3 11:00  call 1: paid on the call
        day 3 11:05  €49.00 paid by the customer; the case is closed
        day 3 11:05  mail: thank you
      `),
    );
    expect(await callOf(terms).result()).toEqual({ status: 'completed', answer: { outcome: 'paid' } });
    expect((await invoicesOf(terms)).map(({ status }) => status)).toEqual(['paid']);
  });
});

describe('a fact that is told twice', () => {
  it('is decided once, though both tellings are heard', async () => {
    const script = scriptOf({ card: 'pm_sandbox_expired_card' });
    const { terms } = script;
    const stage = world.stage();
    await enrol(stage, script, instant(Date.now()), momentOf(terms, 0, '12:00'));
    const payment: FactMessage = {
      kind: 'paymentSucceeded',
      id: 'evt_1',
      at: momentOf(terms, 0, '12:00'),
      invoice: invoiceId(terms.subscription, 2),
      money: terms.plan.price,
      by: 'customer',
      reference: 'ch_page',
    };
    for (const telling of [1, 2]) {
      await subscriptionOf(terms).signal(factSignal, payment);
      await until(`telling ${telling} is heard`, async () => (await decisionsOn(terms, payment.id)) === telling);
    }
    const lines = (await world.diary(terms)).split('\n').filter((line) => line.includes('paid by the customer'));
    expect(lines).toEqual(['day 0 12:00  €49.00 paid by the customer; the case is closed']);
    expect((await row(terms)).state.cycle).toBe(2);
  });

  async function decisionsOn({ subscription }: Terms, fact: string): Promise<number> {
    const heard = await world
      .stage()
      .ledger.selectFrom('decisions')
      .select('facts')
      .where('subscription_id', '=', subscription)
      .execute();
    return heard.filter(({ facts }) => facts.includes(fact)).length;
  }
});

describe('a year without a worry', () => {
  let terms: Terms;
  let runs: WorkflowExecutionInfo[];

  beforeAll(async () => {
    terms = await world.live({ days: 350 });
    runs = await until('the server lists all runs', async () => {
      const found = await listRuns(terms);
      return found.length >= 13 && found;
    });
  }, 120_000);

  it('is twelve reminders and twelve renewals, each paid', async () => {
    const lines = (await world.diary(terms)).split('\n').map((line) => line.replace(/^.*?  /, ''));
    expect(lines).toEqual(
      Array<string[]>(12)
        .fill(['mail: renewal reminder', 'charge the renewal of €49.00', 'try 1 of €49.00 paid'])
        .flat(),
    );
    const invoices = await world
      .stage()
      .stripe.invoices.list({ customer: (await row(terms)).billing_customer, limit: 100 });
    expect(invoices.data.map(({ status, amount_paid }) => [status, amount_paid])).toEqual(
      Array(12).fill(['paid', 4900]),
    );
  });

  it('goes on in a fresh run after each renewal, and a quiet cycle has at most 30 events', async () => {
    expect(runs.map(({ status }) => status.name).sort()).toEqual([
      ...Array<string>(12).fill('CONTINUED_AS_NEW'),
      'RUNNING',
    ]);
    const later = runs.slice(0, -1).filter(({ status }) => status.name === 'CONTINUED_AS_NEW');
    const lengths = await Promise.all(later.map(eventsOnRealTime));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(30);
  });

  /** Skipped time leaves events of its own, which a life on real time does not have. */
  async function eventsOnRealTime({ workflowId, runId }: WorkflowExecutionInfo): Promise<number> {
    const { events } = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
    return (events ?? []).filter((event) => !event.workflowExecutionTimeSkippingTransitionedEventAttributes).length;
  }

  it('can be searched for, and says in the Temporal UI where it stands and what comes next', async () => {
    const { searchAttributes } = await subscriptionOf(terms).describe();
    expect(searchAttributes).toMatchObject({
      HoldfastStanding: ['active'],
      HoldfastAccess: ['full'],
      HoldfastPolicy: ['cure'],
      HoldfastAmountAtRisk: [0],
      HoldfastCurrency: ['EUR'],
      HoldfastCountry: ['IT'],
      HoldfastCustomer: [terms.customer],
      HoldfastNextStepAt: [expect.any(Date)],
    });
    const metadata = await subscriptionOf(terms).query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('**active: access full, collection on, €49.00 each cycle**');
    expect(metadata.currentDetails).toContain('charge the renewal of €49.00');
    const { events } = await subscriptionOf(terms).fetchHistory();
    const summaries = (events ?? []).flatMap(({ userMetadata }) =>
      userMetadata?.summary ? [defaultPayloadConverter.fromPayload(userMetadata.summary)] : [],
    );
    expect(summaries).toContain('mail: renewal reminder');
  });

  async function listRuns({ subscription }: Terms): Promise<WorkflowExecutionInfo[]> {
    const found: WorkflowExecutionInfo[] = [];
    // The newest run comes first.
    const query = `WorkflowId = "${subscriptionWorkflowId(subscription)}"`;
    for await (const run of world.client.workflow.list({ query })) found.push(run);
    return found;
  }
});

describe('the pure core and the real workflow', () => {
  const same: [title: string, script: LifeScript, core: (terms: Terms) => LifeOptions][] = [
    ['a life that is lost', { card: 'pm_sandbox_insufficient_funds', days: 20 }, () => ({ bank: declinesFirst(99) })],
    [
      'a life that is locked at once and lost',
      { card: 'pm_sandbox_expired_card', days: 20, policy: 'lock' },
      () => ({ bank: () => declined('expired_card') }),
    ],
    [
      'a life that a new card saves',
      { card: 'pm_sandbox_expired_card', days: 12, newCardAfterDays: 6 },
      (terms) => ({
        bank: (_, { instrument }) => (instrument === 'pm_new' ? paid() : declined('expired_card')),
        facts: [on(momentOf(terms, 6, '12:30'), { kind: 'paymentMethodReplaced', instrument: 'pm_new' })],
      }),
    ],
  ];

  it.each(same)('tell the same of %s', async (_, script, core) => {
    const terms = await world.live(script);
    const real = await world.entries(terms);
    const pure = live({
      ...core(terms),
      policy: terms.policy,
      renewsOn: terms.firstRenewalOn,
      from: real[0]!.at,
      until: momentOf(terms, script.days!, '23:59').slice(0, 10),
    });
    expect(diary({ entries: real, zone })).toBe(diary(pure));
    expect(real.map(({ why }) => why)).toEqual(pure.entries.map(({ why }) => why));
  });
});
