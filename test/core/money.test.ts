import { formatMoney, isCurrency, minorDigits } from '../../src/core/money.ts';

/** Intl sets no-break spaces, which read alike. */
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ');

describe('an amount of money', () => {
  it.each([
    ['JPY', 0, 2980, 'en', '¥2,980'],
    ['EUR', 2, 4900, 'en', '€49.00'],
    ['EUR', 2, 4900, 'it', '49,00 €'],
    ['KWD', 3, 12_345, 'en', 'KWD 12.345'],
    ['HUF', 2, 499_050, 'en', 'HUF 4,990.50'],
    ['USD', 2, 5, 'en', '$0.05'],
    ['EUR', 2, -4900, 'en', '-€49.00'],
  ])(
    'of %s has %i digits after the point: %i minor units in %s are %s',
    (currency, digits, amountMinor, language, text) => {
      expect(minorDigits(currency)).toBe(digits);
      expect(plain(formatMoney({ amountMinor, currency }, language))).toBe(text);
    },
  );

  it.each(['EUR', 'JPY', 'KWD'])('knows the currency %s', (code) => expect(isCurrency(code)).toBe(true));
  it.each(['eur', 'XXZ', '', 'toString', '__proto__'])('refuses %j as a currency', (code) =>
    expect(isCurrency(code)).toBe(false),
  );
});
