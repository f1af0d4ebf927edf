/** What a person is shown of a subscription: where it stands, what comes next and why. */
import type { Allowed } from './arbiter.ts';
import {
  accessOf,
  amountAtRiskMinor,
  collectionOf,
  standingOf,
  type Access,
  type Collection,
  type Standing,
} from './standing.ts';
import { awaitsAnswer, isInFlight, openCases, type State } from './state.ts';
import type { Instant } from './time.ts';
import { amount, dayOf, moment } from './words.ts';

export interface View {
  standing: Standing;
  access: Access;
  collection: Collection;
  /** Minor units of `currency`. */
  amountAtRiskMinor: number;
  currency: string;
  next?: NextStep;
  /**
   * The next step as it can be searched for: any step of a case, else the renewal. A reminder in a quiet cycle does not
   * move it, which saves every quiet cycle an event. Absent while an answer is awaited: the last value stands.
   */
  indexedAt?: Instant;
  /** Markdown for the Temporal UI. */
  details: string;
}

export interface NextStep {
  at: Instant;
  what: string;
  why: string;
}

export function viewOf(state: State, plan: Allowed[]): View {
  const indexed = openCases(state).length > 0 ? plan[0] : plan.find(({ lane }) => lane !== 'messages');
  const next = plan[0] && { at: plan[0].at, what: plan[0].what, why: reason(plan[0]) };
  return {
    standing: standingOf(state),
    access: accessOf(state),
    collection: collectionOf(state),
    amountAtRiskMinor: amountAtRiskMinor(state),
    currency: state.terms.plan.price.currency,
    ...(next && { next }),
    ...(indexed && !awaitsAnswer(state) && { indexedAt: indexed.at }),
    details: details(state, plan),
  };
}

export function reason({ why, moved }: Allowed): string {
  return moved ? `${why}; ${moved}` : why;
}

function details(state: State, plan: Allowed[]): string {
  const { zone } = state.terms;
  const steps = plan.slice(0, 6).map((step) => `- ${moment(step.at, zone)} · ${step.what} — ${reason(step)}`);
  const waiting = state.invoices.some(isInFlight) ? ['*Waiting for the bank or the biller to answer.*'] : [];
  const next = steps.length > 0 ? steps.join('\n') : '- nothing';
  return [`**${headline(state)}**`, ...waiting, `Next (${zone}):`, next].join('\n\n');
}

function headline(state: State): string {
  const { zone, plan } = state.terms;
  const access = `access ${accessOf(state)}, collection ${collectionOf(state)}`;
  const oldest = openCases(state)[0];
  if (!oldest) return `${standingOf(state)}: ${access}, ${amount(plan.price)} each cycle`;
  return `${standingOf(state)}: ${access}, ${amount(oldest.money)} unpaid since ${dayOf(oldest.case.openedAt, zone)}`;
}
