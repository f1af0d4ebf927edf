/**
 * One call task: a person must phone. A workflow of its own, so that it outlives the runs of its subscription and can be
 * claimed, completed or withdrawn by itself.
 */
import {
  ApplicationFailure,
  condition,
  getExternalWorkflowHandle,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import {
  callTaskClosed,
  completeCallUpdate,
  factSignal,
  subscriptionWorkflowId,
  withdrawCallSignal,
  type CallTaskAnswer,
  type CallTaskResult,
  type CallTaskRun,
} from './messages.ts';

const { closeCallTask } = proxyActivities<Activities>({
  startToCloseTimeout: '30s',
  retry: { maximumInterval: '10m' },
});

export async function callTask({ subscription, order }: CallTaskRun): Promise<CallTaskResult> {
  let result: CallTaskResult | undefined;
  setCurrentDetails(`**Call task ${order.n}** of ${order.case}: waits for an agent.`);
  setHandler(withdrawCallSignal, (because) => void (result ??= { status: 'withdrawn', because }));
  const complete = (answer: CallTaskAnswer): CallTaskResult => (result = { status: 'completed', answer });
  const refuseWhenClosed = (_answer: CallTaskAnswer): void => {
    if (result) throw ApplicationFailure.nonRetryable(`this call task is ${result.status}`, callTaskClosed);
  };
  setHandler(completeCallUpdate, complete, { validator: refuseWhenClosed });

  await condition(() => result !== undefined);
  const closed = result as unknown as CallTaskResult;
  await closeCallTask.executeWithOptions({ summary: `call task ${closed.status}` }, [{ id: order.id, result: closed }]);
  if (closed.status === 'completed') await tellSubscription(subscription, order.id, closed);
  return closed;
}

async function tellSubscription(
  subscription: string,
  task: string,
  { answer }: Extract<CallTaskResult, { status: 'completed' }>,
): Promise<void> {
  try {
    const fact = { kind: 'callTaskCompleted', id: `${task}/completed`, task, ...answer } as const;
    await getExternalWorkflowHandle(subscriptionWorkflowId(subscription)).signal(factSignal, fact);
  } catch (error) {
    // A subscription that has ended meanwhile has nothing more to learn from this call.
    log.warn('the subscription could not be told of the call', { task, error: String(error) });
  }
}
