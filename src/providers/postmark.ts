/** Mail by Postmark. */
import { createHash } from 'node:crypto';
import { Errors, Models, ServerClient } from 'postmark';
import { z } from 'zod';
import type { Mail, OutgoingMail } from '../core/ports.ts';
import { addDays, type Instant, localDate, type Zone } from '../core/time.ts';
import { notAnAnswer, refused, undeliverable } from './errors.ts';

export interface PostmarkServer {
  serverToken: string;
  /** Scheme, host and port of a stand-in such as `http://127.0.0.1:4010`. (Default: Postmark itself) */
  baseUrl?: string;
  /** A confirmed sender, `Name <address@domain>`. */
  from: string;
  /** A mailbox that a person reads: the texts say so. (Default: the sender) */
  replyTo?: string;
  /** (Default: `outbound`, Postmark's stream for transactional mail) */
  messageStream?: string;
}

const PROVIDER = 'Postmark';
const INVALID_EMAIL_REQUEST = 300;
const INACTIVE_RECIPIENT = 406;

const Sent = z.object({ ErrorCode: z.number(), Message: z.string().default(''), MessageID: z.string().optional() });
const Found = z.object({ Messages: z.array(z.object({ MessageID: z.string() })) });

/** The mail port on one Postmark server. */
export function postmarkMail({
  serverToken,
  baseUrl,
  from,
  replyTo,
  messageStream = 'outbound',
}: PostmarkServer): Mail {
  const client = new ServerClient(serverToken, { timeout: 30, ...(baseUrl && address(new URL(baseUrl))) });
  return {
    send: (mail) =>
      send(client, {
        ...message(mail),
        From: from,
        ...(replyTo && { ReplyTo: replyTo }),
        MessageStream: messageStream,
      }),
    find: (key, since) => find(client, key, since, messageStream),
  };
}

/** `TrackOpens` and `TrackLinks` are off: whether a customer reads our mail is not ours to watch, and links stay what they say. */
function message(mail: OutgoingMail): Omit<Models.Message, 'From'> {
  return {
    To: mail.to,
    Subject: mail.subject,
    HtmlBody: mail.html,
    TextBody: mail.text,
    Tag: mail.tag,
    TrackOpens: false,
    TrackLinks: Models.LinkTrackingOptions.None,
    Metadata: { holdfast_key: keyMark(mail.key) },
  };
}

async function send(client: ServerClient, mail: Models.Message): Promise<{ reference: string }> {
  const answer = await client.sendEmail(mail).catch((error: unknown) => {
    throw translated(error);
  });
  // Postmark can say no with HTTP 200 too, and a gateway can say yes in its place.
  const { data } = Sent.safeParse(answer);
  if (data?.ErrorCode) throw refusal(422, data.ErrorCode, data.Message);
  if (!data?.MessageID) throw notAnAnswer(PROVIDER, 200);
  return { reference: data.MessageID };
}

/** The mark alone identifies the mail. The date only shortens the search, a day early since Postmark counts days in New York. */
async function find(
  client: ServerClient,
  key: string,
  since: Instant,
  messageStream: string,
): Promise<{ reference: string } | undefined> {
  const fromdate = addDays(localDate(since, 'UTC' as Zone), -1);
  const query = { count: 1, offset: 0, messageStream, fromdate, metadata_holdfast_key: keyMark(key) };
  const answer = await client.getOutboundMessages(query).catch((error: unknown) => {
    throw translated(error);
  });
  const { data } = Found.safeParse(answer);
  if (!data) throw notAnAnswer(PROVIDER, 200);
  const [found] = data.Messages;
  return found && { reference: found.MessageID };
}

/** Postmark's metadata holds at most 80 characters a value; a longer key is marked by its hash, the same way each time. */
function keyMark(key: string): string {
  return key.length <= 80 ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

function translated(error: unknown): unknown {
  return error instanceof Errors.PostmarkError ? refusal(error.statusCode, error.code, error.message) : error;
}

function refusal(status: number, code: number, message: string): Error {
  if (code === INACTIVE_RECIPIENT) return undeliverable(PROVIDER, code);
  // 300 stands for any malformed field. A sender that we set up wrongly must not make every customer unreachable.
  if (code === INVALID_EMAIL_REQUEST && !/\bFrom\b/i.test(message)) return undeliverable(PROVIDER, code);
  // The SDK writes 0 where there was no answer or no code.
  return refused({ provider: PROVIDER, status: status || undefined, code: code || undefined });
}

function address(url: URL): { useHttps: boolean; requestHost: string } {
  return { useHttps: url.protocol === 'https:', requestHost: url.host };
}
