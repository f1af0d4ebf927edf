/** How many workflows a second can be started and signalled: subscriptions beside bare sleepers, in turns. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import {
  factSignal,
  fixedAttributes,
  movingAttributes,
  subscriptionWorkflowId,
  firstRun,
} from '../workflows/messages.ts';
import { agenda } from '../src/core/decide.ts';
import { newState } from '../src/core/state.ts';
import { addDays, instant, localDate, type Zone } from '../src/core/time.ts';
import { viewOf } from '../src/core/view.ts';
import { insertSubscription } from '../src/ledger/queries/subscriptions.ts';
import { rehearsedTerms } from '../src/rehearsal/life.ts';
import type { Stage } from '../src/rehearsal/stage.ts';
import { pokeSignal } from './sleeper.ts';

export interface Rates {
  startsPerSecond: number;
  signalsPerSecond: number;
}

/** Requests under way at a time. */
const width = 20;
/** Turns that subscriptions and sleepers take, so that a slow minute of the machine meets both. */
const turns = 3;

const zone = 'Europe/Rome' as Zone;

/** Each rate counts until the worker has done its part: a first sleep after a start, a decision after a fact. */
export async function measureRates(
  stage: Stage,
  temporalAddress: string,
  count: number,
): Promise<{ subscription: Rates; bare: Rates }> {
  const connection = await NativeConnection.connect({ address: temporalAddress });
  const taskQueue = 'bench-sleepers';
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('./sleeper.ts', import.meta.url)),
    maxCachedWorkflows: 1000,
  });
  const running = worker.run();
  const contestants = { subscription: subscriptions(stage), bare: sleepers(stage, taskQueue) };
  const spent = { subscription: { starts: 0, signals: 0 }, bare: { starts: 0, signals: 0 } };
  try {
    for (let turn = 0; turn < turns; turn += 1) {
      for (const name of ['bare', 'subscription'] as const) {
        const { prepare, start, signal, workflowId } = contestants[name];
        const settle = (id: string) => untilIdle(stage.client.workflow.getHandle(workflowId(id)));
        const all = async (ids: string[], work: Contestant['start']) => {
          await inParallel(ids, work);
          await inParallel(ids, settle);
        };
        const ids = Array.from({ length: Math.ceil(count / turns) }, () => `bench-${randomUUID()}`);
        await inParallel(ids, prepare);
        spent[name].starts += await seconds(() => all(ids, start));
        spent[name].signals += await seconds(() => all(ids, signal));
      }
    }
  } finally {
    worker.shutdown();
    await running;
    await connection.close();
  }
  const done = Math.ceil(count / turns) * turns;
  const rates = ({ starts, signals }: { starts: number; signals: number }): Rates => ({
    startsPerSecond: done / starts,
    signalsPerSecond: done / signals,
  });
  return { subscription: rates(spent.subscription), bare: rates(spent.bare) };
}

interface Contestant {
  workflowId: (id: string) => string;
  prepare: (id: string) => Promise<void>;
  start: (id: string) => Promise<void>;
  signal: (id: string) => Promise<void>;
}

function sleepers({ client }: Stage, taskQueue: string): Contestant {
  return {
    workflowId: (id) => id,
    prepare: async () => {},
    async start(id) {
      await client.workflow.start('sleeper', { workflowId: id, taskQueue, args: [] });
    },
    async signal(id) {
      await client.workflow.getHandle(id).signal(pokeSignal, 'news');
    },
  };
}

function subscriptions(stage: Stage): Contestant {
  const { client, ledger, taskQueue, rulebookFor } = stage;
  const termsOf = (id: string) =>
    rehearsedTerms({
      id,
      policy: 'cure',
      firstRenewalOn: addDays(localDate(instant(Date.now()), zone), 20),
      zone,
    });
  return {
    workflowId: subscriptionWorkflowId,
    async prepare(id) {
      const terms = termsOf(id);
      const state = newState(terms, 'pm_card_visa');
      const view = viewOf(state, agenda(state, instant(Date.now()), await rulebookFor(state)));
      const customer = { id: terms.customer, name: 'Anna Bruni', email: 'bench@example.com', phone: '+15005550100' };
      await insertSubscription(ledger, {
        enrolment: {},
        customer,
        terms,
        planName: 'Pro, monthly',
        billingCustomer: 'cus_bench',
        state,
        view,
      });
    },
    async start(id) {
      const at = instant(Date.now());
      const state = newState(termsOf(id), 'pm_card_visa');
      const run = firstRun(state, at);
      const view = viewOf(state, agenda(state, at, await rulebookFor(state)));
      await client.workflow.start('subscription', {
        workflowId: subscriptionWorkflowId(id),
        taskQueue,
        args: [run],
        typedSearchAttributes: [...fixedAttributes(state), ...movingAttributes(view)],
      });
    },
    async signal(id) {
      const fact = { kind: 'paymentMethodReplaced', id: 'new-card', instrument: 'pm_card_mastercard' } as const;
      await client.workflow.getHandle(subscriptionWorkflowId(id)).signal(factSignal, fact);
    },
  };
}

/** A start or a signal brings a workflow task with it; when none is pending, the worker has dealt with all of it. */
async function untilIdle(handle: WorkflowHandle): Promise<void> {
  while ((await handle.describe()).raw.pendingWorkflowTask) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function inParallel(ids: string[], work: (id: string) => Promise<void>): Promise<void> {
  const waiting = [...ids];
  const take = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) await work(id);
  };
  await Promise.all(Array.from({ length: width }, take));
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
