/** Setup intents: a card is saved for later, without a payment. */
import { z } from 'zod';
import { DECLINES } from '../bank.ts';
import { stripeId } from '../ids.ts';
import type { PaymentMethod, SetupIntent } from '../tables.ts';
import { type Answer, type Call, chargingEndpoint, emit, endpoint, nowFor, ok } from './call.ts';
import { cardError, noSuch, refuse } from './errors.ts';
import { expandAll } from './expand.ts';
import { ownCustomer } from './find.ts';
import { bool, expand, mergeMetadata, metadata, text } from './params.ts';
import { attachToCustomer, cardBehind, usablePaymentMethod } from './payment-methods.ts';

const createParams = z.strictObject({
  customer: text.optional(),
  payment_method: text.optional(),
  confirm: bool.optional(),
  usage: z.enum(['off_session', 'on_session']).optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  payment_method_types: z.array(z.literal('card')).optional(),
  automatic_payment_methods: z
    .strictObject({ enabled: bool, allow_redirects: z.enum(['always', 'never']).optional() })
    .optional(),
  return_url: text.optional(),
  expand,
});
const confirmParams = z.strictObject({ payment_method: text.optional(), return_url: text.optional(), expand });

export const setupIntentEndpoints = [
  chargingEndpoint('/setup_intents', createParams, (call, params) => {
    if (params.customer) ownCustomer(call, params.customer, 'customer');
    const intent = newSetup(call, params);
    return params.confirm ? confirm(call, intent, params) : ok(expandAll(call, intent, params.expand));
  }),
  chargingEndpoint('/setup_intents/:id/confirm', confirmParams, (call, params, id) =>
    confirm(call, ownSetup(call, id), params),
  ),
  endpoint('get', '/setup_intents/:id', z.strictObject({ expand }), (call, params, id) =>
    expandAll(call, ownSetup(call, id), params.expand),
  ),
];

function ownSetup(call: Call, id: string): SetupIntent {
  return call.store.find('setup_intent', id) ?? noSuch('setup_intent', id);
}

function confirm(call: Call, intent: SetupIntent, params: z.output<typeof confirmParams>): Answer {
  const code = 'setup_intent_unexpected_state';
  if (intent.status === 'succeeded') {
    refuse('You cannot confirm this SetupIntent because it has already succeeded.', { code });
  }
  const chosen = params.payment_method ?? (intent.payment_method as string | null);
  if (!chosen) refuse("You cannot confirm this SetupIntent because it's missing a payment method.", { code });
  const method = usablePaymentMethod(call, chosen, intent.customer as string | null);
  const card = cardBehind(call, method.id);
  const now = nowFor(call, intent.customer);
  if (card.confirmable) {
    const next_action: SetupIntent['next_action'] = { type: 'use_stripe_sdk', use_stripe_sdk: {} };
    const waiting: SetupIntent = { ...intent, next_action, payment_method: method.id, status: 'requires_action' };
    call.store.put('setup_intent', waiting);
    return ok(expandAll(call, waiting, params.expand));
  }
  if (!card.attaches) return declined(call, intent, method, now);
  if (intent.customer) attachToCustomer(call, method.id, intent.customer as string);
  const done: SetupIntent = { ...intent, last_setup_error: null, payment_method: method.id, status: 'succeeded' };
  call.store.put('setup_intent', done);
  emit(call, 'setup_intent.succeeded', done, now);
  return ok(expandAll(call, done, params.expand));
}

function declined(call: Call, intent: SetupIntent, method: PaymentMethod, now: number): Answer {
  const card = cardBehind(call, method.id);
  const decline = DECLINES[card.charge as keyof typeof DECLINES];
  const error = cardError(decline, card.networkAdvice, { payment_method: method });
  const next: SetupIntent = {
    ...intent,
    last_setup_error: error,
    payment_method: null,
    status: 'requires_payment_method',
  };
  call.store.put('setup_intent', next);
  emit(call, 'setup_intent.setup_failed', next, now);
  return { status: 402, body: { error: { ...error, setup_intent: next } } };
}

function newSetup(call: Call, params: z.output<typeof createParams>): SetupIntent {
  const id = stripeId('seti');
  const customer = params.customer ?? null;
  const method = params.payment_method ? usablePaymentMethod(call, params.payment_method, customer) : undefined;
  const intent: SetupIntent = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${stripeId('x').slice(3)}`,
    created: nowFor(call, customer),
    customer,
    customer_account: null,
    description: params.description ?? null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: mergeMetadata(null, params.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: method?.id ?? null,
    payment_method_configuration_details: null,
    payment_method_options: { card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: method ? 'requires_confirmation' : 'requires_payment_method',
    usage: params.usage ?? 'off_session',
  };
  call.store.put('setup_intent', intent);
  return intent;
}
