/** Form parameters as Stripe reads them: everything is text, nesting is `a[b]`, and what is not known is refused. */
import { z } from 'zod';
import { StripeRefusal } from './errors.ts';

export const text = z.string().min(1).max(5000);
/** A text that an empty value clears. */
export const clearable = z
  .string()
  .max(5000)
  .transform((value) => value || null);
export const int = z
  .string()
  .regex(/^-?\d{1,15}$/, 'integer')
  .transform(Number);
export const bool = z.enum(['true', 'false']).transform((value) => value === 'true');
export const currency = z
  .string()
  .regex(/^[A-Za-z]{3}$/, 'currency')
  .transform((value) => value.toLowerCase());
/** In minor units; Stripe takes at most eight digits. */
export const amount = int.refine((value) => value >= 1 && value <= 99_999_999, 'amount');
export const expand = z.array(text).max(20).optional();

/** docs.stripe.com/api/metadata: 50 keys, 40 characters a key, 500 a value; an empty value removes its key. */
export const metadata = z.union([
  z.literal(''),
  z
    .record(z.string().max(40), z.string().max(500))
    .refine((given) => Object.keys(given).length <= 50, 'metadata can have at most 50 keys'),
]);

export const created = z
  .union([int, z.strictObject({ gt: int.optional(), gte: int.optional(), lt: int.optional(), lte: int.optional() })])
  .optional();

export const listing = {
  limit: int.refine((value) => value >= 1 && value <= 100, 'limit').optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
  expand,
};

export function mergeMetadata(
  old: Record<string, string> | null,
  given: Record<string, string> | '' | undefined,
): Record<string, string> {
  if (given === undefined) return old ?? {};
  if (given === '') return {};
  return Object.fromEntries(Object.entries({ ...old, ...given }).filter(([, value]) => value !== ''));
}

/** Parses or throws what Stripe answers to such a parameter. */
export function parse<P>(schema: z.ZodType<P>, given: unknown): P {
  const result = schema.safeParse(given ?? {});
  if (result.success) return result.data;
  const unknown = result.error.issues.flatMap(unknownNames);
  if (unknown.length > 0) {
    const names = unknown.join(', ');
    const message = `Received unknown parameter${unknown.length > 1 ? 's' : ''}: ${names}`;
    throw new StripeRefusal(400, { code: 'parameter_unknown', message, param: unknown[0]! });
  }
  throw refusalFor(result.error.issues[0]!, given);
}

function unknownNames(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => name([...issue.path, key]));
  if (issue.code === 'invalid_union')
    return issue.errors
      .flat()
      .filter((inner) => inner.code === 'unrecognized_keys')
      .flatMap((inner) => inner.keys.map((key) => name([...issue.path, ...inner.path, key])));
  return [];
}

function refusalFor(issue: z.core.$ZodIssue, given: unknown): StripeRefusal {
  const param = name(issue.path);
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], given);
  if (value === undefined) {
    return new StripeRefusal(400, { code: 'parameter_missing', message: `Missing required param: ${param}.`, param });
  }
  if (value === '') {
    const message = `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset.`;
    return new StripeRefusal(400, { code: 'parameter_invalid_empty', message, param });
  }
  if (issue.message === 'integer') {
    return new StripeRefusal(400, {
      code: 'parameter_invalid_integer',
      message: `Invalid integer: ${value as string}`,
      param,
    });
  }
  if (issue.code === 'invalid_value') {
    return new StripeRefusal(400, { message: `Invalid ${param}: must be one of ${issue.values.join(', ')}`, param });
  }
  return new StripeRefusal(400, { message: `Invalid ${param}`, param });
}

/** `['items', 0, 'price']` as the form wrote it: `items[0][price]`. */
function name(path: readonly PropertyKey[]): string {
  return path.map((key, i) => (i === 0 ? String(key) : `[${String(key)}]`)).join('');
}
