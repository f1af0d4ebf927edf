/** Does an effect at most once: claimed in the ledger before, confirmed after, looked up when a crash left it open. */
import type { Effect } from '../src/core/effects.ts';
import type { Instant } from '../src/core/time.ts';
import { instant } from '../src/core/time.ts';
import type { Ledger } from '../src/ledger/database.ts';
import { claimEffect, confirmEffect } from '../src/ledger/queries/effects.ts';

export interface Done<T extends object> {
  result: T;
  /** The provider's id of what was done. */
  reference?: string;
}

/**
 * @param perform does it.
 * @param lookUp asks the provider whether an earlier try got through; only called when one may have. Absent where
 *   doing it again is doing it once, by its key or its fixed id.
 */
export async function once<T extends object>(
  ledger: Ledger,
  effect: Effect,
  perform: () => Promise<Done<T>>,
  lookUp?: (since: Instant) => Promise<Done<T> | undefined>,
): Promise<T> {
  const claim = await claimEffect(ledger, effect);
  // What was confirmed is of the type that the same effect confirmed.
  if (claim.state === 'done') return claim.result as T;
  const earlier = claim.state === 'open' ? await lookUp?.(claim.since) : undefined;
  const { result, reference } = earlier ?? (await perform());
  await confirmEffect(ledger, effect.key, result, reference, instant(Date.now()));
  return result;
}
