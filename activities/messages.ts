/** Messages: claimed in the ledger, written in the customer's language, sent once, looked up when a try broke off. */
import type { Messages } from '../config/messages.ts';
import type { EffectOf } from '../src/core/effects.ts';
import { FinalError, type Mail, type OutgoingMail, type OutgoingSms, type Sms } from '../src/core/ports.ts';
import type { Ledger } from '../src/ledger/database.ts';
import { invoiceById } from '../src/ledger/queries/invoices.ts';
import { personOf } from '../src/ledger/queries/subscriptions.ts';
import type { Learned } from './billing.ts';
import { MissingPayUrlError, renderMail, renderSms, type Company, type MessageInput } from './message-text.ts';
import { once, type Done } from './once.ts';

/** What every message is written with. */
export interface Writing {
  messages: Messages;
  company: Company;
}

export function messageActivities(
  ledger: Ledger,
  { mail, sms }: { mail: Mail; sms: Sms },
  { messages, company }: Writing,
) {
  async function sendMail(effect: EffectOf<'sendMessage'>, input: MessageInput, to: string): Promise<void> {
    const { subject, html, text } = renderMail(input);
    const outgoing: OutgoingMail = { key: effect.key, to, subject, html, text, tag: effect.message };
    const sent = ({ reference }: { reference: string }): Done<object> => ({
      result: { message: effect.message, language: input.message.language },
      reference,
    });
    await once(
      ledger,
      effect,
      async () => sent(await mail.send(outgoing)),
      (since) => mail.find(effect.key, since).then((found) => found && sent(found)),
    );
  }

  async function sendSms(effect: EffectOf<'sendMessage'>, input: MessageInput, to: string): Promise<void> {
    const { body, segments } = renderSms(input);
    const outgoing: OutgoingSms = { key: effect.key, to, body };
    const sent = ({ reference }: { reference: string }): Done<object> => ({
      result: { message: effect.message, language: input.message.language, segments },
      reference,
    });
    await once(
      ledger,
      effect,
      async () => sent(await sms.send(outgoing)),
      (since) => sms.find(outgoing, since).then((found) => found && sent(found)),
    );
  }

  return {
    /** Sends one message. Answers a fact only when the customer cannot be reached this way: what went well needs no decision. */
    async sendMessage(effect: EffectOf<'sendMessage'>): Promise<Learned<'messageFailed'> | undefined> {
      const { key, step, channel } = effect;
      const { name, email, phone, terms } = await personOf(ledger, effect.subscription);
      const input: MessageInput = {
        message: messages.messageFor(terms.language, effect.message),
        figures: effect.figures,
        person: { name },
        zone: terms.zone,
        language: terms.language,
        company,
        at: effect.at,
        ...(await invoiceDetails(ledger, effect, company)),
      };
      try {
        if (channel === 'mail') await sendMail(effect, input, addressOf(email, 'mail address'));
        else await sendSms(effect, input, addressOf(phone, 'phone number'));
        return undefined;
      } catch (error) {
        if (error instanceof MissingPayUrlError) throw new FinalError('no-payment-page', error.message);
        if (!(error instanceof FinalError && error.reason === undeliverable)) throw error;
        return { kind: 'messageFailed', id: `${key}/failed`, step, channel, reason: error.message };
      }
    },
  };
}

const undeliverable = 'undeliverable';

function addressOf(address: string | null, what: string): string {
  if (address === null) throw new FinalError(undeliverable, `there is no ${what}`);
  return address;
}

async function invoiceDetails(
  ledger: Ledger,
  { figures }: EffectOf<'sendMessage'>,
  { site }: Company,
): Promise<Pick<MessageInput, 'payUrl' | 'card'>> {
  const invoice = await invoiceById(ledger, figures.invoice);
  // An invoice that the biller could not even make has no page of its own; the company's site is the next best door.
  const payUrl = invoice?.pay_url ?? site;
  const last4 = invoice?.card_last4;
  return {
    ...(payUrl && { payUrl }),
    ...(last4 && { card: { last4, ...(invoice.card_brand && { brand: invoice.card_brand }) } }),
  };
}
