/**
 * What Holdfast asks of the world outside, in its own words. Each provider in src/providers implements one of these
 * types; the activities know no other way out.
 *
 * Every function may throw: an error is retried by Temporal unless it is a {@link FinalError}.
 */
import type { Instant } from './time.ts';
import type { ChargeOutcome } from './facts.ts';

/** An error that trying again cannot mend by itself: wrong credentials, an unknown customer, an address that does not exist. */
export class FinalError extends Error {
  override name = 'FinalError';
  /** Stable word for the timeline and for code that reacts to it, such as `undeliverable` or `unknown-customer`. */
  readonly reason: string;

  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** The provider is there but refuses for now (429, 5xx, lock timeouts): wait at least `afterSeconds`, then try again. */
export class TryLaterError extends Error {
  override name = 'TryLaterError';
  readonly afterSeconds: number;

  constructor(message: string, afterSeconds: number, options?: ErrorOptions) {
    super(message, options);
    this.afterSeconds = afterSeconds;
  }
}

/** One debt for one billing cycle, as the biller needs it. */
export interface InvoiceOrder {
  /** Our id, `<subscription>/<cycle>`: it is written into the biller's metadata and found again by it. */
  id: string;
  /** The biller's own id, when it is already known. */
  reference?: string;
  /** The biller's id of the customer, such as `cus_…`. */
  customer: string;
  amountMinor: number;
  /** ISO 4217, upper case. */
  currency: string;
  /** One line that the customer reads on the invoice. */
  description: string;
}

/** The biller's view of an invoice, read now. */
export interface InvoiceTruth {
  reference: string;
  status: 'open' | 'paid' | 'void' | 'uncollectible';
  /** Where the customer can pay it; absent when nothing is to be paid. */
  payUrl?: string;
  /** Still to be paid, minor units. */
  amountDueMinor: number;
  /** The card that the latest declined attempt was made with, as the customer knows it. */
  card?: { brand: string; last4: string };
}

export interface Billing {
  /** Finds the invoice by reference or by our id, or makes it: once, however often it is asked. */
  openInvoice(order: InvoiceOrder): Promise<InvoiceTruth>;
  /**
   * Tries to collect an invoice with one instrument (absent: the customer's default at the biller). Reads the invoice first: one that is already paid is answered with
   * `paid`, one that is void or written off with `not-due`. `key` is the idempotency key of this one attempt.
   */
  charge(
    order: InvoiceOrder & { key: string; instrument?: string },
  ): Promise<{ answer: ChargeOutcome; truth: InvoiceTruth }>;
  /** Marks an open invoice as uncollectible; one that is paid meanwhile stays paid and is returned so. */
  writeOff(order: { reference: string; key: string }): Promise<InvoiceTruth>;
}

export interface Mail {
  /** Sends one mail. @throws FinalError `undeliverable` for an address that the provider will not serve. */
  send(mail: OutgoingMail): Promise<{ reference: string }>;
  /** Looks for a mail that was sent under this key: the answer to "did the call that broke off get through?" */
  find(key: string, since: Instant): Promise<{ reference: string } | undefined>;
}

export interface OutgoingMail {
  key: string;
  to: string;
  subject: string;
  html: string;
  text: string;
  /** Groups mails in the provider's statistics, such as `payment-failed`. */
  tag: string;
}

export interface Sms {
  /** Sends one text. @throws FinalError `undeliverable` for a number that opted out or cannot be texted. */
  send(sms: OutgoingSms): Promise<{ reference: string }>;
  /** Looks for this very text to this number since a moment: Twilio keeps no metadata to search by. */
  find(sms: OutgoingSms, since: Instant): Promise<{ reference: string } | undefined>;
}

export interface OutgoingSms {
  key: string;
  /** E.164. */
  to: string;
  body: string;
}
