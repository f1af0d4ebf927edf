import type Stripe from 'stripe';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import { startStripeMock, type StripeMock } from '../support/stripe-mock.ts';
import { failure, openInvoice, stripeAt } from './clients.ts';

let mock: StripeMock;
let sandbox: Sandbox;
let stripe: Stripe;
let customer: string;

beforeAll(async () => {
  mock = await startStripeMock();
  sandbox = await startSandbox({ port: 0, contractCheck: mock.url });
  stripe = stripeAt(sandbox.url);
}, 120_000);
beforeEach(async () => {
  customer = (await stripe.customers.create({ name: 'Owen Hughes', email: 'owen@example.com' })).id;
});
afterEach(() => expect(sandbox.contractViolations()).toEqual([]));
afterAll(async () => {
  await sandbox?.close();
  await mock?.stop();
});

async function withCard(card: string): Promise<string> {
  const method = await stripe.paymentMethods.attach(card, { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  return method.id;
}

async function chargesOf(of: string): Promise<Stripe.Charge[]> {
  return (await stripe.charges.list({ customer: of, limit: 100 })).data;
}

describe('an invoice', () => {
  it('goes from draft to open with a number, a payment page and an amount', async () => {
    const invoice = await openInvoice(stripe, customer);
    expect(invoice).toMatchObject({
      status: 'open',
      amount_due: 4900,
      amount_remaining: 4900,
      attempt_count: 0,
      parent: null,
    });
    expect(invoice.number).toMatch(/^[A-Z]{8}-0001$/);
    expect(invoice.hosted_invoice_url).toMatch(new RegExp(`^${sandbox.url}/pay/\\w{22}$`));
    expect(invoice.lines.data.map((line) => [line.description, line.amount])).toEqual([['Pro, monthly', 4900]]);
    for (const gone of ['payment_intent', 'charge', 'paid', 'subscription', 'payments'])
      expect(invoice).not.toHaveProperty(gone);
  });

  it('is paid with the default card, and tells its payment only when asked to', async () => {
    await withCard('pm_card_visa');
    const { id } = await openInvoice(stripe, customer);
    const paid = await stripe.invoices.pay(id, { off_session: true });
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 4900,
      amount_remaining: 0,
      attempt_count: 1,
      attempted: true,
    });
    const expanded = await stripe.invoices.retrieve(id, {
      expand: ['payments.data.payment.payment_intent'],
    });
    const [payment] = expanded.payments!.data;
    expect(payment).toMatchObject({ status: 'paid', amount_paid: 4900 });
    const intent = payment!.payment.payment_intent as Stripe.PaymentIntent;
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 4900 });
    const charge = await stripe.charges.retrieve(intent.latest_charge as string, { expand: ['payment_intent'] });
    expect(charge).toMatchObject({ status: 'succeeded', amount: 4900, payment_intent: { id: intent.id } });
    const listed = await stripe.invoicePayments.list({ invoice: id });
    expect(listed.data.map((row) => row.id)).toEqual([payment!.id]);
  });

  it('that is paid cannot be paid again', async () => {
    await withCard('pm_card_visa');
    const { id } = await openInvoice(stripe, customer);
    await stripe.invoices.pay(id);
    const error = await failure(stripe.invoices.pay(id));
    expect(error).toMatchObject({
      statusCode: 400,
      rawType: 'invalid_request_error',
      message: 'Invoice is already paid',
    });
    expect(await chargesOf(customer)).toHaveLength(1);
  });

  it('stays open when the bank declines, and later tries do not raise attempt_count', async () => {
    await withCard('pm_card_chargeCustomerFail');
    const { id } = await openInvoice(stripe, customer);
    await failure(stripe.invoices.pay(id));
    await failure(stripe.invoices.pay(id));
    const invoice = await stripe.invoices.retrieve(id);
    expect(invoice).toMatchObject({ status: 'open', attempted: true, attempt_count: 1, amount_remaining: 4900 });
    expect((await chargesOf(customer)).map((charge) => charge.status)).toEqual(['failed', 'failed']);
  });

  it('without any card to charge is refused, not declined', async () => {
    const { id } = await openInvoice(stripe, customer);
    expect(await failure(stripe.invoices.pay(id))).toMatchObject({ statusCode: 400 });
  });

  it('can be voided, written off, and paid after it was written off', async () => {
    await withCard('pm_card_visa');
    const [a, b] = [await openInvoice(stripe, customer), await openInvoice(stripe, customer)];
    expect(await stripe.invoices.voidInvoice(a.id)).toMatchObject({ status: 'void' });
    expect(await failure(stripe.invoices.pay(a.id))).toMatchObject({ statusCode: 400 });
    const written = await stripe.invoices.markUncollectible(b.id);
    expect(written).toMatchObject({ status: 'uncollectible', amount_remaining: 4900 });
    expect(await failure(stripe.invoices.markUncollectible(b.id))).toMatchObject({ statusCode: 400 });
    expect(await stripe.invoices.pay(b.id)).toMatchObject({ status: 'paid' });
    expect(await failure(stripe.invoices.voidInvoice(b.id))).toMatchObject({ statusCode: 400 });
  });

  it('can be paid out of band, without a charge', async () => {
    const { id } = await openInvoice(stripe, customer);
    expect(await stripe.invoices.pay(id, { paid_out_of_band: true })).toMatchObject({ status: 'paid' });
    expect(await chargesOf(customer)).toHaveLength(0);
  });

  it('takes items only while it is a draft', async () => {
    const { id } = await openInvoice(stripe, customer);
    const late = stripe.invoiceItems.create({ customer, invoice: id, amount: 100, currency: 'eur' });
    expect(await failure(late)).toMatchObject({ statusCode: 400, code: 'invoice_not_editable' });
  });
});

