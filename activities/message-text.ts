/** Renders a message for one person: as a mail of two equal parts, or as a text of few words. Pure. */
import { firstThatFits, linesThatFit, wordsOf, type Company, type MessageInput } from './message-figures.ts';
import { mailPage } from './message-html.ts';
import { smsSegments, withoutRareSigns } from './sms-length.ts';

export type { Company, MessageInput } from './message-figures.ts';

export interface RenderedMail {
  subject: string;
  preheader: string;
  html: string;
  text: string;
}

/** A mail in words, before it has a shape. */
export interface MailContent {
  /** BCP 47, of the words. */
  language: string;
  company: Company;
  subject: string;
  preheader: string;
  heading: string;
  paragraphs: string[];
  button?: { label: string; url: string };
  rows: { label: string; value: string }[];
  quiet: string[];
  footer: string;
}

/** A message that asks for a payment without saying where: it must not go out. */
export class MissingPayUrlError extends Error {
  override name = 'MissingPayUrlError';

  constructor(message: string) {
    super(`The message "${message}" leads to the payment page, but the invoice has none: is it still to be paid?`);
  }
}

/** @throws MissingPayUrlError, and TypeError for an address that is no web address */
export function renderMail(input: MessageInput): RenderedMail {
  const content = contentOf(input);
  return { subject: content.subject, preheader: content.preheader, html: mailPage(content), text: plainText(content) };
}

/**
 * `segments` is what the network bills: 160 GSM-7 characters in one, 70 once a sign is outside of GSM-7.
 * @throws MissingPayUrlError, and TypeError for an address that is no web address
 */
export function renderSms(input: MessageInput): { body: string; segments: number } {
  const words = wordsOf(input);
  if (input.message.button.link === 'payment' && !words['payUrl']) throw new MissingPayUrlError(input.message.name);
  const amount = withoutRareSigns(words['amount'] ?? '', input.figures.money, input.language);
  const body = firstThatFits(input.message.sms, { ...words, amount }, input.figures.declineClass) ?? '';
  return { body, segments: smsSegments(body) };
}

function contentOf(input: MessageInput): MailContent {
  const { message, figures, company } = input;
  const words = wordsOf(input);
  // The schema sees to it that a last line always fits where one is needed.
  const one = (lines: typeof message.subject) => firstThatFits(lines, words, figures.declineClass) ?? '';
  const url = message.button.link === 'payment' ? words['payUrl'] : words['site'];
  if (message.button.link === 'payment' && !url) throw new MissingPayUrlError(message.name);
  return {
    language: message.language,
    company,
    subject: one(message.subject),
    preheader: one(message.preheader),
    heading: one(message.heading),
    paragraphs: linesThatFit(message.paragraphs, words, figures.declineClass),
    ...(url && { button: { label: one(message.button.label), url } }),
    rows: message.rows
      .filter((row) => row.when.every((name) => words[name] !== undefined))
      .map((row) => ({ label: row.label, value: one(row.value) }))
      .filter((row) => row.value !== ''),
    quiet: linesThatFit(message.quiet, words, figures.declineClass),
    footer: one(message.wording.footer),
  };
}

function plainText({ company, heading, paragraphs, button, rows, quiet, footer }: MailContent): string {
  const facts = rows.map(({ label, value }) => `${label}: ${value}`).join('\n');
  const link = button && `${button.label}:\n${button.url}`;
  const sender = [company.name, company.address, company.replyTo].filter(Boolean).join(' · ');
  const blocks = [company.name, heading, ...paragraphs, link, facts, ...quiet, `-- \n${sender}\n${footer}`];
  return `${blocks.filter(Boolean).join('\n\n')}\n`;
}
