/** What a provider's refusal means to an activity, decided once for all providers: wait and try again, or give up. */
import { FinalError, TryLaterError } from '../core/ports.ts';

/** Long enough for a rate limit or a restart to pass, short enough that a customer who waits for a lock to open does not notice. */
const DEFAULT_WAIT_SECONDS = 30;

export interface Refusal {
  /** Name for people, such as `Stripe`. */
  provider: string;
  /** HTTP status; absent when no answer came. */
  status?: number | undefined;
  /** The provider's own error code. An answer without one was not written by the provider but by something in between. */
  code?: string | number | undefined;
  /** The `Retry-After` header, in seconds. */
  retryAfter?: string | undefined;
  /** The provider's id of the request or the parameter at fault: what its support asks for. */
  detail?: string | undefined;
}

/**
 * The error to throw for a refusal.
 *
 * It carries codes only, neither the provider's sentence nor the original error as its cause: both may name an address
 * or a telephone number, and what an activity throws stands in a workflow's history for years.
 */
export function refused(refusal: Refusal): FinalError | TryLaterError {
  const message = describe(refusal);
  if (passes(refusal)) return new TryLaterError(message, waitSeconds(refusal.retryAfter));
  if (refusal.status === 401 || refusal.status === 403) return new FinalError('bad-credentials', message);
  return new FinalError('refused', message);
}

/** The error for an address or a number that will never be served. */
export function undeliverable(provider: string, code: number): FinalError {
  return new FinalError('undeliverable', describe({ provider, code }));
}

/** The error for an answer that cannot be the provider's own, such as a gateway's page with status 200. */
export function notAnAnswer(provider: string, status?: number): TryLaterError {
  return new TryLaterError(
    `${describe({ provider, status })} with something that is not its own`,
    DEFAULT_WAIT_SECONDS,
  );
}

/** A page by a gateway, a conflict with our own earlier call, a limit or a breakdown: time mends it. */
function passes({ status, code }: Refusal): boolean {
  if (status === undefined || code === undefined) return true;
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

function describe({ provider, status, code, detail }: Refusal): string {
  if (status === undefined && code === undefined) return `${provider} did not answer`;
  const parts = [provider, 'answered', status, code, detail && `(${detail})`];
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}

function waitSeconds(retryAfter: string | undefined): number {
  const seconds = Number(retryAfter);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_WAIT_SECONDS;
}
