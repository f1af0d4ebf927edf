/** The body of an enrolment. */
import { z } from 'zod';
import { amountMinor, code, country, currency, date, language, line, subscriptionId, zone } from './primitives.ts';

const everyDetail = 'must be a whole number from 1 to 24';

export const interval = z.strictObject({
  every: z.int(everyDetail).min(1, everyDetail).max(24, everyDetail),
  unit: z.enum(['day', 'week', 'month', 'year'], 'must be "day", "week", "month" or "year"'),
});

export const enrolment = z
  .strictObject({
    customer: z.strictObject({
      id: code(128).meta({ description: 'Your own id of the customer.' }),
      name: line(200),
      email: z
        .email('must be a mail address')
        .max(254, 'must be a mail address of at most 254 characters')
        .optional()
        .meta({
          description: 'Without it no mail is sent.',
        }),
      phone: z
        .string()
        .regex(/^\+[1-9]\d{6,14}$/, 'must be an E.164 number such as +393331234567')
        .optional()
        .meta({ description: 'E.164. Without it there is neither a text nor a call.' }),
      language: language.default('en'),
      zone,
      country,
    }),
    plan: z.strictObject({ id: code(128), name: line(200), amountMinor, currency, interval }),
    renewsOn: date.meta({ description: 'The next renewal: not more than 31 days ago, not more than 3 years ahead.' }),
    policy: code(41).meta({ description: 'How a failed payment is handled: GET /v1/policies lists them.' }),
    billing: z.strictObject({
      customer: code(255).meta({ description: 'The biller’s id of the customer.' }),
      paymentMethod: code(255)
        .optional()
        .meta({ description: 'The biller’s id of what is charged. Default: the customer’s default there.' }),
    }),
  })
  .meta({
    id: 'Enrolment',
    example: {
      customer: {
        id: 'c_42',
        name: 'Ada Rossi',
        email: 'ada@example.com',
        phone: '+393331234567',
        language: 'en',
        zone: 'Europe/Rome',
        country: 'IT',
      },
      plan: { id: 'plus', name: 'Plus', amountMinor: 4900, currency: 'EUR', interval: { every: 1, unit: 'month' } },
      renewsOn: '2027-01-31',
      policy: 'cure',
      billing: { customer: 'cus_NffrFeUfNV2Hib' },
    },
  });
export type Enrolment = z.output<typeof enrolment>;

export const subscriptionPath = z.strictObject({ id: subscriptionId });
