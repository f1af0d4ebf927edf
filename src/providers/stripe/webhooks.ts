/** Checks that a webhook comes from Stripe, and reads what it is about. */
import Stripe from 'stripe';
import { z } from 'zod';
import { type Instant, instant } from '../../core/time.ts';

/** A request that must not be believed. Answer it with 400: Stripe shows that to whoever set the webhook up. */
export class UntrustedEventError extends Error {
  override name = 'UntrustedEventError';
  readonly reason: 'forged' | 'stale' | 'unreadable';

  constructor(reason: 'forged' | 'stale' | 'unreadable', message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface StripeEvent {
  /** `evt_…`, the same in every redelivery. */
  id: string;
  /** Such as `invoice.paid`: an open list. */
  type: string;
  created: Instant;
  /** What it is about; absent for what has no id yet, such as an upcoming invoice. */
  objectId?: string;
  /** Whether the customer's default payment method became another one. */
  defaultChanged: boolean;
}

const Payload = z.object({
  id: z.string(),
  type: z.string(),
  created: z.number().int(),
  data: z.object({
    object: z.looseObject({ id: z.string().optional() }),
    previous_attributes: z.looseObject({ invoice_settings: z.looseObject({}).nullish() }).nullish(),
  }),
});

/**
 * Reads a webhook of Stripe's, believing nothing that is not signed.
 * @param rawBody the body byte for byte: parsed and printed again, it has another signature
 * @param secret `whsec_…`, whole
 * @param now for tests; signatures older than five minutes are refused
 * @throws UntrustedEventError
 */
export function readStripeEvent(
  rawBody: Buffer,
  signatureHeader: string | string[] | undefined,
  secret: string,
  now: Date = new Date(),
): StripeEvent {
  const parsed = Payload.safeParse(verified(rawBody, signatureHeader, secret, now));
  if (!parsed.success) throw new UntrustedEventError('unreadable', 'This is no event of the shape that Stripe sends');
  const { id, type, created, data } = parsed.data;
  return {
    id,
    type,
    created: instant(created * 1000),
    ...(data.object.id !== undefined && { objectId: data.object.id }),
    defaultChanged: 'default_payment_method' in (data.previous_attributes?.invoice_settings ?? {}),
  };
}

function verified(rawBody: Buffer, header: string | string[] | undefined, secret: string, now: Date): unknown {
  // With an empty secret anybody could sign.
  if (!secret) throw new UntrustedEventError('forged', 'No webhook secret is set, so no event can be believed');
  try {
    return Stripe.webhooks.constructEvent(rawBody, header ?? '', secret, undefined, undefined, now.getTime());
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) {
      throw new UntrustedEventError('unreadable', 'The body is signed by Stripe but is no event that can be read');
    }
    if (error.message.startsWith('Timestamp outside'))
      throw new UntrustedEventError('stale', 'The signature is older than five minutes');
    throw new UntrustedEventError('forged', 'The signature does not fit the body');
  }
}
