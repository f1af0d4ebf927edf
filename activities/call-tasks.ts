/** Call tasks: each a workflow of its own under a fixed id, opened and taken back by its subscription's effects. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { activityInfo } from '@temporalio/activity';
import type { EffectOf } from '../src/core/effects.ts';
import { instant } from '../src/core/time.ts';
import type { Ledger } from '../src/ledger/database.ts';
import { closeCallTaskRow, insertCallTask } from '../src/ledger/queries/callTasks.ts';
import { confirmEffect, claimEffect } from '../src/ledger/queries/effects.ts';
import {
  callTaskWorkflowId,
  withdrawCallSignal,
  type CallTaskResult,
  type CallTaskRun,
} from '../workflows/messages.ts';

export function callTaskActivities(ledger: Ledger, client: Client) {
  return {
    /** Opens the task. Opening it twice is opening it once: its workflow id is fixed. */
    async openCallTask(effect: EffectOf<'openCallTask'>): Promise<void> {
      const { subscription, task, key } = effect;
      await claimEffect(ledger, effect);
      await insertCallTask(ledger, effect);
      const run: CallTaskRun = { subscription, order: task };
      const workflowId = callTaskWorkflowId(subscription, task);
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
      await confirmEffect(ledger, key, { opened: task.id }, workflowId, instant(Date.now()));
    },

    /** Takes an open task back; one that is closed already stays as it is. The task's workflow records its own end. */
    async withdrawCallTask(effect: EffectOf<'withdrawCallTask'>): Promise<void> {
      const { subscription, task, key, because } = effect;
      await claimEffect(ledger, effect);
      const workflowId = callTaskWorkflowId(subscription, task);
      try {
        await client.workflow.getHandle(workflowId).signal(withdrawCallSignal, because);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
      await confirmEffect(ledger, key, { withdrawn: task.id }, workflowId, instant(Date.now()));
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
  if (!(error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')) throw error;
}
