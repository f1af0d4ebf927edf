/** Calls by a person: when a task opens, what an agent's outcome means, when a task is taken back. */
import { deadlines, latestDecline, type CaseInvoice } from '../case-plan.ts';
import { daysAfter } from '../calendar.ts';
import { callTaskId } from '../effects.ts';
import type { FactOf } from '../facts.ts';
import { stepKey, type Concern, type Context, type Proposal, type Reading } from '../proposal.ts';
import { isInFlight, isOpen, openCases, withCase, type CallRecord, type Invoice, type State } from '../state.ts';
import { addDays, earlier, later, localDate } from '../time.ts';
import { amount, date, days } from '../words.ts';

export const calls: Concern = {
  fold(state, fact, context) {
    return fact.kind === 'callTaskCompleted' ? completed(state, fact, context) : undefined;
  },

  propose(state, context) {
    const open = state.ended ? [] : openCases(state).filter((invoice) => !isInFlight(invoice));
    return [...open.flatMap((invoice) => callOf(invoice, state, context)), ...state.invoices.flatMap(withdrawals)];
  },
};

function callOf(invoice: CaseInvoice, state: State, context: Context): Proposal[] {
  const { policy } = context.policyOf(invoice.case);
  const { calls: made, openedAt } = invoice.case;
  const last = made.at(-1);
  const unanswered = last?.outcome === 'no-answer' && made.length < policy.contact.callsAtMost;
  if (last && !unanswered) return [];
  const reading = latestDecline(invoice, state, context);
  const planned = policy.case.contacts.find(
    (contact) =>
      contact.by === 'call' && (!contact.forClasses || !reading || contact.forClasses.includes(reading.class)),
  );
  if (!planned || policy.contact.callsAtMost === 0) return [];
  const { endsAt } = deadlines(invoice, state, context);
  const due = last
    ? {
        from: daysAfter(last.completedAt ?? last.openedAt, 1, policy.contact.calls.from, state.terms.zone),
        why: 'nobody answered the last call',
      }
    : {
        from: daysAfter(openedAt, planned.onDay, policy.contact.calls.from, state.terms.zone),
        why: `the policy phones ${days(planned.onDay)} after the failure`,
      };
  return [openTask(invoice, due, made.length + 1, endsAt, state, context)];
}

function openTask(
  invoice: CaseInvoice,
  { from, why }: Pick<Proposal, 'from' | 'why'>,
  n: number,
  endsAt: Proposal['from'],
  state: State,
  { now }: Context,
): Proposal {
  const id = callTaskId(state.terms.subscription, invoice.cycle, n);
  const declineCode = invoice.attempts.findLast(({ decline }) => decline)?.decline?.code;
  return {
    key: stepKey(invoice.cycle, 'case', 'call', n),
    lane: 'people',
    what: `call task ${n}: a person phones about ${amount(invoice.money)}`,
    why,
    from,
    until: endsAt,
    contact: { channel: 'call' },
    invoice,
    apply: (before) =>
      withCase(before, invoice.id, (dunning) => ({ ...dunning, calls: [...dunning.calls, { id, n, openedAt: now }] })),
    effect: () => ({
      kind: 'openCallTask',
      task: {
        id,
        n,
        case: `case-${invoice.cycle}`,
        invoice: invoice.id,
        money: invoice.money,
        dueAt: endsAt,
        ...(declineCode && { declineCode }),
      },
    }),
  };
}

