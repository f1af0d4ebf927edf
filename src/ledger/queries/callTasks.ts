/** Call tasks as agents and the API see them; the workflow of each task holds the truth, this is its record. */
import type { EffectOf } from '../../core/effects.ts';
import type { CallOutcome } from '../../core/facts.ts';
import type { CivilDate, Instant } from '../../core/time.ts';
import type { Ledger } from '../database.ts';

export async function insertCallTask(
  ledger: Ledger,
  { subscription, at, task }: EffectOf<'openCallTask'>,
): Promise<void> {
  await ledger
    .insertInto('call_tasks')
    .values({
      id: task.id,
      subscription_id: subscription,
      case: task.case,
      n: task.n,
      invoice_id: task.invoice,
      amount_minor: task.money.amountMinor,
      currency: task.money.currency,
      decline_code: task.declineCode ?? null,
      opened_at: at,
      due_at: task.dueAt,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

export type CallTaskClosing =
  { status: 'completed'; outcome: CallOutcome; promisedFor?: CivilDate } | { status: 'withdrawn' };

/** Closes an open task; one that is closed stays as it is. */
export async function closeCallTaskRow(
  ledger: Ledger,
  id: string,
  closing: CallTaskClosing,
  at: Instant,
): Promise<void> {
  const completed =
    closing.status === 'completed' ? { outcome: closing.outcome, promised_for: closing.promisedFor ?? null } : {};
  await ledger
    .updateTable('call_tasks')
    .set({ status: closing.status, closed_at: at, ...completed })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .execute();
}

export async function addCallNote(ledger: Ledger, task: string, note: string): Promise<void> {
  await ledger.insertInto('call_notes').values({ call_task_id: task, note }).execute();
}

export async function callTaskById(ledger: Ledger, id: string) {
  return callTasks(ledger).where('call_tasks.id', '=', id).executeTakeFirst();
}

/** Tasks of one status, the soonest due first. */
export async function callTasksByDueTime(ledger: Ledger, status: 'open' | 'completed' | 'withdrawn', limit: number) {
  return callTasks(ledger)
    .where('call_tasks.status', '=', status)
    .orderBy('call_tasks.due_at')
    .orderBy('call_tasks.id')
    .limit(limit)
    .execute();
}

function callTasks(ledger: Ledger) {
  return ledger
    .selectFrom('call_tasks')
    .innerJoin('subscriptions', 'subscriptions.id', 'call_tasks.subscription_id')
    .innerJoin('customers', 'customers.id', 'subscriptions.customer_id')
    .selectAll('call_tasks')
    .select([
      'customers.id as customer_id',
      'customers.name as customer_name',
      'customers.phone as customer_phone',
      'subscriptions.terms',
    ]);
}
