/** The two deadlines of a case: access is locked, and at last the debt is written off and the subscription ends. */
import { deadlines as deadlinesOf, type CaseInvoice } from '../case-plan.ts';
import { stepKey, type Concern, type Context, type Proposal } from '../proposal.ts';
import { isInFlight, openCases, withCase, withInvoice, type State } from '../state.ts';
import type { Instant } from '../time.ts';
import { amount, days } from '../words.ts';

export const deadlines: Concern = {
  propose(state, context) {
    const { ended } = state;
    if (ended)
      return openCases(state)
        .filter((invoice) => !isInFlight(invoice))
        .map((invoice) => letGo(invoice, ended.at));
    // The oldest debt sets the pace, and nobody is locked while a payment is on its way.
    const oldest = openCases(state)[0];
    if (!oldest || isInFlight(oldest)) return [];
    return [...(oldest.case.lockedAt ? [] : [lock(oldest, state, context)]), end(oldest, state, context)];
  },
};

function lock(invoice: CaseInvoice, state: State, context: Context): Proposal {
  const { graceDays } = context.policyOf(invoice.case).policy.case;
  return {
    key: stepKey(invoice.cycle, 'case', 'lock'),
    lane: 'access',
    what: 'lock: access to the payment page only',
    why:
      graceDays === 0
        ? 'the policy locks at once'
        : `grace of ${days(graceDays)} is over and ${amount(invoice.money)} is unpaid`,
    from: deadlinesOf(invoice, state, context).lockAt,
    invoice,
    apply: (before) => withCase(before, invoice.id, (dunning) => ({ ...dunning, lockedAt: context.now })),
  };
}

function end(invoice: CaseInvoice, state: State, context: Context): Proposal {
  const { endsAfterDays } = context.policyOf(invoice.case).policy.case;
  return {
    key: stepKey(invoice.cycle, 'case', 'end'),
    lane: 'access',
    what: 'end: write off and close the subscription',
    why: `${amount(invoice.money)} is unpaid and the ${days(endsAfterDays)} of the policy are over`,
    from: deadlinesOf(invoice, state, context).endsAt,
    invoice,
    ...writeOff(invoice),
  };
}

/** A younger debt ends with the subscription: nobody is asked for more money, nor charged, after the farewell. */
function letGo(invoice: CaseInvoice, endedAt: Instant): Proposal {
  return {
    key: stepKey(invoice.cycle, 'case', 'end'),
    lane: 'access',
    what: `write off ${amount(invoice.money)} too`,
    why: 'the subscription has ended',
    from: endedAt,
    invoice,
    ...writeOff(invoice),
  };
}

function writeOff({ id }: CaseInvoice): Pick<Proposal, 'apply' | 'effect'> {
  return {
    apply: (before) => withInvoice(before, id, (debt) => ({ ...debt, writingOff: true })),
    effect: () => ({ kind: 'writeOff', invoice: id }),
  };
}
