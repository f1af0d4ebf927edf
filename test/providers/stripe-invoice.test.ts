/** One invoice for one billing cycle, whatever was interrupted: the three calls that make it, against a Stripe told by heart. */
import { stripeBilling } from '../../src/providers/index.ts';
import { type ScriptedServer, startScripted } from './scripted-server.ts';
import { anInvoice, anOrder } from './stripe-objects.ts';

let server: ScriptedServer | undefined;
afterEach(() => server?.stop());

const page = (data: object[], has_more = false) => ({ json: { object: 'list', url: '/v1/invoices', data, has_more } });
const aDraft = (lines: object[]) =>
  anInvoice({ status: 'draft', lines: { object: 'list', data: lines, has_more: false } });

/** A Stripe that lists these invoices, two a page, and does as it is told. */
async function aStripe({ listed = [] as object[], reads = anInvoice() }: { listed?: object[]; reads?: object }) {
  server = await startScripted(({ method, path, query }) => {
    if (method === 'GET' && path === '/v1/invoices') {
      const from = listed.findIndex((invoice) => (invoice as { id: string }).id === query.get('starting_after')) + 1;
      return page(listed.slice(from, from + 2), from + 2 < listed.length);
    }
    if (method === 'GET') return { json: reads };
    if (path === '/v1/invoices') return { json: aDraft([]) };
    if (path === '/v1/invoiceitems') return { json: { id: 'ii_1', object: 'invoiceitem' } };
    return { json: anInvoice() };
  });
  return stripeBilling({ apiKey: 'sk_test_123', baseUrl: server.url });
}

const writes = () =>
  server?.asked
    .filter(({ method }) => method === 'POST')
    .map(({ path, headers }) => `${path} ${headers['idempotency-key']}`);
const created = '/v1/invoices sub_ada/3/invoice';
const itemAdded = '/v1/invoiceitems sub_ada/3/item';
const finalised = '/v1/invoices/in_1/finalize sub_ada/3/finalize';

describe('opening an invoice', () => {
  it('makes it in three writes, each under a key of our invoice id', async () => {
    const billing = await aStripe({});
    expect(await billing.openInvoice(anOrder())).toEqual({
      reference: 'in_1',
      status: 'open',
      amountDueMinor: 4900,
      payUrl: 'https://pay.example/in_1',
    });
    expect(writes()).toEqual([created, itemAdded, finalised]);
  });

  it('leaves when to charge to us, and writes our ids where we find them again', async () => {
    const billing = await aStripe({});
    await billing.openInvoice(anOrder());
    const sent = new URLSearchParams(server?.asked.find(({ method }) => method === 'POST')?.body);
    expect(Object.fromEntries(sent)).toMatchObject({
      auto_advance: 'false',
      collection_method: 'charge_automatically',
      'metadata[holdfast_invoice]': 'sub_ada/3',
      'metadata[holdfast_subscription]': 'sub_ada',
    });
  });

  it('finds it by our id, on whatever page of the list it stands', async () => {
    const others = ['in_7', 'in_6', 'in_5'].map((id) => anInvoice({ id, metadata: {} }));
    const billing = await aStripe({ listed: [...others, anInvoice()] });
    expect(await billing.openInvoice(anOrder())).toMatchObject({ reference: 'in_1' });
    expect(writes()).toEqual([]);
  });

  it('mends a draft that a crash left without its item', async () => {
    const billing = await aStripe({ listed: [aDraft([])], reads: aDraft([]) });
    await billing.openInvoice(anOrder());
    expect(writes()).toEqual([itemAdded, finalised]);
  });

  it('mends a draft that a crash left unfinished, and does not add the item twice', async () => {
    const billing = await aStripe({ listed: [aDraft([{ id: 'il_1' }])], reads: aDraft([{ id: 'il_1' }]) });
    await billing.openInvoice(anOrder());
    expect(writes()).toEqual([finalised]);
  });

  it('makes no second invoice because a gateway answered the search', async () => {
    server = await startScripted(() => ({ status: 502, json: { data: [], message: 'Bad gateway' } }));
    const billing = stripeBilling({ apiKey: 'sk_test_123', baseUrl: server.url });
    await expect(billing.openInvoice(anOrder())).rejects.toMatchObject({ name: 'TryLaterError' });
    expect(writes()).toEqual([]);
  });

  it('says that a customer is unknown', async () => {
    const error = {
      type: 'invalid_request_error',
      code: 'resource_missing',
      param: 'customer',
      message: "No such customer: 'cus_ada'",
    };
    server = await startScripted(() => ({ status: 400, json: { error } }));
    const billing = stripeBilling({ apiKey: 'sk_test_123', baseUrl: server.url });
    await expect(billing.openInvoice(anOrder())).rejects.toMatchObject({
      name: 'FinalError',
      reason: 'unknown-customer',
    });
  });
});

describe('amounts at Stripe', () => {
  it.each([
    ['EUR', 4900, '4900'],
    ['JPY', 2980, '2980'],
    ['KWD', 5120, '5120'],
    ['ISK', 500, '50000'],
    ['UGX', 900, '90000'],
  ])('are counted as Stripe counts them: %s %i', async (currency, amountMinor, sent) => {
    const billing = await aStripe({ listed: [aDraft([])], reads: aDraft([]) });
    await billing.openInvoice(anOrder({ currency, amountMinor }));
    const item = server?.asked.find(({ path }) => path === '/v1/invoiceitems');
    expect(new URLSearchParams(item?.body).get('amount')).toBe(sent);
  });

  it('come back as ours', async () => {
    const billing = await aStripe({ reads: anInvoice({ currency: 'isk', amount_remaining: 50000 }) });
    expect(await billing.openInvoice(anOrder({ reference: 'in_1', currency: 'ISK' }))).toMatchObject({
      amountDueMinor: 500,
    });
  });
});
