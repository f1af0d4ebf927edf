/** Bodies that the API takes, with parts replaced. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { enrolment } from '../../src/api/schemas/enrolment.ts';

const aDay = 86_400_000;

const run = randomUUID().slice(0, 8);

/** An id of this run alone: all tests share one Temporal server, where an id is used once for ever. */
export function id(name: string): string {
  return `${name}-${run}`;
}

/** A date so many days from today. */
export function inDays(days: number): string {
  return new Date(Date.now() + days * aDay).toISOString().slice(0, 10);
}

export function anEnrolment(
  more: { customer?: object; plan?: object; [field: string]: unknown } = {},
): z.input<typeof enrolment> {
  const { customer, plan, ...fields } = more;
  return {
    customer: {
      id: 'c_ada',
      name: 'Ada Rossi',
      email: 'ada@example.com',
      phone: '+393331234567',
      language: 'en',
      zone: 'Europe/Rome',
      country: 'IT',
      ...customer,
    },
    plan: {
      id: 'plus',
      name: 'Plus',
      amountMinor: 4900,
      currency: 'EUR',
      interval: { every: 1, unit: 'month' },
      ...plan,
    },
    renewsOn: inDays(60),
    policy: 'cure',
    billing: { customer: 'cus_ada', paymentMethod: 'pm_1' },
    ...fields,
  };
}
