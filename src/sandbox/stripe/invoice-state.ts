/** What can become of an invoice: draft → open → paid, void or uncollectible. */
import { type ChargeTry, charge } from './charging.ts';
import { pageToken, stripeId } from '../ids.ts';
import type { Invoice, InvoicePayment, PaymentIntent, PaymentMethod } from '../tables.ts';
import { type Call, emit, nowFor } from './call.ts';
import { refuse } from './errors.ts';
import { ownCustomer, ownIntent } from './find.ts';
import { cancelIntent, newIntent } from './payment-intents.ts';
import { presentInvoice } from './present.ts';

type InvoiceEvent =
  | 'invoice.created'
  | 'invoice.finalized'
  | 'invoice.paid'
  | 'invoice.payment_failed'
  | 'invoice.voided'
  | 'invoice.marked_uncollectible';

export function save(call: Call, invoice: Invoice, event?: InvoiceEvent): Invoice {
  call.store.put('invoice', invoice);
  if (event) emit(call, event, presentInvoice(call, invoice), nowFor(call, invoice.customer));
  return invoice;
}

/** Gives a draft its number, its payment page and its payment; one about nothing is paid at once. */
export function finalize(call: Call, draft: Invoice): Invoice {
  if (draft.status !== 'draft') {
    refuse("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: 'invoice_not_editable',
    });
  }
  const now = nowFor(call, draft.customer);
  const open = save(
    call,
    {
      ...draft,
      auto_advance: draft.auto_advance ?? false,
      automatically_finalizes_at: null,
      effective_at: now,
      ending_balance: 0,
      hosted_invoice_url: newPage(call, draft.id),
      number: nextNumber(call, draft.customer as string),
      status: 'open',
      status_transitions: { ...draft.status_transitions, finalized_at: now },
    },
    'invoice.finalized',
  );
  if (open.amount_remaining === 0) return settle(call, open, { attempted: true });
  openPayment(call, open);
  return open;
}

/** Charges what is left of an open invoice. A draft is finalized first, as at Stripe. */
export function collect(
  call: Call,
  given: Invoice,
  method: PaymentMethod,
  presence: { customerPresent: boolean },
): ChargeTry & { invoice: Invoice } {
  const invoice = given.status === 'draft' ? finalize(call, given) : given;
  refuseUnlessPayable(invoice);
  const tried = charge(call, intentOf(call, invoice), method, presence);
  // Only the first try counts here: Stripe's own later retries would, but other tries never do.
  const attempted = { attempted: true, attempt_count: Math.max(1, invoice.attempt_count) };
  if (tried.error) return { ...tried, invoice: save(call, { ...invoice, ...attempted }, 'invoice.payment_failed') };
  closePayment(call, invoice, 'paid');
  return { ...tried, invoice: settle(call, invoice, { ...attempted, amount_paid: invoice.amount_due }) };
}

/** Money that came another way: the invoice is paid and its payment intent is not needed any more. */
export function settleOutOfBand(call: Call, given: Invoice): Invoice {
  const invoice = given.status === 'draft' ? finalize(call, given) : given;
  refuseUnlessPayable(invoice);
  dropPayment(call, invoice);
  return settle(call, invoice, { amount_paid: invoice.amount_due, amount_paid_off_stripe: invoice.amount_due });
}

export function voidInvoice(call: Call, invoice: Invoice): Invoice {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') {
    refuse(`You can only void open or uncollectible invoices. This invoice is ${invoice.status}.`);
  }
  dropPayment(call, invoice);
  const transitions = { ...invoice.status_transitions, voided_at: nowFor(call, invoice.customer) };
  return save(call, { ...invoice, status: 'void', status_transitions: transitions }, 'invoice.voided');
}

export function markUncollectible(call: Call, invoice: Invoice): Invoice {
  if (invoice.status !== 'open') {
    refuse(`You can only mark open invoices as uncollectible. This invoice is ${invoice.status}.`);
  }
  const transitions = { ...invoice.status_transitions, marked_uncollectible_at: nowFor(call, invoice.customer) };
  return save(
    call,
    { ...invoice, status: 'uncollectible', status_transitions: transitions },
    'invoice.marked_uncollectible',
  );
}

function refuseUnlessPayable(invoice: Invoice): void {
  if (invoice.status === 'paid') refuse('Invoice is already paid');
  if (invoice.status === 'void') refuse('This invoice can no longer be paid because it is void.');
}

function settle(call: Call, invoice: Invoice, more: Partial<Invoice>): Invoice {
  const transitions = { ...invoice.status_transitions, paid_at: nowFor(call, invoice.customer) };
  return save(
    call,
    { ...invoice, ...more, amount_remaining: 0, status: 'paid', status_transitions: transitions },
    'invoice.paid',
  );
}

function openPayment(call: Call, invoice: Invoice): void {
  const intent = newIntent(call, {
    amount: invoice.amount_remaining,
    currency: invoice.currency,
    customer: invoice.customer,
    description: invoice.description ?? `Payment for Invoice ${invoice.number}`,
    metadata: {},
  });
  call.store.put('invoice_payment', {
    id: stripeId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_remaining,
    created: intent.created,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  });
}

function openPaymentOf(call: Call, invoice: Invoice): InvoicePayment | undefined {
  return call.store.all('invoice_payment').find((row) => row.invoice === invoice.id && row.status === 'open');
}

function intentOf(call: Call, invoice: Invoice): PaymentIntent {
  return ownIntent(call, openPaymentOf(call, invoice)!.payment.payment_intent as string);
}

function closePayment(call: Call, invoice: Invoice, status: 'paid' | 'canceled'): void {
  const payment = openPaymentOf(call, invoice);
  if (!payment) return;
  const now = nowFor(call, invoice.customer);
  const paid = status === 'paid';
  const closed: InvoicePayment = {
    ...payment,
    amount_paid: paid ? payment.amount_requested : null,
    status,
    status_transitions: { canceled_at: paid ? null : now, paid_at: paid ? now : null },
  };
  call.store.put('invoice_payment', closed);
  if (paid) emit(call, 'invoice_payment.paid', closed, now);
}

function dropPayment(call: Call, invoice: Invoice): void {
  const payment = openPaymentOf(call, invoice);
  if (!payment) return;
  cancelIntent(call, ownIntent(call, payment.payment.payment_intent as string), 'void_invoice');
  closePayment(call, invoice, 'canceled');
}

function newPage(call: Call, invoice: string): string {
  const token = pageToken();
  call.store.put('page', { id: token, invoice });
  return `/pay/${token}`;
}

function nextNumber(call: Call, customerId: string): string {
  const customer = ownCustomer(call, customerId);
  const sequence = customer.next_invoice_sequence ?? 1;
  call.store.put('customer', { ...customer, next_invoice_sequence: sequence + 1 });
  return `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`;
}
