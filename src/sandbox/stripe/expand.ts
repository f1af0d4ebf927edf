/** `expand[]`: ids in an answer are replaced by the objects they name, and hidden parts are shown. */
import type { Call } from './call.ts';
import type { Invoice, List, Tables } from '../tables.ts';
import { refuse } from './errors.ts';
import { presentInvoice } from './present.ts';

const TABLE_BY_PREFIX: Record<string, keyof Tables> = {
  cus: 'customer',
  pm: 'payment_method',
  pi: 'payment_intent',
  ch: 'charge',
  in: 'invoice',
  ii: 'invoiceitem',
  inpay: 'invoice_payment',
  re: 'refund',
  seti: 'setup_intent',
  clock: 'test_clock',
};

/** Expands every path, at most four levels deep as at Stripe. @throws StripeRefusal for what cannot be expanded */
export function expandAll<T extends object>(call: Call, object: T, paths: string[] | undefined): T {
  return (paths ?? []).reduce((at, path) => {
    const steps = path.split('.');
    if (steps.length > 4) refuse(`You cannot expand more than 4 levels of a property. Property: ${path}`);
    return expandPath(call, at, steps, path) as T;
  }, object);
}

function expandPath(call: Call, at: unknown, steps: string[], path: string): unknown {
  if (Array.isArray(at)) return at.map((item) => expandPath(call, item, steps, path));
  const [step, ...rest] = steps;
  if (step === undefined || at === null || typeof at !== 'object') return at;
  const value = valueAt(call, at as Record<string, unknown>, step);
  if (value === undefined || typeof value === 'number' || typeof value === 'boolean') cannotExpand(path);
  return { ...at, [step]: expandPath(call, value, rest, path) };
}

function valueAt(call: Call, at: Record<string, unknown>, step: string): unknown {
  if (at['object'] === 'invoice' && step === 'payments') return at['payments'] ?? paymentsOf(call, at['id'] as string);
  const value = at[step];
  if (typeof value !== 'string') return value;
  const table = TABLE_BY_PREFIX[value.split('_')[0]!];
  const found = table && call.store.find(table, value);
  return table === 'invoice' && found ? presentInvoice(call, found as Invoice) : found;
}

function paymentsOf(call: Call, invoice: string): List<object> {
  const data = call.store.all('invoice_payment').filter((payment) => payment.invoice === invoice);
  return { object: 'list', data, has_more: false, url: `/v1/invoice_payments?invoice=${invoice}` };
}

function cannotExpand(path: string): never {
  refuse(`This property cannot be expanded (${path}).`, { param: 'expand' });
}
