/** Facts that were decided: by their presence in the ledger one sees that a decision has dealt with them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fact } from '../../core/facts.ts';
import type { Ledger } from '../database.ts';

export interface DecidedFact {
  /** Number of the decision that dealt with it. */
  decision: number;
  fact: Fact;
}

/** The fact of this id, or undefined while no decision has dealt with it. */
export async function decidedFact(ledger: Ledger, subscription: string, id: string): Promise<DecidedFact | undefined> {
  const row = await ledger
    .selectFrom('facts')
    .select(['decision', 'body'])
    .where('subscription_id', '=', subscription)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && { decision: row.decision, fact: row.body };
}

/** Waits until a decision has dealt with the fact; undefined when none has within the time. */
export async function waitForFact(
  ledger: Ledger,
  subscription: string,
  id: string,
  withinMs = 3000,
): Promise<DecidedFact | undefined> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const decided = await decidedFact(ledger, subscription, id);
    if (decided || performance.now() >= deadline) return decided;
    await sleep(25);
  }
}
