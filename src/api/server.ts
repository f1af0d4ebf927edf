/** The API: one express application, read from top to bottom as a request passes through it. */
import express, { type Express } from 'express';
import helmet from 'helmet';
import { requireKey } from './auth.ts';
import { callTaskRoutes } from './call-tasks/routes.ts';
import { docsRoutes } from './docs/page.ts';
import { health } from './health.ts';
import { policyRoutes } from './policies.ts';
import { Problem } from './problems.ts';
import { answerErrors, requestLog } from './request-log.ts';
import { address } from './routing.ts';
import { subscriptionRoutes } from './subscriptions/routes.ts';
import type { Surroundings } from './surroundings.ts';
import { stripeWebhook } from './webhooks/stripe.ts';

export type { Surroundings } from './surroundings.ts';

export function createApi(api: Surroundings): Express {
  const app = express();
  app.disable('x-powered-by');
  // What was true a moment ago is not what a caller asks for.
  app.disable('etag');

  app.use(requestLog(api.log));
  app.use(securityHeaders());
  app.use(openRoutes(api));
  app.use('/v1', requireKey(api.apiKeys), keyedRoutes(api));
  app.use(() => {
    throw new Problem('unknown-address', 'Nothing is here. The addresses that exist are listed at /docs.');
  });
  app.use(answerErrors(api.log));
  return app;
}

function openRoutes(api: Surroundings): express.Router {
  const router = express.Router();
  address(router, '/health', { get: health(api) });
  docsRoutes(router);
  stripeWebhook(router, api);
  return router;
}

function keyedRoutes(api: Surroundings): express.Router {
  const router = express.Router();
  subscriptionRoutes(router, api);
  callTaskRoutes(router, api);
  policyRoutes(router, api);
  return router;
}

function securityHeaders(): express.RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // Swagger UI writes style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Whether this host is reached by TLS is known to what stands before it.
    strictTransportSecurity: false,
  });
}
