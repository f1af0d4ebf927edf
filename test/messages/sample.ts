/** A message as most customers get it; tests change what they are about. */
import { DEFAULT_LANGUAGE, loadMessages } from '../../config/messages.ts';
import type { MessageInput } from '../../activities/message-text.ts';
import type { MessageFigures, MessageName } from '../../src/core/effects.ts';
import { invoiceId, type SubscriptionId } from '../../src/core/subscription.ts';
import { instant, type Zone } from '../../src/core/time.ts';

export const messages = loadMessages();

export const figures: MessageFigures = {
  money: { amountMinor: 4900, currency: 'EUR' },
  invoice: invoiceId('sub_1' as SubscriptionId, 2),
  declineClass: 'soft',
  renewsAt: instant('2026-12-30T08:00:00Z'),
  nextTryAt: instant('2026-12-02T08:00:00Z'),
  accessUntil: instant('2026-12-04T17:00:00Z'),
  endsAt: instant('2026-12-24T17:00:00Z'),
};

export function aMessage(name: MessageName, changes: Partial<Omit<MessageInput, 'message'>> = {}): MessageInput {
  const { language = DEFAULT_LANGUAGE } = changes;
  return {
    message: messages.messageFor(language, name),
    language,
    figures,
    at: instant('2026-11-28T08:00:00Z'),
    person: { name: 'Giulia Rossi' },
    card: { brand: 'visa', last4: '4021' },
    zone: 'Europe/Rome' as Zone,
    company: {
      name: 'Learnwell',
      address: 'Via Dante 7, Milano',
      replyTo: 'help@learnwell.example',
      site: 'https://learnwell.example/account',
    },
    payUrl: 'https://pay.learnwell.example/u/8Kq2xWzT',
    ...changes,
  };
}
