/** Stripe's SDK, set up in one place, and the check that an answer really is Stripe's. */
import Stripe from 'stripe';
import { notAnAnswer } from '../errors.ts';

/** Typed by the SDK: an upgrade that speaks another version does not compile until somebody has read what changed. */
const API_VERSION: typeof Stripe.API_VERSION = '2026-10-28.endive';

export interface StripeAccount {
  /** Secret or restricted key, `sk_…` or `rk_…`. */
  apiKey: string;
  /** Scheme, host and port of a stand-in such as `http://127.0.0.1:4010`. (Default: Stripe itself) */
  baseUrl?: string;
}

/** A client for one Stripe account. Reads are retried once by the SDK; how writes are retried stands in `once`. */
export function stripeClient({ apiKey, baseUrl }: StripeAccount): Stripe {
  return new Stripe(apiKey, {
    apiVersion: API_VERSION,
    telemetry: false,
    maxNetworkRetries: 1,
    ...(baseUrl && address(new URL(baseUrl))),
  });
}

/**
 * Lets an answer pass if it is of the kind that was asked for.
 *
 * stripe-node 23.1 resolves any JSON without an `error` key, whatever its status: a gateway's 502 page would otherwise
 * look like a charge that succeeded.
 * @throws TryLaterError
 */
export function received<T extends { object: string }>(
  kind: T['object'],
  answer: Stripe.Response<T>,
): Stripe.Response<T> {
  const { statusCode } = answer.lastResponse;
  const complete =
    kind === 'list' ? 'data' in answer && Array.isArray(answer.data) : 'id' in answer && typeof answer.id === 'string';
  if (statusCode >= 400 || answer.object !== kind || !complete) throw notAnAnswer('Stripe', statusCode);
  return answer;
}

/** The id of something that Stripe sends either as an id or, expanded, as a whole. */
export function idOf(reference: string | { id: string } | null | undefined): string | undefined {
  return typeof reference === 'string' ? reference : reference?.id;
}

function address(url: URL): { protocol: 'http' | 'https'; host: string; port: string } {
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  return { protocol, host: url.hostname, port: url.port || (protocol === 'http' ? '80' : '443') };
}
