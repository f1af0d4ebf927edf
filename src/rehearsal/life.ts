/** Rehearses one life: a subscription on its own clock, with a script that stands in for the customer and the agent. */
import { agenda, viewAt } from '../core/decide.ts';
import { upgrade } from '../core/upgrade.ts';
import type { CallOutcome, FactBody } from '../core/facts.ts';
import { newState } from '../core/state.ts';
import { invoiceId, type SubscriptionId, type Terms } from '../core/subscription.ts';
import {
  addDays,
  addHours,
  atLocal,
  earlier,
  instant,
  later,
  localDate,
  type CivilDate,
  type Instant,
  type TimeOfDay,
  type Zone,
} from '../core/time.ts';
import { callTasksByDueTime } from '../ledger/queries/callTasks.ts';
import { invoiceById } from '../ledger/queries/invoices.ts';
import { insertSubscription, subscriptionById } from '../ledger/queries/subscriptions.ts';
import { waitForFact } from '../ledger/queries/waitForFact.ts';
import {
  callTaskWorkflowId,
  completeCallUpdate,
  factSignal,
  firstRun,
  fixedAttributes,
  movingAttributes,
  subscriptionWorkflowId,
} from '../../workflows/messages.ts';
import { customerOnClock } from './biller-clock.ts';
import { SkippedClock } from './skipped-clock.ts';
import type { Stage } from './stage.ts';

export interface Script {
  terms: Terms;
  customerName: string;
  planName: string;
  /** The sandbox's test card that the renewal is charged to, such as `pm_sandbox_insufficient_funds`. */
  card: string;
  /** The life is followed for so many days after its first renewal. */
  days: number;
  /** How the agent's calls end; without it nobody takes the calls. `paid` and a kept promise pay on the payment page. */
  call?: { outcome: CallOutcome; promisedAfterDays?: number };
  /** The customer replaces the card by a good one so many days after the renewal. */
  newCardAfterDays?: number;
}

const agentsHour = '11:00' as TimeOfDay;

/** Runs the life and answers when it is over or its days have passed. The workflow is left as it is, for the Temporal UI. */
export async function rehearse(stage: Stage, script: Script): Promise<void> {
  const { terms } = script;
  const begins = instant(Date.now());
  const end = atLocal(addDays(terms.firstRenewalOn, script.days), '23:59' as TimeOfDay, terms.zone);
  const first = firstStop(script, begins, end);
  const clock = await enrol(stage, script, begins, first);
  if (!script.call && script.newCardAfterDays === undefined) return clock.runTo(end);
  let newCard = newCardAt(script);
  for (let now = first; now < end && !clock.closed;) {
    const next = await nextStep(stage, terms, now);
    now = earlier(end, newCard && newCard < next ? newCard : next);
    await clock.runTo(now);
    if (newCard && now >= newCard) {
      await tell(stage, terms, now, { kind: 'paymentMethodReplaced', instrument: await goodCard(stage, terms) });
      newCard = undefined;
    }
    if (script.call) await takeCalls(stage, script, script.call, clock, now);
  }
}

/** Nothing happens to a script before the first renewal. */
function firstStop({ terms }: Script, begins: Instant, end: Instant): Instant {
  return earlier(end, later(begins, atLocal(terms.firstRenewalOn, '00:00' as TimeOfDay, terms.zone)));
}

function newCardAt({ terms, newCardAfterDays }: Script): Instant | undefined {
  return newCardAfterDays === undefined
    ? undefined
    : atLocal(addDays(terms.firstRenewalOn, newCardAfterDays), '12:30' as TimeOfDay, terms.zone);
}

/** Writes the subscription into the stage's ledger and starts its workflow, whose clock stops at `until`. */
export async function enrol(
  { client, ledger, stripe, taskQueue, rulebookFor }: Stage,
  script: Script,
  at: Instant,
  until: Instant,
): Promise<SkippedClock> {
  const { terms, planName } = script;
  const billed = await customerOnClock(stripe, at, script.card);
  const state = newState(terms, billed.paymentMethod);
  const view = viewAt(state, at, await rulebookFor(state));
  const person = {
    id: terms.customer,
    name: script.customerName,
    email: 'rehearsal@example.com',
    phone: '+15005550100',
  };
  await insertSubscription(ledger, {
    enrolment: {},
    customer: person,
    terms,
    planName,
    billingCustomer: billed.customer,
    state,
    view,
  });
  const order = {
    workflowType: 'subscription',
    workflowId: subscriptionWorkflowId(terms.subscription),
    taskQueue,
    args: [firstRun(state, at)],
    searchAttributes: [...fixedAttributes(state), ...movingAttributes(view)],
    summary: `rehearsal: ${planName}, policy ${terms.policy}, card ${script.card}`,
  };
  return SkippedClock.start(client, order, until);
}

