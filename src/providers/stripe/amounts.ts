/** Amounts as Stripe counts them, which is not always how the world counts minor units. */
import { FinalError } from '../../core/ports.ts';
import { minorDigits } from '../../core/money.ts';

/**
 * Digits of an amount in Stripe's API where they are not two. ISK and UGX are absent on purpose: they have no minor
 * units any more, but Stripe still wants two digits (500 is 5 krónur).
 * @see https://docs.stripe.com/currencies#minor-units (read November 2026)
 */
const DIGITS = new Map([
  ...'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0] as const),
  ...'BHD JOD KWD OMR TND'.split(' ').map((code) => [code, 3] as const),
]);

/** Our minor units as Stripe's. @throws FinalError `amount-not-chargeable` for a fraction that Stripe cannot express. */
export function toStripe(amountMinor: number, currency: string): number {
  const amount = shifted(amountMinor, surplusDigits(currency));
  if (!Number.isInteger(amount)) {
    throw new FinalError('amount-not-chargeable', `Stripe cannot charge ${amountMinor} minor units of ${currency}`);
  }
  return amount;
}

/** Stripe's minor units as ours. `currency` in any case: Stripe writes it in lower case. */
export function fromStripe(amount: number, currency: string): number {
  return Math.round(shifted(amount, -surplusDigits(currency)));
}

/** How many digits Stripe's amount has more than ours. */
function surplusDigits(currency: string): number {
  const code = currency.toUpperCase();
  return (DIGITS.get(code) ?? 2) - minorDigits(code);
}

function shifted(amount: number, digits: number): number {
  return digits < 0 ? amount / 10 ** -digits : amount * 10 ** digits;
}
