/** The smallest parts of what the API takes and gives; each says what it must be, in words that follow a field's name. */
import { isCurrency } from '../../core/money.ts';
import { z } from 'zod';
import { civilDate, instant, isZone, type CivilDate, type Instant, type Zone } from '../../core/time.ts';

/** PostgreSQL stores neither U+0000 nor half a surrogate pair, and other control characters are in no name. */
const unwritable = /[\p{Cc}\p{Cs}]/u;

/** One line for people. */
export function line(most: number): z.ZodString {
  const detail = `must be one line of 1 to ${most} characters, without control characters`;
  return z
    .string(detail)
    .min(1, detail)
    .max(most, detail)
    .refine((text) => !unwritable.test(text) && text.trim() !== '', detail);
}

/** Several lines for people. */
export function paragraph(most: number): z.ZodString {
  const detail = `must be a text of 1 to ${most} characters, without control characters other than line breaks`;
  return z
    .string(detail)
    .min(1, detail)
    .max(most, detail)
    .refine((text) => !unwritable.test(text.replace(/[\n\r\t]/g, '')), detail);
}

/** An id or code of the biller's, the bank's or the company's own. No `@`: an address is no id, it would stand in histories. */
export function code(most: number): z.ZodString {
  const detail = `must be 1 to ${most} letters, digits, "_", ".", ":" or "-"`;
  return z.string(detail).regex(new RegExp(`^[A-Za-z0-9_.:-]{1,${most}}$`), detail);
}

export const subscriptionId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    'must be 1 to 64 letters, digits, "_", "." or "-", beginning with a letter or digit',
  )
  .meta({ description: 'Your own id of the subscription.', example: 'sub_1001' });

const amountDetail = 'must be a whole number of minor units, more than 0';
/** Stripe takes at most twelve digits (API reference, `amount`, read November 2026). */
const mostMinor = 999_999_999_999;
export const amountMinor = z
  .int(amountDetail)
  .min(1, amountDetail)
  .max(mostMinor, `must be at most ${mostMinor} minor units`)
  .meta({ description: 'Minor units: cents, yen, fils.', example: 4900 });

export const currency = z
  .string()
  .refine(isCurrency, 'must be an ISO 4217 code in upper case, such as EUR')
  .meta({ description: 'ISO 4217, upper case.', example: 'EUR' });

export const money = z
  .object({ amountMinor: z.int(), currency: z.string() })
  .meta({ example: { amountMinor: 4900, currency: 'EUR' } });

export const zone = z
  .string()
  // A date with a zone in brackets passes for a zone in the Temporal proposal, but not in Intl.
  .refine(
    (text): text is Zone => /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(text) && isZone(text),
    'must be an IANA time zone such as Europe/Rome',
  )
  .meta({ description: 'IANA time zone in which the customer’s days and hours are counted.', example: 'Europe/Rome' });

export const language = z
  .string()
  .refine(isLanguage, 'must be a BCP 47 language in its usual spelling, such as en or pt-BR')
  .meta({ description: 'BCP 47 language of messages.', example: 'en' });

const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
/** Codes that Intl names and ISO 3166-1 does not assign to a country; XK is kept, for banks and Stripe use it. */
const noCountries = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ']);
export const country = z
  .string()
  .refine(isCountry, 'must be an ISO 3166-1 alpha-2 country in upper case, such as IT')
  .meta({ description: 'ISO 3166-1 alpha-2.', example: 'IT' });

export const date = z
  .string()
  .refine(isDate, 'must be a date that exists, such as 2027-01-31')
  .meta({ description: 'Civil date.', format: 'date', example: '2027-01-31' });

const instantDetail = 'must be an instant with its offset, such as 2027-01-31T09:00:00+01:00';
export const at = z
  .string()
  .refine(isInstant, instantDetail)
  .meta({ description: 'Instant with an offset.', format: 'date-time', example: '2027-01-31T09:00:00+01:00' });

/** In answers. */
export const instantOut = z
  .string()
  .meta({ description: 'Instant in UTC.', format: 'date-time', example: '2027-01-31T08:00:00Z' });
export const localOut = z
  .string()
  .meta({ description: 'The same on the customer’s clock.', example: '2027-01-31T09:00:00+01:00[Europe/Rome]' });

/** A number in a query, where everything is text. */
export function count(least: number, most: number): z.ZodType<number, string | undefined> {
  const detail = `must be a whole number from ${least} to ${most}`;
  return z
    .string(detail)
    .regex(/^\d{1,9}$/, detail)
    .transform(Number)
    .refine((n) => n >= least && n <= most, detail);
}

function isLanguage(text: string): boolean {
  try {
    return text.length <= 35 && Intl.getCanonicalLocales(text)[0] === text;
  } catch {
    return false;
  }
}

function isCountry(text: string): boolean {
  return (
    /^[A-Z]{2}$/.test(text) &&
    !noCountries.has(text) &&
    new Intl.Locale(`und-${text}`).region === text &&
    regions.of(text) !== undefined
  );
}

function isDate(text: string): text is CivilDate {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && succeeds(() => civilDate(text));
}

/** Nothing that Holdfast hears of happened before the year 2000. */
function isInstant(text: string): text is Instant {
  return (
    /^[2-9]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(text) &&
    succeeds(() => instant(text))
  );
}

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
