/** What the API stands on: given once at the start of a process, shared by all routes. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { DeclineTable } from '../core/declines.ts';
import type { Rulebook } from '../core/decide.ts';
import type { Policy } from '../core/policy.ts';
import type { State } from '../core/state.ts';
import type { Ledger } from '../ledger/database.ts';
import type { stripeClient } from '../providers/index.ts';

export interface Surroundings {
  ledger: Ledger;
  client: Client;
  /** Temporal task queue that new subscriptions are started on. */
  taskQueue: string;
  rulebookFor: (state: State) => Promise<Rulebook>;
  /** The policies that may be chosen at enrolment, by id. */
  policies: ReadonlyMap<string, Policy>;
  declines: DeclineTable;
  /** Keys that may call `/v1`. */
  apiKeys: readonly string[];
  stripe: { client: ReturnType<typeof stripeClient>; webhookSecret: string };
  log: Logger;
}
