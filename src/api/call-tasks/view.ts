/** A call task as care agents see it. */
import { readDecline, type DeclineTable } from '../../core/declines.ts';
import type { CallOutcome } from '../../core/facts.ts';
import { instant, localText } from '../../core/time.ts';
import type { callTaskById } from '../../ledger/queries/callTasks.ts';
import type { CallTask } from '../schemas/call-tasks.ts';

export type CallTaskRow = NonNullable<Awaited<ReturnType<typeof callTaskById>>>;

export function callTaskView(row: CallTaskRow, declines: DeclineTable): CallTask {
  const { zone, language } = row.terms;
  const reading = row.decline_code === null ? undefined : readDecline({ code: row.decline_code }, declines);
  return {
    id: row.id,
    subscription: row.subscription_id,
    invoice: row.invoice_id,
    number: row.n,
    status: row.status,
    amount: { amountMinor: row.amount_minor, currency: row.currency },
    ...(reading &&
      row.decline_code && { why: { code: row.decline_code, class: reading.class, meaning: reading.meaning } }),
    customer: {
      id: row.customer_id,
      name: row.customer_name,
      ...(row.customer_phone && { phone: row.customer_phone }),
      language,
      localTime: localText(instant(Date.now()), zone),
    },
    openedAt: row.opened_at,
    dueAt: row.due_at,
    dueAtLocal: localText(row.due_at, zone),
    // Only an outcome that came in through CallOutcome is ever written.
    ...(row.outcome && { outcome: row.outcome as CallOutcome }),
    ...(row.promised_for && { promisedFor: row.promised_for }),
    ...(row.closed_at && { closedAt: row.closed_at }),
  };
}
