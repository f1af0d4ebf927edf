/** Amounts as people read them: `€ 49.00`, `¥ 4,900`. */

/** Minor units in the currency's own number of digits. */
export function readableAmount(amountMinor: number, currency: string, locale = 'en'): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const parts = format.formatToParts(amountMinor / 10 ** digits);
  return parts
    .map((part, i) =>
      part.type === 'currency' && parts[i + 1]?.type === 'integer' ? `${part.value}\u00a0` : part.value,
    )
    .join('');
}
