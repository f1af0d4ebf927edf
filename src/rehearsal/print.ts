/** Prints a life as a dated diary in the customer's own zone: what was done, what became known, what was not done, and why. */
import type { Entry } from '../core/decide.ts';
import { localTime, type Zone } from '../core/time.ts';
import { dayOf } from '../core/words.ts';

const marks = { life: '·', access: '▪', money: '€', messages: '✉', people: '☎' } as const;

/** One line an entry, its reason beneath it. */
export function diaryOf(entries: Omit<Entry, 'effect'>[], zone: Zone, colour: boolean): string {
  const dim = (text: string): string => (colour ? `\u001b[2m${text}\u001b[0m` : text);
  let day = '';
  return entries
    .map((entry) => {
      const today = `${dayOf(entry.at, zone)} ${entry.at.slice(0, 4)}`;
      const heading = today === day ? '' : `\n${today}\n`;
      day = today;
      const line = `  ${localTime(entry.at, zone)} ${marks[entry.lane]} ${entry.text}`;
      return `${heading}${entry.kind === 'refused' ? dim(line) : line}${entry.why ? `\n          ${dim(entry.why)}` : ''}`;
    })
    .join('\n');
}