/** A settled debt is nobody's call any more. */
function withdrawals(invoice: Invoice): Proposal[] {
  const settled = invoice.settled;
  if (!settled || !invoice.case) return [];
  return invoice.case.calls
    .filter(({ outcome }) => outcome === undefined)
    .map(({ id, n }) => ({
      key: stepKey(invoice.cycle, 'case', 'withdraw-call', n),
      lane: 'people',
      what: `call task ${n} is withdrawn`,
      why: settled.how === 'paid' ? 'the payment has come' : 'there is nothing left to pay',
      from: settled.at,
      apply: (before) =>
        withCase(before, invoice.id, (dunning) => ({
          ...dunning,
          calls: dunning.calls.map((call) => (call.id === id ? { ...call, outcome: 'withdrawn' } : call)),
        })),
      effect: () => ({
        kind: 'withdrawCallTask',
        task: { id, n, case: `case-${invoice.cycle}` },
        because: settled.how,
      }),
    }));
}

const outcomeWords: Record<FactOf<'callTaskCompleted'>['outcome'], string> = {
  paid: 'paid on the call',
  'will-pay': 'will pay',
  'no-answer': 'no answer',
  'wrong-number': 'wrong number',
  'do-not-call': 'does not want to be called',
  other: 'something else',
};

function completed(state: State, fact: FactOf<'callTaskCompleted'>, context: Context): Reading | undefined {
  const invoice = state.invoices.find(({ case: dunning }) => dunning?.calls.some(({ id }) => id === fact.task));
  const call = invoice?.case?.calls.find(({ id }) => id === fact.task);
  if (fact.outcome === 'do-not-call' || fact.outcome === 'wrong-number')
    return neverAgain(state, invoice, call, fact, context);
  if (!invoice?.case || !call) return undefined;
  const text = `call ${call.n}: ${outcomeWords[fact.outcome]}`;
  if (call.outcome && call.outcome !== 'withdrawn')
    return { state, lane: 'people', text, why: 'changes nothing: this call has an outcome already' };
  const noted = marked(state, invoice, call, fact, context);
  if (fact.outcome === 'will-pay' && fact.promisedFor && isOpen(invoice))
    return promise(noted, invoice as CaseInvoice, fact.promisedFor, text, context);
  return { state: noted, lane: 'people', text };
}

/** Holds whatever call it comes from: one of a case that is long closed, or one that had another outcome before. */
function neverAgain(
  state: State,
  invoice: Invoice | undefined,
  call: CallRecord | undefined,
  fact: FactOf<'callTaskCompleted'>,
  context: Context,
): Reading {
  const noted = invoice && call ? marked(state, invoice, call, fact, context) : state;
  const channels = noted.terms.channels.filter((channel) => channel !== 'call');
  return {
    state: { ...noted, terms: { ...noted.terms, channels } },
    lane: 'people',
    text: `call${call ? ` ${call.n}` : ''}: ${outcomeWords[fact.outcome]}`,
    why: 'nobody phones this customer again',
  };
}

function marked(
  state: State,
  { id }: Invoice,
  call: CallRecord,
  { outcome }: FactOf<'callTaskCompleted'>,
  { now }: Context,
): State {
  const completed: CallRecord = { ...call, outcome, completedAt: now };
  return withCase(state, id, (dunning) => ({
    ...dunning,
    calls: dunning.calls.map((each) => (each.id === call.id ? completed : each)),
  }));
}

/** A promise holds tries, messages and deadlines until its day, which the policy bounds. */
function promise(
  state: State,
  invoice: CaseInvoice,
  wished: FactOf<'callTaskCompleted'>['promisedFor'] & string,
  text: string,
  context: Context,
): Reading {
  const today = localDate(context.now, state.terms.zone);
  const { promiseAtMostDays } = context.policyOf(invoice.case).policy.contact;
  const on = earlier(later(wished, addDays(today, 1)), addDays(today, Math.max(1, promiseAtMostDays)));
  const bounded = on === wished ? '' : `, not ${date(wished)}: the policy allows ${days(promiseAtMostDays)}`;
  return {
    state: withCase(state, invoice.id, (dunning) => ({ ...dunning, promise: { on } })),
    lane: 'people',
    text: `${text} on ${date(on)}`,
    why: `tries, messages and deadlines wait until then${bounded}`,
  };
}
