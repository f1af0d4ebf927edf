/** The policies that may be chosen at enrolment. */
import type { Router } from 'express';
import { newestPolicyVersion } from '../ledger/queries/policies.ts';
import { address } from './routing.ts';
import type { Surroundings } from './surroundings.ts';

export function policyRoutes(router: Router, { ledger, policies }: Surroundings): void {
  address(router, '/policies', {
    get: async (_req, res) => {
      const known = [...policies.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
      const newest = await Promise.all(known.map(({ id }) => newestPolicyVersion(ledger, id)));
      const recorded = newest.filter((version) => version !== undefined);
      res.json({
        policies: recorded.map(({ version, policy: { id, title, suits } }) => ({ id, title, suits, version })),
      });
    },
  });
}
