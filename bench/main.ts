/** `npm run bench`: what a life costs in history, and how fast lives are started and told things. */
import { Command, InvalidArgumentError } from 'commander';
import { Client, Connection } from '@temporalio/client';
import { ephemeralServers } from '../src/embedded/servers.ts';
import { openStage } from '../src/rehearsal/stage.ts';
import { startSandbox } from '../src/sandbox/server.ts';
import { bundleWorkflows, quietRuntime } from '../src/worker-options.ts';
import { searchAttributeTypes } from '../workflows/messages.ts';
import { lostCase, quietCycle, type RunSize } from './histories.ts';
import { measureRates } from './rates.ts';

/** A quiet monthly cycle must not cost more. */
const bounds = { events: 30, bytes: 20_000 };

const { count } = new Command('npm run bench --')
  .description('Measures histories and rates on servers of its own.')
  .option('--count <n>', 'workflows of each kind to start and signal', countFrom, 300)
  .parse()
  .opts<{ count: number }>();

quietRuntime();
const [servers, sandbox, workflowBundle] = await Promise.all([
  ephemeralServers({ searchAttributes: searchAttributeTypes }),
  startSandbox({ port: 0 }),
  bundleWorkflows(),
]);
const { address } = servers.temporal;
const connection = await Connection.connect({ address });
const client = new Client({ connection });
const stage = await openStage({
  client,
  temporalAddress: address,
  databaseUrl: servers.databaseUrl,
  name: 'bench',
  sandboxUrl: sandbox.url,
  workflowBundle,
});
try {
  const quiet = await quietCycle(stage);
  printSizes({ 'quiet monthly cycle': quiet, 'case of five tries, lost': await lostCase(stage) });
  await printRates();
  check(quiet);
} finally {
  await stage.stop();
  await connection.close();
  await sandbox.close();
  await servers.stop();
}

function countFrom(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > 100_000) throw new InvalidArgumentError('a whole number from 1 to 100000');
  return n;
}

function printSizes(runs: Record<string, RunSize>): void {
  console.log(row('history', 'events', 'bytes'));
  for (const [name, { events, bytes }] of Object.entries(runs)) console.log(row(name, String(events), String(bytes)));
}

async function printRates(): Promise<void> {
  const { subscription, bare } = await measureRates(stage, address, count);
  console.log(`\n${row(`a second, ${count} of each`, 'subscription', 'bare sleep', 'ratio')}`);
  for (const [name, kind] of [
    ['starts', 'startsPerSecond'],
    ['signals', 'signalsPerSecond'],
  ] as const) {
    const [ours, theirs] = [subscription[kind], bare[kind]];
    console.log(row(name, ours.toFixed(0), theirs.toFixed(0), (ours / theirs).toFixed(2)));
  }
}

function row(name: string, ...figures: string[]): string {
  return `${name.padEnd(26)}${figures.map((figure) => figure.padStart(14)).join('')}`;
}

function check({ events, bytes, types }: RunSize): void {
  if (events <= bounds.events && bytes <= bounds.bytes) return;
  console.error(
    `\nbench: a quiet cycle takes ${events} events and ${bytes} bytes; at most ${bounds.events} and ${bounds.bytes} are allowed`,
  );
  console.error(types.map((type, i) => `${String(i + 1).padStart(3)} ${type}`).join('\n'));
  process.exitCode = 1;
}
