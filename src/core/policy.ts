/** A company's policy: when to remind, try, write, phone, lock and end. Data, versioned, pinned to a case when it opens. */
import { z } from 'zod';
import { declineClass } from './declines.ts';
import type { MessageName } from './effects.ts';
import type { TimeOfDay } from './time.ts';

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "09:00", in quotes')
  .transform((text) => text as TimeOfDay);
const day = z.int().min(0).max(365);
const dayCounts = z.array(z.int().min(1).max(120)).default([]);

const window = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay,
    /** Days of the week, 1 Monday … 7 Sunday. */
    days: z.array(z.int().min(1).max(7)).min(1).default([1, 2, 3, 4, 5, 6, 7]),
  })
  .refine(({ from, to }) => from < to, { message: 'from must be before to', path: ['to'] });
export type ContactWindow = z.infer<typeof window>;

/** Messages that a policy may place on a day of a case; the others answer an event and place themselves. */
const plannedMessages = ['payment-failed', 'access-ends-soon'] as const satisfies MessageName[];

const contact = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.enum(['mail', 'sms']),
    message: z.enum(plannedMessages),
    /** Days after the case opened. */
    onDay: day,
    /** Only when the latest decline is of one of these classes. Default: all. */
    forClasses: z.array(declineClass).min(1).optional(),
  }),
  z.strictObject({ by: z.literal('call'), onDay: day, forClasses: z.array(declineClass).min(1).optional() }),
]);

export const policySchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'lower-case letters, digits and hyphens'),
    title: z.string(),
    /** One sentence: whom it suits. */
    suits: z.string(),
    renewal: z.strictObject({
      /** Local time at which a renewal is charged. */
      at: timeOfDay,
      /** Days before a renewal on which a reminder goes out, by billing interval. */
      remindDaysBefore: z.strictObject({ day: dayCounts, week: dayCounts, month: dayCounts, year: dayCounts }),
      remindAt: timeOfDay,
    }),
    contact: z.strictObject({
      /** Outside this window no mail and no SMS is sent, in the customer's zone. */
      messages: window,
      /** When a person may phone. */
      calls: window,
      /** A call that nobody answered is tried again on the next such day, so often in all. */
      callsAtMost: z.int().min(0).max(7),
      /** How far ahead a customer may promise to pay, in days. */
      promiseAtMostDays: z.int().min(0).max(31),
    }),
    case: z.strictObject({
      /** Access is kept for so many days after the first failure. 0 locks at once. */
      graceDays: day,
      /** The lock comes at least so many hours after the customer was first told. */
      leastWarningHours: z.int().min(0).max(240),
      /** Unpaid for so many days, the subscription ends and the invoice is written off. */
      endsAfterDays: z.int().min(1).max(365),
      /** Local time of the lock and of the end. */
      deadlineAt: timeOfDay,
      retries: z.strictObject({
        /** Days after the case opened on which a soft decline is tried again. */
        onDays: z.array(z.int().min(1).max(120)),
        at: timeOfDay,
        /** One last try so many days before the end. */
        lastTryDaysBeforeEnd: z.int().min(1).max(30).optional(),
      }),
      contacts: z.array(contact),
    }),
  })
  .refine(({ case: c }) => c.endsAfterDays > c.graceDays, {
    message: 'endsAfterDays must be more than graceDays: the lock comes before the end',
    path: ['case', 'endsAfterDays'],
  });

export type Policy = z.infer<typeof policySchema>;

/** One recorded version of a policy. */
export interface PolicyVersion {
  version: number;
  policy: Policy;
}

/** `cure@2` */
export function policyLabel({ version, policy }: PolicyVersion): string {
  return `${policy.id}@${version}`;
}
