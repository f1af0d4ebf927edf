/**
 * Invoices and what stands on them. The sandbox collects when it is asked to and never by itself: `auto_advance` is
 * kept but starts nothing.
 */
import { z } from 'zod';
import { stripeId } from '../ids.ts';
import type { Customer, Invoice, PaymentMethod } from '../tables.ts';
import { type Answer, type Call, chargingEndpoint, endpoint, nowFor, ok } from './call.ts';
import { refuse } from './errors.ts';
import { expandAll } from './expand.ts';
import { ownCustomer, ownInvoice } from './find.ts';
import { collect, finalize, markUncollectible, save, settleOutOfBand, voidInvoice } from './invoice-state.ts';
import { addPendingItems } from './invoice-items.ts';
import { createdWithin, listOf } from './lists.ts';
import { bool, created, currency, expand, int, listing, mergeMetadata, metadata, text } from './params.ts';
import { ownPaymentMethod, usablePaymentMethod } from './payment-methods.ts';
import { presentInvoice } from './present.ts';

const collection = z.enum(['charge_automatically', 'send_invoice']);
const createParams = z.strictObject({
  customer: text,
  auto_advance: bool.optional(),
  collection_method: collection.optional(),
  currency: currency.optional(),
  days_until_due: int.optional(),
  default_payment_method: text.optional(),
  description: text.optional(),
  due_date: int.optional(),
  footer: text.optional(),
  metadata: metadata.optional(),
  pending_invoice_items_behavior: z.enum(['exclude', 'include']).optional(),
  expand,
});
const payParams = z.strictObject({
  payment_method: text.optional(),
  off_session: bool.optional(),
  paid_out_of_band: bool.optional(),
  expand,
});
const listParams = z.strictObject({
  ...listing,
  created,
  customer: text.optional(),
  collection_method: collection.optional(),
  status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
});
const plain = z.strictObject({ expand });

export const invoiceEndpoints = [
  endpoint('post', '/invoices', createParams, (call, params) => {
    const customer = ownCustomer(call, params.customer, 'customer');
    const chosen = params.default_payment_method;
    if (chosen) ownPaymentMethod(call, chosen, customer.id, 'default_payment_method');
    const draft = newInvoice(call, customer, params);
    const include = params.pending_invoice_items_behavior === 'include';
    const invoice = save(call, include ? addPendingItems(call, draft) : draft, 'invoice.created');
    return shown(call, invoice, params.expand);
  }),
  endpoint('get', '/invoices/:id', plain, (call, params, id) => shown(call, ownInvoice(call, id), params.expand)),
  endpoint('get', '/invoices', listParams, (call, params) => {
    const rows = call.store
      .all('invoice')
      .filter((invoice) => params.customer === undefined || invoice.customer === params.customer)
      .filter((invoice) => params.status === undefined || invoice.status === params.status)
      .filter((invoice) => (params.collection_method ?? invoice.collection_method) === invoice.collection_method)
      .filter((invoice) => createdWithin(invoice.created, params.created))
      .map((invoice) => presentInvoice(call, invoice));
    return listOf(call, '/v1/invoices', rows, params);
  }),
  endpoint(
    'post',
    '/invoices/:id/finalize',
    z.strictObject({ auto_advance: bool.optional(), expand }),
    (call, params, id) => {
      const invoice = ownInvoice(call, id);
      const auto_advance = params.auto_advance ?? invoice.auto_advance ?? false;
      return shown(call, finalize(call, { ...invoice, auto_advance }), params.expand);
    },
  ),
  chargingEndpoint('/invoices/:id/pay', payParams, (call, params, id) => pay(call, ownInvoice(call, id), params)),
  endpoint('post', '/invoices/:id/void', plain, (call, params, id) =>
    shown(call, voidInvoice(call, ownInvoice(call, id)), params.expand),
  ),
  endpoint('post', '/invoices/:id/mark_uncollectible', plain, (call, params, id) =>
    shown(call, markUncollectible(call, ownInvoice(call, id)), params.expand),
  ),
];

function pay(call: Call, invoice: Invoice, params: z.output<typeof payParams>): Answer {
  if (params.paid_out_of_band) return ok(shown(call, settleOutOfBand(call, invoice), params.expand));
  // Asked first, so that a paid invoice is said to be paid even when its customer has no card any more.
  if (invoice.status === 'paid') refuse('Invoice is already paid');
  const method = methodFor(call, invoice, params.payment_method);
  const tried = collect(call, invoice, method, { customerPresent: params.off_session === false });
  if (tried.error) return { status: 402, body: tried.error };
  return ok(shown(call, tried.invoice, params.expand), tried.afterMs);
}

function methodFor(call: Call, invoice: Invoice, given: string | undefined): PaymentMethod {
  const customer = ownCustomer(call, invoice.customer as string);
  const chosen = given ?? invoice.default_payment_method ?? customer.invoice_settings.default_payment_method;
  if (typeof chosen === 'string') return usablePaymentMethod(call, chosen, customer.id);
  refuse(
    'There is no `default_payment_method` set on this Customer or Invoice. Please set either one of these attributes and try again.',
  );
}

function shown(call: Call, invoice: Invoice, paths: string[] | undefined): Invoice {
  return expandAll(call, presentInvoice(call, invoice), paths);
}

function newInvoice(call: Call, customer: Customer, params: z.output<typeof createParams>): Invoice {
  const now = nowFor(call, customer.id);
  const method = params.collection_method ?? 'charge_automatically';
  if (params.due_date !== undefined && params.due_date < now) {
    refuse('The due date must be in the future.', { param: 'due_date' });
  }
  const due = params.due_date ?? (params.days_until_due === undefined ? null : now + params.days_until_due * 86_400);
  if (method === 'send_invoice' && due === null) {
    refuse(
      'When creating an invoice with `collection_method` set to `send_invoice`, specify `days_until_due` or `due_date`.',
      {
        param: 'days_until_due',
      },
    );
  }
  if (method === 'charge_automatically' && due !== null) {
    refuse('You can only specify `days_until_due` or `due_date` if `collection_method` is `send_invoice`.', {
      param: params.due_date === undefined ? 'days_until_due' : 'due_date',
    });
  }
  return {
    ...blankInvoice(customer, now, params.currency ?? customer.currency ?? 'eur'),
    auto_advance: params.auto_advance ?? false,
    collection_method: method,
    default_payment_method: params.default_payment_method ?? null,
    description: params.description ?? null,
    due_date: due,
    footer: params.footer ?? null,
    metadata: mergeMetadata(null, params.metadata),
  };
}

function blankInvoice(customer: Customer, now: number, currency: string): Invoice {
  const id = stripeId('in');
  return {
    id,
    object: 'invoice',
    account_country: 'IT',
    account_name: 'Sandbox',
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: 'manual',
    collection_method: 'charge_automatically',
    created: now,
    currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: { object: 'list', data: [], has_more: false, url: `/v1/invoices/${id}/lines` },
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: now,
    period_start: now,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: customer.test_clock ?? null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  };
}
