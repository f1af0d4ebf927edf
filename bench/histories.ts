/** What a life costs in history: events and bytes of single runs, as the server counts them. */
import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { subscriptionWorkflowId } from '../workflows/messages.ts';
import { addDays, instant, localDate, type Zone } from '../src/core/time.ts';
import { rehearse, rehearsedTerms, type Script } from '../src/rehearsal/life.ts';
import type { Stage } from '../src/rehearsal/stage.ts';

const timeSkipped = 'EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED';
const zone = 'Europe/Rome' as Zone;

export interface RunSize {
  /** Without those by which the server notes that it skipped time: a life on real time has none. */
  events: number;
  bytes: number;
  /** Event types in order. */
  types: string[];
}

/** The last complete one of several quiet monthly cycles: a reminder, a payment by our own charge, continue-as-new. */
export async function quietCycle(stage: Stage): Promise<RunSize> {
  const script = scriptOf('pm_card_visa', 100);
  await rehearse(stage, script);
  // The newest run is still asleep and the first one holds the enrolment: the run before the newest is a steady one.
  const newest = stage.client.workflow.getHandle(subscriptionWorkflowId(script.terms.subscription));
  return sizeOf(stage.client, await runBefore(stage.client, newest));
}

/** A case of five tries that ends with a lock and a farewell. */
export async function lostCase(stage: Stage): Promise<RunSize> {
  const script = scriptOf('pm_sandbox_insufficient_funds', 20);
  await rehearse(stage, script);
  return sizeOf(stage.client, stage.client.workflow.getHandle(subscriptionWorkflowId(script.terms.subscription)));
}

function scriptOf(card: string, days: number): Script {
  const terms = rehearsedTerms({
    id: `bench-${randomUUID().slice(0, 8)}`,
    policy: 'cure',
    firstRenewalOn: addDays(localDate(instant(Date.now()), zone), 7),
    zone,
  });
  return { terms, customerName: 'Anna Bruni', planName: 'Pro, monthly', card, days };
}

async function runBefore(client: Client, handle: WorkflowHandle): Promise<WorkflowHandle> {
  const { events } = await handle.fetchHistory();
  const previous = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  if (!previous) throw new Error(`${handle.workflowId} has not continued as new`);
  return client.workflow.getHandle(handle.workflowId, previous);
}

async function sizeOf(client: Client, handle: WorkflowHandle): Promise<RunSize> {
  const { runId, historySize } = await handle.describe();
  const { events } = await client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
  const types = (events ?? []).map(({ eventType }) => proto.temporal.api.enums.v1.EventType[eventType ?? 0] ?? '?');
  const lived = types.filter((type) => type !== timeSkipped);
  return { events: lived.length, bytes: historySize ?? 0, types: lived };
}