/** A moment after the next thing that is due. */
async function nextStep({ ledger, rulebookFor }: Stage, { subscription }: Terms, now: Instant): Promise<Instant> {
  const row = await subscriptionById(ledger, subscription);
  if (!row) throw new Error(`${subscription} is not in the ledger`);
  const state = upgrade(row.state);
  const due = agenda(state, now, await rulebookFor(state))[0]?.at;
  return addHours(due && due > now ? due : now, due && due > now ? 1 / 60 : 12);
}

async function takeCalls(
  stage: Stage,
  script: Script,
  { outcome, promisedAfterDays = 2 }: NonNullable<Script['call']>,
  clock: SkippedClock,
  now: Instant,
): Promise<void> {
  const { terms } = script;
  const open = (await callTasksByDueTime(stage.ledger, 'open', 100)).filter(
    ({ subscription_id: id }) => id === terms.subscription,
  );
  for (const task of open) {
    const today = localDate(now, terms.zone);
    await clock.runTo(atLocal(today, agentsHour, terms.zone));
    const promisedFor: CivilDate | undefined = outcome === 'will-pay' ? addDays(today, promisedAfterDays) : undefined;
    const handle = stage.client.workflow.getHandle(callTaskWorkflowId(terms.subscription, task));
    await handle.executeUpdate(completeCallUpdate, { args: [{ outcome, ...(promisedFor && { promisedFor }) }] });
    await waitForFact(stage.ledger, terms.subscription, `${task.id}/completed`, 10_000);
    if (outcome === 'paid')
      await payByPage(stage, terms, task.invoice_id, atLocal(today, '11:05' as TimeOfDay, terms.zone), clock);
  }
}

/** The customer pays on the biller's page, as the biller's webhook would tell it. */
async function payByPage(stage: Stage, terms: Terms, invoice: string, at: Instant, clock: SkippedClock): Promise<void> {
  await clock.runTo(at);
  const known = await invoiceById(stage.ledger, invoice);
  if (!known) throw new Error(`invoice ${invoice} is not known at the biller`);
  const card = await goodCard(stage, terms);
  await stage.stripe.invoices.pay(known.reference, { payment_method: card });
  await tell(stage, terms, at, {
    kind: 'paymentSucceeded',
    invoice: invoiceId(terms.subscription, Number(invoice.split('/').at(-1))),
    money: terms.plan.price,
    by: 'customer',
    reference: `page/${invoice}`,
  });
  await tell(stage, terms, at, { kind: 'paymentMethodReplaced', instrument: card });
}

async function goodCard({ ledger, stripe }: Stage, { subscription }: Terms): Promise<string> {
  const row = await subscriptionById(ledger, subscription);
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: row?.billing_customer ?? '' });
  return card.id;
}

async function tell({ client, ledger }: Stage, { subscription }: Terms, at: Instant, body: FactBody): Promise<void> {
  const id = `rehearsed/${body.kind}/${at}`;
  await client.workflow.getHandle(subscriptionWorkflowId(subscription)).signal(factSignal, { ...body, id, at });
  await waitForFact(ledger, subscription, id, 10_000);
}

/** A subscription of a rehearsal, under an id that was never used: a plausible customer who pays €49 a month. */
export function rehearsedTerms(play: { id: string; policy: string; firstRenewalOn: CivilDate; zone: Zone }): Terms {
  const { id, ...chosen } = play;
  return {
    ...chosen,
    subscription: id as SubscriptionId,
    customer: `customer-of-${id}`,
    language: 'en',
    country: 'IT',
    channels: ['mail', 'sms', 'call'],
    plan: { id: 'pro', price: { amountMinor: 4900, currency: 'EUR' }, interval: { every: 1, unit: 'month' } },
  };
}
