/** What the API answers about a subscription. */
import { z } from 'zod';
import { marks } from '../../core/mark.ts';
import { interval } from './enrolment.ts';
import { count, instantOut, localOut, money, subscriptionId } from './primitives.ts';

const moment = { at: instantOut, atLocal: localOut };

export const step = z
  .object({
    ...moment,
    what: z.string().meta({ example: 'charge the renewal of €49.00' }),
    why: z.string().meta({ example: 'billing cycle 2 begins on Sun 31 Jan' }),
  })
  .meta({ id: 'Step', description: 'Something still to come if nothing new happens.' });

const declineReading = z
  .object({
    code: z.string(),
    class: z.enum(['soft', 'update', 'authenticate', 'hard']),
    meaning: z.string(),
  })
  .meta({
    id: 'Decline',
    example: { code: 'insufficient_funds', class: 'soft', meaning: 'not enough money on the account' },
  });

const openCase = z
  .object({
    invoice: z.string().meta({ example: 'sub_1001/2' }),
    amount: money,
    openedAt: instantOut,
    openedAtLocal: localOut,
    policyVersion: z.int().meta({ description: 'The version of the policy by which this case is handled to its end.' }),
    decline: declineReading.optional().meta({
      description: 'What the newest failed attempt says; absent when a new payment method has not been tried yet.',
    }),
    tries: z.int().meta({ description: 'Attempts made by anybody.' }),
    promisedFor: z
      .string()
      .optional()
      .meta({ description: 'The day for which the customer promised to pay.', format: 'date' }),
    lockAt: instantOut.optional().meta({ description: 'When access is locked.' }),
    lockedAt: instantOut.optional().meta({ description: 'When access was locked.' }),
    endsAt: instantOut.meta({ description: 'When the subscription ends if it stays unpaid.' }),
    payUrl: z.string().optional().meta({ description: 'Where the customer can pay it.', format: 'uri' }),
  })
  .meta({ id: 'OpenCase' });
export type OpenCase = z.output<typeof openCase>;

export const subscriptionView = z
  .object({
    id: subscriptionId,
    customer: z.object({ id: z.string(), language: z.string(), zone: z.string(), country: z.string() }),
    plan: z.object({ id: z.string(), name: z.string(), ...money.shape, interval }),
    policy: z.object({
      id: z.string(),
      version: z.int().optional().meta({
        description: 'The version that the oldest open case is pinned to; absent without a case: the newest holds.',
      }),
    }),
    standing: z.enum(['active', 'grace', 'locked', 'ended']),
    access: z.enum(['full', 'payment-only', 'none']),
    collection: z.enum(['on', 'paused', 'stopped']),
    amountAtRisk: money,
    currentCycle: z
      .object({
        number: z.int(),
        renewsOn: z.string().meta({ format: 'date' }),
        renewsAt: instantOut,
        renewsAtLocal: localOut,
      })
      .optional()
      .meta({ description: 'The billing cycle that runs; absent when the subscription has ended.' }),
    openCases: z.array(openCase),
    awaitsAnswer: z.boolean().meta({ description: 'The bank or the biller has been asked and has not answered yet.' }),
    next: step.optional(),
    ended: z.object({ ...moment, reason: z.enum(['unpaid']) }).optional(),
  })
  .meta({ id: 'Subscription' });
export type SubscriptionView = z.output<typeof subscriptionView>;

export const agendaAnswer = z.object({ subscription: subscriptionId, agenda: z.array(step) }).meta({ id: 'Agenda' });
export type AgendaAnswer = z.output<typeof agendaAnswer>;

export const timelineEntry = z
  .object({
    ...moment,
    decision: z.int().meta({ description: 'Number of the recorded decision that it belongs to.' }),
    kind: z
      .enum(['fact', 'step', 'refused'])
      .meta({ description: 'Something that became known, a step taken, or a step that a rule refused.' }),
    lane: z.enum(['life', 'access', 'money', 'messages', 'people']),
    text: z.string(),
    why: z.string().optional(),
    mark: z
      .enum(marks)
      .optional()
      .meta({ description: 'What it was, for pictures and counts; the words are for people only.' }),
    access: z
      .enum(['full', 'payment-only', 'none'])
      .optional()
      .meta({ description: 'The access from here on, where the entry changed it.' }),
    effect: z
      .object({
        key: z.string(),
        kind: z.string(),
        state: z
          .enum(['open', 'done', 'failed'])
          .meta({ description: '`open`: asked for and not yet known to be done.' }),
        reference: z.string().optional().meta({ description: 'The provider’s id of what was done.' }),
      })
      .optional(),
  })
  .meta({
    id: 'TimelineEntry',
    example: {
      at: '2027-01-31T08:00:00Z',
      atLocal: '2027-01-31T09:00:00+01:00[Europe/Rome]',
      decision: 3,
      kind: 'step',
      lane: 'money',
      text: 'charge the renewal of €49.00',
      why: 'billing cycle 2 begins on Sun 31 Jan',
      effect: { key: 'sub_1001/2/cycle/charge/1', kind: 'charge', state: 'done', reference: 'pi_3Pq' },
    },
  });
export type TimelineEntry = z.output<typeof timelineEntry>;

export const timelineQuery = z.strictObject({
  after: count(0, 999_999_999).default(0).meta({
    description: 'Only decisions with a higher number: the `next` of the page before.',
    type: 'integer',
    default: 0,
  }),
  limit: count(1, 500)
    .default(100)
    .meta({ description: 'At most so many decisions.', type: 'integer', minimum: 1, maximum: 500, default: 100 }),
});

export const timelineAnswer = z
  .object({
    subscription: subscriptionId,
    entries: z.array(timelineEntry),
    next: z.int().optional().meta({ description: 'The `after` of the next page; absent on the last one.' }),
  })
  .meta({ id: 'Timeline' });
export type TimelineAnswer = z.output<typeof timelineAnswer>;