describe('the bank', () => {
  const table: [card: string, code: string, declineCode: string | undefined, advice: string | undefined][] = [
    ['pm_sandbox_insufficient_funds', 'card_declined', 'insufficient_funds', 'try_again_later'],
    ['pm_sandbox_expired_card', 'expired_card', undefined, 'confirm_card_data'],
    ['pm_sandbox_lost_card', 'card_declined', 'lost_card', 'do_not_try_again'],
    ['pm_sandbox_stolen_card', 'card_declined', 'stolen_card', 'do_not_try_again'],
    ['pm_sandbox_do_not_honor', 'card_declined', 'do_not_honor', 'try_again_later'],
    ['pm_sandbox_authentication_required', 'authentication_required', 'authentication_required', undefined],
    ['pm_card_chargeCustomerFail', 'card_declined', 'generic_decline', 'try_again_later'],
  ];
  it.each(table)('saves %s and then declines it with %s, %s', async (card, code, declineCode, advice) => {
    await withCard(card);
    const { id } = await openInvoice(stripe, customer);
    const error = await failure(stripe.invoices.pay(id, { off_session: true }));
    expect(error).toMatchObject({ statusCode: 402, type: 'StripeCardError', code });
    // The library makes an absent decline_code an empty text.
    expect([error['decline_code'] || undefined, error['advice_code']]).toEqual([declineCode, advice]);
    expect(error['network_decline_code']).toMatch(/^\w{2}$/);
    expect(error['payment_intent']).toMatchObject({ status: 'requires_payment_method', last_payment_error: { code } });
    const [charge] = await chargesOf(customer);
    expect(charge!.outcome).toMatchObject({
      type: 'issuer_declined',
      network_status: 'declined_by_network',
      advice_code: advice ?? null,
    });
  });

  it('gives a Mastercard its merchant advice code', async () => {
    const { id } = await openInvoice(stripe, customer);
    const error = await failure(stripe.invoices.pay(id, { payment_method: 'pm_sandbox_lost_card' }));
    expect(error).toMatchObject({ network_advice_code: '03', network_decline_code: '41' });
  });

  it('refuses to save the cards that Stripe refuses to save', async () => {
    const attach = stripe.paymentMethods.attach('pm_card_visa_chargeDeclinedLostCard', { customer });
    expect(await failure(attach)).toMatchObject({ statusCode: 402, decline_code: 'lost_card' });
    expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([]);
  });

  it('charges a test card directly as a payment intent', async () => {
    const order = { amount: 4900, currency: 'eur', customer, confirm: true, off_session: true } as const;
    const intent = await stripe.paymentIntents.create({ ...order, payment_method: 'pm_card_visa' });
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 4900 });
    const declined = stripe.paymentIntents.create({ ...order, payment_method: 'pm_card_chargeDeclinedExpiredCard' });
    expect(await failure(declined)).toMatchObject({ statusCode: 402, code: 'expired_card' });
    const listed = await stripe.paymentIntents.list({ customer });
    expect(listed.data.map((row) => row.status)).toEqual(['requires_payment_method', 'succeeded']);
  });

  it('waits for the customer instead of declining when the customer is there', async () => {
    const intent = await stripe.paymentIntents.create({ amount: 4900, currency: 'eur', customer });
    const waiting = await stripe.paymentIntents.confirm(intent.id, {
      payment_method: 'pm_card_authenticationRequired',
    });
    expect(waiting.status).toBe('requires_action');
    expect(await stripe.paymentIntents.cancel(intent.id)).toMatchObject({ status: 'canceled' });
  });

  it('lets a card recover N days after its first decline, by the customer’s test clock', async () => {
    const start = Date.UTC(2027, 0, 31, 9) / 1000;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start });
    const onClock = await stripe.customers.create({ test_clock: clock.id });
    const { id, created } = await openInvoice(stripe, onClock.id);
    expect(created).toBe(start);
    const method = await stripe.paymentMethods.attach('pm_sandbox_recovers_after_3_days', { customer: onClock.id });
    const pay = () => stripe.invoices.pay(id, { payment_method: method.id });
    expect(await failure(pay())).toMatchObject({ decline_code: 'insufficient_funds' });
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: start + 3 * 86_400 - 1 });
    expect(await failure(pay())).toMatchObject({ decline_code: 'insufficient_funds' });
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: start + 3 * 86_400 });
    const paid = await pay();
    expect(paid.status_transitions.paid_at).toBe(start + 3 * 86_400);
    const next = await openInvoice(stripe, onClock.id);
    const again = stripe.invoices.pay(next.id, { payment_method: method.id });
    expect(await failure(again)).toMatchObject({ decline_code: 'insufficient_funds' });
  });
});

