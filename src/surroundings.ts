/** What a process reaches the world through: the ledger, the providers, the rules, composed from the environment. */
import { loadDeclines, loadPolicies } from '../config/rules.ts';
import type { Environment } from '../config/environment.ts';
import { rulebooks } from '../activities/rulebook.ts';
import { migrate, openLedger } from './ledger/database.ts';
import { postmarkMail, stripeBilling, twilioSms } from './providers/index.ts';

/** Opens the ledger, brings it up to date and records the policies that this process was started with. */
export async function openSurroundings(env: Environment) {
  const ledger = openLedger(env.DATABASE_URL, env.HOLDFAST_SCHEMA);
  await migrate(ledger, env.HOLDFAST_SCHEMA);
  const policies = loadPolicies();
  return { ledger, policies, rulebookFor: await rulebooks(ledger, policies.values(), loadDeclines()) };
}

/** The providers, reached at their own addresses or at those of a stand-in. */
export function openProviders(env: Environment) {
  return {
    billing: stripeBilling(stripeAccount(env)),
    mail: postmarkMail({ serverToken: env.POSTMARK_SERVER_TOKEN, from: env.MAIL_FROM, ...(env.POSTMARK_API_BASE && { baseUrl: env.POSTMARK_API_BASE }) }),
    sms: twilioSms({
      accountSid: env.TWILIO_ACCOUNT_SID,
      authToken: env.TWILIO_AUTH_TOKEN,
      ...(env.TWILIO_FROM.startsWith('MG') ? { messagingServiceSid: env.TWILIO_FROM } : { from: env.TWILIO_FROM }),
      ...(env.TWILIO_API_BASE && { baseUrl: env.TWILIO_API_BASE }),
    }),
  };
}

export function stripeAccount(env: Environment): { apiKey: string; baseUrl?: string } {
  return { apiKey: env.STRIPE_API_KEY, ...(env.STRIPE_API_BASE && { baseUrl: env.STRIPE_API_BASE }) };
}
