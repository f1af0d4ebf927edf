/** Bodies by which a backend reports what happened at the biller, and the answers to them. */
import { z } from 'zod';
import { amountMinor, at, code, currency } from './primitives.ts';
import { subscriptionView, timelineEntry } from './subscriptions.ts';

const reported = {
  reference: code(200).meta({
    description: 'The biller’s id of this one attempt: reporting it twice changes nothing.',
    example: 'pi_3PqXy2',
  }),
  invoice: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}\/\d{1,9}$/, 'must be an invoice of this API such as sub_1001/2')
    .optional()
    .meta({
      description:
        'The invoice as this API names it. Default: the oldest unpaid one, else the renewal that is about to come.',
    }),
  by: z
    .enum(['biller', 'customer'], 'must be "biller" or "customer"')
    .default('biller')
    .meta({ description: 'Who asked the bank.' }),
  at: at.optional().meta({ description: 'When it happened. Default: now.' }),
};

export const paymentReport = z
  .discriminatedUnion(
    'outcome',
    [
      z.strictObject({ outcome: z.literal('paid'), ...reported, amountMinor, currency }),
      z.strictObject({
        outcome: z.literal('failed'),
        ...reported,
        declineCode: code(64).meta({
          description: 'The biller’s decline code: an open list.',
          example: 'insufficient_funds',
        }),
        networkCode: code(16).optional().meta({ description: 'The card network’s own response code.', example: '51' }),
        adviceCode: code(32).optional().meta({ description: 'The network’s advice code.', example: '02' }),
        brand: code(32).optional().meta({ description: 'The card’s brand.', example: 'visa' }),
      }),
    ],
    { error: outcomeOrObject },
  )
  .meta({
    id: 'PaymentReport',
    example: { outcome: 'failed', reference: 'pi_3PqXy2', declineCode: 'insufficient_funds' },
  });
export type PaymentReport = z.output<typeof paymentReport>;

export const paymentMethodReport = z
  .strictObject({
    paymentMethod: code(255).meta({ description: 'The biller’s id of the new payment method.', example: 'pm_1PqXyZ' }),
    reference: code(200).optional().meta({ description: 'Names this change: reporting it twice changes nothing.' }),
  })
  .meta({ id: 'PaymentMethodReport' });

export const reportAnswer = z
  .object({
    decided: z.boolean().meta({ description: 'Whether it has been decided what this means.' }),
    note: z
      .string()
      .optional()
      .meta({ description: 'What is to be known when nothing was changed, or nothing decided yet.' }),
    meaning: z
      .array(timelineEntry)
      .meta({ description: 'What it meant: the entries of the decision that dealt with it.' }),
    subscription: subscriptionView,
  })
  .meta({ id: 'ReportAnswer' });
export type ReportAnswer = z.output<typeof reportAnswer>;

function outcomeOrObject({ code: kind }: { code?: string | undefined }): string | undefined {
  return kind === 'invalid_union' ? 'must be "paid" or "failed"' : undefined;
}
