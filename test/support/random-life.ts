/**
 * Random lives for property tests: any policy, zone and calendar; a bank with every kind of answer; reports from outside
 * late, twice, wrong and out of order; a worker that is down for days. What is drawn is plain data, so that a failing
 * life is shown whole and made smaller by fast-check.
 */
import fc from 'fast-check';
import { loadPolicies } from '../../config/rules.ts';
import { decide, type Decision, type Entry, type Rulebook } from '../../src/core/decide.ts';
import type { Effect, EffectOf } from '../../src/core/effects.ts';
import type { AttemptBy, CallOutcome, ChargeOutcome, Fact, FactBody } from '../../src/core/facts.ts';
import { policySchema, type Policy } from '../../src/core/policy.ts';
import { newState, type State } from '../../src/core/state.ts';
import type { BillingInterval, Channel, InvoiceId } from '../../src/core/subscription.ts';
import {
  addDays,
  addHours,
  atLocal,
  civilDate,
  earlier,
  later,
  localDate,
  type CivilDate,
  type Instant,
  type TimeOfDay,
  type Zone,
} from '../../src/core/time.ts';
import { rulebook, terms } from './life.ts';

/** How the bank answers one attempt; `afterHours` 0 is at once. */
export interface BankAnswer {
  says: 'paid' | 'processing' | 'not-due' | { declined: string };
  afterHours: number;
  /** What follows `processing`. */
  then: 'paid' | { declined: string };
  thenAfterHours: number;
}

/** Something that becomes known from outside, so many hours after the enrolment. */
export interface Report {
  afterHours: number;
  /** It happened so much earlier than it became known. */
  lateByHours: number;
  what:
    | {
        kind: 'payment';
        names: 'nothing' | 'this-cycle' | 'next-cycle' | 'stranger';
        amountMinor: number;
        currency: string;
        by: AttemptBy;
        reference: string;
      }
    | { kind: 'failure'; names: 'nothing' | 'this-cycle'; code: string; by: AttemptBy; reference: string }
    | { kind: 'new-card'; instrument: string }
    | { kind: 'undeliverable'; channel: Channel }
    | { kind: 'stray-call'; outcome: CallOutcome };
}

export interface CallAnswer {
  outcome: CallOutcome | 'silence';
  afterHours: number;
  promisedInDays: number;
}

/** Everything that is drawn for one life. */
export interface Draw {
  policy: Policy;
  zone: Zone;
  renewsOn: CivilDate;
  enrolledDaysBefore: number;
  interval: BillingInterval;
  channels: Channel[];
  bank: BankAnswer[];
  calls: CallAnswer[];
  writeOff: { status: 'uncollectible' | 'paid'; afterHours: number };
  reports: Report[];
  /** The worker is down: what falls due or becomes known meanwhile is decided at the end of it. */
  outages: { afterHours: number; hours: number }[];
}

/** One decision with what it was made of. */
export interface Moment {
  now: Instant;
  before: State;
  facts: Fact[];
  decision: Decision;
}

export interface RandomLife {
  draw: Draw;
  rules: Rulebook;
  moments: Moment[];
  effects: Effect[];
  entries: Entry[];
  state: State;
  last: Decision;
}

export const price = { amountMinor: 4900, currency: 'EUR' };

const softCodes = ['insufficient_funds', 'do_not_honor', 'processing_error'];
const otherCodes = [
  'expired_card',
  'incorrect_cvc',
  'authentication_required',
  'lost_card',
  'do_not_try_again',
  'brand_new_code',
  'toString',
];
const code = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...softCodes) },
  { weight: 2, arbitrary: fc.constantFrom(...otherCodes) },
);

const hours = (most: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 0, max: most }),
    fc.integer({ min: 0, max: most * 60 }).map((minutes) => minutes / 60),
  );

const timeOfDay = fc.integer({ min: 0, max: 95 }).map((quarter) => clock(quarter));

function clock(quarter: number): TimeOfDay {
  return `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}` as TimeOfDay;
}

const contactWindow = fc
  .record({
    start: fc.integer({ min: 0, max: 80 }),
    length: fc.integer({ min: 4, max: 60 }),
    days: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
  })
  .map(({ start, length, days }) => ({ from: clock(start), to: clock(Math.min(95, start + length)), days }));

