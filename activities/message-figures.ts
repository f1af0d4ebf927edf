/** Puts a message's figures into the customer's words: amounts by locale, moments as days and hours of their zone. */
import type { Figure, Line, Wording } from '../config/message-schema.ts';
import type { Message } from '../config/messages.ts';
import type { DeclineClass } from '../src/core/declines.ts';
import type { MessageFigures } from '../src/core/effects.ts';
import { formatMoney } from '../src/core/money.ts';
import { addHours, epochMs, localDate, localTime, type Instant, type Zone } from '../src/core/time.ts';

/** The merchant, as customers know it. */
export interface Company {
  name: string;
  /** Postal address on one line. */
  address?: string;
  /** Colour of the button, `#rrggbb`. Default: Holdfast's green. */
  accent?: string;
  /** A mailbox that a person reads. */
  replyTo: string;
  /** Where customers sign in. Default: messages have no button that leads there. */
  site?: string;
}

export interface MessageInput {
  message: Message;
  /** BCP 47, as the customer set it: decides how amounts are written. */
  language: string;
  figures: MessageFigures;
  /** When the message is due on the customer's life: days of another year are written with their year. */
  at: Instant;
  person: { name?: string };
  card?: { brand?: string; last4: string };
  zone: Zone;
  company: Company;
  /** Where the invoice is paid; absent when nothing is to be paid. */
  payUrl?: string;
}

/** What stands for each name in braces; what is unknown is absent, and lines that need it are left out. */
export type Words = Record<string, string | undefined>;

/** The words for all figures and phrases of a message, and for the explanation of its decline. */
export function wordsOf(input: MessageInput): Words {
  const { wording } = input.message;
  const declined = input.figures.declineClass;
  const words: Words = figureWords(input);
  const phrases = Object.entries(wording.phrases).map(
    ([name, lines]) => [name, firstThatFits(lines, words, declined)] as const,
  );
  Object.assign(words, Object.fromEntries(phrases));
  return { ...words, explain: declined && firstThatFits(wording.explain[declined], words, declined) };
}

/** All lines that may be said, filled. */
export function linesThatFit(lines: Line[], words: Words, declined: DeclineClass | undefined): string[] {
  return lines.filter((line) => fits(line, words, declined)).map((line) => fill(line.text, words));
}

/** The first line that may be said, filled. */
export function firstThatFits(lines: Line[], words: Words, declined: DeclineClass | undefined): string | undefined {
  return linesThatFit(lines, words, declined)[0];
}

function fits(line: Line, words: Words, declined: DeclineClass | undefined): boolean {
  const known = (name: string) => words[name] !== undefined;
  if (line.declined.length > 0 && !(declined && line.declined.includes(declined))) return false;
  if (!line.when.every(known) || line.unless.some(known)) return false;
  return [...line.text.matchAll(/\{(\w+)\}/g)].every(([, name]) => known(name ?? ''));
}

/** One pass: braces inside a customer's name stay what they are. */
function fill(text: string, words: Words): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => words[name] ?? '');
}

function figureWords({
  message,
  language,
  figures,
  at,
  person,
  card,
  zone,
  company,
  payUrl,
}: MessageInput): Record<Figure, string | undefined> {
  const { dates } = message.wording;
  const day = (moment: Instant | undefined) => moment && dayWords(moment, at, zone, dates);
  const time = (moment: Instant | undefined) => moment && timeWords(moment, zone, dates.locale);
  // "Until" a midnight is until the evening before: people take the day that is named as the last.
  const until = (moment: Instant | undefined) => moment && (isMidnight(moment, zone) ? addHours(moment, -1) : moment);
  const untilTime = (moment: Instant | undefined) => (moment && isMidnight(moment, zone) ? undefined : time(moment));
  const toCome = (moment: Instant | undefined) => (moment && moment > at ? moment : undefined);
  const nextTry = toCome(figures.nextTryAt);
  const accessUntil = toCome(figures.accessUntil);
  return {
    amount: formatMoney(figures.money, language),
    company: oneLine(company.name),
    name: oneLine(person.name ?? '') || undefined,
    brand: brandNames[card?.brand ?? ''],
    last4: card && oneLine(card.last4),
    payUrl: payUrl && webAddress(payUrl),
    site: company.site && webAddress(company.site),
    renews: day(figures.renewsAt),
    renewsTime: time(figures.renewsAt),
    nextTry: day(nextTry),
    nextTryTime: time(nextTry),
    accessUntil: day(until(accessUntil)),
    accessUntilTime: untilTime(accessUntil),
    ends: day(until(figures.endsAt)),
    endsTime: untilTime(figures.endsAt),
  };
}

/** As Stripe writes them; other brands are left unsaid. */
const brandNames: Record<string, string> = {
  amex: 'American Express',
  cartes_bancaires: 'CB',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

function dayWords(moment: Instant, now: Instant, zone: Zone, dates: Wording['dates']): string {
  const { locale, weekday, month } = dates;
  // The month comes from a whole date: in many languages it is inflected beside a day.
  const format = new Intl.DateTimeFormat(locale, { timeZone: zone, weekday, month, day: 'numeric', year: 'numeric' });
  const parts = Object.fromEntries(format.formatToParts(epochMs(moment)).map(({ type, value }) => [type, value]));
  const thisYear = localDate(moment, zone).slice(0, 4) === localDate(now, zone).slice(0, 4);
  return fill(thisYear ? dates.day : dates.dayOfAnotherYear, parts);
}

function timeWords(moment: Instant, zone: Zone, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone: zone, timeStyle: 'short' }).format(epochMs(moment));
}

function isMidnight(moment: Instant, zone: Zone): boolean {
  return localTime(moment, zone) === '00:00';
}

/** Names come from outside: no line breaks into a subject, no invisible turns of direction, no page-long name. */
function oneLine(text: string): string {
  const visible = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '');
  return [...visible.trim()].slice(0, 80).join('');
}

/** A link that is not one to a web page would be a trap in a customer's inbox. @throws TypeError */
function webAddress(address: string): string {
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError(`Not a web address: ${address}`);
  return url.href;
}
