import type Stripe from 'stripe';
import { CARDS } from '../../src/sandbox/bank.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import { failure, openInvoice, stripeAt } from './clients.ts';

let sandbox: Sandbox;
let stripe: Stripe;
let invoice: Stripe.Invoice;
beforeEach(async () => {
  sandbox = await startSandbox({ port: 0 });
  stripe = stripeAt(sandbox.url);
  invoice = await openInvoice(stripe, 'cus_sandbox');
});
afterEach(() => sandbox.close());

async function look(): Promise<string> {
  return (await fetch(invoice.hosted_invoice_url!)).text();
}

async function type(number: string, more: Record<string, string> = {}): Promise<{ status: number; page: string }> {
  const body = new URLSearchParams({ number, expiry: '12 / 34', cvc: '123', ...more });
  const answer = await fetch(invoice.hosted_invoice_url!, { method: 'POST', body });
  return { status: answer.status, page: await answer.text() };
}

describe('the payment page', () => {
  it('says the amount and what it is for, and looking at it changes nothing', async () => {
    const before = await stripe.events.list({ limit: 100 });
    const page = await look();
    expect(page).toContain('Pay €\u00a049.00');
    expect(page).toContain('Pro, monthly');
    expect((await stripe.events.list({ limit: 100 })).data.length).toBe(before.data.length);
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'open', attempted: false });
  });

  it('takes a new card, pays, and makes the card the customer’s default', async () => {
    const { status, page } = await type('4242 4242 4242 4242');
    expect(status).toBe(200);
    expect(page).toContain('Paid. Thank you.');
    expect(page).not.toContain('<form');
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid', amount_paid: 4900 });
    const customer = (await stripe.customers.retrieve('cus_sandbox')) as Stripe.Customer;
    const method = await stripe.paymentMethods.retrieve(customer.invoice_settings.default_payment_method as string);
    expect(method).toMatchObject({ customer: 'cus_sandbox', card: { last4: '4242', exp_month: 12, exp_year: 2034 } });
    const told = (await stripe.events.list({ types: ['payment_method.attached', 'customer.updated', 'invoice.paid'] }))
      .data;
    expect(told.map((event) => event.type)).toEqual(
      expect.arrayContaining(['payment_method.attached', 'customer.updated', 'invoice.paid']),
    );
  });

  it('charges once when the button is pressed twice', async () => {
    await type('4242424242424242');
    expect((await type('4242424242424242')).page).toContain('Paid. Thank you.');
    expect((await stripe.charges.list({ customer: 'cus_sandbox' })).data).toHaveLength(1);
  });

  it('says in plain words what the bank declined, and keeps nothing of that card', async () => {
    const before = (await stripe.customers.listPaymentMethods('cus_sandbox')).data.length;
    const { status, page } = await type('4000000000009995');
    expect(status).toBe(402);
    expect(page).toContain('not enough money');
    expect(page).not.toMatch(/insufficient_funds|card_declined/);
    expect((await type('4000000000009987')).page).not.toMatch(/lost/i);
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'open', attempt_count: 1 });
    expect((await stripe.customers.listPaymentMethods('cus_sandbox')).data).toHaveLength(before);
  });

  it('confirms a card that needs it, and one that needs it once works alone afterwards', async () => {
    await type('4000002500003155');
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid' });
    const next = await openInvoice(stripe, 'cus_sandbox');
    expect(await stripe.invoices.pay(next.id)).toMatchObject({ status: 'paid' });
    invoice = await openInvoice(stripe, 'cus_sandbox');
    await type('4000002760003184');
    const last = await openInvoice(stripe, 'cus_sandbox');
    expect(await failure(stripe.invoices.pay(last.id))).toMatchObject({ code: 'authentication_required' });
  });

  it.each([
    [{ number: '4242424242424241' }, 'not a card number'],
    [{ expiry: '13/34' }, 'still to come'],
    [{ expiry: '01/20' }, 'still to come'],
    [{ cvc: '1' }, 'three or four digits'],
    [{ number: '<script>' }, '&lt;script&gt;'],
  ])('points at the field that is wrong: %j', async (given, says) => {
    const { page } = await type('4242424242424242', given);
    expect(page).toContain(says);
    expect(page).not.toContain('<script>');
    expect((await stripe.charges.list({ customer: 'cus_sandbox' })).data).toHaveLength(0);
  });

  it('says so when there is nothing to pay any more', async () => {
    await stripe.invoices.voidInvoice(invoice.id);
    expect(await look()).toContain('This invoice was withdrawn');
    expect((await type('4242424242424242')).page).toContain('This invoice was withdrawn');
    expect((await fetch(`${sandbox.url}/pay/nope`)).status).toBe(404);
  });

  it('has neither scripts nor inline styles, and says so to the browser', async () => {
    const answer = await fetch(invoice.hosted_invoice_url!);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self';/);
    expect(await answer.text()).not.toMatch(/<script|<style| style=/);
    const style = await fetch(`${sandbox.url}/sandbox.css`);
    expect(style.headers.get('content-type')).toMatch(/^text\/css/);
    expect((await style.text()).length).toBeLessThan(20_000);
  });
});

it('the list of cards names every card the bank knows', async () => {
  const page = await (await fetch(`${sandbox.url}/cards`)).text();
  for (const { id } of CARDS) expect(page).toContain(id);
});
