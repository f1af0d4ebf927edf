/** The adapters living with the sandbox: our model of the three providers, over their own HTTP and official SDKs. */
import { FinalError } from '../../src/core/ports.ts';
import { instant } from '../../src/core/time.ts';
import type { SubscriptionId } from '../../src/core/subscription.ts';
import {
  factsFromStripe,
  postmarkMail,
  readStripeEvent,
  stripeBilling,
  stripeClient,
  twilioSms,
  type ToldFact,
} from '../../src/providers/index.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import { type Asked, type ScriptedServer, startScripted } from './scripted-server.ts';
import { anOrder } from './stripe-objects.ts';

const SECRET = 'whsec_sandbox';
let inbox: ScriptedServer;
let sandbox: Sandbox;
beforeAll(async () => {
  inbox = await startScripted(() => ({ json: { received: true } }));
  sandbox = await startSandbox({ port: 0, stripeWebhook: { url: inbox.url, secret: SECRET } });
});
afterAll(async () => {
  await sandbox.close();
  await inbox.stop();
});

const account = () => ({ apiKey: 'sk_test_sandbox', baseUrl: sandbox.url });

/** A customer who pays with this test card, or has none, and what we can do with them. */
async function aCustomer(card?: string) {
  const stripe = stripeClient(account());
  const customer = await stripe.customers.create({ email: 'ada@example.com' });
  if (card) {
    const method = await stripe.paymentMethods.attach(card, { customer: customer.id });
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  }
  const order = anOrder({ id: `sub_${customer.id}/3`, customer: customer.id });
  const invoices = async () => (await stripe.invoices.list({ customer: customer.id })).data;
  return { stripe, billing: stripeBilling(account()), customer: customer.id, order, invoices };
}

describe('an invoice', () => {
  it('is made once, however often it is opened', async () => {
    const { billing, order, invoices } = await aCustomer('pm_card_visa');
    const first = await billing.openInvoice(order);
    expect(first).toMatchObject({
      status: 'open',
      amountDueMinor: 4900,
      payUrl: expect.stringContaining('http') as string,
    });
    expect(await billing.openInvoice(order)).toEqual(first);
    expect(await invoices()).toHaveLength(1);
  });

  it('that a crash left as an empty draft is mended, not made again', async () => {
    const { stripe, billing, customer, order, invoices } = await aCustomer();
    await stripe.invoices.create({
      customer,
      currency: 'eur',
      auto_advance: false,
      metadata: { holdfast_invoice: order.id },
    });
    expect(await billing.openInvoice(order)).toMatchObject({ status: 'open', amountDueMinor: 4900 });
    expect(await invoices()).toHaveLength(1);
  });

  it('that is written off stays written off, and is not charged', async () => {
    const { billing, order } = await aCustomer('pm_card_visa');
    const { reference } = await billing.openInvoice(order);
    expect(await billing.writeOff({ reference, key: `${order.id}/write-off` })).toMatchObject({
      status: 'uncollectible',
      amountDueMinor: 0,
    });
    expect((await billing.charge({ ...order, key: 'k' })).answer).toEqual({
      outcome: 'not-due',
      status: 'uncollectible',
    });
  });

  it('that was paid stays paid when it is to be written off', async () => {
    const { billing, order } = await aCustomer('pm_card_visa');
    const { truth } = await billing.charge({ ...order, key: `${order.id}/try/1` });
    expect(await billing.writeOff({ reference: truth.reference, key: 'w' })).toMatchObject({ status: 'paid' });
  });
});

