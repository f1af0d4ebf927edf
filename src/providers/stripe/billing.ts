/** Billing by Stripe: Holdfast decides when to try, Stripe holds the invoice and asks the bank. */
import Stripe from 'stripe';
import type { ChargeOutcome, Decline } from '../../core/facts.ts';
import { type Billing, FinalError, TryLaterError } from '../../core/ports.ts';
import { received, type StripeAccount, stripeClient } from './client.ts';
import { declineOf, isDecline, NO_PAYMENT_METHOD } from './declines.ts';
import { inOurWords } from './errors.ts';
import { readInvoice, theInvoice, truthOf } from './invoices.ts';
import { once } from './once.ts';
import { attemptOf, paymentOf } from './payments.ts';

type ChargeOrder = Parameters<Billing['charge']>[0];

/**
 * The billing port on one Stripe account.
 *
 * An attempt is remembered by its key for a day at Stripe: the same `charge` within that day asks the bank no second
 * time. Paid invoices are recognised for ever.
 */
export function stripeBilling(account: StripeAccount): Billing {
  const stripe = stripeClient(account);
  return {
    openInvoice: (order) => inOurWords(async () => truthOf(await theInvoice(stripe, order))),
    charge: (order) => inOurWords(() => charge(stripe, order)),
    writeOff: (order) => inOurWords(async () => truthOf(await writtenOff(stripe, order))),
  };
}

async function charge(stripe: Stripe, order: ChargeOrder): ReturnType<Billing['charge']> {
  const before = await theInvoice(stripe, order);
  const known = settled(before);
  if (known) return { answer: known, truth: truthOf(before) };

  const trouble = await pay(stripe, order, before.id);
  // The invoice has the last word, whatever the call said: the answer may be lost, replayed, or overtaken by the customer.
  const after = await readInvoice(stripe, before.id);
  const answer = settled(after) ?? (trouble ? await refusal(stripe, order, after, trouble.error) : unpaid(after));
  return { answer, truth: truthOf(after) };
}

/** Asks the bank. What goes wrong is returned, for it says nothing yet about the money. */
async function pay(stripe: Stripe, order: ChargeOrder, invoice: string): Promise<{ error: unknown } | undefined> {
  const params: Stripe.InvoicePayParams = {
    off_session: true,
    ...(order.instrument && { payment_method: order.instrument }),
  };
  try {
    received('invoice', await once(order.key, (options) => stripe.invoices.pay(invoice, params, options)));
    return undefined;
  } catch (error) {
    return { error };
  }
}

/** The answer that an invoice gives by itself, so that nobody needs to ask the bank. */
function settled(invoice: Stripe.Invoice): ChargeOutcome | undefined {
  const { reference, intent } = paymentOf(invoice);
  const { status } = truthOf(invoice);
  if (status === 'paid') return { outcome: 'paid', reference };
  if (status !== 'open') return { outcome: 'not-due', status };
  if (intent?.status === 'processing') return { outcome: 'processing', reference };
  return undefined;
}

/** Stripe took the call without an error, and yet the invoice is open: the payment says why. */
function unpaid(invoice: Stripe.Invoice): ChargeOutcome {
  const { reference, intent } = paymentOf(invoice);
  if (intent?.last_payment_error) return declined(declineOf(intent.last_payment_error), reference);
  if (intent?.status === 'requires_action') return declined({ code: 'authentication_required' }, reference);
  throw new TryLaterError('Stripe has not yet settled this payment', 30);
}

/** An error of the call as an answer, if it is one. @throws whatever it is, if it is none */
async function refusal(
  stripe: Stripe,
  order: ChargeOrder,
  invoice: Stripe.Invoice,
  error: unknown,
): Promise<ChargeOutcome> {
  if (isDecline(error)) return declined(declineOf(error), error.charge ?? attemptReference(error, invoice));
  if (await lacksInstrument(stripe, order, invoice, error)) return declined(NO_PAYMENT_METHOD, order.key);
  throw error;
}

function attemptReference(error: Stripe.errors.StripeError, invoice: Stripe.Invoice): string {
  return error.payment_intent ? attemptOf(error.payment_intent) : paymentOf(invoice).reference;
}

/** Judged by what is there and not by Stripe's sentence, which has no code of its own and changed before. */
async function lacksInstrument(
  stripe: Stripe,
  order: ChargeOrder,
  invoice: Stripe.Invoice,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return false;
  if (order.instrument) return error.param === 'payment_method';
  const customer = received('customer', await stripe.customers.retrieve(order.customer));
  if (customer.deleted) throw new FinalError('unknown-customer', 'Stripe has deleted this customer');
  const instruments = [
    invoice.default_payment_method,
    invoice.default_source,
    customer.invoice_settings.default_payment_method,
    customer.default_source,
  ];
  return instruments.every((instrument) => !instrument);
}

async function writtenOff(stripe: Stripe, order: { reference: string; key: string }): Promise<Stripe.Invoice> {
  const before = await readInvoice(stripe, order.reference);
  if (before.status !== 'open') return before;
  try {
    return received(
      'invoice',
      await once(order.key, (options) => stripe.invoices.markUncollectible(order.reference, {}, options)),
    );
  } catch (error) {
    const after = await readInvoice(stripe, order.reference);
    if (after.status !== 'open') return after;
    throw error;
  }
}

function declined(decline: Decline, reference: string): ChargeOutcome {
  return { outcome: 'declined', decline, reference };
}
