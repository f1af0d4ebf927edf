/** Amounts of money: minor units of a currency, never a fraction, never two currencies in one sum. */
import * as currencies from 'dinero.js/currencies';
import { remembered } from './remembered.ts';

export interface Money {
  /** Whole minor units: cents, yen, fils. */
  amountMinor: number;
  /** ISO 4217, upper case. */
  currency: string;
}

const known: Record<string, { exponent: number } | undefined> = currencies;

/** Whether ISO 4217 knows the code. */
export function isCurrency(code: string): boolean {
  return Object.hasOwn(known, code);
}

/** Digits after the decimal point by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD. Intl shows fewer for some, such as HUF. */
export function minorDigits(currency: string): number {
  return known[currency]?.exponent ?? 2;
}

/** An amount as people of a language write it: `€49.00`, `49,00 €`, `￥2,980`. */
export function formatMoney({ amountMinor, currency }: Money, language: string): string {
  return formats(`${language} ${currency}`).format(amountMinor / 10 ** minorDigits(currency));
}

const formats = remembered((languageAndCurrency) => {
  const [language, currency = ''] = languageAndCurrency.split(' ');
  const digits = minorDigits(currency);
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
});
