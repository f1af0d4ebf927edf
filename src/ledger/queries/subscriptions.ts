/** Subscriptions: enrolment, and what activities and the API read about one. */
import type { State } from '../../core/state.ts';
import type { Terms } from '../../core/subscription.ts';
import type { View } from '../../core/view.ts';
import type { Ledger } from '../database.ts';

export interface CustomerDetails {
  id: string;
  name: string;
  email?: string;
  phone?: string;
}

export interface NewSubscription {
  /** The enrolment as it was asked for. */
  enrolment: object;
  customer: CustomerDetails;
  terms: Terms;
  planName: string;
  billingCustomer: string;
  state: State;
  view: View;
}

/** Writes a new subscription and answers undefined, or answers the enrolment that is already there. */
export async function insertSubscription(
  ledger: Ledger,
  { enrolment, customer, terms, planName, billingCustomer, state, view }: NewSubscription,
): Promise<object | undefined> {
  return ledger.transaction().execute(async (tx) => {
    const { id, name, email, phone } = customer;
    const details = { name, email: email ?? null, phone: phone ?? null };
    await tx
      .insertInto('customers')
      .values({ id, ...details })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    const inserted = await tx
      .insertInto('subscriptions')
      .values({
        id: terms.subscription,
        customer_id: id,
        enrolment: JSON.stringify(enrolment),
        terms: JSON.stringify(terms),
        billing_customer: billingCustomer,
        plan_name: planName,
        decision: 0,
        state: JSON.stringify(state),
        standing: view.standing,
        access: view.access,
        collection: view.collection,
        policy: terms.policy,
        amount_at_risk_minor: view.amountAtRiskMinor,
        currency: view.currency,
        country: terms.country,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (inserted) {
      // The newest enrolment of a customer knows best how to reach them.
      await tx.updateTable('customers').set(details).where('id', '=', id).execute();
      return undefined;
    }
    const known = await tx
      .selectFrom('subscriptions')
      .select('enrolment')
      .where('id', '=', terms.subscription)
      .executeTakeFirstOrThrow();
    return known.enrolment;
  });
}

/** One subscription with the newest decision's state; undefined when there is none of this id. */
export async function subscriptionById(ledger: Ledger, id: string) {
  return ledger.selectFrom('subscriptions').selectAll().where('id', '=', id).executeTakeFirst();
}

/** What a message or a charge needs besides the effect: the person, the plan's name, the biller's ids. */
export async function personOf(ledger: Ledger, subscription: string) {
  return ledger
    .selectFrom('subscriptions')
    .innerJoin('customers', 'customers.id', 'subscriptions.customer_id')
    .select([
      'customers.name',
      'customers.email',
      'customers.phone',
      'subscriptions.plan_name',
      'subscriptions.billing_customer',
      'subscriptions.terms',
    ])
    .where('subscriptions.id', '=', subscription)
    .executeTakeFirstOrThrow();
}

export async function subscriptionsOfBillingCustomer(ledger: Ledger, customer: string): Promise<string[]> {
  const rows = await ledger.selectFrom('subscriptions').select('id').where('billing_customer', '=', customer).execute();
  return rows.map(({ id }) => id);
}
