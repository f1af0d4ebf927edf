/**
 * Enrols a subscription that lives at Stripe: reads what Stripe's API returns (the three files in examples/stripe stand in
 * for three calls), says it in Holdfast's words, and prints what comes next and why.
 *
 *     HOLDFAST_API_KEY=… npx tsx examples/enrol.ts
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Temporal } from 'temporal-polyfill';
import type Stripe from 'stripe';

const holdfast = process.env['HOLDFAST_URL'] ?? 'http://127.0.0.1:4000';
const key = process.env['HOLDFAST_API_KEY'] ?? '';

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./stripe/${name}.json`, import.meta.url), 'utf8'));
}

/** Stripe knows no time zone of a customer: this company keeps it in the customer's metadata. */
const defaultZone = 'Europe/Rome';

export function enrolmentOf(
  customer: Stripe.Customer,
  subscription: Stripe.Subscription,
  invoice: Stripe.Invoice,
  today: Temporal.PlainDate,
) {
  const [item] = subscription.items.data;
  if (!item?.price.recurring || item.price.unit_amount === null)
    throw new Error(`${subscription.id} has no recurring price of a fixed amount`);
  const paysFor = invoice.parent?.subscription_details?.subscription;
  if (paysFor !== subscription.id || invoice.status !== 'paid')
    throw new Error(`${invoice.id} is no paid invoice of ${subscription.id}: settle it first`);
  const zone = customer.metadata['time_zone'] ?? defaultZone;
  const { interval, interval_count: every } = item.price.recurring;
  const instrument = subscription.default_payment_method ?? customer.invoice_settings.default_payment_method;
  return {
    customer: {
      id: customer.id,
      name: customer.name ?? customer.id,
      ...(customer.email && { email: customer.email }),
      ...(customer.phone && { phone: customer.phone }),
      language: customer.preferred_locales?.[0] ?? 'en',
      zone,
      country: customer.address?.country ?? 'IT',
    },
    plan: {
      id: item.price.id,
      name: item.price.nickname ?? item.price.id,
      amountMinor: item.price.unit_amount * (item.quantity ?? 1),
      currency: item.price.currency.toUpperCase(),
      interval: { every, unit: interval },
    },
    // Since 2025 the period stands on the item, not on the subscription.
    renewsOn: nextRenewal(item.current_period_end, zone, { [`${interval}s`]: every }, today),
    policy: 'cure',
    billing: { customer: customer.id, ...(typeof instrument === 'string' && { paymentMethod: instrument }) },
  };
}

/** The end of the period as the customer's calendar says it; the files are of November 2026, so later it is moved on. */
function nextRenewal(
  periodEnd: number,
  zone: string,
  interval: Temporal.DurationLike,
  today: Temporal.PlainDate,
): string {
  const first = Temporal.Instant.fromEpochMilliseconds(periodEnd * 1000)
    .toZonedDateTimeISO(zone)
    .toPlainDate();
  let next = first;
  for (let n = 1; Temporal.PlainDate.compare(next, today) <= 0; n += 1) {
    next = Array.from({ length: n }).reduce<Temporal.PlainDate>((date) => date.add(interval), first);
  }
  return next.toString();
}

async function main(): Promise<void> {
  const subscription = read('subscription') as Stripe.Subscription;
  const body = enrolmentOf(
    read('customer') as Stripe.Customer,
    subscription,
    read('invoice') as Stripe.Invoice,
    Temporal.Now.plainDateISO(),
  );
  const response = await fetch(`${holdfast}/v1/subscriptions/${subscription.id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as {
    standing: string;
    access: string;
    next?: { what: string; why: string; atLocal: string };
    detail?: string;
  };
  if (!response.ok) throw new Error(`${response.status}: ${answer.detail}`);
  console.log(
    `${subscription.id} ${response.status === 201 ? 'is enrolled' : 'was enrolled before'}: ${answer.standing}, access ${answer.access}`,
  );
  if (answer.next) console.log(`next, ${answer.next.atLocal}: ${answer.next.what}\nbecause ${answer.next.why}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main().catch((error: unknown) => {
    const { cause, message } = error as Error;
    console.error(`not enrolled: ${cause instanceof Error ? `${holdfast} does not answer` : message}`);
    process.exitCode = 1;
  });
}
