/** Reads a bank's no from the two places where Stripe writes it: the error of a call, and a payment's last error. */
import Stripe from 'stripe';
import type { Decline } from '../../core/facts.ts';

/** The fields that a card error and `payment_intent.last_payment_error` share. */
interface WrittenDecline {
  code?: string;
  decline_code?: string;
  network_decline_code?: string;
  network_advice_code?: string;
  payment_method?: { card?: { brand?: string } | null } | null;
}

/** Stripe has three names for "the customer must confirm this payment", and one for "there is no card to charge". */
const SAME_MEANING: Record<string, string> = {
  invoice_payment_intent_requires_action: 'authentication_required',
  payment_intent_action_required: 'authentication_required',
  missing: 'no_payment_method',
};

/** Our own code for a customer without anything to charge; the bank was not asked. */
export const NO_PAYMENT_METHOD: Decline = { code: 'no_payment_method' };

/** Whether an error is the answer of a bank, or of Stripe in its place, and not a failure to ask. */
export function isDecline(error: unknown): error is Stripe.errors.StripeError {
  if (!(error instanceof Stripe.errors.StripeError)) return false;
  const isCardError = error.rawType === 'card_error' || error instanceof Stripe.errors.StripeCardError;
  return (isCardError && codeOf(error) !== undefined) || (error.code ?? '') in SAME_MEANING;
}

export function declineOf(written: WrittenDecline): Decline {
  const brand = written.payment_method?.card?.brand;
  return {
    code: codeOf(written) ?? 'unknown',
    ...(written.network_decline_code && { networkCode: written.network_decline_code }),
    ...(written.network_advice_code && { adviceCode: written.network_advice_code }),
    ...(brand && { brand }),
  };
}

/** `||` and not `??`: the SDK sets `decline_code` to an empty text where Stripe sent none. */
function codeOf({ decline_code, code }: WrittenDecline): string | undefined {
  const said = decline_code || code || undefined;
  return said && (SAME_MEANING[said] ?? said);
}
