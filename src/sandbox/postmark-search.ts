/** Postmark's search of sent mail. Parameter names are read without regard to case, as Postmark does. */
import { z } from 'zod';
import { bareAddress, PostmarkRefusal } from './postmark-shapes.ts';
import type { Mail, SandboxStore } from './tables.ts';

const count = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number);
const searchParams = z.strictObject({
  count: count.refine((value) => value <= 500),
  offset: count,
  recipient: z.string().optional(),
  fromemail: z.string().optional(),
  tag: z.string().optional(),
  subject: z.string().optional(),
  messagestream: z.string().optional(),
  status: z.enum(['queued', 'sent', 'processed']).optional(),
  fromdate: z.string().optional(),
  todate: z.string().optional(),
});
type Search = z.output<typeof searchParams>;

/** All that match, newest first, and the page of them that was asked for. @throws PostmarkRefusal */
export function newestMails(store: SandboxStore, query: Record<string, unknown>): { found: Mail[]; page: Mail[] } {
  const given = Object.entries(query).map(([key, value]) => [key.toLowerCase(), value] as const);
  const metadata = given.filter(([key]) => key.startsWith('metadata_'));
  const parsed = searchParams.safeParse(Object.fromEntries(given.filter(([key]) => !key.startsWith('metadata_'))));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const what = issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path.join('.');
    throw new PostmarkRefusal(422, 300, `Invalid search parameter '${what}'.`);
  }
  // postmarkapp.com/support/article/1125-custom-metadata-faq: "you can currently only search by a single metadata field".
  if (metadata.length > 1) throw new PostmarkRefusal(422, 300, 'Only one metadata field can be searched by at a time.');
  const search = parsed.data;
  const matches = predicate(search, metadata);
  const found = store.all('mail').filter(matches).toReversed();
  return { found, page: found.slice(search.offset, search.offset + search.count) };
}

function predicate(search: Search, metadata: (readonly [string, unknown])[]): (mail: Mail) => boolean {
  const from = search.fromdate === undefined ? -Infinity : momentOf(search.fromdate, 'start');
  const to = search.todate === undefined ? Infinity : momentOf(search.todate, 'end');
  return (mail) => {
    const everyone = [...mail.to, ...mail.cc, ...mail.bcc].map(bareAddress);
    const fields = Object.entries(mail.metadata).map(
      ([key, value]) => [`metadata_${key.toLowerCase()}`, value] as const,
    );
    return (
      (search.recipient === undefined || everyone.includes(search.recipient.toLowerCase())) &&
      (search.fromemail === undefined || bareAddress(mail.from) === search.fromemail.toLowerCase()) &&
      (search.tag === undefined || mail.tag === search.tag) &&
      (search.subject === undefined || mail.subject === search.subject) &&
      (search.messagestream === undefined || mail.stream === search.messagestream) &&
      search.status !== 'queued' &&
      mail.at >= from &&
      mail.at <= to &&
      metadata.every(([key, value]) => fields.some(([field, is]) => field === key && is === value))
    );
  };
}

/**
 * "Our API uses Eastern Time Zone" (postmarkapp.com/developer/api/messages-api): a time without an offset is New
 * York's. A search "since" that was written in UTC therefore begins four or five hours too late.
 */
function momentOf(text: string, edge: 'start' | 'end'): number {
  if (/(Z|[+-]\d\d:\d\d)$/.test(text)) return valid(Date.parse(text), text);
  const full = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T${edge === 'start' ? '00:00:00.000' : '23:59:59.999'}` : text;
  const asUtc = valid(Date.parse(`${full}Z`), text);
  return asUtc - newYorkOffset(asUtc - newYorkOffset(asUtc));
}

function valid(moment: number, text: string): number {
  if (Number.isNaN(moment)) throw new PostmarkRefusal(422, 300, `Invalid date '${text}'.`);
  return moment;
}

/** Milliseconds to add to UTC for the clock on New York's wall: negative. */
function newYorkOffset(moment: number): number {
  const name = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', timeZoneName: 'longOffset' })
    .formatToParts(moment)
    .find((part) => part.type === 'timeZoneName')!.value;
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name)!;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
