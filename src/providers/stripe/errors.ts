/** Stripe's errors in the words of the ports. */
import Stripe from 'stripe';
import { FinalError } from '../../core/ports.ts';
import { refused } from '../errors.ts';

/** Runs a piece of work with Stripe; whatever Stripe throws on the way is thrown as FinalError or TryLaterError. */
export async function inOurWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  if (isMissingCustomer(error)) return new FinalError('unknown-customer', 'Stripe has no such customer');
  return refused({
    provider: 'Stripe',
    status: error.statusCode,
    code: error.code ?? error.rawType,
    retryAfter: error.headers?.['retry-after'],
    detail: [error.param, error.requestId].filter(Boolean).join(', '),
  });
}

function isMissingCustomer(error: Stripe.errors.StripeError): boolean {
  return (
    error.code === 'resource_missing' && (error.param === 'customer' || error.message.startsWith('No such customer'))
  );
}
