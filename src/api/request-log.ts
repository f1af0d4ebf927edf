/** One line of log a request, under an id that the answer carries too. Routes are logged, not addresses: no personal data. */
import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { problemOf } from './failures.ts';
import { sendProblem } from './problems.ts';

export function requestLog(log: Logger): RequestHandler {
  return (req, res, next) => {
    const id = randomUUID();
    const startedAt = performance.now();
    res.locals['requestId'] = id;
    res.set('X-Request-Id', id);
    res.on('finish', () => {
      const matched = req.route as { path: string } | undefined;
      const route = matched ? `${req.baseUrl}${matched.path}` : 'none';
      const ms = Math.round(performance.now() - startedAt);
      log.info({ request: id, method: req.method, route, status: res.statusCode, ms }, 'answered');
    });
    next();
  };
}

/** Answers every error as a problem, and logs those that are not the caller's. */
export function answerErrors(log: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    const problem = problemOf(error);
    const request = requestId(res);
    if (problem.status >= 500)
      log.error({ request, type: problem.type, err: problem.more.cause ?? error }, 'not answered as asked');
    // The answer has begun: only breaking it off tells the caller that it is not whole.
    if (res.headersSent) return next(error);
    sendProblem(res, problem, request);
  };
}

function requestId(res: Response): string {
  return String(res.locals['requestId']);
}
