/** The API as a process of its own: `npm run api`. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { pino, type Logger } from 'pino';
import { readApiEnvironment, type ApiEnvironment } from '../../config/environment.ts';
import type { Ledger } from '../ledger/database.ts';
import { stripeClient } from '../providers/index.ts';
import { openSurroundings, stripeAccount } from '../surroundings.ts';
import { createApi } from './server.ts';

async function main(log: Logger): Promise<void> {
  const env = readApiEnvironment();
  const surroundings = await openSurroundings(env);
  const api = createApi({
    ...surroundings,
    client: connectTemporal(),
    taskQueue: env.HOLDFAST_TASK_QUEUE,
    apiKeys: env.HOLDFAST_API_KEYS,
    stripe: { client: stripeClient(stripeAccount(env)), webhookSecret: env.STRIPE_WEBHOOK_SECRET },
    log,
  });
  const server = createServer(api);
  await listen(server, env);
  log.info({ url: `http://${env.HOLDFAST_API_HOST}:${env.HOLDFAST_API_PORT}` }, 'the API listens');
  if (env.HOLDFAST_API_KEYS.length === 0) log.warn('HOLDFAST_API_KEYS is not set: nobody can call /v1');

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop(server, surroundings.ledger).then(() => process.exit(0)));
  }
}

/** By TEMPORAL_ADDRESS and its kin. Lazy: what can be read from the ledger is answered while Temporal is away. */
function connectTemporal(): Client {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = Connection.lazy(connectionOptions);
  return new Client({ connection, ...(namespace && { namespace }) });
}

async function listen(
  server: Server,
  { HOLDFAST_API_HOST: host, HOLDFAST_API_PORT: port }: ApiEnvironment,
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
