/** One request to the Stripe side, and the table row that says what answers it. */
import type Stripe from 'stripe';
import type { z } from 'zod';
import { stripeId } from '../ids.ts';
import type { SandboxStore } from '../tables.ts';
import { SENT } from './subscribed.ts';

export const API_VERSION = '2026-10-28.endive';

/** Minor-unit amounts and epoch seconds throughout, as Stripe has them. */
export interface Call {
  store: SandboxStore;
  /** Where the sandbox is reached, for the addresses of payment pages. */
  baseUrl: string;
  /** Where signed events go to, if anywhere. */
  webhooks: boolean;
  request: { id: string | null; idempotencyKey: string | null };
}

export interface Answer {
  status: number;
  body: object;
  /** Hold the answer back, as a slow bank does; what it tells is on record already. */
  afterMs?: number | undefined;
}

export interface Endpoint {
  method: 'get' | 'post';
  path: string;
  params: z.ZodType;
  /** Runs inside a transaction, so it must not wait for anything. */
  run: (call: Call, params: never, id: string) => Answer;
}

/** Names an endpoint. `run` is given the parsed parameters and the id in the path, if there is one. */
export function endpoint<S extends z.ZodType>(
  method: 'get' | 'post',
  path: string,
  params: S,
  run: (call: Call, params: z.output<S>, id: string) => object,
): Endpoint {
  return { method, path, params, run: (call, given, id) => ok(run(call, given, id)) };
}

/** As {@link endpoint}, for what may also be answered with a 402. */
export function chargingEndpoint<S extends z.ZodType>(
  path: string,
  params: S,
  run: (call: Call, params: z.output<S>, id: string) => Answer,
): Endpoint {
  return { method: 'post', path, params, run };
}

export function ok(body: object, afterMs?: number): Answer {
  return { status: 200, body, afterMs };
}

/** Now, for a customer: on the customer's test clock if there is one. Epoch seconds. */
export function nowFor(call: Call, customer: unknown): number {
  const clock = typeof customer === 'string' ? call.store.find('customer', customer)?.test_clock : undefined;
  const frozen = typeof clock === 'string' ? call.store.find('test_clock', clock)?.frozen_time : undefined;
  return frozen ?? Math.floor(Date.now() / 1000);
}

/** Records an event, in the transaction of what happened, and queues it for the webhook endpoint. */
export function emit(call: Call, type: Stripe.Event.Type, object: object, at: number, previous?: object): void {
  const id = stripeId('evt');
  const sent = call.webhooks && SENT.has(type);
  call.store.put('event', {
    id,
    object: 'event',
    api_version: API_VERSION,
    created: at,
    data: { object, ...(previous && { previous_attributes: previous }) },
    livemode: false,
    pending_webhooks: sent ? 1 : 0,
    request: { id: call.request.id, idempotency_key: call.request.idempotencyKey },
    type,
  });
  if (sent) call.store.put('delivery', { id });
}
