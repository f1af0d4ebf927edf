/** What a message file may say: the shape of config/messages/<language>/*.yaml, and the figures that its lines may name. */
import { z } from 'zod';
import { declineClass, type DeclineClass } from '../src/core/declines.ts';

/** Figures that are there in every message. The others may be unknown, and then their lines are left out. */
const certain = ['amount', 'company'] as const;
/** A day in the customer's zone, and beside each its time of day for the sentences in which that matters. */
const moments = [
  'renews',
  'renewsTime',
  'nextTry',
  'nextTryTime',
  'accessUntil',
  'accessUntilTime',
  'ends',
  'endsTime',
] as const;
/** `payUrl` is the page where the invoice is paid, `site` where the customer signs in. */
const figures = [...certain, 'name', 'brand', 'last4', 'payUrl', 'site', ...moments] as const;
export type Figure = (typeof figures)[number];

/** The figures and phrases that a text names, in braces. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
}

/** language.yaml: how a language writes dates, and what several messages say alike. */
export function wordingSchema(phrases: readonly string[]) {
  const phrase = partsThatKnow(figures);
  const told = partsThatKnow([...figures, ...phrases]);
  // A phrase of the same name would silently take the figure's place.
  const fresh = z.string().refine((name) => !(figures as readonly string[]).includes(name));
  return z.strictObject({
    dates: z.strictObject({
      /** BCP 47: whose names of days and months, and whose clock. */
      locale: z.string().refine(isLocale, 'a language that Intl knows, such as en-GB'),
      weekday: z.enum(['short', 'long']),
      month: z.enum(['short', 'long', 'numeric']),
      day: pattern(['weekday', 'day', 'month']),
      dayOfAnotherYear: pattern(['weekday', 'day', 'month', 'year']),
    }),
    explain: z.strictObject({ soft: told.choice, update: told.choice, authenticate: told.choice, hard: told.choice }),
    /** May be left unsaid, when no line fits. */
    phrases: z.record(fresh, phrase.lines),
    footer: phrase.certainChoice(certain),
  });
}
export type Wording = z.infer<ReturnType<typeof wordingSchema>>;

/** One message, in the wording whose phrases it may name. */
export function messageSchema({ phrases }: Wording) {
  const parts = partsThatKnow([...figures, 'explain', ...Object.keys(phrases)]);
  const sure = [...certain, ...Object.keys(phrases).filter((name) => fitsAlways(phrases[name]?.at(-1), certain))];
  const always = parts.certainChoice(sure);
  return z.strictObject({
    subject: always,
    /** The grey line beside the subject in an inbox: what comes next. */
    preheader: always,
    heading: always,
    paragraphs: parts.lines,
    /** `payment` must have its address; a button to the `site` is left out where the company names none. */
    button: z.strictObject({ link: z.enum(['payment', 'site']), label: always }),
    /** The small table of facts; a row whose value cannot be said is left out. */
    rows: z.array(z.strictObject({ label: parts.text, when: parts.names, value: parts.lines })),
    /** The last line: another way than the button. */
    quiet: parts.lines,
    sms: parts.certainChoice([...sure, 'payUrl']),
  });
}
export type MessageText = z.infer<ReturnType<typeof messageSchema>>;

/** One line of text and what must hold for it to be said. */
export interface Line {
  text: string;
  /** Figures or phrases that must be known. */
  when: string[];
  /** Figures or phrases that must be unknown. */
  unless: string[];
  /** The classes of decline after which it is said; none stands for any, and for no decline. */
  declined: DeclineClass[];
}

function partsThatKnow(known: readonly string[]) {
  const name = z
    .string()
    .refine((value) => known.includes(value), { error: ({ input }) => unknown(String(input), known) });
  const names = oneOrMore(name).default([]);
  const text = z
    .string({ error: 'a text is expected; one that begins with "{" or holds ": " needs quotes' })
    .trim()
    .min(1)
    .superRefine((value, context) => {
      for (const wrong of namesIn(value).filter((found) => !known.includes(found)))
        context.addIssue(unknown(wrong, known));
      if (/[{}]/.test(value.replace(/\{[^{}]*\}/g, ''))) context.addIssue('a brace without its other half');
    });
  const line: z.ZodType<Line> = z.preprocess(
    (value) => (typeof value === 'string' ? { text: value } : value),
    z.strictObject({ text, when: names, unless: names, declined: oneOrMore(declineClass).default([]) }),
  );
  const lines = oneOrMore(line);
  const certainChoice = (sure: readonly string[]) =>
    lines.refine(
      (all) => fitsAlways(all.at(-1), sure),
      `the last line must fit always: no condition, no figures but ${sure.join(', ')}`,
    );
  return { text, names, line, lines, choice: certainChoice([...certain]), certainChoice };
}

function oneOrMore<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => (Array.isArray(value) ? (value as unknown[]) : [value]), z.array(item).min(1));
}

function fitsAlways(line: Line | undefined, sure: readonly string[]): boolean {
  if (!line || line.when.length + line.unless.length + line.declined.length > 0) return false;
  return namesIn(line.text).every((name) => sure.includes(name));
}

function unknown(name: string, known: readonly string[]): string {
  return `{${name}} is not known here; known are ${known.join(', ')}`;
}

function pattern(parts: string[]) {
  const wanted = [...parts].sort().join();
  return z
    .string()
    .refine((text) => namesIn(text).sort().join() === wanted, `must name {${parts.join('}, {')}}, each once`);
}

function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([tag]).length > 0;
  } catch {
    return false;
  }
}
