/** The worker process: runs subscriptions and call tasks until it is told to stop. */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { readWorkerEnvironment, type WorkerEnvironment } from '../config/environment.ts';
import { loadMessages } from '../config/messages.ts';
import { searchAttributeTypes } from '../workflows/messages.ts';
import { ensureSearchAttributes } from './embedded/search-attributes.ts';
import { openProviders, openSurroundings } from './surroundings.ts';
import { connectTemporal } from './temporal.ts';
import { bundleWorkflows, createWorker, quietRuntime } from './worker-options.ts';

try {
  await run(readWorkerEnvironment());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function run(env: WorkerEnvironment): Promise<void> {
  quietRuntime();
  const { client, connection: clientConnection, namespace } = await connectTemporal();
  await ensureSearchAttributes(clientConnection, namespace, searchAttributeTypes);
  const { ledger, rulebookFor } = await openSurroundings(env);
  const connection = await NativeConnection.connect(loadClientConnectConfig().connectionOptions);
  const writing = { messages: loadMessages(), company: company(env) };
  const worker = await createWorker({
    connection,
    namespace,
    taskQueue: env.HOLDFAST_TASK_QUEUE,
    workflowBundle: await bundleWorkflows(),
    activities: createActivities({ ledger, client, rulebookFor, writing, ...openProviders(env) }),
  });
  console.log(`worker ready on task queue ${env.HOLDFAST_TASK_QUEUE}`);
  await worker.run();
  await Promise.all([connection.close(), clientConnection.close(), ledger.destroy()]);
}

function company(env: WorkerEnvironment) {
  const {
    COMPANY_NAME: name,
    COMPANY_ACCENT: accent,
    COMPANY_ADDRESS: address,
    MAIL_REPLY_TO: replyTo,
    COMPANY_ACCOUNT_URL: site,
  } = env;
  return { name, accent, replyTo, site, ...(address && { address }) };
}