describe('an Idempotency-Key', () => {
  it('charges once, however often the same request comes', async () => {
    await withCard('pm_card_visa');
    const { id } = await openInvoice(stripe, customer);
    const first = await stripe.invoices.pay(id, {}, { idempotencyKey: `${id}/1` });
    const again = await stripe.invoices.pay(id, {}, { idempotencyKey: `${id}/1` });
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(again.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId);
    expect(again).toEqual(first);
    expect(await chargesOf(customer)).toHaveLength(1);
  });

  it('brings back a decline too, without asking the bank again', async () => {
    await withCard('pm_sandbox_insufficient_funds');
    const { id } = await openInvoice(stripe, customer);
    const pay = () => failure(stripe.invoices.pay(id, {}, { idempotencyKey: `${id}/1` }));
    const [first, again] = [await pay(), await pay()];
    expect(again).toMatchObject({ statusCode: 402, charge: first['charge'] });
    expect((again['headers'] as Record<string, string>)['idempotent-replayed']).toBe('true');
    expect(await chargesOf(customer)).toHaveLength(1);
  });

  it('is refused for another body and for another endpoint', async () => {
    const options = { idempotencyKey: `${customer}/key` };
    await stripe.paymentIntents.create({ amount: 4900, currency: 'eur', customer }, options);
    const other = stripe.paymentIntents.create({ amount: 5000, currency: 'eur', customer }, options);
    expect(await failure(other)).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' });
    expect(await failure(stripe.customers.create({}, options))).toMatchObject({ type: 'StripeIdempotencyError' });
  });

  it('is refused while its first request is in flight, and the slow bank still charged once', async () => {
    const { id } = await openInvoice(stripe, customer);
    const options = { idempotencyKey: `${id}/slow` };
    const first = stripe.invoices.pay(id, { payment_method: 'pm_sandbox_slow_bank' }, options);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = stripe.invoices.pay(id, { payment_method: 'pm_sandbox_slow_bank' }, options);
    expect(await failure(second)).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    expect(await first).toMatchObject({ status: 'paid' });
    expect(await chargesOf(customer)).toHaveLength(1);
  }, 15_000);

  it('stays free when the request was refused before anything ran', async () => {
    const options = { idempotencyKey: `${customer}/typo` };
    const wrong = stripe.paymentIntents.create({ amount: 0, currency: 'eur', customer }, options);
    expect(await failure(wrong)).toMatchObject({ statusCode: 400, param: 'amount' });
    expect(await stripe.paymentIntents.create({ amount: 4900, currency: 'eur', customer }, options)).toMatchObject({
      amount: 4900,
    });
  });
});

