/** Webhooks of Stripe: who is believed, and which facts they turn into. */
import Stripe from 'stripe';
import type { SubscriptionId } from '../../src/core/subscription.ts';
import { factsFromStripe, readStripeEvent, stripeClient } from '../../src/providers/index.ts';
import { type ScriptedServer, startScripted } from './scripted-server.ts';
import { aCardError, anInvoice } from './stripe-objects.ts';

const SECRET = 'whsec_test';
const CREATED = 1803888000; // 2027-03-01T08:00:00Z
const sent = (type: string, object: object, previous_attributes?: object) =>
  JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type,
    created: CREATED,
    data: { object, ...(previous_attributes && { previous_attributes }) },
  });
const signed = (payload: string, timestamp = CREATED) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET, timestamp });
const read = (payload: string) =>
  readStripeEvent(Buffer.from(payload), signed(payload), SECRET, new Date(CREATED * 1000));

describe('a webhook that says it comes from Stripe', () => {
  const payload = sent('invoice.paid', { id: 'in_1', object: 'invoice' });
  const at = (ms: number) => new Date(CREATED * 1000 + ms);

  it('is believed when it is signed', () => {
    expect(read(payload)).toEqual({
      id: 'evt_1',
      type: 'invoice.paid',
      created: '2027-03-01T08:00:00Z',
      objectId: 'in_1',
      defaultChanged: false,
    });
  });

  it.each<[string, () => unknown, string]>([
    [
      'with one byte added',
      () => readStripeEvent(Buffer.from(`${payload} `), signed(payload), SECRET, at(0)),
      'forged',
    ],
    [
      'signed with another secret',
      () => readStripeEvent(Buffer.from(payload), signed(payload), 'whsec_other', at(0)),
      'forged',
    ],
    ['without a signature', () => readStripeEvent(Buffer.from(payload), undefined, SECRET, at(0)), 'forged'],
    ['when no secret is set here', () => readStripeEvent(Buffer.from(payload), signed(payload), '', at(0)), 'forged'],
    [
      'more than five minutes old',
      () => readStripeEvent(Buffer.from(payload), signed(payload), SECRET, at(301_000)),
      'stale',
    ],
    ['signed, but no JSON', () => read('no json'), 'unreadable'],
    ['signed, but no event', () => read('{"hello":"world"}'), 'unreadable'],
  ])('is refused %s', (_, attempt, reason) => {
    expect(attempt).toThrow(expect.objectContaining({ name: 'UntrustedEventError', reason }));
  });

  it('may be about something that has no id yet', () => {
    expect(read(sent('invoice.upcoming', { object: 'invoice' }))).not.toHaveProperty('objectId');
  });
});

describe('the facts behind an event', () => {
  let server: ScriptedServer | undefined;
  afterEach(() => server?.stop());

  const subscriptionsOf = async (customer: string) =>
    (customer === 'cus_ada' ? ['sub_ada', 'sub_ada_2'] : []) as SubscriptionId[];
  const failure = {
    status: 'requires_payment_method',
    latest_charge: 'ch_1',
    last_payment_error: (aCardError() as { error: object }).error,
  };

  async function facts(type: string, object: { id: string }, now: object, previous?: object) {
    server = await startScripted(() => ({ json: now }));
    return factsFromStripe(
      stripeClient({ apiKey: 'sk_test_123', baseUrl: server.url }),
      read(sent(type, object, previous)),
      subscriptionsOf,
    );
  }

  it('a paid invoice tells the payment, under an id that a second event would repeat', async () => {
    const now = anInvoice({ status: 'paid', intent: { status: 'succeeded', latest_charge: 'ch_9' } });
    const paymentSucceeded = {
      id: 'stripe:invoice.paid:ch_9',
      at: '2027-03-01T08:00:00Z',
      kind: 'paymentSucceeded',
      invoice: 'sub_ada/3',
      money: { amountMinor: 4900, currency: 'EUR' },
      by: 'customer',
      reference: 'ch_9',
    };
    expect(await facts('invoice.paid', { id: 'in_1' }, now)).toEqual([
      { subscription: 'sub_ada', fact: paymentSucceeded },
    ]);
  });

  it('a failed payment tells why', async () => {
    expect(await facts('invoice.payment_failed', { id: 'in_1' }, anInvoice({ intent: failure }))).toEqual([
      {
        subscription: 'sub_ada',
        fact: {
          id: 'stripe:invoice.payment_failed:ch_1',
          at: '2027-03-01T08:00:00Z',
          kind: 'paymentFailed',
          invoice: 'sub_ada/3',
          decline: { code: 'insufficient_funds', networkCode: '51', adviceCode: '02', brand: 'mastercard' },
          by: 'customer',
          reference: 'ch_1',
        },
      },
    ]);
  });

  it('a failure that comes late, after the payment, tells the payment', async () => {
    const now = anInvoice({ status: 'paid', intent: { status: 'succeeded', latest_charge: 'ch_9' } });
    expect(await facts('invoice.payment_failed', { id: 'in_1' }, now)).toMatchObject([
      { fact: { kind: 'paymentSucceeded', reference: 'ch_9' } },
    ]);
  });

  it('a payment that was taken back since tells nothing', async () => {
    expect(await facts('invoice.paid', { id: 'in_1' }, anInvoice({ intent: failure }))).toEqual([]);
  });

  it("somebody else's invoice tells nothing", async () => {
    expect(await facts('invoice.paid', { id: 'in_1' }, anInvoice({ status: 'paid', metadata: {} }))).toEqual([]);
  });

  it('a new default card is told to every subscription of the customer', async () => {
    const now = { id: 'cus_ada', object: 'customer', invoice_settings: { default_payment_method: 'pm_new' } };
    const previous = { invoice_settings: { default_payment_method: 'pm_old' } };
    const told = await facts('customer.updated', { id: 'cus_ada' }, now, previous);
    expect(told.map(({ subscription }) => subscription)).toEqual(['sub_ada', 'sub_ada_2']);
    expect(told[0]?.fact).toMatchObject({ kind: 'paymentMethodReplaced', instrument: 'pm_new' });
  });

  it('a customer who only moved house tells nothing', async () => {
    expect(await facts('customer.updated', { id: 'cus_ada' }, {}, { address: { city: 'Bari' } })).toEqual([]);
    expect(server?.asked).toEqual([]);
  });

  it('a card that was attached is told, one that is gone again is not', async () => {
    const method = { id: 'pm_new', object: 'payment_method', customer: 'cus_ada' };
    expect(await facts('payment_method.attached', { id: 'pm_new' }, method)).toHaveLength(2);
    await server?.stop();
    expect(await facts('payment_method.attached', { id: 'pm_new' }, { ...method, customer: null })).toEqual([]);
  });

  it('a page of a gateway tells nothing but that it must be asked again', async () => {
    await expect(facts('invoice.paid', { id: 'in_1' }, { status: 'paid' })).rejects.toMatchObject({
      name: 'TryLaterError',
    });
  });
});