describe('a charge', () => {
  it('is paid, and charged once when it is asked for again', async () => {
    const { stripe, billing, customer, order } = await aCustomer('pm_card_visa');
    const first = await billing.charge({ ...order, key: `${order.id}/try/1` });
    expect(first).toMatchObject({
      answer: { outcome: 'paid', reference: expect.stringMatching(/^ch_/) as string },
      truth: { status: 'paid' },
    });
    expect(await billing.charge({ ...order, key: `${order.id}/try/1` })).toEqual(first);
    expect(await billing.charge({ ...order, key: `${order.id}/try/2` })).toEqual(first);
    expect((await stripe.charges.list({ customer })).data).toHaveLength(1);
  });

  it.each([
    [
      'pm_sandbox_insufficient_funds',
      { code: 'insufficient_funds', networkCode: '51', adviceCode: '02', brand: 'mastercard' },
    ],
    ['pm_sandbox_lost_card', { code: 'lost_card', networkCode: '41', adviceCode: '03', brand: 'mastercard' }],
    ['pm_sandbox_expired_card', { code: 'expired_card' }],
    ['pm_sandbox_authentication_required', { code: 'authentication_required' }],
  ])('with %s is declined as the bank says', async (card, decline) => {
    const { billing, order } = await aCustomer(card);
    const { answer, truth } = await billing.charge({ ...order, key: `${order.id}/try/1` });
    expect(answer).toMatchObject({ outcome: 'declined', decline, reference: expect.stringMatching(/^ch_/) as string });
    expect(truth).toMatchObject({ status: 'open', amountDueMinor: 4900 });
    // The mail can name the card: "Visa card ending 4021".
    expect(truth.card?.last4).toMatch(/^\d{4}$/);
  });

  it('asks the bank once under one key, and again under the next', async () => {
    const { billing, order } = await aCustomer('pm_sandbox_insufficient_funds');
    const reference = async (key: string) =>
      ((await billing.charge({ ...order, key })).answer as { reference: string }).reference;
    const first = await reference(`${order.id}/try/1`);
    expect(await reference(`${order.id}/try/1`)).toBe(first);
    expect(await reference(`${order.id}/try/2`)).not.toBe(first);
  });

  it('without anything to charge is a decline, for the customer can mend it', async () => {
    const { billing, order } = await aCustomer();
    expect((await billing.charge({ ...order, key: 'sub/3/try/1' })).answer).toMatchObject({
      decline: { code: 'no_payment_method' },
    });
    expect((await billing.charge({ ...order, key: 'sub/3/try/2', instrument: 'pm_gone' })).answer).toMatchObject({
      decline: { code: 'no_payment_method' },
    });
  });

  it('of a customer who does not exist is final', async () => {
    const order = { ...anOrder({ id: 'sub_nobody/3', customer: 'cus_nobody' }), key: 'k' };
    await expect(stripeBilling(account()).charge(order)).rejects.toMatchObject({
      name: 'FinalError',
      reason: 'unknown-customer',
    });
  });
});

describe('a webhook of the sandbox', () => {
  const told = async ({ body, headers }: Asked): Promise<ToldFact[]> => {
    const event = readStripeEvent(Buffer.from(body), headers['stripe-signature'], SECRET);
    return factsFromStripe(stripeClient(account()), event, async (customer) => [`sub_${customer}` as SubscriptionId]);
  };
  async function factsOf(subscription: string, kind: string): Promise<ToldFact[]> {
    for (let left = 50; left > 0; left--) {
      const all = (await Promise.all(inbox.asked.map(told))).flat();
      const wanted = all.filter(({ subscription: one, fact }) => one === subscription && fact.kind === kind);
      if (wanted.length > 0) return wanted;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return [];
  }

  it('tells our own decline under the reference of our own attempt', async () => {
    const { billing, order, customer } = await aCustomer('pm_sandbox_insufficient_funds');
    const { answer } = await billing.charge({ ...order, key: `${order.id}/try/1` });
    const [failure] = await factsOf(`sub_${customer}`, 'paymentFailed');
    expect(failure?.fact).toMatchObject({
      invoice: order.id,
      reference: (answer as { reference: string }).reference,
      decline: { code: 'insufficient_funds', brand: 'mastercard' },
    });
  });

  it('tells our own payment under the reference of our own attempt', async () => {
    const { billing, order, customer } = await aCustomer('pm_card_visa');
    const { answer } = await billing.charge({ ...order, key: `${order.id}/try/1` });
    const [payment] = await factsOf(`sub_${customer}`, 'paymentSucceeded');
    expect(payment?.fact).toMatchObject({
      money: { amountMinor: 4900, currency: 'EUR' },
      reference: (answer as { reference: string }).reference,
    });
  });

  it('tells a new default card', async () => {
    const { customer } = await aCustomer('pm_card_visa');
    const replaced = await factsOf(`sub_${customer}`, 'paymentMethodReplaced');
    expect(replaced[0]?.fact).toMatchObject({ instrument: expect.stringMatching(/^pm_/) as string });
  });
});

describe('messages', () => {
  const since = instant(Date.now() - 1000);

  it('a mail is found again by its key', async () => {
    const mail = postmarkMail({ serverToken: 'token', baseUrl: sandbox.url, from: 'billing@studio.example' });
    const sent = await mail.send({
      key: 'sub_ada/3/mail/1',
      to: 'ada@example.com',
      subject: 'Hi',
      html: '<p>Hi</p>',
      text: 'Hi',
      tag: 'payment-failed',
    });
    expect(await mail.find('sub_ada/3/mail/1', since)).toEqual(sent);
    expect(await mail.find('sub_ada/3/mail/2', since)).toBeUndefined();
  });

  it('a text is found again by its number and its words', async () => {
    const sms = twilioSms({
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 'token',
      baseUrl: sandbox.url,
      from: '+15551234567',
    });
    const text = { key: 'k', to: '+393331234567', body: 'Please see your mail.' };
    expect(await sms.find(text, since)).toBeUndefined();
    const sent = await sms.send(text);
    expect(await sms.find(text, since)).toEqual(sent);
  });

  it('a number that opted out is not served', async () => {
    const sms = twilioSms({
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 'token',
      baseUrl: sandbox.url,
      from: '+15551234567',
    });
    await expect(sms.send({ key: 'k', to: '+393331230000', body: 'Hello' })).rejects.toBeInstanceOf(FinalError);
  });
});
