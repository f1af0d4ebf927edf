/** Routes of one address: the methods that it takes, JSON where it takes a body, and 405 for all others. */
import express, { type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { Problem } from './problems.ts';
import { queryOf } from './requests.ts';

type Method = 'get' | 'put' | 'post';

/**
 * Registers what an address does; `HEAD` goes with `GET`.
 * @param takesQuery the handlers read the query themselves (Default: any query is refused)
 */
export function address(
  router: Router,
  path: string,
  handlers: Partial<Record<Method, RequestHandler>>,
  { takesQuery = false } = {},
): void {
  for (const [method, handler] of Object.entries(handlers) as [Method, RequestHandler][]) {
    const checks = [...(takesQuery ? [] : [noQuery]), ...(method === 'get' ? [] : [jsonOnly, parseJson])];
    router[method](path, ...checks, handler);
  }
  router.all(path, onlyMethods(Object.keys(handlers)));
}

/** The answer to any other method. */
export function onlyMethods(methods: string[]): RequestHandler {
  const names = methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
  const allow = [...names, 'OPTIONS'].join(', ');
  return (req, res) => {
    if (req.method !== 'OPTIONS') {
      throw new Problem('method-not-allowed', `${req.method} is not taken here, but ${allow}.`, {
        headers: { Allow: allow },
      });
    }
    res.set('Allow', allow).status(204).end();
  };
}

const noQuery: RequestHandler = (req, _res, next) => {
  queryOf(z.strictObject({}), req);
  next();
};

const parseJson = express.json({ limit: '100kb', type: () => true, strict: false });

const jsonOnly: RequestHandler = (req, _res, next) => {
  // A request without a body has no type either: the schema then says what is missing.
  const isEmpty = req.get('transfer-encoding') === undefined && Number(req.get('content-length') ?? 0) === 0;
  if (!isEmpty && !req.is('application/json')) {
    throw new Problem('unsupported-media-type', 'The body must be sent as "Content-Type: application/json".');
  }
  next();
};
