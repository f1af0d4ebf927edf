/** The official libraries, pointed at a sandbox by host: the very way in which production's adapters use them. */
import { ServerClient } from 'postmark';
import Stripe from 'stripe';
import twilio from 'twilio';

export const ACCOUNT = `AC${'1'.repeat(32)}`;

export function stripeAt(url: string, key = 'sk_test_123'): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(key, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  });
}

export function postmarkAt(url: string): ServerClient {
  return new ServerClient('any-token', { requestHost: new URL(url).host, useHttps: false });
}

/** The library has no base URL, so requests are turned round on their way out. */
export function twilioAt(url: string): ReturnType<typeof twilio> {
  class Local extends twilio.RequestClient {
    override request<T>(options: Parameters<twilio.RequestClient['request']>[0]) {
      const uri = new URL(options.uri);
      uri.protocol = 'http:';
      uri.host = new URL(url).host;
      return super.request<T>({ ...options, uri: uri.toString() } as never);
    }
  }
  return twilio(ACCOUNT, 'any-token', { httpClient: new Local() });
}

/** The error of a promise that must fail. */
export async function failure(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  return promise.then(
    () => {
      throw new Error('this was expected to fail');
    },
    (error: unknown) => error as Record<string, unknown>,
  );
}

/** An open invoice of 49.00 EUR. */
export async function openInvoice(stripe: Stripe, customer: string, amount = 4900): Promise<Stripe.Invoice> {
  const draft = await stripe.invoices.create({
    customer,
    currency: 'eur',
    description: 'Pro, monthly',
    auto_advance: false,
    metadata: { holdfast: 'sub_1/3' },
  });
  await stripe.invoiceItems.create({
    customer,
    invoice: draft.id,
    amount,
    currency: 'eur',
    description: 'Pro, monthly',
  });
  return stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
}
