/**
 * The stage of a rehearsal: the real workflow, worker and activities on the real server, with a task queue, a ledger
 * schema and a sandbox of their own, so that no customer and no record is touched.
 */
import type { Client } from '@temporalio/client';
import { NativeConnection, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { createActivities, type Activities } from '../../activities/index.ts';
import { rulebooks } from '../../activities/rulebook.ts';
import { loadMessages } from '../../config/messages.ts';
import { loadDeclines, loadPolicies } from '../../config/rules.ts';
import type { Rulebook } from '../core/decide.ts';
import type { Policy } from '../core/policy.ts';
import type { State } from '../core/state.ts';
import { migrate, openLedger, type Ledger } from '../ledger/database.ts';
import { postmarkMail, stripeBilling, stripeClient, twilioSms } from '../providers/index.ts';
import { bundleWorkflows, createWorker } from '../worker-options.ts';
import { billerClock } from './biller-clock.ts';

export interface StageOptions {
  client: Client;
  temporalAddress: string;
  databaseUrl: string;
  /** PostgreSQL schema and task queue. */
  name: string;
  /** Where the sandbox listens. */
  sandboxUrl: string;
  /** Policies beside those of config/policies. */
  policies?: Policy[];
  workflowBundle?: WorkflowBundleWithSourceMap;
}

export interface Stage {
  client: Client;
  ledger: Ledger;
  taskQueue: string;
  stripe: ReturnType<typeof stripeClient>;
  rulebookFor: (state: State) => Promise<Rulebook>;
  stop(): Promise<void>;
}

/** Keys that only the sandbox takes. */
export const sandboxKeys = {
  stripe: 'sk_test_sandbox',
  postmark: 'sandbox',
  twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'sandbox' },
};

/** Opens the stage and runs its worker until it is stopped. */
export async function openStage({
  client,
  temporalAddress,
  databaseUrl,
  name,
  sandboxUrl,
  policies = [],
  workflowBundle,
}: StageOptions): Promise<Stage> {
  const ledger = openLedger(databaseUrl, name);
  await migrate(ledger, name);
  const stripeAccount = { apiKey: sandboxKeys.stripe, baseUrl: sandboxUrl };
  const stripe = stripeClient(stripeAccount);
  const rulebookFor = await rulebooks(ledger, [...loadPolicies().values(), ...policies], loadDeclines());
  const activities = createActivities({
    ledger,
    client,
    rulebookFor,
    billing: stripeBilling(stripeAccount),
    mail: postmarkMail({
      serverToken: sandboxKeys.postmark,
      baseUrl: sandboxUrl,
      from: 'Learnwell <billing@learnwell.example>',
    }),
    sms: twilioSms({ ...sandboxKeys.twilio, baseUrl: sandboxUrl, from: '+15005550006' }),
    writing: {
      messages: loadMessages(),
      company: { name: 'Learnwell', replyTo: 'help@learnwell.example', site: 'https://learnwell.example/account' },
    },
  });
  const connection = await NativeConnection.connect({ address: temporalAddress });
  const worker = await createWorker({
    connection,
    namespace: client.options.namespace,
    taskQueue: name,
    workflowBundle: workflowBundle ?? (await bundleWorkflows()),
    activities: onBillersClock(activities, billerClock(stripe, ledger)),
  });
  const running = worker.run();
  return {
    client,
    ledger,
    taskQueue: name,
    stripe,
    rulebookFor,
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
      await ledger.destroy();
    },
  };
}

/** A bank that recovers after three days must live on the same skipped clock as the subscription. */
function onBillersClock(activities: Activities, clock: ReturnType<typeof billerClock>): Activities {
  return {
    ...activities,
    async charge(effect) {
      await clock.advance(effect.subscription, effect.at);
      return activities.charge(effect);
    },
  };
}
