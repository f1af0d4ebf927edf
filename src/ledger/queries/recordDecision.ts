/** Records one decision: at most once under (subscription, number), with the facts that it decided. */
import type { Decision } from '../../core/decide.ts';
import type { Fact } from '../../core/facts.ts';
import type { Instant } from '../../core/time.ts';
import type { Ledger } from '../database.ts';

export interface RecordedDecision {
  decision: Decision;
  /** Ids of the facts that this decision has dealt with, told-before ones included. */
  decided: string[];
}

/**
 * Makes and writes the decision, or returns the one that was written under this number: a retry after a crash must not
 * decide a second time, even when more facts are known by then.
 *
 * @param make decides on the facts that no earlier decision has dealt with.
 */
export async function recordDecision(
  ledger: Ledger,
  at: { subscription: string; number: number; now: Instant },
  facts: Fact[],
  make: (fresh: Fact[]) => Decision,
): Promise<RecordedDecision> {
  return ledger.transaction().execute(async (tx) => {
    // Orders concurrent tries of the same decision; the row is there since enrolment.
    await tx
      .selectFrom('subscriptions')
      .select('id')
      .where('id', '=', at.subscription)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const written = await tx
      .selectFrom('decisions')
      .select(['decision', 'facts'])
      .where('subscription_id', '=', at.subscription)
      .where('number', '=', at.number)
      .executeTakeFirst();
    if (written) return { decision: written.decision, decided: written.facts };
    const fresh = await notDecidedBefore(tx, at.subscription, facts);
    const decision = make(fresh);
    const decided = facts.map(({ id }) => id);
    await insert(tx, at, fresh, decided, decision);
    return { decision, decided };
  });
}

async function notDecidedBefore(tx: Ledger, subscription: string, facts: Fact[]): Promise<Fact[]> {
  if (facts.length === 0) return [];
  const known = await tx
    .selectFrom('facts')
    .select('id')
    .where('subscription_id', '=', subscription)
    .where(
      'id',
      'in',
      facts.map(({ id }) => id),
    )
    .execute();
  const seen = new Set(known.map(({ id }) => id));
  return facts.filter(({ id }) => !seen.has(id) && seen.add(id));
}

async function insert(
  tx: Ledger,
  at: { subscription: string; number: number; now: Instant },
  fresh: Fact[],
  decided: string[],
  decision: Decision,
): Promise<void> {
  const { state, view } = decision;
  await tx
    .insertInto('decisions')
    .values({
      subscription_id: at.subscription,
      number: at.number,
      at: at.now,
      facts: JSON.stringify(decided),
      decision: JSON.stringify(decision),
    })
    .execute();
  if (fresh.length > 0) {
    await tx
      .insertInto('facts')
      .values(
        fresh.map((fact) => ({
          subscription_id: at.subscription,
          id: fact.id,
          decision: at.number,
          at: fact.at,
          kind: fact.kind,
          body: JSON.stringify(fact),
        })),
      )
      .execute();
  }
  await tx
    .updateTable('subscriptions')
    .set({
      decision: at.number,
      state: JSON.stringify(state),
      standing: view.standing,
      access: view.access,
      collection: view.collection,
      next_at: view.next?.at ?? null,
      amount_at_risk_minor: view.amountAtRiskMinor,
    })
    .where('id', '=', at.subscription)
    .execute();
}
