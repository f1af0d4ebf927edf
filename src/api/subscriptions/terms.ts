/** From an enrolment as it was asked for to the terms of a life; and how a repeated enrolment differs from the first. */
import { isDeepStrictEqual } from 'node:util';
import type { Policy } from '../../core/policy.ts';
import type { Channel, SubscriptionId, Terms } from '../../core/subscription.ts';
import { addDays, instant, intervalsAfter, localDate } from '../../core/time.ts';
import { invalidFields, type Difference, type FieldError } from '../problems.ts';
import { pointer } from '../requests.ts';
import type { Enrolment } from '../schemas/enrolment.ts';

export function termsOf(id: string, { customer, plan, renewsOn, policy }: Enrolment): Terms {
  const { amountMinor, currency, interval } = plan;
  return {
    subscription: id as SubscriptionId,
    customer: customer.id,
    zone: customer.zone,
    language: customer.language,
    country: customer.country,
    channels: channelsOf(customer),
    plan: { id: plan.id, price: { amountMinor, currency }, interval },
    firstRenewalOn: renewsOn,
    policy,
  };
}

function channelsOf({ email, phone }: Enrolment['customer']): Channel[] {
  return [...(email ? (['mail'] as const) : []), ...(phone ? (['sms', 'call'] as const) : [])];
}

const mostDaysAgo = 31;
const mostYearsAhead = 3;

/**
 * What only a new enrolment must fulfil: the same request sent again a year later is still the same.
 * @throws Problem `invalid-field`
 */
export function checkNew({ customer, renewsOn, policy }: Enrolment, policies: ReadonlyMap<string, Policy>): void {
  const errors: FieldError[] = [];
  if (!policies.has(policy)) {
    errors.push({
      pointer: '/policy',
      detail: `must be one of the policies that exist: ${[...policies.keys()].sort().join(', ')}`,
      in: 'body',
    });
  }
  const today = localDate(instant(Date.now()), customer.zone);
  const first = addDays(today, -mostDaysAgo);
  const last = intervalsAfter(today, { every: 1, unit: 'year' }, mostYearsAhead);
  if (renewsOn < first || renewsOn > last) {
    errors.push({ pointer: '/renewsOn', detail: `must lie between ${first} and ${last}`, in: 'body' });
  }
  if (errors.length > 0) throw invalidFields(errors);
}

/** The fields in which a stored and an asked enrolment differ. */
export function differences(stored: object, asked: object): Difference[] {
  const before = leaves(stored);
  const after = leaves(asked);
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((key) => !isDeepStrictEqual(before.get(key), after.get(key)))
    .map((key) => ({
      pointer: key,
      ...(before.has(key) && { stored: before.get(key) }),
      ...(after.has(key) && { asked: after.get(key) }),
    }));
}

function leaves(value: object, path: string[] = []): Map<string, unknown> {
  const found = Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null
      ? [...leaves(inner, [...path, key])]
      : [[pointer([...path, key]), inner] as const].filter(([, leaf]) => leaf !== undefined),
  );
  return new Map(found);
}
