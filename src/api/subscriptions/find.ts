/** Looks up a subscription, or says that there is none. */
import type { Ledger } from '../../ledger/database.ts';
import { subscriptionById } from '../../ledger/queries/subscriptions.ts';
import { Problem } from '../problems.ts';
import type { SubscriptionRow } from './lives.ts';

/** @throws Problem `unknown-subscription` */
export async function subscriptionOf(ledger: Ledger, id: string): Promise<SubscriptionRow> {
  const row = await subscriptionById(ledger, id);
  if (!row) throw new Problem('unknown-subscription', `No subscription ${id} is enrolled.`);
  return row;
}
