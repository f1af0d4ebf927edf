/** Stripe's API over HTTP: who may call, which endpoint answers, and each key only once. */
import { type ErrorRequestHandler, type Request, type Response, Router, urlencoded } from 'express';
import { requestId } from '../ids.ts';
import type { SandboxStore } from '../tables.ts';
import type { Answer, Call, Endpoint } from './call.ts';
import type { ContractCheck } from './contract.ts';
import { customerEndpoints } from './customers.ts';
import { StripeRefusal } from './errors.ts';
import { eventEndpoints } from './events.ts';
import { firstAnswer, keepAnswer, type KeyedRequest, keyInUse } from './idempotency.ts';
import { invoiceItemEndpoints } from './invoice-items.ts';
import { invoiceEndpoints } from './invoices.ts';
import { parse } from './params.ts';
import { paymentIntentEndpoints } from './payment-intents.ts';
import { paymentMethodEndpoints } from './payment-methods.ts';
import { refundEndpoints } from './refunds.ts';
import { setupIntentEndpoints } from './setup-intents.ts';
import { testClockEndpoints } from './test-clocks.ts';

const ENDPOINTS: Endpoint[] = [
  ...customerEndpoints,
  ...paymentMethodEndpoints,
  ...paymentIntentEndpoints,
  ...invoiceEndpoints,
  ...invoiceItemEndpoints,
  ...refundEndpoints,
  ...setupIntentEndpoints,
  ...eventEndpoints,
  ...testClockEndpoints,
];

export interface StripeSide {
  store: SandboxStore;
  baseUrl: string;
  webhooks: boolean;
  contract: ContractCheck;
  /** Called after each commit: there may be events to deliver. */
  committed: () => void;
}

type Asked = Request & { form?: string; stripeRequest?: string };

export function stripeRouter(side: StripeSide): Router {
  const router = Router();
  const inFlight = new Set<string>();
  router.use(urlencoded({ extended: true, limit: '1mb', verify: (req, _res, raw) => keepForm(req as Asked, raw) }));
  router.use((req: Asked, res, next) => {
    req.stripeRequest = requestId();
    res.set('Request-Id', req.stripeRequest);
    authenticate(req);
    next();
  });
  for (const endpoint of ENDPOINTS) {
    router[endpoint.method](endpoint.path, (req: Asked, res) => serve(side, inFlight, endpoint, req, res));
  }
  router.use((req) => {
    const message = `Unrecognized request URL (${req.method}: ${req.originalUrl.split('?')[0]}).`;
    throw new StripeRefusal(404, { message });
  });
  router.use(answerError);
  return router;
}

function keepForm(req: Asked, raw: Buffer): void {
  req.form = raw.toString('utf8');
}

function authenticate(req: Request): void {
  const key = /^Bearer (.*)$/.exec(req.get('authorization') ?? '')?.[1];
  if (key?.startsWith('sk_test_')) return;
  const message =
    key === undefined
      ? 'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.'
      : `Invalid API Key provided: ${key.slice(0, 8)}****. The sandbox takes any key that begins with sk_test_.`;
  throw new StripeRefusal(401, { message });
}

async function serve(side: StripeSide, inFlight: Set<string>, endpoint: Endpoint, req: Asked, res: Response) {
  const keyed = endpoint.method === 'post' ? keyedRequest(req) : undefined;
  if (!keyed) return respond(side, req, res, execute(side, endpoint, req, keyed));
  if (inFlight.has(keyed.key)) throw keyInUse(keyed.key);
  const first = firstAnswer(side.store, keyed);
  if (first) {
    res.set({ 'Idempotent-Replayed': 'true', 'Original-Request': first.request });
    return respond(side, req, res, first);
  }
  inFlight.add(keyed.key);
  try {
    await respond(side, req, res, execute(side, endpoint, req, keyed));
  } finally {
    inFlight.delete(keyed.key);
  }
}

/** Everything that a request does, and the record of its key, is one line in the journal. */
function execute(side: StripeSide, endpoint: Endpoint, req: Asked, keyed: KeyedRequest | undefined): Answer {
  const params = parse(endpoint.params, endpoint.method === 'get' ? req.query : req.body);
  const request = req.stripeRequest!;
  const call: Call = { ...side, request: { id: request, idempotencyKey: keyed?.key ?? null } };
  const answer = side.store.transaction(() => {
    const made = runOrRefuse(call, endpoint, params, String(req.params['id'] ?? ''));
    if (keyed) keepAnswer(side.store, keyed, { status: made.status, body: made.body, request });
    return made;
  });
  side.committed();
  return answer;
}

/** A refusal undoes what its request did, but is an answer like any other to be kept for the key. */
function runOrRefuse(call: Call, endpoint: Endpoint, params: unknown, id: string): Answer {
  try {
    return call.store.transaction(() => endpoint.run(call, params as never, id));
  } catch (error) {
    if (error instanceof StripeRefusal) return { status: error.status, body: error.body };
    throw error;
  }
}

async function respond(side: StripeSide, req: Asked, res: Response, answer: Answer): Promise<void> {
  const authorization = req.get('authorization') ?? '';
  const sent = { method: req.method, url: req.originalUrl, authorization, body: req.form ?? '' };
  await side.contract.check(sent, answer.status);
  if (answer.afterMs) await new Promise((resolve) => setTimeout(resolve, answer.afterMs).unref());
  res.status(answer.status).json(answer.body);
}

function keyedRequest(req: Asked): KeyedRequest | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined) return undefined;
  if (key.length > 255) {
    throw new StripeRefusal(400, {
      type: 'idempotency_error',
      message: 'Idempotency keys are at most 255 characters.',
    });
  }
  return { key, endpoint: `${req.method} ${req.originalUrl}`, body: req.form ?? '' };
}

const answerError: ErrorRequestHandler = (error, _req, res, _next) => {
  const known = error instanceof StripeRefusal ? error : unexpected(error);
  res.status(known.status).json(known.body);
};

/** Broken bodies carry a 4xx status from the parser; everything else is a fault of the sandbox. */
function unexpected(error: unknown): StripeRefusal {
  const { status = 500, message } = error as { status?: number; message: string };
  if (status < 500) return new StripeRefusal(status, { message });
  console.error('sandbox: a Stripe request failed:', error);
  return new StripeRefusal(500, { type: 'api_error', message });
}
