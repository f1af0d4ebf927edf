/** Call tasks: each a workflow of its own under a fixed id, opened and taken back by its subscription's effects. */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { activityInfo } from '@temporalio/activity';
import type { EffectOf } from '../src/core/effects.ts';
import { instant } from '../src/core/time.ts';
import type { Ledger } from '../src/ledger/database.ts';
import { closeCallTaskRow, insertCallTask } from '../src/ledger/queries/callTasks.ts';
import {
  callTaskWorkflowId,
  withdrawCallSignal,
  type CallTaskResult,
  type CallTaskRun,
} from '../workflows/messages.ts';
import { once } from './once.ts';

export function callTaskActivities(ledger: Ledger, client: Client) {
  return {
    /** Opens the task. Opening it twice is opening it once: its workflow id is fixed. */
    async openCallTask(effect: EffectOf<'openCallTask'>): Promise<void> {
      const { subscription, task } = effect;
      const run: CallTaskRun = { subscription, order: task };
      const workflowId = callTaskWorkflowId(subscription, task);
      await once(ledger, effect, async () => {
        await insertCallTask(ledger, effect);
        await client.workflow
          .start('callTask', {
            workflowId,
            taskQueue: activityInfo().taskQueue,
            args: [run],
            workflowIdConflictPolicy: 'USE_EXISTING',
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            staticSummary: effect.what,
            staticDetails: effect.why,
          })
          .catch(ignoreClosedTask);
        return { result: { opened: task.id }, reference: workflowId };
      });
    },

    /** Takes an open task back; one that is closed already stays as it is. The task's workflow records its own end. */
    async withdrawCallTask(effect: EffectOf<'withdrawCallTask'>): Promise<void> {
      const { subscription, task, because } = effect;
      const workflowId = callTaskWorkflowId(subscription, task);
      await once(ledger, effect, async () => {
        await client.workflow.getHandle(workflowId).signal(withdrawCallSignal, because).catch(ignoreLostTask);
        return { result: { withdrawn: task.id }, reference: workflowId };
      });
    },

    /** Records how a task ended. */
    async closeCallTask({ id, result }: { id: string; result: CallTaskResult }): Promise<void> {
      const closing =
        result.status === 'completed' ? { status: result.status, ...result.answer } : { status: result.status };
      await closeCallTaskRow(ledger, id, closing, instant(Date.now()));
    },
  };
}

/** The task was opened by an earlier try and has been closed since. */
function ignoreClosedTask(error: unknown): void {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
}

/** The task is closed already. */
function ignoreLostTask(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}
