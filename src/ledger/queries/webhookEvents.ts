/** Webhook events as they came: kept once, whatever becomes of them, and marked when they have been dealt with. */
import type { Instant } from '../../core/time.ts';
import type { Ledger } from '../database.ts';

export interface ReceivedEvent {
  /** The provider's id, the same in every redelivery. */
  id: string;
  provider: string;
  type: string;
  raw: string;
}

/** Keeps the event if it is new, and answers whether it has been dealt with already. */
export async function keepWebhookEvent(ledger: Ledger, event: ReceivedEvent): Promise<{ processed: boolean }> {
  await ledger
    .insertInto('webhook_events')
    .values(event)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  const { processed_at } = await ledger
    .selectFrom('webhook_events')
    .select('processed_at')
    .where('id', '=', event.id)
    .executeTakeFirstOrThrow();
  return { processed: processed_at !== null };
}

export async function markWebhookEventProcessed(ledger: Ledger, id: string, at: Instant): Promise<void> {
  await ledger.updateTable('webhook_events').set({ processed_at: at }).where('id', '=', id).execute();
}
