/** What is there on the first day: one customer with a good card, so that a pasted curl works. */
import type { Call } from './stripe/call.ts';
import { newCustomer, setDefault } from './stripe/customers.ts';
import { attachToCustomer } from './stripe/payment-methods.ts';
import type { SandboxStore } from './tables.ts';

export const SEED_CUSTOMER = 'cus_sandbox';

export function seed(store: SandboxStore, baseUrl: string): void {
  if (store.find('customer', SEED_CUSTOMER)) return;
  const call: Call = { store, baseUrl, webhooks: false, request: { id: null, idempotencyKey: null } };
  store.transaction(() => {
    const customer = newCustomer(call, { id: SEED_CUSTOMER, test_clock: null });
    store.put('customer', { ...customer, name: 'Anna Bruni', email: 'anna@example.com', phone: '+390612345678' });
    setDefault(call, SEED_CUSTOMER, attachToCustomer(call, 'pm_card_visa', SEED_CUSTOMER).id);
  });
}
