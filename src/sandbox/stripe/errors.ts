/** Stripe's refusals. Every one has an `error` key: Stripe's library takes any JSON without it for a success. */
import type { Decline } from '../bank.ts';
import type { PaymentIntent, PaymentMethod, SetupIntent } from '../tables.ts';

export interface ErrorBody {
  error: {
    type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
    message: string;
    code?: string;
    param?: string;
    [more: string]: unknown;
  };
}

export class StripeRefusal extends Error {
  override name = 'StripeRefusal';
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, error: Partial<ErrorBody['error']> & { message: string }) {
    super(error.message);
    this.status = status;
    this.body = { error: { type: 'invalid_request_error', ...docs(error.code), ...error } };
  }
}

/** 400: the request cannot be done in the state things are in. */
export function refuse(message: string, more: { code?: string; param?: string } = {}): never {
  throw new StripeRefusal(400, { message, ...more });
}

/** Stripe answers 404 for an unknown id in the path and 400 for one in a parameter. */
export function noSuch(what: string, id: string, param = 'id'): never {
  const message = `No such ${what}: '${id}'`;
  throw new StripeRefusal(param === 'id' ? 404 : 400, { message, code: 'resource_missing', param });
}

interface DeclinedThing {
  charge?: string;
  payment_intent?: PaymentIntent;
  payment_method?: PaymentMethod;
  setup_intent?: SetupIntent;
}

/** The `error` of a 402, and the `last_payment_error` that stays on the intent. */
export function cardError(decline: Decline, networkAdvice: string | undefined, things: DeclinedThing) {
  return {
    ...(decline.advice && { advice_code: decline.advice }),
    ...(things.charge && { charge: things.charge }),
    code: decline.code as 'card_declined',
    ...(decline.declineCode && { decline_code: decline.declineCode }),
    ...docs(decline.code),
    message: decline.message,
    ...(networkAdvice && { network_advice_code: networkAdvice }),
    ...(decline.network && { network_decline_code: decline.network }),
    ...(things.payment_intent && { payment_intent: things.payment_intent }),
    ...(things.payment_method && { payment_method: things.payment_method }),
    ...(things.setup_intent && { setup_intent: things.setup_intent }),
    type: 'card_error' as const,
  };
}

function docs(code: string | undefined): { doc_url?: string } {
  return code ? { doc_url: `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}` } : {};
}
