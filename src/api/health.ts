/** Whether the parts that the API stands on can be reached. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import { askLedger } from '../ledger/database.ts';
import type { Surroundings } from './surroundings.ts';

const patienceMs = 2000;

/**
 * Always 200 while the process can answer: restarting the API mends no database, and much of it works without Temporal.
 */
export function health({ ledger, client }: Surroundings): RequestHandler {
  return async (_req, res) => {
    const [ledgerIs, temporalIs] = await Promise.all([
      reach(() => askLedger(ledger)),
      reach(() => client.withDeadline(Date.now() + patienceMs, () => client.workflowService.getSystemInfo({}))),
    ]);
    const status = ledgerIs === 'up' && temporalIs === 'up' ? 'ok' : 'degraded';
    res.json({ status, ledger: ledgerIs, temporal: temporalIs });
  };
}

async function reach(call: () => Promise<unknown>): Promise<'up' | 'away'> {
  const late = sleep(patienceMs, 'away' as const, { ref: false });
  return Promise.race([
    call().then(
      () => 'up' as const,
      () => 'away' as const,
    ),
    late,
  ]);
}
