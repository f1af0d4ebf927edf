import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { failure, openInvoice, stripeAt } from './clients.ts';

const SECRET = 'whsec_of_the_sandbox';

/** An endpoint that checks each signature with Stripe's own library, and can be told to fail. */
interface Endpoint {
  url: string;
  events: Stripe.Event[];
  refuse: number;
  tries: number;
  close(): Promise<void>;
}

async function listen(port = 0): Promise<Endpoint> {
  const endpoint: Endpoint = { url: '', events: [], refuse: 0, tries: 0, close };
  const server: Server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      endpoint.tries += 1;
      if (endpoint.refuse-- > 0) return res.writeHead(500).end();
      const signature = req.headers['stripe-signature']!;
      endpoint.events.push(Stripe.webhooks.constructEvent(Buffer.concat(chunks), signature, SECRET));
      return res.writeHead(200).end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  async function close(): Promise<void> {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`;
  return endpoint;
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 8_000; !holds();) {
    if (Date.now() > end) throw new Error('this did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('signed events', () => {
  let endpoint: Endpoint;
  let sandbox: Sandbox;
  let stripe: Stripe;
  beforeEach(async () => {
    endpoint = await listen();
    sandbox = await startSandbox({ port: 0, stripeWebhook: { url: endpoint.url, secret: SECRET } });
    stripe = stripeAt(sandbox.url);
  });
  afterEach(async () => {
    await sandbox.close();
    await endpoint.close();
  });
  const types = () => endpoint.events.map((event) => event.type).sort();

  it('tell of a decline, of the card that follows and of the payment', async () => {
    const { id } = await openInvoice(stripe, 'cus_sandbox');
    await failure(stripe.invoices.pay(id, { payment_method: 'pm_sandbox_insufficient_funds' }));
    await stripe.paymentMethods.attach('pm_card_visa', { customer: 'cus_sandbox' });
    await stripe.invoices.pay(id);
    await until(() => endpoint.events.length === 9);
    expect(types()).toEqual([
      'charge.failed',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_failed',
      'invoice_payment.paid',
      'payment_intent.payment_failed',
      'payment_intent.succeeded',
      'payment_method.attached',
    ]);
    const paid = endpoint.events.find((event) => event.type === 'invoice.paid')!;
    expect(paid).toMatchObject({
      api_version: '2026-10-28.endive',
      data: { object: { id, status: 'paid', object: 'invoice' } },
    });
    expect(paid.request!.id).toMatch(/^req_/);
    const read = await stripe.events.retrieve(paid.id);
    expect(read.data.object).toMatchObject({ id, status: 'paid' });
    expect((await stripe.events.list({ types: ['invoice.paid'] })).data.map((event) => event.id)).toEqual([paid.id]);
  });

  it('tell of refunds, withdrawn invoices, written-off ones and saved cards', async () => {
    const [a, b, c] = [
      await openInvoice(stripe, 'cus_sandbox'),
      await openInvoice(stripe, 'cus_sandbox'),
      await openInvoice(stripe, 'cus_sandbox'),
    ];
    await stripe.invoices.voidInvoice(a.id);
    await stripe.invoices.markUncollectible(b.id);
    await stripe.invoices.pay(c.id);
    const [payment] = (await stripe.invoicePayments.list({ invoice: c.id })).data;
    await stripe.refunds.create({ payment_intent: payment!.payment.payment_intent as string, amount: 100 });
    await stripe.setupIntents.create({ customer: 'cus_sandbox', payment_method: 'pm_card_visa', confirm: true });
    await stripe.customers.update('cus_sandbox', { description: 'Anna' });
    const wanted = [
      'invoice.voided',
      'invoice.marked_uncollectible',
      'charge.refunded',
      'refund.created',
      'setup_intent.succeeded',
      'customer.updated',
    ];
    await until(() => wanted.every((type) => types().includes(type as Stripe.Event.Type)));
  });

  it('come again until they are taken, and the API never waits for that', async () => {
    endpoint.refuse = 2;
    await stripe.customers.update('cus_sandbox', { description: 'Anna' });
    await until(() => endpoint.tries === 1);
    const [before] = (await stripe.events.list({ type: 'customer.updated' })).data;
    expect(before!.pending_webhooks).toBe(1);
    await until(() => endpoint.events.length === 1);
    expect(endpoint.tries).toBe(3);
    expect(endpoint.events[0]!.id).toBe(before!.id);
    const pending = async () => (await stripe.events.retrieve(before!.id)).pending_webhooks;
    while ((await pending()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }, 15_000);
});

it('events that nobody took are sent after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const endpoint = await listen();
  const port = Number(new URL(endpoint.url).port);
  await endpoint.close();
  const options = { port: 0, dataFile: join(folder, 'journal'), stripeWebhook: { url: endpoint.url, secret: SECRET } };
  const first = await startSandbox(options);
  await stripeAt(first.url).customers.update('cus_sandbox', { description: 'Anna' });
  await first.close();
  const later = await listen(port);
  const second = await startSandbox(options);
  await until(() => later.events.length === 1);
  expect(later.events[0]!.type).toBe('customer.updated');
  await second.close();
  await later.close();
  rmSync(folder, { recursive: true });
}, 15_000);
