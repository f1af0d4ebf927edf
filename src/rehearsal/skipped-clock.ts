/**
 * A workflow on a clock of its own: the real server skips its timers while nothing is in flight, stops at a wished moment,
 * and goes on when told. The client has no option for it yet, so the raw service is called.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter, toPayloads, type SearchAttributePair } from '@temporalio/common';
import { encodeUnifiedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js';
import proto from '@temporalio/proto';
import { epochMs, type Instant } from '../core/time.ts';

const arrival = proto.temporal.api.enums.v1.FastForwardPollingResult;

export interface SkippedStart {
  workflowType: string;
  workflowId: string;
  taskQueue: string;
  args: unknown[];
  searchAttributes: SearchAttributePair[];
  summary?: string;
}

/** A guard against a life that never rests. */
const mostSkips = 10_000;

export class SkippedClock {
  readonly #client: Client;
  readonly #workflowId: string;
  #now: number;
  #leg = 0;
  #closed = false;

  private constructor(client: Client, workflowId: string, now: number) {
    this.#client = client;
    this.#workflowId = workflowId;
    this.#now = now;
  }

  /** Starts a workflow whose clock begins now and stops at the first wished moment. */
  static async start(client: Client, order: SkippedStart, until: Instant): Promise<SkippedClock> {
    const begunAt = Date.now();
    const clock = new SkippedClock(client, order.workflowId, begunAt);
    await client.connection.ensureConnected();
    await client.workflowService.startWorkflowExecution({
      namespace: client.options.namespace,
      requestId: randomUUID(),
      identity: client.options.identity,
      workflowId: order.workflowId,
      workflowType: { name: order.workflowType },
      taskQueue: { name: order.taskQueue },
      input: { payloads: toPayloads(defaultPayloadConverter, ...order.args) ?? [] },
      searchAttributes: { indexedFields: encodeUnifiedSearchAttributes(undefined, order.searchAttributes) },
      ...(order.summary && { userMetadata: { summary: defaultPayloadConverter.toPayload(order.summary) } }),
      timeSkippingConfig: clock.#leave(epochMs(until) - begunAt),
    });
    await clock.#arrive(epochMs(until));
    return clock;
  }

  /** Lets the clock run on to a later moment, and waits until it is there or the workflow has closed. */
  async runTo(until: Instant): Promise<void> {
    const target = epochMs(until);
    if (this.#closed || target <= this.#now) return;
    await this.#client.workflowService.updateWorkflowExecutionOptions({
      namespace: this.#client.options.namespace,
      workflowExecution: { workflowId: this.#workflowId },
      workflowExecutionOptions: { timeSkippingConfig: this.#leave(target - this.#now) },
      updateMask: { paths: ['time_skipping_config'] },
      identity: this.#client.options.identity,
    });
    await this.#arrive(target);
  }

  /** Whether the workflow has come to its end. */
  get closed(): boolean {
    return this.#closed;
  }

  #leave(ms: number): object {
    this.#leg += 1;
    const seconds = Math.max(1, Math.ceil(ms / 1000));
    return {
      enabled: true,
      maxSessionSkipCount: mostSkips,
      fastForwardConfig: { id: this.#legId, duration: { seconds } },
    };
  }

  get #legId(): string {
    return `leg-${this.#leg}`;
  }

  async #arrive(target: number): Promise<void> {
    const { namespace } = this.#client.options;
    const request = { namespace, workflowExecution: { workflowId: this.#workflowId }, fastForwardId: this.#legId };
    for (;;) {
      const { fastForwardPollingResult: result, failedReason } =
        await this.#client.workflowService.pollWorkflowExecutionTimeSkipping(request);
      if (result === arrival.FAST_FORWARD_POLLING_RESULT_POLL_TIMEOUT) continue;
      this.#closed = await this.#isClosed();
      if (result !== arrival.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED && !this.#closed)
        throw new Error(`the clock of ${this.#workflowId} stopped: ${failedReason}`);
      this.#now = target;
      return;
    }
  }

  async #isClosed(): Promise<boolean> {
    const { status } = await this.#client.workflow.getHandle(this.#workflowId).describe();
    return status.name !== 'RUNNING';
  }
}
