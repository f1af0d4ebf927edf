/** What a process reaches the world through: the ledger, the providers, the rules, composed from the environment. */
import { rulebooks } from '../activities/rulebook.ts';
import type { ApiEnvironment, WorkerEnvironment } from '../config/environment.ts';
import { loadDeclines, loadPolicies } from '../config/rules.ts';
import { migrate, openLedger } from './ledger/database.ts';
import { postmarkMail, stripeBilling, twilioSms } from './providers/index.ts';

/** Opens the ledger, brings it up to date and records the policies that this process was started with. */
export async function openSurroundings(env: Pick<ApiEnvironment, 'DATABASE_URL' | 'HOLDFAST_SCHEMA'>) {
  const ledger = openLedger(env.DATABASE_URL, env.HOLDFAST_SCHEMA);
  await migrate(ledger, env.HOLDFAST_SCHEMA);
  const policies = loadPolicies();
  const declines = loadDeclines();
  return { ledger, policies, declines, rulebookFor: await rulebooks(ledger, policies.values(), declines) };
}

/** The providers, reached at their own addresses or at those of a stand-in. */
export function openProviders(env: WorkerEnvironment) {
  return {
    billing: stripeBilling(stripeAccount(env)),
    mail: postmarkMail({
      serverToken: env.POSTMARK_SERVER_TOKEN,
      from: env.MAIL_FROM,
      replyTo: env.MAIL_REPLY_TO,
      ...(env.POSTMARK_API_BASE && { baseUrl: env.POSTMARK_API_BASE }),
    }),
    sms: twilioSms({
      accountSid: env.TWILIO_ACCOUNT_SID,
      authToken: env.TWILIO_AUTH_TOKEN,
      ...(env.TWILIO_FROM.startsWith('MG') ? { messagingServiceSid: env.TWILIO_FROM } : { from: env.TWILIO_FROM }),
      ...(env.TWILIO_API_BASE && { baseUrl: env.TWILIO_API_BASE }),
    }),
  };
}

export function stripeAccount(env: Pick<ApiEnvironment, 'STRIPE_API_KEY' | 'STRIPE_API_BASE'>) {
  return { apiKey: env.STRIPE_API_KEY, ...(env.STRIPE_API_BASE && { baseUrl: env.STRIPE_API_BASE }) };
}
