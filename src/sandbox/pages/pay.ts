/**
 * The hosted invoice page, where the customer pays with a new card. Looking at it changes nothing. The customer is
 * there, so a card that needs a confirmation is taken as confirmed.
 */
import { type Request, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import { readableAmount } from '../amounts.ts';
import { cardByNumber, DECLINES, type TestCard } from '../bank.ts';
import type { Call } from '../stripe/call.ts';
import { setDefault } from '../stripe/customers.ts';
import { StripeRefusal } from '../stripe/errors.ts';
import { collect } from '../stripe/invoice-state.ts';
import { attachToCustomer, newPaymentMethod } from '../stripe/payment-methods.ts';
import type { StripeSide } from '../stripe/router.ts';
import type { Customer, Invoice } from '../tables.ts';
import { type Html, html } from './html.ts';
import { sendPage } from './layout.ts';

const form = z.object({
  number: z.string().max(40).default(''),
  expiry: z.string().max(20).default(''),
  cvc: z.string().max(10).default(''),
});
type Form = z.output<typeof form>;
interface Problem {
  field?: keyof Form;
  says: string;
}

export function payRouter(side: StripeSide): Router {
  const router = Router();
  router.get('/pay/:token', (req, res) => show(side, req, res));
  router.post('/pay/:token', urlencoded({ extended: false, limit: '10kb' }), (req, res) => {
    const invoice = invoiceOf(side, req);
    if (!invoice || !isPayable(invoice)) return void show(side, req, res);
    const given = form.safeParse(req.body ?? {});
    const problem = given.success ? pay(side, invoice, given.data) : { says: DECLINES.incorrect_number.plain };
    if (problem) return void show(side, req, res, problem, given.data);
    // A redirect, so that a reload asks for the page again and not for another payment.
    res.redirect(303, `/pay/${req.params['token']}`);
  });
  return router;
}

function invoiceOf(side: StripeSide, req: Request): Invoice | undefined {
  const page = side.store.find('page', String(req.params['token']));
  return page && side.store.find('invoice', page.invoice);
}

const isPayable = (invoice: Invoice) => invoice.status === 'open' || invoice.status === 'uncollectible';

/** Charges the card and, when the bank agrees, keeps it as the customer's default. */
function pay(side: StripeSide, invoice: Invoice, given: Form): Problem | undefined {
  const card = cardByNumber(given.number.replaceAll(/[\s-]/g, ''));
  const expires = expiryOf(given.expiry);
  if (!card) return { field: 'number', says: DECLINES.incorrect_number.plain };
  if (!expires) return { field: 'expiry', says: 'Please give a month and a year that are still to come, as MM / YY.' };
  if (!/^\d{3,4}$/.test(given.cvc.trim())) return { field: 'cvc', says: 'The three or four digits on the card.' };
  const call: Call = { ...side, request: { id: null, idempotencyKey: null } };
  const problem = side.store.transaction(() => chargeAndKeep(call, invoice, card, expires));
  side.committed();
  return problem;
}

function chargeAndKeep(call: Call, invoice: Invoice, card: TestCard, expires: [number, number]): Problem | undefined {
  const customer = invoice.customer as string;
  const method = newPaymentMethod(call, card, { expires });
  try {
    const tried = collect(call, invoice, method, { customerPresent: true });
    if (tried.error) return declined(card);
    attachToCustomer(call, method.id, customer);
    setDefault(call, customer, method.id);
    return undefined;
  } catch (error) {
    if (error instanceof StripeRefusal) return { says: error.message };
    throw error;
  }
}

function declined(card: TestCard): Problem {
  const reason = card.charge === 'approve' ? '' : DECLINES[card.charge].plain;
  return { says: `${reason} Nothing was charged. You can try another card.` };
}

/** Two or four digits of the year; the card is good until the end of its month. */
function expiryOf(text: string): [number, number] | undefined {
  const [, month, year] = /^\s*(\d{1,2})\s*[/.\- ]?\s*(\d{4}|\d{2})\s*$/.exec(text) ?? [];
  if (!month || !year || Number(month) < 1 || Number(month) > 12) return undefined;
  const fullYear = year.length === 2 ? 2000 + Number(year) : Number(year);
  return Date.UTC(fullYear, Number(month)) > Date.now() ? [Number(month), fullYear] : undefined;
}

function show(side: StripeSide, req: Request, res: Response, problem?: Problem, given?: Form): void {
  const invoice = invoiceOf(side, req);
  const customer = invoice && side.store.find('customer', invoice.customer as string);
  const body = invoice && customer ? invoicePage(invoice, customer, problem, given) : unknownPage();
  sendPage(res, { title: 'Payment', kind: 'page', status: !invoice ? 404 : problem ? 402 : 200, body });
}

function invoicePage(invoice: Invoice, customer: Customer, problem?: Problem, given?: Form): Html {
  const amount = readableAmount(invoice.total, invoice.currency, localeOf(customer));
  return html`
    <div class="brand"><i></i>${invoice.account_name ?? ''}</div>
    ${heading(invoice, amount)}
    <div>
      ${linesOf(invoice, localeOf(customer))}
      <div class="sum"><span class="quiet">Invoice</span><span class="num">${invoice.number ?? ''}</span></div>
    </div>
    ${isPayable(invoice) && payForm(amount, problem, given)}
    <p class="small quiet">
      This is the sandbox’s payment page: no real money moves. <a href="/cards">The test cards</a> it takes.
    </p>
  `;
}

function heading(invoice: Invoice, amount: string): Html {
  if (invoice.status === 'paid')
    return html`<div class="stack">
      <h1>Paid. Thank you.</h1>
      <p class="quiet">${amount} was received. There is nothing more to do.</p>
    </div>`;
  if (invoice.status === 'void')
    return html`<div class="stack">
      <h1>This invoice was withdrawn</h1>
      <p class="quiet">There is nothing to pay.</p>
    </div>`;
  return html`<div class="stack">
    <h1>${amount} to pay</h1>
    ${invoice.description && html`<p class="quiet">${invoice.description}</p>`}
  </div>`;
}

function linesOf(invoice: Invoice, locale: string): Html[] {
  return invoice.lines.data.map(
    (line) =>
      html`<div class="sum">
        <span>${line.description ?? 'Amount'}</span
        ><b class="num">${readableAmount(line.amount, line.currency, locale)}</b>
      </div>`,
  );
}

function payForm(amount: string, problem: Problem | undefined, given: Form | undefined): Html {
  return html`<form class="stack wide" method="post" novalidate>
    ${problem && !problem.field && html`<p class="notice" role="alert">${problem.says}</p>`}
    ${field('number', 'Card number', '1234 1234 1234 1234', 'cc-number', problem, given)}
    <div class="two">
      ${field('expiry', 'Expiry', 'MM / YY', 'cc-exp', problem, given)}
      ${field('cvc', 'Security code', '123', 'cc-csc', problem)}
    </div>
    <button class="button primary">Pay ${amount}</button>
  </form>`;
}

function field(
  name: keyof Form,
  label: string,
  placeholder: string,
  autocomplete: string,
  problem?: Problem,
  given?: Form,
): Html {
  const wrong = problem?.field === name;
  return html`<label class="field"
    >${label}<input
      name="${name}"
      inputmode="numeric"
      placeholder="${placeholder}"
      autocomplete="${autocomplete}"
      value="${given?.[name] ?? ''}"
      ${wrong && html`aria-invalid="true" aria-describedby="${name}-problem"`}
    />${wrong && html`<span class="problem" id="${name}-problem">${problem.says}</span>`}</label
  >`;
}

function unknownPage(): Html {
  return html`<div class="stack">
    <h1>There is no invoice at this address</h1>
    <p class="quiet">The link may have been cut when it was copied.</p>
  </div>`;
}

function localeOf(customer: Customer): string {
  return customer.preferred_locales?.find((locale) => Intl.NumberFormat.supportedLocalesOf(locale).length > 0) ?? 'en';
}
