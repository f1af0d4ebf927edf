/** Stripe's webhooks, delivered by the sandbox with its own signatures or forged by us. */
import Stripe from 'stripe';
import { waitForFact } from '../../src/ledger/queries/waitForFact.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import { stripeAt } from '../sandbox/clients.ts';
import { anEnrolment, id, inDays } from './bodies.ts';
import { request, startApi, webhookSecret, type RunningApi } from './running-api.ts';

let sandbox: Sandbox;
let stripe: Stripe;
let api: RunningApi;

beforeAll(async () => {
  const withSandbox = async (url: string) => {
    sandbox = await startSandbox({ port: 0, stripeWebhook: { url, secret: webhookSecret } });
    return sandbox.url;
  };
  api = await startApi({ stripe: withSandbox, bank: () => ({ outcome: 'paid', reference: 'pi_ours' }) });
  stripe = stripeAt(sandbox.url);
}, 60_000);
afterAll(async () => {
  await api.stop();
  await sandbox.close();
});

/** A subscription that renews soon, with its customer at the sandbox. */
async function enrolled(subscription: string): Promise<string> {
  const customer = await stripe.customers.create({ name: 'Ada' });
  await api.call(
    'PUT',
    `/v1/subscriptions/${subscription}`,
    anEnrolment({ renewsOn: inDays(5), billing: { customer: customer.id } }),
  );
  return customer.id;
}

/** The invoice of the coming renewal, paid by the customer at Stripe. */
async function paidInvoice(subscription: string, customer: string): Promise<Stripe.Invoice> {
  const metadata = { holdfast_subscription: subscription, holdfast_invoice: `${subscription}/2` };
  const draft = await stripe.invoices.create({ customer, currency: 'eur', auto_advance: false, metadata });
  await stripe.invoiceItems.create({ customer, invoice: draft.id, amount: 4900, currency: 'eur' });
  await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  return stripe.invoices.pay(draft.id, { payment_method: card.id });
}

const events = () => api.ledger.selectFrom('webhook_events').selectAll().execute();
const deliver = (event: object, secret = webhookSecret, ageSeconds = 0) => {
  const payload = JSON.stringify(event);
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  return request(api.url, 'POST', '/webhooks/stripe', payload, { 'stripe-signature': signature });
};
const anEvent = (id: string, type: string, object: object) => ({
  id,
  object: 'event',
  type,
  created: Math.floor(Date.now() / 1000),
  data: { object },
});

describe('a payment at Stripe', () => {
  it('reaches the life that it is about by a signed webhook, once', async () => {
    const invoice = await paidInvoice(id('sub_hook'), await enrolled(id('sub_hook')));
    const { payments } = await stripe.invoices.retrieve(invoice.id, {
      expand: ['payments.data.payment.payment_intent'],
    });
    const intent = payments!.data[0]!.payment.payment_intent as Stripe.PaymentIntent;
    const decided = await waitForFact(
      api.ledger,
      id('sub_hook'),
      `stripe:invoice.paid:${intent.latest_charge}`,
      10_000,
    );
    expect(decided?.fact).toMatchObject({
      kind: 'paymentSucceeded',
      invoice: `${id('sub_hook')}/2`,
      money: { amountMinor: 4900, currency: 'EUR' },
    });
    const told = (await events()).find(({ type }) => type === 'invoice.paid');
    expect(told?.processed_at).not.toBeNull();
    const again = await deliver(JSON.parse(told!.raw));
    expect(again.body).toEqual({ received: true, repeated: true });
  }, 20_000);
});

describe('an event', () => {
  it.each<[string, () => ReturnType<typeof deliver>]>([
    ['signed with another secret', () => deliver(anEvent('evt_forged', 'invoice.paid', { id: 'in_1' }), 'whsec_other')],
    ['signed an hour ago', () => deliver(anEvent('evt_stale', 'invoice.paid', { id: 'in_1' }), webhookSecret, 3600)],
    ['signed, but no event', () => deliver({ id: 'evt_shapeless' })],
  ])('%s is refused and not kept', async (_, attempt) => {
    const before = (await events()).length;
    const { status, body } = await attempt();
    expect({ status, type: body.type }).toEqual({ status: 400, type: '/problems/untrusted-event' });
    expect((await events()).length).toBe(before);
  });

  it('of a kind that is of no interest is kept and answered', async () => {
    expect((await deliver(anEvent('evt_other', 'tax.settings.updated', {}))).body).toEqual({
      received: true,
      repeated: false,
    });
    expect((await events()).find(({ id }) => id === 'evt_other')?.processed_at).not.toBeNull();
  });

  it('about a subscription that is not here is answered', async () => {
    const customer = await stripe.customers.create({ name: 'Bob' });
    const invoice = await paidInvoice(id('sub_elsewhere'), customer.id);
    expect((await deliver(anEvent('evt_elsewhere', 'invoice.paid', { id: invoice.id }))).status).toBe(200);
  });

  it('whose object cannot be read is kept, refused with 503, and taken in when it is delivered again', async () => {
    const event = anEvent('evt_early', 'invoice.paid', { id: 'in_not_there_yet' });
    const { status, body } = await deliver(event);
    expect({ status, type: body.type }).toEqual({ status: 503, type: '/problems/unavailable' });
    expect((await events()).find(({ id }) => id === 'evt_early')?.processed_at).toBeNull();

    const invoice = await paidInvoice(id('sub_late'), await enrolled(id('sub_late')));
    const redelivered = await deliver({ ...event, data: { object: { id: invoice.id } } });
    expect(redelivered.body).toEqual({ received: true, repeated: false });
    expect((await events()).find(({ id }) => id === 'evt_early')?.processed_at).not.toBeNull();
  });
});
