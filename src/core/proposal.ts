/** How the concerns of a life speak: each folds facts into the state and proposes what it would do, and when. */
import type { Effect } from './effects.ts';
import type { DeclineReading } from './declines.ts';
import type { Decline, Fact } from './facts.ts';
import type { PolicyVersion } from './policy.ts';
import type { DunningCase, Invoice, State } from './state.ts';
import type { Channel } from './subscription.ts';
import type { Instant } from './time.ts';

/** What a decision may look at besides the state: the moment and the rules in force. */
export interface Context {
  now: Instant;
  /** The newest version of the subscription's policy. */
  policy: PolicyVersion;
  /** The version that a case is pinned to. */
  policyOf(dunning: DunningCase): PolicyVersion;
  read(decline: Decline): DeclineReading;
}

/** Where a step or event is drawn in the timeline picture. */
export type Lane = 'life' | 'access' | 'money' | 'messages' | 'people';

/** The order of steps that fall due together: access first, then money, whose answer may make a message needless. */
export const importance = { access: 0, money: 1, people: 2, messages: 3 } as const;

export interface Proposal {
  /** `cycle/case/step/try`, unique in a life: a step is taken once. */
  key: string;
  lane: keyof typeof importance;
  /** What will be done, in a few words: `mail: payment failed`. */
  what: string;
  why: string;
  from: Instant;
  /** From this moment on it is worth nothing, and is dropped with a reason. */
  until?: Instant;
  /** Reaches a person, so the contact rules hold. */
  contact?: {
    channel: Channel;
    /** Answers something that the person has just done, at whatever hour. */ reply?: boolean;
  };
  /** Belongs to a dunning case, so a promise to pay holds it. */
  invoice?: Invoice;
  apply?(state: State): State;
  effect?(state: State): EffectRequest | undefined;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An effect before the decision gives it its key, moment and reason. */
export type EffectRequest = DistributiveOmit<Effect, 'key' | 'step' | 'subscription' | 'at' | 'what' | 'why'>;

/** What a fact meant. */
export interface Reading {
  state: State;
  lane: Lane;
  text: string;
  why?: string;
}

export interface Concern {
  /** Takes in one fact; undefined when it means nothing to this concern. */
  fold?(state: State, fact: Fact, context: Context): Reading | undefined;
  /** Everything that it would still do if nothing new happened. */
  propose?(state: State, context: Context): Proposal[];
}

export function stepKey(cycle: number, scope: 'cycle' | 'case', step: string, n = 1): string {
  return `${cycle}/${scope}/${step}/${n}`;
}
