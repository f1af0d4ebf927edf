/** Three example lives for a first look: recovered by a retry, recovered by a call, and lost. */
import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { addDays, instant, localDate, type Zone } from '../core/time.ts';
import { bundleWorkflows, quietRuntime } from '../worker-options.ts';
import { rehearse, rehearsedTerms, type Script } from './life.ts';
import { openStage } from './stage.ts';

const lives = [
  {
    title: 'recovered by a retry',
    name: 'retry',
    card: 'pm_sandbox_recovers_after_3_days',
    days: 6,
    newCardAfterDays: 4,
  },
  { title: 'recovered by a call', name: 'call', card: 'pm_sandbox_expired_card', days: 8, call: { outcome: 'paid' } },
  { title: 'lost, with a lock and a farewell', name: 'lost', card: 'pm_sandbox_insufficient_funds', days: 20 },
] as const;

const zone = 'Europe/Rome' as Zone;

export interface Demo {
  lives: { title: string; subscription: string }[];
  /** Ends the worker that answers for these lives. */
  stop(): Promise<void>;
}

/** Rehearses the lives side by side on a stage of their own; its worker stays, so that the Temporal UI can show details. */
export async function startDemo({
  temporalAddress,
  databaseUrl,
  sandboxUrl,
}: {
  temporalAddress: string;
  databaseUrl: string;
  sandboxUrl: string;
}): Promise<Demo> {
  quietRuntime();
  const connection = await Connection.connect({ address: temporalAddress });
  const client = new Client({ connection });
  const workflowBundle = await bundleWorkflows();
  const stage = await openStage({
    client,
    temporalAddress,
    databaseUrl,
    name: 'rehearsal',
    sandboxUrl,
    workflowBundle,
  });
  const run = randomBytes(2).toString('hex');
  const scripts = lives.map((life) => ({ title: life.title, script: scriptOf(life, run) }));
  await Promise.all(scripts.map(({ script }) => rehearse(stage, script)));
  return {
    lives: scripts.map(({ title, script }) => ({ title, subscription: script.terms.subscription })),
    async stop() {
      await stage.stop();
      await connection.close();
    },
  };
}

function scriptOf({ title: _title, name, ...play }: (typeof lives)[number], run: string): Script {
  const terms = rehearsedTerms({
    id: `demo-${name}-${run}`,
    policy: 'cure',
    firstRenewalOn: addDays(localDate(instant(Date.now()), zone), 7),
    zone,
  });
  return { terms, customerName: 'Anna Bruni', planName: 'Pro, monthly', ...play };
}
