/** Money through the biller: charge attempts and write-offs. */
import type { EffectOf } from '../src/core/effects.ts';
import type { ChargeOutcome, FactBody, FactOf } from '../src/core/facts.ts';
import type { Billing, InvoiceOrder, InvoiceTruth } from '../src/core/ports.ts';
import type { InvoiceId } from '../src/core/subscription.ts';
import type { Money } from '../src/core/money.ts';
import type { Ledger } from '../src/ledger/database.ts';
import { invoiceById, rememberInvoice } from '../src/ledger/queries/invoices.ts';
import { personOf } from '../src/ledger/queries/subscriptions.ts';
import { once } from './once.ts';

/** A fact that an effect taught; the workflow adds the moment on the customer's life. */
export type Learned<K extends FactBody['kind'] = FactBody['kind']> = Omit<FactOf<K>, 'at'>;

export function billingActivities(ledger: Ledger, billing: Billing) {
  return {
    /** Tries to collect an invoice. A try that broke off is repeated under its own key, which the biller answers alike. */
    async charge(effect: EffectOf<'charge'>): Promise<Learned<'chargeAnswered'>> {
      const { key, step, subscription, invoice, money, instrument } = effect;
      const attempt = async () => {
        const order = await orderFor(ledger, subscription, invoice, money);
        const { answer, truth } = await billing.charge({ ...order, key, ...(instrument && { instrument }) });
        await rememberInvoice(ledger, subscription, invoice, truth);
        return { result: answer, ...('reference' in answer && { reference: answer.reference }) };
      };
      const answer = await once<ChargeOutcome>(ledger, effect, attempt);
      return { kind: 'chargeAnswered', id: `${key}/answer`, attempt: step, invoice, answer };
    },

    /** Gives an unpaid invoice up, unless it turns out to be paid. */
    async writeOff(effect: EffectOf<'writeOff'>): Promise<Learned<'writeOffAnswered'>> {
      const { key, subscription, invoice } = effect;
      const giveUp = async () => {
        const known = await invoiceById(ledger, invoice);
        // An invoice that the biller was never asked to make needs no giving up there.
        if (!known) return { result: { status: 'uncollectible' as const } };
        const truth: InvoiceTruth = await billing.writeOff({ reference: known.reference, key });
        await rememberInvoice(ledger, subscription, invoice, truth);
        return {
          result: { status: truth.status === 'paid' ? ('paid' as const) : ('uncollectible' as const) },
          reference: truth.reference,
        };
      };
      const { status } = await once(ledger, effect, giveUp);
      return { kind: 'writeOffAnswered', id: `${key}/answer`, invoice, status };
    },
  };
}

async function orderFor(ledger: Ledger, subscription: string, invoice: InvoiceId, money: Money): Promise<InvoiceOrder> {
  const { billing_customer: customer, plan_name: description } = await personOf(ledger, subscription);
  const known = await invoiceById(ledger, invoice);
  return { id: invoice, customer, ...money, description, ...(known && { reference: known.reference }) };
}
