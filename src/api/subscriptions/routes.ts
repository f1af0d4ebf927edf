/** The addresses under `/subscriptions`. */
import type { RequestHandler, Router } from 'express';
import { pathOf, queryOf } from '../requests.ts';
import { address } from '../routing.ts';
import { subscriptionPath } from '../schemas/enrolment.ts';
import { timelineQuery } from '../schemas/subscriptions.ts';
import type { Surroundings } from '../surroundings.ts';
import { enrol } from './enrol.ts';
import { subscriptionOf } from './find.ts';
import { reportPayment, reportPaymentMethod } from './report.ts';
import { timelineOf } from './timeline.ts';
import { agendaOf, subscriptionView } from './view.ts';

export function subscriptionRoutes(router: Router, api: Surroundings): void {
  const { ledger } = api;
  address(router, '/subscriptions/:id', {
    put: enrol(api),
    get: async (req, res) => {
      const row = await subscriptionOf(ledger, pathOf(subscriptionPath, req).id);
      res.json(await subscriptionView(api, row));
    },
  });
  address(router, '/subscriptions/:id/agenda', {
    get: async (req, res) => {
      const row = await subscriptionOf(ledger, pathOf(subscriptionPath, req).id);
      res.json(await agendaOf(api, row));
    },
  });
  const timeline: RequestHandler = async (req, res) => {
    const { id } = pathOf(subscriptionPath, req);
    const page = queryOf(timelineQuery, req);
    res.json(await timelineOf(ledger, await subscriptionOf(ledger, id), page));
  };
  address(router, '/subscriptions/:id/timeline', { get: timeline }, { takesQuery: true });
  address(router, '/subscriptions/:id/payments', { post: reportPayment(api) });
  address(router, '/subscriptions/:id/payment-method', { post: reportPaymentMethod(api) });
}
