/** What follows from the state for people and for the product: access, collection and the one word for both. */
import { isOpen, openCases, type State } from './state.ts';

/** What the customer may do: `payment-only` is the lock, whose only open door is the payment page. */
export type Access = 'full' | 'payment-only' | 'none';
/** Whether money is asked for. */
export type Collection = 'on' | 'paused' | 'stopped';
/** One word for people. */
export type Standing = 'active' | 'grace' | 'locked' | 'ended';

export function accessOf(state: State): Access {
  if (state.ended) return 'none';
  return openCases(state).some(({ case: dunning }) => dunning.lockedAt) ? 'payment-only' : 'full';
}

export function collectionOf(state: State): Collection {
  return state.ended ? 'stopped' : 'on';
}

export function standingOf(state: State): Standing {
  if (state.ended) return 'ended';
  if (openCases(state).length === 0) return 'active';
  return accessOf(state) === 'payment-only' ? 'locked' : 'grace';
}

/** What is owed and may be lost, in minor units of the plan's currency. */
export function amountAtRiskMinor(state: State): number {
  return state.invoices
    .filter((invoice) => isOpen(invoice) && invoice.case)
    .reduce((sum, { money }) => sum + money.amountMinor, 0);
}
