/** Postmark's API: sending mail, one or many, and finding what was sent. Shapes from postmarkapp.com/developer. */
import { type ErrorRequestHandler, json, type Request, Router } from 'express';
import { z } from 'zod';
import { postmarkId } from './ids.ts';
import { bareAddress, PostmarkRefusal } from './postmark-shapes.ts';
import { newestMails } from './postmark-search.ts';
import type { Mail, SandboxStore } from './tables.ts';

/** Every address there has bounced before. */
const INACTIVE_DOMAIN = '@bounce.sandbox';

const emailParams = z.strictObject({
  From: z.string(),
  To: z.string(),
  Cc: z.string().optional(),
  Bcc: z.string().optional(),
  ReplyTo: z.string().optional(),
  Subject: z.string().max(2000).optional(),
  HtmlBody: z.string().optional(),
  TextBody: z.string().optional(),
  // Our model of Postmark's limits, so that a key too long to be searched by is noticed here first.
  Metadata: z
    .record(z.string().max(20), z.string().max(80))
    .refine((given) => Object.keys(given).length <= 10, 'at most 10 fields')
    .optional(),
  Tag: z.string().max(1000).optional(),
  MessageStream: z.string().optional(),
  Headers: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).optional(),
  TrackOpens: z.boolean().optional(),
  TrackLinks: z.enum(['None', 'HtmlAndText', 'HtmlOnly', 'TextOnly']).optional(),
});

interface Sent {
  To: string;
  SubmittedAt: string;
  MessageID: string;
  ErrorCode: number;
  Message: string;
}

export function postmarkRouter(store: SandboxStore): Router {
  const router = Router();
  const asJson = json({ limit: '50mb', type: () => true });
  router.post('/email', authenticate, asJson, (req, res) => void res.json(send(store, req.body)));
  router.post('/email/batch', authenticate, asJson, (req, res) => {
    if (!Array.isArray(req.body) || req.body.length > 500) {
      throw new PostmarkRefusal(422, 300, 'A batch is an array of at most 500 messages.');
    }
    res.json(req.body.map((given: unknown) => sendInBatch(store, given)));
  });
  router.get('/messages/outbound', authenticate, (req, res) => {
    const { found, page } = newestMails(store, req.query);
    res.json({ TotalCount: found.length, Messages: page.map(summary) });
  });
  router.get('/messages/outbound/:id/details', authenticate, (req, res) => {
    const mail = store.find('mail', String(req.params['id']));
    if (!mail) throw new PostmarkRefusal(422, 701, 'This message was not found.');
    res.json(details(mail));
  });
  router.use(['/email', '/messages/outbound'], answerError);
  return router;
}

function authenticate(req: Request, _res: unknown, next: () => void): void {
  if (!req.get('x-postmark-server-token')) {
    throw new PostmarkRefusal(401, 10, 'No Account or Server API tokens were supplied in the HTTP headers.');
  }
  next();
}

function send(store: SandboxStore, given: unknown): Sent {
  const parsed = emailParams.safeParse(given);
  if (!parsed.success) throw new PostmarkRefusal(422, 300, refusalText(parsed.error.issues[0]!));
  const mail = mailOf(parsed.data);
  const everyone = [...mail.to, ...mail.cc, ...mail.bcc].map(bareAddress);
  const inactive = everyone.filter((address) => address.endsWith(INACTIVE_DOMAIN));
  if (inactive.length === everyone.length) {
    throw new PostmarkRefusal(422, 406, inactiveText(inactive));
  }
  store.transaction(() => store.put('mail', mail));
  return {
    To: parsed.data.To,
    SubmittedAt: new Date(mail.at).toISOString(),
    MessageID: mail.id,
    ErrorCode: 0,
    // With some active recipients left Postmark answers 200, and only this text tells who will not get it.
    Message:
      inactive.length > 0
        ? `Message OK, but will not deliver to these inactive addresses: ${inactive.join(', ')}.`
        : 'OK',
  };
}

