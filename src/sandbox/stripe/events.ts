/** The record of events, to be read again by whoever missed the webhook. */
import { z } from 'zod';
import { endpoint } from './call.ts';
import { noSuch } from './errors.ts';
import { createdWithin, listOf } from './lists.ts';
import { created, expand, listing, text } from './params.ts';

const listParams = z.strictObject({
  ...listing,
  created,
  type: text.optional(),
  types: z.array(text).max(20).optional(),
});

export const eventEndpoints = [
  endpoint('get', '/events', listParams, (call, params) => {
    const wanted = params.types ?? (params.type ? [params.type] : undefined);
    const rows = call.store
      .all('event')
      .filter((event) => wanted === undefined || wanted.some((type) => matches(event.type, type)))
      .filter((event) => createdWithin(event.created, params.created));
    return listOf(call, '/v1/events', rows, params);
  }),
  endpoint(
    'get',
    '/events/:id',
    z.strictObject({ expand }),
    (call, _params, id) => call.store.find('event', id) ?? noSuch('event', id),
  ),
];

/** `invoice.*` stands for every event of invoices. */
function matches(type: string, wanted: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}
