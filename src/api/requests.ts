/** Reads what a request brings, by one zod schema a part; whatever does not fit is named field by field. */
import type { Request } from 'express';
import type { z } from 'zod';
import { invalidFields, type FieldError } from './problems.ts';

/** @throws Problem `invalid-field` */
export function bodyOf<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  return read(schema, req.body, 'body');
}

/** @throws Problem `invalid-field` */
export function queryOf<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  return read(schema, req.query, 'query');
}

/** @throws Problem `invalid-field` */
export function pathOf<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  return read(schema, req.params, 'path');
}

function read<S extends z.ZodType>(schema: S, input: unknown, part: FieldError['in']): z.output<S> {
  const parsed = schema.safeParse(input, { error: inOurWords });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) => fieldErrors(issue, part));
  // One thing to mend a field is enough.
  throw invalidFields([...new Map(errors.reverse().map((error) => [error.pointer, error])).values()].reverse());
}

function inOurWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  return issue.input === undefined
    ? `is missing: ${article(issue.expected)} is needed`
    : `must be ${article(issue.expected)}`;
}

function article(kind: string): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

function fieldErrors(issue: z.core.$ZodIssue, part: FieldError['in']): FieldError[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: pointer(issue.path), detail: issue.message, in: part }];
  return issue.keys.map((key) => ({
    pointer: pointer([...issue.path, key]),
    detail: 'is not known here: leave it out',
    in: part,
  }));
}

/** RFC 6901. */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
