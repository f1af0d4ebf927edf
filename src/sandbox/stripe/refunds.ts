/** Refunds, in full or in part, never of more than was captured. */
import { z } from 'zod';
import { readableAmount } from '../amounts.ts';
import { stripeId } from '../ids.ts';
import type { Charge, Refund } from '../tables.ts';
import { type Call, emit, endpoint, nowFor } from './call.ts';
import { noSuch, refuse } from './errors.ts';
import { expandAll } from './expand.ts';
import { ownIntent } from './find.ts';
import { createdWithin, listOf } from './lists.ts';
import { amount, created, expand, listing, mergeMetadata, metadata, text } from './params.ts';

const createParams = z.strictObject({
  amount: amount.optional(),
  charge: text.optional(),
  payment_intent: text.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: metadata.optional(),
  expand,
});
const listParams = z.strictObject({
  ...listing,
  created,
  charge: text.optional(),
  payment_intent: text.optional(),
});

export const refundEndpoints = [
  endpoint('post', '/refunds', createParams, (call, params) => {
    const charge = chargeToRefund(call, params);
    const left = charge.amount_captured - charge.amount_refunded;
    if (left === 0) refuse(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
    const wanted = params.amount ?? left;
    if (wanted > left) refuseTooMuch(wanted, left, charge.currency);
    const refund = newRefund(call, charge, { ...params, amount: wanted });
    return expandAll(call, refund, params.expand);
  }),
  endpoint('get', '/refunds/:id', z.strictObject({ expand }), (call, params, id) =>
    expandAll(call, call.store.find('refund', id) ?? noSuch('refund', id), params.expand),
  ),
  endpoint('get', '/refunds', listParams, (call, params) => {
    const rows = call.store
      .all('refund')
      .filter((refund) => params.charge === undefined || refund.charge === params.charge)
      .filter((refund) => params.payment_intent === undefined || refund.payment_intent === params.payment_intent)
      .filter((refund) => createdWithin(refund.created, params.created));
    return listOf(call, '/v1/refunds', rows, params);
  }),
];

function chargeToRefund(
  call: Call,
  params: { charge?: string | undefined; payment_intent?: string | undefined },
): Charge {
  if (params.charge && params.payment_intent) {
    const intent = call.store.find('charge', params.charge)?.payment_intent;
    if (intent !== params.payment_intent)
      refuse('The charge does not belong to the payment intent.', { param: 'charge' });
  }
  const id = params.charge ?? latestCharge(call, params.payment_intent);
  const charge = call.store.find('charge', id) ?? noSuch('charge', id, 'charge');
  if (charge.status !== 'succeeded') refuse(`Charge ${charge.id} was not captured, so it cannot be refunded.`);
  return charge;
}

function latestCharge(call: Call, intentId: string | undefined): string {
  if (!intentId) refuse('One of the following params should be provided for this request: payment_intent or charge.');
  const intent = ownIntent(call, intentId, 'payment_intent');
  if (intent.status === 'succeeded') return intent.latest_charge as string;
  refuse(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, { param: 'payment_intent' });
}

function refuseTooMuch(wanted: number, left: number, currency: string): never {
  const [a, b] = [readableAmount(wanted, currency), readableAmount(left, currency)];
  refuse(`Refund amount (${a}) is greater than unrefunded amount on charge (${b})`, { param: 'amount' });
}

function newRefund(call: Call, charge: Charge, params: z.output<typeof createParams> & { amount: number }): Refund {
  const now = nowFor(call, charge.customer);
  const refund: Refund = {
    id: stripeId('re'),
    object: 'refund',
    amount: params.amount,
    balance_transaction: null,
    charge: charge.id,
    created: now,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      type: 'card',
      card: { type: 'refund', reference_status: 'pending', reference_type: 'acquirer_reference_number' },
    },
    metadata: mergeMetadata(null, params.metadata),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: params.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
  const amount_refunded = charge.amount_refunded + params.amount;
  const refunded: Charge = { ...charge, amount_refunded, refunded: amount_refunded === charge.amount_captured };
  call.store.put('refund', refund);
  call.store.put('charge', refunded);
  emit(call, 'refund.created', refund, now);
  emit(call, 'charge.refunded', refunded, now, { amount_refunded: charge.amount_refunded, refunded: charge.refunded });
  return refund;
}
