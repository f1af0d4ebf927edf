/** Which invoice a reported payment or failure is about. */
import { nextRenewal } from './calendar.ts';
import type { FactOf } from './facts.ts';
import type { Context } from './proposal.ts';
import { isOpen, type Invoice, type State } from './state.ts';
import { cycleOfInvoice, invoiceId } from './subscription.ts';
import { addDays, localDate } from './time.ts';
import { date } from './words.ts';

/** A payment that names no invoice counts for the next renewal only when that is so near; else it may be for anything. */
const renewalIsNearDays = 10;

export type Target = { state: State; invoice: Invoice } | { nothing: string };

/** The invoice that a report is about: the one it names, else the oldest debt, else the renewal that is about to come. */
export function targetOf(state: State, fact: FactOf<'paymentSucceeded' | 'paymentFailed'>, context: Context): Target {
  if (state.ended) return { nothing: 'the subscription has ended' };
  const open = state.invoices.filter(isOpen);
  if (fact.invoice === undefined && state.recentPayments?.includes(fact.reference)) {
    return { nothing: 'this payment is known already' };
  }
  const named = fact.invoice === undefined ? open[0] : open.find(({ id }) => id === fact.invoice);
  if (named) return { state, invoice: named };
  const next = nextRenewal(state, context.policy.policy);
  const namedCycle = fact.invoice === undefined ? undefined : cycleOfInvoice(state.terms.subscription, fact.invoice);
  if (fact.invoice !== undefined && namedCycle !== next.cycle) {
    return {
      nothing:
        namedCycle && namedCycle <= state.cycle
          ? `invoice ${fact.invoice} is settled`
          : `no invoice ${fact.invoice} is known`,
    };
  }
  const near = addDays(localDate(context.now, state.terms.zone), renewalIsNearDays) >= next.on;
  if (fact.invoice === undefined && !near) {
    return { nothing: `nothing is due before the renewal on ${date(next.on)}` };
  }
  const invoice: Invoice = {
    id: invoiceId(state.terms.subscription, next.cycle),
    cycle: next.cycle,
    money: state.terms.plan.price,
    attempts: [],
  };
  return { state: { ...state, cycle: next.cycle, invoices: [...state.invoices, invoice] }, invoice };
}
