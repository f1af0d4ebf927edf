/**
 * What a subscription remembers between decisions. It travels through workflow histories, so it holds ids, codes, amounts
 * and moments only, and every release can read what any earlier one wrote (upgrade.ts).
 */
import type { CallOutcome, AttemptBy, Decline } from './facts.ts';
import type { InvoiceId, Terms } from './subscription.ts';
import type { CivilDate, Instant } from './time.ts';
import type { Money } from './money.ts';

export interface State {
  version: 1;
  terms: Terms;
  /** Number of the running billing cycle; 1 is the one that runs at enrolment. */
  cycle: number;
  /** The biller's id of the instrument to charge; absent: the customer's default at the biller. */
  instrument?: string;
  /** Debts that are not yet settled, and settled ones whose aftercare is still to come; oldest first. */
  invoices: Invoice[];
  /** Keys of the steps that were taken or dropped and must not come again. */
  taken: string[];
  /** The biller's ids of the newest payments, by which a second report that names no invoice is recognised. */
  recentPayments?: string[];
  ended?: { at: Instant; reason: 'unpaid' };
}

export interface Invoice {
  id: InvoiceId;
  /** The billing cycle that it pays for. */
  cycle: number;
  money: Money;
  attempts: Attempt[];
  case?: DunningCase;
  /** Asked of the biller and not yet answered. */
  writingOff?: true;
  settled?: { at: Instant; how: 'paid' | 'written-off' | 'dropped' };
}

export interface Attempt {
  key: string;
  at: Instant;
  by: AttemptBy;
  instrument?: string;
  /** Which place of the retry plan it used up. */
  rung?: Rung;
  result: 'pending' | 'processing' | 'paid' | 'failed' | 'not-due';
  decline?: Decline;
  /** The biller's id of this attempt, by which a second report of it is recognised. */
  reference?: string;
}

/** `renewal` is the first try; a number is a day of the plan; the others come from what happened. */
export type Rung = 'renewal' | number | 'last' | 'new-instrument' | 'promise';

/** The recovery of one unpaid invoice. */
export interface DunningCase {
  openedAt: Instant;
  /** The policy version that this case is handled by to its end. */
  policyVersion: number;
  /** When the customer was first told. */
  noticedAt?: Instant;
  lockedAt?: Instant;
  calls: CallRecord[];
  promise?: { on: CivilDate };
}

export interface CallRecord {
  id: string;
  n: number;
  openedAt: Instant;
  outcome?: CallOutcome | 'withdrawn';
  completedAt?: Instant;
}

export function newState(terms: Terms, instrument?: string): State {
  return { version: 1, terms, cycle: 1, ...(instrument && { instrument }), invoices: [], taken: [] };
}

/** The state with one invoice changed. */
export function withInvoice(state: State, id: InvoiceId, change: (invoice: Invoice) => Invoice): State {
  return { ...state, invoices: state.invoices.map((invoice) => (invoice.id === id ? change(invoice) : invoice)) };
}

/** The state with the dunning case of one invoice changed. */
export function withCase(state: State, id: InvoiceId, change: (dunning: DunningCase) => DunningCase): State {
  return withInvoice(state, id, (invoice) => (invoice.case ? { ...invoice, case: change(invoice.case) } : invoice));
}

export function isOpen(invoice: Invoice): boolean {
  return invoice.settled === undefined;
}

/** A bank has been asked and has not answered. */
export function isWaiting({ result }: Attempt): boolean {
  return result === 'pending' || result === 'processing';
}

/** While an attempt waits for its answer nobody may ask again, and nothing may be said or locked. */
export function isInFlight(invoice: Invoice): boolean {
  return invoice.attempts.some(isWaiting) || invoice.writingOff === true;
}

/** A charge of ours is under way: its answer comes for certain and decides what is next, so nothing else is waited for. */
export function awaitsAnswer(state: State): boolean {
  return state.invoices.some(
    (invoice) => (invoice.writingOff && isOpen(invoice)) || invoice.attempts.some(({ result }) => result === 'pending'),
  );
}

/** Open invoices with a dunning case, oldest first. */
export function openCases(state: State): (Invoice & { case: DunningCase })[] {
  return state.invoices.filter(
    (invoice): invoice is Invoice & { case: DunningCase } => isOpen(invoice) && invoice.case !== undefined,
  );
}
