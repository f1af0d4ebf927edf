/** Mails and texts of a case: the answer to a failed try, the planned contacts, and the words after a lock. */
import { deadlines, latestDecline, noticeStep, plannedTries, type CaseInvoice } from '../case-plan.ts';
import { daysAfter } from '../calendar.ts';
import type { MessageFigures, MessageName } from '../effects.ts';
import { stepKey, type Concern, type Context, type Proposal } from '../proposal.ts';
import { isInFlight, openCases, withCase, type State } from '../state.ts';
import { addHours } from '../time.ts';
import { days, moment } from '../words.ts';

export const notices: Concern = {
  propose(state, context) {
    if (state.ended) return [];
    // While a bank's answer is awaited anything said may be wrong a moment later.
    const cases = openCases(state).filter((invoice) => !isInFlight(invoice));
    return cases.flatMap((invoice) => [
      ...answerToFailure(invoice, state, context),
      ...plannedContacts(invoice, state, context),
      ...wordOfLock(invoice, context),
    ]);
  },

  fold(state, fact) {
    if (fact.kind !== 'messageFailed') return undefined;
    const channels = state.terms.channels.filter((channel) => channel !== fact.channel);
    const reached = channels.length > 0 ? `left: ${channels.join(', ')}` : 'no way to reach the customer is left';
    return {
      state: { ...state, terms: { ...state.terms, channels } },
      lane: 'messages',
      text: `${fact.channel} could not be delivered: ${fact.reason}`,
      why: `${fact.channel} is not used again; ${reached}`,
    };
  },
};

/** Only the newest failure is told, and not one that the customer has just seen on the payment page. */
function answerToFailure(invoice: CaseInvoice, state: State, context: Context): Proposal[] {
  const failures = invoice.attempts.filter(({ result, by }) => result === 'failed' && by !== 'customer');
  const last = failures.at(-1);
  const lockSaysIt = failures.length === 1 && invoice.case.lockedAt !== undefined;
  if (!last || lockSaysIt) return [];
  const message = failures.length === 1 ? 'payment-failed' : 'retry-failed';
  const what = failures.length === 1 ? 'payment failed' : 'the retry failed too';
  const why = `the customer hears of it: ${outlook(invoice, state, context)}`;
  // It is made of what is true when it is sent, so it may come late, but never not at all.
  const { endsAt } = deadlines(invoice, state, context);
  const until = invoice.case.noticedAt && endsAt;
  return [
    mail(invoice, context, {
      step: noticeStep,
      n: failures.length,
      message,
      what,
      why,
      from: last.at,
      ...(until && { until }),
    }),
  ];
}

function plannedContacts(invoice: CaseInvoice, state: State, context: Context): Proposal[] {
  const { policy } = context.policyOf(invoice.case);
  const { openedAt } = invoice.case;
  const reading = latestDecline(invoice, state, context);
  return policy.case.contacts.flatMap((contact, index) => {
    if (contact.by === 'call' || invoice.case.lockedAt) return [];
    if (contact.forClasses && reading && !contact.forClasses.includes(reading.class)) return [];
    const from = daysAfter(openedAt, contact.onDay, policy.contact.messages.from, state.terms.zone);
    const proposal = mail(invoice, context, {
      step: `contact-${index + 1}`,
      n: 1,
      message: contact.message,
      what: contact.message.replaceAll('-', ' '),
      why: `the policy writes by ${contact.by} ${days(contact.onDay)} after the failure`,
      // A message of the day goes out after the try of the same day has been answered.
      from: addHours(from, 2),
      until: addHours(from, 48),
    });
    return [contact.by === 'mail' ? proposal : asSms(proposal)];
  });
}

function wordOfLock(invoice: CaseInvoice, context: Context): Proposal[] {
  const { lockedAt } = invoice.case;
  if (!lockedAt) return [];
  const why = 'access was locked: only the payment page is open';
  return [
    mail(invoice, context, {
      step: 'locked',
      n: 1,
      message: 'locked',
      what: 'access is locked',
      why,
      from: lockedAt,
      until: addHours(lockedAt, 72),
    }),
  ];
}

/** What is to come, as the message tells it. */
function outlook(invoice: CaseInvoice, state: State, context: Context): string {
  const { zone } = state.terms;
  const { nextTryAt, accessUntil, endsAt } = caseFigures(invoice, state, context);
  const parts = [
    nextTryAt ? `next try ${moment(nextTryAt, zone)}` : 'no further try with this card',
    accessUntil && `full access until ${moment(accessUntil, zone)}`,
    endsAt && `ends ${moment(endsAt, zone)}`,
  ];
  return parts.filter(Boolean).join(', ');
}

interface Writing {
  step: string;
  n: number;
  message: MessageName;
  what: string;
  why: string;
  from: Proposal['from'];
  /** Absent: it waits as long as it must, for the end of the case waits for it. */
  until?: Proposal['from'];
}

function mail(invoice: CaseInvoice, context: Context, writing: Writing): Proposal {
  const { message, from } = writing;
  return {
    key: stepKey(invoice.cycle, 'case', writing.step, writing.n),
    lane: 'messages',
    what: `mail: ${writing.what}`,
    why: writing.why,
    from,
    ...(writing.until && { until: writing.until }),
    contact: { channel: 'mail' },
    invoice,
    apply: (before) =>
      withCase(before, invoice.id, (dunning) => ({ ...dunning, noticedAt: dunning.noticedAt ?? context.now })),
    effect: (before) => ({
      kind: 'sendMessage',
      channel: 'mail',
      message,
      figures: caseFigures(invoice, before, context),
    }),
  };
}

function asSms(proposal: Proposal): Proposal {
  return {
    ...proposal,
    what: proposal.what.replace('mail:', 'SMS:'),
    contact: { channel: 'sms' },
    effect: (state) => {
      const request = proposal.effect?.(state);
      return request?.kind === 'sendMessage' ? { ...request, channel: 'sms' } : request;
    },
  };
}

/** What a message of a case says: the sum, the next try, how long access is kept, when it ends. */
function caseFigures(invoice: CaseInvoice, state: State, context: Context): MessageFigures {
  const { lockAt, endsAt } = deadlines(invoice, state, context);
  const reading = latestDecline(invoice, state, context);
  const nextTry = plannedTries(invoice, state, context)[0];
  return {
    money: invoice.money,
    invoice: invoice.id,
    endsAt,
    ...(reading && { declineClass: reading.class }),
    ...(nextTry && { nextTryAt: nextTry.at }),
    ...(!invoice.case.lockedAt && { accessUntil: lockAt }),
  };
}
