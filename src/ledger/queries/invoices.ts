/** Invoices: what the biller calls them and where they can be paid. */
import type { InvoiceTruth } from '../../core/ports.ts';
import type { Ledger } from '../database.ts';

export async function rememberInvoice(
  ledger: Ledger,
  subscription: string,
  id: string,
  { reference, payUrl }: InvoiceTruth,
): Promise<void> {
  const known = { reference, pay_url: payUrl ?? null };
  await ledger
    .insertInto('invoices')
    .values({ id, subscription_id: subscription, ...known })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(known))
    .execute();
}

export async function invoiceById(ledger: Ledger, id: string) {
  return ledger.selectFrom('invoices').select(['reference', 'pay_url']).where('id', '=', id).executeTakeFirst();
}
