/** The few words in the timeline picture. */
import type { Access } from '../core/standing.ts';
import type { Drawn, PictureLane } from './happenings.ts';

export interface PictureWords {
  locale: string;
  accessLane: string;
  access: Record<Access, string>;
  lanes: Record<PictureLane, string>;
  today: string;
  /** Beside a mark; absent where the shape says it. */
  labels: Partial<Record<Drawn, string>>;
  toCome: string;
  /** What somebody hears who does not see the picture. */
  summary: (from: string, to: string, parts: string[]) => string;
  counted: Record<'declined' | 'paid' | 'messages' | 'calls' | 'toCome', (count: number) => string>;
}

const many = (one: string, more: string) => (count: number) => `${count} ${count === 1 ? one : more}`;

export const pictureWords = {
  en: {
    locale: 'en-GB',
    accessLane: 'Access',
    access: { full: 'full access', 'payment-only': 'payment page only', none: 'no access' },
    lanes: { money: 'Money', messages: 'Messages', people: 'People' },
    today: 'today',
    labels: { charge: 'no answer yet', declined: 'declined', paid: 'paid', sms: 'SMS', 'call-task': 'not called' },
    toCome: 'to come',
    summary: (from, to, parts) => `Timeline from ${from} to ${to}: ${parts.join(', ') || 'nothing happened'}.`,
    counted: {
      declined: many('payment declined', 'payments declined'),
      paid: many('payment made', 'payments made'),
      messages: many('message sent', 'messages sent'),
      calls: many('call made', 'calls made'),
      toCome: (count) => `${count} still to come`,
    },
  },
} satisfies Record<string, PictureWords>;

/** Languages that the picture can speak. */
export type PictureLanguage = keyof typeof pictureWords;

export function wordsOf(language: PictureLanguage): PictureWords {
  return pictureWords[language];
}
