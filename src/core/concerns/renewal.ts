/** Renewals: the reminder before, and the charge on the day. */
import { cycleStartsOn, nextRenewal } from '../calendar.ts';
import { deadlines } from '../case-plan.ts';
import { accessOf } from '../standing.ts';
import { stepKey, type Concern, type Context, type Proposal } from '../proposal.ts';
import { openCases, type Invoice, type State } from '../state.ts';
import { invoiceId } from '../subscription.ts';
import { addDays, addHours, atLocal } from '../time.ts';
import { amount, date, days } from '../words.ts';

/** A reminder later than this before the charge leaves no time to act on it. */
const leastHoursToAct = 24;

export const renewal: Concern = {
  fold(state, fact) {
    if (fact.kind !== 'enrolled') return undefined;
    const { plan, firstRenewalOn, policy } = state.terms;
    return {
      state,
      lane: 'life',
      text: `enrolled with policy ${policy}`,
      why: `renews on ${date(firstRenewalOn)} for ${amount(plan.price)}`,
    };
  },

  propose(state, context) {
    // While locked nobody can use the service, so no further period is charged for; the unlock brings the renewal back.
    if (state.ended || accessOf(state) === 'payment-only') return [];
    const oldest = openCases(state)[0];
    // What would fall behind the lock of an open case does not come unless that case is settled.
    const horizon = oldest && deadlines(oldest, state, context).lockAt;
    return [...reminders(state, context), charge(state, context)].filter(({ from }) => !horizon || from < horizon);
  },
};

function reminders(state: State, { policy: { policy } }: Context): Proposal[] {
  const { plan, zone } = state.terms;
  const next = nextRenewal(state, policy);
  return policy.renewal.remindDaysBefore[plan.interval.unit].map((daysBefore) => ({
    key: stepKey(next.cycle, 'cycle', `reminder-${daysBefore}`),
    lane: 'messages',
    what: 'mail: renewal reminder',
    why: `the policy reminds ${days(daysBefore)} before a renewal, which is on ${date(next.on)}`,
    from: atLocal(addDays(next.on, -daysBefore), policy.renewal.remindAt, zone),
    until: addHours(next.at, -leastHoursToAct),
    contact: { channel: 'mail' },
    effect: () => ({
      kind: 'sendMessage',
      channel: 'mail',
      message: 'renewal-reminder',
      figures: { money: plan.price, invoice: invoiceId(state.terms.subscription, next.cycle), renewsAt: next.at },
    }),
  }));
}

function charge(state: State, context: Context): Proposal {
  const { subscription, plan } = state.terms;
  const next = nextRenewal(state, context.policy.policy);
  const cycle = latestCycleDue(state, context, next.cycle);
  const key = stepKey(cycle, 'cycle', 'charge');
  const id = invoiceId(subscription, cycle);
  const skipped = cycle - next.cycle;
  return {
    key,
    lane: 'money',
    what: `charge the renewal of ${amount(plan.price)}`,
    why:
      `billing cycle ${cycle} begins on ${date(cycleStartsOn(state.terms, cycle))}` +
      (skipped > 0 ? `; ${skipped} earlier could not be used and ${skipped === 1 ? 'is' : 'are'} not charged` : ''),
    from: next.at,
    apply: (before) => addInvoice(before, cycle, { id, cycle, money: plan.price, attempts: [] }, key, context),
    effect: (before) => ({
      kind: 'charge',
      invoice: id,
      money: plan.price,
      ...(before.instrument && { instrument: before.instrument }),
    }),
  };
}

/** Periods that passed meanwhile, all of them behind a lock, are let go: exactly one current period is charged. */
function latestCycleDue(state: State, { now, policy: { policy } }: Context, next: number): number {
  let cycle = next;
  while (atLocal(cycleStartsOn(state.terms, cycle + 1), policy.renewal.at, state.terms.zone) <= now) cycle += 1;
  return cycle;
}

function addInvoice(state: State, cycle: number, invoice: Invoice, key: string, { now }: Context): State {
  const attempt = {
    key,
    at: now,
    by: 'holdfast',
    rung: 'renewal',
    result: 'pending',
    ...(state.instrument && { instrument: state.instrument }),
  } as const;
  return { ...state, cycle, invoices: [...state.invoices, { ...invoice, attempts: [attempt] }] };
}
