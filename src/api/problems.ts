/** Refusals as RFC 9457 problem details: thrown anywhere below a route, written out in one place. */
import type { Response } from 'express';
import { problemTypes, type ProblemType } from './problem-types.ts';

/** One field that is wrong. */
export interface FieldError {
  /** JSON Pointer into the part of the request that `in` names. */
  pointer: string;
  /** What it must be, so that whoever reads it can mend it. */
  detail: string;
  /** Where the field stands. */
  in: 'body' | 'query' | 'path';
}

/** One field in which two requests differ. */
export interface Difference {
  pointer: string;
  /** Absent where the stored request has no such field. */
  stored?: unknown;
  /** Absent where this request has no such field. */
  asked?: unknown;
}

export interface ProblemMore {
  errors?: FieldError[];
  differences?: Difference[];
  headers?: Record<string, string>;
  cause?: unknown;
}

export class Problem extends Error {
  override name = 'Problem';
  readonly type: ProblemType;
  readonly more: ProblemMore;

  /** @param detail one or two sentences on this very case: what was wrong and what to do. */
  constructor(type: ProblemType, detail: string, more: ProblemMore = {}) {
    super(detail, { cause: more.cause });
    this.type = type;
    this.more = more;
  }

  get status(): number {
    return problemTypes[this.type].status;
  }
}

/** The problem of fields that are missing or wrong. */
export function invalidFields(errors: FieldError[]): Problem {
  const [first] = errors;
  const where = first && (first.pointer === '' ? `the ${first.in}` : `${first.in} ${first.pointer}`);
  const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new Problem('invalid-field', `${where} ${first?.detail}${others}`, { errors });
}

/** Everything can be sent again: facts, enrolments and completions are recognised by their ids. */
export function unavailable(what: string, retryAfterSeconds: number, cause?: unknown): Problem {
  const detail = `${what} Sending the same request again is safe: what was taken in already is recognised and not done twice.`;
  return new Problem('unavailable', detail, { headers: { 'Retry-After': String(retryAfterSeconds) }, cause });
}

/** Writes the problem as the response; `instance` names this one request, as the log does. */
export function sendProblem(res: Response, { type, message, status, more }: Problem, requestId: string): void {
  const { errors, differences, headers } = more;
  const { title } = problemTypes[type];
  const body = {
    type: `/problems/${type}`,
    title,
    status,
    detail: message,
    instance: `urn:uuid:${requestId}`,
    errors,
    differences,
  };
  res
    .status(status)
    .set(headers ?? {})
    .type('application/problem+json')
    .send(JSON.stringify(body));
}
