/** The picture in words: what a mark is and why, and the whole in one sentence. */
import type { Zone } from '../core/time.ts';
import { laneOf, type Happening } from './happenings.ts';
import type { PictureWords } from './words.ts';

/** `Wed 3 Feb, 11:00: call 1: paid on the call — why`, on the customer's clock. */
export function tellerOf({ locale, toCome }: PictureWords, zone: Zone): (mark: Happening) => string {
  const moment = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return ({ ms, when, text, why }) =>
    `${moment.format(ms)}${when === 'to-come' ? ` (${toCome})` : ''}: ${text}${why ? ` — ${why}` : ''}`;
}

/** What is read aloud in place of the picture. */
export function summaryOf(
  shown: Happening[],
  { first, last, zone, words }: { first: number; last: number; zone: Zone; words: PictureWords },
): string {
  const day = new Intl.DateTimeFormat(words.locale, { timeZone: zone, day: 'numeric', month: 'long', year: 'numeric' });
  const happened = shown.filter(({ when }) => when === 'happened');
  const counts = {
    declined: happened.filter(({ mark }) => mark === 'declined').length,
    paid: happened.filter(({ mark }) => mark === 'paid').length,
    messages: happened.filter(({ mark }) => laneOf[mark] === 'messages').length,
    calls: happened.filter(({ mark }) => mark === 'called').length,
    toCome: shown.filter(({ when }) => when === 'to-come').length,
  };
  const parts = (Object.keys(counts) as (keyof typeof counts)[])
    .filter((kind) => counts[kind] > 0)
    .map((kind) => words.counted[kind](counts[kind]));
  return words.summary(day.format(first), day.format(last), parts);
}
