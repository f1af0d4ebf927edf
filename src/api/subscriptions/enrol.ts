/** Enrolment: once, however often it is asked for. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { viewAt } from '../../core/decide.ts';
import { awaitsAnswer, newState } from '../../core/state.ts';
import { instant } from '../../core/time.ts';
import { insertSubscription, subscriptionById } from '../../ledger/queries/subscriptions.ts';
import { waitForFact } from '../../ledger/queries/waitForFact.ts';
import { enrolledFact } from '../../../workflows/messages.ts';
import { Problem } from '../problems.ts';
import { bodyOf, pathOf } from '../requests.ts';
import { enrolment, subscriptionPath, type Enrolment } from '../schemas/enrolment.ts';
import type { Surroundings } from '../surroundings.ts';
import { subscriptionOf } from './find.ts';
import { startLife, type SubscriptionRow } from './lives.ts';
import { checkNew, differences, termsOf } from './terms.ts';
import { subscriptionView } from './view.ts';

/** How long an answer waits for what comes first: long enough for a worker that is there, short enough when none is. */
const firstAnswerMs = 1000;

export function enrol(api: Surroundings) {
  return async (req: Request, res: Response): Promise<void> => {
    const { id } = pathOf(subscriptionPath, req);
    const asked = bodyOf(enrolment, req);
    const isNew = (await subscriptionById(api.ledger, id)) === undefined && (await record(api, id, asked));
    const row = await subscriptionOf(api.ledger, id);
    refuseOtherTerms(row, asked);
    // Also when the same is asked again: a crash may have come between the record and the start.
    if (row.decision === 0) await comeToLife(api, row);
    res.status(isNew ? 201 : 200).set('Location', `/v1/subscriptions/${id}`);
    res.json(await subscriptionView(api, await subscriptionOf(api.ledger, id)));
  };
}

/** Answers false when another request has enrolled the subscription at this very moment. */
async function record({ ledger, policies, rulebookFor }: Surroundings, id: string, asked: Enrolment): Promise<boolean> {
  checkNew(asked, policies);
  const { customer, plan, billing } = asked;
  const terms = termsOf(id, asked);
  const state = newState(terms, billing.paymentMethod);
  const view = viewAt(state, instant(Date.now()), await rulebookFor(state));
  const known = await insertSubscription(ledger, {
    enrolment: asked,
    customer: {
      id: customer.id,
      name: customer.name,
      ...(customer.email && { email: customer.email }),
      ...(customer.phone && { phone: customer.phone }),
    },
    terms,
    planName: plan.name,
    billingCustomer: billing.customer,
    state,
    view,
  });
  return known === undefined;
}

function refuseOtherTerms(row: SubscriptionRow, asked: Enrolment): void {
  const differing = differences(row.enrolment, asked);
  if (differing.length === 0) return;
  const fields = differing.map(({ pointer }) => pointer).join(', ');
  throw new Problem(
    'subscription-conflict',
    `${row.id} is enrolled already, with another ${fields}. Nothing was changed.`,
    { differences: differing },
  );
}

async function comeToLife(api: Surroundings, row: SubscriptionRow): Promise<void> {
  await startLife(api, row);
  await waitForFact(api.ledger, row.id, enrolledFact, firstAnswerMs);
  // A renewal that is due at once is told with the bank's answer, when that comes soon.
  for (const until = performance.now() + firstAnswerMs; performance.now() < until; await sleep(25)) {
    if (!awaitsAnswer((await subscriptionOf(api.ledger, row.id)).state)) return;
  }
}
