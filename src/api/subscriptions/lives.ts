/** The workflows behind subscriptions: starting a life, and telling it a fact. */
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { viewAt } from '../../core/decide.ts';
import type { Fact } from '../../core/facts.ts';
import type { State } from '../../core/state.ts';
import { instant } from '../../core/time.ts';
import { upgrade } from '../../core/upgrade.ts';
import { amount } from '../../core/words.ts';
import type { subscriptionById } from '../../ledger/queries/subscriptions.ts';
import {
  factSignal,
  firstRun,
  fixedAttributes,
  movingAttributes,
  subscriptionWorkflowId,
  type SubscriptionRun,
} from '../../../workflows/messages.ts';
import type { Surroundings } from '../surroundings.ts';

export type SubscriptionRow = NonNullable<Awaited<ReturnType<typeof subscriptionById>>>;
type Temporal = Pick<Surroundings, 'client' | 'taskQueue' | 'rulebookFor'>;

/** Starts the life of an enrolled subscription. One that runs goes on, and one that has ended stays ended. */
export async function startLife(temporal: Temporal, row: SubscriptionRow): Promise<void> {
  const options = await birth(temporal, row);
  try {
    await withinSeconds(temporal.client, () => temporal.client.workflow.start('subscription', options));
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/**
 * Tells a subscription a fact: kept by Temporal until a worker decides on it.
 * @returns `ended` when the life is over and nothing can be told any more
 */
export async function tellFact(temporal: Temporal, row: SubscriptionRow, fact: Fact): Promise<'told' | 'ended'> {
  const { client } = temporal;
  const handle = client.workflow.getHandle(subscriptionWorkflowId(row.id));
  try {
    await withinSeconds(client, () => handle.signal(factSignal, fact));
    return 'told';
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return row.decision === 0 ? startAndTell(temporal, row, fact) : 'ended';
  }
}

/** A crash between enrolment and start left the subscription without its workflow: the fact brings it to life. */
async function startAndTell(temporal: Temporal, row: SubscriptionRow, fact: Fact): Promise<'told' | 'ended'> {
  const options = { ...(await birth(temporal, row)), signal: factSignal, signalArgs: [fact] as [Fact] };
  try {
    await withinSeconds(temporal.client, () => temporal.client.workflow.signalWithStart('subscription', options));
    return 'told';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'ended';
    throw error;
  }
}

async function birth(
  { taskQueue, rulebookFor }: Temporal,
  row: SubscriptionRow,
): Promise<WorkflowStartOptions & { args: [SubscriptionRun] }> {
  const state: State = upgrade(row.state);
  const now = instant(Date.now());
  const view = viewAt(state, now, await rulebookFor(state));
  return {
    workflowId: subscriptionWorkflowId(row.id),
    taskQueue,
    args: [firstRun(state, now)],
    typedSearchAttributes: [...fixedAttributes(state), ...movingAttributes(view)],
    staticSummary: `${row.plan_name}, ${amount(state.terms.plan.price)}`,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
  };
}

/** Without a deadline a request would hang for as long as Temporal is away. */
export function withinSeconds<T>(client: Client, call: () => Promise<T>, seconds = 5): Promise<T> {
  return client.withDeadline(Date.now() + seconds * 1000, call);
}
