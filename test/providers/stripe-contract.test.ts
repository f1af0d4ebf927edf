/** Every request that the Stripe adapter can send, checked by stripe-mock against Stripe's own description of its API. */
import { factsFromStripe, stripeBilling, stripeClient, type StripeEvent } from '../../src/providers/index.ts';
import { instant } from '../../src/core/time.ts';
import { startStripeMock } from '../support/stripe-mock.ts';
import { type Asked, startScripted } from './scripted-server.ts';
import { anInvoice, anOrder } from './stripe-objects.ts';

/** What the adapter asks in a life that has everything: stripe-mock itself remembers nothing, so it cannot be lived against it. */
async function everythingAsked(): Promise<Asked[]> {
  const firstPage = { object: 'list', data: [anInvoice({ id: 'in_0', metadata: {} })], has_more: true };
  const lastPage = { object: 'list', data: [], has_more: false };
  const method = { id: 'pm_1', object: 'payment_method', customer: 'cus_ada' };
  const server = await startScripted((asked) => {
    const step = `${asked.method} ${asked.path}`;
    if (step === 'GET /v1/invoices') return { json: asked.query.has('starting_after') ? lastPage : firstPage };
    if (step === 'POST /v1/invoices')
      return { json: anInvoice({ status: 'draft', lines: { object: 'list', data: [], has_more: false } }) };
    if (step === 'POST /v1/invoiceitems') return { json: { id: 'ii_1', object: 'invoiceitem' } };
    if (step.endsWith('/pay'))
      return { status: 400, json: { error: { type: 'invalid_request_error', message: 'Nothing to charge' } } };
    if (asked.path.startsWith('/v1/customers/'))
      return { json: { id: 'cus_ada', object: 'customer', invoice_settings: {} } };
    if (asked.path.startsWith('/v1/payment_methods/')) return { json: method };
    return { json: anInvoice() };
  });
  const account = { apiKey: 'sk_test_123', baseUrl: server.url };
  const billing = stripeBilling(account);
  await billing.charge({ ...anOrder(), key: 'k1' });
  await billing.charge({ ...anOrder({ reference: 'in_1' }), key: 'k2', instrument: 'pm_1' }).catch(() => undefined);
  await billing.writeOff({ reference: 'in_1', key: 'k3' });
  const event: StripeEvent = {
    id: 'evt_1',
    type: 'payment_method.attached',
    created: instant(0),
    objectId: 'pm_1',
    defaultChanged: false,
  };
  await factsFromStripe(stripeClient(account), event, async () => []);
  await server.stop();
  return server.asked;
}

it('stripe-mock accepts every request of the Stripe adapter', async () => {
  const asked = await everythingAsked();
  const mock = await startStripeMock();
  const answers: string[] = [];
  for (const { method, path, query, body } of asked) {
    const headers = { authorization: 'Bearer sk_test_123', 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(`${mock.url}${path}?${query}`, { method, headers, ...(method === 'POST' && { body }) });
    const text = await answer.text();
    answers.push(`${method} ${path} ${answer.ok ? 'accepted' : text}`);
  }
  await mock.stop();
  expect([...new Set(answers)]).toEqual([
    'GET /v1/invoices accepted',
    'POST /v1/invoices accepted',
    'POST /v1/invoiceitems accepted',
    'POST /v1/invoices/in_1/finalize accepted',
    'POST /v1/invoices/in_1/pay accepted',
    'GET /v1/invoices/in_1 accepted',
    'GET /v1/customers/cus_ada accepted',
    'POST /v1/invoices/in_1/mark_uncollectible accepted',
    'GET /v1/payment_methods/pm_1 accepted',
  ]);
});
