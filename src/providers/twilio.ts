/** SMS by Twilio. */
import twilio from 'twilio';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import type { OutgoingSms, Sms } from '../core/ports.ts';
import { epochMs, type Instant } from '../core/time.ts';
import { notAnAnswer, refused, undeliverable } from './errors.ts';

export type TwilioAccount = {
  accountSid: string;
  authToken: string;
  /** Scheme, host and port of a stand-in such as `http://127.0.0.1:4010`. (Default: Twilio itself) */
  baseUrl?: string;
} & TwilioSender;

/** A number of ours in E.164, or a Messaging Service, which brings opt-out handling and a pool of numbers. */
export type TwilioSender = { from: string } | { messagingServiceSid: string };

const PROVIDER = 'Twilio';

/**
 * What no further try will mend for this number.
 * 21211 no such number · 21214, 21612, 30005 not reachable from here · 21217 malformed · 21610 opted out by STOP ·
 * 21614 not a mobile number · 21635, 30006 a landline · 30004 blocked by its owner
 * @see https://www.twilio.com/docs/api/errors
 */
const UNDELIVERABLE = new Set([21211, 21214, 21217, 21610, 21612, 21614, 21635, 30004, 30005, 30006]);

/** Too many texts in the queue of one of our numbers: Twilio says so with status 400. */
const QUEUE_FULL = 21611;

/** The states of a text that will not arrive; one that is found in them was not sent. */
const NOT_SENT = new Set(['failed', 'undelivered', 'canceled']);

/** Texts to one number that are looked through for ours, newest first. */
const MOST_TEXTS = 200;

/** Between Twilio's clock and ours. */
const CLOCKS_APART_MS = 60_000;

/** The SMS port on one Twilio account. */
export function twilioSms(account: TwilioAccount): Sms {
  const { accountSid, authToken, baseUrl } = account;
  const client = twilio(
    accountSid,
    authToken,
    baseUrl === undefined ? undefined : { httpClient: new RedirectedClient(baseUrl) },
  );
  const sender = 'from' in account ? { from: account.from } : { messagingServiceSid: account.messagingServiceSid };
  return {
    send: (sms) => send(client, { ...sender, to: sms.to, body: sms.body }),
    find: (sms, since) => find(client, sms, since),
  };
}

/** twilio-node has no option for another host, only for other regions of its own. */
class RedirectedClient extends twilio.RequestClient {
  readonly #base: URL;

  constructor(baseUrl: string) {
    super();
    this.#base = new URL(baseUrl);
  }

  override request<T>(options: RequestClient.RequestOptions<T>) {
    const uri = new URL(options.uri);
    uri.protocol = this.#base.protocol;
    uri.host = this.#base.host;
    return super.request({ ...options, uri: uri.toString() });
  }
}

interface Text {
  from?: string;
  messagingServiceSid?: string;
  to: string;
  body: string;
}

async function send(client: twilio.Twilio, text: Text): Promise<{ reference: string }> {
  const answer = await client.messages.create(text).catch((error: unknown) => {
    throw translated(error);
  });
  if (!answer.sid) throw notAnAnswer(PROVIDER);
  if (NOT_SENT.has(answer.status)) throw refusal(400, answer.errorCode);
  return { reference: answer.sid };
}

/**
 * Looks through the texts to this number. Not asked of Twilio is the date: its filter looks at when a text was sent, and the one
 * we look for may still wait in the queue. The end of the body is compared, for trial accounts put a notice before it.
 */
async function find(
  client: twilio.Twilio,
  sms: OutgoingSms,
  since: Instant,
): Promise<{ reference: string } | undefined> {
  const texts = await client.messages.list({ to: sms.to, limit: MOST_TEXTS }).catch((error: unknown) => {
    throw translated(error);
  });
  const earliest = epochMs(since) - CLOCKS_APART_MS;
  const found = texts.find(
    (text) => text.body.endsWith(sms.body) && text.dateCreated.getTime() >= earliest && !NOT_SENT.has(text.status),
  );
  return found && { reference: found.sid };
}

/** Twilio's exceptions come in two classes with the same fields; what else is thrown is a connection or a body that broke. */
function translated(error: unknown): Error {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number')
    return refused({ provider: PROVIDER });
  return refusal(error.status, 'code' in error && typeof error.code === 'number' ? error.code : undefined);
}

function refusal(status: number, code: number | undefined): Error {
  if (code !== undefined && UNDELIVERABLE.has(code)) return undeliverable(PROVIDER, code);
  return refused({ provider: PROVIDER, status: code === QUEUE_FULL ? 429 : status, code });
}
