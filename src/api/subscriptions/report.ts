/** Reports of a backend: told to the life as facts, and answered with what they meant. */
import { isDeepStrictEqual } from 'node:util';
import type { Request, Response } from 'express';
import type { Fact } from '../../core/facts.ts';
import { addHours, instant, type Instant } from '../../core/time.ts';
import { decidedFact, waitForFact } from '../../ledger/queries/waitForFact.ts';
import { invalidFields, Problem } from '../problems.ts';
import { bodyOf, pathOf } from '../requests.ts';
import { subscriptionPath } from '../schemas/enrolment.ts';
import { paymentMethodReport, paymentReport, type PaymentReport, type ReportAnswer } from '../schemas/reports.ts';
import type { Surroundings } from '../surroundings.ts';
import { subscriptionOf } from './find.ts';
import { tellFact, type SubscriptionRow } from './lives.ts';
import { entriesOfDecision } from './timeline.ts';
import { differences } from './terms.ts';
import { subscriptionView } from './view.ts';

export function reportPayment(api: Surroundings) {
  return async (req: Request, res: Response): Promise<void> => {
    const row = await subscriptionOf(api.ledger, pathOf(subscriptionPath, req).id);
    const report = bodyOf(paymentReport, req);
    await tellAndAnswer(api, res, row, paymentFact(report, happenedAt(report.at)));
  };
}

export function reportPaymentMethod(api: Surroundings) {
  return async (req: Request, res: Response): Promise<void> => {
    const row = await subscriptionOf(api.ledger, pathOf(subscriptionPath, req).id);
    const { paymentMethod, reference } = bodyOf(paymentMethodReport, req);
    if (row.state.instrument === paymentMethod) {
      const note = `${paymentMethod} is the payment method already: nothing was changed.`;
      res.json({
        decided: true,
        note,
        meaning: [],
        subscription: await subscriptionView(api, row),
      } satisfies ReportAnswer);
      return;
    }
    // A customer may go from one card to another and back: without a reference the decisions made so far tell the changes apart.
    const id = `reported:payment-method:${reference ?? `${paymentMethod}@${row.decision}`}`;
    await tellAndAnswer(api, res, row, {
      kind: 'paymentMethodReplaced',
      id,
      at: instant(Date.now()),
      instrument: paymentMethod,
    });
  };
}

function paymentFact(report: PaymentReport, at: Instant): Fact {
  const { outcome, reference, invoice, by } = report;
  const told = { id: `reported:${outcome}:${reference}`, at, by, reference, ...(invoice && { invoice }) };
  if (report.outcome === 'paid') {
    const { amountMinor, currency } = report;
    return { ...told, kind: 'paymentSucceeded', money: { amountMinor, currency } };
  }
  const { declineCode: code, networkCode, adviceCode, brand } = report;
  const decline = {
    code,
    ...(networkCode && { networkCode }),
    ...(adviceCode && { adviceCode }),
    ...(brand && { brand }),
  };
  return { ...told, kind: 'paymentFailed', decline };
}

/** Clocks differ by minutes, not by more. */
const mostHoursAhead = 5 / 60;

function happenedAt(told: string | undefined): Instant {
  const now = instant(Date.now());
  const at = told === undefined ? now : instant(told);
  if (at > addHours(now, mostHoursAhead)) {
    throw invalidFields([{ pointer: '/at', detail: `must not lie in the future: it is ${now} now`, in: 'body' }]);
  }
  return at;
}

/** Tells the fact, unless it is known, and answers with what it meant, or that this will be decided later. */
async function tellAndAnswer(api: Surroundings, res: Response, row: SubscriptionRow, fact: Fact): Promise<void> {
  const known = await decidedFact(api.ledger, row.id, fact.id);
  if (!known) await tell(api, row, fact);
  const decided = known ?? (await waitForFact(api.ledger, row.id, fact.id));
  if (decided) refuseOtherContent(decided.fact, fact);
  const subscription = await subscriptionView(api, await subscriptionOf(api.ledger, row.id));
  const answer: ReportAnswer = decided
    ? {
        decided: true,
        ...(known && { note: 'This was reported before: nothing was changed.' }),
        meaning: await entriesOfDecision(api.ledger, row, decided.decision),
        subscription,
      }
    : { decided: false, note: 'This is recorded, and is decided as soon as a worker runs.', meaning: [], subscription };
  res.status(decided ? 200 : 202).json(answer);
}

async function tell(api: Surroundings, row: SubscriptionRow, fact: Fact): Promise<void> {
  if ((await tellFact(api, row, fact)) === 'told') return;
  const since = row.state.ended ? ` on ${row.state.ended.at}` : '';
  throw new Problem('subscription-ended', `${row.id} has ended${since}: nothing was recorded.`);
}

/** The moment is left out: a report without one is given the time of each request. */
function refuseOtherContent(stored: Fact, asked: Fact): void {
  const { at: _stored, ...before } = stored;
  const { at: _asked, ...after } = asked;
  if (isDeepStrictEqual(before, after)) return;
  throw new Problem(
    'payment-conflict',
    'Something else was reported under this reference before. Nothing was changed.',
    {
      differences: differences(before, after),
    },
  );
}
