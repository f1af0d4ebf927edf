/** Payment intents, and the charges they made. */
import { z } from 'zod';
import { stripeId } from '../ids.ts';
import type { PaymentIntent } from '../tables.ts';
import { type Answer, type Call, chargingEndpoint, emit, endpoint, nowFor, ok } from './call.ts';
import { charge } from './charging.ts';
import { noSuch, refuse } from './errors.ts';
import { expandAll } from './expand.ts';
import { ownCustomer, ownIntent } from './find.ts';
import { createdWithin, listOf } from './lists.ts';
import { amount, bool, created, currency, expand, listing, mergeMetadata, metadata, text } from './params.ts';
import { attachToCustomer, cardBehind, usablePaymentMethod } from './payment-methods.ts';

const confirming = {
  payment_method: text.optional(),
  off_session: bool.optional(),
  setup_future_usage: z.enum(['off_session', 'on_session']).optional(),
  return_url: text.optional(),
  receipt_email: text.optional(),
  expand,
};
const createParams = z.strictObject({
  ...confirming,
  amount,
  currency,
  confirm: bool.optional(),
  customer: text.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  payment_method_types: z.array(z.literal('card')).optional(),
  automatic_payment_methods: z
    .strictObject({ enabled: bool, allow_redirects: z.enum(['always', 'never']).optional() })
    .optional(),
});
const confirmParams = z.strictObject(confirming);
type Confirming = z.output<typeof confirmParams>;
const cancelReason = z.enum(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer']);

export const paymentIntentEndpoints = [
  chargingEndpoint('/payment_intents', createParams, (call, params) => {
    if (params.customer) ownCustomer(call, params.customer, 'customer');
    if (params.off_session !== undefined && !params.confirm) {
      refuse('You can only set off_session when confirm is true.', { param: 'off_session' });
    }
    const intent = newIntent(call, {
      amount: params.amount,
      currency: params.currency,
      customer: params.customer ?? null,
      description: params.description ?? null,
      metadata: mergeMetadata(null, params.metadata),
    });
    return params.confirm ? confirm(call, intent, params) : withMethod(call, intent, params);
  }),
  chargingEndpoint('/payment_intents/:id/confirm', confirmParams, (call, params, id) =>
    confirm(call, ownIntent(call, id), params),
  ),
  endpoint('get', '/payment_intents/:id', z.strictObject({ expand }), (call, params, id) =>
    expandAll(call, ownIntent(call, id), params.expand),
  ),
  endpoint(
    'get',
    '/payment_intents',
    z.strictObject({ ...listing, created, customer: text.optional() }),
    (call, params) => {
      const rows = call.store
        .all('payment_intent')
        .filter((intent) => params.customer === undefined || intent.customer === params.customer)
        .filter((intent) => createdWithin(intent.created, params.created));
      return listOf(call, '/v1/payment_intents', rows, params);
    },
  ),
  endpoint(
    'post',
    '/payment_intents/:id/cancel',
    z.strictObject({ cancellation_reason: cancelReason.optional(), expand }),
    (call, params, id) => {
      const intent = ownIntent(call, id);
      if (call.store.all('invoice_payment').some((payment) => payment.payment.payment_intent === id)) {
        refuse('You cannot cancel a PaymentIntent that belongs to an invoice. Void the invoice instead.');
      }
      refuseUnlessOpen(intent, 'cancel');
      return expandAll(call, cancelIntent(call, intent, params.cancellation_reason ?? null), params.expand);
    },
  ),
  endpoint('get', '/charges/:id', z.strictObject({ expand }), (call, params, id) =>
    expandAll(call, call.store.find('charge', id) ?? noSuch('charge', id), params.expand),
  ),
  endpoint(
    'get',
    '/charges',
    z.strictObject({ ...listing, created, customer: text.optional(), payment_intent: text.optional() }),
    (call, params) => {
      const rows = call.store
        .all('charge')
        .filter((row) => params.customer === undefined || row.customer === params.customer)
        .filter((row) => params.payment_intent === undefined || row.payment_intent === params.payment_intent)
        .filter((row) => createdWithin(row.created, params.created));
      return listOf(call, '/v1/charges', rows, params);
    },
  ),
];

type Order = Pick<PaymentIntent, 'amount' | 'currency' | 'customer' | 'description' | 'metadata'>;

export function newIntent(call: Call, order: Order): PaymentIntent {
  const id = stripeId('pi');
  const intent: PaymentIntent = {
    ...order,
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: `${id}_secret_${stripeId('x').slice(3)}`,
    confirmation_method: 'automatic',
    created: nowFor(call, order.customer),
    customer_account: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  };
  call.store.put('payment_intent', intent);
  return intent;
}

export function cancelIntent(call: Call, intent: PaymentIntent, reason: PaymentIntent['cancellation_reason']) {
  const now = nowFor(call, intent.customer);
  const canceled: PaymentIntent = { ...intent, canceled_at: now, cancellation_reason: reason, status: 'canceled' };
  call.store.put('payment_intent', canceled);
  emit(call, 'payment_intent.canceled', canceled, now);
  return canceled;
}

function withMethod(call: Call, intent: PaymentIntent, params: Confirming): Answer {
  const customer = intent.customer as string | null;
  const method = params.payment_method ? usablePaymentMethod(call, params.payment_method, customer) : undefined;
  const next: PaymentIntent = {
    ...intent,
    payment_method: method?.id ?? null,
    receipt_email: params.receipt_email ?? null,
    setup_future_usage: params.setup_future_usage ?? null,
    status: method ? 'requires_confirmation' : 'requires_payment_method',
  };
  call.store.put('payment_intent', next);
  return ok(expandAll(call, next, params.expand));
}

function confirm(call: Call, intent: PaymentIntent, params: Confirming): Answer {
  refuseUnlessOpen(intent, 'confirm');
  const customer = intent.customer as string | null;
  const chosen = params.payment_method ?? (intent.payment_method as string | null);
  if (!chosen) {
    refuse(`You cannot confirm this PaymentIntent because it's missing a payment method.`, {
      code: 'payment_intent_unexpected_state',
    });
  }
  const method = usablePaymentMethod(call, chosen, customer);
  const card = cardBehind(call, method.id);
  if (card.confirmable && !params.off_session) return needsAction(call, intent, method.id, params);
  const tried = charge(call, intent, method, { customerPresent: false });
  if (tried.error) return { status: 402, body: tried.error };
  const keepsCard = params.setup_future_usage ?? intent.setup_future_usage;
  if (keepsCard && customer && method.customer === null) attachToCustomer(call, method.id, customer);
  return ok(expandAll(call, tried.intent, params.expand), tried.afterMs);
}

/** With the customer there, Stripe does not decline: it waits for the bank's page. */
function needsAction(call: Call, intent: PaymentIntent, method: string, params: Confirming): Answer {
  const next: PaymentIntent = {
    ...intent,
    next_action: { type: 'use_stripe_sdk', use_stripe_sdk: {} },
    payment_method: method,
    status: 'requires_action',
  };
  call.store.put('payment_intent', next);
  emit(call, 'payment_intent.requires_action', next, nowFor(call, intent.customer));
  return ok(expandAll(call, next, params.expand));
}

function refuseUnlessOpen(intent: PaymentIntent, verb: 'confirm' | 'cancel'): void {
  if (intent.status !== 'succeeded' && intent.status !== 'canceled') return;
  refuse(`You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`, {
    code: 'payment_intent_unexpected_state',
  });
}
