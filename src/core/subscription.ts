/** The terms of a subscription: what enrolment settles and what no history, however public, may not carry. */
import type { CivilDate, IntervalUnit, Zone } from './time.ts';
import type { Money } from './money.ts';

declare const kind: unique symbol;

export type SubscriptionId = string & { readonly [kind]: 'subscription' };
/** `<subscription>/<cycle that it pays for>`. */
export type InvoiceId = string & { readonly [kind]: 'invoice' };

/** A way to reach a person. Each is a stage of escalation; a subscription lists those that exist and may be used. */
export type Channel = 'mail' | 'sms' | 'call';

export interface BillingInterval {
  every: number;
  unit: IntervalUnit;
}

export interface Plan {
  id: string;
  price: Money;
  interval: BillingInterval;
}

/** What decisions need to know of the person and the contract: ids, codes and places, never names or addresses. */
export interface Terms {
  subscription: SubscriptionId;
  customer: string;
  /** IANA zone in which the customer's days and hours are counted. */
  zone: Zone;
  /** BCP 47 language of messages, such as `en`. */
  language: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  channels: Channel[];
  plan: Plan;
  /** The first renewal that Holdfast looks after; later ones are counted from it, so that the 31st is kept. */
  firstRenewalOn: CivilDate;
  /** Id of the policy; the version in force is pinned when a case opens. */
  policy: string;
}

/** The invoice that pays for a billing cycle. */
export function invoiceId(subscription: SubscriptionId, cycle: number): InvoiceId {
  return `${subscription}/${cycle}` as InvoiceId;
}

/** The billing cycle that an invoice pays for, or undefined when the id is not one of this subscription's. */
export function cycleOfInvoice(subscription: SubscriptionId, invoice: string): number | undefined {
  const cycle = invoice.startsWith(`${subscription}/`) ? Number(invoice.slice(subscription.length + 1)) : NaN;
  return Number.isInteger(cycle) && cycle > 1 ? cycle : undefined;
}
