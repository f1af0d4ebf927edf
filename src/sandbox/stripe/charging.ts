/** One try to take money with one card: the charge, what it makes of the payment intent, and the events it sends. */
import { bankAnswer, type Decline, type TestCard } from '../bank.ts';
import { stripeId } from '../ids.ts';
import type { Charge, PaymentIntent, PaymentMethod } from '../tables.ts';
import { type Call, emit, nowFor } from './call.ts';
import { cardError, type ErrorBody } from './errors.ts';
import { cardBehind } from './payment-methods.ts';

export interface ChargeTry {
  intent: PaymentIntent;
  /** The body of the 402, when the bank declined. */
  error?: ErrorBody;
  /** How long the bank keeps the caller waiting. */
  afterMs?: number | undefined;
}

/** Charges the whole amount of an intent. `customerPresent` lets cards that need a confirmation succeed. */
export function charge(
  call: Call,
  intent: PaymentIntent,
  method: PaymentMethod,
  { customerPresent }: { customerPresent: boolean },
): ChargeTry {
  const card = cardBehind(call, method.id);
  const now = nowFor(call, intent.customer);
  const decline = bankAnswer(card, {
    now,
    firstDeclinedAt: firstDecline(call, intent, method),
    customerPresent,
    confirmed: call.store.find('card', method.id)!.confirmed,
  });
  const made = chargeOf(intent, method, { card, now, decline });
  call.store.put('charge', made);
  if (decline) return declined(call, intent, method, { made, card, decline, now });
  if (customerPresent && card.confirmsOnce) call.store.put('card', { id: method.id, card: card.id, confirmed: true });
  return { intent: succeeded(call, intent, method, { made, now }), afterMs: card.answersAfterMs };
}

/** On an invoice the first declined try of that invoice; without one every try may be an intent of its own, so the card's. */
function firstDecline(call: Call, intent: PaymentIntent, method: PaymentMethod): number | undefined {
  const onInvoice = call.store.all('invoice_payment').some((row) => row.payment.payment_intent === intent.id);
  return call.store
    .all('charge')
    .filter((old) => old.status === 'failed')
    .find((old) => (onInvoice ? old.payment_intent === intent.id : old.payment_method === method.id))?.created;
}

function succeeded(
  call: Call,
  intent: PaymentIntent,
  method: PaymentMethod,
  { made, now }: { made: Charge; now: number },
): PaymentIntent {
  const next: PaymentIntent = {
    ...intent,
    amount_received: intent.amount,
    last_payment_error: null,
    latest_charge: made.id,
    next_action: null,
    payment_method: method.id,
    status: 'succeeded',
  };
  call.store.put('payment_intent', next);
  emit(call, 'charge.succeeded', made, now);
  emit(call, 'payment_intent.succeeded', next, now);
  return next;
}

function declined(
  call: Call,
  intent: PaymentIntent,
  method: PaymentMethod,
  tried: { made: Charge; card: TestCard; decline: Decline; now: number },
): ChargeTry {
  const error = cardError(tried.decline, tried.card.networkAdvice, { charge: tried.made.id, payment_method: method });
  const next: PaymentIntent = {
    ...intent,
    last_payment_error: error,
    latest_charge: tried.made.id,
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  };
  call.store.put('payment_intent', next);
  emit(call, 'charge.failed', tried.made, tried.now);
  emit(call, 'payment_intent.payment_failed', next, tried.now);
  return { intent: next, error: { error: { ...error, payment_intent: next } } };
}

function chargeOf(
  intent: PaymentIntent,
  method: PaymentMethod,
  { card, now, decline }: { card: TestCard; now: number; decline: Decline | undefined },
): Charge {
  return {
    id: stripeId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: decline ? 0 : intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: 'SANDBOX',
    captured: !decline,
    created: now,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: decline ? refusedOutcome(card, decline) : APPROVED,
    paid: !decline,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { type: 'card', card: cardDetails(method) },
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: decline ? 'failed' : 'succeeded',
    transfer_data: null,
    transfer_group: null,
  };
}

const APPROVED: Charge['outcome'] = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  risk_score: 20,
  seller_message: 'Payment complete.',
  type: 'authorized',
};

function refusedOutcome(card: TestCard, decline: Decline): Charge['outcome'] {
  return {
    advice_code: decline.advice ?? null,
    network_advice_code: card.networkAdvice ?? null,
    network_decline_code: decline.network ?? null,
    network_status: 'declined_by_network',
    reason: decline.declineCode ?? decline.code,
    risk_level: 'normal',
    risk_score: 20,
    seller_message: 'The bank returned a decline.',
    type: 'issuer_declined',
  };
}

function cardDetails(method: PaymentMethod): NonNullable<Charge['payment_method_details']>['card'] {
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4 } = method.card!;
  return {
    amount_authorized: null,
    authorization_code: null,
    brand,
    checks,
    country,
    exp_month,
    exp_year,
    fingerprint: fingerprint ?? null,
    funding,
    installments: null,
    last4,
    mandate: null,
    network: brand,
    network_token: { used: false },
    network_transaction_id: null,
    regulated_status: 'unregulated',
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  } as NonNullable<Charge['payment_method_details']>['card'];
}
