/** Webhooks of Stripe's: believed when signed, kept once as they came, then told to the lives that they are about. */
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type Request, type Response, type Router } from 'express';
import type { Fact } from '../../core/facts.ts';
import type { SubscriptionId } from '../../core/subscription.ts';
import { instant } from '../../core/time.ts';
import { chargesOf } from '../../ledger/queries/effects.ts';
import { subscriptionById, subscriptionsOfBillingCustomer } from '../../ledger/queries/subscriptions.ts';
import { keepWebhookEvent, markWebhookEventProcessed } from '../../ledger/queries/webhookEvents.ts';
import {
  factsFromStripe,
  readStripeEvent,
  UntrustedEventError,
  type StripeEvent,
  type ToldFact,
} from '../../providers/index.ts';
import { Problem, unavailable } from '../problems.ts';
import { onlyMethods } from '../routing.ts';
import { tellFact } from '../subscriptions/lives.ts';
import type { Surroundings } from '../surroundings.ts';

/** Stripe names no bound; an invoice of 250 lines has some 400 kB. */
const rawBody = express.raw({ limit: '1mb', type: () => true });

export function stripeWebhook(router: Router, api: Surroundings): void {
  router.post('/webhooks/stripe', rawBody, async (req, res) => {
    const raw: Buffer = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    await take(api, raw, trusted(raw, req, api.stripe.webhookSecret), res);
  });
  router.all('/webhooks/stripe', onlyMethods(['post']));
}

function trusted(raw: Buffer, req: Request, secret: string): StripeEvent {
  try {
    return readStripeEvent(raw, req.headers['stripe-signature'], secret);
  } catch (error) {
    if (error instanceof UntrustedEventError)
      throw new Problem('untrusted-event', `${error.message}. Nothing was kept.`);
    throw error;
  }
}

/**
 * Stripe is told 2xx only when every life has been told: an event that fails half-way is delivered again, and telling a
 * fact twice changes nothing.
 */
async function take(api: Surroundings, raw: Buffer, event: StripeEvent, res: Response): Promise<void> {
  const { ledger, log } = api;
  const { id, type } = event;
  const { processed } = await keepWebhookEvent(ledger, { id, provider: 'stripe', type, raw: raw.toString('utf8') });
  if (!processed) {
    const facts = await readFacts(api, event);
    for (const fact of facts) await tell(api, fact, event);
    await markWebhookEventProcessed(ledger, id, instant(Date.now()));
    log.info({ event: id, type, facts: facts.length }, 'webhook event taken in');
  }
  res.json({ received: true, repeated: processed });
}

async function readFacts({ ledger, stripe }: Surroundings, event: StripeEvent): Promise<ToldFact[]> {
  const subscriptionsOf = async (customer: string): Promise<SubscriptionId[]> =>
    (await subscriptionsOfBillingCustomer(ledger, customer)) as SubscriptionId[];
  try {
    return await factsFromStripe(stripe.client, event, subscriptionsOf);
  } catch (error) {
    throw unavailable('What the event is about cannot be read at Stripe now; the event is kept.', 30, error);
  }
}

async function tell(api: Surroundings, { subscription, fact }: ToldFact, { id: event }: StripeEvent): Promise<void> {
  if (await isAnswerToOurs(api, fact)) return;
  const row = await subscriptionById(api.ledger, subscription);
  const told = row ? await tellFact(api, row, fact) : 'unknown';
  if (told !== 'told')
    api.log.warn({ event, subscription, fact: fact.id, told }, 'a fact came for a life that cannot be told');
}

const patienceMs = 1500;

/**
 * Stripe tells us of our own attempts too, often before our call has returned. They answer for themselves, and a second
 * telling would cost every quiet cycle a decision: so an attempt that is under way gets a moment to be recorded.
 */
async function isAnswerToOurs({ ledger }: Surroundings, fact: Fact): Promise<boolean> {
  if ((fact.kind !== 'paymentSucceeded' && fact.kind !== 'paymentFailed') || !fact.invoice) return false;
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const { underWay, references } = await chargesOf(ledger, fact.invoice);
    if (references.includes(fact.reference)) return true;
    if (!underWay || performance.now() > deadline) return false;
    await sleep(50);
  }
}
