/** Stripe's test clocks: the biller's side of a life on skipped time. */
import { epochMs, type Instant } from '../core/time.ts';
import type { Ledger } from '../ledger/database.ts';
import { personOf } from '../ledger/queries/subscriptions.ts';
import type { stripeClient } from '../providers/index.ts';

export function billerClock(stripe: ReturnType<typeof stripeClient>, ledger: Ledger) {
  return {
    /** Brings the clock of a subscription's customer up to a moment; a customer without one lives on real time. */
    async advance(subscription: string, to: Instant): Promise<void> {
      const { billing_customer: id } = await personOf(ledger, subscription);
      const customer = await stripe.customers.retrieve(id);
      if (customer.deleted || !customer.test_clock) return;
      const clock = typeof customer.test_clock === 'string' ? customer.test_clock : customer.test_clock.id;
      const { frozen_time: frozen } = await stripe.testHelpers.testClocks.retrieve(clock);
      const wanted = Math.floor(epochMs(to) / 1000);
      if (wanted > frozen) await stripe.testHelpers.testClocks.advance(clock, { frozen_time: wanted });
    },
  };
}

/** Makes a customer who lives on a clock of their own, with a card that is charged from then on. */
export async function customerOnClock(
  stripe: ReturnType<typeof stripeClient>,
  from: Instant,
  card: string,
): Promise<{ customer: string; paymentMethod: string }> {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: Math.floor(epochMs(from) / 1000) });
  const customer = await stripe.customers.create({ name: 'Rehearsal', test_clock: clock.id });
  const attached = await stripe.paymentMethods.attach(card, { customer: customer.id });
  return { customer: customer.id, paymentMethod: attached.id };
}
