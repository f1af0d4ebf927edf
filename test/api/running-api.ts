/** The API over real HTTP on a real ledger and a real Temporal server; with a worker where a test wants decisions. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker, DefaultLogger } from '@temporalio/worker';
import { sql } from 'kysely';
import { pino } from 'pino';
import { callTaskActivities } from '../../activities/call-tasks.ts';
import { billingActivities } from '../../activities/billing.ts';
import { decisionActivities } from '../../activities/decisions.ts';
import { rulebooks } from '../../activities/rulebook.ts';
import { loadDeclines, loadPolicies } from '../../config/rules.ts';
import { createApi, type Surroundings } from '../../src/api/server.ts';
import type { ChargeOutcome } from '../../src/core/facts.ts';
import type { Policy } from '../../src/core/policy.ts';
import type { Billing } from '../../src/core/ports.ts';
import { ensureSearchAttributes } from '../../src/embedded/search-attributes.ts';
import { migrate, openLedger, type Ledger } from '../../src/ledger/database.ts';
import { stripeClient } from '../../src/providers/index.ts';
import { searchAttributeTypes } from '../../workflows/messages.ts';

export const apiKey = 'key-of-the-test';
export const webhookSecret = 'whsec_test';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body, where it is JSON. */
  body: any;
}

export interface RunningApi {
  url: string;
  ledger: Ledger;
  client: Client;
  taskQueue: string;
  /** A request with the key. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Circumstances {
  /** Starts what stands in for Stripe, told where webhooks go, and answers where it is reached. Default: nowhere. */
  stripe?: (webhookUrl: string) => Promise<string>;
  /** Besides those that ship. */
  policy?: Policy;
  /** Runs a worker whose bank answers so. Default: no worker runs. */
  bank?: () => ChargeOutcome;
  /** Replaces parts of what the API stands on. */
  instead?: (real: Surroundings) => Partial<Surroundings>;
}

export async function startApi({
  stripe: startStripe,
  policy,
  bank,
  instead,
}: Circumstances = {}): Promise<RunningApi> {
  const schema = `api_${randomUUID().replaceAll('-', '')}`;
  const taskQueue = schema;
  const ledger = openLedger(variable('TEST_DATABASE_URL'), schema, 4);
  await migrate(ledger, schema);
  const connection = await Connection.connect({ address: variable('TEST_TEMPORAL_ADDRESS') });
  await ensureSearchAttributes(connection, 'default', searchAttributeTypes);
  const client = new Client({ connection });
  const policies = loadPolicies();
  if (policy) policies.set(policy.id, policy);
  const declines = loadDeclines();
  const rulebookFor = await rulebooks(ledger, policies.values(), declines);
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stripeUrl = (await startStripe?.(`${url}/webhooks/stripe`)) ?? 'http://127.0.0.1:9';
  const stripe = { client: stripeClient({ apiKey: 'sk_test_123', baseUrl: stripeUrl }), webhookSecret };
  const log = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });
  const real: Surroundings = {
    ledger,
    client,
    taskQueue,
    rulebookFor,
    policies,
    declines,
    apiKeys: ['another', apiKey],
    stripe,
    log,
  };
  const endWorker = bank && (await startWorker(real, bank));

  server.on('request', createApi({ ...real, ...instead?.(real) }));
  return {
    url,
    ledger,
    client,
    taskQueue,
    call: (method, path, body, headers) =>
      request(url, method, path, body, { authorization: `Bearer ${apiKey}`, ...headers }),
    async stop() {
      server.close();
      server.closeAllConnections();
      await endWorker?.();
      await sql`drop schema ${sql.id(schema)} cascade`.execute(ledger);
      await ledger.destroy();
      await connection.close();
    },
  };
}

/** One request, with exactly these headers; a text goes out as it is, anything else as JSON. */
export async function request(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(url + path, { method, ...sent, headers: { ...type, ...headers } });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text ? JSON.parse(text) : undefined,
  };
}

/** The real workflows and decisions; messages go nowhere, and the bank says what the test says. */
async function startWorker(
  { ledger, client, taskQueue, rulebookFor }: Surroundings,
  bank: () => ChargeOutcome,
): Promise<() => Promise<void>> {
  quiet();
  const connection = await NativeConnection.connect({ address: variable('TEST_TEMPORAL_ADDRESS') });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    activities: {
      ...decisionActivities(ledger, rulebookFor),
      ...callTaskActivities(ledger, client),
      ...billingActivities(ledger, scripted(bank)),
      sendMessage: () => undefined,
    },
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}

function scripted(bank: () => ChargeOutcome): Billing {
  const truth = {
    reference: 'in_1',
    status: 'open',
    amountDueMinor: 4900,
    payUrl: 'https://pay.example/in_1',
  } as const;
  return {
    openInvoice: () => Promise.resolve(truth),
    charge: () => Promise.resolve({ answer: bank(), truth }),
    writeOff: () => Promise.resolve({ ...truth, status: 'uncollectible' }),
  };
}

let quieted = false;
function quiet(): void {
  if (!quieted) Runtime.install({ logger: new DefaultLogger('ERROR') });
  quieted = true;
}

function variable(name: 'TEST_DATABASE_URL' | 'TEST_TEMPORAL_ADDRESS'): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the global set-up of the tests sets it`);
  return value;
}