function sendInBatch(store: SandboxStore, given: unknown): Sent | { ErrorCode: number; Message: string } {
  try {
    return send(store, given);
  } catch (error) {
    if (error instanceof PostmarkRefusal) return { ErrorCode: error.code, Message: error.message };
    throw error;
  }
}

function mailOf(given: z.output<typeof emailParams>): Mail {
  const to = addresses('To', given.To);
  if (to.length === 0) throw new PostmarkRefusal(422, 300, 'Zero recipients specified');
  if (addresses('From', given.From).length !== 1) {
    throw new PostmarkRefusal(422, 300, `Invalid 'From' address: '${given.From}'.`);
  }
  if (!given.HtmlBody && !given.TextBody) {
    throw new PostmarkRefusal(422, 300, 'Provide either email TextBody or HtmlBody or both.');
  }
  return {
    id: postmarkId(),
    at: Date.now(),
    from: given.From,
    to,
    cc: addresses('Cc', given.Cc),
    bcc: addresses('Bcc', given.Bcc),
    replyTo: given.ReplyTo,
    subject: given.Subject ?? '',
    html: given.HtmlBody,
    text: given.TextBody,
    tag: given.Tag,
    stream: given.MessageStream ?? 'outbound',
    metadata: given.Metadata ?? {},
  };
}

function addresses(field: string, given: string | undefined): string[] {
  const list = (given ?? '')
    .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((part) => part.trim())
    .filter(Boolean);
  for (const address of list) {
    if (!/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(bareAddress(address))) {
      throw new PostmarkRefusal(422, 300, `Invalid '${field}' address: '${address}'.`);
    }
  }
  return list;
}

function refusalText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `Unknown field '${issue.keys[0]}'.`;
  if (issue.path[0] === 'To' && issue.code === 'invalid_type') return 'Zero recipients specified';
  return `Invalid '${issue.path.map(String).join('.')}': ${issue.message}.`;
}

function inactiveText(inactive: string[]): string {
  return `You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: ${inactive.join(', ')}. Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a manual suppression.`;
}

function summary(mail: Mail) {
  const recipient = (address: string) => ({
    Email: bareAddress(address),
    Name: /^"?([^"<]*?)"?\s*</.exec(address)?.[1] ?? '',
  });
  return {
    Tag: mail.tag ?? '',
    MessageID: mail.id,
    MessageStream: mail.stream,
    To: mail.to.map(recipient),
    Cc: mail.cc.map(recipient),
    Bcc: mail.bcc.map(recipient),
    Recipients: [...mail.to, ...mail.cc, ...mail.bcc].map(bareAddress),
    ReceivedAt: new Date(mail.at).toISOString(),
    From: mail.from,
    Subject: mail.subject,
    Attachments: [],
    Status: 'Sent',
    TrackOpens: false,
    TrackLinks: 'None',
    Metadata: mail.metadata,
    Sandboxed: false,
  };
}

function details(mail: Mail) {
  const delivered = { DeliveryMessage: 'smtp;250 OK', DestinationServer: 'mx.sandbox', DestinationIP: '127.0.0.1' };
  return {
    ...summary(mail),
    TextBody: mail.text ?? '',
    HtmlBody: mail.html ?? '',
    Body: '',
    MessageEvents: mail.to.map((address) => ({
      Recipient: bareAddress(address),
      Type: 'Delivered',
      ReceivedAt: new Date(mail.at).toISOString(),
      Details: delivered,
    })),
  };
}

const answerError: ErrorRequestHandler = (error, _req, res, _next) => {
  if (error instanceof PostmarkRefusal) {
    res.status(error.status).json({ ErrorCode: error.code, Message: error.message });
  } else if ((error as { type?: string }).type === 'entity.parse.failed') {
    res.status(422).json({ ErrorCode: 402, Message: 'Invalid JSON' });
  } else {
    console.error('sandbox: a Postmark request failed:', error);
    res.status(500).json({ ErrorCode: 500, Message: (error as Error).message });
  }
};
