/** A subscription as the API shows it: the newest recorded state, and what core says about it now. */
import { deadlines, latestDecline, type CaseInvoice } from '../../core/case-plan.ts';
import { nextRenewal } from '../../core/calendar.ts';
import { agenda, contextAt, type Rulebook } from '../../core/decide.ts';
import type { Context } from '../../core/proposal.ts';
import { isInFlight, openCases, type State } from '../../core/state.ts';
import { instant, localText } from '../../core/time.ts';
import { upgrade } from '../../core/upgrade.ts';
import { reason, viewOf } from '../../core/view.ts';
import { invoiceById } from '../../ledger/queries/invoices.ts';
import type { AgendaAnswer, OpenCase, SubscriptionView } from '../schemas/subscriptions.ts';
import type { Surroundings } from '../surroundings.ts';
import type { SubscriptionRow } from './lives.ts';

type Reading = Pick<Surroundings, 'ledger' | 'rulebookFor'>;

export async function subscriptionView(
  { ledger, rulebookFor }: Reading,
  row: SubscriptionRow,
): Promise<SubscriptionView> {
  const state = upgrade(row.state);
  const { terms, ended } = state;
  const { customer, language, zone, country, plan } = terms;
  const rulebook = await rulebookFor(state);
  const context = contextAt(instant(Date.now()), rulebook);
  const { standing, access, collection, amountAtRiskMinor, currency, next } = viewOf(
    state,
    agenda(state, context.now, rulebook),
  );
  const cases = await Promise.all(
    openCases(state).map(async (invoice) =>
      openCase(invoice, state, context, (await invoiceById(ledger, invoice.id))?.pay_url),
    ),
  );
  const [oldest] = cases;
  return {
    id: row.id,
    customer: { id: customer, language, zone, country },
    plan: { id: plan.id, name: row.plan_name, ...plan.price, interval: plan.interval },
    policy: { id: terms.policy, ...(oldest && { version: oldest.policyVersion }) },
    standing,
    access,
    collection,
    amountAtRisk: { amountMinor: amountAtRiskMinor, currency },
    ...(!ended && { currentCycle: currentCycle(state, rulebook) }),
    openCases: cases,
    awaitsAnswer: state.invoices.some(isInFlight),
    ...(next && { next: { ...next, atLocal: localText(next.at, zone) } }),
    ...(ended && { ended: { at: ended.at, atLocal: localText(ended.at, zone), reason: ended.reason } }),
  };
}

/** Everything still to come if nothing new happens, soonest first. */
export async function agendaOf({ rulebookFor }: Reading, row: SubscriptionRow): Promise<AgendaAnswer> {
  const state = upgrade(row.state);
  const steps = agenda(state, instant(Date.now()), await rulebookFor(state));
  const { zone } = state.terms;
  return {
    subscription: row.id,
    agenda: steps.map((step) => ({
      at: step.at,
      atLocal: localText(step.at, zone),
      what: step.what,
      why: reason(step),
    })),
  };
}

function currentCycle(state: State, { current }: Rulebook): SubscriptionView['currentCycle'] {
  const { on, at } = nextRenewal(state, current.policy);
  return { number: state.cycle, renewsOn: on, renewsAt: at, renewsAtLocal: localText(at, state.terms.zone) };
}

function openCase(invoice: CaseInvoice, state: State, context: Context, payUrl: string | null | undefined): OpenCase {
  const { openedAt, lockedAt, promise, policyVersion } = invoice.case;
  const decline = latestDecline(invoice, state, context);
  const code = invoice.attempts.findLast((attempt) => attempt.decline && attempt.by !== 'customer')?.decline?.code;
  const { lockAt, endsAt } = deadlines(invoice, state, context);
  return {
    invoice: invoice.id,
    amount: { ...invoice.money },
    openedAt,
    openedAtLocal: localText(openedAt, state.terms.zone),
    policyVersion,
    ...(decline && code && { decline: { code, class: decline.class, meaning: decline.meaning } }),
    tries: invoice.attempts.filter(({ result }) => result !== 'not-due').length,
    ...(promise && { promisedFor: promise.on }),
    ...(lockedAt ? { lockedAt } : { lockAt }),
    endsAt,
    ...(payUrl && { payUrl }),
  };
}
