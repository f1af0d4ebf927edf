/** Call tasks as the API lists and closes them. */
import { z } from 'zod';
import { code, count, date, instantOut, localOut, money, paragraph } from './primitives.ts';
import { reportAnswer } from './reports.ts';

const outcome = z.enum(['paid', 'will-pay', 'no-answer', 'wrong-number', 'do-not-call', 'other'], {
  error: 'must be "paid", "will-pay", "no-answer", "wrong-number", "do-not-call" or "other"',
});
const status = z.enum(['open', 'completed', 'withdrawn'], { error: 'must be "open", "completed" or "withdrawn"' });

export const callTaskPath = z.strictObject({ id: code(120).meta({ example: 'ct_sub_1001_2_1' }) });

export const callTasksQuery = z.strictObject({
  status: status.default('open'),
  limit: count(1, 500).default(100).meta({ type: 'integer', minimum: 1, maximum: 500, default: 100 }),
});

export const callTask = z
  .object({
    id: z.string(),
    subscription: z.string(),
    invoice: z.string(),
    number: z.int().meta({ description: 'The first, second … call of this case.' }),
    status,
    amount: money,
    why: z
      .object({ code: z.string(), class: z.enum(['soft', 'update', 'authenticate', 'hard']), meaning: z.string() })
      .optional()
      .meta({ description: 'What the bank said last.' }),
    customer: z.object({
      id: z.string(),
      name: z.string(),
      phone: z.string().optional().meta({ description: 'E.164.' }),
      language: z.string(),
      localTime: z.string().meta({
        description: 'What the customer’s clock shows now.',
        example: '2027-02-03T10:12:00+01:00[Europe/Rome]',
      }),
    }),
    openedAt: instantOut,
    dueAt: instantOut.meta({ description: 'The call is worth less after this moment.' }),
    dueAtLocal: localOut,
    outcome: outcome.optional(),
    promisedFor: z.string().optional().meta({ format: 'date' }),
    closedAt: instantOut.optional(),
  })
  .meta({ id: 'CallTask' });
export type CallTask = z.output<typeof callTask>;

export const callTasksAnswer = z.object({ callTasks: z.array(callTask) }).meta({ id: 'CallTasks' });

export const callCompletion = z
  .strictObject({
    outcome,
    promisedFor: date
      .optional()
      .meta({ description: 'The day for which the customer promised to pay: with "will-pay" and only then.' }),
    note: paragraph(4000)
      .optional()
      .meta({ description: 'For colleagues. Kept with the customer’s data, in no history.' }),
  })
  .refine(({ outcome: how, promisedFor }) => (how === 'will-pay') === (promisedFor !== undefined), {
    path: ['promisedFor'],
    message: 'must be there when the outcome is "will-pay", and only then',
  })
  .meta({
    id: 'CallCompletion',
    example: { outcome: 'will-pay', promisedFor: '2027-02-05', note: 'Salary comes on Thursday.' },
  });

export const callCompletionAnswer = reportAnswer.extend({ callTask }).meta({ id: 'CallCompletionAnswer' });
