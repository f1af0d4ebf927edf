/** Charge attempts after the first: by the plan, with a new instrument at once, on a promised day, and a last one. */
import { plannedTries, type CaseInvoice, type PlannedTry } from '../case-plan.ts';
import { stepKey, type Concern, type Context, type Proposal } from '../proposal.ts';
import { openCases, withInvoice, type Attempt, type State } from '../state.ts';
import { amount } from '../words.ts';

export const retries: Concern = {
  propose(state, context) {
    if (state.ended) return [];
    return openCases(state).flatMap((invoice) => triesOf(invoice, state, context));
  },
};

function triesOf(invoice: CaseInvoice, state: State, context: Context): Proposal[] {
  const made = invoice.attempts.filter(({ by }) => by === 'holdfast').length;
  return plannedTries(invoice, state, context).map((planned, i) => tryAgain(invoice, planned, made + i + 1, context));
}

function tryAgain(invoice: CaseInvoice, planned: PlannedTry, number: number, { now }: Context): Proposal {
  const key = stepKey(invoice.cycle, 'case', 'charge', number);
  return {
    key,
    lane: 'money',
    what: `try ${number}: charge ${amount(invoice.money)}`,
    why: planned.why,
    from: planned.at,
    apply: (state) =>
      withInvoice(state, invoice.id, (before) => ({
        ...before,
        attempts: [...before.attempts, attempt(state, key, planned, now)],
      })),
    effect: (state) => ({
      kind: 'charge',
      invoice: invoice.id,
      money: invoice.money,
      ...(state.instrument && { instrument: state.instrument }),
    }),
  };
}

function attempt(state: State, key: string, { rung }: PlannedTry, now: Context['now']): Attempt {
  return {
    key,
    at: now,
    by: 'holdfast',
    rung,
    result: 'pending',
    ...(state.instrument && { instrument: state.instrument }),
  };
}
