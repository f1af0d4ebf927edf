/** `npm start`: the whole of Holdfast on one machine: servers, sandbox, worker and API, until Ctrl-C. */
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { searchAttributeTypes } from '../workflows/messages.ts';
import { openDataFolder, type DataFolder } from './embedded/data-folder.ts';
import { checkPorts, portsFromEnv, type Ports } from './embedded/ports.ts';
import { nodeProcesses, type Processes } from './embedded/processes.ts';
import { withProgress } from './embedded/progress.ts';
import { serverPorts, startServers, type Servers } from './embedded/servers.ts';
import { SetupError } from './embedded/setup-error.ts';
import { onStopSignal } from './embedded/stop-signal.ts';
import { startDemo } from './rehearsal/demo.ts';
import { sandboxKeys } from './rehearsal/stage.ts';
import { addressTable, demoTable, enrolmentCurl } from './welcome.ts';

const options = new Command('npm start --')
  .description('Starts Temporal, PostgreSQL, the sandbox, a worker and the API on this machine.')
  .option('--fresh', 'begin anew: forget everything of earlier runs', false)
  .option('--demo', 'rehearse three example lives and leave them open in the Temporal UI', false)
  .parse()
  .opts<{ fresh: boolean; demo: boolean }>();

type Undo = () => Promise<void> | void;
/** What was started, in order; it ends in reverse. */
const started: Undo[] = [];
let stopping = false;

onStopSignal(() => void stop(0));
try {
  await start();
} catch (error) {
  await fail(error instanceof SetupError ? error.message : error);
}

async function start(): Promise<void> {
  const ports = portsFromEnv();
  const data = await openDataFolder({ fresh: options.fresh });
  started.push(() => data.close());
  await checkPorts(ports, ['api', 'sandbox', ...serverPorts()]);
  const servers = await withProgress('Temporal and PostgreSQL', () =>
    startServers({ dataDir: data.path, ports, ui: true, searchAttributes: searchAttributeTypes }),
  );
  started.push(() => servers.stop());
  const processes = nodeProcesses({ logs: data.at('logs'), onDeath: (message) => void fail(message) });
  started.push(() => processes.stop());
  const env = environmentOf(data, ports, servers);
  await withProgress('sandbox, worker and API', () => startProcesses(processes, env, ports));
  const addresses = {
    api: urlOf(ports.api),
    sandbox: urlOf(ports.sandbox),
    apiKey: env.HOLDFAST_API_KEYS,
    ...(servers.temporal.uiUrl && { temporalUi: servers.temporal.uiUrl }),
  };
  console.log(addressTable(addresses));
  if (options.demo) await demonstrate(servers, addresses);
  console.log(enrolmentCurl(addresses));
  console.log(`\nLogs: ${data.at('logs')}. Ctrl-C stops everything; the data stays.`);
}

async function demonstrate(servers: Servers, addresses: Parameters<typeof addressTable>[0]): Promise<void> {
  const demo = await withProgress('rehearsing three example lives', () =>
    startDemo({
      temporalAddress: servers.temporal.address,
      databaseUrl: servers.databaseUrl,
      sandboxUrl: addresses.sandbox,
    }),
  );
  started.push(() => demo.stop());
  console.log(demoTable(demo.lives, addresses));
}

async function startProcesses(processes: Processes, env: NodeJS.ProcessEnv, ports: Ports): Promise<void> {
  const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  await processes.start({
    name: 'sandbox',
    file: file('./sandbox/main.ts'),
    env,
    ready: { url: urlOf(ports.sandbox) },
  });
  await Promise.all([
    processes.start({ name: 'worker', file: file('./worker.ts'), env, ready: { line: /^worker ready/m } }),
    processes.start({ name: 'api', file: file('./api/main.ts'), env, ready: { url: `${urlOf(ports.api)}/health` } }),
  ]);
}

/** Each provider whose key is set is used for real; the others are the sandbox, reached by the same code. */
function environmentOf(data: DataFolder, ports: Ports, servers: Servers): Record<string, string> {
  const sandbox = urlOf(ports.sandbox);
  const { env } = process;
  const stripe = {
    STRIPE_API_KEY: sandboxKeys.stripe,
    STRIPE_API_BASE: sandbox,
    STRIPE_WEBHOOK_SECRET: data.secrets.webhookSecret,
  };
  const postmark = { POSTMARK_SERVER_TOKEN: sandboxKeys.postmark, POSTMARK_API_BASE: sandbox };
  const { accountSid, authToken } = sandboxKeys.twilio;
  const twilio = { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_API_BASE: sandbox };
  for (const key of ['STRIPE_API_KEY', 'POSTMARK_SERVER_TOKEN', 'TWILIO_ACCOUNT_SID']) {
    if (env[key])
      console.log(
        `${key} is set${env[key].startsWith('sk_test_') ? ' (a test key)' : ''}: that provider is used, not the sandbox`,
      );
  }
  return {
    DATABASE_URL: servers.databaseUrl,
    TEMPORAL_ADDRESS: servers.temporal.address,
    HOLDFAST_API_PORT: String(ports.api),
    HOLDFAST_API_KEYS: env.HOLDFAST_API_KEYS ?? data.secrets.apiKey,
    HOLDFAST_SANDBOX_PORT: String(ports.sandbox),
    HOLDFAST_SANDBOX_DATA: data.at('sandbox.ndjson'),
    STRIPE_WEBHOOK_URL: `${urlOf(ports.api)}/webhooks/stripe`,
    ...(env.STRIPE_API_KEY ? {} : stripe),
    ...(env.POSTMARK_SERVER_TOKEN ? {} : postmark),
    ...(env.TWILIO_ACCOUNT_SID ? {} : twilio),
    ...(servers.temporal.uiUrl && { TEMPORAL_UI_URL: servers.temporal.uiUrl }),
  };
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** What a stop itself breaks is not worth a word. */
async function fail(complaint: unknown): Promise<void> {
  if (stopping) return;
  console.error(complaint);
  await stop(1);
}

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (code === 0) console.log('\nstopping …');
  for (const undo of started.reverse()) await undo();
  process.exit(code);
}
