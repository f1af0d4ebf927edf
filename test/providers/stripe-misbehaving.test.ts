/** What the Stripe adapter makes of answers that no stand-in gives: our model of gateways, locks and lost connections. */
import { stripeBilling } from '../../src/providers/index.ts';
import { type FinalError, TryLaterError } from '../../src/core/ports.ts';
import { type Asked, type Reply, type ScriptedServer, startScripted } from './scripted-server.ts';
import { aCardError, anInvoice, anOrder } from './stripe-objects.ts';

let server: ScriptedServer | undefined;
afterEach(() => server?.stop());

/** A Stripe whose invoice reads as `reads` says (the last entry stays), and whose `pay` answers as `pays` says. */
async function aStripe({
  reads = [anInvoice()],
  pays,
}: {
  reads?: object[];
  pays: (asked: Asked, nth: number) => Reply;
}) {
  let read = 0;
  let paid = 0;
  server = await startScripted((asked) => {
    if (asked.path === '/v1/invoices/in_1' && asked.method === 'GET')
      return { json: reads[Math.min(read++, reads.length - 1)] };
    if (asked.path === '/v1/invoices/in_1/pay') return pays(asked, ++paid);
    if (asked.path === '/v1/customers/cus_ada') return { json: aCustomer };
    return {
      status: 404,
      json: {
        error: { type: 'invalid_request_error', message: `Unrecognized request URL (${asked.method}: ${asked.path})` },
      },
    };
  });
  return stripeBilling({ apiKey: 'sk_test_123', baseUrl: server.url });
}

const aCustomer = {
  id: 'cus_ada',
  object: 'customer',
  default_source: null,
  invoice_settings: { default_payment_method: 'pm_1' },
};
const charge = { ...anOrder({ reference: 'in_1' }), key: 'sub_ada/3/case/retry/2' };
const paidInvoice = anInvoice({ status: 'paid', intent: { status: 'succeeded', latest_charge: 'ch_9' } });
const keysAsked = () =>
  server?.asked.filter((asked) => asked.path.endsWith('/pay')).map((asked) => asked.headers['idempotency-key']);

