/** Everything that happened, as the API tells it. */
import { localText, type Zone } from '../../core/time.ts';
import type { Ledger } from '../../ledger/database.ts';
import { timelineAfter, type RecordedEntry } from '../../ledger/queries/timeline.ts';
import type { TimelineAnswer, TimelineEntry } from '../schemas/subscriptions.ts';
import type { SubscriptionRow } from './lives.ts';

export async function timelineOf(
  ledger: Ledger,
  row: SubscriptionRow,
  { after, limit }: { after: number; limit: number },
): Promise<TimelineAnswer> {
  const { entries, next } = await timelineAfter(ledger, row.id, after, limit);
  return {
    subscription: row.id,
    entries: entries.map((entry) => shown(entry, row.terms.zone)),
    ...(next !== undefined && { next }),
  };
}

export async function entriesOfDecision(
  ledger: Ledger,
  row: SubscriptionRow,
  decision: number,
): Promise<TimelineEntry[]> {
  return (await timelineOf(ledger, row, { after: decision - 1, limit: 1 })).entries;
}

function shown({ at, ...entry }: RecordedEntry, zone: Zone): TimelineEntry {
  return { at, atLocal: localText(at, zone), ...entry };
}
