/** The recorded decision: the pure function of src/core, run once for each number and written to the ledger. */
import { decide, type Decision, type Rulebook } from '../src/core/decide.ts';
import type { Fact } from '../src/core/facts.ts';
import type { State } from '../src/core/state.ts';
import type { Instant } from '../src/core/time.ts';
import { upgrade } from '../src/core/upgrade.ts';
import type { Ledger } from '../src/ledger/database.ts';
import { recordDecision } from '../src/ledger/queries/recordDecision.ts';

export interface DecisionRequest {
  state: State;
  facts: Fact[];
  now: Instant;
  number: number;
}

export interface DecisionAnswer {
  decision: Omit<Decision, 'entries'> & { why: string[] };
  /** Ids of the facts that need no further decision. */
  decided: string[];
}

export function decisionActivities(ledger: Ledger, rulebookFor: (state: State) => Promise<Rulebook>) {
  return {
    /** Decides what the facts mean and what is due, and records it under the decision's number. */
    async decideNext({ state: carried, facts, now, number }: DecisionRequest): Promise<DecisionAnswer> {
      const state = upgrade(carried);
      const rulebook = await rulebookFor(state);
      const at = { subscription: state.terms.subscription, number, now };
      const recorded = await recordDecision(ledger, at, facts, (fresh) => decide(state, fresh, now, rulebook));
      const { entries, ...decision } = recorded.decision;
      const why = entries.map(({ text, why: reason }) => (reason ? `${text} — ${reason}` : text));
      return { decision: { ...decision, why }, decided: recorded.decided };
    },
  };
}
