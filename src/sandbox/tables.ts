/** The sandbox's tables. Stripe's objects are typed by Stripe's own library, so that tsc checks their shape. */
import type Stripe from 'stripe';
import type { Store } from './store.ts';

export type Customer = Stripe.Customer;
export type PaymentMethod = Stripe.PaymentMethod;
export type PaymentIntent = Stripe.PaymentIntent;
export type Charge = Stripe.Charge;
export type Refund = Stripe.Refund;
export type SetupIntent = Stripe.SetupIntent;
export type TestClock = Stripe.TestHelpers.TestClock;
export type InvoicePayment = Stripe.InvoicePayment;

// On the wire decimals are text; only the library turns them into objects.
export type InvoiceItem = Omit<Stripe.InvoiceItem, 'quantity_decimal' | 'pricing'> & {
  quantity_decimal: string;
  pricing: null;
};
export type InvoiceLine = Omit<Stripe.InvoiceLineItem, 'quantity_decimal' | 'pricing'> & {
  quantity_decimal: string | null;
  pricing: null;
};

export interface List<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
}

/** As stored: the hosted page is a path here, since the sandbox may come back on another port. */
export type Invoice = Omit<Stripe.Invoice, 'lines' | 'payments'> & { lines: List<InvoiceLine> };

export interface Event {
  id: string;
  object: 'event';
  api_version: string;
  created: number;
  data: { object: object; previous_attributes?: object };
  livemode: false;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: Stripe.Event.Type;
}

export interface Mail {
  id: string;
  /** Epoch milliseconds. */
  at: number;
  from: string;
  to: string[];
  cc: string[];
  bcc: string[];
  replyTo?: string | undefined;
  subject: string;
  html?: string | undefined;
  text?: string | undefined;
  tag?: string | undefined;
  stream: string;
  metadata: Record<string, string>;
}

export interface Sms {
  id: string;
  /** Epoch milliseconds. */
  at: number;
  account: string;
  from: string | null;
  service: string | null;
  to: string;
  body: string;
  segments: number;
}

export interface Tables {
  customer: Customer;
  payment_method: PaymentMethod;
  /** Which row of the bank's table stands behind a payment method. */
  card: { id: string; card: string; confirmed: boolean };
  payment_intent: PaymentIntent;
  charge: Charge;
  invoice: Invoice;
  invoiceitem: InvoiceItem;
  invoice_payment: InvoicePayment;
  refund: Refund;
  setup_intent: SetupIntent;
  test_clock: TestClock;
  event: Event;
  /** Events that the webhook endpoint has not yet taken; the id is the event's. */
  delivery: { id: string };
  idempotency: IdempotencyRecord;
  /** Payment pages; the id is the token in the address. */
  page: { id: string; invoice: string };
  mail: Mail;
  sms: Sms;
}

export interface IdempotencyRecord {
  id: string;
  /** Epoch milliseconds. */
  at: number;
  endpoint: string;
  fingerprint: string;
  request: string;
  status: number;
  body: object;
}

export type SandboxStore = Store<Tables>;
