/** Effects: claimed before they are tried, confirmed after, so that a crash between leaves a trace to look up. */
import { sql } from 'kysely';
import type { Effect } from '../../core/effects.ts';
import type { Instant } from '../../core/time.ts';
import type { Ledger } from '../database.ts';

/** `fresh`: nobody tried before. `open`: somebody did and it is not known what came of it. */
export type Claim = { state: 'fresh' } | { state: 'open'; since: Instant } | { state: 'done'; result: object };

export async function claimEffect(ledger: Ledger, effect: Effect): Promise<Claim> {
  const { key, subscription, kind, at } = effect;
  const claimed = await ledger
    .insertInto('effects')
    .values({ key, subscription_id: subscription, kind, at, request: JSON.stringify(effect) })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .executeTakeFirst();
  if (claimed) return { state: 'fresh' };
  const { result, written_at } = await ledger
    .selectFrom('effects')
    .select(['result', 'written_at'])
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  return result ? { state: 'done', result } : { state: 'open', since: written_at };
}

export async function confirmEffect(
  ledger: Ledger,
  key: string,
  result: object,
  reference: string | undefined,
  at: Instant,
): Promise<void> {
  await ledger
    .updateTable('effects')
    .set({ result: JSON.stringify(result), reference: reference ?? null, done_at: at })
    .where('key', '=', key)
    .execute();
}

/** Our charge attempts on an invoice: whether one is under way, and the biller's ids of those that were answered. */
export async function chargesOf(ledger: Ledger, invoice: string): Promise<{ underWay: boolean; references: string[] }> {
  const rows = await ledger
    .selectFrom('effects')
    .select(['reference', sql<boolean>`result is null`.as('open')])
    .where('kind', '=', 'charge')
    .where(sql`request ->> 'invoice'`, '=', invoice)
    .execute();
  return { underWay: rows.some(({ open }) => open), references: rows.flatMap(({ reference }) => reference ?? []) };
}
