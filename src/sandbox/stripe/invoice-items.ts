/** Invoice items, the lines they become, and the payments that settle an invoice. */
import { z } from 'zod';
import { stripeId } from '../ids.ts';
import type { Invoice, InvoiceItem, InvoiceLine } from '../tables.ts';
import { type Call, endpoint, nowFor } from './call.ts';
import { noSuch, refuse } from './errors.ts';
import { expandAll } from './expand.ts';
import { ownCustomer, ownInvoice } from './find.ts';
import { createdWithin, listOf } from './lists.ts';
import { created, currency, expand, int, listing, mergeMetadata, metadata, text } from './params.ts';

const itemParams = z.strictObject({
  customer: text,
  amount: int,
  currency: currency.optional(),
  description: text.optional(),
  invoice: text.optional(),
  metadata: metadata.optional(),
  period: z.strictObject({ start: int, end: int }).optional(),
  expand,
});
const paymentsParams = z.strictObject({
  ...listing,
  created,
  invoice: text.optional(),
  payment: z.strictObject({ type: z.literal('payment_intent'), payment_intent: text.optional() }).optional(),
  status: z.enum(['canceled', 'open', 'paid']).optional(),
});

export const invoiceItemEndpoints = [
  endpoint('post', '/invoiceitems', itemParams, (call, params) => {
    ownCustomer(call, params.customer, 'customer');
    const invoice = params.invoice ? draftOf(call, params.invoice, params.customer) : undefined;
    const item = newItem(call, params, params.currency ?? invoice?.currency ?? 'eur');
    if (invoice) call.store.put('invoice', addItem(call, invoice, item));
    else call.store.put('invoiceitem', item);
    return expandAll(call, call.store.find('invoiceitem', item.id)!, params.expand);
  }),
  endpoint('get', '/invoice_payments', paymentsParams, (call, params) => {
    const intent = params.payment?.payment_intent;
    const rows = call.store
      .all('invoice_payment')
      .filter((row) => params.invoice === undefined || row.invoice === params.invoice)
      .filter((row) => params.status === undefined || row.status === params.status)
      .filter((row) => intent === undefined || row.payment.payment_intent === intent)
      .filter((row) => createdWithin(row.created, params.created));
    return listOf(call, '/v1/invoice_payments', rows, params);
  }),
  endpoint('get', '/invoice_payments/:id', z.strictObject({ expand }), (call, params, id) =>
    expandAll(call, call.store.find('invoice_payment', id) ?? noSuch('invoice_payment', id), params.expand),
  ),
];

/** Takes in the customer's items that wait for an invoice in this currency. */
export function addPendingItems(call: Call, draft: Invoice): Invoice {
  return call.store
    .all('invoiceitem')
    .filter((item) => item.invoice === null && item.customer === draft.customer && item.currency === draft.currency)
    .reduce((invoice, item) => addItem(call, invoice, item), draft);
}

function addItem(call: Call, invoice: Invoice, item: InvoiceItem): Invoice {
  if (item.currency !== invoice.currency) {
    refuse(`The currency of the invoice item (${item.currency}) differs from the invoice's (${invoice.currency}).`, {
      param: 'currency',
    });
  }
  call.store.put('invoiceitem', { ...item, invoice: invoice.id });
  const data = [...invoice.lines.data, lineOf(item, invoice.id)];
  const total = data.reduce((sum, line) => sum + line.amount, 0);
  // A negative total would become the customer's credit at Stripe; nothing is due either way.
  const due = Math.max(0, total);
  return {
    ...invoice,
    amount_due: due,
    amount_remaining: due,
    lines: { ...invoice.lines, data },
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
  };
}

function draftOf(call: Call, id: string, customer: string): Invoice {
  const invoice = ownInvoice(call, id, 'invoice');
  if (invoice.customer !== customer) refuse('The invoice belongs to another customer.', { param: 'invoice' });
  if (invoice.status === 'draft') return invoice;
  refuse('This invoice is no longer editable', { code: 'invoice_not_editable', param: 'invoice' });
}

function newItem(call: Call, params: z.output<typeof itemParams>, currency: string): InvoiceItem {
  const now = nowFor(call, params.customer);
  return {
    id: stripeId('ii'),
    object: 'invoiceitem',
    amount: params.amount,
    currency,
    customer: params.customer,
    customer_account: null,
    date: now,
    description: params.description ?? null,
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: mergeMetadata(null, params.metadata),
    net_amount: params.amount,
    parent: null,
    period: params.period ?? { start: now, end: now },
    pricing: null,
    proration: false,
    quantity: 1,
    quantity_decimal: '1',
    tax_rates: [],
    test_clock: call.store.find('customer', params.customer)?.test_clock ?? null,
  };
}

function lineOf(item: InvoiceItem, invoice: string): InvoiceLine {
  return {
    id: stripeId('il'),
    object: 'line_item',
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: item.metadata ?? {},
    parent: {
      invoice_item_details: { invoice_item: item.id, proration: false, proration_details: null, subscription: null },
      subscription_item_details: null,
      type: 'invoice_item_details',
    },
    period: item.period,
    pretax_credit_amounts: [],
    pricing: null,
    quantity: 1,
    quantity_decimal: '1',
    subscription: null,
    subtotal: item.amount,
    taxes: [],
  };
}
