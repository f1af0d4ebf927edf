/** Turns an event of Stripe's into facts that are true now, not when the event was written. */
import type Stripe from 'stripe';
import type { Fact, FactBody } from '../../core/facts.ts';
import type { SubscriptionId } from '../../core/subscription.ts';
import { instant } from '../../core/time.ts';
import { fromStripe } from './amounts.ts';
import { idOf, received } from './client.ts';
import { declineOf } from './declines.ts';
import { inOurWords } from './errors.ts';
import { OUR_INVOICE, OUR_SUBSCRIPTION, readInvoice } from './invoices.ts';
import { paymentOf } from './payments.ts';
import type { StripeEvent } from './webhooks.ts';

/** A fact and the subscription whose life it belongs to. */
export interface ToldFact {
  subscription: SubscriptionId;
  fact: Fact;
}

/** Everything of ours at Stripe that hangs on a customer, `cus_…`. */
export type SubscriptionsOf = (customer: string) => Promise<SubscriptionId[]>;

/**
 * The facts behind an event. What the event is about is read again, so that late, repeated and disordered deliveries
 * tell what is true now; and a fact's id says what happened, so that telling it twice changes nothing.
 * An event that is not of interest, or about an invoice that is not ours, gives none.
 * @throws FinalError | TryLaterError
 */
export async function factsFromStripe(
  stripe: Stripe,
  event: StripeEvent,
  subscriptionsOf: SubscriptionsOf,
): Promise<ToldFact[]> {
  const { objectId } = event;
  if (objectId === undefined) return [];
  return inOurWords(async () => {
    switch (event.type) {
      case 'invoice.paid':
      case 'invoice.payment_failed':
        return invoiceFacts(await readInvoice(stripe, objectId), event);
      case 'customer.updated':
        return event.defaultChanged ? replaced(await defaultMethod(stripe, objectId), event, subscriptionsOf) : [];
      case 'payment_method.attached':
        return replaced(await attachedMethod(stripe, objectId), event, subscriptionsOf);
      default:
        return [];
    }
  });
}

/** A failure that has been paid since is told as the payment; a payment that is no longer one is not told at all. */
function invoiceFacts(invoice: Stripe.Invoice, event: StripeEvent): ToldFact[] {
  const subscription = invoice.metadata?.[OUR_SUBSCRIPTION];
  if (!subscription) return [];
  const fact =
    invoice.status === 'paid'
      ? succeeded(invoice, event)
      : event.type === 'invoice.payment_failed'
        ? failed(invoice, event)
        : undefined;
  return fact ? [{ subscription: subscription as SubscriptionId, fact }] : [];
}

function succeeded(invoice: Stripe.Invoice, event: StripeEvent): Fact {
  const { reference } = paymentOf(invoice);
  const paidAt = invoice.status_transitions.paid_at;
  const currency = invoice.currency.toUpperCase();
  return {
    id: `stripe:invoice.paid:${reference}`,
    at: paidAt ? instant(paidAt * 1000) : event.created,
    kind: 'paymentSucceeded',
    ...ourInvoice(invoice),
    money: { amountMinor: fromStripe(invoice.amount_paid, currency), currency },
    by: 'customer',
    reference,
  };
}

/** Whether it was our own attempt, core knows: it has the reference from the attempt's answer. */
function failed(invoice: Stripe.Invoice, event: StripeEvent): Fact | undefined {
  const { reference, intent } = paymentOf(invoice);
  if (!intent?.last_payment_error) return undefined;
  const attempt = intent.last_payment_error.charge ?? reference;
  return {
    id: `stripe:invoice.payment_failed:${attempt}`,
    at: event.created,
    kind: 'paymentFailed',
    ...ourInvoice(invoice),
    decline: declineOf(intent.last_payment_error),
    by: 'customer',
    reference: attempt,
  };
}

function ourInvoice(invoice: Stripe.Invoice): { invoice?: string } {
  const id = invoice.metadata?.[OUR_INVOICE];
  return id ? { invoice: id } : {};
}

interface MethodInUse {
  customer: string;
  instrument: string;
}

async function defaultMethod(stripe: Stripe, id: string): Promise<MethodInUse | undefined> {
  const customer = received('customer', await stripe.customers.retrieve(id));
  const instrument = customer.deleted ? undefined : idOf(customer.invoice_settings.default_payment_method);
  return instrument ? { customer: id, instrument } : undefined;
}

async function attachedMethod(stripe: Stripe, id: string): Promise<MethodInUse | undefined> {
  const method = received('payment_method', await stripe.paymentMethods.retrieve(id));
  const customer = idOf(method.customer);
  return customer ? { customer, instrument: id } : undefined;
}

/** The moment is part of the id: a customer may go from one card to another and back. */
async function replaced(
  method: MethodInUse | undefined,
  event: StripeEvent,
  subscriptionsOf: SubscriptionsOf,
): Promise<ToldFact[]> {
  if (!method) return [];
  const body: FactBody = { kind: 'paymentMethodReplaced', instrument: method.instrument };
  const fact: Fact = { id: `stripe:${event.type}:${method.instrument}:${event.created}`, at: event.created, ...body };
  return (await subscriptionsOf(method.customer)).map((subscription) => ({ subscription, fact }));
}