const unclear: [string, Reply][] = [
  ['a connection cut after the work', 'cut'],
  ['a JSON page of a gateway with 502', { status: 502, json: { message: 'Bad gateway' } }],
  ['a JSON page of a gateway with 404', { status: 404, json: { message: 'no route' } }],
  ['a JSON page of a gateway with 200', { status: 200, json: { status: 'ok' } }],
  ['an HTML page of a gateway', { status: 503, text: '<h1>Down for maintenance</h1>' }],
  ['a 402 that says nothing', { status: 402, json: {} }],
  ['a 402 whose error has no code', { status: 402, json: { error: { message: 'Payment required' } } }],
  ['an object of another kind', { status: 200, json: { id: 'evt_1', object: 'event', status: 'paid' } }],
  ['a 500 of Stripe', { status: 500, json: { error: { type: 'api_error', message: 'Something went wrong' } } }],
  [
    'a 429 of Stripe',
    { status: 429, json: { error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many' } } },
  ],
  [
    'our own earlier call still at work',
    { status: 409, json: { error: { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'In use' } } },
  ],
];

describe('a charge whose answer is unclear', () => {
  it.each(unclear)('is never taken for paid: %s', async (_, reply) => {
    const billing = await aStripe({ pays: () => reply });
    await expect(billing.charge(charge)).rejects.toBeInstanceOf(TryLaterError);
  });

  it.each(unclear)('is paid when the invoice says so: %s', async (_, reply) => {
    const billing = await aStripe({ reads: [anInvoice(), paidInvoice], pays: () => reply });
    expect(await billing.charge(charge)).toMatchObject({
      answer: { outcome: 'paid', reference: 'ch_9' },
      truth: { status: 'paid', amountDueMinor: 0 },
    });
  });

  it('is processing when the bank debit is on its way', async () => {
    const underWay = anInvoice({ intent: { status: 'processing', latest_charge: 'py_1' } });
    const billing = await aStripe({ reads: [anInvoice(), underWay], pays: () => 'cut' });
    expect((await billing.charge(charge)).answer).toEqual({ outcome: 'processing', reference: 'py_1' });
  });

  it('is asked again under the same key, so that Stripe repeats its answer', async () => {
    const billing = await aStripe({ pays: (_, nth) => (nth <= 2 ? 'cut' : { status: 402, json: aCardError() }) });
    await expect(billing.charge(charge)).rejects.toBeInstanceOf(TryLaterError);
    expect((await billing.charge(charge)).answer).toMatchObject({ outcome: 'declined', reference: 'ch_1' });
    expect(new Set(keysAsked())).toEqual(new Set([charge.key]));
  });
});

describe('a refusal that Stripe remembers under its key', () => {
  const locked = (replayed: boolean): Reply => ({
    status: 429,
    json: {
      error: {
        type: 'invalid_request_error',
        code: 'lock_timeout',
        message: 'This object cannot be accessed right now',
      },
    },
    headers: { 'retry-after': '7', ...(replayed && { 'idempotent-replayed': 'true' }) },
  });

  it('is waited out as long as Stripe asks when it is fresh', async () => {
    const billing = await aStripe({ pays: () => locked(false) });
    await expect(billing.charge(charge)).rejects.toMatchObject({ name: 'TryLaterError', afterSeconds: 7 });
    expect(keysAsked()).toEqual([charge.key]);
  });

  it('is passed by the next key of the series when it is a replay: nothing was done under the first', async () => {
    const billing = await aStripe({
      reads: [anInvoice(), paidInvoice],
      pays: ({ headers }) =>
        headers['idempotency-key'] === charge.key ? locked(true) : { json: anInvoice({ status: 'paid' }) },
    });
    expect((await billing.charge(charge)).answer).toMatchObject({ outcome: 'paid' });
    expect(keysAsked()).toEqual([charge.key, `${charge.key}~2`]);
  });

  it('ends in waiting, not in an endless walk, when every key is used up', async () => {
    const billing = await aStripe({ pays: () => locked(true) });
    await expect(billing.charge(charge)).rejects.toBeInstanceOf(TryLaterError);
    expect(keysAsked()).toHaveLength(16);
  });
});

describe('a charge that the bank answers', () => {
  it('is declined with every code that Stripe gives, under the id of this one attempt', async () => {
    const billing = await aStripe({ pays: () => ({ status: 402, json: aCardError() }) });
    expect((await billing.charge(charge)).answer).toEqual({
      outcome: 'declined',
      reference: 'ch_1',
      decline: { code: 'insufficient_funds', networkCode: '51', adviceCode: '02', brand: 'mastercard' },
    });
  });

  it('is named by its code when there is no decline code', async () => {
    const billing = await aStripe({
      pays: () => ({ status: 402, json: aCardError({ code: 'expired_card', decline_code: undefined }) }),
    });
    expect((await billing.charge(charge)).answer).toMatchObject({ decline: { code: 'expired_card' } });
  });

  it('needs the customer when Stripe wants a confirmation, by whatever name', async () => {
    const json = {
      error: { type: 'invalid_request_error', code: 'invoice_payment_intent_requires_action', message: 'Needs action' },
    };
    const billing = await aStripe({ pays: () => ({ status: 400, json }) });
    expect((await billing.charge(charge)).answer).toMatchObject({
      outcome: 'declined',
      decline: { code: 'authentication_required' },
      reference: 'pi_1',
    });
  });

  it('is not asked again while an earlier payment is under way', async () => {
    const billing = await aStripe({
      reads: [anInvoice({ intent: { status: 'processing', latest_charge: 'py_1' } })],
      pays: () => 'cut',
    });
    expect((await billing.charge(charge)).answer).toMatchObject({ outcome: 'processing' });
    expect(keysAsked()).toEqual([]);
  });

  it.each(['void', 'uncollectible'])('is not made when the invoice is %s', async (status) => {
    const billing = await aStripe({ reads: [anInvoice({ status })], pays: () => 'cut' });
    expect((await billing.charge(charge)).answer).toEqual({ outcome: 'not-due', status });
    expect(keysAsked()).toEqual([]);
  });
});

describe('what no further try will mend', () => {
  const refusal = (status: number, error: object): Reply => ({
    status,
    json: { error: { type: 'invalid_request_error', message: 'No', ...error } },
  });

  it('bad credentials are final', async () => {
    const billing = await aStripe({ pays: () => refusal(401, {}) });
    await expect(billing.charge(charge)).rejects.toMatchObject({ name: 'FinalError', reason: 'bad-credentials' });
  });

  it('a request that Stripe finds wrong is final, and a card that is there is not called missing', async () => {
    const billing = await aStripe({ pays: () => refusal(400, { code: 'amount_too_small', param: 'amount' }) });
    const error = await billing.charge(charge).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'FinalError',
      reason: 'refused',
      message: 'Stripe answered 400 amount_too_small (amount)',
    });
  });

  it('an instrument that is gone counts as none', async () => {
    const billing = await aStripe({ pays: () => refusal(400, { code: 'resource_missing', param: 'payment_method' }) });
    expect((await billing.charge({ ...charge, instrument: 'pm_gone' })).answer).toEqual({
      outcome: 'declined',
      decline: { code: 'no_payment_method' },
      reference: charge.key,
    });
  });

  it('carries no original error, for what an activity throws stands in a history', async () => {
    const billing = await aStripe({ pays: () => refusal(401, {}) });
    const error = (await billing.charge(charge).catch((thrown: unknown) => thrown)) as FinalError;
    expect(error.cause).toBeUndefined();
  });
});

describe('writing off', () => {
  it('leaves an invoice paid that was paid in the same moment', async () => {
    let reads = 0;
    server = await startScripted(({ method }) =>
      method === 'GET'
        ? { json: reads++ === 0 ? anInvoice() : paidInvoice }
        : { status: 400, json: { error: { type: 'invalid_request_error', message: 'Already paid' } } },
    );
    const billing = stripeBilling({ apiKey: 'sk_test_123', baseUrl: server.url });
    expect(await billing.writeOff({ reference: 'in_1', key: 'k' })).toMatchObject({ status: 'paid' });
  });
});
