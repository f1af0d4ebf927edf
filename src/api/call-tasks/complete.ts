/** Completes a call task: an update to its workflow, which alone knows whether it is still open. */
import { createHash } from 'node:crypto';
import { ApplicationFailure, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Request, Response } from 'express';
import { instant, localDate, type CivilDate } from '../../core/time.ts';
import { addCallNote, callTaskById } from '../../ledger/queries/callTasks.ts';
import { waitForFact } from '../../ledger/queries/waitForFact.ts';
import {
  callTaskClosed,
  callTaskWorkflowId,
  completeCallUpdate,
  type CallTaskAnswer,
} from '../../../workflows/messages.ts';
import { invalidFields, Problem, unavailable } from '../problems.ts';
import { bodyOf, pathOf } from '../requests.ts';
import { callCompletion, callTaskPath } from '../schemas/call-tasks.ts';
import { subscriptionOf } from '../subscriptions/find.ts';
import { withinSeconds } from '../subscriptions/lives.ts';
import { entriesOfDecision } from '../subscriptions/timeline.ts';
import { subscriptionView } from '../subscriptions/view.ts';
import type { Surroundings } from '../surroundings.ts';
import { callTaskView, type CallTaskRow } from './view.ts';

export function completeCallTask(api: Surroundings) {
  return async (req: Request, res: Response): Promise<void> => {
    const { id } = pathOf(callTaskPath, req);
    const { outcome, promisedFor, note } = bodyOf(callCompletion, req);
    const task = await callTaskOf(api, id);
    const answer: CallTaskAnswer = { outcome, ...(promisedFor && { promisedFor: laterDay(promisedFor, task) }) };
    if (task.status === 'open') {
      // Before the update: a note that is told is worth keeping also when the task turns out to be closed.
      if (note) await addCallNote(api.ledger, id, note);
      await complete(api, task, answer);
    } else if (!isSame(task, answer)) {
      throw closed(task);
    }
    await answerWithMeaning(api, res, task);
  };
}

async function callTaskOf({ ledger }: Surroundings, id: string): Promise<CallTaskRow> {
  const task = await callTaskById(ledger, id);
  if (!task) throw new Problem('unknown-call-task', `There is no call task ${id}.`);
  return task;
}

function laterDay(promisedFor: string, { terms }: CallTaskRow): CivilDate {
  const today = localDate(instant(Date.now()), terms.zone);
  if (promisedFor > today) return promisedFor as CivilDate;
  throw invalidFields([
    { pointer: '/promisedFor', detail: `must be later than ${today}, which is today for the customer`, in: 'body' },
  ]);
}

/** An update waits for a worker; without one the caller should hear so while somebody still listens. */
const updateSeconds = 10;

async function complete({ client, ledger }: Surroundings, task: CallTaskRow, answer: CallTaskAnswer): Promise<void> {
  const handle = client.workflow.getHandle(callTaskWorkflowId(task.subscription_id, task));
  // The same answer again is the same update, also when the first one's response was lost.
  const updateId = createHash('sha256').update(JSON.stringify(answer)).digest('hex');
  try {
    await withinSeconds(
      client,
      () => handle.executeUpdate(completeCallUpdate, { args: [answer], updateId }),
      updateSeconds,
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isRefusal(error)) {
      const now = (await callTaskById(ledger, task.id)) ?? task;
      if (isSame(now, answer)) return;
      if (now.status === 'open' && error instanceof WorkflowNotFoundError)
        throw unavailable('This call task is just being opened or closed.', 2, error);
      throw closed(now, error);
    }
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === callTaskClosed
  );
}

function isSame(task: CallTaskRow, { outcome, promisedFor }: CallTaskAnswer): boolean {
  return task.status === 'completed' && task.outcome === outcome && (task.promised_for ?? undefined) === promisedFor;
}

function closed({ id, status, outcome }: CallTaskRow, cause?: unknown): Problem {
  const how = {
    completed: `was completed already with the outcome "${outcome}"`,
    withdrawn: 'was withdrawn: there is nothing left to call about',
    // Its workflow has closed it a moment ago, and the record follows.
    open: 'has just been closed by somebody else',
  };
  return new Problem('call-task-closed', `Call task ${id} ${how[status]}. Nothing was changed.`, { cause });
}

async function answerWithMeaning(
  api: Surroundings,
  res: Response,
  { id, subscription_id: subscription }: CallTaskRow,
): Promise<void> {
  const decided = await waitForFact(api.ledger, subscription, `${id}/completed`);
  const row = await subscriptionOf(api.ledger, subscription);
  const task = callTaskView(await callTaskOf(api, id), api.declines);
  res.status(decided ? 200 : 202).json({
    decided: decided !== undefined,
    ...(!decided && { note: 'The outcome is recorded, and what it means is decided as soon as a worker runs.' }),
    meaning: decided ? await entriesOfDecision(api.ledger, row, decided.decision) : [],
    subscription: await subscriptionView(api, row),
    callTask: task,
  });
}
