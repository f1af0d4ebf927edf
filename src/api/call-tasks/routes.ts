/** The addresses under `/call-tasks`. */
import type { RequestHandler, Router } from 'express';
import { callTasksByDueTime } from '../../ledger/queries/callTasks.ts';
import { queryOf } from '../requests.ts';
import { address } from '../routing.ts';
import { callTasksQuery } from '../schemas/call-tasks.ts';
import type { Surroundings } from '../surroundings.ts';
import { completeCallTask } from './complete.ts';
import { callTaskView } from './view.ts';

export function callTaskRoutes(router: Router, api: Surroundings): void {
  const list: RequestHandler = async (req, res) => {
    const { status, limit } = queryOf(callTasksQuery, req);
    const tasks = await callTasksByDueTime(api.ledger, status, limit);
    res.json({ callTasks: tasks.map((task) => callTaskView(task, api.declines)) });
  };
  address(router, '/call-tasks', { get: list }, { takesQuery: true });
  address(router, '/call-tasks/:id/complete', { post: completeCallTask(api) });
}
