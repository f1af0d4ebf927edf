/** Holds every proposal against the rules that span concerns, and says when it may happen or why it may not. */
import { promiseOver } from './case-plan.ts';
import { nextInWindow } from './calendar.ts';
import type { Context, Proposal } from './proposal.ts';
import type { State } from './state.ts';
import { later, localDate, type Instant } from './time.ts';
import { date, moment } from './words.ts';

/** A proposal after the rules: when it happens, and what moved it. */
export interface Allowed extends Proposal {
  at: Instant;
  moved?: string;
}

export interface Refused extends Proposal {
  refused: string;
}

export type Verdict = Allowed | Refused;

export function isAllowed(verdict: Verdict): verdict is Allowed {
  return 'at' in verdict;
}

/** Each rule may move a step to a later moment or refuse it; it answers undefined when it has nothing to say. */
type Rule = (
  at: Instant,
  proposal: Proposal,
  state: State,
  context: Context,
) => { at: Instant; why?: string } | { refused: string } | undefined;

const rules: Rule[] = [reachable, promiseHolds, contactHours];

/** The verdict on one proposal now. */
export function arbitrate(proposal: Proposal, state: State, context: Context): Verdict {
  let at = proposal.from;
  let moved: string | undefined;
  for (const rule of rules) {
    const said = rule(at, proposal, state, context);
    if (!said) continue;
    if ('refused' in said) return { ...proposal, refused: said.refused };
    at = said.at;
    moved = said.why ?? moved;
  }
  if (proposal.until && (at >= proposal.until || context.now >= proposal.until)) {
    return {
      ...proposal,
      refused: `it says nothing useful any more after ${moment(proposal.until, state.terms.zone)}`,
    };
  }
  return { ...proposal, at, ...(moved && { moved }) };
}

function reachable(_at: Instant, { contact }: Proposal, { terms }: State): ReturnType<Rule> {
  if (!contact || terms.channels.includes(contact.channel)) return undefined;
  return {
    refused: { mail: 'no mail address can be used', sms: 'no number can be texted', call: 'no number may be called' }[
      contact.channel
    ],
  };
}

function promiseHolds(at: Instant, { contact, invoice }: Proposal, { terms }: State): ReturnType<Rule> {
  const promise = invoice?.case?.promise;
  if (!contact || !promise || localDate(at, terms.zone) > promise.on) return undefined;
  return { at: promiseOver(promise, terms.zone), why: `the customer promised to pay on ${date(promise.on)}` };
}

function contactHours(
  at: Instant,
  { contact }: Proposal,
  { terms }: State,
  { now, policy: { policy } }: Context,
): ReturnType<Rule> {
  if (!contact || contact.reply) return undefined;
  const window = contact.channel === 'call' ? policy.contact.calls : policy.contact.messages;
  const wanted = later(at, now);
  const open = nextInWindow(wanted, window, terms.zone);
  // What is overdue happens now, so it takes its place among what falls due now, as the agenda said.
  if (open === wanted) return { at: wanted };
  return {
    at: open,
    why: `outside the hours for ${contact.channel === 'call' ? 'calls' : 'messages'}, which open ${moment(open, terms.zone)}`,
  };
}
