/** Holds our debt as an invoice at Stripe: one for each billing cycle, found again by our id, mended when a crash left it half made. */
import type Stripe from 'stripe';
import type { InvoiceOrder, InvoiceTruth } from '../../core/ports.ts';
import { notAnAnswer } from '../errors.ts';
import { fromStripe, toStripe } from './amounts.ts';
import { received } from './client.ts';
import { once } from './once.ts';
import { paymentOf } from './payments.ts';

/** Where our ids stand in the metadata of an invoice. */
export const OUR_INVOICE = 'holdfast_invoice';
export const OUR_SUBSCRIPTION = 'holdfast_subscription';

/** An invoice tells of its payments only when asked to: Stripe's limit of four levels just reaches the payment intent. */
const WITH_PAYMENTS = { expand: ['payments.data.payment.payment_intent'] };

const STATUSES = ['open', 'paid', 'void', 'uncollectible'] as const;

/** The invoice as it is now, with its payments. */
export async function readInvoice(stripe: Stripe, reference: string): Promise<Stripe.Invoice> {
  return received('invoice', await stripe.invoices.retrieve(reference, WITH_PAYMENTS));
}

/**
 * The finalised invoice of an order. Making it takes three calls (draft, item, finalise) and any of them may be the last
 * before a crash, so each looks at what is there before it adds what is missing.
 */
export async function theInvoice(stripe: Stripe, order: InvoiceOrder): Promise<Stripe.Invoice> {
  const reference = order.reference ?? (await findReference(stripe, order));
  const invoice = reference ? await readInvoice(stripe, reference) : await draft(stripe, order);
  if (invoice.status !== 'draft') return invoice;
  if (invoice.lines.data.length === 0) await addItem(stripe, order, invoice.id);
  return finalise(stripe, order, invoice.id);
}

/** What the ports say of an invoice. @throws TryLaterError for a draft, which is only seen when somebody else works on it. */
export function truthOf(invoice: Stripe.Invoice): InvoiceTruth {
  const { id, currency, amount_remaining, hosted_invoice_url } = invoice;
  const status = STATUSES.find((known) => known === invoice.status);
  if (!status) throw notAnAnswer('Stripe');
  return {
    reference: id,
    status,
    amountDueMinor: status === 'open' ? fromStripe(amount_remaining, currency) : 0,
    ...(status === 'open' && hosted_invoice_url && { payUrl: hosted_invoice_url }),
    ...declinedCard(invoice),
  };
}

function declinedCard(invoice: Stripe.Invoice): Pick<InvoiceTruth, 'card'> {
  const card = paymentOf(invoice).intent?.last_payment_error?.payment_method?.card;
  return card?.last4 ? { card: { brand: card.brand, last4: card.last4 } } : {};
}

/** By list and not by search: Stripe's search lags up to a minute behind, and in that minute a second invoice would be made. */
async function findReference(stripe: Stripe, order: InvoiceOrder): Promise<string | undefined> {
  for (let after: string | undefined, more = true; more;) {
    const query = { customer: order.customer, limit: 100, ...(after && { starting_after: after }) };
    const page = received('list', await stripe.invoices.list(query));
    const found = page.data.find((invoice) => invoice.metadata?.[OUR_INVOICE] === order.id);
    if (found) return found.id;
    after = page.data.at(-1)?.id;
    more = page.has_more && after !== undefined;
  }
  return undefined;
}

async function draft(stripe: Stripe, order: InvoiceOrder): Promise<Stripe.Invoice> {
  const params: Stripe.InvoiceCreateParams = {
    customer: order.customer,
    currency: order.currency.toLowerCase(),
    collection_method: 'charge_automatically',
    // When and whether to try is Holdfast's to decide: Stripe's own retries would come on top of the plan.
    auto_advance: false,
    description: order.description,
    metadata: { [OUR_INVOICE]: order.id, [OUR_SUBSCRIPTION]: order.id.slice(0, order.id.lastIndexOf('/')) },
  };
  return received('invoice', await once(`${order.id}/invoice`, (options) => stripe.invoices.create(params, options)));
}

async function addItem(stripe: Stripe, order: InvoiceOrder, invoice: string): Promise<void> {
  const params: Stripe.InvoiceItemCreateParams = {
    invoice,
    customer: order.customer,
    amount: toStripe(order.amountMinor, order.currency),
    currency: order.currency.toLowerCase(),
    description: order.description,
  };
  received('invoiceitem', await once(`${order.id}/item`, (options) => stripe.invoiceItems.create(params, options)));
}

async function finalise(stripe: Stripe, order: InvoiceOrder, invoice: string): Promise<Stripe.Invoice> {
  const params = { auto_advance: false, ...WITH_PAYMENTS };
  return received(
    'invoice',
    await once(`${order.id}/finalize`, (options) => stripe.invoices.finalizeInvoice(invoice, params, options)),
  );
}
