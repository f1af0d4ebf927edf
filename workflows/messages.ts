/** What workflows are started with and what they can be told and asked; the client side imports the same definitions. */
import { defineSignal, defineUpdate } from '@temporalio/workflow';
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { CallTaskOrder } from '../src/core/effects.ts';
import type { CallOutcome, Fact, FactBody } from '../src/core/facts.ts';
import type { State } from '../src/core/state.ts';
import type { SubscriptionId } from '../src/core/subscription.ts';
import type { CivilDate, Instant } from '../src/core/time.ts';
import type { View } from '../src/core/view.ts';

/** What one run of a subscription hands to the next. */
export interface SubscriptionRun {
  state: State;
  /** How many decisions were made so far, in all runs. */
  decisions: number;
  /** Facts that no decision has dealt with yet. */
  facts: Fact[];
  /** What the last decision left to show and to wait for; absent in the first run, which decides at once. */
  resting?: { view: View; wakeAt?: string };
}

/** Id of the fact that every life begins with. */
export const enrolledFact = 'enrolled';

/** The first run of a life: nothing is decided, and enrolment is all that is known. */
export function firstRun(state: State, at: Instant): SubscriptionRun {
  return { state, decisions: 0, facts: [{ kind: 'enrolled', id: enrolledFact, at }] };
}

/** A fact on its way to a subscription; without a moment of its own it happened when it arrives. */
export type FactMessage = Fact | UndatedFact;
type UndatedFact = FactBody & { id: string };

/** A signal and not an update: a fact cannot be refused, and must be taken in also while no worker runs. */
export const factSignal = defineSignal<[FactMessage]>('fact');

export interface CallTaskRun {
  subscription: SubscriptionId;
  order: CallTaskOrder;
}

export interface CallTaskAnswer {
  outcome: CallOutcome;
  promisedFor?: CivilDate;
}

export type CallTaskResult = { status: 'completed'; answer: CallTaskAnswer } | { status: 'withdrawn'; because: string };

/** An update and not a signal: the agent must be told when the task was taken back or completed by somebody else. */
export const completeCallUpdate = defineUpdate<CallTaskResult, [CallTaskAnswer]>('complete');

/** A signal and not an update: a task that is taken back cannot object. */
export const withdrawCallSignal = defineSignal<[because: string]>('withdraw');

/** Type of the error by which {@link completeCallUpdate} refuses. */
export const callTaskClosed = 'CallTaskClosed';

export function subscriptionWorkflowId(subscription: string): string {
  return `subscription/${subscription}`;
}

export function callTaskWorkflowId(subscription: string, task: { case: string; n: number }): string {
  return `task/${subscription}/${task.case}/${task.n}`;
}

/** Names and types of the search attributes; `npm start` and the worker register them. */
export const searchAttributeTypes = {
  HoldfastStanding: 'Keyword',
  HoldfastAccess: 'Keyword',
  HoldfastPolicy: 'Keyword',
  HoldfastNextStepAt: 'Datetime',
  HoldfastAmountAtRisk: 'Int',
  HoldfastCurrency: 'Keyword',
  HoldfastCountry: 'Keyword',
  HoldfastCustomer: 'Keyword',
} as const;

const keys = {
  standing: defineSearchAttributeKey('HoldfastStanding', 'KEYWORD'),
  access: defineSearchAttributeKey('HoldfastAccess', 'KEYWORD'),
  policy: defineSearchAttributeKey('HoldfastPolicy', 'KEYWORD'),
  nextStepAt: defineSearchAttributeKey('HoldfastNextStepAt', 'DATETIME'),
  amountAtRisk: defineSearchAttributeKey('HoldfastAmountAtRisk', 'INT'),
  currency: defineSearchAttributeKey('HoldfastCurrency', 'KEYWORD'),
  country: defineSearchAttributeKey('HoldfastCountry', 'KEYWORD'),
  customer: defineSearchAttributeKey('HoldfastCustomer', 'KEYWORD'),
};

/** What never changes in a subscription's life. */
export function fixedAttributes({ terms }: State): SearchAttributePair[] {
  const { plan, country, customer, policy } = terms;
  return [
    { key: keys.policy, value: policy },
    { key: keys.currency, value: plan.price.currency },
    { key: keys.country, value: country },
    { key: keys.customer, value: customer },
  ];
}

/** What changes with decisions. */
export function movingAttributes({ standing, access, amountAtRiskMinor, indexedAt }: View): SearchAttributePair[] {
  return [
    { key: keys.standing, value: standing },
    { key: keys.access, value: access },
    { key: keys.amountAtRisk, value: amountAtRiskMinor },
    ...(indexedAt ? [{ key: keys.nextStepAt, value: new Date(indexedAt) }] : []),
  ];
}