describe('a refund', () => {
  async function paidIntent(): Promise<string> {
    const order = { amount: 4900, currency: 'eur', customer, payment_method: 'pm_card_visa', confirm: true };
    return (await stripe.paymentIntents.create({ ...order, off_session: true })).id;
  }

  it('in parts never adds up to more than was captured', async () => {
    const payment_intent = await paidIntent();
    expect(await stripe.refunds.create({ payment_intent, amount: 1900 })).toMatchObject({ status: 'succeeded' });
    const tooMuch = stripe.refunds.create({ payment_intent, amount: 3001 });
    expect(await failure(tooMuch)).toMatchObject({ statusCode: 400, param: 'amount' });
    expect(await stripe.refunds.create({ payment_intent })).toMatchObject({ amount: 3000 });
    expect(await failure(stripe.refunds.create({ payment_intent }))).toMatchObject({ code: 'charge_already_refunded' });
    const [charge] = await chargesOf(customer);
    expect(charge).toMatchObject({ amount_refunded: 4900, refunded: true });
    expect((await stripe.refunds.list({ payment_intent })).data.map((row) => row.amount)).toEqual([3000, 1900]);
  });

  it('of a payment that was declined is refused', async () => {
    await failure(
      stripe.paymentIntents.create({
        amount: 4900,
        currency: 'eur',
        customer,
        payment_method: 'pm_sandbox_lost_card',
        confirm: true,
      }),
    );
    const [intent] = (await stripe.paymentIntents.list({ customer })).data;
    expect(await failure(stripe.refunds.create({ payment_intent: intent!.id }))).toMatchObject({ statusCode: 400 });
  });
});

describe('a customer', () => {
  it('keeps metadata until it is unset key by key', async () => {
    await stripe.customers.update(customer, { metadata: { plan: 'pro', zone: 'Europe/Rome' } });
    const updated = await stripe.customers.update(customer, { metadata: { plan: '' }, description: 'Owen' });
    expect(updated).toMatchObject({ metadata: { zone: 'Europe/Rome' }, description: 'Owen', name: 'Owen Hughes' });
  });

  it('takes only its own payment methods as default', async () => {
    const other = await stripe.customers.create({ payment_method: 'pm_card_visa' });
    const [theirs] = (await stripe.customers.listPaymentMethods(other.id)).data;
    const update = stripe.customers.update(customer, { invoice_settings: { default_payment_method: theirs!.id } });
    expect(await failure(update)).toMatchObject({ statusCode: 400, code: 'resource_missing' });
    const { id } = await openInvoice(stripe, customer);
    expect(await failure(stripe.invoices.pay(id, { payment_method: theirs!.id }))).toMatchObject({ statusCode: 400 });
  });

  it('loses its default when the card is detached', async () => {
    const method = await withCard('pm_card_visa');
    expect(await stripe.paymentMethods.detach(method)).toMatchObject({ customer: null });
    expect((await stripe.customers.retrieve(customer)) as Stripe.Customer).toMatchObject({
      invoice_settings: { default_payment_method: null },
    });
  });

  it('gets a card by a setup intent, unless the bank declines it', async () => {
    const intent = await stripe.setupIntents.create({ customer, usage: 'off_session' });
    const declined = stripe.setupIntents.confirm(intent.id, { payment_method: 'pm_card_visa_chargeDeclined' });
    expect(await failure(declined)).toMatchObject({ statusCode: 402, code: 'card_declined' });
    const done = await stripe.setupIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
    expect(done.status).toBe('succeeded');
    const saved = await stripe.paymentMethods.list({ customer, type: 'card' });
    expect(saved.data.map((method) => method.id)).toEqual([done.payment_method]);
  });

  it('is there on the first day, with a card that works', async () => {
    const { id } = await openInvoice(stripe, 'cus_sandbox');
    expect(await stripe.invoices.pay(id)).toMatchObject({ status: 'paid' });
  });
});

