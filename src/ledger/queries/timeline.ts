/** The timeline: every entry of every decision, in order, with what became of the effects. */
import { sql } from 'kysely';
import type { Entry } from '../../core/decide.ts';
import type { Ledger } from '../database.ts';

export interface RecordedEntry extends Omit<Entry, 'effect'> {
  /** Number of the decision that it belongs to. */
  decision: number;
  effect?: RecordedEffect;
}

export interface RecordedEffect {
  key: string;
  kind: string;
  /** `open`: asked for and not yet known to be done. */
  state: 'open' | 'done' | 'failed';
  /** The provider's id of what was done. */
  reference?: string;
}

/**
 * The entries of the decisions after a number, oldest first.
 * @param limit counts decisions, so that no decision is torn apart
 * @returns `next` is the number to go on after; absent when nothing follows
 */
export async function timelineAfter(
  ledger: Ledger,
  subscription: string,
  after: number,
  limit: number,
): Promise<{ entries: RecordedEntry[]; next?: number }> {
  const rows = await ledger
    .selectFrom('decisions')
    .select([
      'number',
      sql<Entry[]>`decision -> 'entries'`.as('entries'),
      sql<AskedEffect[]>`decision -> 'effects'`.as('effects'),
    ])
    .where('subscription_id', '=', subscription)
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const became = await whatBecameOf(
    ledger,
    subscription,
    page.flatMap(({ effects }) => effects),
  );
  const entries = page.flatMap(({ number, entries: told }) =>
    told.map(({ effect: key, ...entry }): RecordedEntry => {
      const effect = key === undefined ? undefined : became.get(key);
      return { ...entry, decision: number, ...(effect && { effect }) };
    }),
  );
  const last = page.at(-1);
  return { entries, ...(rows.length > limit && last && { next: last.number }) };
}

interface AskedEffect {
  key: string;
  kind: string;
}

async function whatBecameOf(
  ledger: Ledger,
  subscription: string,
  asked: AskedEffect[],
): Promise<Map<string, RecordedEffect>> {
  if (asked.length === 0) return new Map();
  const keys = asked.map(({ key }) => key);
  const claimed = await ledger
    .selectFrom('effects')
    .select(['key', 'reference', sql<boolean>`result is not null`.as('done')])
    .where('key', 'in', keys)
    .execute();
  const failures = await ledger
    .selectFrom('facts')
    .select(sql<string>`body ->> 'effect'`.as('key'))
    .where('subscription_id', '=', subscription)
    .where('kind', '=', 'effectFailed')
    .execute();
  const known = new Map(claimed.map((effect) => [effect.key, effect]));
  const failed = new Set(failures.map(({ key }) => key));
  return new Map(
    asked.map(({ key, kind }) => {
      const { done, reference } = known.get(key) ?? {};
      const state = done ? 'done' : failed.has(key) ? 'failed' : 'open';
      return [key, { key, kind, state, ...(reference && { reference }) }];
    }),
  );
}
