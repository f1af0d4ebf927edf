/** Payments: what the bank, the biller and the customer report, and what it settles or opens. */
import type { ChargeOutcome, Decline, FactOf } from '../facts.ts';
import { targetOf } from '../payment-target.ts';
import type { Concern, Context, Reading } from '../proposal.ts';
import { isOpen, isWaiting, withInvoice, type Attempt, type Invoice, type State } from '../state.ts';
import { amount } from '../words.ts';

export const payments: Concern = {
  fold(state, fact, context) {
    switch (fact.kind) {
      case 'chargeAnswered':
        return chargeAnswered(state, fact, context);
      case 'paymentSucceeded':
        return paymentSucceeded(state, fact, context);
      case 'paymentFailed':
        return paymentFailed(state, fact, context);
      case 'paymentMethodReplaced':
        return methodReplaced(state, fact);
      case 'writeOffAnswered':
        return writeOffAnswered(state, fact, context);
      default:
        return undefined;
    }
  },
};

function methodReplaced(state: State, { instrument }: FactOf<'paymentMethodReplaced'>): Reading {
  const text = 'a new payment method is there';
  if (instrument === state.instrument)
    return { state, lane: 'money', text, why: 'changes nothing: it is the one in use' };
  return { state: { ...state, instrument }, lane: 'money', text };
}

function chargeAnswered(state: State, fact: FactOf<'chargeAnswered'>, context: Context): Reading | undefined {
  const invoice = state.invoices.find(({ id }) => id === fact.invoice);
  const attempt = invoice?.attempts.find(({ key }) => key === fact.attempt);
  // Money that came is never argued away, not even when a report said before that this attempt had failed.
  const counts = attempt && (isWaiting(attempt) || fact.answer.outcome === 'paid');
  if (!invoice || !isOpen(invoice) || !counts) {
    return {
      state,
      lane: 'money',
      text: `the bank answered: ${fact.answer.outcome}`,
      why: 'changes nothing: this is settled already',
    };
  }
  return answered(state, invoice, fact.attempt, fact.answer, context);
}

function answered(state: State, invoice: Invoice, key: string, answer: ChargeOutcome, context: Context): Reading {
  const number = invoice.attempts.filter(({ by }) => by === 'holdfast').findIndex((attempt) => attempt.key === key) + 1;
  const attempts = invoice.attempts.map((attempt) => (attempt.key === key ? withAnswer(attempt, answer) : attempt));
  const told = { ...invoice, attempts };
  const subject = `try ${number} of ${amount(invoice.money)}`;
  switch (answer.outcome) {
    case 'paid':
      return settled(state, told, { at: context.now, how: 'paid' }, `${subject} paid`);
    case 'declined':
      return failed(state, told, answer.decline, subject, context);
    case 'processing':
      return {
        state: replace(state, told),
        lane: 'money',
        text: `${subject} is on its way`,
        why: 'the bank answers later',
      };
    case 'not-due':
      return settled(
        state,
        told,
        { at: context.now, how: 'dropped' },
        `${subject} not made: the invoice is ${answer.status} at the biller`,
      );
  }
}

function withAnswer(attempt: Attempt, answer: ChargeOutcome): Attempt {
  const results = { paid: 'paid', declined: 'failed', processing: 'processing', 'not-due': 'not-due' } as const;
  return {
    ...attempt,
    result: results[answer.outcome],
    ...(answer.outcome === 'declined' && { decline: answer.decline }),
    ...('reference' in answer && { reference: answer.reference }),
  };
}

function paymentSucceeded(state: State, fact: FactOf<'paymentSucceeded'>, context: Context): Reading {
  const target = targetOf(state, fact, context);
  const received = `${amount(fact.money)} paid by ${payer[fact.by]}`;
  if ('nothing' in target) return { state, lane: 'money', text: received, why: `changes nothing: ${target.nothing}` };
  const { invoice } = target;
  if (fact.money.currency !== invoice.money.currency || fact.money.amountMinor < invoice.money.amountMinor) {
    return { state, lane: 'money', text: received, why: `changes nothing: ${amount(invoice.money)} is due` };
  }
  const attempt: Attempt = { key: fact.id, at: fact.at, by: fact.by, result: 'paid', reference: fact.reference };
  return settled(target.state, withReport(invoice, attempt), { at: context.now, how: 'paid' }, received);
}

