/** Sends a write to Stripe so that it is done at most once, and yet is never stuck behind a refusal that Stripe remembers. */
import Stripe from 'stripe';

/** More turns than an attempt can meet locks; past it the caller waits until Stripe forgets the keys. */
const MOST_TURNS = 16;

/**
 * Stripe keeps its first answer to an idempotency key for a day at least and repeats it, marked `Idempotent-Replayed`. That is what
 * makes a retry safe: a charge whose answer was lost, or a decline, comes back as it was.
 *
 * But it also repeats a 429 (`lock_timeout`: another request held the object), which is given after the key was taken
 * and before anything was done. Under that key the write would be refused for a day. So a *replayed* 429 means: nothing was, or ever
 * will be, executed under this key, and the next key of a fixed series (`key`, `key~2`, `key~3` …) is tried. The series
 * is walked from its beginning each time, so whatever was executed under any of them is found before something new is.
 *
 * A fresh 429 is thrown at once, and the SDK may not retry by itself: it would use up the series in one burst, while the
 * one who called us can wait. (A connection that closes is retried once by the SDK even so, under the same key.)
 * @see https://docs.stripe.com/api/idempotent_requests
 */
export async function once<T>(key: string, write: (options: Stripe.RequestOptions) => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn++) {
    try {
      return await write({ idempotencyKey: turn === 1 ? key : `${key}~${turn}`, maxNetworkRetries: 0 });
    } catch (error) {
      if (!isRememberedRefusal(error) || turn === MOST_TURNS) throw error;
    }
  }
}

function isRememberedRefusal(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeRateLimitError && error.headers?.['idempotent-replayed'] === 'true';
}
