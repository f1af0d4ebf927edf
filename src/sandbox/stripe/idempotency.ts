/**
 * Idempotency-Key as docs.stripe.com/api/idempotent_requests has it: the first answer is kept for 24 hours, a 402
 * too, and comes back for the same key. It is kept in the transaction of what was done, so no crash can part them.
 * A request that was refused before anything ran (unknown parameters) leaves its key free.
 */
import { createHash } from 'node:crypto';
import type { IdempotencyRecord, SandboxStore } from '../tables.ts';
import { StripeRefusal } from './errors.ts';

export const KEPT_MS = 24 * 3_600_000;

export interface KeyedRequest {
  key: string;
  /** Method and path. */
  endpoint: string;
  /** The form body as it came. */
  body: string;
}

/** The first answer to this key, if there was one. @throws StripeRefusal when the key was used for something else */
export function firstAnswer(store: SandboxStore, request: KeyedRequest): IdempotencyRecord | undefined {
  const record = store.find('idempotency', request.key);
  if (!record || record.at < Date.now() - KEPT_MS) return undefined;
  if (record.endpoint === request.endpoint && record.fingerprint === fingerprint(request)) return record;
  const same =
    record.endpoint === request.endpoint
      ? 'with the same parameters they were first used with'
      : `for the same endpoint they were first used for ('${record.endpoint}' vs '${request.endpoint}')`;
  throw new StripeRefusal(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used ${same}. Try using a key other than '${request.key}' if you meant to execute a different request.`,
  });
}

/** Keeps the answer; to be called in the transaction that made it. */
export function keepAnswer(
  store: SandboxStore,
  request: KeyedRequest,
  answer: { status: number; body: object; request: string },
): void {
  store.put('idempotency', {
    id: request.key,
    at: Date.now(),
    endpoint: request.endpoint,
    fingerprint: fingerprint(request),
    ...answer,
  });
}

export function keyInUse(key: string): StripeRefusal {
  return new StripeRefusal(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });
}

/** The order of parameters does not matter. */
function fingerprint({ body }: KeyedRequest): string {
  return createHash('sha256').update(body.split('&').sort().join('&')).digest('hex');
}
