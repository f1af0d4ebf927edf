/** Invoices as Stripe writes them, as far as the adapter reads them. */
import type { InvoiceOrder } from '../../src/core/ports.ts';

export function anOrder(more: Partial<InvoiceOrder> = {}): InvoiceOrder {
  return {
    id: 'sub_ada/3',
    customer: 'cus_ada',
    amountMinor: 4900,
    currency: 'EUR',
    description: 'Studio plan, March',
    ...more,
  };
}

export function anInvoice(
  more: { status?: string; intent?: object; [field: string]: unknown } = {},
): Record<string, unknown> {
  const { intent, ...fields } = more;
  return {
    id: 'in_1',
    object: 'invoice',
    status: 'open',
    currency: 'eur',
    customer: 'cus_ada',
    amount_paid: fields.status === 'paid' ? 4900 : 0,
    amount_remaining: fields.status === 'paid' ? 0 : 4900,
    hosted_invoice_url: 'https://pay.example/in_1',
    default_payment_method: null,
    default_source: null,
    lines: { object: 'list', data: [{ id: 'il_1' }], has_more: false },
    metadata: { holdfast_invoice: 'sub_ada/3', holdfast_subscription: 'sub_ada' },
    status_transitions: { paid_at: fields.status === 'paid' ? 1803888000 : null },
    payments: {
      object: 'list',
      has_more: false,
      data: [
        {
          id: 'inpay_1',
          object: 'invoice_payment',
          status: 'open',
          is_default: true,
          payment: { type: 'payment_intent', payment_intent: anIntent(intent) },
        },
      ],
    },
    ...fields,
  };
}

export function anIntent(more: object = {}): object {
  return {
    id: 'pi_1',
    object: 'payment_intent',
    status: 'requires_payment_method',
    latest_charge: null,
    last_payment_error: null,
    ...more,
  };
}

export function aCardError(more: object = {}): object {
  return {
    error: {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      network_decline_code: '51',
      network_advice_code: '02',
      charge: 'ch_1',
      message: 'Your card has insufficient funds.',
      payment_method: { id: 'pm_1', object: 'payment_method', card: { brand: 'mastercard' } },
      ...more,
    },
  };
}
