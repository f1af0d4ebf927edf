/** Objects by id, or Stripe's refusal. `param` names the parameter that held the id; without it, it stood in the path. */
import type { Customer, Invoice, PaymentIntent } from '../tables.ts';
import type { Call } from './call.ts';
import { noSuch } from './errors.ts';

export function ownCustomer(call: Call, id: string, param?: string): Customer {
  return call.store.find('customer', id) ?? noSuch('customer', id, param);
}

export function ownIntent(call: Call, id: string, param?: string): PaymentIntent {
  return call.store.find('payment_intent', id) ?? noSuch('payment_intent', id, param);
}

export function ownInvoice(call: Call, id: string, param?: string): Invoice {
  return call.store.find('invoice', id) ?? noSuch('invoice', id, param);
}
