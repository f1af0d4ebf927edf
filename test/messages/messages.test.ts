/** Every message, after every decline, with every figure known or unknown: nothing broken may reach a customer. */
import { messageNames } from '../../config/messages.ts';
import { namesIn, type Line } from '../../config/message-schema.ts';
import { renderMail, renderSms, type MessageInput } from '../../activities/message-text.ts';
import { isGsm7 } from '../../activities/sms-length.ts';
import type { DeclineClass } from '../../src/core/declines.ts';
import type { MessageFigures, MessageName } from '../../src/core/effects.ts';
import { instant } from '../../src/core/time.ts';
import { aMessage, figures, messages } from './sample.ts';

const classes: (DeclineClass | undefined)[] = ['soft', 'update', 'authenticate', 'hard', undefined];
const optional = ['renewsAt', 'nextTryAt', 'accessUntil', 'endsAt'] as const;

/** All 16 ways in which the four moments may be known or not. */
const subsets = [...Array(2 ** optional.length).keys()].map((bits) => optional.filter((_, n) => bits & (1 << n)));

function* everyCase(language: string): Generator<MessageInput> {
  for (const name of messageNames)
    for (const declineClass of classes)
      for (const known of subsets)
        for (const bare of [false, true]) yield oneCase(language, name, declineClass, known, bare);
}

/** `bare`: no name, no card, no site, and deadlines at midnight. */
function oneCase(
  language: string,
  name: MessageName,
  declineClass: DeclineClass | undefined,
  known: readonly (typeof optional)[number][],
  bare: boolean,
): MessageInput {
  const moments = Object.fromEntries(known.map((key) => [key, figures[key]])) as Partial<MessageFigures>;
  const { money, invoice } = figures;
  const full = aMessage(name, {
    language,
    figures: { money, invoice, ...moments, ...(declineClass && { declineClass }) },
  });
  if (!bare) return full;
  const { card: _, ...withoutCard } = full;
  const deadlines = { accessUntil: instant('2026-12-04T23:00:00Z'), endsAt: instant('2027-01-01T23:00:00Z') };
  for (const key of ['accessUntil', 'endsAt'] as const) if (known.includes(key)) full.figures[key] = deadlines[key];
  return { ...withoutCard, person: {}, company: { name: 'Learnwell', replyTo: 'help@learnwell.example' } };
}

/** What a reader sees: no tags, no preview, no escapes, single spaces. */
function visible(html: string): string {
  const body = html.replace(/<head>[^]*<\/head>|<div style="display:none[^]*?<\/div>/g, '').replace(/<[^>]*>/g, ' ');
  return words(body.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))));
}
const words = (text: string) => text.replace(/\s+/g, ' ').trim();

describe.each(messages.languages)('the messages in "%s"', (language) => {
  const all = [...everyCase(language)].map((input) => ({ input, mail: renderMail(input), sms: renderSms(input) }));

  it('are all there, each in its own language', () => {
    for (const name of messageNames) expect(messages.messageFor(language, name).language).toBe(language);
  });

  it('never show a gap, a brace or a broken date', () => {
    for (const { mail, sms } of all)
      for (const part of [mail.subject, mail.preheader, visible(mail.html), mail.text, sms.body]) {
        expect(part).not.toMatch(/[{}]|undefined|null|NaN|Invalid Date|\[object/);
        expect(part).not.toMatch(/ [,.;]|\(\)| {2}|[!]/);
        expect(part).not.toBe('');
      }
  });

  it('have a subject that an inbox shows whole, and say next to it what comes next', () => {
    for (const { mail } of all) {
      expect(mail.subject.length).toBeLessThan(80);
      expect(mail.html).toContain(mail.preheader.replace(/['"&]/g, (sign) => `&#${sign.charCodeAt(0)};`));
    }
  });

  it('have one button at most, and always one where something is to be done', () => {
    for (const { input, mail } of all) {
      const url = input.message.button.link === 'payment' ? input.payUrl : input.company.site;
      expect(mail.html.match(/href="http[^"]*"/g)).toEqual(url ? [`href="${url}"`] : null);
      if (url) expect(mail.text).toContain(`\n${url}\n`);
      if (input.message.button.link === 'payment') expect(url).toBeDefined();
    }
  });

  it('say in the text part all that they say in the page', () => {
    for (const { mail } of all) {
      const said = words(mail.text);
      for (const [, label = '', value = ''] of mail.html.matchAll(
        /<tr><td class="rule quiet"[^>]*>(.*?)<\/td><td[^>]*>(.*?)<\/td>/g,
      ))
        expect(said).toContain(`${visible(label)}: ${visible(value)}`);
      for (const [, text = ''] of mail.html.matchAll(/<(?:p|h1)[ >](.*?)<\/(?:p|h1)>/g))
        for (const part of text.replace(/^[^>]*>/, '').split('<br>')) expect(said).toContain(visible(part));
    }
  });

  it('fit into one text message', () => {
    for (const { sms } of all) {
      expect(`${sms.segments} segment: ${sms.body}`).toBe(`1 segment: ${sms.body}`);
      if (language === 'en') expect(isGsm7(sms.body)).toBe(true);
      expect(sms.body).toMatch(/^Learnwell/);
    }
  });

  it('end their text messages with the link, where there is something to do', () => {
    for (const { input, sms } of all)
      if (input.message.button.link === 'payment') expect(sms.body.endsWith(` ${input.payUrl}`)).toBe(true);
  });

  it('explain each class of decline in words of its own, and never by a code', () => {
    const explained = classes.map((declineClass) =>
      visible(renderMail(oneCase(language, 'payment-failed', declineClass, [], false)).html),
    );
    expect(new Set(explained).size).toBe(classes.length);
    for (const text of explained) expect(text).not.toMatch(/[a-z]_[a-z]/);
  });

  it('use every phrase that the language defines', () => {
    const lines = messageNames.flatMap((name) => allLines(messages.messageFor(language, name)));
    const { phrases, explain } = messages.messageFor(language, 'locked').wording;
    const named = new Set(
      [...lines, ...Object.values(explain).flat()].flatMap((line) => [...namesIn(line.text), ...line.when]),
    );
    expect(Object.keys(phrases).filter((phrase) => !named.has(phrase))).toEqual([]);
  });

  it('have no line that is never said', () => {
    const said = all
      .flatMap(({ mail, sms }) => [mail.subject, mail.preheader, visible(mail.html), sms.body])
      .join('\n');
    const pieces = messageNames
      .flatMap((name) => allLines(messages.messageFor(language, name)))
      .flatMap(({ text }) => text.split(/\{\w+\}/).map(words));
    expect(pieces.filter((piece) => !said.includes(piece))).toEqual([]);
  });
});

function allLines(message: ReturnType<typeof messages.messageFor>): Line[] {
  const { subject, preheader, heading, paragraphs, button, rows, quiet, sms } = message;
  return [subject, preheader, heading, paragraphs, button.label, ...rows.map(({ value }) => value), quiet, sms].flat();
}
