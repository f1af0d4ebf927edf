/** The payment behind an invoice: since 2025 an invoice no longer names it itself but lists its payments. */
import type Stripe from 'stripe';
import { idOf } from './client.ts';

export interface InvoicePayment {
  /** The id of the latest attempt (`ch_…`); of the payment when no attempt has one. */
  reference: string;
  /** Absent for what was paid outside Stripe. */
  intent?: Stripe.PaymentIntent;
}

/** The payment that paid the invoice, or the one by which it is to be paid. Needs an invoice as `readInvoice` reads it. */
export function paymentOf(invoice: Stripe.Invoice): InvoicePayment {
  const payments = invoice.payments?.data ?? [];
  const chosen =
    payments.find((payment) => payment.status === 'paid') ??
    payments.find((payment) => payment.is_default) ??
    payments.at(-1);
  // An invoice over nothing, or one that a credit balance covered, is paid without a payment.
  if (!chosen) return { reference: invoice.id };
  const { payment_intent: intent, charge, payment_record: record } = chosen.payment;
  if (intent && typeof intent !== 'string') return { reference: attemptOf(intent), intent };
  return { reference: idOf(intent) ?? idOf(charge) ?? idOf(record) ?? chosen.id };
}

/** The charge is new for every attempt; the payment intent stays the same through all of them. */
export function attemptOf(intent: Stripe.PaymentIntent): string {
  return idOf(intent.latest_charge) ?? intent.id;
}
