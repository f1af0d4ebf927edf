/**
 * The sandbox: one small server that speaks the HTTP of Stripe, Postmark and Twilio for what Holdfast uses, so that the
 * official libraries, pointed at it by host, run the very code that production runs.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { cardsRouter } from './pages/cards.ts';
import { styleRouter } from './pages/layout.ts';
import { mailboxRouter } from './pages/mailbox.ts';
import { payRouter } from './pages/pay.ts';
import { postmarkRouter } from './postmark.ts';
import { seed } from './seed.ts';
import { type Row, openStore } from './store.ts';
import { contractCheck } from './stripe/contract.ts';
import { KEPT_MS } from './stripe/idempotency.ts';
import { type StripeSide, stripeRouter } from './stripe/router.ts';
import { startWebhooks } from './stripe/webhooks.ts';
import type { Event, IdempotencyRecord, Tables } from './tables.ts';
import { twilioRouter } from './twilio.ts';

export interface SandboxOptions {
  /** 0: any free one. */
  port: number;
  /** (Default: 127.0.0.1) */
  host?: string;
  /** The journal that makes it survive restarts and kill -9. (Default: memory only) */
  dataFile?: string;
  /** Where signed Stripe events go. (Default: nowhere; they can still be listed) */
  stripeWebhook?: { url: string; secret: string };
  /** Base URL of a running stripe-mock: every Stripe request that is accepted here is sent to it too. */
  contractCheck?: string;
}

export interface Sandbox {
  url: string;
  /** What stripe-mock refused of the requests so far, one line each. */
  contractViolations(): string[];
  close(): Promise<void>;
}

/** Starts the sandbox. @throws Error with `code` EADDRINUSE when the port is taken, or about a damaged journal */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const host = options.host ?? '127.0.0.1';
  const server = createServer();
  server.listen(options.port, host);
  await once(server, 'listening');
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;
  try {
    return serve(server, url, options);
  } catch (error) {
    server.close();
    throw error;
  }
}

/** After listening, so that a second sandbox on the same port never touches the journal of the first. */
function serve(server: Server, url: string, options: SandboxOptions): Sandbox {
  const store = openStore<Tables>({ file: options.dataFile, keep: stillNeeded });
  seed(store, url);
  const contract = contractCheck(options.contractCheck);
  const webhooks = options.stripeWebhook && startWebhooks(store, options.stripeWebhook);
  const side: StripeSide = {
    store,
    baseUrl: url,
    webhooks: webhooks !== undefined,
    contract,
    committed: () => webhooks?.wake(),
  };
  server.on('request', application(side));
  return {
    url,
    contractViolations: () => [...contract.violations],
    async close() {
      webhooks?.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      store.close();
    },
  };
}

function application(side: StripeSide): express.Express {
  const app = express();
  app.disable('x-powered-by');
  // Nested parameters in addresses too: `created[gte]`, `expand[0]`.
  app.set('query parser', 'extended');
  app.use('/v1', stripeRouter(side));
  app.use('/2010-04-01/Accounts/:account', twilioRouter(side.store));
  app.use(postmarkRouter(side.store));
  app.use(styleRouter());
  app.use(mailboxRouter(side.store));
  app.use(cardsRouter());
  app.use(payRouter(side));
  return app;
}

/** Keys are forgotten after a day and events after thirty, as at Stripe. */
function stillNeeded(table: string, row: Row): boolean {
  if (table === 'idempotency') return (row as IdempotencyRecord).at >= Date.now() - KEPT_MS;
  if (table === 'event') return (row as Event).created >= Date.now() / 1000 - 30 * 86_400;
  return true;
}
