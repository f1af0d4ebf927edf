/** Customers. One that is made with `test_clock` lives on that clock. */
import { z } from 'zod';
import { invoicePrefix, stripeId } from '../ids.ts';
import type { Customer } from '../tables.ts';
import { type Call, emit, endpoint, nowFor } from './call.ts';
import { noSuch } from './errors.ts';
import { expandAll } from './expand.ts';
import { ownCustomer } from './find.ts';
import { createdWithin, listOf } from './lists.ts';
import { clearable, created, expand, listing, mergeMetadata, metadata, text } from './params.ts';
import { attachToCustomer, ownPaymentMethod } from './payment-methods.ts';

const address = z.union([
  z.literal(''),
  z.strictObject({
    city: clearable.optional(),
    country: clearable.optional(),
    line1: clearable.optional(),
    line2: clearable.optional(),
    postal_code: clearable.optional(),
    state: clearable.optional(),
  }),
]);

const details = {
  address: address.optional(),
  description: clearable.optional(),
  email: clearable.optional(),
  name: clearable.optional(),
  phone: clearable.optional(),
  preferred_locales: z.array(text).optional(),
  invoice_settings: z.strictObject({ default_payment_method: clearable.optional() }).optional(),
  metadata: metadata.optional(),
  expand,
};
const createParams = z.strictObject({ ...details, payment_method: text.optional(), test_clock: text.optional() });
const updateParams = z.strictObject(details);
const listParams = z.strictObject({
  ...listing,
  created,
  email: text.optional(),
  test_clock: text.optional(),
});

export const customerEndpoints = [
  endpoint('post', '/customers', createParams, (call, params) => {
    if (params.test_clock && !call.store.find('test_clock', params.test_clock)) {
      noSuch('test_clock', params.test_clock, 'test_clock');
    }
    const id = stripeId('cus');
    newCustomer(call, { id, test_clock: params.test_clock ?? null });
    if (params.payment_method) attachToCustomer(call, params.payment_method, id);
    const customer = applyDetails(call, call.store.find('customer', id)!, params);
    emit(call, 'customer.created', customer, customer.created);
    return expandAll(call, customer, params.expand);
  }),
  endpoint('get', '/customers/:id', z.strictObject({ expand }), (call, params, id) =>
    expandAll(call, ownCustomer(call, id), params.expand),
  ),
  endpoint('post', '/customers/:id', updateParams, (call, params, id) => {
    const before = ownCustomer(call, id);
    const customer = applyDetails(call, before, params);
    emit(call, 'customer.updated', customer, nowFor(call, id), changed(before, customer));
    return expandAll(call, customer, params.expand);
  }),
  endpoint('get', '/customers', listParams, (call, params) => {
    const rows = call.store
      .all('customer')
      .filter((customer) => params.email === undefined || customer.email === params.email)
      .filter((customer) => (customer.test_clock ?? undefined) === params.test_clock)
      .filter((customer) => createdWithin(customer.created, params.created));
    return listOf(call, '/v1/customers', rows, params);
  }),
];

/** Makes a payment method of the customer the one that invoices use. */
export function setDefault(call: Call, customerId: string, paymentMethod: string): void {
  const before = ownCustomer(call, customerId);
  const customer = applyDetails(call, before, { invoice_settings: { default_payment_method: paymentMethod } });
  emit(call, 'customer.updated', customer, nowFor(call, customerId), changed(before, customer));
}

/** Puts a customer with nothing but an id. */
export function newCustomer(call: Call, given: { id: string; test_clock: string | null }): Customer {
  const clock = given.test_clock ? call.store.find('test_clock', given.test_clock) : undefined;
  const customer: Customer = {
    id: given.id,
    object: 'customer',
    address: null,
    balance: 0,
    created: clock?.frozen_time ?? Math.floor(Date.now() / 1000),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: invoicePrefix(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: given.test_clock,
  };
  call.store.put('customer', customer);
  return customer;
}

function applyDetails(call: Call, customer: Customer, given: z.output<typeof updateParams>): Customer {
  const chosen = given.invoice_settings?.default_payment_method;
  if (chosen) ownPaymentMethod(call, chosen, customer.id, 'invoice_settings[default_payment_method]');
  const { description, email, name, phone, preferred_locales } = given;
  const next: Customer = {
    ...customer,
    ...defined({ description, email, name, phone, preferred_locales }),
    ...(given.address !== undefined && { address: addressOf(given.address) }),
    ...(chosen !== undefined && {
      invoice_settings: { ...customer.invoice_settings, default_payment_method: chosen },
    }),
    metadata: mergeMetadata(customer.metadata, given.metadata),
  };
  call.store.put('customer', next);
  return next;
}

function addressOf(given: Exclude<z.output<typeof address>, undefined>): Customer['address'] {
  if (given === '') return null;
  const none = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
  return { ...none, ...defined(given) };
}

function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}

/** What the changed keys were before, as `previous_attributes` has it. */
function changed(before: Customer, after: Customer): object {
  const entries = Object.entries(before) as [keyof Customer, unknown][];
  return Object.fromEntries(entries.filter(([key, old]) => JSON.stringify(old) !== JSON.stringify(after[key])));
}
