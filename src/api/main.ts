/** The API as a process of its own: `npm run api`. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { pino, type Logger } from 'pino';
import { rulebooks } from '../../activities/rulebook.ts';
import { readEnvironment, type Environment } from '../../config/environment.ts';
import { loadDeclines, loadPolicies } from '../../config/rules.ts';
import { migrate, openLedger, type Ledger } from '../ledger/database.ts';
import { stripeClient } from '../providers/index.ts';
import { createApi } from './server.ts';

async function main(log: Logger): Promise<void> {
  const env = readEnvironment();
  const ledger = openLedger(env.DATABASE_URL, env.HOLDFAST_SCHEMA);
  const server = createServer(await application(env, ledger, connectTemporal(), log));
  await listen(server, env);
  log.info({ url: `http://${env.HOLDFAST_API_HOST}:${env.HOLDFAST_API_PORT}` }, 'the API listens');
  if (env.HOLDFAST_API_KEYS.length === 0) log.warn('HOLDFAST_API_KEYS is not set: nobody can call /v1');

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop(server, ledger).then(() => process.exit(0)));
  }
}

async function application(env: Environment, ledger: Ledger, client: Client, log: Logger) {
  await migrate(ledger, env.HOLDFAST_SCHEMA);
  const policies = loadPolicies();
  const declines = loadDeclines();
  return createApi({
    ledger,
    client,
    taskQueue: env.HOLDFAST_TASK_QUEUE,
    rulebookFor: await rulebooks(ledger, policies.values(), declines),
    policies,
    declines,
    apiKeys: env.HOLDFAST_API_KEYS,
    stripe: {
      client: stripeClient({
        apiKey: env.STRIPE_API_KEY,
        ...(env.STRIPE_API_BASE && { baseUrl: env.STRIPE_API_BASE }),
      }),
      webhookSecret: env.STRIPE_WEBHOOK_SECRET,
    },
    log,
  });
}

/** By TEMPORAL_ADDRESS and its kin. Lazy: what can be read from the ledger is answered while Temporal is away. */
function connectTemporal(): Client {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = Connection.lazy(connectionOptions);
  return new Client({ connection, ...(namespace && { namespace }) });
}

async function listen(
  server: Server,
  { HOLDFAST_API_HOST: host, HOLDFAST_API_PORT: port }: Environment,
): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

/** Requests that are under way are answered, for ten seconds at most. */
async function stop(server: Server, ledger: Ledger): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), 10_000);
  await closed;
  clearTimeout(patience);
  // The connection to Temporal ends with the process: closed earlier, a retry of the SDK's that is due would throw.
  await ledger.destroy();
}

function inOneLine(error: unknown): string {
  const { code, message, cause } = error as NodeJS.ErrnoException & { cause?: unknown };
  if (code === 'EADDRINUSE')
    return `port ${process.env['HOLDFAST_API_PORT'] ?? 4000} is taken: set HOLDFAST_API_PORT to a free one`;
  if (code === 'ECONNREFUSED') return 'PostgreSQL does not answer at DATABASE_URL: start it, or mend the address';
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

try {
  await main(pino({ name: 'api' }));
} catch (error) {
  console.error(`holdfast api: ${inOneLine(error).replaceAll('\n', '; ')}`);
  process.exit(1);
}
