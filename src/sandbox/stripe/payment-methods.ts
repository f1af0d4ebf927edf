/** Payment methods: cards made from the bank's test cards, by id or by number. */
import { z } from 'zod';
import { type TestCard, cardByNumber, DECLINES, testCard } from '../bank.ts';
import { stripeId } from '../ids.ts';
import type { PaymentMethod } from '../tables.ts';
import { type Call, emit, endpoint, nowFor } from './call.ts';
import { cardError, noSuch, refuse, StripeRefusal } from './errors.ts';
import { expandAll } from './expand.ts';
import { ownCustomer } from './find.ts';
import { listOf } from './lists.ts';
import { expand, int, listing, mergeMetadata, metadata, text } from './params.ts';

const NOBODY: PaymentMethod['billing_details'] = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
};

const createParams = z.strictObject({
  type: z.literal('card'),
  card: z.union([
    z.strictObject({ token: text }),
    z.strictObject({ number: text, exp_month: int, exp_year: int, cvc: text.optional() }),
  ]),
  metadata: metadata.optional(),
  expand,
});
const cardList = z.strictObject({ ...listing, type: z.literal('card').optional() });

export const paymentMethodEndpoints = [
  endpoint('post', '/payment_methods', createParams, (call, params) => {
    const { card } = params;
    const made =
      'token' in card
        ? newPaymentMethod(call, cardOfToken(card.token), {})
        : newPaymentMethod(call, cardOfNumber(card.number), { expires: [card.exp_month, card.exp_year] });
    const method = { ...made, metadata: mergeMetadata(null, params.metadata) };
    call.store.put('payment_method', method);
    return expandAll(call, method, params.expand);
  }),
  endpoint('get', '/payment_methods/:id', z.strictObject({ expand }), (call, params, id) =>
    expandAll(call, call.store.find('payment_method', id) ?? noSuch('PaymentMethod', id), params.expand),
  ),
  endpoint('post', '/payment_methods/:id/attach', z.strictObject({ customer: text, expand }), (call, params, id) =>
    expandAll(call, attachToCustomer(call, id, params.customer, 'id'), params.expand),
  ),
  endpoint('post', '/payment_methods/:id/detach', z.strictObject({ expand }), (call, params, id) => {
    const method = call.store.find('payment_method', id) ?? noSuch('PaymentMethod', id);
    if (method.customer === null) {
      refuse('The payment method you provided is not attached to a customer so detachment is impossible.');
    }
    return expandAll(call, detach(call, method, method.customer as string), params.expand);
  }),
  endpoint('get', '/payment_methods', cardList.extend({ customer: text }), (call, params) =>
    listOf(call, '/v1/payment_methods', methodsOf(call, params.customer, 'customer'), params),
  ),
  endpoint('get', '/customers/:id/payment_methods', cardList, (call, params, id) =>
    listOf(call, `/v1/customers/${id}/payment_methods`, methodsOf(call, id), params),
  ),
];

/**
 * The payment method to charge: one that exists, or a fresh one when a test id is given. One that belongs to another
 * customer is refused, and so is one that belongs to nobody but was attached before.
 */
export function usablePaymentMethod(call: Call, id: string, customer: string | null): PaymentMethod {
  const card = testCard(id);
  if (card) return newPaymentMethod(call, card, {});
  const method = call.store.find('payment_method', id) ?? noSuch('PaymentMethod', id, 'payment_method');
  if (method.customer === null || method.customer === customer) return method;
  refuse(`The PaymentMethod ${id} does not belong to the customer ${customer ?? 'of this payment'}.`, {
    param: 'payment_method',
  });
}

/** A payment method that is attached to this customer. @throws StripeRefusal */
export function ownPaymentMethod(call: Call, id: string, customer: string, param: string): PaymentMethod {
  const method = call.store.find('payment_method', id);
  if (method?.customer === customer) return method;
  refuse(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param },
  );
}

/** Attaches a payment method, or a new one made from a test id. @throws StripeRefusal 402 for cards that Stripe will not save */
export function attachToCustomer(call: Call, id: string, customer: string, param = 'payment_method'): PaymentMethod {
  ownCustomer(call, customer, 'customer');
  const test = testCard(id);
  const method = test ? newPaymentMethod(call, test, {}) : call.store.find('payment_method', id);
  if (!method) noSuch('PaymentMethod', id, param);
  if (method.customer === customer) return method;
  if (method.customer !== null) {
    refuse('The payment method you provided has already been attached to a customer.');
  }
  refuseUnlessSavable(cardBehind(call, method.id));
  const attached = { ...method, customer };
  call.store.put('payment_method', attached);
  emit(call, 'payment_method.attached', attached, nowFor(call, customer));
  return attached;
}

/** The bank's row behind a payment method. */
export function cardBehind(call: Call, paymentMethod: string): TestCard {
  return testCard(call.store.find('card', paymentMethod)!.card)!;
}

interface CardData {
  /** Month and year; without it the card is good for three more years. */
  expires?: [number, number];
}

export function newPaymentMethod(call: Call, card: TestCard, { expires }: CardData): PaymentMethod {
  const now = new Date();
  const [month, year] = expires ?? [now.getUTCMonth() + 1, now.getUTCFullYear() + 3];
  const method: PaymentMethod = {
    id: stripeId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: NOBODY,
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'unchecked' },
      country: 'US',
      display_brand: card.brand,
      exp_month: month,
      exp_year: year,
      fingerprint: Buffer.from(card.id).toString('base64url').slice(-16),
      funding: 'credit',
      generated_from: null,
      last4: card.number?.slice(-4) ?? (card.brand === 'mastercard' ? '4444' : '4242'),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: Math.floor(now.getTime() / 1000),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  };
  call.store.put('payment_method', method);
  call.store.put('card', { id: method.id, card: card.id, confirmed: false });
  return method;
}

/** @throws StripeRefusal 402 `incorrect_number` for digits that are no test card */
export function cardOfNumber(number: string): TestCard {
  const card = cardByNumber(number.replaceAll(/[\s-]/g, ''));
  if (card) return card;
  throw new StripeRefusal(402, { ...cardError(DECLINES.incorrect_number, undefined, {}), param: 'number' });
}

/** `tok_visa` stands for the same card as `pm_card_visa`. */
function cardOfToken(token: string): TestCard {
  return testCard(token.replace(/^tok_/, 'pm_card_')) ?? noSuch('token', token, 'card[token]');
}

function refuseUnlessSavable(card: TestCard): void {
  if (card.attaches || card.charge === 'approve') return;
  throw new StripeRefusal(402, cardError(DECLINES[card.charge], card.networkAdvice, {}));
}

function detach(call: Call, method: PaymentMethod, customerId: string): PaymentMethod {
  const detached = { ...method, customer: null };
  call.store.put('payment_method', detached);
  const customer = ownCustomer(call, customerId);
  if (customer.invoice_settings.default_payment_method === method.id) {
    const invoice_settings = { ...customer.invoice_settings, default_payment_method: null };
    call.store.put('customer', { ...customer, invoice_settings });
  }
  emit(call, 'payment_method.detached', detached, nowFor(call, customerId), { customer: customerId });
  return detached;
}

function methodsOf(call: Call, customer: string, param?: string): PaymentMethod[] {
  ownCustomer(call, customer, param);
  return call.store.all('payment_method').filter((method) => method.customer === customer);
}
