/**
 * A world for lives on the real server: a stage (worker, task queue, ledger schema) and a sandbox of its own, time that
 * is skipped, and diaries whose days are counted from the first renewal, so that they read the same whenever they run.
 */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { sql } from 'kysely';
import type { Policy } from '../../src/core/policy.ts';
import type { Terms } from '../../src/core/subscription.ts';
import {
  addDays,
  atLocal,
  instant,
  localDate,
  type CivilDate,
  type Instant,
  type TimeOfDay,
  type Zone,
} from '../../src/core/time.ts';
import { openLedger } from '../../src/ledger/database.ts';
import { timelineAfter, type RecordedEntry } from '../../src/ledger/queries/timeline.ts';
import { rehearse, rehearsedTerms, type Script } from '../../src/rehearsal/life.ts';
import { openStage, type Stage } from '../../src/rehearsal/stage.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import { bundleWorkflows } from '../../src/worker-options.ts';
import { diary } from './life.ts';

export const zone = 'Europe/Rome' as Zone;

/** What a test says of a life; the rest is an Italian customer who pays 49 euros a month under `cure`. */
export type LifeScript = Partial<Omit<Script, 'terms'>> & { policy?: string };

type PlainEntry = Omit<RecordedEntry, 'effect'>;

export interface World {
  client: Client;
  sandbox: Sandbox;
  /** The one that is open now. */
  stage(): Stage;
  /** Closes the stage and opens it again, as a restarted worker would, with these policies beside those that ship. */
  restage(policies: Policy[]): Promise<void>;
  /** Lives the script to its end and answers the terms of the life. */
  live(script: LifeScript): Promise<Terms>;
  entries(terms: Terms): Promise<PlainEntry[]>;
  /** The diary after the enrolment, whose hour is the hour of the test. */
  diary(terms: Terms): Promise<string>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** Base URL of a stripe-mock that checks every request to the sandbox's Stripe. */
  contractCheck?: string;
  policies?: Policy[];
  workflowBundle?: WorkflowBundleWithSourceMap;
}

export async function startWorld({ contractCheck, policies, workflowBundle }: WorldOptions = {}): Promise<World> {
  quiet();
  const [temporalAddress, databaseUrl] = [variable('TEST_TEMPORAL_ADDRESS'), variable('TEST_DATABASE_URL')];
  const name = `world_${randomUUID().replaceAll('-', '')}`;
  const [connection, sandbox, bundle] = await Promise.all([
    Connection.connect({ address: temporalAddress }),
    startSandbox({ port: 0, ...(contractCheck && { contractCheck }) }),
    workflowBundle ?? bundleWorkflows(),
  ]);
  const client = new Client({ connection });
  const open = (rules: Policy[] = []): Promise<Stage> =>
    openStage({
      client,
      temporalAddress,
      databaseUrl,
      name,
      sandboxUrl: sandbox.url,
      policies: rules,
      workflowBundle: bundle,
    });
  let stage = await open(policies);
  const entries = async ({ subscription }: Terms): Promise<PlainEntry[]> => {
    const told = await timelineAfter(stage.ledger, subscription, 0, 10_000);
    return told.entries.map(({ effect: _effect, ...entry }) => entry);
  };
  return {
    client,
    sandbox,
    stage: () => stage,
    entries,
    async restage(rules) {
      await stage.stop();
      stage = await open(rules);
    },
    async live(told) {
      const script = scriptOf(told);
      await rehearse(stage, script);
      return script.terms;
    },
    async diary(terms) {
      const [enrolled, ...rest] = await entries(terms);
      expect(enrolled?.text).toBe(`enrolled with policy ${terms.policy}`);
      return inDays(diary({ entries: rest, zone }), terms.firstRenewalOn);
    },
    async stop() {
      await stage.stop();
      await sandbox.close();
      await connection.close();
      const ledger = openLedger(databaseUrl, name, 1);
      await sql`drop schema ${sql.id(name)} cascade`.execute(ledger);
      await ledger.destroy();
    },
  };
}

export function scriptOf({ policy = 'cure', ...script }: LifeScript = {}): Script {
  const id = `life-${randomUUID().slice(0, 13)}`;
  const terms = rehearsedTerms({
    id,
    policy,
    firstRenewalOn: firstRenewal(),
    zone,
  });
  return { terms, customerName: 'Anna Bruni', planName: 'Pro, monthly', card: 'pm_card_visa', days: 1, ...script };
}

/** A moment of a life, by the day counted from the first renewal and the hour in the customer's zone. */
export function momentOf({ firstRenewalOn }: Pick<Terms, 'firstRenewalOn'>, day: number, hour: string): Instant {
  return atLocal(addDays(firstRenewalOn, day), hour as TimeOfDay, zone);
}

/** Asks again until the answer is there. @throws Error when it is not there in time */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>, withinMs = 30_000): Promise<T> {
  for (const end = performance.now() + withinMs; performance.now() < end;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what}: not so within ${withinMs / 1000} s`);
}

export function variable(name: 'TEST_DATABASE_URL' | 'TEST_TEMPORAL_ADDRESS'): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the global set-up of the tests sets it`);
  return value;
}

/** `2027-03-04 09:00  …` becomes `day 3 09:00  …`. */
export function inDays(text: string, firstRenewalOn: CivilDate): string {
  return text.replaceAll(
    /^\d{4}-\d\d-\d\d/gm,
    (date) => `day ${Math.round((Date.parse(date) - Date.parse(firstRenewalOn)) / 86_400_000)}`,
  );
}

/** A Monday, at least a week ahead: what depends on business days comes out the same in every week. */
function firstRenewal(): CivilDate {
  const soonest = addDays(localDate(instant(Date.now()), zone), 7);
  return addDays(soonest, (8 - new Date(soonest).getUTCDay()) % 7);
}

let quieted = false;

/** What a workflow should log, and a replay that should fail, is no news here. Call it before anything of the worker's. */
export function quiet(): void {
  if (quieted) return;
  quieted = true;
  const logging = { filter: { core: 'ERROR', other: 'ERROR' } } as const;
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
}