const someDays = (max: number, maxLength: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(fc.integer({ min: 1, max }), { maxLength }).map((list) => list.sort((a, b) => a - b));

const classes = fc.option(fc.subarray(['soft', 'update', 'authenticate', 'hard'] as const, { minLength: 1 }), {
  nil: undefined,
});

const plannedContact = fc.oneof(
  fc.record({
    by: fc.constantFrom('mail', 'sms'),
    message: fc.constantFrom('payment-failed', 'access-ends-soon'),
    onDay: fc.nat(20),
    forClasses: classes,
  }),
  fc.record({ by: fc.constant('call'), onDay: fc.nat(20), forClasses: classes }),
);

/** Any policy that the schema lets through. */
export const randomPolicy: fc.Arbitrary<Policy> = fc
  .record({
    renewalAt: timeOfDay,
    remindAt: timeOfDay,
    remind: someDays(30, 2),
    messages: contactWindow,
    calls: contactWindow,
    callsAtMost: fc.nat(4),
    promiseAtMostDays: fc.nat(14),
    graceDays: fc.oneof(fc.constant(0), fc.nat(20)),
    leastWarningHours: fc.oneof(fc.constant(0), fc.nat(120)),
    more: fc.integer({ min: 1, max: 25 }),
    deadlineAt: timeOfDay,
    onDays: fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 5 }),
    retryAt: timeOfDay,
    last: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
    contacts: fc.array(plannedContact, { maxLength: 4 }),
  })
  .map((drawn) =>
    policySchema.parse({
      id: 'random',
      title: 'Random',
      suits: 'Tests.',
      renewal: {
        at: drawn.renewalAt,
        remindAt: drawn.remindAt,
        remindDaysBefore: { week: drawn.remind, month: drawn.remind, year: drawn.remind },
      },
      contact: {
        messages: drawn.messages,
        calls: drawn.calls,
        callsAtMost: drawn.callsAtMost,
        promiseAtMostDays: drawn.promiseAtMostDays,
      },
      case: {
        graceDays: drawn.graceDays,
        leastWarningHours: drawn.leastWarningHours,
        endsAfterDays: drawn.graceDays + drawn.more,
        deadlineAt: drawn.deadlineAt,
        retries: {
          onDays: drawn.onDays,
          at: drawn.retryAt,
          ...(drawn.last !== undefined && { lastTryDaysBeforeEnd: drawn.last }),
        },
        contacts: drawn.contacts,
      },
    }),
  );

const decline = code.map((declined) => ({ declined }));

const bankAnswer: fc.Arbitrary<BankAnswer> = fc.record({
  says: fc.oneof(
    { weight: 7, arbitrary: decline },
    { weight: 2, arbitrary: fc.constantFrom('paid' as const, 'processing' as const) },
    { weight: 1, arbitrary: fc.constant('not-due' as const) },
  ),
  afterHours: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, hours(72)),
  then: fc.oneof(fc.constant('paid' as const), decline),
  thenAfterHours: hours(160),
});

const reference = fc.constantFrom('ch_a', 'ch_b', 'ch_c');
const by = fc.constantFrom<AttemptBy>('biller', 'customer');
const callOutcome = fc.constantFrom<CallOutcome>(
  'paid',
  'will-pay',
  'no-answer',
  'wrong-number',
  'do-not-call',
  'other',
);

const report: fc.Arbitrary<Report> = fc.record({
  afterHours: hours(24 * 60),
  lateByHours: fc.oneof(fc.constant(0), hours(96)),
  what: fc.oneof(
    fc.record({
      kind: fc.constant('payment' as const),
      names: fc.constantFrom('nothing', 'this-cycle', 'next-cycle', 'stranger'),
      amountMinor: fc.constantFrom(price.amountMinor, price.amountMinor, price.amountMinor, 4899, 10_000),
      currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'USD'),
      by,
      reference,
    }),
    fc.record({
      kind: fc.constant('failure' as const),
      names: fc.constantFrom('nothing', 'this-cycle'),
      code,
      by,
      reference,
    }),
    fc.record({ kind: fc.constant('new-card' as const), instrument: fc.constantFrom('pm_1', 'pm_2', 'pm_3') }),
    fc.record({
      kind: fc.constant('undeliverable' as const),
      channel: fc.constantFrom<Channel>('mail', 'sms', 'call'),
    }),
    fc.record({ kind: fc.constant('stray-call' as const), outcome: callOutcome }),
  ),
});

const zone = fc
  .constantFrom('Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/New_York', 'Europe/Rome', 'Asia/Kolkata')
  .map((name) => name as Zone);

