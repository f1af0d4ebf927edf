/** The ways out of Holdfast: each provider behind the port that it implements. */

/** Billing by Stripe. */
export { stripeBilling } from './stripe/billing.ts';
/** Mail by Postmark. */
export { postmarkMail, type PostmarkServer } from './postmark.ts';
/** SMS by Twilio. */
export { twilioSms, type TwilioAccount, type TwilioSender } from './twilio.ts';

/** What Stripe tells us by webhook: `readStripeEvent` checks it, `factsFromStripe` (on a `stripeClient`) says what is true now. */
export { stripeClient, type StripeAccount } from './stripe/client.ts';
export { factsFromStripe, type SubscriptionsOf, type ToldFact } from './stripe/facts.ts';
export { readStripeEvent, UntrustedEventError, type StripeEvent } from './stripe/webhooks.ts';
