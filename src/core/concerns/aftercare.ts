/** The last word of a case: a thank-you when it was paid, a farewell when the subscription ended. */
import { stepKey, type Concern, type Proposal } from '../proposal.ts';
import type { Invoice, State } from '../state.ts';
import { addHours } from '../time.ts';
import { cycleStartsOn } from '../calendar.ts';
import { date } from '../words.ts';

export const aftercare: Concern = {
  propose(state) {
    return state.invoices.flatMap((invoice) => lastWord(invoice, state));
  },
};

function lastWord(invoice: Invoice, state: State): Proposal[] {
  const { settled, case: dunning } = invoice;
  // Who was never written to needs no thanks for what they never knew.
  if (!settled || settled.how === 'dropped' || !dunning?.noticedAt) return [];
  const paid = settled.how === 'paid';
  const message = paid ? 'thank-you' : 'farewell';
  const figures = { money: invoice.money, invoice: invoice.id };
  return [
    {
      key: stepKey(invoice.cycle, 'case', message),
      lane: 'messages',
      what: paid ? 'mail: thank you' : 'mail: farewell',
      why: paid
        ? nextRenewalWords(state)
        : 'the subscription has ended; the customer hears what that means and how to come back',
      from: settled.at,
      until: addHours(settled.at, 72),
      contact: { channel: 'mail', reply: paid },
      effect: () => ({ kind: 'sendMessage', channel: 'mail', message, figures }),
    },
  ];
}

function nextRenewalWords(state: State): string {
  return `paid, access is full; the next renewal is on ${date(cycleStartsOn(state.terms, state.cycle + 1))}`;
}
