/** Twilio's Messages resource, version 2010-04-01: send, read one, list. Shapes from twilio.com/docs/messaging/api. */
import { type ErrorRequestHandler, type Request, Router, urlencoded } from 'express';
import { z } from 'zod';
import { twilioSid } from './ids.ts';
import { smsSegments } from './segments.ts';
import type { SandboxStore, Sms } from './tables.ts';

/** Twilio's own code beside the HTTP status; twilio.com/docs/api/errors explains each. */
class TwilioRefusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const sendParams = z.strictObject({
  To: z.string().optional(),
  From: z.string().optional(),
  MessagingServiceSid: z
    .string()
    .regex(/^MG[0-9a-fA-F]{32}$/)
    .optional(),
  Body: z.string().optional(),
});
const listParams = z.strictObject({
  To: z.string().optional(),
  From: z.string().optional(),
  DateSent: z.string().optional(),
  'DateSent>': z.string().optional(),
  'DateSent<': z.string().optional(),
  PageSize: z.coerce.number().int().min(1).max(1000).default(50),
  Page: z.coerce.number().int().min(0).default(0),
  PageToken: z.string().optional(),
});

export function twilioRouter(store: SandboxStore): Router {
  const router = Router({ mergeParams: true });
  router.use(authenticate);
  router.post('/Messages.json', urlencoded({ extended: false }), (req, res) => {
    const sms = smsOf(account(req), parse(sendParams, req.body));
    store.transaction(() => store.put('sms', sms));
    res.status(201).json({ ...resource(sms), status: 'queued', date_sent: null });
  });
  router.get('/Messages/:sid.json', (req, res) => {
    const sms = store.find('sms', req.params['sid']);
    if (sms?.account !== account(req)) {
      throw new TwilioRefusal(404, 20404, `The requested resource ${req.originalUrl} was not found`);
    }
    res.json(resource(sms));
  });
  router.get('/Messages.json', (req, res) => void res.json(list(store, account(req), parse(listParams, req.query))));
  router.use((req) => {
    throw new TwilioRefusal(404, 20404, `The requested resource ${req.originalUrl} was not found`);
  });
  router.use(answerError);
  return router;
}

function account(req: Request): string {
  return String(req.params['account']);
}

function authenticate(req: Request, _res: unknown, next: () => void): void {
  const encoded = /^Basic (.+)$/i.exec(req.get('authorization') ?? '')?.[1] ?? '';
  const [user, password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const known = user === account(req) || user?.startsWith('SK');
  if (!known || !password) throw new TwilioRefusal(401, 20003, 'Authenticate');
  next();
}

function parse<P>(schema: z.ZodType<P>, given: unknown): P {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const what = issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path.join('.');
  throw new TwilioRefusal(400, 20001, `Invalid parameter: ${what}. The sandbox refuses what it does not model.`);
}

function smsOf(account: string, given: z.output<typeof sendParams>): Sms {
  const { To, From, Body, MessagingServiceSid } = given;
  if (!To) throw new TwilioRefusal(400, 21604, "A 'To' phone number is required.");
  if (!From && !MessagingServiceSid) throw new TwilioRefusal(400, 21603, "A 'From' phone number is required.");
  if (!Body) throw new TwilioRefusal(400, 21602, 'Message body is required.');
  if (Body.length > 1600) {
    throw new TwilioRefusal(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
  }
  refuseRecipient(To);
  return {
    id: twilioSid(),
    at: Date.now(),
    account,
    from: From ?? null,
    service: MessagingServiceSid ?? null,
    to: To,
    body: Body,
    segments: smsSegments(Body),
  };
}

/** Numbers that end in 0000 have opted out, numbers that end in 1111 are landlines: rules of the sandbox. */
function refuseRecipient(to: string): void {
  if (!/^\+[1-9]\d{6,14}$/.test(to)) throw new TwilioRefusal(400, 21211, `Invalid 'To' Phone Number: ${to}`);
  if (to.endsWith('0000')) throw new TwilioRefusal(400, 21610, 'Attempt to send to unsubscribed recipient');
  if (to.endsWith('1111')) throw new TwilioRefusal(400, 21614, `'To' number is not a valid mobile number: ${to}`);
}

function list(store: SandboxStore, account: string, given: z.output<typeof listParams>) {
  const after = momentOf(given['DateSent>'], -Infinity);
  const before = momentOf(given['DateSent<'], Infinity);
  const found = store
    .all('sms')
    .filter((sms) => sms.account === account)
    .filter((sms) => (given.To ?? sms.to) === sms.to && (given.From ?? sms.from) === sms.from)
    .filter((sms) => given.DateSent === undefined || day(sms.at) === given.DateSent.slice(0, 10))
    // Both bounds are inclusive, to the second: the message itself carries no more than that.
    .filter(
      (sms) => Math.floor(sms.at / 1000) >= Math.floor(after / 1000) && Math.floor(sms.at / 1000) <= before / 1000,
    )
    .toReversed();
  const start = given.Page * given.PageSize;
  const page = found.slice(start, start + given.PageSize);
  const uri = (number: number) => pageUri(account, given, number);
  return {
    first_page_uri: uri(0),
    next_page_uri: found.length > start + given.PageSize ? uri(given.Page + 1) : null,
    previous_page_uri: given.Page > 0 ? uri(given.Page - 1) : null,
    uri: uri(given.Page),
    page: given.Page,
    page_size: given.PageSize,
    start,
    end: start + Math.max(0, page.length - 1),
    messages: page.map(resource),
  };
}

function pageUri(account: string, given: z.output<typeof listParams>, page: number): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...given, Page: page })) {
    query.set(key, String(value));
  }
  return `/2010-04-01/Accounts/${account}/Messages.json?${query.toString()}`;
}

function momentOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) throw new TwilioRefusal(400, 20001, `Invalid date: ${text}`);
  return moment;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function resource(sms: Sms) {
  const uri = `/2010-04-01/Accounts/${sms.account}/Messages/${sms.id}`;
  const date = new Date(sms.at).toUTCString().replace('GMT', '+0000');
  return {
    account_sid: sms.account,
    api_version: '2010-04-01',
    body: sms.body,
    date_created: date,
    date_sent: date as string | null,
    date_updated: date,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: sms.from,
    messaging_service_sid: sms.service,
    num_media: '0',
    num_segments: String(sms.segments),
    price: null,
    price_unit: 'USD',
    sid: sms.id,
    status: 'delivered',
    subresource_uris: { media: `${uri}/Media.json` },
    to: sms.to,
    uri: `${uri}.json`,
  };
}

const answerError: ErrorRequestHandler = (error, _req, res, _next) => {
  if (!(error instanceof TwilioRefusal)) console.error('sandbox: a Twilio request failed:', error);
  const { status = 500, code = 20500, message } = error as Partial<TwilioRefusal>;
  res.status(status).json({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
};
