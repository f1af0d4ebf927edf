/** How a worker is made: the workflow bundle and the settings that every worker shares. */
import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type NativeConnection,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { Activities } from '../activities/index.ts';

/** Only what somebody should look at is logged; call it before anything else of the worker's. */
export function quietRuntime(): void {
  Runtime.install({ logger: new DefaultLogger('WARN') });
}

/** Bundles the workflows; takes a few seconds, so several workers of one process share a bundle. */
export async function bundleWorkflows(): Promise<WorkflowBundleWithSourceMap> {
  const extension = fileURLToPath(import.meta.url).slice(-3);
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(`../workflows/index${extension}`, import.meta.url)),
    logger: { trace: ignore, debug: ignore, info: ignore, warn: console.warn, error: console.error, log: ignore },
  });
}

function ignore(): void {}

export interface WorkerParts {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  workflowBundle: WorkflowBundleWithSourceMap;
  activities: Activities;
}

export async function createWorker(parts: WorkerParts): Promise<Worker> {
  return Worker.create({
    ...parts,
    // About 60 KB each: a thousand sleeping subscriptions stay warm, the rest replay when they wake.
    maxCachedWorkflows: 1000,
    // A deploy must not cut a charge between the bank's answer and its record.
    shutdownGraceTime: '30s',
  });
}
