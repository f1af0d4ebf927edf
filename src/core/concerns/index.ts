/** Every concern of a life. A new one is a file and a line here. */
import type { Concern } from '../proposal.ts';
import { aftercare } from './aftercare.ts';
import { calls } from './calls.ts';
import { deadlines } from './deadlines.ts';
import { notices } from './notices.ts';
import { payments } from './payments.ts';
import { renewal } from './renewal.ts';
import { retries } from './retries.ts';

export const concerns: readonly Concern[] = [payments, calls, notices, renewal, retries, deadlines, aftercare];