/** Ends of months, the leap day, and days about both changes of the clock. */
const anchor = fc
  .oneof(
    fc.constantFrom(
      '2027-01-29',
      '2027-01-30',
      '2027-01-31',
      '2028-02-29',
      '2027-03-31',
      '2027-12-31',
      '2027-03-14',
      '2027-03-28',
      '2027-10-31',
      '2027-11-07',
    ),
    fc.integer({ min: 0, max: 700 }).map((days) => addDays(civilDate('2027-01-01'), days)),
  )
  .map((day) => civilDate(day));

/** A life with anything in it. */
export const randomDraw: fc.Arbitrary<Draw> = fc.record({
  policy: fc.oneof(fc.constantFrom(...loadPolicies().values()), randomPolicy),
  zone,
  renewsOn: anchor,
  enrolledDaysBefore: fc.integer({ min: 1, max: 35 }),
  interval: fc.record({ every: fc.integer({ min: 1, max: 2 }), unit: fc.constantFrom('week', 'month', 'year') }),
  channels: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Channel[]>(['mail', 'sms', 'call']) },
    fc.subarray<Channel>(['mail', 'sms', 'call']),
  ),
  bank: fc.array(bankAnswer, { minLength: 1, maxLength: 8 }),
  calls: fc.array(
    fc.record({
      outcome: fc.oneof(callOutcome, fc.constant('silence' as const)),
      afterHours: hours(120),
      promisedInDays: fc.integer({ min: -2, max: 30 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  writeOff: fc.record({
    status: fc.constantFrom('uncollectible', 'uncollectible', 'paid'),
    afterHours: fc.oneof(fc.constant(0), hours(48)),
  }),
  reports: fc.array(report, { maxLength: 6 }),
  outages: fc.array(fc.record({ afterHours: hours(24 * 60), hours: hours(24 * 14) }), { maxLength: 2 }),
});

/** A life that is left alone: no reports and no outcome of calls, only what the bank answers. */
export const silentDraw: fc.Arbitrary<Draw> = randomDraw.map((draw) => ({
  ...draw,
  reports: [],
  calls: [{ outcome: 'silence', afterHours: 0, promisedInDays: 0 }],
  writeOff: { ...draw.writeOff, status: 'uncollectible' },
}));

export interface LivingOptions {
  /** So long after the first renewal the life is left. Default: 75 days. */
  days?: number;
  /** Changes the order of facts that become known together. */
  order?: (facts: Fact[]) => Fact[];
}

interface Pending {
  at: Instant;
  tell: (state: State) => Fact;
}

/** Lives what was drawn. */
export function liveOut(draw: Draw, { days = 75, order = (facts) => facts }: LivingOptions = {}): RandomLife {
  const { policy, zone: where, renewsOn } = draw;
  const contract = {
    ...terms({ policy, zone: where, renewsOn, interval: draw.interval, channels: draw.channels }),
    plan: { id: 'pro', price, interval: draw.interval },
  };
  const rules = rulebook(policy);
  const enrolledAt = atLocal(addDays(renewsOn, -draw.enrolledDaysBefore), '12:00' as TimeOfDay, where);
  const end = atLocal(addDays(renewsOn, days), '23:59' as TimeOfDay, where);
  const pending: Pending[] = draw.reports.map((drawn, n) => ({
    at: addHours(enrolledAt, drawn.afterHours),
    tell: (state) => reported(drawn, n, addHours(enrolledAt, drawn.afterHours - drawn.lateByHours), state),
  }));
  const life: Pick<RandomLife, 'moments' | 'effects' | 'entries'> = { moments: [], effects: [], entries: [] };
  let now = enrolledAt;
  let state = newState(contract, 'pm_1');
  let facts: Fact[] = [{ kind: 'enrolled', id: 'enrolled', at: now }];
  let tries = 0;
  let phoned = 0;
  for (;;) {
    const decision = decide(state, facts, now, rules);
    life.moments.push({ now, before: state, facts, decision });
    life.effects.push(...decision.effects);
    life.entries.push(...decision.entries);
    state = decision.state;
    for (const effect of decision.effects) {
      if (effect.kind === 'charge') pending.push(...bankSays(effect, draw.bank[tries++ % draw.bank.length]!, now));
      if (effect.kind === 'openCallTask')
        pending.push(...agentSays(effect, draw.calls[phoned++ % draw.calls.length]!, now, where));
      if (effect.kind === 'writeOff') pending.push(billerSays(effect, draw, now));
    }
    const next = [...pending.map(({ at }) => at), ...(decision.wakeAt ? [decision.wakeAt] : [])].reduce<
      Instant | undefined
    >((a, b) => (a ? earlier(a, b) : b), undefined);
    if (decision.over || !next || next > end) return { draw, rules, ...life, state, last: decision };
    now = whenUp(later(next, now), draw, enrolledAt);
    const known = pending.filter(({ at }) => at <= now).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    for (const told of known) pending.splice(pending.indexOf(told), 1);
    facts = order(known.map(({ tell }) => tell(state)));
  }
}

function whenUp(at: Instant, { outages }: Draw, enrolledAt: Instant): Instant {
  const down = outages
    .map(({ afterHours, hours: long }) => ({
      from: addHours(enrolledAt, afterHours),
      to: addHours(enrolledAt, afterHours + long),
    }))
    .find(({ from, to }) => from <= at && at < to);
  return down ? down.to : at;
}

function bankSays(
  { step, key, invoice }: EffectOf<'charge'>,
  { says, afterHours, then, thenAfterHours }: BankAnswer,
  now: Instant,
): Pending[] {
  const at = addHours(now, afterHours);
  const answer = (outcome: ChargeOutcome, when: Instant, id: string): Pending => ({
    at: when,
    tell: () => ({ kind: 'chargeAnswered', attempt: step, invoice, answer: outcome, id: `${key}/${id}`, at: when }),
  });
  const first = answer(outcomeOf(says, key), at, 'answer');
  const later = addHours(at, thenAfterHours);
  return says === 'processing' ? [first, answer(outcomeOf(then, key), later, 'later')] : [first];
}

function outcomeOf(says: BankAnswer['says'], key: string): ChargeOutcome {
  const reference = `pi_${key}`;
  if (typeof says === 'object') return { outcome: 'declined', decline: { code: says.declined }, reference };
  return says === 'not-due' ? { outcome: 'not-due', status: 'void' } : { outcome: says, reference };
}

function agentSays(
  { task }: EffectOf<'openCallTask'>,
  { outcome, afterHours, promisedInDays }: CallAnswer,
  now: Instant,
  where: Zone,
): Pending[] {
  if (outcome === 'silence') return [];
  const at = addHours(now, afterHours);
  const promisedFor = addDays(localDate(at, where), promisedInDays);
  const body: FactBody = {
    kind: 'callTaskCompleted',
    task: task.id,
    outcome,
    ...(outcome === 'will-pay' && { promisedFor }),
  };
  return [{ at, tell: () => ({ ...body, id: `${task.id}/outcome`, at }) }];
}

function billerSays(
  { invoice, key }: EffectOf<'writeOff'>,
  { writeOff: { status, afterHours } }: Draw,
  now: Instant,
): Pending {
  const at = addHours(now, afterHours);
  return { at, tell: () => ({ kind: 'writeOffAnswered', invoice, status, id: `${key}/answer`, at }) };
}

function reported({ what }: Report, n: number, at: Instant, state: State): Fact {
  const told = { id: `report-${n}`, at };
  switch (what.kind) {
    case 'payment': {
      const { amountMinor, currency, by: payer, reference: ref } = what;
      return {
        ...told,
        kind: 'paymentSucceeded',
        money: { amountMinor, currency },
        by: payer,
        reference: ref,
        ...named(what.names, state),
      };
    }
    case 'failure':
      return {
        ...told,
        kind: 'paymentFailed',
        decline: { code: what.code },
        by: what.by,
        reference: what.reference,
        ...named(what.names, state),
      };
    case 'new-card':
      return { ...told, kind: 'paymentMethodReplaced', instrument: what.instrument };
    case 'undeliverable':
      return { ...told, kind: 'messageFailed', step: 'some/step', channel: what.channel, reason: 'undeliverable' };
    case 'stray-call':
      return { ...told, kind: 'callTaskCompleted', task: `ct_sub_1_${state.cycle}_1`, outcome: what.outcome };
  }
}

function named(names: 'nothing' | 'this-cycle' | 'next-cycle' | 'stranger', { cycle }: State): { invoice?: InvoiceId } {
  if (names === 'nothing') return {};
  return {
    invoice: (names === 'stranger' ? 'in_other' : `sub_1/${names === 'this-cycle' ? cycle : cycle + 1}`) as InvoiceId,
  };
}
