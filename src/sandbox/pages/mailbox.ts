/** The mailbox: every mail and SMS that was sent through the sandbox, newest first. */
import { type Request, Router } from 'express';
import { bareAddress } from '../postmark-shapes.ts';
import type { Mail, SandboxStore, Sms } from '../tables.ts';
import { type Html, html, withLinks } from './html.ts';
import { sendPage } from './layout.ts';

const SHOWN = 200;

/** What a mail does in its frame: open links in a new tab, nothing else. */
const MAIL_SANDBOX = 'allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation';
const MAIL_POLICY = `sandbox ${MAIL_SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'`;

type Message = { kind: 'mail'; mail: Mail } | { kind: 'sms'; sms: Sms };

export function mailboxRouter(store: SandboxStore): Router {
  const router = Router();
  router.get('/', (req, res) => {
    const to = recipient(req);
    sendPage(res, { title: 'Mailbox', kind: 'list', body: mailboxPage(messages(store, to), to) });
  });
  router.get('/mailbox.json', (req, res) => void res.json(messages(store, recipient(req)).map(asJson)));
  router.get('/messages/:id', (req, res) => {
    const message = byId(store, req.params['id']);
    if (!message) return void sendPage(res, { title: 'Not here', kind: 'list', status: 404, body: missingPage() });
    sendPage(res, { title: subject(message), kind: 'list', body: messagePage(message) });
  });
  router.get('/messages/:id/html', (req, res) => {
    const mail = store.find('mail', req.params['id']);
    res.set({ 'Content-Security-Policy': MAIL_POLICY, 'Referrer-Policy': 'no-referrer' });
    res
      .status(mail?.html ? 200 : 404)
      .type('html')
      .send(linksInNewTab(mail?.html ?? ''));
  });
  return router;
}

function recipient(req: Request): string | undefined {
  const to = req.query['to'];
  return typeof to === 'string' && to !== '' ? to.toLowerCase() : undefined;
}

function messages(store: SandboxStore, to: string | undefined): Message[] {
  const mails = store.all('mail').map((mail): Message => ({ kind: 'mail', mail }));
  const texts = store.all('sms').map((sms): Message => ({ kind: 'sms', sms }));
  return [...mails, ...texts]
    .filter((message) => to === undefined || recipients(message).includes(to))
    .map((message, order) => ({ message, order }))
    .sort((a, b) => sentAt(b.message) - sentAt(a.message) || b.order - a.order)
    .map(({ message }) => message);
}

function byId(store: SandboxStore, id: string): Message | undefined {
  const mail = store.find('mail', id);
  const sms = store.find('sms', id);
  return mail ? { kind: 'mail', mail } : sms && { kind: 'sms', sms };
}

function asJson(message: Message): object {
  if (message.kind === 'mail') {
    const { id, at, from, to, subject, html, text, tag, metadata, stream } = message.mail;
    return { kind: 'mail', id, at: new Date(at).toISOString(), from, to, subject, html, text, tag, metadata, stream };
  }
  const { id, at, from, service, to, body, segments } = message.sms;
  return { kind: 'sms', id, at: new Date(at).toISOString(), from: from ?? service, to: [to], text: body, segments };
}

function recipients(message: Message): string[] {
  if (message.kind === 'sms') return [message.sms.to];
  return [...message.mail.to, ...message.mail.cc, ...message.mail.bcc].map(bareAddress);
}

const sentAt = (message: Message) => (message.kind === 'mail' ? message.mail.at : message.sms.at);
const subject = (message: Message) => (message.kind === 'mail' ? message.mail.subject : message.sms.body);
const idOf = (message: Message) => (message.kind === 'mail' ? message.mail.id : message.sms.id);

function when(at: number): Html {
  const time = new Date(at);
  const words = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return html`<time class="num" datetime="${time.toISOString()}">${words.format(time)}</time>`;
}

function mailboxPage(found: Message[], to: string | undefined): Html {
  const more = found.length - SHOWN;
  return html`
    <header class="top">
      <h1>Mailbox</h1>
      <a href="/cards">Test cards</a>
    </header>
    <form class="search" method="get" action="/">
      <label class="field"
        >Messages to<input
          name="to"
          value="${to ?? ''}"
          placeholder="everyone, or an address or number"
          autocomplete="off"
      /></label>
      <button class="button">Show</button>
    </form>
    ${
      found.length === 0
        ? html`<p class="card quiet">Nothing was sent${to ? ' to this recipient' : ''} yet.</p>`
        : html`<ol class="rows">
            ${found.slice(0, SHOWN).map(row)}
          </ol>`
    }
    ${more > 0 && html`<p class="quiet small">${more} older ones are not shown. Search by recipient to see them.</p>`}
  `;
}

function row(message: Message): Html {
  return html`<li>
    <a class="row" href="/messages/${idOf(message)}">
      <span class="line"><b>${recipients(message).join(', ')}</b>${when(sentAt(message))}</span>
      <span class="line"><span class="clip">${subject(message)}</span>${kindTag(message)}</span>
    </a>
  </li>`;
}

function kindTag(message: Message): Html {
  return message.kind === 'mail' ? html`<span class="tag">Mail</span>` : html`<span class="tag info">SMS</span>`;
}

function messagePage(message: Message): Html {
  return html`
    <p><a href="/">‹ Mailbox</a></p>
    ${message.kind === 'mail' ? mailPage(message.mail) : smsPage(message.sms)}
  `;
}

function mailPage(mail: Mail): Html {
  return html`
    <h1>${mail.subject || '(no subject)'}</h1>
    ${facts([
      ['To', mail.to.join(', ')],
      ['From', mail.from],
      ['Sent', when(mail.at)],
      ['Tag', mail.tag],
      ...Object.entries(mail.metadata),
    ])}
    <div class="beside">
      ${
        mail.html &&
        html`<section class="stack">
          <h2>As the customer sees it</h2>
          <iframe title="The mail" src="/messages/${mail.id}/html" sandbox="${MAIL_SANDBOX}"></iframe>
        </section>`
      }
      ${
        mail.text &&
        html`<section class="stack">
          <h2>Text part</h2>
          <div class="card text">${withLinks(mail.text)}</div>
        </section>`
      }
    </div>
  `;
}

function smsPage(sms: Sms): Html {
  const count = [...sms.body].length;
  return html`
    <h1>SMS to ${sms.to}</h1>
    ${facts([
      ['From', sms.from ?? sms.service ?? ''],
      ['Sent', when(sms.at)],
      ['Length', `${count} characters, ${sms.segments} ${sms.segments === 1 ? 'segment' : 'segments'}`],
    ])}
    <div class="bubble text">${withLinks(sms.body)}</div>
  `;
}

function facts(pairs: (readonly [string, string | Html | undefined])[]): Html {
  return html`<dl class="facts">
    ${pairs.map(
      ([name, value]) =>
        value &&
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

function missingPage(): Html {
  return html`<h1>This message is not here</h1>
    <p><a href="/">‹ Mailbox</a></p>`;
}

/** In a frame a link would open inside the frame; pages that refuse to be framed would stay blank. */
function linksInNewTab(source: string): string {
  const base = '<base target="_blank">';
  return /<head[^>]*>/i.test(source) ? source.replace(/<head[^>]*>/i, (head) => head + base) : base + source;
}
