/** Decline codes and what they mean for the next step. The table is data (config/declines), read here and nowhere else. */
import { z } from 'zod';
import type { Decline } from './facts.ts';

export const declineClass = z.enum(['soft', 'update', 'authenticate', 'hard']);
/**
 * `soft` the same instrument may clear later · `update` the customer must change something · `authenticate` the customer
 * must confirm with the bank · `hard` this instrument is never tried again.
 */
export type DeclineClass = z.infer<typeof declineClass>;

export const declineTable = z.strictObject({
  /** Where the table comes from and when it was read. */
  source: z.string(),
  codes: z.record(z.string(), z.strictObject({ class: declineClass, meaning: z.string() })),
});
export type DeclineTable = z.infer<typeof declineTable>;

export interface DeclineReading {
  class: DeclineClass;
  /** In words, for the timeline and the care agent. */
  meaning: string;
  /** False for a code that the table does not know: it is taken as soft, once. */
  known: boolean;
}

export function readDecline(decline: Decline, table: DeclineTable): DeclineReading {
  const row = Object.hasOwn(table.codes, decline.code) ? table.codes[decline.code] : undefined;
  return row ? { ...row, known: true } : { class: 'soft', meaning: `unknown code ${decline.code}`, known: false };
}