describe('a list', () => {
  it('comes newest first in pages that follow each other', async () => {
    const made: string[] = [];
    for (let i = 0; i < 5; i++) made.unshift((await openInvoice(stripe, customer)).id);
    const page = await stripe.invoices.list({ customer, limit: 2 });
    expect([page.data.map((row) => row.id), page.has_more]).toEqual([made.slice(0, 2), true]);
    const next = await stripe.invoices.list({ customer, limit: 3, starting_after: made[1]! });
    expect([next.data.map((row) => row.id), next.has_more]).toEqual([made.slice(2), false]);
    const back = await stripe.invoices.list({ customer, limit: 1, ending_before: made[2]! });
    expect([back.data.map((row) => row.id), back.has_more]).toEqual([[made[1]], true]);
    const all = await stripe.invoices.list({ customer, limit: 2 }).autoPagingToArray({ limit: 100 });
    expect(all.map((row) => row.id)).toEqual(made);
  });

  it('is narrowed by status and by time', async () => {
    const open = await openInvoice(stripe, customer);
    await stripe.invoices.voidInvoice((await openInvoice(stripe, customer)).id);
    const found = await stripe.invoices.list({
      customer,
      status: 'open',
      created: { gte: open.created - 5 },
      expand: ['data.payments'],
    });
    expect(found.data.map((row) => row.id)).toEqual([open.id]);
    expect(found.data[0]!.payments!.data[0]).toMatchObject({ status: 'open', amount_requested: 4900 });
    expect((await stripe.invoices.list({ customer, created: { lt: open.created - 5 } })).data).toEqual([]);
  });
});

describe('a request that Stripe would refuse', () => {
  it('for an unknown parameter is refused with its full name', async () => {
    const error = await failure(stripe.customers.create({ nope: 'x' } as object));
    expect(error).toMatchObject({
      statusCode: 400,
      code: 'parameter_unknown',
      param: 'nope',
      message: 'Received unknown parameter: nope',
    });
    const nested = await failure(stripe.customers.create({ invoice_settings: { defaults: 'x' } } as object));
    expect(nested).toMatchObject({ code: 'parameter_unknown', param: 'invoice_settings[defaults]' });
    const listed = await failure(stripe.invoices.list({ colour: 'red' } as object));
    expect(listed).toMatchObject({ code: 'parameter_unknown', param: 'colour' });
  });

  it('for a missing, mistyped or empty parameter says which', async () => {
    expect(await failure(stripe.paymentIntents.create({ currency: 'eur' } as never))).toMatchObject({
      code: 'parameter_missing',
      param: 'amount',
    });
    expect(await failure(stripe.paymentIntents.create({ amount: 'abc' as never, currency: 'eur' }))).toMatchObject({
      code: 'parameter_invalid_integer',
      param: 'amount',
    });
    expect(await failure(stripe.invoices.create({ customer: '' }))).toMatchObject({ code: 'parameter_invalid_empty' });
    expect(await failure(stripe.invoices.list({ status: 'late' as never }))).toMatchObject({
      statusCode: 400,
      param: 'status',
    });
    expect(await failure(stripe.invoices.retrieve('in_1', { expand: ['charge'] }))).toMatchObject({ statusCode: 404 });
  });

  it('for what is not there is a 404 in the path and a 400 in a parameter', async () => {
    expect(await failure(stripe.invoices.retrieve('in_nope'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    expect(await failure(stripe.invoices.create({ customer: 'cus_nope' }))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'customer',
    });
    const answer = await fetch(`${sandbox.url}/v1/nope`, { headers: { authorization: 'Bearer sk_test_1' } });
    expect([answer.status, Object.keys((await answer.json()) as object)]).toEqual([404, ['error']]);
  });

  it('without a test key is a 401', async () => {
    expect(await failure(stripeAt(sandbox.url, 'sk_live_123').customers.list())).toMatchObject({ statusCode: 401 });
    expect((await fetch(`${sandbox.url}/v1/customers`)).status).toBe(401);
  });

  it('as garbage never answers 500, and always with an error', async () => {
    // The form parser drops `__proto__`, stripe-mock refuses it: so this sandbox is not compared with stripe-mock.
    const alone = await startSandbox({ port: 0 });
    for (const body of ['%', 'a[b]=1&a=2', 'amount[]=1&currency=eur', '__proto__[x]=1', '{"amount":1}', '[]=&[][]=x']) {
      for (const path of ['customers', 'payment_intents', 'invoices', 'refunds', 'test_helpers/test_clocks']) {
        const answer = await fetch(`${alone.url}/v1/${path}`, {
          method: 'POST',
          headers: { authorization: 'Bearer sk_test_1', 'content-type': 'application/x-www-form-urlencoded' },
          body,
        });
        const said = (await answer.json()) as object;
        if (answer.status >= 400) expect([answer.status, Object.keys(said)]).toEqual([400, ['error']]);
      }
    }
    await alone.close();
  });
});
