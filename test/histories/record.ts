/** Records the histories that test/workflows/replay.test.ts replays: `npx tsx test/histories/record.ts`. See README.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { ephemeralServers } from '../../src/embedded/servers.ts';
import { rehearse } from '../../src/rehearsal/life.ts';
import { openStage, type Stage } from '../../src/rehearsal/stage.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { quietRuntime } from '../../src/worker-options.ts';
import { callTaskWorkflowId, searchAttributeTypes, subscriptionWorkflowId } from '../../workflows/messages.ts';
import { scriptOf, type LifeScript } from '../support/world.ts';
import { historyToJson, type StoredHistory } from './format.ts';

interface Recording {
  script: LifeScript;
  /** File name → which of the life's workflow runs it holds. */
  files: Record<string, 'first run' | 'second run' | 'call task'>;
}

const recordings: Recording[] = [
  {
    script: { days: 40 },
    files: { 'enrolled-and-renewed': 'first run', 'quiet-cycle-after-continue-as-new': 'second run' },
  },
  { script: { card: 'pm_sandbox_recovers_after_3_days', days: 6 }, files: { 'recovered-by-a-retry': 'first run' } },
  { script: { card: 'pm_sandbox_insufficient_funds', days: 20 }, files: { lost: 'first run' } },
  {
    script: { card: 'pm_sandbox_expired_card', days: 8, newCardAfterDays: 6 },
    files: { 'unlocked-by-a-new-card': 'first run', 'call-task-withdrawn': 'call task' },
  },
  {
    script: { card: 'pm_sandbox_expired_card', days: 5, call: { outcome: 'paid' } },
    files: { 'recovered-by-a-call': 'first run', 'call-task-completed': 'call task' },
  },
];

quietRuntime();
const [servers, sandbox] = await Promise.all([
  ephemeralServers({ searchAttributes: searchAttributeTypes }),
  startSandbox({ port: 0 }),
]);
const { address: temporalAddress } = servers.temporal;
const connection = await Connection.connect({ address: temporalAddress });
const client = new Client({ connection });
const stage = await openStage({
  client,
  temporalAddress,
  databaseUrl: servers.databaseUrl,
  name: 'recording',
  sandboxUrl: sandbox.url,
});
try {
  await Promise.all(recordings.map((recording) => record(stage, recording)));
} finally {
  await stage.stop();
  await connection.close();
  await sandbox.close();
  await servers.stop();
}

async function record(on: Stage, { script: life, files }: Recording): Promise<void> {
  const script = scriptOf(life);
  const { subscription } = script.terms;
  await rehearse(on, script);
  const runs = await runsOf(subscriptionWorkflowId(subscription));
  for (const [name, which] of Object.entries(files)) {
    const workflowId =
      which === 'call task'
        ? callTaskWorkflowId(subscription, { case: 'case-2', n: 1 })
        : subscriptionWorkflowId(subscription);
    const runId = which === 'call task' ? undefined : runs[which === 'first run' ? 0 : 1];
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const file = join(import.meta.dirname, `${name}.json`);
    const stored: StoredHistory = { workflowId, history: withoutMachine(historyToJson(history)) };
    writeFileSync(file, `${JSON.stringify(stored)}\n`);
    console.log(`${name}: ${history.events?.length} events`);
  }
}

/** From the first to the latest: each run names the one that it goes on from. */
async function runsOf(workflowId: string): Promise<string[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const first = raw.workflowExecutionInfo?.firstRunId;
  const runs = first ? [first] : [];
  for (let runId = first; runId;) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
    if (runId) runs.push(runId);
  }
  return runs;
}

/** Process ids and names of the machine say nothing to a replay. */
function withoutMachine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMachine);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'identity');
  const isSticky = 'kind' in value && value.kind === 'TASK_QUEUE_KIND_STICKY';
  return Object.fromEntries(
    entries.map(([key, part]) => [key, isSticky && key === 'name' ? 'sticky' : withoutMachine(part)]),
  );
}
