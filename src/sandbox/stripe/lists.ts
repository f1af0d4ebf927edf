/** Stripe's lists: newest first, cut into pages by the id of the last one seen. */
import type { Call } from './call.ts';
import type { List } from '../tables.ts';
import { noSuch } from './errors.ts';
import { expandAll } from './expand.ts';

interface Page {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
  expand?: string[] | undefined;
}

type Range =
  number | { gt?: number | undefined; gte?: number | undefined; lt?: number | undefined; lte?: number | undefined };

/** `rows` are oldest first, as the store has them. */
export function listOf<T extends { id: string }>(call: Call, url: string, rows: T[], page: Page): List<T> {
  const newestFirst = rows.toReversed();
  const limit = page.limit ?? 10;
  const cut = page.ending_before
    ? before(newestFirst, page.ending_before, limit)
    : after(newestFirst, page.starting_after, limit);
  return expandAll(call, { object: 'list', ...cut, url }, page.expand);
}

export function createdWithin(created: number, range: Range | undefined): boolean {
  if (range === undefined) return true;
  if (typeof range === 'number') return created === range;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
  return created > gt && created >= gte && created < lt && created <= lte;
}

function after<T extends { id: string }>(rows: T[], id: string | undefined, limit: number) {
  const start = id === undefined ? 0 : indexOf(rows, id, 'starting_after') + 1;
  return { data: rows.slice(start, start + limit), has_more: rows.length > start + limit };
}

function before<T extends { id: string }>(rows: T[], id: string, limit: number) {
  const end = indexOf(rows, id, 'ending_before');
  const start = Math.max(0, end - limit);
  return { data: rows.slice(start, end), has_more: start > 0 };
}

function indexOf(rows: { id: string }[], id: string, param: string): number {
  const index = rows.findIndex((row) => row.id === id);
  return index >= 0 ? index : noSuch('object', id, param);
}
