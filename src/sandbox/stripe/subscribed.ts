/** Which events the webhook endpoint gets. */

/** What the endpoint is subscribed to; other events can be listed, but are not sent. */
export const SENT: ReadonlySet<string> = new Set([
  'charge.failed',
  'charge.refunded',
  'customer.updated',
  'invoice.created',
  'invoice.finalized',
  'invoice.marked_uncollectible',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.voided',
  'invoice_payment.paid',
  'payment_intent.payment_failed',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'payment_method.attached',
  'payment_method.detached',
  'refund.created',
  'setup_intent.setup_failed',
  'setup_intent.succeeded',
]);