function paymentFailed(state: State, fact: FactOf<'paymentFailed'>, context: Context): Reading {
  const subject = `a try of ${payer[fact.by]}`;
  // An attempt that still waits is known by its reference too, and this report is its answer.
  const known = state.invoices.some(({ attempts }) =>
    attempts.some((attempt) => attempt.reference === fact.reference && !isWaiting(attempt)),
  );
  if (known)
    return { state, lane: 'money', text: `${subject} failed`, why: 'changes nothing: this attempt is known already' };
  const target = targetOf(state, fact, context);
  if ('nothing' in target)
    return { state, lane: 'money', text: `${subject} failed`, why: `changes nothing: ${target.nothing}` };
  const { id: key, at, by, decline, reference } = fact;
  // A report does not say which instrument it was: it counts for the one that is known now.
  const attempt: Attempt = {
    key,
    at,
    by,
    result: 'failed',
    decline,
    reference,
    ...(state.instrument && { instrument: state.instrument }),
  };
  return failed(target.state, withReport(target.invoice, attempt), decline, subject, context);
}

const payer = { holdfast: 'us', biller: 'the biller', customer: 'the customer' } as const;

/** A report of an attempt; while one of ours waits for its answer, the report is that answer, come by another way. */
function withReport(invoice: Invoice, report: Attempt): Invoice {
  const ours = invoice.attempts.findIndex(isWaiting);
  if (ours < 0) return { ...invoice, attempts: withoutFlood([...invoice.attempts, report]) };
  const { result, decline, reference } = report;
  const answer = { result, ...(decline && { decline }), ...(reference && { reference }) };
  return {
    ...invoice,
    attempts: invoice.attempts.map((attempt, i) => (i === ours ? { ...attempt, ...answer } : attempt)),
  };
}

/** A thief may try a thousand cards on a payment page: of what customers tried, the newest are remembered. */
const mostCustomerTries = 8;

function withoutFlood(attempts: Attempt[]): Attempt[] {
  const surplus = attempts.filter(({ by }) => by === 'customer').slice(0, -mostCustomerTries);
  return attempts.filter((attempt) => !surplus.includes(attempt));
}

function writeOffAnswered(state: State, fact: FactOf<'writeOffAnswered'>, context: Context): Reading | undefined {
  const invoice = state.invoices.find(({ id }) => id === fact.invoice);
  if (!invoice || !isOpen(invoice)) return undefined;
  if (fact.status === 'paid') {
    return settled(
      state,
      invoice,
      { at: context.now, how: 'paid' },
      `${amount(invoice.money)} turned out to be paid, just before the end`,
    );
  }
  // A younger debt goes with the subscription: the farewell has been said.
  const how = state.ended ? 'dropped' : 'written-off';
  const reading = settled(state, invoice, { at: context.now, how }, `${amount(invoice.money)} written off`);
  const ended = { ...reading.state, ended: { at: context.now, reason: 'unpaid' as const } };
  if (state.ended) return reading;
  return { ...reading, state: ended, lane: 'access', text: `${reading.text}; the subscription has ended, access none` };
}

function settled(state: State, invoice: Invoice, how: NonNullable<Invoice['settled']>, text: string): Reading {
  const unlocks = invoice.case?.lockedAt && how.how !== 'written-off' ? '; access full again' : '';
  const closes = invoice.case ? '; the case is closed' : '';
  const attempts = invoice.attempts.map((attempt) =>
    attempt.result === 'pending' ? { ...attempt, result: 'not-due' as const } : attempt,
  );
  const after = replace(state, { ...invoice, attempts, settled: how });
  return { state: remembering(after, attempts), lane: 'money', text: `${text}${closes}${unlocks}` };
}

/** A second report of a payment may come when its invoice is long forgotten, and must not pay for the next. */
const mostRecentPayments = 5;

function remembering(state: State, attempts: Attempt[]): State {
  const paid = attempts.flatMap(({ result, reference }) => (result === 'paid' && reference ? [reference] : []));
  if (paid.length === 0) return state;
  return { ...state, recentPayments: [...(state.recentPayments ?? []), ...paid].slice(-mostRecentPayments) };
}

function failed(state: State, invoice: Invoice, decline: Decline, subject: string, context: Context): Reading {
  const reading = context.read(decline);
  const opened = invoice.case ?? { openedAt: context.now, policyVersion: context.policy.version, calls: [] };
  const grace = context.policyOf(opened).policy.case.graceDays > 0 ? ', access stays full' : '';
  return {
    state: replace(state, { ...invoice, case: opened }),
    lane: 'money',
    text: `${subject} declined: ${reading.meaning} (${reading.class})${invoice.case ? '' : `; a case opens${grace}`}`,
    ...(!reading.known && { why: 'the code is in no table: it is taken as soft, once' }),
  };
}

function replace(state: State, invoice: Invoice): State {
  return withInvoice(state, invoice.id, () => invoice);
}
