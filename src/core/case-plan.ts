/** The dates of one dunning case: which tries are left, when the lock comes, when it ends. */
import { daysAfter, nextInWindow } from './calendar.ts';
import type { DeclineReading } from './declines.ts';
import type { Policy } from './policy.ts';
import { stepKey, type Context } from './proposal.ts';
import { isInFlight, type DunningCase, type Invoice, type Rung, type State } from './state.ts';
import {
  addDays,
  addHours,
  atLocal,
  later,
  localDate,
  type CivilDate,
  type Instant,
  type TimeOfDay,
  type Zone,
} from './time.ts';
import { date, days } from './words.ts';

export type CaseInvoice = Invoice & { case: DunningCase };

/** The step that tells the customer of a failed try; the first of a case is the first that the customer hears of it. */
export const noticeStep = 'notice';

/** One try that is still to be made. */
export interface PlannedTry {
  rung: Rung;
  at: Instant;
  why: string;
}

/**
 * What the failed attempts with the present instrument say: the newest, unless one said that no retry can help, which
 * stands whatever the biller heard later. Undefined when that instrument has not failed yet.
 */
export function latestDecline(invoice: Invoice, state: State, context: Context): DeclineReading | undefined {
  // What a customer typed on the payment page says nothing about the instrument that we charge.
  const failed = invoice.attempts.filter(
    ({ result, by, instrument }) => result === 'failed' && by !== 'customer' && instrument === state.instrument,
  );
  const readings = failed.flatMap(({ decline }) => (decline ? [context.read(decline)] : []));
  const reading = readings.findLast(({ class: said }) => said !== 'soft') ?? readings.at(-1);
  if (!reading) return undefined;
  // An unknown code is worth one more try and no second.
  return !reading.known && failed.length > 1 ? { ...reading, class: 'update' } : reading;
}

/**
 * The tries still to be made if nothing new happens. Only a soft decline is tried again with the
 * same instrument, no two tries fall on one day, and a place of the plan is used up only by a try that was made.
 */
export function plannedTries(invoice: CaseInvoice, state: State, context: Context): PlannedTry[] {
  if (isInFlight(invoice)) return [];
  const { policy } = context.policyOf(invoice.case);
  const { zone } = state.terms;
  const decline = latestDecline(invoice, state, context);
  if (!decline)
    return [{ rung: 'new-instrument', at: context.now, why: 'a new payment method is there: it is tried at once' }];
  if (decline.class !== 'soft') return [];
  const used = new Set(invoice.attempts.map(({ rung }) => rung));
  const wanted = [...promised(invoice), ...planned(invoice, policy, zone, state, context)].filter(
    ({ rung }) => !used.has(rung),
  );
  return spacedByADay(wanted, invoice, policy, zone);
}

interface WantedTry {
  rung: Rung;
  on: CivilDate;
  why: string;
}

function promised({ case: dunning, attempts }: CaseInvoice): WantedTry[] {
  const { promise } = dunning;
  const tried = attempts.some(({ rung }) => rung === 'promise');
  return promise && !tried
    ? [{ rung: 'promise', on: promise.on, why: `the customer promised to pay on ${date(promise.on)}` }]
    : [];
}

function planned(invoice: CaseInvoice, policy: Policy, zone: Zone, state: State, context: Context): WantedTry[] {
  const opened = localDate(invoice.case.openedAt, zone);
  const { onDays, lastTryDaysBeforeEnd } = policy.case.retries;
  const endsOn = localDate(deadlines(invoice, state, context).endsAt, zone);
  const last = lastTryDaysBeforeEnd === undefined ? undefined : addDays(endsOn, -lastTryDaysBeforeEnd);
  const regular = onDays
    .map((day): WantedTry => ({
      rung: day,
      on: addDays(opened, day),
      why: `the plan tries again ${days(day)} after the failure`,
    }))
    .filter(({ on }) => on < (last ?? endsOn));
  if (last === undefined) return regular;
  return [
    ...regular,
    { rung: 'last', on: last, why: `a last try ${days(lastTryDaysBeforeEnd ?? 0)} before the subscription ends` },
  ];
}

function spacedByADay(wanted: WantedTry[], invoice: CaseInvoice, policy: Policy, zone: Zone): PlannedTry[] {
  const held = invoice.case.promise?.on;
  // A report may tell of a day that lies before our own newest try.
  const newest = invoice.attempts.map(({ at }) => at).reduce(later, invoice.case.openedAt);
  let free = addDays(localDate(newest, zone), 1);
  return wanted
    .map((wish) => ({ ...wish, on: held && wish.rung !== 'promise' ? later(wish.on, addDays(held, 1)) : wish.on }))
    .sort((a, b) => (a.on < b.on ? -1 : 1))
    .map(({ rung, on, why }) => {
      const day = later(on, free);
      free = addDays(day, 1);
      return { rung, at: atLocal(day, policy.case.retries.at, zone), why };
    });
}

/**
 * When access is locked and when the subscription ends. The lock is never the first that a customer hears: it waits until
 * the least warning has passed since the first message, and until a promised day is over; the end moves with it.
 */
export function deadlines(invoice: CaseInvoice, state: State, context: Context): { lockAt: Instant; endsAt: Instant } {
  const { case: dunning } = invoice;
  const { case: rules } = context.policyOf(dunning).policy;
  const { zone } = state.terms;
  const cannotBeTold = state.taken.includes(stepKey(invoice.cycle, 'case', noticeStep));
  const told = dunning.noticedAt ?? (cannotBeTold ? dunning.openedAt : soonestTold(invoice, state, context));
  const planned =
    rules.graceDays === 0 ? dunning.openedAt : daysAfter(dunning.openedAt, rules.graceDays, rules.deadlineAt, zone);
  const warned = later(
    planned,
    rules.leastWarningHours === 0 ? planned : nextDeadlineTime(addHours(told, rules.leastWarningHours), rules, zone),
  );
  const afterPromise = dunning.promise
    ? later(warned, daysAfter(atLocal(dunning.promise.on, rules.deadlineAt, zone), 1, rules.deadlineAt, zone))
    : warned;
  const lockAt = dunning.lockedAt ?? afterPromise;
  return {
    lockAt,
    endsAt: daysAfter(later(lockAt, afterPromise), rules.endsAfterDays - rules.graceDays, rules.deadlineAt, zone),
  };
}

/** Who has not been told yet hears of it as soon as a promise is over and the hours for messages are open. */
function soonestTold({ case: dunning }: CaseInvoice, { terms: { zone } }: State, context: Context): Instant {
  const free = dunning.promise ? later(context.now, promiseOver(dunning.promise, zone)) : context.now;
  return nextInWindow(free, context.policy.policy.contact.messages, zone);
}

/** From this moment on a promise holds nothing back. */
export function promiseOver(promise: NonNullable<DunningCase['promise']>, zone: Zone): Instant {
  return atLocal(addDays(promise.on, 1), '08:00' as TimeOfDay, zone);
}

function nextDeadlineTime(at: Instant, rules: Policy['case'], zone: Zone): Instant {
  const today = atLocal(localDate(at, zone), rules.deadlineAt, zone);
  return today >= at ? today : daysAfter(at, 1, rules.deadlineAt, zone);
}
