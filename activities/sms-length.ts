/** How long a text message is to the networks, which count in GSM-7 septets or, for any other sign, in UTF-16 units. */
import { minorDigits, type Money } from '../src/core/money.ts';

/** 3GPP TS 23.038, 6.2.1: the basic alphabet, and the signs that cost two places. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const extended = '^{}\\[~]|€\f';

/** Messages that the network bills for one text. */
export function smsSegments(body: string): number {
  const signs = [...body];
  return isGsm7(body)
    ? segments(
        signs.map((sign) => (extended.includes(sign) ? 2 : 1)),
        160,
        153,
      )
    : segments(
        signs.map((sign) => sign.length),
        70,
        67,
      );
}

export function isGsm7(text: string): boolean {
  return [...text].every((sign) => basic.includes(sign) || extended.includes(sign));
}

/** An amount for a text: `49.00 INR` where the currency's own sign would make every message twice as long. */
export function withoutRareSigns(written: string, money: Money, language: string): string {
  const plain = written.replace(/\s/gu, ' ').replace('￥', '¥');
  if (isGsm7(plain)) return plain;
  const digits = minorDigits(money.currency);
  const number = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${number.format(money.amountMinor / 10 ** digits).replace(/\s/gu, ' ')} ${money.currency}`;
}

/** A sign is never cut in two, so each part may stay a place short. */
function segments(widths: number[], alone: number, inParts: number): number {
  if (widths.reduce((sum, width) => sum + width, 0) <= alone) return 1;
  let parts = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > inParts) {
      parts += 1;
      used = 0;
    }
    used += width;
  }
  return parts;
}
