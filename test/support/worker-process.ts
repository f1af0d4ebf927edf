/** A worker as a process of its own, as production runs it, against stand-ins for the providers. */
import { join } from 'node:path';
import { startChild, untilReady, type Child } from '../../src/embedded/child.ts';
import { sandboxKeys } from '../../src/rehearsal/stage.ts';
import { variable } from './world.ts';

export interface WorkerPlan {
  /** PostgreSQL schema and task queue. */
  name: string;
  stripeUrl: string;
  postmarkUrl: string;
  twilioUrl: string;
  logFile: string;
}

/** Answers when it takes work. */
export async function startWorkerProcess(plan: WorkerPlan): Promise<Child> {
  const worker = await startChild({
    name: 'worker',
    command: process.execPath,
    args: ['--import', 'tsx', join('src', 'worker.ts')],
    logFile: plan.logFile,
    env: {
      PATH: process.env['PATH'],
      TEMPORAL_ADDRESS: variable('TEST_TEMPORAL_ADDRESS'),
      DATABASE_URL: variable('TEST_DATABASE_URL'),
      HOLDFAST_SCHEMA: plan.name,
      HOLDFAST_TASK_QUEUE: plan.name,
      STRIPE_API_KEY: sandboxKeys.stripe,
      STRIPE_API_BASE: plan.stripeUrl,
      STRIPE_WEBHOOK_SECRET: 'whsec_test',
      POSTMARK_SERVER_TOKEN: sandboxKeys.postmark,
      POSTMARK_API_BASE: plan.postmarkUrl,
      TWILIO_ACCOUNT_SID: sandboxKeys.twilio.accountSid,
      TWILIO_AUTH_TOKEN: sandboxKeys.twilio.authToken,
      TWILIO_API_BASE: plan.twilioUrl,
    },
  });
  await untilReady(worker, async () => worker.output().includes('worker ready'), 120_000);
  return worker;
}
