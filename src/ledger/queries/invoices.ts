/** Invoices: what the biller calls them, where they can be paid, and which card was declined last. */
import type { InvoiceTruth } from '../../core/ports.ts';
import type { Ledger } from '../database.ts';

export async function rememberInvoice(
  ledger: Ledger,
  subscription: string,
  id: string,
  { reference, payUrl, card }: InvoiceTruth,
): Promise<void> {
  const known = {
    reference,
    pay_url: payUrl ?? null,
    card_brand: card?.brand ?? null,
    card_last4: card?.last4 ?? null,
  };
  await ledger
    .insertInto('invoices')
    .values({ id, subscription_id: subscription, ...known })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(known))
    .execute();
}

export async function invoiceById(ledger: Ledger, id: string) {
  return ledger.selectFrom('invoices').selectAll().where('id', '=', id).executeTakeFirst();
}
